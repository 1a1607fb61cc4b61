"""``ses2iac scan``."""

from enum import StrEnum
from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.options.unmanaged import PartOptions
from exporter.cli.reading import exit_code, read
from exporter.cli.terminal import console
from exporter.reports import listing


class Output(StrEnum):
    """How the list is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@grouped
def scan(
    source: PartOptions,
    output: Annotated[Output, typer.Option("--output", "-o", help="Output format.")] = Output.TABLE,
) -> None:
    """List configuration sets and their event destinations."""
    code = source.code()
    unmanaged = code.leave(read(source))
    reading = unmanaged.reading
    if reading.is_empty and not unmanaged.is_done:
        console.note(f"no configuration set in {reading.where}")
    if output is Output.JSON:
        console.results(listing.as_json(reading.scopes))
    elif output is Output.CSV:
        console.results(listing.as_csv(reading.scopes))
    else:
        from exporter.reports.listing_table import scan_table  # noqa: PLC0415 - rich

        console.results(scan_table(reading.scopes))
    raise typer.Exit(exit_code(reading))
