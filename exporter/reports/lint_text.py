"""The report of ``lint`` for a terminal: the findings, then what each rule means."""

from itertools import groupby

from exporter.lint.model import Rule, Severity
from exporter.lint.report import LintFinding, LintReport, ScopeReport, Unchecked
from exporter.reports.text_page import BOLD, Page, Word, words
from exporter.support.text import listed

_MOST_NAMED = 5
_WIDEST = 100
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_WORD = max(map(len, Severity))


def as_text(report: LintReport, *, colour: bool, width: int) -> str:
    """Return the report as text.

    A word longer than a line, such as an ARN, is not broken.
    """
    page = Page(colour=colour, width=min(width, _WIDEST))
    several = len(report.scopes) > 1
    for scope in report.scopes:
        if scope.findings or scope.unchecked:
            page.put(0, words(scope.title, BOLD))
            page.gap()
            _put_scope(page, scope)
        elif several and scope.sets:
            page.put(0, words(f"{scope.title}: no finding"))
            page.gap()
    if report.rules:
        page.put(0, words("Rules", BOLD))
        page.gap()
    for rule in report.rules:
        _put_rule(page, rule)
    if report.unread:
        page.put(0, words(f"not read, so not checked: {len(report.unread)}", BOLD))
        for each in report.unread:
            page.put(2, words(f"{each.title}: {each.reason}"))
        page.gap()
    page.put(0, words(report.summary))
    return page.text()


def as_statistics(report: LintReport) -> str:
    """Return the number of findings of each rule, one rule per line."""
    rows = [(str(number), str(rule.severity), rule.id) for rule, number in report.by_rule]
    width = max((len(number) for number, _, _ in rows), default=0)
    lines = [f"{number:>{width}}  {severity:<{_WORD}}  {rule}\n" for number, severity, rule in rows]
    return "".join([*lines, "\n" if lines else "", f"{report.summary}\n"])


def _put_scope(page: Page, scope: ScopeReport) -> None:
    for name, findings in groupby(scope.findings, key=lambda each: each.hit.configuration_set):
        page.put(0, words(name, BOLD))
        for finding in findings:
            _put_finding(page, finding)
        page.gap()
    if scope.unchecked:
        page.put(0, words(f"could not check: {len(scope.unchecked)}", BOLD))
        for each in scope.unchecked:
            _put_unchecked(page, each)
        page.gap()


def _put_finding(page: Page, finding: LintFinding) -> None:
    severity, hit = finding.rule.severity, finding.hit
    where = f"{hit.event_destination}: " if hit.event_destination is not None else ""
    head = [Word(f"{severity:<{_WORD}} ", _COLOURS[severity])]
    message = words(f"{where}{hit.message} [{finding.rule.id}]")
    page.put(2, [head, *message], hang=_WORD + 2)


def _put_unchecked(page: Page, unchecked: Unchecked) -> None:
    page.put(2, words(f"{', '.join(unchecked.rules)}: {unchecked.target}"))
    page.put(6, words(unchecked.reason), hang=0)
    if unchecked.hint:
        page.put(6, words(f"hint: {unchecked.hint}"), hang=0)
    names = listed((f"{of_set}/{name}" for of_set, name in unchecked.destinations), _MOST_NAMED)
    page.put(6, words(f"of {names}"), hang=0)


def _put_rule(page: Page, rule: Rule) -> None:
    page.put(0, [[Word(rule.id, BOLD)], [Word(f"({rule.severity})")]])
    for label, text in (("why", rule.why), ("do", rule.advice), ("see", rule.url)):
        page.put(2, words(f"{label}: {text}"), hang=2)
    page.gap()
