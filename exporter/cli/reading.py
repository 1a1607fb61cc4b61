"""Reading a source on behalf of a command, and saying what could not be read."""

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
    """Read what the options name; notes and what is missing are said at once."""
    source = options.source()
    if source.origin == LIVE:
        say_as_whom(source)
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
"""How many causes are said of a reading, as a command has more to say."""


def say_as_whom(source: Source) -> None:
    """Say when a configuration file that nobody named says as whom accounts are read."""
    said = source.as_whom()
    if said:
        console.note(said)


def _progress(source: Source) -> Progress:
    if source.origin != LIVE:
        return Progress()
    from exporter.cli.terminal.live_progress import progress  # noqa: PLC0415 - loads rich

    return progress()


def say_unread(unread: Iterable[ReadFailure]) -> None:
    """Say what is missing and why, a line for each cause; a few places as a table."""
    unread = tuple(unread)
    scopes = [each for each in unread if not each.name]
    most = len(scopes) if console.settings.verbose else _MOST
    if 1 < len(scopes) <= most:
        _say_scopes(scopes)
        unread = tuple(each for each in unread if each.name)
    console.remarks((each.remark for each in unread), most=_MOST)


def _say_scopes(scopes: Sequence[ReadFailure]) -> None:
    """What failed and why as a table, and each advice once."""
    console.warn(f"{len(scopes)} accounts and regions could not be read:")
    width = max(len(each.place) for each in scopes)
    for each in scopes:
        console.warn_item(f"{each.place:<{width}}  {each.reason}")
    for hint in dict.fromkeys(each.hint for each in scopes if each.hint):
        console.warn_item(f"hint: {hint}")


def summary(reading: ReadResult) -> str:
    """What was read and, for a live source, what it took."""
    sets = sum(len(scope.configuration_sets) for scope in reading.scopes)
    destinations = sum(1 for scope in reading.scopes for _ in scope.destinations)
    counted = inventory(sets, destinations)
    if len(reading.scopes) > 1:
        counted += f" in {len(reading.scopes)} accounts and regions"
    effort = reading.effort
    if effort is None:
        return counted
    took = f"{count(effort.calls, 'call')}, {effort.throttled} throttled, {effort.seconds:.0f} s"
    return f"{counted} ({took})"


def exit_code(reading: ReadResult) -> ExitCode:
    """Partial when something could not be read."""
    if reading.unread:
        console.warn(f"partial: {what_is_missing(reading.unread)} could not be read")
        return ExitCode.PARTIAL
    return ExitCode.DONE
