"""Where everything stands in a picture: sets with their destinations on the left, targets right.

Lengths are pixels. Destinations keep the order of every other output; targets stand at the
middle of what leads to them, as near as the others let them, so that few lines cross.
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
"""The height of what stands above the columns: title, description, legend."""
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
        """Where its line begins."""
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
    """The box of an account's region."""

    node: ScopeCluster
    y: float
    height: float
    sets: tuple[PlacedSet, ...]


@dataclass(frozen=True)
class PlacedTarget:
    """A target's box.

    Attributes:
        number: Its place from above, by which a row names it where its line is long.
        users: How many destinations lead to it.
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
    """A whole picture."""

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
    """Give everything its place."""
    scopes, left_end = _left(graph)
    rows = [row for scope in scopes for found in scope.sets for row in found.rows]
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
        for found in scope.sets:
            sets.append(_set(found, y))
            y += sets[-1].height + SET_GAP
        y -= SET_GAP
        y += PAD if boxed else 0
        placed.append(PlacedScope(scope, top, y - top, tuple(sets)))
        y += SET_GAP
    return tuple(placed), y - SET_GAP if placed else y


def _set(found: SetCluster, y: float) -> PlacedSet:
    rows = tuple(
        PlacedDestination(node, y + SET_HEAD + number * ROW)
        for number, node in enumerate(found.destinations)
    )
    # A set without destinations says so in a row.
    return PlacedSet(found, y, SET_HEAD + max(len(rows), 1) * ROW + 4, rows)


def _right(graph: Graph, rows: Sequence[PlacedDestination], end: float) -> tuple[PlacedTarget, ...]:
    leading: Mapping[str, list[float]] = defaultdict(list)
    users: Counter[str] = Counter()
    for row in rows:
        leading[row.node.target].append(row.middle)
        users[row.node.target] += row.node.stands_for
    wanted = {
        target.id: sum(leading[target.id]) / len(leading[target.id]) for target in graph.targets
    }
    # Sorting is stable: targets of one middle stay in the order of their first use.
    ordered = sorted(graph.targets, key=lambda target: wanted[target.id])
    tops = spread(
        [wanted[target.id] - TARGET_HEIGHT / 2 for target in ordered],
        TARGET_HEIGHT + TARGET_GAP,
        HEAD,
        end - TARGET_HEIGHT,
    )
    return tuple(
        PlacedTarget(target, y, number, users[target.id])
        for number, (target, y) in enumerate(zip(ordered, tops, strict=True), 1)
    )


def spread(wanted: Iterable[float], step: float, first: float, last: float) -> list[float]:
    """Places at least ``step`` apart and as near to the wanted ones as that allows.

    None is before ``first``, and none behind ``last``, if there is room.
    """
    # Blocks of neighbours that touch: each stands at the mean of what its members want.
    blocks: list[tuple[float, int]] = []
    total = 0
    for number, place_ in enumerate(wanted):
        total += 1
        mean, size = place_ - number * step, 1
        while blocks and blocks[-1][0] >= mean:
            before, members = blocks.pop()
            mean = (before * members + mean * size) / (members + size)
            size += members
        blocks.append((mean, size))
    room = max(first, last - (total - 1) * step)
    starts = [min(max(mean, first), room) for mean, size in blocks for _ in range(size)]
    return [start + number * step for number, start in enumerate(starts)]
