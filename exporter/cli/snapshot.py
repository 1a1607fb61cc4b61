"""``ses2iac snapshot``."""

from pathlib import Path
from typing import Annotated

import typer

from exporter import snapshot as snapshots
from exporter import transaction
from exporter.cli import console
from exporter.cli.grouping import grouped
from exporter.cli.options import SourceOptions
from exporter.cli.reading import exit_code, read
from exporter.models import Snapshot
from exporter.wording import count

STDOUT = "-"


@grouped
def snapshot(
    source: SourceOptions,
    out: Annotated[str, typer.Option(metavar="FILE", help="Where to write; '-' is stdout.")],
) -> None:
    """Write what is there to one canonical JSON file."""
    reading = read(source)
    whole = Snapshot(format_version=snapshots.FORMAT_VERSION, scopes=reading.scopes)
    text = snapshots.dump(whole)
    if reading.is_empty:
        console.note(f"no configuration set in {reading.where}")
    if out == STDOUT:
        console.result(text)
    else:
        transaction.write_file(Path(out), text.encode())
        sets = sum(len(scope.configuration_sets) for scope in reading.scopes)
        console.say(f"wrote {out}: {count(sets, 'configuration set')}")
    raise typer.Exit(exit_code(reading))
