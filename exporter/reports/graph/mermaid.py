"""A picture as a Mermaid flowchart, as GitHub, GitLab and many wikis draw it.

Syntax: https://mermaid.js.org/syntax/flowchart.html
"""

import re
from collections.abc import Iterator

from exporter.reports.graph.icons import ICONS
from exporter.reports.graph.model import (
    NO_DESTINATION,
    DestinationNode,
    Graph,
    SetCluster,
    TargetNode,
)
from exporter.support.text import printable

MOST_EDGES = 500
MOST_CHARACTERS = 50_000
"""What Mermaid draws unless its page says otherwise: ``maxEdges`` and ``maxTextSize``."""

_OFF = "off"
_OFF_STYLE = "stroke-dasharray:5 4"

# All others stand as numbers: what has a meaning in Mermaid, in HTML or in Markdown has none then.
# A hyphen or a number at the start could begin a list, underscores and spaces emphasis and code.
_PLAIN = re.compile(r"[A-Za-z]|(?<=[^ ])[ ,]|(?<=[A-Za-z0-9])[_.]|(?<=.)[0-9-]|[^\x00-\x7f]")


def draw(graph: Graph) -> str:
    """The picture as Mermaid's text."""
    return "".join(f"{line}\n" for line in _lines(graph))


def text(value: str) -> str:
    """Any text as a part of a label in quotes."""
    shown = printable(value)
    return "".join(
        char if _PLAIN.match(shown, at) else f"#{ord(char)};" for at, char in enumerate(shown)
    )


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    yield "  accTitle: SES event destinations"
    # It has no name in it that somebody chose.
    yield f"  accDescr: {graph.description}"
    for scope in graph.scopes:
        if graph.has_clusters_of_scopes:
            yield f'  subgraph {scope.id}["{text(scope.title)}"]'
        for found in scope.sets:
            yield from _set(found)
        if graph.has_clusters_of_scopes:
            yield "  end"
    for target in graph.targets:
        yield f"  {_target(target)}"
    for destination in graph.destinations:
        arrow = "-.->" if destination.is_off else "-->"
        yield f"  {destination.id} {arrow} {destination.target}"
    for look in dict.fromkeys(target.look for target in graph.targets):
        icon = ICONS[look]
        # Text and fill are given both, so that they can be read on a light page and on a dark one.
        yield f"  classDef {look} fill:{icon.fill},stroke:{icon.stroke},color:{icon.text}"
    if any(destination.is_off for destination in graph.destinations):
        yield f"  classDef {_OFF} {_OFF_STYLE}"


def _set(found: SetCluster) -> Iterator[str]:
    yield f'  subgraph {found.id}["{text(found.name)}"]'
    for destination in found.destinations:
        yield f"    {_destination(destination)}"
    if not found.destinations:
        # Mermaid draws no cluster without a node.
        yield f'    {found.id}n["{NO_DESTINATION}"]'
    yield "  end"


def _destination(node: DestinationNode) -> str:
    state = node.state and f"#40;{node.state}#41;"
    lines = [text(node.name), text(node.events), state]
    label = "<br/>".join(filter(None, lines))
    return f'{node.id}["{label}"]' + (f":::{_OFF}" if node.is_off else "")


def _target(node: TargetNode) -> str:
    opening, closing = ICONS[node.look].mermaid
    label = "<br/>".join(text(line) for line in (node.title, node.name, node.where) if line)
    return f'{node.id}{opening}"{label}"{closing}:::{node.look}'
