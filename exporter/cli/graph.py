"""``ses2iac graph``."""

from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.options.sources import SourceOptions
from exporter.cli.reading import exit_code, read, summary
from exporter.cli.terminal import console
from exporter.cli.terminal.output import STDOUT, write
from exporter.reports.graph import Output, draw
from exporter.reports.graph.model import Graph, build


@grouped
def graph(
    source: SourceOptions,
    output: Annotated[
        Output, typer.Option("--output", "-o", help="Output format.")
    ] = Output.MERMAID,
    out: Annotated[str, typer.Option(metavar="FILE", help="Output file; '-' is stdout.")] = STDOUT,
) -> None:
    """Draw which events go from which configuration set to which target."""
    reading = read(source, set_options=False)
    if reading.is_empty:
        console.note(f"no configuration set in {reading.where}")
    picture = build(reading.scopes)
    text = draw(picture, output)
    if output is Output.MERMAID:
        _say_limits(picture, text)
    write(out, text, summary(reading))
    raise typer.Exit(exit_code(reading))


def _say_limits(picture: Graph, text: str) -> None:
    """Print a note if the graph exceeds Mermaid's limits, where it shows an error instead."""
    from exporter.reports.graph.mermaid import MOST_CHARACTERS, MOST_EDGES  # noqa: PLC0415 - seldom

    edges = sum(1 for _ in picture.destinations)
    if edges > MOST_EDGES or len(text) > MOST_CHARACTERS:
        console.note(
            f"Mermaid's default limits are {MOST_EDGES} edges and {MOST_CHARACTERS} "
            f"characters, and this has {edges} and {len(text)}; use --output svg, which "
            "has no limit, or draw a part with --include"
        )
