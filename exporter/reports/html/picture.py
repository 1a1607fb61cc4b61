"""The picture of a page: as much of it as people look at, a screen or a sheet at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exporter.reports.graph import svg
from exporter.reports.graph.model import Graph, by_scope, collapsed
from exporter.reports.graph.parts import MOST_TARGETS, most_used, parts

MOST_PARTS = 8
"""How many pieces a picture has in a page, each about as high as a screen."""
MOST_SMALL = 2


@dataclass(frozen=True)
class Piece:
    """A piece of the picture: what is in it, and how it is drawn."""

    title: str
    svg: str


@dataclass(frozen=True)
class Picture:
    """The picture in pieces, and a note where it does not show everything."""

    pieces: tuple[Piece, ...]
    note: str = ""


def picture(graph: Graph) -> Picture:
    """The picture with as many details as fit."""
    if not graph.scopes:
        return Picture(())
    number = sum(1 for _ in graph.destinations)
    for drawn, most, note in _drawings(graph):
        if cut := parts(drawn, most):
            said = f"Simplified, as there are {number} event destinations: {note}." if note else ""
            return Picture(tuple(_pieces(cut)), said)
    return Picture((), f"{number} event destinations are too many to draw here.")


def _drawings(graph: Graph) -> Iterator[tuple[Graph, int, str]]:
    """Ever smaller pictures: how many pieces each may have, and what it does not show."""
    yield graph, MOST_PARTS, ""
    said = "those of a set that share a target are drawn as one"
    yield collapsed(graph), MOST_PARTS, said
    # Where sets are no longer told apart, more than a screen of them tells nobody anything.
    small, said = by_scope(graph), "all sets of an account and region are drawn as one"
    yield small, MOST_SMALL, said
    said += f", with only the {MOST_TARGETS} targets that have the most destinations"
    yield most_used(small, MOST_TARGETS), MOST_PARTS, said


def _pieces(cut: Iterable[Graph]) -> Iterator[Piece]:
    for number, graph in enumerate(cut, 1):
        yield Piece(graph.description, svg.element(graph, f"sg{number}"))
