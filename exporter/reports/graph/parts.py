"""Split a picture into pieces that fit a screen or a sheet of paper, set by set.

Each piece has the targets of its own sets, so that its lines are short and it is readable alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from exporter.reports.graph.layout import (
    HEAD,
    MARGIN,
    PAD,
    ROW,
    SCOPE_HEAD,
    SET_GAP,
    SET_HEAD,
    TARGET_GAP,
    TARGET_HEIGHT,
)
from exporter.reports.graph.model import Graph, ScopeCluster, SetCluster

HEIGHT = 1200
"""The greatest height of a piece: at full width, it fits a sheet of A4 or Letter."""
_ROOM = HEIGHT - HEAD - MARGIN
_TARGET = TARGET_HEIGHT + TARGET_GAP
MOST_TARGETS = _ROOM // _TARGET
"""The most targets that fit in a piece, and so the most rows of one set."""


@dataclass(frozen=True)
class _Unit:
    """A set, or a part of a large one, in its account and region."""

    scope: ScopeCluster
    cluster: SetCluster

    @property
    def height(self) -> int:
        return SET_HEAD + max(len(self.cluster.destinations), 1) * ROW + 4 + SET_GAP

    @property
    def targets(self) -> set[str]:
        return {each.target for each in self.cluster.destinations}


def parts(graph: Graph, most: int) -> list[Graph]:
    """Return the pieces in order; none if there would be more than ``most``.

    A picture that fits is returned unchanged.
    """
    pieces = list(islice(_pieces(graph), most + 1))
    if len(pieces) > most:
        return []
    if len(pieces) < 2:
        return [graph]
    return [
        _graph(graph, units, f"Part {number} of {len(pieces)}", number)
        for number, units in enumerate(pieces, 1)
    ]


def users(graph: Graph) -> Counter[str]:
    """Count the destinations of each target, by its id."""
    numbers: Counter[str] = Counter()
    for destination in graph.destinations:
        numbers[destination.target] += destination.stands_for
    return numbers


def most_used(graph: Graph, most: int) -> Graph:
    """Return only the targets with the most destinations, and those destinations."""
    ids = {target for target, _ in users(graph).most_common(most)}

    def sets(scope: ScopeCluster) -> Iterator[SetCluster]:
        for cluster in scope.sets:
            rows = tuple(node for node in cluster.destinations if node.target in ids)
            # A set that loses all of its rows would look like one that never had any.
            if rows or not cluster.destinations:
                yield replace(cluster, destinations=rows)

    scopes = (replace(scope, sets=tuple(sets(scope))) for scope in graph.scopes)
    targets = tuple(target for target in graph.targets if target.id in ids)
    return replace(graph, scopes=tuple(each for each in scopes if each.sets), targets=targets)


def _pieces(graph: Graph) -> Iterator[list[_Unit]]:
    piece: list[_Unit] = []
    targets: set[str] = set()
    for unit in _units(graph):
        extended = targets | unit.targets
        if piece and max(_height([*piece, unit]), len(extended) * _TARGET) > _ROOM:
            yield piece
            piece, extended = [], unit.targets
        piece.append(unit)
        targets = extended
    if piece:
        yield piece


def _height(units: Iterable[_Unit]) -> int:
    all_units = list(units)
    scopes = len({unit.scope.id for unit in all_units})
    # Every box of an account and region has a heading and some space around it.
    boxes = scopes * (SCOPE_HEAD + PAD + SET_GAP)
    return boxes + sum(unit.height for unit in all_units)


def _units(graph: Graph) -> Iterator[_Unit]:
    for scope in graph.scopes:
        for cluster in scope.sets:
            rows = cluster.destinations
            for start in range(0, max(len(rows), 1), MOST_TARGETS):
                part = rows[start : start + MOST_TARGETS]
                yield _Unit(scope, replace(cluster, destinations=part))


def _graph(whole: Graph, units: list[_Unit], title: str, number: int) -> Graph:
    """Build a piece; its targets get unique ids, because one page has several pieces."""
    used = {target for unit in units for target in unit.targets}
    scopes = []
    for scope in dict.fromkeys(unit.scope for unit in units):
        sets = (unit.cluster for unit in units if unit.scope is scope)
        scopes.append(replace(scope, sets=tuple(_renamed(cluster, number) for cluster in sets)))
    targets = (
        replace(target, id=_id(target.id, number)) for target in whole.targets if target.id in used
    )
    has_scopes = whole.has_clusters_of_scopes
    description = f"{title}: {_range(units[0], units[-1], has_scopes)}"
    return Graph(tuple(scopes), tuple(targets), description)


def _range(first: _Unit, last: _Unit, has_scopes: bool) -> str:
    """Name the first and the last set, with their accounts and regions if there are several."""
    names = [first.cluster.name, last.cluster.name]
    if has_scopes:
        names[0] = f"{first.scope.title}: {names[0]}"
        if last.scope is not first.scope:
            names[1] = f"{last.scope.title}: {names[1]}"
        elif last.cluster.name == first.cluster.name:
            return names[0]
    return " to ".join(dict.fromkeys(names))


def _renamed(cluster: SetCluster, number: int) -> SetCluster:
    rows = (replace(node, target=_id(node.target, number)) for node in cluster.destinations)
    return replace(cluster, destinations=tuple(rows))


def _id(target: str, number: int) -> str:
    return f"{target}p{number}"
