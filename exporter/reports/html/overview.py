"""What a page leads with: of which account, read when, and the numbers that link to the rest."""

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
"""How many accounts and regions are listed one by one."""


@dataclass(frozen=True)
class Origin:
    """Where the page's data comes from.

    Attributes:
        source: In words.
        read_at: When it was read; None where nothing tells.
        selection: What it was limited to, as options of the command line; empty for all.
    """

    source: str = ""
    read_at: datetime | None = None
    selection: str = ""

    @property
    def time(self) -> str:
        """When it was read, to the minute; empty where nothing tells."""
        return f"{self.read_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.read_at else ""


NOT_TOLD = Origin()
"""Of data whose source is unknown."""


@dataclass(frozen=True)
class Tile:
    """A number that links to its section; ``look`` is a severity, ``ok`` or empty."""

    href: str
    number: int
    label: str
    said: tuple[str, ...]
    look: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a summary: what it is of, and how many there are."""

    name: tuple[str, ...]
    sets: int
    destinations: int
    disabled: int


def title(scopes: Sequence[Scope]) -> str:
    """The account and its regions; of several accounts, how many there are."""
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
    """The numbers in the order of the sections."""
    if reading.unread:
        missing = (what_is_missing(reading.unread), "this report is partial")
        yield Tile("unread", len(reading.unread), "not read", missing, "error")
    yield _findings(by_severity(findings))
    if differences is not None:
        yield _differences(differences)
    whole = row((), reading.scopes)
    sets = [found for scope in reading.scopes for found in scope.configuration_sets]
    empty = sum(not found.event_destinations for found in sets)
    noun = _noun(whole.sets, "configuration set")
    yield Tile("destinations", whole.sets, noun, _said(empty, "without a destination"))
    noun = _noun(whole.destinations, "event destination")
    yield Tile("destinations", whole.destinations, noun, _said(whole.disabled, "disabled"))
    said = (f"of {count(len(kinds(reading.scopes)), 'kind')}",) if targets else ()
    yield Tile("picture", targets, _noun(targets, "target"), said)


def _findings(found: Mapping[Severity, int]) -> Tile:
    number = sum(found.values())
    # Information has no plural.
    parts = (
        f"{each} {severity if severity is Severity.INFO else _noun(each, severity)}"
        for severity, each in found.items()
    )
    said = tuple(filter(None, (", ".join(parts),)))
    return Tile("findings", number, _noun(number, "finding"), said, next(iter(found), "ok"))


def _said(number: int, what: str) -> tuple[str, ...]:
    return (f"{number} {what}",) if number else ()


def _noun(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def _differences(counts: Counts) -> Tile:
    coverage = counts.coverage
    compared = f"{coverage.compared} of {coverage.resources} compared"
    said = tuple(filter(None, (numbers(counts.kinds), compared)))
    look = "ok" if coverage.is_whole and not counts.changes else "warning"
    return Tile("differences", counts.changes, _noun(counts.changes, "difference"), said, look)


def row(name: tuple[str, ...], scopes: Sequence[Scope]) -> Row:
    """How many there are of everything in accounts and regions."""
    enabled = [each.enabled for scope in scopes for _, each in scope.destinations]
    sets = sum(len(scope.configuration_sets) for scope in scopes)
    return Row(name, sets, len(enabled), enabled.count(False))


def by_scope(scopes: Sequence[Scope]) -> list[Row]:
    """A line for each account and region, where there are several."""
    if len(scopes) < 2:
        return []
    return [row((each.account_id or "unknown", each.region), [each]) for each in scopes]


def kinds(scopes: Sequence[Scope]) -> list[tuple[str, int, int]]:
    """Each kind of target that is used, how many destinations it has, and how many are disabled."""
    found = [
        (kind_of(each), each.enabled is False) for scope in scopes for _, each in scope.destinations
    ]
    all_, disabled = Counter(kind for kind, _ in found), Counter(kind for kind, off in found if off)
    order = [kind for kind in KIND_TITLES if kind in all_]
    order += sorted(kind for kind in all_ if kind not in KIND_TITLES)
    return [(KIND_TITLES.get(kind, kind), all_[kind], disabled[kind]) for kind in order]


def most_used(graph: Graph) -> list[tuple[TargetNode, int]]:
    """The targets that most destinations lead to, with how many."""
    nodes = {target.id: target for target in graph.targets}
    return [(nodes[id_], number) for id_, number in users(graph).most_common(_MOST_TARGETS)]
