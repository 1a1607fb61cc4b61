"""The results of ``verify`` as a table, and below it what is wrong and what to do."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exporter.formats.loading import load_format
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.registry import FormatName
from exporter.support.text import count, printable, shortened
from exporter.verify.results import (
    CheckFinding,
    CheckOutcome,
    Readiness,
    ResourceReadiness,
    Result,
    VerifyReport,
)

_STYLES = {
    CheckOutcome.PASSED: "green",
    CheckOutcome.FAILED: "bold red",
    CheckOutcome.NOT_RUN: "yellow",
}
_MOST_ITEMS = 20
_MOST_RESOURCES = 40


def as_table(manifest: Manifest, report: VerifyReport, *, is_verbose: bool = False) -> str:
    """Return the report, as wide as the terminal."""
    console = Console(highlight=False)
    with console.capture() as captured:
        title = load_format(FormatName(manifest.format)).title
        about = {record.path: record for record in manifest.scopes}
        own_first = sorted(report.results, key=lambda result: result.path != HERE)
        for path, results in groupby(own_first, key=lambda result: result.path):
            console.print(Text(_heading(title, path, about.get(path)), style="bold"))
            _print_results(console, list(results), is_verbose=is_verbose)
            resources = [each for each in report.resources if each.path == path]
            _print_resources(console, resources, is_verbose=is_verbose)
            console.print()
        console.print(Text(_summary(report)))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _heading(title: str, path: str, record: ScopeRecord | None) -> str:
    if record is None:
        return f"{title} export"
    where = "" if path == HERE else f"{path}: "
    resources = count(len(record.resources), "resource")
    return f"{where}{title} export, {record.bare_scope.title}, {resources}"


def _print_results(console: Console, results: list[Result], *, is_verbose: bool) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for column in ("left", "left", "left", "right"):
        table.add_column(justify=column, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(*(Text(name, "dim") for name in ("check", "tool", "result", "seconds", "found")))
    for result in results:
        table.add_row(
            Text(result.check),
            Text(f"{result.tool} {result.version}".strip()),
            Text(result.outcome, _STYLES[result.outcome]),
            "" if result.outcome is CheckOutcome.NOT_RUN else f"{result.seconds:.1f}",
            Text(printable(result.finding.said)),
        )
    console.print(table)
    # Several checks may have the same finding.
    checks_by_finding: dict[CheckFinding, list[str]] = {}
    for result in results:
        checks_by_finding.setdefault(result.finding, []).append(result.check)
    for finding, checks in checks_by_finding.items():
        if finding.items or finding.hint:
            _print_details(console, ", ".join(checks), finding, is_verbose=is_verbose)


def _print_details(
    console: Console, checks: str, finding: CheckFinding, *, is_verbose: bool
) -> None:
    console.print()
    console.print(Text(f"{checks}: ", "bold") + Text(printable(finding.said)))
    most = len(finding.items) if is_verbose else _MOST_ITEMS
    for line in shortened(finding.items, most, "more (--verbose shows them)"):
        console.print(Padding(Text(printable(line), overflow="fold"), (0, 0, 0, 2)))
    if finding.hint:
        console.print(Padding(Text(f"hint: {printable(finding.hint)}"), (0, 0, 0, 2)))


def _print_resources(
    console: Console, resources: Sequence[ResourceReadiness], *, is_verbose: bool
) -> None:
    """Print whether CloudFormation can import each; of many, only those that it can't."""
    if not resources:
        return
    shown = resources
    if len(resources) > _MOST_RESOURCES and not is_verbose:
        shown = [each for each in resources if not each.readiness.is_ready][:_MOST_RESOURCES]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row(*(Text(name, "dim") for name in ("resource", "import", "identifier")))
    for each in shown:
        style = "" if each.readiness.is_ready else "bold red"
        # CloudFormation's format for identifiers of several parts.
        identifier = "|".join(each.identifier.values())
        stack = f" ({each.stack})" if each.stack else ""
        table.add_row(
            Text(printable(each.resource), overflow="fold"),
            Text(printable(f"{each.readiness}{stack}"), style),
            Text(printable(identifier), overflow="fold"),
        )
    console.print()
    console.print(table)
    if len(shown) < len(resources):
        console.print(f"and {len(resources) - len(shown)} more (--verbose shows them)")


def _summary(report: VerifyReport) -> str:
    parts = []
    for outcome in CheckOutcome:
        number = sum(result.outcome is outcome for result in report.results)
        if number:
            parts.append(f"{number} {outcome}")
    ready = [each for each in report.resources if each.readiness is Readiness.IMPORTABLE]
    if ready:
        parts.append(f"{count(len(ready), 'resource')} importable")
    return ", ".join(parts)
