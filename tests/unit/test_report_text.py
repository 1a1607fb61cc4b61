"""The report for people: byte for byte, at every width, and nothing that a terminal obeys."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from exporter.diff.model import ABSENT, Changed, Difference, ScopeDifference, ValueChange
from exporter.model.identities import Identity
from exporter.reports.diff_text import as_text
from tests.differences import (
    EMPTY,
    EXPECTED,
    ONE_SAME,
    ONLY_ASIDES,
    REPORTS,
    RICH,
    dimension,
    expected,
    hostile_differences,
    many,
    tag,
)
from tests.strategies import examples

ESCAPES = re.compile(r"\x1b\[[0-9;]+m")


@pytest.mark.parametrize("name", expected(".txt"))
def test_the_report_is_the_expected_one(name: str) -> None:
    assert EXPECTED[name]().encode() == (REPORTS / name).read_bytes()


def text(difference: Difference, *, strict: bool = False) -> str:
    return as_text(difference, colour=False, width=80, strict=strict)


@pytest.mark.parametrize("strict", [False, True])
def test_no_difference_is_said_of_what_was_compared(strict: bool) -> None:
    for difference, resources, said in (
        (EMPTY, "18 of 18 resources", "18 resources unchanged"),
        (ONE_SAME, "1 of 1 resource", "1 resource unchanged"),
        (Difference("a", "b", ()), "0 of 0 resources", "0 resources unchanged"),
    ):
        shown = text(difference, strict=strict)
        assert shown == f"compared {resources}\n\nno difference: {said}\n"


def test_what_could_not_be_compared_is_counted_and_is_no_difference_unless_strict() -> None:
    counted = "14 resources unchanged; 2 left open, 1 not comparable, 2 unknown"
    (scope,) = ONLY_ASIDES.scopes
    remarks = tuple(each for each in scope.not_compared if not each.is_gap)
    whole = replace(ONLY_ASIDES, scopes=(replace(scope, not_compared=remarks, unresolved=()),))
    said = as_text(whole, colour=False, width=200, strict=False)
    assert said == f"compared 14 of 14 resources\n\nno difference: {counted}\n"
    strictly = as_text(whole, colour=False, width=200, strict=True)
    said = f"nothing changed, but not everything could be compared: {counted}\n"
    assert strictly.endswith(f"\n\n{said}")


def test_no_difference_is_not_said_where_something_was_not_compared() -> None:
    said = as_text(ONLY_ASIDES, colour=False, width=200, strict=False)
    assert said.startswith(
        "compared 14 of 18 resources; 4 not compared\n\nnot compared: it is not "
    )
    assert "\nnothing differs in what was compared: 14 resources unchanged; 2 left" in said
    assert "no difference" not in said


def test_what_was_not_read_is_said_though_nothing_differs() -> None:
    found = replace(EMPTY, unread=RICH.unread, notes=RICH.notes)
    assert text(found) == (
        "compared 18 of 20 resources; 2 not compared\n\nnot read, so not compared: 2\n  "
        "billing: access denied\n    hint: allow ses:GetConfigurationSet\n  archive: it "
        "was deleted while it was read\n\nnote: The code names no account: it was compared "
        "with the one that the\n    credentials are of.\n\nnothing differs in what was "
        "compared: 18 resources unchanged; 2 not read\n"
    )


def test_strict_lists_everything() -> None:
    found = many(2, 6)
    assert "  ... and 2 more\n" in text(found)
    assert text(found).count("Note (1)") == 10
    assert "more" not in text(found, strict=True)
    assert text(found, strict=True).count("Note (1)") == 12


@pytest.mark.parametrize("title", ["", "unknown account"])
def test_a_title_that_says_nothing_is_left_out_where_there_is_one_scope(title: str) -> None:
    (scope,) = RICH.scopes
    alone = text(replace(RICH, scopes=(replace(scope, title=title),)))
    assert "\n\nterraform infra -> live\n\n  configuration set newsletter\n" in alone


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("Enabled", True, False, "~ Enabled: true -> false"),
        ("A", ABSENT, "x", "+ A: x"),
        ("A", "x", ABSENT, "- A: x"),
        ("A", ABSENT, {}, "+ A: {}"),
        ("A", ABSENT, {"C": 1, "B": {"D": "e"}}, "+ A.B.D: e\n+ A.C: 1"),
        ("A", {"C": 1, "D": 2}, {"C": 1, "D": 3}, "~ A.D: 2 -> 3"),
        ("A", {}, {"C": 1}, '~ A: {} -> {"C": 1}'),
        # Text that could be something else is in quotes.
        ("A", 1, "1", '~ A: 1 -> "1"'),
        ("A", "true", True, '~ A: "true" -> true'),
        ("A", "", "null", '~ A: "" -> "null"'),
        ("A", "a -> b", "-", '~ A: "a -> b" -> "-"'),
        ("A", "a\nb", "é\u200b", '~ A: "a\\nb" -> "é\\u200b"'),
        # Two spellings of one text look different.
        ("A", "caf\u00e9", "cafe\u0301", r'~ A: "caf\u00e9" -> "cafe\u0301"'),
        ("A", "\u212b", "\u00c5", r'~ A: "\u212b" -> "\u00c5"'),
        ("A", 'e\u0301"', '\u00e9"', r'~ A: "e\u0301\"" -> "\u00e9\""'),
        ("A", "caf\u00e9", "the\u0301", r'~ A: "café" -> "the\u0301"'),
        ("A", ["e\u0301"], ["\u00e9"], r'~ A: + "é", - "e\u0301"'),
        ("Tags", [tag("a", "e\u0301")], [tag("a", "é")], r'~ Tags: ~ a="e\u0301" -> "é"'),
        # Lists.
        ("A", [], ["B"], "~ A: + B"),
        ("A", ["B"], ["C", "D"], "~ A: + C, + D, - B"),
        ("A", ["B", "C"], ["C", "B"], "~ A: order: B, C -> C, B"),
        ("A", ["B"], ["B", "B"], "~ A: + B"),
        ("A", [1, "x"], [True, "x"], "~ A: + true, - 1"),
        ("A", ["B, C"], "B", '~ A: ["B, C"] -> B'),
        ("A", ABSENT, ["B", 1, {"C": "D"}], '+ A: [B, 1, {"C": "D"}]'),
        ("A", ABSENT, [], "+ A: []"),
        ("A", [{"B": 1, "C": 2}], [{"C": 2, "B": 1}], None),
        # Lists of named things.
        ("Tags", [tag("a", "1 2")], [tag("a", "x")], '~ Tags: ~ a="1 2" -> x'),
        ("Tags", [tag("a", "b=c")], [tag("d=e", "f")], '~ Tags: + "d=e"=f, - a="b=c"'),
        ("Tags", ABSENT, [tag("a", "b"), tag("c", "")], '+ Tags: [a=b, c=""]'),
        ("Tags", ABSENT, {"a": "b", "c": ""}, '+ Tags[a]: b\n+ Tags[c]: ""'),
        ("Tags", [{"Key": "a"}], [tag("a", "b")], None),
        (
            "CloudWatchDestination.DimensionConfigurations",
            [dimension("a", "x"), dimension("b", "y")],
            [dimension("b", "z"), dimension("a", "x")],
            "~ CloudWatchDestination.DimensionConfigurations: "
            "~ b=y (MESSAGE_TAG) -> z (MESSAGE_TAG), ~ order: a, b -> b, a",
        ),
        # One name twice is no name.
        (
            "Tags",
            [tag("a", "b"), tag("a", "c")],
            [tag("a", "b")],
            '~ Tags: - {"Key": "a", "Value": "c"}',
        ),
    ],
)
def test_a_value_is_one_line(path: str, old: Any, new: Any, expected: str | None) -> None:
    changed = Changed(Identity("a", "b"), (ValueChange(path, old, new),))
    found = Difference("o", "n", (ScopeDifference("", (changed,)),))
    said = as_text(found, colour=False, width=400, strict=False).split("destination b\n")[1]
    lines = [line.strip() for line in said.split("\n\n")[0].splitlines()]
    if expected is None:
        assert len(lines) == 1
        assert " -> " in lines[0] or (": + " in lines[0] and ", - " in lines[0])
    else:
        # A list of one changed thing needs its sign once.
        wanted = expected.replace("A: order:", "A: ~ order:")
        assert "\n".join(lines) == wanted


def test_a_deep_value_ends_as_json() -> None:
    value: Any = "x"
    for _ in range(100):
        value = {"a": value}
    changed = Changed(Identity("a"), (ValueChange("A", ABSENT, value),))
    said = text(Difference("o", "n", (ScopeDifference("", (changed,)),)))
    assert "A.a.a.a.a.a.a.a.a:" in said
    assert said.count('{"a":') == 92


def test_thousands_of_changes_are_all_there() -> None:
    said = text(many(100, 20))
    assert said.count("~ Enabled: true -> false") == 2000
    assert "\n  ... and 1990 more\n" in said
    assert said.endswith("2000 changed; 0 unchanged; 2000 not comparable\n")


@examples(150)
@given(hostile_differences(), st.integers(1, 160), st.booleans())
def test_any_report_is_printable_and_as_wide_as_is_wanted(
    difference: Difference, width: int, strict: bool
) -> None:
    plain = as_text(difference, colour=False, width=width, strict=strict)
    assert plain == as_text(difference, colour=False, width=width, strict=strict)
    assert plain.replace("\n", "").isprintable()
    assert plain.endswith("\n")
    assert "\n\n\n" not in plain
    for line in plain.splitlines():
        assert line == line.rstrip()
        if cell_len(line) > max(width, 40):
            words = re.split("(?<!->) ", line.strip())
            words = words[1:] if words[0] in {*"+-~>"} else words
            assert len(words) <= 1, line
    coloured = as_text(difference, colour=True, width=width, strict=strict)
    assert ESCAPES.sub("", coloured) == plain


@examples(100)
@given(hostile_differences())
def test_every_change_is_there(difference: Difference) -> None:
    said = as_text(difference, colour=False, width=10**9, strict=True)
    heads = re.findall(r"^(?:    )?[-+~>] (?:configuration set|event destination)\b", said, re.M)
    assert len(heads) == len(difference.changes)
