"""The top of the page: account, time of reading, and numbers that link to the sections."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from exporter.lint.model import Severity
from exporter.model.read_result import ReadResult, what_is_missing
from exporter.model.resources import Scope
from exporter.reports.diff_counts import Counts, numbers
from exporter.reports.graph.model import KIND_TITLES, Graph, TargetNode
from exporter.reports.graph.parts import users
from exporter.reports.html.findings import PageFinding, by_severity
from exporter.reports.listing import kind_of
from exporter.support.text import count, listed

_MOST_REGIONS = 4
_MOST_TARGETS = 12
MOST_SCOPES = 100
"""The most accounts and regions to list."""


@dataclass(frozen=True)
class Origin:
    """Where the page's data comes from.

    Attributes:
        source: A description.
        read_at: When it was read; None if unknown.
        selection: The selection as options of the command line; empty for all.
    """

    source: str = ""
    read_at: datetime | None = None
    selection: str = ""

    @property
    def time(self) -> str:
        """When it was read, to the minute; empty if unknown."""
        return f"{self.read_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.read_at else ""


NOT_TOLD = Origin()
"""The origin of data whose source is unknown."""


@dataclass(frozen=True)
class Tile:
    """A number that links to a section; ``look`` is a severity, ``ok`` or empty."""

    href: str
    number: int
    label: str
    said: tuple[str, ...]
    look: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a summary table: account and region, and counts."""

    name: tuple[str, ...]
    sets: int
    destinations: int
    disabled: int


def title(scopes: Sequence[Scope]) -> str:
    """Return the page's title: the account and its regions, or the number of accounts."""
    accounts = list(dict.fromkeys(scope.account_id for scope in scopes))
    regions = list(dict.fromkeys(scope.region for scope in scopes))
    where = listed(regions, _MOST_REGIONS)
    if len(accounts) > 1:
        where = where if len(regions) == 1 else count(len(regions), "region")
        return f"{len(accounts)} accounts, {where}"
    if not accounts:
        return "Nothing was read"
    return f"Account {accounts[0]}, {where}" if accounts[0] else f"Unknown account, {where}"


def tiles(
    reading: ReadResult,
    findings: Sequence[PageFinding],
    differences: Counts | None,
    targets: int,
) -> Iterator[Tile]:
    """Yield the tiles, in the order of the sections."""
    if reading.unread:
        missing = (what_is_missing(reading.unread), "this report is partial")
        yield Tile("unread", len(reading.unread), "not read", missing, "error")
    yield _findings(by_severity(findings))
    if differences is not None:
        yield _differences(differences)
    whole = row((), reading.scopes)
    sets = [set_ for scope in reading.scopes for set_ in scope.configuration_sets]
    empty = sum(not set_.event_destinations for set_ in sets)
    noun = _noun(whole.sets, "configuration set")
    yield Tile("destinations", whole.sets, noun, _line(empty, "without a destination"))
    noun = _noun(whole.destinations, "event destination")
    yield Tile("destinations", whole.destinations, noun, _line(whole.disabled, "disabled"))
    lines = (f"of {count(len(kinds(reading.scopes)), 'kind')}",) if targets else ()
    yield Tile("picture", targets, _noun(targets, "target"), lines)


def _findings(counts: Mapping[Severity, int]) -> Tile:
    number = sum(counts.values())
    # "info" has no plural.
    parts = (
        f"{each} {severity if severity is Severity.INFO else _noun(each, severity)}"
        for severity, each in counts.items()
    )
    lines = tuple(filter(None, (", ".join(parts),)))
    return Tile("findings", number, _noun(number, "finding"), lines, next(iter(counts), "ok"))


def _line(number: int, what: str) -> tuple[str, ...]:
    return (f"{number} {what}",) if number else ()


def _noun(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def _differences(counts: Counts) -> Tile:
    coverage = counts.coverage
    compared = f"{coverage.compared} of {coverage.resources} compared"
    lines = tuple(filter(None, (numbers(counts.kinds), compared)))
    look = "ok" if coverage.is_whole and not counts.changes else "warning"
    return Tile("differences", counts.changes, _noun(counts.changes, "difference"), lines, look)


def row(name: tuple[str, ...], scopes: Sequence[Scope]) -> Row:
    """Count everything in accounts and regions."""
    enabled = [each.enabled for scope in scopes for _, each in scope.destinations]
    sets = sum(len(scope.configuration_sets) for scope in scopes)
    return Row(name, sets, len(enabled), enabled.count(False))


def by_scope(scopes: Sequence[Scope]) -> list[Row]:
    """Return a row for each account and region, if there are several."""
    if len(scopes) < 2:
        return []
    return [row((each.account_id or "unknown", each.region), [each]) for each in scopes]


def kinds(scopes: Sequence[Scope]) -> list[tuple[str, int, int]]:
    """Return each kind of target, with the numbers of its destinations and disabled ones."""
    pairs = [
        (kind_of(each), each.enabled is False) for scope in scopes for _, each in scope.destinations
    ]
    all_, disabled = Counter(kind for kind, _ in pairs), Counter(kind for kind, off in pairs if off)
    order = [kind for kind in KIND_TITLES if kind in all_]
    order += sorted(kind for kind in all_ if kind not in KIND_TITLES)
    return [(KIND_TITLES.get(kind, kind), all_[kind], disabled[kind]) for kind in order]


def most_used(graph: Graph) -> list[tuple[TargetNode, int]]:
    """Return the targets with the most destinations, and their numbers."""
    nodes = {target.id: target for target in graph.targets}
    return [(nodes[id_], number) for id_, number in users(graph).most_common(_MOST_TARGETS)]
