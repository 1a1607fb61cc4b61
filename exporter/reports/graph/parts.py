"""A picture cut into pieces that fit a screen or a sheet of paper, set by set.

Each piece holds the targets of its own sets, so that its lines are short and it can be read alone.
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
"""How high a piece may be: at full width, it fits a sheet of A4 or Letter."""
_ROOM = HEIGHT - HEAD - MARGIN
_TARGET = TARGET_HEIGHT + TARGET_GAP
MOST_TARGETS = _ROOM // _TARGET
"""How many targets a piece has room for, and so how many rows of one set."""


@dataclass(frozen=True)
class _Unit:
    """A set, or a part of a large one, in its account and region."""

    scope: ScopeCluster
    found: SetCluster

    @property
    def height(self) -> int:
        return SET_HEAD + max(len(self.found.destinations), 1) * ROW + 4 + SET_GAP

    @property
    def targets(self) -> set[str]:
        return {each.target for each in self.found.destinations}


def parts(graph: Graph, most: int) -> list[Graph]:
    """The pieces in order, none where there would be more than ``most``.

    A picture that fits is the only piece, as it is.
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
    """How many destinations lead to each target, by its id."""
    found: Counter[str] = Counter()
    for each in graph.destinations:
        found[each.target] += each.stands_for
    return found


def most_used(graph: Graph, most: int) -> Graph:
    """Only the targets that most destinations lead to, and what leads to them."""
    kept = {target for target, _ in users(graph).most_common(most)}

    def sets(scope: ScopeCluster) -> Iterator[SetCluster]:
        for found in scope.sets:
            rows = tuple(each for each in found.destinations if each.target in kept)
            # A set that loses all of its rows would look like one that has none.
            if rows or not found.destinations:
                yield replace(found, destinations=rows)

    scopes = (replace(scope, sets=tuple(sets(scope))) for scope in graph.scopes)
    targets = tuple(target for target in graph.targets if target.id in kept)
    return replace(graph, scopes=tuple(each for each in scopes if each.sets), targets=targets)


def _pieces(graph: Graph) -> Iterator[list[_Unit]]:
    piece: list[_Unit] = []
    targets: set[str] = set()
    for unit in _units(graph):
        wanted = targets | unit.targets
        if piece and max(_height([*piece, unit]), len(wanted) * _TARGET) > _ROOM:
            yield piece
            piece, wanted = [], unit.targets
        piece.append(unit)
        targets = wanted
    if piece:
        yield piece


def _height(units: Iterable[_Unit]) -> int:
    found = list(units)
    scopes = len({unit.scope.id for unit in found})
    # Every box of an account and region has a head and some room around it.
    boxes = scopes * (SCOPE_HEAD + PAD + SET_GAP)
    return boxes + sum(unit.height for unit in found)


def _units(graph: Graph) -> Iterator[_Unit]:
    for scope in graph.scopes:
        for found in scope.sets:
            rows = found.destinations
            for start in range(0, max(len(rows), 1), MOST_TARGETS):
                some = rows[start : start + MOST_TARGETS]
                yield _Unit(scope, replace(found, destinations=some))


def _graph(whole: Graph, units: list[_Unit], said: str, number: int) -> Graph:
    """A piece, whose targets have ids of their own: several pieces stand in one page."""
    used = {target for unit in units for target in unit.targets}
    scopes = []
    for scope in dict.fromkeys(unit.scope for unit in units):
        sets = (unit.found for unit in units if unit.scope is scope)
        scopes.append(replace(scope, sets=tuple(_renamed(found, number) for found in sets)))
    targets = (
        replace(target, id=_id(target.id, number)) for target in whole.targets if target.id in used
    )
    where = whole.has_clusters_of_scopes
    return Graph(tuple(scopes), tuple(targets), f"{said}: {_range(units[0], units[-1], where)}")


def _range(first: _Unit, last: _Unit, has_scopes: bool) -> str:
    """The first and the last set; of several accounts and regions, where they are."""
    names = [first.found.name, last.found.name]
    if has_scopes:
        names[0] = f"{first.scope.title}: {names[0]}"
        if last.scope is not first.scope:
            names[1] = f"{last.scope.title}: {names[1]}"
        elif last.found.name == first.found.name:
            return names[0]
    return " to ".join(dict.fromkeys(names))


def _renamed(found: SetCluster, number: int) -> SetCluster:
    rows = (replace(each, target=_id(each.target, number)) for each in found.destinations)
    return replace(found, destinations=tuple(rows))


def _id(target: str, number: int) -> str:
    return f"{target}p{number}"
