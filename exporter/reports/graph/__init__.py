"""The picture of configuration sets, event destinations and targets.

Each output has its own module; the registry is below.
"""

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporter.reports.graph.model import Graph


class Output(StrEnum):
    """The output formats of ``graph``."""

    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"


# Modules by name, so that the command line can list the outputs without loading one.
_MODULES: dict[Output, str] = {
    Output.MERMAID: "exporter.reports.graph.mermaid",
    Output.DOT: "exporter.reports.graph.dot",
    Output.SVG: "exporter.reports.graph.svg",
}


def draw(graph: "Graph", output: Output) -> str:
    """Return the picture as text; the same graph gives the same bytes."""
    drawn: str = import_module(_MODULES[output]).draw(graph)
    return drawn
