"""The results of ``verify`` for people."""

import os
import sys
from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.status import Status
from rich.table import Table
from rich.text import Text

from exporter.cli.terminal import console as saying
from exporter.cli.terminal.live_progress import progress
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.registry import FormatName, load_format
from exporter.model.resources import Scope
from exporter.support.progress import Progress
from exporter.support.text import count, printable
from exporter.verify.results import (
    CheckFinding,
    CheckOutcome,
    Readiness,
    ResourceReadiness,
    Result,
    VerifyReport,
)
from exporter.verify.run import Watcher

_STYLES = {
    CheckOutcome.PASSED: "green",
    CheckOutcome.FAILED: "bold red",
    CheckOutcome.NOT_RUN: "yellow",
}
_MOST_ITEMS = 20
_MOST_RESOURCES = 40


def verdict_table(manifest: Manifest, report: VerifyReport) -> str:
    """Every check, as wide as the terminal; below it what is wrong and what to do."""
    console = Console(highlight=False)
    with console.capture() as captured:
        title = load_format(FormatName(manifest.format)).title
        about = {record.path: record for record in manifest.scopes}
        for path, results in groupby(_own_first(report), key=lambda result: result.path):
            console.print(Text(_heading(title, path, about.get(path)), style="bold"))
            _print_results(console, list(results))
            _print_resources(console, [r for r in report.resources if r.path == path])
            console.print()
        console.print(Text(_summary(report)))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _own_first(report: VerifyReport) -> list[Result]:
    return sorted(report.results, key=lambda result: result.path != HERE)


def _heading(title: str, path: str, record: ScopeRecord | None) -> str:
    if record is None:
        return f"{title} export"
    scope = Scope(account_id=record.account_id, partition=record.partition, region=record.region)
    where = "" if path == HERE else f"{path}: "
    return f"{where}{title} export, {scope.title}, {count(len(record.resources), 'resource')}"


def _print_results(console: Console, results: list[Result]) -> None:
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
    # Several checks may have stopped at the same.
    together: dict[CheckFinding, list[str]] = {}
    for result in results:
        together.setdefault(result.finding, []).append(result.check)
    for finding, checks in together.items():
        if finding.items or finding.hint:
            _print_details(console, ", ".join(checks), finding)


def _print_details(console: Console, checks: str, finding: CheckFinding) -> None:
    console.print()
    console.print(Text(f"{checks}: ", "bold") + Text(printable(finding.said)))
    for line in _cut(finding.items, _MOST_ITEMS):
        console.print(Padding(Text(printable(line), overflow="fold"), (0, 0, 0, 2)))
    if finding.hint:
        console.print(Padding(Text(f"hint: {printable(finding.hint)}"), (0, 0, 0, 2)))


def _cut(lines: Iterable[str], most: int) -> list[str]:
    """The first lines; all of them when the person wants detail."""
    all_of_them = list(lines)
    if len(all_of_them) <= most or saying.settings.verbose:
        return all_of_them
    return [*all_of_them[:most], f"... and {len(all_of_them) - most} more (--verbose shows them)"]


def _print_resources(console: Console, resources: list[ResourceReadiness]) -> None:
    """What CloudFormation could do with each; in a large export, with those that are not ready."""
    if not resources:
        return
    shown = resources
    if len(resources) > _MOST_RESOURCES and not saying.settings.verbose:
        shown = [each for each in resources if not each.readiness.is_ready][:_MOST_RESOURCES]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row(*(Text(name, "dim") for name in ("resource", "import", "identifier")))
    for each in shown:
        style = "" if each.readiness.is_ready else "bold red"
        # As CloudFormation writes an identifier of several parts.
        by = "|".join(each.identifier.values())
        stack = f" ({each.stack})" if each.stack else ""
        table.add_row(
            Text(printable(each.resource), overflow="fold"),
            Text(printable(f"{each.readiness}{stack}"), style),
            Text(printable(by), overflow="fold"),
        )
    console.print()
    console.print(table)
    if len(shown) < len(resources):
        left = len(resources) - len(shown)
        console.print(f"... and {count(left, 'resource')} more (--verbose shows them)")


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


class _TerminalWatcher(Watcher):
    """Shows which check is being made."""

    def __init__(self) -> None:
        super().__init__(_PausingProgress(self, progress()))
        self._status: Status | None = None

    def begins(self, check: str) -> None:
        """Show it."""
        self._status = Status(f"{check} ...", console=Console(stderr=True))
        self._status.start()

    def ended(self, result: Result) -> None:  # noqa: ARG002 - the table shows it
        """Take it away."""
        self.pause()

    def pause(self) -> None:
        """Make room for the bar of a reader: a terminal shows one at a time."""
        if self._status is not None:
            self._status.stop()


class _PausingProgress(Progress):
    def __init__(self, watcher: _TerminalWatcher, progress: Progress) -> None:
        self._watcher = watcher
        self._progress = progress

    def start(self, scopes: int) -> None:
        self._watcher.pause()
        self._progress.start(scopes)

    def enter(self, scope: str, total: int) -> None:
        self._progress.enter(scope, total)

    def advance(self, scope: str) -> None:
        self._progress.advance(scope)

    def leave(self, scope: str) -> None:
        self._progress.leave(scope)

    def stop(self) -> None:
        self._progress.stop()


def watcher() -> Watcher:
    """The watcher that suits where stderr goes."""
    on_terminal = sys.stderr is not None and sys.stderr.isatty()
    if on_terminal and not saying.settings.quiet and os.environ.get("TERM") != "dumb":
        return _TerminalWatcher()
    return Watcher()
