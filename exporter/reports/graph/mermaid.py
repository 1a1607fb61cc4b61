"""A picture as a Mermaid flowchart, as GitHub, GitLab and many wikis draw it.

Syntax: https://mermaid.js.org/syntax/flowchart.html
"""

import re
from collections.abc import Iterator, Mapping

from exporter.model.resources import TargetKind
from exporter.reports.graph.model import (
    NO_DESTINATION,
    OTHER,
    DestinationNode,
    Graph,
    SetCluster,
    TargetNode,
)
from exporter.support.text import printable

MOST_EDGES = 500
MOST_CHARACTERS = 50_000
"""What Mermaid draws unless its page says otherwise: ``maxEdges`` and ``maxTextSize``."""

_SHAPES: Mapping[str, tuple[str, str]] = {
    TargetKind.SNS: ("([", "])"),
    TargetKind.CLOUDWATCH: ("[(", ")]"),
    TargetKind.FIREHOSE: ("[/", "/]"),
    TargetKind.EVENTBRIDGE: ("{{", "}}"),
    TargetKind.PINPOINT: ("[/", "\\]"),
    OTHER: ("[[", "]]"),
}

# Text and fill are given both, so that they can be read on a light page and on a dark one.
_STYLES: Mapping[str, str] = {
    TargetKind.SNS: "fill:#fde2e8,stroke:#b0084d,color:#3b0018",
    TargetKind.CLOUDWATCH: "fill:#e6e0ff,stroke:#5b3cc4,color:#1d1147",
    TargetKind.FIREHOSE: "fill:#d9f0e4,stroke:#1b7a4b,color:#06301c",
    TargetKind.EVENTBRIDGE: "fill:#ffe6cc,stroke:#b35900,color:#3d1f00",
    TargetKind.PINPOINT: "fill:#d7ecff,stroke:#0b62a8,color:#05294a",
    OTHER: "fill:#eeeeee,stroke:#555555,color:#222222",
}
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
        yield f"  classDef {look} {_STYLES[look]}"
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
    opening, closing = _SHAPES[node.look]
    label = "<br/>".join(text(line) for line in (node.title, node.name, node.where) if line)
    return f'{node.id}{opening}"{label}"{closing}:::{node.look}'
