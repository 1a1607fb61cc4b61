"""What the reports of lint make of data that nobody would choose, and of much of it."""

import json
from dataclasses import replace

import pytest

from exporter.lint.destination_rules import DESTINATION_DISABLED, PINPOINT_ENDED
from exporter.lint.model import Hit, Severity
from exporter.lint.report import LintFinding, LintReport, ScopeReport, Unchecked
from exporter.lint.set_rules import TLS_OPTIONAL
from exporter.model.read_result import ReadFailure
from exporter.reports.lint_document import as_json
from exporter.reports.lint_markdown import as_markdown
from exporter.reports.lint_text import as_text

NASTY = "a|b`c\x1b[31m<img>@someone #1\n| x |"


def report(*findings: LintFinding, unchecked: tuple[Unchecked, ...] = ()) -> LintReport:
    title = "account 123456789012, region eu-west-1"
    return LintReport(
        (ScopeReport("123456789012", "eu-west-1", title, 1, findings, unchecked),),
        Severity.WARNING,
    )


def finding(name: str = "orders", message: str = "is disabled") -> LintFinding:
    return LintFinding(DESTINATION_DISABLED, Hit(name, name, message))


HOSTILE = replace(
    report(
        finding(NASTY, NASTY),
        unchecked=(Unchecked(NASTY, ("topic-policy",), ((NASTY, NASTY),), NASTY, NASTY, True),),
    ),
    unread=(ReadFailure(NASTY, NASTY, NASTY),),
)


def test_a_terminal_obeys_nothing() -> None:
    text = as_text(HOSTILE, colour=False, width=80)
    assert text.replace("\n", "").isprintable()
    assert "| x |" not in text.splitlines()


def test_a_comment_holds_data_in_code_only() -> None:
    text = as_markdown(HOSTILE)
    assert text.replace("\n", "").isprintable()
    (row,) = (line for line in text.splitlines() if line.startswith("| warning"))
    assert row.replace("\\|", "").count("|") == 6
    assert "<img>" in row.split("``")[1]


def test_json_holds_it_as_it_is() -> None:
    document = json.loads(as_json(HOSTILE))
    (row,) = document["Scopes"][0]["Findings"]
    assert (row["ConfigurationSet"], row["Message"]) == (NASTY, NASTY)
    assert document["Unread"] == [{"ConfigurationSet": NASTY, "Reason": NASTY, "Hint": NASTY}]


def test_severities_have_colours() -> None:
    found = report(finding(), LintFinding(PINPOINT_ENDED, Hit("orders", None, "x")))
    plain = as_text(found, colour=False, width=80)
    coloured = as_text(found, colour=True, width=80)
    assert "\x1b[33mwarning \x1b[0m " in coloured
    assert "\x1b[31merror   \x1b[0m " in coloured
    assert "\x1b" not in plain


@pytest.mark.parametrize("width", [10, 80, 300])
def test_lines_have_room_but_for_long_words(width: int) -> None:
    text = as_text(report(finding(message="word " * 50)), colour=False, width=width)
    room = min(max(width, 40), 100)
    assert all(len(line) <= room or " " not in line.strip() for line in text.splitlines())


@pytest.mark.parametrize("number", [1, 50, 5_000])
def test_a_comment_is_cut_and_says_so(number: int) -> None:
    many = report(*(finding(f"set-{index}", "x" * 300) for index in range(number)))
    text = as_markdown(many, limit=10_000)
    assert len(text) < 10_000
    rows = sum(line.startswith("| warning") for line in text.splitlines())
    assert (f"{number - rows} findings omitted" in text) is (rows < number)
    assert rows > 0


def test_findings_come_before_what_was_not_read() -> None:
    unread = tuple(ReadFailure(f"set-{index}", "denied") for index in range(5_000))
    text = as_markdown(replace(report(finding()), unread=unread))
    assert len(text) < 65_000
    assert "| warning | `orders` |" in text
    assert "no unchecked targets, no rule descriptions" in text


def test_a_comment_needs_some_room() -> None:
    with pytest.raises(ValueError, match="at least 1500"):
        as_markdown(report(), limit=100)


@pytest.mark.parametrize(
    ("fail_on", "failed"),
    [(Severity.ERROR, False), (Severity.WARNING, True), (Severity.INFO, True), (None, False)],
)
def test_what_is_a_failure(fail_on: Severity | None, failed: bool) -> None:
    assert replace(report(finding()), fail_on=fail_on).is_failed is failed


def test_all_is_counted() -> None:
    found = report(finding(), finding(), LintFinding(TLS_OPTIONAL, Hit("a", None, "x")))
    assert found.summary == "2 warnings, 1 info in 1 configuration set"
    assert [rule.id for rule in found.rules] == ["destination-disabled", "tls-optional"]
