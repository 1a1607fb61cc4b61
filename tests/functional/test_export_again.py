"""Exporting a second time: what stays, what goes, and which names nothing may change."""

import itertools
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from exporter.export import export_scopes
from exporter.formats import manifest
from exporter.formats.manifest import MANIFEST_FILE, Manifest
from tests.functional.snapshots import (
    ACCOUNT,
    Desk,
    Json,
    configuration_set,
    destination,
    orders,
    scope,
    touched,
)
from tests.support import tree

FORMATS = ("terraform", "cloudformation", "cdk")
IMPORTS = {
    "terraform": ["imports.tf"],
    "cloudformation": ["IMPORT.md", "resources-to-import.json"],
    "cdk": ["IMPORT.md", "resource-mapping.json"],
}

PARSED = manifest._parsed
COLLECT = export_scopes.collect

every_format = pytest.mark.parametrize("to", FORMATS)

TWO_SCOPES = (orders(), scope(configuration_set("orders", "bounces"), region="us-east-1"))


def labels(desk: Desk, path: str = "names.toml") -> dict[str, str]:
    """The names in use, by ``SET`` and ``SET/DESTINATION``."""
    document = tomllib.loads(desk.read(path))
    found: dict[str, str] = dict(document.get("configuration_sets", {}))
    for name, destinations in document.get("event_destinations", {}).items():
        found |= {f"{name}/{destination}": label for destination, label in destinations.items()}
    return found


# The manifest
# -------------------------------------------------------------------------------


@every_format
@pytest.mark.parametrize(
    "options",
    [(), ("--check",), ("--force",), ("--reset-options",), ("--unmanaged-by", "{other}")],
    ids=lambda each: each[0] if each else "plain",
)
def test_an_export_parses_the_manifest_once(
    desk: Desk, to: str, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A large one takes long, and two that differ would make an export of both."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "main.tf").write_text("")
    desk.export(orders("to-sns"), to=to)
    parsed: list[Path] = []

    def counted(data: bytes, path: Path) -> Manifest:
        parsed.append(path)
        return PARSED(data, path)

    monkeypatch.setattr(manifest, "_parsed", counted)
    given = tuple(each.format(other=other) for each in options)
    desk.export(orders("to-sns"), options=given, to=to)
    assert parsed == [desk.out / MANIFEST_FILE]


@every_format
@pytest.mark.parametrize("options", [(), ("--check",), ("--force",)])
def test_an_export_that_arrived_in_the_meantime_is_not_written_over(
    desk: Desk, to: str, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading an account takes minutes, in which git may bring a colleague's export."""
    desk.export(orders("to-sns"), to=to)

    def collect(*arguments: Any) -> Any:
        file = desk.out / MANIFEST_FILE
        file.write_text(file.read_text().replace("to-sns", "to-sqs"))
        return COLLECT(*arguments)

    monkeypatch.setattr(export_scopes, "collect", collect)
    ran = desk.try_export(orders("to-sns", "second"), options=options, to=to)
    assert ran.code == 1
    assert f"{desk.out / MANIFEST_FILE}: changed by another program during the export" in ran.err
    assert "to-sqs" in desk.read(MANIFEST_FILE)


# Nothing has changed
# -------------------------------------------------------------------------------


@every_format
@pytest.mark.parametrize("scopes", [(orders("to-sns"),), TWO_SCOPES], ids=["one", "two"])
def test_the_same_again_is_up_to_date_and_touches_nothing(
    desk: Desk, to: str, scopes: tuple[Json, ...]
) -> None:
    first = desk.export(*scopes, to=to)
    before = touched(desk.out)
    again = desk.export(*scopes, to=to)
    assert touched(desk.out) == before
    assert "up to date" not in first.err
    assert "up to date" in again.err
    assert "next, in" in first.err
    assert "next, in" not in again.err
    assert first.out == again.out == ""


def test_forcing_the_same_again_touches_nothing_either(desk: Desk) -> None:
    desk.export(orders())
    before = touched(desk.out)
    desk.export(orders(), options=("--force",))
    assert touched(desk.out) == before


def test_only_files_that_change_are_written(desk: Desk) -> None:
    desk.export(orders())
    before = touched(desk.out)
    desk.export(scope(configuration_set("orders", destination("bounces", on=False))))
    after = touched(desk.out)
    changed = {Path(path).name for path in after if after[path] != before[path]}
    # The folder is changed by what is put in it; addresses and names are as they were.
    assert changed == {"infra", "event_destinations.tf", ".ses2iac.json"}


# Resources come and go
# -----------------------------------------------------------------------------


def test_a_file_goes_with_its_last_resource(desk: Desk) -> None:
    desk.export(orders())
    ran = desk.export(scope(configuration_set("orders")))
    assert not (desk.out / "event_destinations.tf").exists()
    assert "event_destinations.tf" not in desk.read(".ses2iac.json")
    assert "removed from the code but maybe still in SES: orders/bounces." in ran.err
    desk.export(orders())
    assert (desk.out / "event_destinations.tf").exists()


def test_removing_a_file_is_not_called_up_to_date(desk: Desk) -> None:
    desk.export(orders())
    (desk.out / "imports.tf").unlink()
    desk.export(orders())
    ran = desk.export(scope(configuration_set("orders")), options=("--verbose",))
    assert f"removed {desk.out / 'event_destinations.tf'}" in ran.err
    assert "up to date" not in ran.err


def test_stale_stacks_go(desk: Desk) -> None:
    many = [configuration_set(f"set-{n:03d}", "a", "b") for n in range(70)]
    desk.export(scope(*many), to="cloudformation")
    assert len([path for path in tree(desk.out) if path.startswith("template")]) == 2
    desk.export(scope(*many[:5]), to="cloudformation")
    found = tree(desk.out)
    assert len([path for path in found if path.startswith("template")]) == 1
    assert len([path for path in found if path.startswith("resources-to-import")]) == 1
    code = [data for path, data in found.items() if path not in ("names.toml", ".ses2iac.json")]
    assert b"set-069" not in b"".join(code)


@pytest.mark.parametrize(
    ("to", "stack"),
    [
        ("cloudformation", r"--stack-name (ses-[a-z0-9-]+)"),
        ("cdk", r'SesStack[0-9]*\(app, "([^"]+)"'),
    ],
    ids=["cloudformation", "cdk"],
)
def test_a_stack_keeps_its_name_when_another_joins_or_leaves(
    desk: Desk, to: str, stack: str
) -> None:
    """CloudFormation knows it by that; under another it would be a new stack."""

    def stacks() -> set[str]:
        return set(re.findall(stack, desk.read("app.py" if to == "cdk" else "IMPORT.md")))

    sets = [configuration_set(f"set-{n:03d}", "a", "b") for n in range(160)]
    desk.export(scope(*sets[:60]), to=to)
    first = stacks()
    desk.export(scope(*sets), to=to)
    both = stacks()
    assert len(both) == 2
    assert first <= both
    desk.export(scope(*sets[:60]), to=to)
    assert stacks() == first


def test_what_vanished_is_named(desk: Desk) -> None:
    desk.export(scope(configuration_set("news", "all", "opens"), *orders()["ConfigurationSets"]))
    ran = desk.export(orders())
    named = "removed from the code but maybe still in SES: news, news/all, news/opens."
    assert f"warning: {named}" in ran.err
    assert "leaving" not in desk.export(orders()).err


def test_what_vanished_from_one_scope_is_named_though_another_has_it(desk: Desk) -> None:
    desk.export(*TWO_SCOPES)
    ran = desk.export(orders(), scope(configuration_set("orders"), region="us-east-1"))
    assert f"but maybe still in SES: {ACCOUNT}/us-east-1: orders/bounces." in ran.err


def test_without_sets_the_destinations_name_theirs(desk: Desk) -> None:
    desk.export(orders())
    ran = desk.export(orders(), options=("--no-configuration-sets",))
    assert "configuration_sets.tf" not in tree(desk.out)
    assert '  configuration_set_name = "orders"\n' in desk.read("event_destinations.tf")
    assert "aws_sesv2_configuration_set." not in desk.read("imports.tf")
    assert "removed from the code but still in SES: orders. removed.tf" in ran.err
    assert "from = aws_sesv2_configuration_set.orders\n" in desk.read("removed.tf")
    desk.export(orders(), options=("--configuration-sets",))
    assert "aws_sesv2_configuration_set.orders." in desk.read("event_destinations.tf")


@pytest.mark.parametrize(
    ("to", "path", "literal", "reference"),
    [
        ("cloudformation", "template.yaml", "ConfigurationSetName: orders\n", "!Ref"),
        ("cdk", "ses_stack.py", 'configuration_set_name="orders",\n', ".ref"),
    ],
)
def test_without_sets_nothing_refers_to_one(
    desk: Desk, to: str, path: str, literal: str, reference: str
) -> None:
    desk.export(orders(), to=to, options=("--no-configuration-sets",))
    assert literal in desk.read(path)
    assert reference not in desk.read(path)


# Import files
# --------------------------------------------------------------------------------------


def _delete_imports(desk: Desk, to: str) -> None:
    for path in IMPORTS[to]:
        (desk.out / path).unlink()


@every_format
def test_deleted_import_files_stay_deleted_until_something_is_new(desk: Desk, to: str) -> None:
    desk.export(orders(), to=to)
    _delete_imports(desk, to)
    for _ in range(3):
        ran = desk.export(orders(), to=to)
        assert not set(IMPORTS[to]) & set(tree(desk.out))
        assert "to import" not in ran.err
    desk.export(scope(configuration_set("orders", "bounces", "new")), to=to)
    assert set(IMPORTS[to]) <= set(tree(desk.out))
    assert handed_out(desk, to) == ["orders/new"]


def handed_out(desk: Desk, to: str) -> list[str]:
    """The resources whose import the file that stands hands out."""
    if to == "terraform":
        ids = re.findall(r'^  id = "(.*)"$', desk.read("imports.tf"), re.M)
        return sorted(each.replace("|", "/") for each in ids)
    listed = json.loads(desk.read(IMPORTS[to][1]))
    found = [e["ResourceIdentifier"] for e in listed] if to == "cloudformation" else listed.values()
    return sorted(
        each.get("Name") or f"{each['ConfigurationSetName']}/{each['Id']}" for each in found
    )


@every_format
def test_the_list_alone_says_that_the_import_is_done(desk: Desk, to: str) -> None:
    desk.export(orders(), to=to)
    (desk.out / IMPORTS[to][-1]).unlink()
    desk.export(orders(), to=to)
    assert IMPORTS[to][-1] not in tree(desk.out)
    desk.export(orders("more"), to=to)
    assert handed_out(desk, to) == ["orders/more"]
    # Until that is done too, it is handed out with what comes later.
    desk.export(orders("more", "third"), to=to)
    assert handed_out(desk, to) == ["orders/more", "orders/third"]
    (desk.out / IMPORTS[to][-1]).unlink()
    desk.export(orders("more", "third", "fourth"), to=to)
    assert handed_out(desk, to) == ["orders/fourth"]


@every_format
def test_they_are_written_again_when_asked_for(desk: Desk, to: str) -> None:
    desk.export(orders(), to=to)
    whole = tree(desk.out)
    _delete_imports(desk, to)
    desk.export(orders(), to=to)
    desk.export(orders(), to=to, options=("--imports",))
    assert tree(desk.out) == whole
    _delete_imports(desk, to)
    desk.export(orders(), to=to, options=("--imports",))  # at once, with no export in between
    assert tree(desk.out) == whole
    desk.export(orders(), to=to)
    assert tree(desk.out) == whole


def test_the_last_lines_promise_what_is_handed_out(desk: Desk) -> None:
    desk.export(orders())
    _delete_imports(desk, "terraform")
    ran = desk.export(scope(configuration_set("news"), configuration_set("orders", "bounces", "b")))
    assert "# 2 to import, 0 to add, 0 to change, 0 to destroy\n" in ran.err
    assert handed_out(desk, "terraform") == ["news", "orders/b"]


def test_without_import_files_nobody_is_told_to_expect_imports(desk: Desk) -> None:
    """The plan would make the resources anew."""
    assert "to import" not in desk.export(orders(), options=("--no-imports",)).err
    # What was never handed out is as soon as it may be.
    assert "# 2 to import" in desk.export(orders()).err


@every_format
def test_what_comes_back_is_handed_out_again(desk: Desk, to: str) -> None:
    desk.export(orders("more"), to=to)
    _delete_imports(desk, to)
    desk.export(orders("more"), to=to, options=("--exclude", "orders/more"))
    desk.export(orders("more"), to=to, options=("--exclude", "nothing"))
    assert handed_out(desk, to) == ["orders/more"]
    assert "removed.tf" not in tree(desk.out)


@every_format
def test_no_imports_writes_none_and_takes_away_its_own(desk: Desk, to: str) -> None:
    desk.export(orders(), to=to, options=("--no-imports",))
    assert not set(IMPORTS[to]) & set(tree(desk.out))
    desk.export(orders(), to=to, options=("--imports",))
    assert set(IMPORTS[to]) <= set(tree(desk.out))
    desk.export(orders(), to=to, options=("--no-imports",))
    assert not set(IMPORTS[to]) & set(tree(desk.out))


def test_no_imports_in_between_does_not_bring_deleted_ones_back(desk: Desk) -> None:
    desk.export(orders())
    _delete_imports(desk, "terraform")
    desk.export(orders(), options=("--no-imports",))
    desk.export(orders())
    assert "imports.tf" not in tree(desk.out)


def test_an_edited_import_file_is_a_persons(desk: Desk) -> None:
    desk.export(orders())
    desk.put("imports.tf", desk.read("imports.tf") + "# half of it is done\n")
    before = tree(desk.out)
    for options in ((), ("--imports",), ("--no-imports",)):
        ran = desk.try_export(orders("added"), options=options)
        assert ran.code == 1
        assert "imports.tf: edited since the last export" in ran.err
        assert tree(desk.out) == before


# Names
# ---------------------------------------------------------------------------------------------


def test_a_name_that_a_person_gave_is_used_and_kept(desk: Desk) -> None:
    desk.export(orders())
    mine = desk.read("names.toml").replace('"orders_bounces"', '"dead_letters"  # my own words')
    desk.put("names.toml", mine)
    desk.export(orders())
    assert desk.read("names.toml") == mine
    assert '_event_destination" "dead_letters" {' in desk.read("event_destinations.tf")
    assert "_event_destination.dead_letters\n" in desk.read("imports.tf")
    assert "_event_destination.dead_letters" in desk.read(".ses2iac.json")
    assert "orders_bounces" not in desk.read("event_destinations.tf")


def test_comments_and_order_survive_new_names(desk: Desk) -> None:
    desk.export(orders())
    desk.put(
        "names.toml",
        """\
# Ask Kim before renaming anything here.

[event_destinations.orders]
bounces = "dead_letters"  # what the team calls it

[configuration_sets]
orders = "shop"
""",
    )
    desk.export(
        scope(configuration_set("news", "all"), configuration_set("orders", "bounces", "b"))
    )
    text = desk.read("names.toml")
    kept = [
        "# Ask Kim before renaming anything here.",
        'bounces = "dead_letters"  # what the team calls it',
        'orders = "shop"',
    ]
    assert [line for line in text.splitlines() if line in kept] == kept
    assert labels(desk) == {
        "orders": "shop",
        "orders/bounces": "dead_letters",
        "orders/b": "orders_b",
        "news": "news",
        "news/all": "news_all",
    }
    before = touched(desk.out)
    desk.export(
        scope(configuration_set("news", "all"), configuration_set("orders", "bounces", "b"))
    )
    assert touched(desk.out) == before


@pytest.mark.parametrize(
    "text",
    [
        'event_destinations.orders.bounces = "x"\nconfiguration_sets.orders = "y"\n',
        'event_destinations = {orders = {bounces = "x"}}\n[configuration_sets]\norders = "y"\n',
        '[event_destinations]\norders = {bounces = "x"}\n[configuration_sets]\norders = "y"\n',
        '[event_destinations.orders]\nbounces = "x"\n[configuration_sets]\norders = "y"\n'
        '[event_destinations.z]\nz = "z"\n',
        '[event_destinations]\norders.bounces = "x"\n[configuration_sets]\n"orders" = \'y\'\n',
        '[configuration_sets]\norders = "y"\n[event_destinations.orders]\r\nbounces = "x"',
    ],
)
def test_names_may_be_written_in_any_way_that_toml_has(desk: Desk, text: str) -> None:
    desk.put("names.toml", text)
    desk.export(
        scope(configuration_set("news", "all"), configuration_set("orders", "bounces", "b"))
    )
    given = labels(desk)
    assert given.pop("z/z", "z") == "z"
    assert given == {
        "orders": "y",
        "orders/bounces": "x",
        "orders/b": "orders_b",
        "news": "news",
        "news/all": "news_all",
    }


ALIKE = ("order-events", "OrderEvents", "order_events")
"""Three sets of SES that want one name in code."""


@pytest.mark.parametrize("to", ["terraform", "cdk"])  # CloudFormation's names are CDK's
@pytest.mark.parametrize("order", list(itertools.permutations(ALIKE)), ids=" ".join)
def test_a_resource_that_comes_later_renames_none(
    desk: Desk, to: str, order: tuple[str, ...]
) -> None:
    given: Mapping[str, str] = {}
    for number in range(1, len(order) + 1):
        desk.export(scope(*(configuration_set(name, "all") for name in order[:number])), to=to)
        now = labels(desk)
        assert {name: now[name] for name in given} == given
        assert len({label.lower() for label in now.values()}) == len(now)
        given = now
    assert len(given) == 6


def test_a_person_may_take_a_name_that_a_later_resource_wants(desk: Desk) -> None:
    desk.export(orders())
    desk.put("names.toml", desk.read("names.toml").replace('orders = "orders"', 'orders = "news"'))
    desk.export(scope(configuration_set("news"), configuration_set("orders", "bounces")))
    given = labels(desk)
    assert given["orders"] == "news"
    assert given["news"].startswith("news_")


def test_the_name_of_what_vanished_stays_its_own(desk: Desk) -> None:
    first, second = (scope(configuration_set(name, "all")) for name in ALIKE[:2])
    desk.export(first)
    desk.export(second)
    given = labels(desk)
    assert given["order-events"] == "order_events"
    assert given["OrderEvents"] != "order_events"
    desk.export(first)
    assert labels(desk) == given
    assert '"aws_sesv2_configuration_set" "order_events" {' in desk.read("configuration_sets.tf")


def test_a_renaming_that_collides_changes_nothing(desk: Desk) -> None:
    desk.export(orders("opens"))
    desk.put("names.toml", desk.read("names.toml").replace("orders_opens", "orders_bounces"))
    before = tree(desk.out)
    ran = desk.try_export(orders("opens"))
    assert ran.code == 1
    assert "orders_bounces" in ran.err
    assert tree(desk.out) == before


def test_each_scope_has_its_own_names(desk: Desk) -> None:
    desk.export(*TWO_SCOPES)
    here, there = (f"{ACCOUNT}/{region}/names.toml" for region in ("eu-west-1", "us-east-1"))
    desk.put(here, desk.read(here).replace('"orders_bounces"', '"mine"'))
    desk.export(*TWO_SCOPES)
    assert labels(desk, here)["orders/bounces"] == "mine"
    assert labels(desk, there)["orders/bounces"] == "orders_bounces"


def test_names_can_be_given_before_the_first_export(desk: Desk) -> None:
    desk.put("names.toml", '[configuration_sets]\norders = "shop"\n')
    desk.export(orders())
    assert '"aws_sesv2_configuration_set" "shop" {' in desk.read("configuration_sets.tf")


def test_deleted_names_are_given_anew(desk: Desk) -> None:
    desk.export(orders())
    given = desk.read("names.toml")
    (desk.out / "names.toml").unlink()
    desk.export(orders())
    assert desk.read("names.toml") == given


@pytest.mark.parametrize("to", ["terraform", "cloudformation", "cdk"])
def test_line_ends_of_windows_are_no_edit(desk: Desk, to: str) -> None:
    """With ``core.autocrlf``, git on Windows gives every file of a checkout such ends."""
    desk.export(orders("clicks"), to=to)
    for path in desk.out.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = tree(desk.out)
    ran = desk.again("--check", to=to)
    assert (ran.code, ran.err.splitlines()[-1]) == (0, f"{desk.out}: up to date")
    desk.export(orders("clicks"), to=to)
    assert tree(desk.out) == before
    ran = desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json"))
    assert (ran.code, "edited" in ran.out) == (0, False)
    # What has to change does, and needs no --force.
    desk.export(orders("opens"), to=to)
    assert desk.again("--check", to=to).code == 0
