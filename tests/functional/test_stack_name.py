"""``--stack-name`` of an export: everywhere, kept, and no other export's."""

import json
import re
from pathlib import Path

import black
import pytest

from tests.functional.snapshots import Desk, configuration_set, destination, orders, scope
from tests.support import tree

with_stacks = pytest.mark.parametrize("to", ["cloudformation", "cdk"])
DEFAULT = "ses-configuration-sets"
TWO = scope(
    configuration_set("orders", destination("bounces")),
    configuration_set("tenant-001", destination("bounces")),
)


def named(desk: Desk) -> set[str]:
    """The stacks that the files of an export name."""
    text = desk.read("IMPORT.md")
    found = set(re.findall(r"(?:--stack-name|aws-cdk@2 (?:import|deploy|diff)) ([\w-]+)", text))
    if (desk.out / "app.py").exists():
        found |= set(re.findall(r'Stack\d*\(\s*app,\s*"([^"]+)"', desk.read("app.py")))
    return found


@with_stacks
def test_a_name_is_used_everywhere_and_kept(desk: Desk, to: str) -> None:
    desk.export(orders(), to=to)
    assert named(desk) == {DEFAULT}
    desk.export(orders(), to=to, options=("--stack-name", "mail"))
    assert named(desk) == {"mail"}
    ran = desk.export(orders(), to=to)
    assert named(desk) == {"mail"}
    assert (
        "reusing options of the last export: --stack-name mail (--reset-options drops them)"
        in ran.err
    )
    assert desk.run("diff", str(desk.out), str(desk.out)).code == 0
    desk.export(orders(), to=to, options=("--stack-name", DEFAULT))
    assert "StackName" not in desk.read(".ses2iac.json")
    assert named(desk) == {DEFAULT}


@with_stacks
def test_several_stacks_are_numbered(desk: Desk, to: str) -> None:
    sets = [configuration_set(f"s{number:03d}") for number in range(201)]
    desk.export(scope(*sets), to=to, options=("--stack-name", "mail"))
    assert named(desk) == {"mail", "mail-02"}


def test_it_is_a_key_of_the_configuration_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    (desk.folder / "ses2iac.toml").write_text('[export]\nstack-name = "mail"\n')
    desk.export(orders(), to="cloudformation")
    assert named(desk) == {"mail"}
    ran = desk.export(orders(), to="terraform", options=("--force",))
    assert "ses2iac.toml:2: stack-name does not apply to terraform; ignored" in ran.err
    shown = desk.run("config", "show").out
    assert re.search(r"export\.stack-name +mail +.*ses2iac\.toml:2", shown)


@with_stacks
@pytest.mark.parametrize("name", ["", "2fa", "a_b", "a b", "-a", "a;reboot", "a" * 125, "a\n"])
def test_a_name_that_cloudformation_refuses_is_refused(desk: Desk, to: str, name: str) -> None:
    ran = desk.try_export(orders(), to=to, options=(f"--stack-name={name}",))
    assert ran.code == 2
    assert f"--stack-name {name!r}: CloudFormation does not take this name" in ran.err
    assert not desk.out.exists()


def test_terraform_has_no_stacks(desk: Desk) -> None:
    ran = desk.try_export(orders(), options=("--stack-name", "mail"))
    assert ran.code == 2
    assert "--stack-name does not apply to Terraform, which has no stacks" in ran.err
    assert "--unmanaged-stack-name" in ran.err


@pytest.mark.parametrize("length", [45, 54, 55, 60, 61, 124])
@pytest.mark.parametrize("references", ["literal", "variables"])
def test_black_leaves_the_app_as_it_is(desk: Desk, length: int, references: str) -> None:
    for short in (0, 17):
        name = "n" * max(length - short, 1)
        options = ("--stack-name", name, "--references", references)
        desk.export(orders(), to="cdk", options=options)
        text = desk.read("app.py")
        assert black.format_str(text, mode=black.Mode()) == text
        assert named(desk) == {name}
        assert desk.run("diff", str(desk.out), str(desk.out)).code == 0


@with_stacks
def test_a_stack_that_holds_resources_keeps_its_name(desk: Desk, to: str) -> None:
    desk.export(orders(), to=to, options=("--stack-name", "mail"))
    for path in ("IMPORT.md", "resources-to-import.json", "resource-mapping.json"):
        (desk.out / path).unlink(missing_ok=True)
    before = tree(desk.out)
    for option in (("--stack-name", "post"), ("--reset-options",)):
        ran = desk.try_export(orders(), to=to, options=option)
        assert ran.code == 1
        assert "the stack mail holds what is imported, and " in ran.err
        assert "hint: keep --stack-name mail: a stack cannot be renamed" in ran.err
        assert tree(desk.out) == before
    desk.export(orders(), to=to)


def both(desk: Desk, to: tuple[str, str], name: str, *, first: tuple[str, ...] = ()) -> str:
    """Adopts an account in two parts; gives what the second said."""
    origin = desk.folder / "s.json"
    origin.write_text(json.dumps({"FormatVersion": 1, "Scopes": [TWO]}))
    one = str(desk.folder / "first")
    begin = ("--from", str(origin), "--include", "tenant-*", "--out", one, *first)
    assert desk.run("export", to[0], *begin).code == 0
    rest = ["--from", str(origin), "--unmanaged-by", one, "--out", str(desk.out)]
    ran = desk.run("export", to[1], *rest, *(("--stack-name", name) if name else ()))
    assert (ran.code == 0) == desk.out.exists()
    return ran.err


@pytest.mark.parametrize("first", ["cloudformation", "cdk"])
@with_stacks
def test_two_parts_of_an_account_have_two_stacks(desk: Desk, first: str, to: str) -> None:
    said = both(desk, (first, to), "")
    assert f"error: {desk.folder}/first: its stack is {DEFAULT}, and the stack of this" in said
    assert "hint: give this export another --stack-name\n" in said
    both(desk, (first, to), "rest")
    assert named(desk) == {"rest"}


@pytest.mark.parametrize(
    ("one", "other", "is_free"),
    [
        ("mail", "mail", False),
        ("mail", "mail-02", False),
        ("mail-02", "mail", False),
        ("mail", "mail-2", True),
        ("mail", "", True),
    ],
)
def test_the_stacks_that_an_export_may_get_count(
    desk: Desk, one: str, other: str, is_free: bool
) -> None:
    both(desk, ("cdk", "cdk"), other, first=("--stack-name", one))
    assert desk.out.exists() == is_free


@with_stacks
def test_where_nothing_is_left_no_stack_is_made(desk: Desk, to: str) -> None:
    desk.export(TWO, to=to)
    rest = ("--from", str(desk.folder / "snapshot.json"), "--unmanaged-by", str(desk.out))
    ran = desk.run("export", to, *rest, "--out", str(desk.folder / "rest"))
    assert ran.code == 0
    assert "nothing left to export: " in ran.err


@pytest.mark.parametrize("to", ["terraform", "cdk"])
def test_terraform_has_no_stack_to_share(desk: Desk, to: str) -> None:
    both(desk, ("terraform" if to == "cdk" else "cdk", to), "")
    assert desk.out.exists()


def test_another_region_has_stacks_of_its_own(desk: Desk, tmp_path: Path) -> None:
    desk.export(scope(configuration_set("a"), region="us-east-1"), to="cdk")
    origin = tmp_path / "s.json"
    origin.write_text(json.dumps({"FormatVersion": 1, "Scopes": [orders()]}))
    options = ("--from", str(origin), "--unmanaged-by", str(desk.out))
    ran = desk.run("export", "cdk", *options, "--out", str(tmp_path / "other"))
    assert ran.code == 0, ran.err


def owned(name: str, stack: str) -> dict[str, object]:
    """A set that a stack owns."""
    return configuration_set(name, Tags=[{"Key": "aws:cloudformation:stack-name", "Value": stack}])


@with_stacks
def test_its_own_stack_is_no_other_owner(desk: Desk, to: str) -> None:
    options = ("--stack-name", "mail")
    sets = [owned("a", "mail"), owned("b", "mail-02"), owned("c", DEFAULT), owned("d", "post")]
    ran = desk.export(scope(*sets), to=to, options=options)
    assert f"stack {DEFAULT}" in ran.err
    resources = json.loads(desk.read(".ses2iac.json"))["Scopes"][0]["Resources"]
    assert [each["ConfigurationSet"] for each in resources] == ["a", "b"]
    live = desk.folder / "live.json"
    live.write_text(json.dumps({"FormatVersion": 1, "Scopes": [scope(*sets)]}))
    assert desk.run("diff", str(desk.out), str(live)).code == 0
