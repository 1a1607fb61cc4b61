"""The picture as a Mermaid flowchart, which GitHub, GitLab and many wikis draw.

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
"""Mermaid's default limits: ``maxEdges`` and ``maxTextSize``."""

_OFF = "off"
_OFF_STYLE = "stroke-dasharray:5 4"

# All other characters are written as numbers, so they mean nothing in Mermaid, HTML or Markdown.
# A hyphen or number at the start could begin a list; underscores and spaces, emphasis and code.
_PLAIN = re.compile(r"[A-Za-z]|(?<=[^ ])[ ,]|(?<=[A-Za-z0-9])[_.]|(?<=.)[0-9-]|[^\x00-\x7f]")


def draw(graph: Graph) -> str:
    """Return the picture as Mermaid text."""
    return "".join(f"{line}\n" for line in _lines(graph))


def text(value: str) -> str:
    """Escape any text for a quoted label."""
    shown = printable(value)
    return "".join(
        char if _PLAIN.match(shown, index) else f"#{ord(char)};" for index, char in enumerate(shown)
    )


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    yield "  accTitle: SES event destinations"
    # Not escaped: it contains no names from the account.
    yield f"  accDescr: {graph.description}"
    for scope in graph.scopes:
        if graph.has_clusters_of_scopes:
            yield f'  subgraph {scope.id}["{text(scope.title)}"]'
        for cluster in scope.sets:
            yield from _set(cluster)
        if graph.has_clusters_of_scopes:
            yield "  end"
    for target in graph.targets:
        yield f"  {_target(target)}"
    for destination in graph.destinations:
        arrow = "-.->" if destination.is_off else "-->"
        yield f"  {destination.id} {arrow} {destination.target}"
    for look in dict.fromkeys(target.look for target in graph.targets):
        icon = ICONS[look]
        # Both text and fill are set, so that it is readable on light and dark pages.
        yield f"  classDef {look} fill:{icon.fill},stroke:{icon.stroke},color:{icon.text}"
    if any(destination.is_off for destination in graph.destinations):
        yield f"  classDef {_OFF} {_OFF_STYLE}"


def _set(cluster: SetCluster) -> Iterator[str]:
    yield f'  subgraph {cluster.id}["{text(cluster.name)}"]'
    for destination in cluster.destinations:
        yield f"    {_destination(destination)}"
    if not cluster.destinations:
        # Mermaid doesn't draw a cluster without a node.
        yield f'    {cluster.id}n["{NO_DESTINATION}"]'
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
