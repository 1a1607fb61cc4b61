"""Lay out a picture: sets with their destinations on the left, targets on the right.

Lengths are in pixels. Destinations keep the order of all other outputs; each target is as close as
possible to the middle of its destinations, so that few lines cross.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exporter.reports.graph.model import (
    DestinationNode,
    Graph,
    ScopeCluster,
    SetCluster,
    TargetNode,
)

MARGIN = 16
LEFT_WIDTH = 380
GAP = 240
RIGHT_WIDTH = 340
HEAD = 84
"""The height of title, description and legend, above the columns."""
ROW = 36
SET_HEAD = 26
SET_GAP = 12
PAD = 8
SCOPE_HEAD = 28
TARGET_HEIGHT = 50
TARGET_GAP = 10


@dataclass(frozen=True)
class PlacedDestination:
    """A destination's row."""

    node: DestinationNode
    y: float

    @property
    def middle(self) -> float:
        """Where its line starts."""
        return self.y + (ROW - 4) / 2


@dataclass(frozen=True)
class PlacedSet:
    """A configuration set's box with its rows."""

    node: SetCluster
    y: float
    height: float
    rows: tuple[PlacedDestination, ...]


@dataclass(frozen=True)
class PlacedScope:
    """The box of an account and region."""

    node: ScopeCluster
    y: float
    height: float
    sets: tuple[PlacedSet, ...]


@dataclass(frozen=True)
class PlacedTarget:
    """A target's box.

    Attributes:
        number: Its position from the top, which rows show, since lines may be long.
        users: The number of its destinations.
    """

    node: TargetNode
    y: float
    number: int
    users: int

    @property
    def middle(self) -> float:
        """Where lines end."""
        return self.y + TARGET_HEIGHT / 2


@dataclass(frozen=True)
class Placed:
    """A picture with all positions."""

    graph: Graph
    scopes: tuple[PlacedScope, ...]
    targets: tuple[PlacedTarget, ...]
    width: float
    height: float

    @property
    def left(self) -> float:
        """The left edge of the boxes of sets."""
        return MARGIN + (PAD if self.graph.has_clusters_of_scopes else 0)

    @property
    def right(self) -> float:
        """The left edge of the targets."""
        inset = PAD if self.graph.has_clusters_of_scopes else 0
        return self.left + LEFT_WIDTH + inset + GAP


def place(graph: Graph) -> Placed:
    """Compute all positions."""
    scopes, left_end = _left(graph)
    rows = [row for scope in scopes for set_ in scope.sets for row in set_.rows]
    targets = _right(graph, rows, left_end)
    right_end = targets[-1].y + TARGET_HEIGHT if targets else HEAD
    whole = Placed(graph, scopes, targets, 0, 0)
    width = whole.right + RIGHT_WIDTH + MARGIN
    return Placed(graph, scopes, targets, width, max(left_end, right_end) + MARGIN)


def _left(graph: Graph) -> tuple[tuple[PlacedScope, ...], float]:
    boxed = graph.has_clusters_of_scopes
    y: float = HEAD
    placed = []
    for scope in graph.scopes:
        top = y
        y += SCOPE_HEAD if boxed else 0
        sets = []
        for cluster in scope.sets:
            sets.append(_set(cluster, y))
            y += sets[-1].height + SET_GAP
        y -= SET_GAP
        y += PAD if boxed else 0
        placed.append(PlacedScope(scope, top, y - top, tuple(sets)))
        y += SET_GAP
    return tuple(placed), y - SET_GAP if placed else y


def _set(cluster: SetCluster, y: float) -> PlacedSet:
    rows = tuple(
        PlacedDestination(node, y + SET_HEAD + number * ROW)
        for number, node in enumerate(cluster.destinations)
    )
    # A set without destinations has a row that says so.
    return PlacedSet(cluster, y, SET_HEAD + max(len(rows), 1) * ROW + 4, rows)


def _right(graph: Graph, rows: Sequence[PlacedDestination], end: float) -> tuple[PlacedTarget, ...]:
    starts: Mapping[str, list[float]] = defaultdict(list)
    users: Counter[str] = Counter()
    for row in rows:
        starts[row.node.target].append(row.middle)
        users[row.node.target] += row.node.stands_for
    ideal = {target.id: sum(starts[target.id]) / len(starts[target.id]) for target in graph.targets}
    # Sorting is stable: targets with the same middle stay in the order of their first use.
    ordered = sorted(graph.targets, key=lambda target: ideal[target.id])
    tops = spread(
        [ideal[target.id] - TARGET_HEIGHT / 2 for target in ordered],
        TARGET_HEIGHT + TARGET_GAP,
        HEAD,
        end - TARGET_HEIGHT,
    )
    return tuple(
        PlacedTarget(target, y, number, users[target.id])
        for number, (target, y) in enumerate(zip(ordered, tops, strict=True), 1)
    )


def spread(ideal: Iterable[float], step: float, first: float, last: float) -> list[float]:
    """Return positions at least ``step`` apart and as close as possible to the ideal ones.

    None is before ``first`` and, if there is enough room, none after ``last``.
    """
    # Blocks of neighbours that touch: each is at the mean of its members' ideal positions.
    blocks: list[tuple[float, int]] = []
    total = 0
    for number, position in enumerate(ideal):
        total += 1
        mean, size = position - number * step, 1
        while blocks and blocks[-1][0] >= mean:
            before, members = blocks.pop()
            mean = (before * members + mean * size) / (members + size)
            size += members
        blocks.append((mean, size))
    room = max(first, last - (total - 1) * step)
    starts = [min(max(mean, first), room) for mean, size in blocks for _ in range(size)]
    return [start + number * step for number, start in enumerate(starts)]
