"""Which imports a later export hands out: those of what is new, resource by resource."""

import json

import pytest

from tests.functional.snapshots import Desk, Json, configuration_set, scope, snapshot_file
from tests.functional.terraform_code import code
from tests.support import tree

LISTS = {"cloudformation": "resources-to-import", "cdk": "resource-mapping"}
stacks = pytest.mark.parametrize("to", list(LISTS))


def listed(desk: Desk, to: str, suffix: str = "") -> list[str]:
    """The names in an import list."""
    found = json.loads(desk.read(f"{LISTS[to]}{suffix}.json"))
    ids = [e["ResourceIdentifier"] for e in found] if to == "cloudformation" else found.values()
    return [each.get("Name") or f"{each['ConfigurationSetName']}/{each['Id']}" for each in ids]


TENANTS = [configuration_set(f"tenant-{n:03d}", "lake") for n in range(1, 3)]
MAIN = configuration_set("main", "bounces")


@stacks
def test_deleting_the_list_is_enough(desk: Desk, to: str) -> None:
    desk.export(scope(MAIN, TENANTS[0]), to=to)
    (desk.out / f"{LISTS[to]}.json").unlink()
    ran = desk.export(scope(MAIN, TENANTS[0]), to=to)
    assert "new" not in ran.err
    assert "to import" not in ran.err
    assert "IMPORT.md" not in tree(desk.out)
    desk.export(scope(MAIN, *TENANTS), to=to)
    assert listed(desk, to) == ["tenant-002", "tenant-002/lake"]
    guide = desk.read("IMPORT.md")
    assert f"{LISTS[to]}.json" in guide
    assert "tenant-001" not in guide


@stacks
def test_of_two_stacks_one_is_imported(desk: Desk, to: str) -> None:
    many = [configuration_set(f"set-{n:03d}", "a", "b") for n in range(100)]
    desk.export(scope(*many), to=to)
    first, second = sorted(path for path in tree(desk.out) if path.startswith(LISTS[to]))
    (desk.out / first).unlink()
    desk.export(scope(*many), to=to)
    assert first not in tree(desk.out)
    pending = desk.read(second)
    assert second in desk.read("IMPORT.md")
    # There is room in the first stack, which is asked for this one alone.
    desk.export(scope(*many, configuration_set("set-100", "a")), to=to)
    assert listed(desk, to, "-01") == ["set-100", "set-100/a"]
    assert desk.read(second) == pending


@stacks
def test_a_second_stack_does_not_ask_for_the_first_again(desk: Desk, to: str) -> None:
    """The first stack's files have other names from then on."""
    sets = [configuration_set(f"set-{n:03d}", "a", "b") for n in range(160)]
    desk.export(scope(*sets[:60]), to=to)
    (desk.out / f"{LISTS[to]}.json").unlink()
    desk.export(scope(*sets), to=to)
    resources = json.loads(desk.read(".ses2iac.json"))["Scopes"][0]["Resources"]
    done = {each["ConfigurationSet"] for each in resources if each.get("Imported")}
    assert done == {f"set-{n:03d}" for n in range(60)}
    handed = {each["ConfigurationSet"] for each in resources if each.get("ImportFile")}
    assert handed == {f"set-{n:03d}" for n in range(60, 160)}


def test_no_imports_hands_nothing_out_and_forgets_nothing(desk: Desk) -> None:
    desk.export(scope(MAIN))
    (desk.out / "imports.tf").unlink()
    desk.export(scope(MAIN, *TENANTS), options=("--no-imports",))
    assert "imports.tf" not in tree(desk.out)
    desk.export(scope(MAIN, *TENANTS))
    ids = {address.rpartition(".")[2] for address in code(desk.out).imports}
    assert ids == {"tenant_001", "tenant_001_lake", "tenant_002", "tenant_002_lake"}
    ran = desk.export(scope(MAIN, *TENANTS), options=("--imports",))
    assert ran.code == 0
    assert len(code(desk.out).imports) == 4


def test_imports_again_when_nothing_is_left(desk: Desk) -> None:
    desk.export(scope(MAIN))
    (desk.out / "imports.tf").unlink()
    desk.export(scope(MAIN), options=("--imports",))
    assert len(code(desk.out).imports) == 2
    (desk.out / "imports.tf").unlink()
    desk.export(scope(MAIN))
    assert "imports.tf" not in tree(desk.out)


def test_check_sees_that_something_new_has_no_import(desk: Desk) -> None:
    desk.export(scope(MAIN))
    (desk.out / "imports.tf").unlink()
    origin = snapshot_file(desk.folder / "after.json", scope(MAIN, TENANTS[0]))
    arguments = ("export", "terraform", "--from", origin, "--out", str(desk.out))
    ran = desk.run(*arguments, "--check")
    assert ran.code == 3
    assert "imports.tf: missing" in ran.err
    assert desk.run(*arguments).code == 0
    ran = desk.run(*arguments, "--check")
    assert ran.code == 0


@pytest.mark.parametrize("to", ["terraform", "cloudformation", "cdk"])
def test_thousands_of_sets_leave_and_come_back(desk: Desk, to: str) -> None:
    sets: list[Json] = [configuration_set(f"tenant-{n:04d}", "lake") for n in range(600)]
    desk.export(scope(*sets, MAIN), to=to)
    ran = desk.export(scope(*sets, MAIN), options=("--include", "main"), to=to)
    assert "and 1190 more" in ran.err
    assert len(ran.err) < 3000
    if to == "terraform":
        assert len(code(desk.out).removed) == 1200
    desk.export(scope(*sets, MAIN), options=("--reset-options",), to=to)
    assert "Departed" not in desk.read(".ses2iac.json")


HOSTILE = ['a"b', "a${b}c", "a|b", "a/b", "<<<<<<< ours", "=======", "ä", "a\\b", " ", "%{if}"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("to", ["terraform", "cloudformation", "cdk"])
def test_names_that_no_account_should_have(desk: Desk, to: str, name: str) -> None:
    whole = scope(configuration_set(name, name), MAIN)
    desk.try_export(whole, to=to)
    before = tree(desk.out)
    origin = str(desk.folder / "snapshot.json")
    again = desk.run("export", to, "--from", origin, "--out", str(desk.out))
    assert again.code == 0, again.err
    assert tree(desk.out) == before
    assert desk.run("diff", str(desk.out), origin).code == 0
    state = code(desk.out).resources if to == "terraform" else frozenset()
    desk.export(scope(MAIN), to=to)
    if to == "terraform":
        assert not code(desk.out).destroys(state)
    desk.export(whole, to=to)


@stacks
def test_an_adoption_in_between(desk: Desk, to: str) -> None:
    """Destinations that are made anew beside the old ones do not leave the code unsaid."""
    desk.export(scope(MAIN), to=to)
    ran = desk.export(scope(MAIN), options=("--adopt-suffix", "-v2"), to=to)
    assert "removed from the code" not in ran.err
    both = scope(configuration_set("main", "bounces", "bounces-v2"))
    ran = desk.export(both, options=("--adopt-suffix", "-v2"), to=to)
    assert "removed from the code" not in ran.err
    ran = desk.export(scope(configuration_set("main", "bounces-v2")), to=to)
    assert ran.code == 0
