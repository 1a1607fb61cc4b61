"""Tables for people."""

from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from exporter.model.resources import ConfigurationSet, EventDestination, EventType, Scope
from exporter.reports.listing import kind_of, short_target
from exporter.support.text import inventory, printable

_HEADINGS = ("destination", "on", "kind", "target", "events")
_LONGEST_NAME = 26
_ON = {True: "yes", False: "no", None: "not told"}


def scan_table(scopes: Iterable[Scope]) -> Iterator[str]:
    """What was read, as wide as the terminal: by scope and set, a line for each destination."""
    console = Console(highlight=False)
    for scope in scopes:
        if scope.configuration_sets:
            for part in _scope_parts(console.width, scope):
                with console.capture() as captured:
                    console.print(part)
                yield captured.get()


def _scope_parts(width: int, scope: Scope) -> Iterator[RenderableType]:
    yield Text(f"SES event destinations, {scope.title}", style="bold")
    widths = _widths(scope, width)
    yield _grid(widths, [_HEADINGS], style="dim")
    for found in scope.configuration_sets:
        yield from _set_parts(scope, found, widths)
    disabled = sum(1 for _, d in scope.destinations if d.enabled is False)
    destinations = sum(1 for _ in scope.destinations)
    counted = inventory(len(scope.configuration_sets), destinations)
    yield f"\n{counted}, {disabled} disabled"


def _set_parts(
    scope: Scope, found: ConfigurationSet, widths: tuple[int, ...]
) -> Iterator[RenderableType]:
    owner = f"  (owned by the stack {found.owning_stack})" if found.owning_stack else ""
    yield ""
    yield Text(printable(found.name), style="bold") + Text(printable(owner), style="dim")
    if found.event_destinations:
        rows = [_cells(scope, destination) for destination in found.event_destinations]
        yield _grid(widths, rows)
    else:
        yield Text("  no event destination", style="dim")


def _cells(scope: Scope, destination: EventDestination) -> tuple[str, ...]:
    return (
        printable(destination.name),
        _ON[destination.enabled],
        printable(kind_of(destination)),
        printable(short_target(scope, destination)),
        printable(events_in_words(destination)),
    )


def _widths(scope: Scope, available: int) -> tuple[int, ...]:
    """The widths of the columns, the same for every set.

    Target and events share what the others leave.
    """
    rows = [_HEADINGS, *(_cells(scope, destination) for _, destination in scope.destinations)]
    longest = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    name, on, kind = min(longest[0], _LONGEST_NAME), longest[1], longest[2]
    left = max(available - (2 + name + 2 + on + 2 + kind + 2 + 2), 20)
    target = min(longest[3], left // 2)
    return (name, on, kind, target, left - target)


def _grid(widths: tuple[int, ...], rows: Iterable[tuple[str, ...]], style: str = "") -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=0)  # the indent below the set's name
    for width in widths:
        grid.add_column(width=width, overflow="fold")
    for row in rows:
        shown = [Text(cell, style=style or ("yellow" if cell == "no" else "")) for cell in row]
        grid.add_row("", *shown)
    return grid


def events_in_words(destination: EventDestination) -> str:
    """The event types, short: ``all``, ``all but ...``, or a list."""
    types = destination.matching_event_types
    missing = [kind for kind in EventType if kind not in types]
    is_known = all(kind.is_known for kind in types)
    if is_known and not missing:
        return "all"
    if is_known and len(missing) <= 2:
        return "all but " + ", ".join(missing).lower()
    return ", ".join(types).lower()
