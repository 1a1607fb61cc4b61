"""Reading a source on behalf of a command, and saying what could not be read."""

from exporter.cli import console
from exporter.cli.options import SourceOptions
from exporter.errors import ExitCode
from exporter.reading import Reading
from exporter.wording import count, inventory


def read(options: SourceOptions) -> Reading:
    """Read what the options name; notes and unread sets are said at once."""
    reading = options.source().read(console.progress())
    for note in reading.notes:
        console.note(note)
    for unread in reading.unread:
        hint = f" ({unread.hint})" if unread.hint else ""
        console.warn(f"{unread.name}: not read: {unread.reason}{hint}")
    for scope in reading.scopes:
        destinations = sum(1 for _ in scope.destinations)
        sets = len(scope.configuration_sets)
        console.detail(f"read {scope.title}: {inventory(sets, destinations)}")
    return reading


def exit_code(reading: Reading) -> ExitCode:
    """Partial when something could not be read."""
    if reading.unread:
        unread = count(len(reading.unread), "configuration set")
        console.warn(f"partial: {unread} could not be read")
        return ExitCode.PARTIAL
    return ExitCode.DONE
