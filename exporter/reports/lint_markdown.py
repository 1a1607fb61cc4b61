"""The report of ``lint`` as GitHub Markdown, for a comment on a pull request.

Data is only in code spans, escaped as in the report of ``diff``.
"""

from collections.abc import Iterator

from exporter.lint.model import Rule
from exporter.lint.report import LintFinding, LintReport, ScopeReport
from exporter.reports.markdown_text import (
    cell,
    check_limit,
    code,
    cut_note,
    folded,
    length,
    most,
    row,
    section,
    shortened,
)
from exporter.support.text import count

_HEAD = (
    "| severity | configuration set | event destination | rule | what |\n|---|---|---|---|---|\n"
)
_LONGEST = 400
_SHORTEST_ROW = 40


def as_markdown(report: LintReport, *, limit: int = 65_000) -> str:
    """Return the report for a pull request.

    The text has fewer characters than ``limit``; it counts the rows that are omitted.

    Raises:
        ValueError: if the limit is too low.
    """
    check_limit(limit)
    whole = _fitting(report, limit, details=True)
    # Findings are more important than details, of which there may be thousands.
    return whole if length(whole) < limit else _fitting(report, limit, details=False)


def _fitting(report: LintReport, limit: int, *, details: bool) -> str:
    """Return the report with as many findings as fit, possibly none."""
    rows = most(
        min(sum(1 for _ in report.findings), limit // _SHORTEST_ROW),
        lambda number: length(_text(report, number, details=details)) < limit,
    )
    return _text(report, rows, details=details)


def _text(report: LintReport, rows: int, *, details: bool) -> str:
    omitted = sum(1 for _ in report.findings) - rows
    cut = [f"{count(omitted, 'finding')} omitted"] if omitted else []
    cut += [] if details else ["no unchecked targets, no rule descriptions"]
    parts = [f"**{report.summary}**\n", cut_note(cut, "ses2iac lint")]
    for scope in report.scopes:
        shown = scope.findings[:rows]
        rows -= len(shown)
        if shown:
            parts.append(f"### {code(_short(scope.title))}\n")
            parts.append(_HEAD + "".join(map(_row, shown)))
    if details:
        parts += _details(report)
    return "\n".join(filter(None, parts))


def _details(report: LintReport) -> Iterator[str]:
    unread = [_short(f"{each.title}: {each.reason}") for each in report.unread]
    yield section("Not read, so not checked", unread)
    unchecked = [line for scope in report.scopes for line in _unchecked_lines(report, scope)]
    yield section("Could not check", unchecked)
    if report.rules:
        yield folded("Rules", "".join(map(_rule, report.rules)))


def _unchecked_lines(report: LintReport, scope: ScopeReport) -> Iterator[str]:
    where = f"{scope.title}: " if len(report.scopes) > 1 else ""
    for each in scope.unchecked:
        yield _short(f"{where}{each.remark}")


def _row(finding: LintFinding) -> str:
    rule, hit = finding.rule, finding.hit
    destination = cell(_short(hit.event_destination)) if hit.event_destination is not None else ""
    return row(
        str(rule.severity),
        cell(_short(hit.configuration_set)),
        destination,
        f"`{rule.id}`",
        cell(_short(hit.message)),
    )


def _rule(rule: Rule) -> str:
    return f"- `{rule.id}` ({rule.severity}): {rule.why} **{rule.advice}** [AWS]({rule.url})\n"


def _short(text: str) -> str:
    return shortened(text, _LONGEST)
