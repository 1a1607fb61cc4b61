"""``ses2iac scan``."""

from enum import StrEnum
from typing import Annotated

import typer

from exporter import listing
from exporter.cli import console
from exporter.cli.grouping import grouped
from exporter.cli.options import SourceOptions
from exporter.cli.reading import exit_code, read


class Output(StrEnum):
    """How the list is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@grouped
def scan(
    source: SourceOptions,
    output: Annotated[Output, typer.Option(help="How to print it.")] = Output.TABLE,
) -> None:
    """Show the event destinations that are there."""
    reading = read(source)
    if reading.is_empty:
        console.note(f"no configuration set in {reading.where}")
    if output is Output.JSON:
        console.result(listing.as_json(reading.scopes))
    elif output is Output.CSV:
        console.result(listing.as_csv(reading.scopes))
    else:
        from exporter.cli.tables import scan_table  # noqa: PLC0415 - rich is for tables only

        console.result(scan_table(reading.scopes))
    raise typer.Exit(exit_code(reading))
