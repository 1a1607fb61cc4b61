"""``ses2iac merge``."""

import re
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.terminal.output import write
from exporter.model.resources import Snapshot
from exporter.sources import snapshot as snapshots
from exporter.sources.merging import Part
from exporter.sources.merging import merge as merged
from exporter.sources.read import STDIN
from exporter.support import regular_files
from exporter.support.errors import ExporterError, UsageError
from exporter.support.text import count

_PARTIAL = re.compile(rb"[0-9a-f]{16} \{")
"""How FILE.partial of an unfinished snapshot begins: a digest and a line of JSON."""


@grouped
def merge(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Two or more snapshots; '-' is stdin.", show_default=False
        ),
    ],
    out: Annotated[str, typer.Option(metavar="FILE", help="Output file; '-' is stdout.")],
) -> None:
    """Merge snapshots into one."""
    if len(files) < 2:
        raise UsageError("merge needs two or more snapshots", hint="ses2iac merge A B --out C")
    if files.count(STDIN) > 1:
        raise UsageError("only one of the snapshots can be standard input")
    merged_snapshot = merged([_part(file) for file in files])
    text = snapshots.dump(merged_snapshot)
    write(out, text, _summary(merged_snapshot))


def _part(file: str) -> Part:
    name = "standard input" if file == STDIN else file
    data = _bytes(file, name)
    if _PARTIAL.match(data):
        raise ExporterError(
            "is not a complete snapshot: the run that wrote it did not finish",
            where=name,
            hint="finish it first: ses2iac snapshot --out FILE --resume",
        )
    try:
        return Part(name, snapshots.load(data, name, snapshots.CliOutputOptions(None, None)))
    except UsageError as error:
        raise ExporterError(
            error.what,
            where=name,
            hint="convert it to a snapshot first: ses2iac snapshot --from FILE "
            "--configuration-set NAME --region REGION --out FILE",
        ) from None


def _bytes(file: str, name: str) -> bytes:
    hint = "pass paths of snapshots, or '-' for standard input"
    with regular_files.readable(name, hint):
        if file == STDIN:
            return regular_files.read_standard_input()
        return regular_files.read_named(Path(file))


def _summary(snapshot: Snapshot) -> str:
    sets = sum(len(scope.configuration_sets) for scope in snapshot.scopes)
    accounts = len({scope.account_id for scope in snapshot.scopes})
    regions = len({scope.region for scope in snapshot.scopes})
    return (
        f"{count(sets, 'configuration set')} in {count(accounts, 'account')} and "
        f"{count(regions, 'region')}"
    )
