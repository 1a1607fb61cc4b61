"""The table of ``scan``."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from exporter.model.resources import ConfigurationSet, EventDestination, Scope
from exporter.reports.listing import describe_events, kind_of, short_target
from exporter.support.text import inventory, printable

_HEADINGS = ("destination", "on", "kind", "target", "events")
_LONGEST_NAME = 26
_MEASURED = 1_000
"""How many destinations determine the widths of columns; longer cells of later ones are wrapped."""
_GAP = "  "
_BOLD, _DIM, _YELLOW = "1", "2", "33"
_ON = {True: "yes", False: "no", None: "unknown"}


def scan_table(scopes: Iterable[Scope]) -> Iterator[str]:
    """Yield a table as wide as the terminal: by scope and set, a line for each destination.

    Rich would take half a minute for a large account, so it only wraps what is too long.
    """
    console = Console(highlight=False)
    has_colour = console.color_system is not None and not console.no_color
    page = _Page(console.width, has_colour=has_colour)
    for scope in scopes:
        if scope.configuration_sets:
            yield from _scope_lines(page, scope)


class _Page:
    """Formats lines as wide as the terminal, with colours if it has them."""

    def __init__(self, width: int, *, has_colour: bool) -> None:
        self.width = width
        self._has_colour = has_colour

    def line(self, text: str, style: str = "") -> str:
        return "".join(f"{self.styled(part, style)}\n" for part in _wrapped(text, self.width))

    def row(self, widths: Sequence[int], cells: Sequence[str], style: str = "") -> str:
        """Format a row, on as many lines as its longest cell needs."""
        columns = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
        return "".join(
            self._joined(widths, parts, style) for parts in zip_longest(*columns, fillvalue="")
        )

    def _joined(self, widths: Sequence[int], parts: Sequence[str], style: str) -> str:
        columns = (
            self.styled(part, style or (_YELLOW if part == "no" else ""))
            + " " * (width - cell_len(part))
            for part, width in zip(parts, widths, strict=True)
        )
        return (_GAP + _GAP.join(columns)).rstrip() + "\n"

    def styled(self, text: str, style: str) -> str:
        is_plain = not (text and style and self._has_colour)
        return text if is_plain else f"\x1b[{style}m{text}\x1b[0m"


@lru_cache(4096)
def _wrapped(text: str, width: int) -> tuple[str, ...]:
    """Wrap text between words, and inside words that are longer than a line."""
    if cell_len(text) <= width:
        return (text,)
    lines = Text(text).wrap(Console(), width, overflow="fold")
    return tuple(line.plain for line in lines)


def _scope_lines(page: _Page, scope: Scope) -> Iterator[str]:
    yield page.line(f"SES event destinations, {scope.title}", _BOLD)
    widths = _widths(scope, page.width)
    yield page.row(widths, _HEADINGS, _DIM)
    for set_ in scope.configuration_sets:
        yield "\n"
        yield _set_line(page, set_)
        for destination in set_.event_destinations:
            yield page.row(widths, _cells(scope, destination))
        if not set_.event_destinations:
            yield page.line("  no event destination", _DIM)
    disabled = sum(1 for _, d in scope.destinations if d.enabled is False)
    destinations = sum(1 for _ in scope.destinations)
    resources = inventory(len(scope.configuration_sets), destinations)
    yield "\n"
    yield page.line(f"{resources}, {disabled} disabled")


def _set_line(page: _Page, set_: ConfigurationSet) -> str:
    name = printable(set_.name)
    if not set_.owning_stack:
        return page.line(name, _BOLD)
    owner = f"  (owned by the stack {printable(set_.owning_stack)})"
    if cell_len(name + owner) > page.width:
        return page.line(name + owner, _BOLD)
    return page.styled(name, _BOLD) + page.styled(owner, _DIM) + "\n"


def _cells(scope: Scope, destination: EventDestination) -> tuple[str, ...]:
    return (
        printable(destination.name),
        _ON[destination.enabled],
        printable(kind_of(destination)),
        printable(short_target(scope, destination)),
        printable(describe_events(destination.matching_event_types)),
    )


def _widths(scope: Scope, available: int) -> tuple[int, ...]:
    """Return the widths of the columns; target and events share what the others leave."""
    first = islice(scope.destinations, _MEASURED)
    rows = chain([_HEADINGS], (_cells(scope, destination) for _, destination in first))
    longest = [max(map(len, column)) for column in zip(*rows, strict=True)]
    name, on, kind = min(longest[0], _LONGEST_NAME), longest[1], longest[2]
    room = available - len(_HEADINGS) * len(_GAP)
    rest = max(room - (name + on + kind), 20)
    target = min(longest[3], rest // 2)
    widths = [name, on, kind, target, rest - target]
    while sum(widths) > max(room, len(widths)):
        widths[widths.index(max(widths))] -= 1
    return tuple(widths)
