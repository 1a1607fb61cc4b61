"""The picture in Graphviz's language: ``ses2iac graph --output dot | dot -Tsvg``.

Syntax: https://graphviz.org/doc/info/lang.html
"""

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


def draw(graph: Graph) -> str:
    """Return the picture as text for ``dot``."""
    return "".join(f"{line}\n" for line in _lines(graph))


def text(*lines: str) -> str:
    r"""Return lines of any text as a quoted string.

    Backslashes (``\N`` is the node's name) and HTML entities are escaped.
    """
    escaped = (
        printable(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
        for line in lines
    )
    return '"' + "\\n".join(escaped) + '"'


def _lines(graph: Graph) -> Iterator[str]:
    yield "digraph ses2iac {"
    yield "  rankdir=LR"
    yield "  ranksep=2"
    yield "  nodesep=0.1"
    yield "  compound=true"
    yield f"  tooltip={text(graph.description)}"
    yield '  graph [fontname="Helvetica", style="rounded"]'
    yield '  node [fontname="Helvetica", fontsize=11, shape=box]'
    yield '  edge [color="#666666"]'
    for scope in graph.scopes:
        if graph.has_clusters_of_scopes:
            yield f"  subgraph cluster_{scope.id} {{"
            yield f"    label={text(scope.title)}"
        for cluster in scope.sets:
            yield from _set(cluster)
        if graph.has_clusters_of_scopes:
            yield "  }"
    for target in graph.targets:
        yield f"  {_target(target)}"
    for destination in graph.destinations:
        style = " [style=dashed]" if destination.is_off else ""
        yield f"  {destination.id} -> {destination.target}{style}"
    yield "}"


def _set(cluster: SetCluster) -> Iterator[str]:
    yield f"  subgraph cluster_{cluster.id} {{"
    yield f"    label={text(cluster.name)}"
    for destination in cluster.destinations:
        yield f"    {_destination(destination)}"
    if not cluster.destinations:
        # Graphviz doesn't draw a cluster without a node.
        yield f"    {cluster.id}n [label={text(NO_DESTINATION)}, shape=plaintext]"
    yield "  }"


def _destination(node: DestinationNode) -> str:
    lines = filter(None, (node.name, node.events, node.state and f"({node.state})"))
    style = ", style=dashed" if node.is_off else ""
    return f"{node.id} [label={text(*lines)}, tooltip={text(node.full)}{style}]"


def _target(node: TargetNode) -> str:
    icon = ICONS[node.look]
    lines = filter(None, (node.title, node.name, node.where))
    look = f'shape={icon.dot}, style=filled, fillcolor="{icon.fill}"'
    return f"{node.id} [label={text(*lines)}, tooltip={text(node.full)}, {look}]"
