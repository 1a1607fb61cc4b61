"""What a command says: results to stdout, the rest to stderr, nothing that a terminal obeys.

A result that cannot be written is an ``ExporterError``.
"""

import errno
import os
import shutil
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

from exporter.reports.causes import Cause, causes, closing
from exporter.support import written
from exporter.support.errors import ExporterError
from exporter.support.redaction import redacted
from exporter.support.remarks import Said
from exporter.support.text import printable


@dataclass
class Settings:
    """How much is said."""

    quiet: bool = False
    verbose: bool = False
    debug: bool = False


_FIRST_BLOCK, _BLOCK = 1_000, 64_000
"""How many characters are printed together: few at first, then what is quick."""

_RED, _YELLOW, _CYAN = "1;31", "33", "36"

settings = Settings()
"""The settings of the command that is running; a process runs one at a time."""


def restore(earlier: Settings) -> None:
    """Go back to earlier settings, when one command has run another."""
    settings.quiet, settings.verbose, settings.debug = earlier.quiet, earlier.verbose, earlier.debug


def result(text: str) -> None:
    """Print a result as it is, in UTF-8 whatever the terminal's encoding."""
    if sys.stdout is None:
        raise ExporterError("there is no standard output to write the result to")
    written.add_output()
    with writing():
        sys.stdout.flush()
        if hasattr(sys.stdout, "buffer"):
            _write_all(sys.stdout.buffer, text.encode())
        else:
            sys.stdout.write(text)
        sys.stdout.flush()


def _write_all(stream: BinaryIO, data: bytes) -> None:
    """Write all: with PYTHONUNBUFFERED, a pipe or disk may take a part and raise nothing."""
    left = memoryview(data)
    while left:
        written = stream.write(left)
        if written is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        left = left[written:]


def results(parts: Iterable[str]) -> None:
    """Print a result part by part, as it is made: ``| head`` has the first lines at once."""
    block: list[str] = []
    size, most = 0, _FIRST_BLOCK
    for part in parts:
        block.append(part)
        size += len(part)
        if size >= most:
            result("".join(block))
            block, size, most = [], 0, _BLOCK
    result("".join(block))


def listed(rows: Sequence[tuple[str, str]]) -> None:
    """Print names and what each is, in two columns; on a terminal the second wraps in its place."""
    indent = max(len(name) for name, _ in rows) + 2
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    width = max(indent + 20, shutil.get_terminal_size().columns - 1)
    for name, what in rows:
        text = f"{name:<{indent}}{what}"
        if is_terminal:
            text = textwrap.fill(
                text, width, subsequent_indent=" " * indent, break_on_hyphens=False
            )
        result(f"{text}\n")


def bold(text: str) -> str:
    """Text that stands out where standard output is a terminal that wants it."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return f"\x1b[1m{text}\x1b[0m" if is_terminal and _wants_colours() else text


def flush() -> None:
    """Send what was printed on its way."""
    if sys.stdout is not None:
        with writing():
            sys.stdout.flush()


@contextmanager
def writing() -> Iterator[None]:
    """Turn a standard output that takes no more into an error for people."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise ExporterError(f"cannot be written: {problem.strerror}", where="stdout") from problem


def say(text: str) -> None:
    """Tell a person what was done; not a result that a program would read."""
    if not settings.quiet:
        _to_stderr(text)


def detail(text: str) -> None:
    """Tell what only ``--verbose`` shows."""
    if settings.verbose:
        _to_stderr(text)


def note(text: str) -> None:
    """Say what the reader should know; nothing is wrong."""
    if not settings.quiet:
        _to_stderr(f"note: {text}", _CYAN)


def warn(text: str) -> None:
    """Say what is not as it should be; said even when quiet."""
    _to_stderr(f"warning: {text}", _YELLOW)


def warn_item(text: str) -> None:
    """One of the things that a warning is about."""
    _to_stderr(f"  {text}")


MOST_CAUSES = 12
"""For how many causes there is room; what a command says of any account fits a screen."""


def remarks(
    warnings: Iterable[Said] = (), notes: Iterable[Said] = (), most: int = MOST_CAUSES
) -> None:
    """Say warnings and then notes, a line for each cause; with ``--verbose`` all that they concern.

    Where there are more causes than ``most``, a line counts the others.
    """
    of_warnings = causes(warnings)
    of_notes = [] if settings.quiet else causes(notes)
    if settings.verbose:
        most = len(of_warnings) + len(of_notes)
    shown = of_warnings[:most]
    _each(warn, shown)
    room = most - len(shown)
    _each(note, of_notes[:room])
    hidden = len(of_warnings) - len(shown), len(of_notes[room:])
    if any(hidden):
        (warn if hidden[0] else note)(closing(*hidden))


def _each(say_one: Callable[[str], None], found: Iterable[Cause]) -> None:
    for each in found:
        if not settings.verbose or not each.names:
            say_one(each.line)
            continue
        say_one(f"{each.heading}:")
        for name in each.names:
            warn_item(name)


def undone(where: str, lines: Sequence[str]) -> None:
    """Say what an interrupted run had begun and was undone."""
    warn(f"{where}: undid an interrupted run:")
    for line in lines:
        warn_item(line)


def error(problem: ExporterError) -> None:
    """Say why the command failed and what to do next."""
    _to_stderr(f"error: {problem}", _RED)
    for item in problem.items:
        _to_stderr(f"  {item}")
    if problem.hint:
        _to_stderr(f"hint: {problem.hint}")
    if settings.debug:
        _traceback(problem)


def interrupted(how: str) -> None:
    """Say what a run that a signal ended has left behind."""
    if written.paths():
        _to_stderr(f"{how}; written so far: {', '.join(written.paths())}")
    elif written.has_output():
        _to_stderr(f"{how}; the output is not complete")
    else:
        _to_stderr(f"{how}; nothing was written")


def crash(problem: BaseException) -> None:
    """Say that this program is at fault."""
    said = f"{type(problem).__name__}: {problem}"
    _to_stderr(f"error: this is a bug in ses2iac: {said}", _RED)
    if settings.debug:
        _traceback(problem)
    else:
        _to_stderr("hint: run it again with --debug and report the output")


def _traceback(problem: BaseException) -> None:
    """Print where an error came from; the messages in it may hold anything."""
    while True:
        _to_stderr("Traceback (most recent call last):")
        for entry in traceback.format_tb(problem.__traceback__):
            for line in entry.splitlines():
                _to_stderr(line)
        _to_stderr(f"{type(problem).__name__}: {problem}")
        if problem.__cause__ is None:
            return
        problem = problem.__cause__
        _to_stderr("caused by:")


def _to_stderr(text: str, colour: str = "") -> None:
    """Write a line; on a terminal wrapped between words and coloured, elsewhere as it is."""
    if sys.stderr is None:
        return
    shown = printable(redacted(text))
    if sys.stderr.isatty():
        shown = _for_terminal(shown, colour)
    # A reader of stderr that is gone or full must not keep the work from being done.
    with suppress(OSError):
        sys.stderr.write(shown + "\n")


def _for_terminal(text: str, colour: str) -> str:
    width = max(40, shutil.get_terminal_size().columns - 1)
    wrapped = textwrap.fill(
        text, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    head, colon, rest = wrapped.partition(":")
    if not colour or not _wants_colours():
        return wrapped
    return f"\x1b[{colour}m{head}\x1b[0m{colon}{rest}"


def _wants_colours() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
