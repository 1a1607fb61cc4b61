"""Findings for a terminal: first where they are, then what each rule means and what to do."""

import textwrap
from collections.abc import Iterator
from itertools import groupby

from exporter.lint.model import Rule, Severity
from exporter.lint.report import LintFinding, LintReport, ScopeReport, Unchecked
from exporter.support.text import listed, printable

_MOST_NAMED = 5
_NARROWEST = 40
_WIDEST = 100
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BOLD, _DIM = "1", "2"
_WORD = max(map(len, Severity))


def as_text(report: LintReport, *, colour: bool, width: int) -> str:
    """The report for people.

    Args:
        report: What was found.
        colour: Whether to write ANSI colours.
        width: How many columns there are. A word longer than a line, such as an ARN, stays whole.
    """
    page = _Page(colour=colour, width=min(max(width, _NARROWEST), _WIDEST))
    several = len(report.scopes) > 1
    for scope in report.scopes:
        if scope.findings or scope.unchecked:
            page.put(page.painted(printable(scope.title), _BOLD))
            page.put()
            _put_scope(page, scope)
        elif several and scope.sets:
            page.put(f"{printable(scope.title)}: no finding")
            page.put()
    if report.rules:
        page.put(page.painted("What the rules mean", _BOLD))
        page.put()
    for rule in report.rules:
        _put_rule(page, rule)
    if report.unread:
        page.put(page.painted(f"not read, and so not looked at: {len(report.unread)}", _BOLD))
        for each in report.unread:
            page.wrap(f"{each.title}: {each.reason}", "  ", "      ")
        page.put()
    page.put(report.said)
    return page.text()


class _Page:
    """Lines, wrapped and coloured as they come."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self._colour = colour
        self._width = width
        self._lines: list[str] = []

    def put(self, line: str = "") -> None:
        """Add a line as it is."""
        self._lines.append(line)

    def wrap(self, text: str, first: str, other: str) -> None:
        """Add a text that anybody may have written, wrapped between words.

        Args:
            text: The text.
            first: What its first line begins with.
            other: What the others begin with.
        """
        self._lines += self._wrapped(text, first, other)

    def wrap_behind(self, head: str, style: str, text: str, other: str) -> None:
        """Add a text behind a coloured head."""
        lines = self._wrapped(text, head, other)
        lines[0] = self.painted(head, style) + lines[0].removeprefix(head)
        self._lines += lines

    def _wrapped(self, text: str, first: str, other: str) -> list[str]:
        wrapped = textwrap.wrap(
            printable(text),
            self._width,
            initial_indent=first,
            subsequent_indent=other,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return wrapped or [first.rstrip()]

    def painted(self, text: str, style: str) -> str:
        """A text in a style, where colours are wanted."""
        return f"\x1b[{style}m{text}\x1b[0m" if self._colour else text

    def text(self) -> str:
        """The whole page."""
        return "".join(f"{line}\n" for line in self._lines)


def _put_scope(page: _Page, scope: ScopeReport) -> None:
    for name, found in groupby(scope.findings, key=lambda each: each.hit.configuration_set):
        page.put(page.painted(printable(name), _BOLD))
        for finding in found:
            _put_finding(page, finding)
        page.put()
    if scope.unchecked:
        page.put(page.painted(f"could not check: {len(scope.unchecked)}", _BOLD))
        for each in scope.unchecked:
            _put_unchecked(page, each)
        page.put()


def _put_finding(page: _Page, finding: LintFinding) -> None:
    severity, hit = finding.rule.severity, finding.hit
    where = f"{hit.event_destination}: " if hit.event_destination is not None else ""
    page.wrap_behind(
        f"  {severity:<{_WORD}}  ",
        _COLOURS[severity],
        f"{where}{hit.message} [{finding.rule.id}]",
        " " * (_WORD + 4),
    )


def _put_unchecked(page: _Page, each: Unchecked) -> None:
    page.wrap(f"{', '.join(each.rules)}: {each.target}", "  ", "      ")
    page.wrap(each.reason, "      ", "      ")
    if each.hint:
        page.wrap(f"hint: {each.hint}", "      ", "      ")
    names = listed((f"{of_set}/{name}" for of_set, name in each.destinations), _MOST_NAMED)
    page.wrap(f"of {names}", "      ", "      ")


def _put_rule(page: _Page, rule: Rule) -> None:
    page.wrap_behind(f"{rule.id} ", _BOLD, f"({rule.severity})", "")
    for label, text in _parts(rule):
        page.wrap(f"{label}: {text}", "  ", "    ")
    page.put()


def _parts(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "why", rule.why
    yield "do", rule.advice
    yield "see", rule.url
