"""``export`` and the sets that a CloudFormation stack owns already."""

import json

import pytest

from exporter.formats.manifest import MANIFEST_FILE
from tests.functional.snapshots import Desk, Json, configuration_set, scope, snapshot_file
from tests.support import tree

FORMATS = ("terraform", "cloudformation", "cdk")
LEFT = (
    "warning: left out 1 configuration set, 1 event destination owned by the CloudFormation stack "
    "mail-baseline; --stack-owned exports them:\n  theirs\n"
)


def owned(name: str, stack: str, *destinations: str) -> Json:
    """A set with the tags that CloudFormation gives it, and one of a person's."""
    tags = {"aws:cloudformation:stack-name": stack, "aws:cloudformation:logical-id": "X", "t": "v"}
    return configuration_set(
        name, *destinations, Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
    )


THEIRS = owned("theirs", "mail-baseline", "bounces")
OURS = configuration_set("ours", "bounces")


def held(desk: Desk) -> set[str]:
    """The sets of which the export holds something."""
    scopes = json.loads(desk.read(MANIFEST_FILE))["Scopes"]
    return {each["ConfigurationSet"] for found in scopes for each in found["Resources"]}


@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["", "quiet"])
@pytest.mark.parametrize("format_", FORMATS)
def test_a_set_of_another_stack_is_left_out(
    desk: Desk, format_: str, quiet: tuple[str, ...]
) -> None:
    ran = desk.export(scope(OURS, THEIRS), to=format_, options=quiet)
    assert ran.err.startswith(LEFT)
    assert not quiet or ran.err == LEFT
    assert held(desk) == {"ours"}
    assert not [path for path, data in tree(desk.out).items() if b"theirs" in data]


@pytest.mark.parametrize("format_", FORMATS)
def test_the_flag_takes_it_in(desk: Desk, format_: str) -> None:
    ran = desk.export(scope(OURS, THEIRS), to=format_, options=("--stack-owned",))
    assert held(desk) == {"ours", "theirs"}
    assert ran.err.startswith(
        "note: theirs: owned by the CloudFormation stack mail-baseline: the stack will revert "
        "changes made by other tools\n"
    )


def test_the_configuration_file_takes_it_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    (desk.folder / "ses2iac.toml").write_text("[export]\nstack-owned = true\n", encoding="utf-8")
    desk.export(scope(OURS, THEIRS))
    assert held(desk) == {"ours", "theirs"}
    # A flag wins; what the folder holds stays all the same.
    ran = desk.export(scope(OURS, THEIRS), options=("--no-stack-owned",))
    assert "left out" not in ran.err
    assert held(desk) == {"ours", "theirs"}


@pytest.mark.parametrize("format_", FORMATS)
def test_what_the_folder_holds_stays(desk: Desk, format_: str) -> None:
    desk.export(scope(OURS, configuration_set("theirs", "bounces")), to=format_)
    more = owned("more", "mail-baseline")
    ran = desk.export(scope(OURS, THEIRS, more), to=format_)
    assert "mail-baseline; --stack-owned exports them:\n  more\n" in ran.err
    assert held(desk) == {"ours", "theirs"}


def test_a_destination_is_enough_to_hold_its_set(desk: Desk) -> None:
    bare = ("--no-configuration-sets",)
    desk.export(scope(OURS, configuration_set("theirs", "bounces")), options=bare)
    ran = desk.export(scope(OURS, THEIRS), options=bare)
    assert "left out" not in ran.err
    assert held(desk) == {"ours", "theirs"}


@pytest.mark.parametrize("stack", ["ses-configuration-sets", "ses-configuration-sets-02"])
@pytest.mark.parametrize("format_", ["cloudformation", "cdk"])
def test_the_tags_of_its_own_stack_change_nothing(desk: Desk, format_: str, stack: str) -> None:
    tag = [{"Key": "t", "Value": "v"}]
    desk.export(scope(OURS, configuration_set("mine", "bounces", Tags=tag)), to=format_)
    before = tree(desk.out)
    for options in ((), ("--check",)):
        after = scope(OURS, owned("mine", stack, "bounces"))
        ran = desk.export(after, to=format_, options=options)
        assert "owned" not in ran.err.replace(str(desk.out), "")
        assert tree(desk.out) == before
    # Into another folder, too: the first one may be lost.
    origin = snapshot_file(desk.folder / "tagged.json", after)
    again = desk.folder / "again"
    assert desk.run("export", format_, "--from", origin, "--out", str(again)).code == 0
    assert tree(again) == before


@pytest.mark.parametrize(
    "stack", ["ses-configuration-sets-x", "my-ses-configuration-sets", "ses-configuration-sets-2"]
)
def test_a_name_like_its_own_stacks_is_another_ones(desk: Desk, stack: str) -> None:
    ran = desk.export(scope(OURS, owned("theirs", stack)), to="cloudformation")
    assert f"owned by the CloudFormation stack {stack};" in ran.err
    assert held(desk) == {"ours"}


def test_for_terraform_a_stack_of_an_export_is_another_owner(desk: Desk) -> None:
    ran = desk.export(scope(OURS, owned("mine", "ses-configuration-sets")))
    assert "owned by the CloudFormation stack ses-configuration-sets;" in ran.err
    assert held(desk) == {"ours"}


def test_each_scope_and_stack_has_its_warning(desk: Desk) -> None:
    desk.export(
        scope(OURS, configuration_set("theirs", "bounces")),
        scope(configuration_set("theirs", "bounces"), OURS, region="us-east-1"),
    )
    other = desk.folder / "other"
    first = scope(owned("b", "two"), owned("a", "two", "x", "y"), owned("c", "one"), OURS)
    second = scope(owned("a", "two"), region="us-east-1")
    origin = snapshot_file(desk.folder / "snapshot.json", first, second)
    ran = desk.run("export", "terraform", "--from", origin, "--out", str(other), "--quiet")
    where = "warning: account 123456789012, region"
    assert ran.err.splitlines() == [
        f"{where} eu-west-1: left out 1 configuration set, 0 event destinations owned by the "
        "CloudFormation stack one; --stack-owned exports them:",
        "  c",
        f"{where} eu-west-1: left out 2 configuration sets, 2 event destinations owned by the "
        "CloudFormation stack two; --stack-owned exports them:",
        "  a",
        "  b",
        f"{where} us-east-1: left out 1 configuration set, 0 event destinations owned by the "
        "CloudFormation stack two; --stack-owned exports them:",
        "  a",
    ]
    # A region of which nothing is left does not move the other one.
    assert (other / "123456789012/eu-west-1/configuration_sets.tf").is_file()


def test_a_stack_that_is_known_by_its_arn_alone(desk: Desk) -> None:
    arn = "arn:aws:cloudformation:eu-west-1:123456789012:stack/NAME/0a1b"
    for name, expected in (("ses-configuration-sets", {"ours", "x"}), ("other", {"ours"})):
        tag = {"Key": "aws:cloudformation:stack-id", "Value": arn.replace("NAME", name)}
        out = desk.folder / name
        origin = snapshot_file(
            desk.folder / "snapshot.json", scope(OURS, configuration_set("x", Tags=[tag]))
        )
        ran = desk.run("export", "cdk", "--from", origin, "--out", str(out))
        scopes = json.loads((out / MANIFEST_FILE).read_text())["Scopes"]
        assert {each["ConfigurationSet"] for each in scopes[0]["Resources"]} == expected
        assert ("owned by the CloudFormation stack other;" in ran.err) is (name == "other")


# Nothing left


def test_all_of_it_is_owned(desk: Desk) -> None:
    ran = desk.export(scope(THEIRS))
    said = f"CloudFormation stacks own everything selected; nothing written to {desk.out}"
    assert ran.err == f"{LEFT}{said}\n"
    assert not desk.out.exists()


@pytest.mark.parametrize("options", [(), ("--check",), ("--check", "--force")])
def test_all_of_it_is_owned_and_the_folder_holds_more(desk: Desk, options: tuple[str, ...]) -> None:
    desk.export(scope(OURS))
    before = tree(desk.out)
    ran = desk.try_export(scope(THEIRS), options=options)
    assert ran.code == 1
    assert ran.err == (
        f"{LEFT}error: {desk.out}: CloudFormation stacks own everything selected, but this "
        "folder has an export of 2 resources\nhint: check the selection; --stack-owned "
        "exports what stacks own too\n"
    )
    assert tree(desk.out) == before


# Beside other options


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_a_check_leaves_it_out_too(desk: Desk, option: str) -> None:
    desk.export(scope(OURS, THEIRS))
    ran = desk.export(scope(OURS, THEIRS), options=(option,))
    assert ran.err == f"{LEFT}{desk.out}: up to date\n"


def test_names_of_what_was_left_out_are_kept(desk: Desk) -> None:
    names = desk.folder / "names.toml"
    desk.export(scope(OURS, THEIRS), options=("--stack-owned", "--names", str(names)))
    text = names.read_text(encoding="utf-8")
    assert "theirs" in text
    origin = snapshot_file(desk.folder / "snapshot.json", scope(OURS, THEIRS))
    again = ("--out", str(desk.folder / "again"), "--names", str(names), "--prune-names")
    ran = desk.run("export", "terraform", "--from", origin, *again)
    assert ran.code == 0
    assert "dropped" not in ran.err
    assert names.read_text(encoding="utf-8") == text


def test_other_commands_show_it(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "snapshot.json", scope(OURS, THEIRS))
    for command in (("scan",), ("lint", "--fail-on", "never"), ("graph",)):
        ran = desk.run(*command, "--from", origin)
        assert "theirs" in ran.out, command
        assert "left out" not in ran.err


@pytest.mark.parametrize("format_", FORMATS)
def test_a_diff_of_an_export_leaves_to_stacks_what_they_own(desk: Desk, format_: str) -> None:
    desk.export(scope(OURS, THEIRS), to=format_)
    there = snapshot_file(desk.folder / "there.json", scope(OURS, THEIRS))
    ran = desk.run("diff", str(desk.out), there)
    assert ran.code == 0
    assert ran.out == (
        "compared 2 of 2 resources\n\nnote: not compared, because CloudFormation stacks "
        "own them: theirs (mail-baseline)\n\nno difference: 2 resources unchanged\n"
    )


@pytest.mark.parametrize("format_", FORMATS)
def test_what_an_export_holds_is_compared_whoever_owns_it(desk: Desk, format_: str) -> None:
    desk.export(scope(OURS, THEIRS), to=format_, options=("--stack-owned",))
    changed = {**THEIRS, "SendingOptions": {"SendingEnabled": False}}
    there = snapshot_file(desk.folder / "there.json", scope(OURS, changed))
    ran = desk.run("diff", str(desk.out), there)
    assert ran.code == 3
    assert "SendingOptions.SendingEnabled" in ran.out


def test_code_that_is_no_export_hides_nothing_that_stacks_own(desk: Desk) -> None:
    desk.export(scope(OURS, THEIRS))
    (desk.out / MANIFEST_FILE).unlink()
    there = snapshot_file(desk.folder / "there.json", scope(OURS, THEIRS))
    ran = desk.run("diff", str(desk.out), there)
    assert ran.code == 3
    assert "configuration set theirs" in ran.out
