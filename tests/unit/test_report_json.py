"""The report for programs: what its schema says, byte for byte, and nothing lost."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from exporter.diff.model import (
    ABSENT,
    Added,
    Changed,
    Difference,
    NotCompared,
    NotComparedReason,
    ScopeDifference,
    ValueChange,
)
from exporter.formats.unresolved import Unresolved
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure
from exporter.reports.diff_document import as_json
from exporter.reports.diff_text import as_text
from tests.differences import (
    EMPTY,
    EXPECTED,
    ONLY_ASIDES,
    REPORTS,
    RICH,
    expected,
    hostile_differences,
    many,
)
from tests.strategies import examples
from tests.support import ROOT

SCHEMA = json.loads((ROOT / "docs/diff.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("name", expected(".json"))
def test_the_report_is_the_expected_one(name: str) -> None:
    text = EXPECTED[name]()
    assert text.encode() == (REPORTS / name).read_bytes()
    VALIDATOR.validate(json.loads(text))


def test_the_schema_is_one_and_closed() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for part in objects(SCHEMA):
        # What a resource holds is up to SES.
        if part.get("type") == "object" and part is not SCHEMA["$defs"]["Values"]:
            assert part["additionalProperties"] is False
            assert {*part["required"]} <= {*part["properties"]}


def objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in objects(item)]
    if isinstance(value, dict):
        return [value, *(found for item in value.values() for found in objects(item))]
    return []


def test_the_example_of_the_documentation_is_a_report() -> None:
    text = (ROOT / "docs/diff.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    VALIDATOR.validate(json.loads(example))


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("FormatVersion",), 2),
        (("Different",), None),
        (("New",), None),
        (("Extra",), 1),
        (("Counts", "Added"), -1),
        (("Scopes", 0, "Changes", 0, "Change"), "added"),
        (("Scopes", 0, "Changes", 0, "Values"), {}),
        (("Scopes", 0, "Changes", 0, "At"), ""),
        (("Scopes", 0, "Changes", 0, "EventDestination"), None),
        (("Scopes", 0, "Changes", 0, "Paths", 0), {"Path": "Enabled"}),
        (("Scopes", 0, "NotCompared", 0, "Why"), "because"),
        (("Unread", 0, "Hint"), ""),
    ],
)
def test_the_schema_refuses_what_is_no_report(place: tuple[Any, ...], wrong: Any) -> None:
    document = json.loads(as_json(RICH, strict=False))
    at = document
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = wrong
    assert not VALIDATOR.is_valid(document)


def test_a_place_that_was_not_read_has_no_set() -> None:
    unread = (
        ReadFailure("", "access denied", place="account 123456789012, region eu-west-1"),
        ReadFailure("orders", "it was deleted"),
    )
    document = json.loads(as_json(Difference("o", "n", (), unread=unread), strict=False))
    VALIDATOR.validate(document)
    assert document["Unread"] == [
        {"Reason": "access denied", "Place": "account 123456789012, region eu-west-1"},
        {"ConfigurationSet": "orders", "Reason": "it was deleted"},
    ]


def test_what_was_not_worked_out_is_counted_once() -> None:
    gaps = (Unresolved("a", "x", "r"), Unresolved("b", "x", "r"))
    scopes = tuple(ScopeDifference(title, unresolved=gaps) for title in "xy")
    found = Difference("o", "n", scopes)
    for strict in (False, True):
        document = json.loads(as_json(found, strict=strict))
        VALIDATOR.validate(document)
        assert document["Counts"]["NotWorkedOut"] == 2
        assert document["Different"] is strict
    said = as_text(found, colour=False, width=80, strict=True)
    assert said.startswith("compared 0 of 2 resources; 2 not compared\n")
    assert said.endswith("\nnothing was compared\n")


def test_different_is_by_strictness() -> None:
    answers = [
        json.loads(as_json(each, strict=strict))["Different"]
        for each in (RICH, EMPTY, ONLY_ASIDES)
        for strict in (False, True)
    ]
    assert answers == [True, True, False, False, False, True]


def test_an_absent_side_has_no_key_and_a_null_within_a_value_stays() -> None:
    resource = Identity("a", "b")
    changed = Changed(
        resource, (ValueChange("A", ABSENT, [None]), ValueChange("B", {"C": None}, ABSENT))
    )
    aside = NotCompared(NotComparedReason.UNKNOWN, resource, "", ABSENT, "so")
    found = Difference("o", "n", (ScopeDifference("t", (changed,), (aside,)),))
    (scope,) = json.loads(as_json(found, strict=False))["Scopes"]
    assert scope["Changes"][0]["Paths"] == [
        {"Path": "A", "New": [None]},
        {"Path": "B", "Old": {"C": None}},
    ]
    assert scope["NotCompared"] == [
        {
            "Why": "unknown",
            "ConfigurationSet": "a",
            "EventDestination": "b",
            "Reason": "so",
            "Gap": False,
        }
    ]


def test_the_order_of_names_in_the_source_does_not_matter() -> None:
    trees = [{"B": {"D": 1, "C": [{"F": 1, "E": 2}]}, "A": 2}]
    trees.append({"A": 2, "B": {"C": [{"E": 2, "F": 1}], "D": 1}})
    made = {
        as_json(
            Difference("o", "n", (ScopeDifference("t", (Added(Identity("a"), tree),)),)),
            strict=False,
        )
        for tree in trees
    }
    assert len(made) == 1


def test_thousands_of_changes_are_all_there() -> None:
    document = json.loads(as_json(many(100, 20), strict=False))
    assert len(document["Scopes"][0]["Changes"]) == document["Counts"]["Changed"] == 2000
    assert len(document["Scopes"][0]["NotCompared"]) == document["Counts"]["NotComparable"] == 2000


@examples(150)
@given(hostile_differences())
def test_any_report_is_valid_and_holds_everything(difference: Difference) -> None:
    text = as_json(difference, strict=True)
    assert text == as_json(difference, strict=True)
    assert text.replace("\n", "").isprintable()
    document = json.loads(text)
    VALIDATOR.validate(document)
    names = [
        (row["ConfigurationSet"], row.get("EventDestination"))
        for scope in document["Scopes"]
        for row in scope["Changes"]
    ]
    assert names == [
        (each.resource.configuration_set, each.resource.event_destination)
        for each in difference.changes
    ]
    for row, change in zip(
        (row for scope in document["Scopes"] for row in scope["Changes"]),
        difference.changes,
        strict=True,
    ):
        if isinstance(change, Added):
            assert row["Values"] == change.values
        if isinstance(change, Changed):
            assert [(path["Path"], path.get("Old"), path.get("New")) for path in row["Paths"]] == [
                (value.path, value.old, value.new) for value in change.values
            ]
    assert document["Notes"] == list(difference.notes)
    assert [each["Reason"] for each in document["Unread"]] == [
        each.reason for each in difference.unread
    ]
