"""Read a source for a command, and report what could not be read."""

from collections.abc import Iterable, Sequence

from exporter.cli.options.sources import SourceOptions
from exporter.cli.terminal import console
from exporter.model.checkpoint import Checkpoint, ReadObserver
from exporter.model.read_result import ReadFailure, ReadResult, what_is_missing
from exporter.sources.read import LIVE, Source
from exporter.support.errors import ExitCode
from exporter.support.progress import Progress
from exporter.support.text import count, inventory


def read(
    options: SourceOptions, journal: Checkpoint | None = None, *, set_options: bool = True
) -> ReadResult:
    """Read what the options describe; prints notes and what could not be read."""
    source = options.source()
    if source.origin == LIVE:
        say_identity(source)
    observer = ReadObserver(_progress(source), journal or Checkpoint())
    reading = source.read(observer, options=set_options)
    console.remarks(notes=reading.notes, most=_MOST)
    say_unread(reading.unread)
    for scope in reading.scopes:
        destinations = sum(1 for _ in scope.destinations)
        sets = len(scope.configuration_sets)
        console.detail(f"read {scope.title}: {inventory(sets, destinations)}")
    if reading.effort is not None:
        console.detail(summary(reading))
    return reading


_MOST = 6
"""The most causes to print for one read; a command has more to print."""


def say_identity(source: Source) -> None:
    """Print a note if a configuration file found by itself chooses the credentials."""
    note = source.as_whom()
    if note:
        console.note(note)


def _progress(source: Source) -> Progress:
    if source.origin != LIVE:
        return Progress()
    from exporter.cli.terminal.live_progress import progress  # noqa: PLC0415 - loads rich

    return progress()


def say_unread(unread: Iterable[ReadFailure]) -> None:
    """Report failures, one line per cause; a few accounts and regions as a table."""
    unread = tuple(unread)
    scopes = [failure for failure in unread if not failure.name]
    most = len(scopes) if console.settings.verbose else _MOST
    if 1 < len(scopes) <= most:
        _say_scopes(scopes)
        unread = tuple(failure for failure in unread if failure.name)
    console.remarks((failure.remark for failure in unread), most=_MOST)


def _say_scopes(scopes: Sequence[ReadFailure]) -> None:
    """Print what failed and why as a table, then failure hint once."""
    console.warn(f"{len(scopes)} accounts and regions could not be read:")
    width = max(len(failure.place) for failure in scopes)
    for failure in scopes:
        console.warn_item(f"{failure.place:<{width}}  {failure.reason}")
    for hint in dict.fromkeys(failure.hint for failure in scopes if failure.hint):
        console.warn_item(f"hint: {hint}")


def summary(reading: ReadResult) -> str:
    """Return what was read and, for a live source, the calls and time that it took."""
    sets = sum(len(scope.configuration_sets) for scope in reading.scopes)
    destinations = sum(1 for scope in reading.scopes for _ in scope.destinations)
    resources = inventory(sets, destinations)
    if len(reading.scopes) > 1:
        resources += f" in {len(reading.scopes)} accounts and regions"
    effort = reading.effort
    if effort is None:
        return resources
    took = f"{count(effort.calls, 'call')}, {effort.throttled} throttled, {effort.seconds:.0f} s"
    return f"{resources} ({took})"


def exit_code(reading: ReadResult) -> ExitCode:
    """Return ``PARTIAL``, with a warning, if something could not be read."""
    if reading.unread:
        console.warn(f"partial: {what_is_missing(reading.unread)} could not be read")
        return ExitCode.PARTIAL
    return ExitCode.DONE
