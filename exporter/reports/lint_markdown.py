"""Findings as a comment on a pull request, in GitHub's Markdown.

Data stands in code spans and nowhere else, escaped as in the report of ``diff``.
"""

from collections.abc import Iterator

from exporter.lint.model import Rule
from exporter.lint.report import LintFinding, LintReport, ScopeReport
from exporter.reports.markdown_text import cell, code, fenced, tame
from exporter.support.text import count

_HEAD = (
    "| severity | configuration set | event destination | rule | what |\n|---|---|---|---|---|\n"
)
_LONGEST = 400
_LEAST_LIMIT = 1_500
_SHORTEST_ROW = 40


def as_markdown(report: LintReport, *, limit: int = 65_000) -> str:
    """The report for a pull request.

    Args:
        report: What was found.
        limit: The text has fewer characters than this; rows that are left out are counted in it.

    Raises:
        ValueError: when the limit leaves no room.
    """
    if limit < _LEAST_LIMIT:
        raise ValueError(f"a report needs {_LEAST_LIMIT} characters, the limit is {limit}")
    whole = _most(report, limit, details=True)
    # Thousands of places that were not read leave no room; the findings come first.
    return whole if len(whole) < limit else _most(report, limit, details=False)


def _most(report: LintReport, limit: int, *, details: bool) -> str:
    """The report with as many findings as there is room for; at least without any."""
    low, high = 0, min(sum(1 for _ in report.findings), limit // _SHORTEST_ROW)
    while low < high:
        middle = (low + high + 1) // 2
        if len(_text(report, middle, details=details)) < limit:
            low = middle
        else:
            high = middle - 1
    return _text(report, low, details=details)


def _text(report: LintReport, rows: int, *, details: bool) -> str:
    """The report with the first so many findings."""
    parts = [f"**{report.said}**\n"]
    left = sum(1 for _ in report.findings) - rows
    cut = [f"{count(left, 'finding')} left out"] if left else []
    cut += [] if details else ["what could not be looked at, and what the rules mean, left out"]
    if cut:
        parts.append(f"**Cut to fit a comment:** {'; '.join(cut)}. `ses2iac lint` shows all.\n")
    for scope in report.scopes:
        shown = scope.findings[:rows]
        rows -= len(shown)
        if shown:
            parts.append(f"### {code(_short(scope.title))}\n")
            parts.append(_HEAD + "".join(map(_row, shown)))
    if details:
        parts += _details(report)
    return "\n".join(parts)


def _details(report: LintReport) -> Iterator[str]:
    unread = [_short(f"{each.title}: {each.reason}") for each in report.unread]
    if unread:
        yield f"**Not read, and so not looked at**\n\n{fenced(unread, 'text')}"
    unchecked = [line for scope in report.scopes for line in _unchecked_lines(report, scope)]
    if unchecked:
        yield f"**Could not check**\n\n{fenced(unchecked, 'text')}"
    if report.rules:
        rules = "".join(map(_rule, report.rules))
        yield f"<details><summary>What the rules mean</summary>\n\n{rules}\n</details>\n"


def _unchecked_lines(report: LintReport, scope: ScopeReport) -> Iterator[str]:
    where = f"{scope.title}: " if len(report.scopes) > 1 else ""
    for each in scope.unchecked:
        yield _short(f"{where}{each.line}")


def _row(finding: LintFinding) -> str:
    rule, hit = finding.rule, finding.hit
    destination = cell(_short(hit.event_destination)) if hit.event_destination is not None else ""
    cells = (
        str(rule.severity),
        cell(_short(hit.configuration_set)),
        destination,
        f"`{rule.id}`",
        cell(_short(hit.message)),
    )
    return f"| {' | '.join(cells)} |\n"


def _rule(rule: Rule) -> str:
    return f"- `{rule.id}` ({rule.severity}): {rule.why} **{rule.advice}** [AWS]({rule.url})\n"


def _short(text: str) -> str:
    shown = tame(text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
