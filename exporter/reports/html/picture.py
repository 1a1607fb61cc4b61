"""The picture of a page, in pieces that fit a screen or a sheet, simplified if it is large."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exporter.reports.graph import svg
from exporter.reports.graph.model import Graph, by_scope, collapsed
from exporter.reports.graph.parts import MOST_TARGETS, most_used, parts

MOST_PARTS = 8
"""The most pieces of a picture in a page, each about as high as a screen."""
MOST_SMALL = 2


@dataclass(frozen=True)
class Piece:
    """A piece of the picture: its title, and the SVG."""

    title: str
    svg: str


@dataclass(frozen=True)
class Picture:
    """The pieces of the picture, and a note if it is simplified."""

    pieces: tuple[Piece, ...]
    note: str = ""


def picture(graph: Graph) -> Picture:
    """Return the picture with as many details as fit."""
    if not graph.scopes:
        return Picture(())
    number = sum(1 for _ in graph.destinations)
    for drawn, most, note in _drawings(graph):
        if cut := parts(drawn, most):
            reason = f"Simplified, as there are {number} event destinations: {note}."
            return Picture(tuple(_pieces(cut)), reason if note else "")
    return Picture((), f"{number} event destinations are too many to draw here.")


def _drawings(graph: Graph) -> Iterator[tuple[Graph, int, str]]:
    """Yield simpler and simpler graphs, each with its most pieces and a note."""
    yield graph, MOST_PARTS, ""
    note = "those of a set that share a target are drawn as one"
    yield collapsed(graph), MOST_PARTS, note
    # Without single sets, a picture of more than a screen is not useful.
    small, note = by_scope(graph), "all sets of an account and region are drawn as one"
    yield small, MOST_SMALL, note
    note += f", with only the {MOST_TARGETS} targets that have the most destinations"
    yield most_used(small, MOST_TARGETS), MOST_PARTS, note


def _pieces(cut: Iterable[Graph]) -> Iterator[Piece]:
    for number, graph in enumerate(cut, 1):
        yield Piece(graph.description, svg.element(graph, f"sg{number}"))
