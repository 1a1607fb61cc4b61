"""The picture of a page: as much of it as a page can hold."""

from dataclasses import dataclass

from exporter.reports.graph import svg
from exporter.reports.graph.model import Graph, by_scope, collapsed

MOST = 500
"""How many rows a picture has in a page."""


@dataclass(frozen=True)
class Picture:
    """A picture, or a note why there is none."""

    svg: str
    note: str = ""


_WHOLE = "'ses2iac graph --output svg' draws all of it, and with --include a part."


def picture(graph: Graph) -> Picture:
    """The picture with as many details as fit."""
    number = sum(1 for _ in graph.destinations)
    said = f"There are {number} event destinations"
    notes = (
        "",
        f"{said}: those of a configuration set that have one target are drawn as one. {_WHOLE}",
        f"{said}: the configuration sets of an account and region are drawn as one. {_WHOLE}",
    )
    for made, note in zip((graph, collapsed(graph), by_scope(graph)), notes, strict=True):
        if _rows(made) <= MOST:
            return Picture(svg.element(made), note)
    return Picture("", f"{said}, too many for a picture in a page. {_WHOLE}")


def _rows(graph: Graph) -> int:
    """The rows of its longer column; a set has a head, and one without destinations says so."""
    left = sum(max(len(found.destinations), 1) for found in graph.sets)
    return max(left, len(graph.targets))
