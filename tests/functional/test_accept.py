"""``[[accept]]``: a difference that somebody accepts counts no more, until it is another one."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.functional.snapshots import (
    configuration_set,
    destination,
    orders,
    scope,
    snapshot_file,
    sns,
)
from tests.support import Ran, ses2iac

REASON = ("--accept-current", "--reason", "the move takes until spring")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


BEFORE = scope(
    configuration_set("orders", "bounces", "gone", destination("renamed", sns("a"))),
    configuration_set("news", SendingOptions={"SendingEnabled": True}),
)
AFTER = scope(
    configuration_set(
        "orders",
        destination("bounces", on=False, events=("BOUNCE", "CLICK")),
        destination("new-name", sns("a")),
        destination("by-hand", sns("b")),
        Tags=[{"Key": "team", "Value": "mail"}],
    ),
    configuration_set("news", SendingOptions={"SendingEnabled": False}),
)


def _diff(capsys: pytest.CaptureFixture[str], *options: str) -> Ran:
    return ses2iac(capsys, "diff", "before.json", "after.json", *options)


def _report(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_diff(capsys, "--output", "json", *options).out)
    return document


def _entries(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((folder / "ses2iac.toml").read_text())["accept"]
    return found


def test_all_that_is_shown_is_accepted(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot_file(work / "before.json", BEFORE)
    snapshot_file(work / "after.json", AFTER)
    whole = _report(capsys)
    assert whole["Different"]
    ran = _diff(capsys, *REASON)
    assert ran.code == 0
    assert {(each["resource"], each["property"]): each.get("value") for each in _entries(work)} == {
        ("news", "SendingOptions.SendingEnabled"): False,
        ("orders", "Tags[team]"): "mail",
        ("orders/bounces", "Enabled"): False,
        ("orders/bounces", "MatchingEventTypes"): ["BOUNCE", "CLICK"],
        ("orders/by-hand", "added"): {
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE"],
            "SnsDestination": sns("b")["SnsDestination"],
        },
        ("orders/gone", "removed"): None,
        ("orders/renamed", "renamed"): "orders/new-name",
    }
    accepted = _report(capsys)
    assert (accepted["Different"], accepted["Notes"]) == (False, [])
    assert accepted["Coverage"] == whole["Coverage"]
    assert accepted["Counts"]["Accepted"] == len(accepted["Accepted"]) == 7
    assert {each["Reason"] for each in accepted["Accepted"]} == {REASON[-1]}
    assert _diff(capsys, "--strict").code == 0


def test_another_value_is_a_difference_again(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot_file(work / "before.json", orders())
    snapshot_file(work / "after.json", orders(destination("new", sns("a"))))
    _diff(capsys, *REASON)
    snapshot_file(work / "after.json", orders(destination("new", sns("other"))))
    report = _report(capsys)
    assert [each["EventDestination"] for each in report["Scopes"][0]["Changes"]] == ["new"]
    (note,) = report["Notes"]
    assert note.endswith("ses2iac.toml:1: orders/new added differs from the accepted value")
    # Accepting it again takes the place of the old entry.
    _diff(capsys, *REASON)
    assert len(_entries(work)) == 1
    assert _diff(capsys).code == 0


def test_what_a_person_wrote_stays(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        '# Ours.\n[export]\nstrict = true # so\n\n[[accept]]\nresource = "x"\nproperty = "added"\n'
    )
    (work / "ses2iac.toml").write_text(text + 'reason = "old"\n')
    snapshot_file(work / "before.json", orders())
    snapshot_file(work / "after.json", orders("new"))
    assert _diff(capsys, *REASON, "--until", "2999-12-31").code == 0
    written = (work / "ses2iac.toml").read_text()
    assert written.startswith(text)
    assert "until = 2999-12-31\n" in written


@pytest.mark.parametrize(
    ("resource", "is_accepted"),
    [("orders/*", True), ("*/new", True), ("*", False), ("order?/n*", True), ("news/new", False)],
)
def test_a_pattern_stays_within_a_name(
    resource: str, is_accepted: bool, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot_file(work / "before.json", orders(destination("new", on=True)))
    snapshot_file(work / "after.json", orders(destination("new", on=False)))
    entry = (
        f'[[accept]]\nresource = "{resource}"\nproperty = "Enabled"\nvalue = false\nreason = "r"'
    )
    (work / "ses2iac.toml").write_text(entry)
    ran = _diff(capsys)
    assert ran.code == (0 if is_accepted else 3)
    assert ("unused [[accept]]" in ran.out) is not is_accepted
    # Of a part nobody knows what the entry is good for.
    assert "accept nothing" not in _diff(capsys, "--include", "orders").out


def test_an_entry_may_be_of_one_region(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def two(on: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        found = configuration_set("orders", destination("bounces", on=on))
        return scope(found), scope(found, region="us-east-1")

    snapshot_file(work / "before.json", *two(True))
    snapshot_file(work / "after.json", *two(False))
    _diff(capsys, *REASON)
    assert [each["region"] for each in _entries(work)] == ["eu-west-1", "us-east-1"]
    assert _diff(capsys).code == 0
    text = (work / "ses2iac.toml").read_text()
    (work / "ses2iac.toml").write_text(text.replace('"us-east-1"', '"us-east-2"'))
    assert _report(capsys)["Counts"]["Changed"] == 1


def test_what_was_not_compared_is_accepted_by_name(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = work / "code"
    code.mkdir()
    (code / "main.tf").write_text(
        'resource "aws_sesv2_configuration_set" "a" {\n  configuration_set_name = var.name\n}\n'
    )
    snapshot_file(work / "live.json", scope(configuration_set("a")))
    sides = ("diff", "code", "live.json")
    assert ses2iac(capsys, *sides).code == 4
    # A patch cannot say what was not compared, so it is said beside it.
    patch = ses2iac(capsys, *sides, "--output", "unified")
    assert (patch.code, "warning: compared 0 of 1 resource; 1 not compared:\n" in patch.err) == (
        4,
        True,
    )
    assert "main.tf:1 aws_sesv2_configuration_set.a" in patch.err
    assert ses2iac(capsys, *sides, *REASON).code == 0
    assert {(each["resource"], each["property"]) for each in _entries(work)} == {
        ("a", "not compared"),
        ("aws_sesv2_configuration_set.a", "not compared"),
    }
    ran = ses2iac(capsys, *sides)
    assert (ran.code, "accepted: 2\n" in ran.out) == (0, True)


SPLIT = """[[accept]]
resource = "orders/new"
property = "added"
reason = "old"

# The others.
[[target]]
region = "eu-west-1"

[[accept]]
resource = "y"
property = "added"
reason = "r"
"""


def test_entries_may_stand_anywhere(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "ses2iac.toml").write_text(SPLIT)
    snapshot_file(work / "before.json", orders())
    snapshot_file(work / "after.json", orders("new"))
    ran = _diff(capsys, *REASON)
    if ran.code == 0:
        assert [(e["resource"], e["reason"]) for e in _entries(work)] == [
            ("y", "r"),
            ("orders/new", REASON[-1]),
        ]
        assert "# The others.\n[[target]]\n" in (work / "ses2iac.toml").read_text()
    else:
        assert (work / "ses2iac.toml").read_text() == SPLIT


def test_a_file_that_cannot_be_edited_stays_and_the_lines_are_shown(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'accept = [{resource = "x", property = "added", reason = "r"}]\n'
    (work / "ses2iac.toml").write_text(text)
    snapshot_file(work / "before.json", orders())
    snapshot_file(work / "after.json", orders("new"))
    ran = _diff(capsys, *REASON)
    assert ran.code == 1
    assert 'resource = "orders/new"' in ran.err
    assert (work / "ses2iac.toml").read_text() == text


def test_there_may_be_nothing_to_accept(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot_file(work / "before.json", orders())
    snapshot_file(work / "after.json", orders())
    ran = _diff(capsys, *REASON)
    assert (ran.code, ran.err) == (0, "nothing to accept\n")
    assert not (work / "ses2iac.toml").exists()
