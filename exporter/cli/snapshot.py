"""``ses2iac snapshot``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from msgspec import structs

from exporter.cli.options.grouping import grouped
from exporter.cli.options.sources import SourceOptions
from exporter.cli.reading import exit_code, read, summary
from exporter.cli.terminal import console
from exporter.cli.terminal.output import STDOUT, write
from exporter.model.read_result import ReadResult
from exporter.model.resources import PartOfScope, Scope, Snapshot
from exporter.sources import snapshot as snapshots
from exporter.sources.checkpoint_file import CheckpointFile
from exporter.sources.read import LIVE
from exporter.sources.selection import Selection
from exporter.support.errors import ExporterError, UsageError
from exporter.support.text import count


@dataclass(frozen=True)
class ResumingOptions:
    """Whether to continue an earlier run."""

    resume: Annotated[
        bool,
        typer.Option("--resume", help="Continue from FILE.partial, left by an unfinished run."),
    ] = False
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help="Read only what an earlier run could not; needs FILE.partial.",
        ),
    ] = False


@grouped
def snapshot(
    source: SourceOptions,
    resuming: ResumingOptions,
    out: Annotated[str, typer.Option(metavar="FILE", help="Output file; '-' is stdout.")],
) -> None:
    """Save an account's settings to one JSON file."""
    is_resumable = source.origin == LIVE and _can_have_partial_file(out)
    if (resuming.resume or resuming.retry_failed) and not is_resumable:
        raise UsageError("--resume and --retry-failed need a live source and --out FILE")
    if not is_resumable:
        reading = read(source)
        _write(reading, out, source.source().selection)
        raise typer.Exit(exit_code(reading))
    _write_resumable(source, resuming, out)


def _can_have_partial_file(out: str) -> bool:
    """Tell whether FILE.partial can be written: not for a pipe or a terminal.

    Raises:
        ExporterError: if the path is a folder, which is better reported before reading.
    """
    if out == STDOUT:
        return False
    path = Path(out)
    if path.is_dir():
        raise ExporterError(
            "is a folder", where=out or "--out", hint="pass the path of a file to --out"
        )
    return path.is_file() or not path.exists()


def _write_resumable(source: SourceOptions, resuming: ResumingOptions, out: str) -> None:
    """Read, with a checkpoint next to the file, which is removed if nothing is missing."""
    resume = resuming.resume or resuming.retry_failed
    path = Path(out).with_name(f"{Path(out).name}.partial")
    partial = CheckpointFile(path, source.source().selection, resume=resume)
    if resuming.retry_failed:
        _check_failed(partial)
    if not resume and path.is_file():
        console.note(
            f"replacing {path} of an earlier run; use --resume to continue from it instead"
        )
    if resume and partial.known.began:
        sets = count(partial.known.total, "configuration set")
        console.note(f"resuming from {path}: {sets}, read since {partial.known.began}")
    elif resume:
        console.note(f"no {path}; reading from the start")
    reading: ReadResult | None = None
    with partial:
        try:
            reading = read(source, partial)
            if reading.unread:
                partial.ended(reading.unread)
        finally:
            if partial.total and (reading is None or reading.unread):
                console.say(f"{path}: what was read so far; continue with --resume")
    _write(reading, out, source.source().selection)
    if not reading.unread:
        partial.remove()
    raise typer.Exit(exit_code(reading))


def _check_failed(partial: CheckpointFile) -> None:
    """Refuse ``--retry-failed`` if it is unknown what failed."""
    if not partial.known.began:
        raise ExporterError(
            "does not exist, so there is nothing to retry",
            where=str(partial.path),
            hint="drop --retry-failed to read everything",
        )
    if not partial.known.has_ended:
        raise ExporterError(
            "the earlier run was interrupted, so it is unknown what would have failed",
            where=str(partial.path),
            hint="use --resume to read the rest",
        )


def _limited(scope: Scope, selection: Selection) -> Scope:
    """Record the selection in a scope that is only a part of its account and region."""
    if not selection:
        return scope
    before = scope.selection or PartOfScope()
    part = PartOfScope(
        include=(*before.include, *selection.include),
        exclude=(*before.exclude, *selection.exclude),
    )
    return structs.replace(scope, selection=part)


def _write(reading: ReadResult, out: str, selection: Selection) -> None:
    scopes = tuple(_limited(scope, selection) for scope in reading.scopes)
    snapshot = Snapshot(format_version=snapshots.FORMAT_VERSION, scopes=scopes)
    text = snapshots.dump(snapshot)
    if reading.is_empty:
        console.note(f"no configuration set in {reading.where}")
    write(out, text, summary(reading))
