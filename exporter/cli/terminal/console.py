"""All output of the commands: results to stdout, messages to stderr.

Control characters in messages are escaped, and secrets hidden. A result that can't be written is
an ``ExporterError``.
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
    """How much to print."""

    quiet: bool = False
    verbose: bool = False
    debug: bool = False


_FIRST_BLOCK, _BLOCK = 1_000, 64_000
"""How many characters to print at once: few at first for a quick start, then many for speed."""
_WINDOWS_TERMINALS = ("WT_SESSION", "ANSICON", "ConEmuANSI", "TERM")
"""Variables set by terminals on Windows that understand escape sequences."""

_RED, _YELLOW, _CYAN = "1;31", "33", "36"

settings = Settings()
"""The settings of the command that is running; a process runs one at a time."""


def restore(earlier: Settings) -> None:
    """Restore settings, after one command has run another."""
    settings.quiet, settings.verbose, settings.debug = earlier.quiet, earlier.verbose, earlier.debug


def result(text: str) -> None:
    """Print a result unchanged, in UTF-8 whatever the terminal's encoding."""
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
    """Write everything: with PYTHONUNBUFFERED, a single write may be short without an error."""
    remaining = memoryview(data)
    while remaining:
        size = stream.write(remaining)
        if size is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        remaining = remaining[size:]


def results(parts: Iterable[str]) -> None:
    """Print a result while it is generated: ``| head`` shows the first lines at once."""
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
    """Print names and descriptions in two columns; on a terminal, the second column wraps."""
    indent = max(len(name) for name, _ in rows) + 2
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    width = max(indent + 20, shutil.get_terminal_size().columns - 1)
    for name, description in rows:
        text = f"{name:<{indent}}{description}"
        if is_terminal:
            text = textwrap.fill(
                text, width, subsequent_indent=" " * indent, break_on_hyphens=False
            )
        result(f"{text}\n")


BOLD, CYAN = "1", "36"


def styled(text: str, style: str) -> str:
    """Style text, if standard output is a terminal with colours."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return f"\x1b[{style}m{text}\x1b[0m" if is_terminal and wants_colours() else text


def flush() -> None:
    """Flush standard output."""
    if sys.stdout is not None:
        with writing():
            sys.stdout.flush()


@contextmanager
def writing() -> Iterator[None]:
    """Turn a failed write to standard output into an ``ExporterError``."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise ExporterError(f"cannot be written: {problem.strerror}", where="stdout") from problem


def say(text: str) -> None:
    """Print what was done, for people; results for programs go to stdout."""
    if not settings.quiet:
        _to_stderr(text)


def detail(text: str) -> None:
    """Print a message that only ``--verbose`` shows."""
    if settings.verbose:
        _to_stderr(text)


def note(text: str) -> None:
    """Print information; nothing is wrong."""
    if not settings.quiet:
        _to_stderr(f"note: {text}", _CYAN)


def warn(text: str) -> None:
    """Print a warning, even with ``--quiet``."""
    _to_stderr(f"warning: {text}", _YELLOW)


def warn_item(text: str) -> None:
    """Print an item that a warning is about."""
    _to_stderr(f"  {text}")


MOST_CAUSES = 12
"""The most causes to print, so that messages about any account fit on a screen."""


def remarks(
    warnings: Iterable[Said] = (), notes: Iterable[Said] = (), most: int = MOST_CAUSES
) -> None:
    """Print warnings, then notes, one line per cause; with ``--verbose``, with all names.

    If there are more causes than ``most``, a line counts the others.
    """
    warning_causes = causes(warnings)
    note_causes = [] if settings.quiet else causes(notes)
    if settings.verbose:
        most = len(warning_causes) + len(note_causes)
    shown = warning_causes[:most]
    _print_causes(warn, shown)
    room = most - len(shown)
    _print_causes(note, note_causes[:room])
    hidden = len(warning_causes) - len(shown), len(note_causes[room:])
    if any(hidden):
        (warn if hidden[0] else note)(closing(*hidden))


def _print_causes(printer: Callable[[str], None], shown: Iterable[Cause]) -> None:
    for cause in shown:
        if not settings.verbose or not cause.names:
            printer(cause.line)
            continue
        printer(f"{cause.heading}:")
        for name in cause.names:
            warn_item(name)


_MOST_ITEMS, _MOST_UNDONE = 25, 6


def _items(lines: Sequence[str], most: int) -> None:
    """Print the items of a message, one per line, up to a limit."""
    shown = lines if settings.verbose else lines[:most]
    for line in shown:
        warn_item(line)
    if len(shown) < len(lines):
        warn_item(f"and {len(lines) - len(shown)} more; -v shows all of them")


def undone(where: str, lines: Sequence[str]) -> None:
    """Report what was undone of an interrupted run."""
    warn(f"{where}: undid an interrupted run:")
    _items(lines, _MOST_UNDONE)


def error(problem: ExporterError) -> None:
    """Print why the command failed and what to do next."""
    _to_stderr(f"error: {problem}", _RED)
    _items(problem.items, _MOST_ITEMS)
    if problem.hint:
        _to_stderr(f"hint: {problem.hint}")
    if settings.debug:
        _traceback(problem)


def interrupted(how: str) -> None:
    """Print what a run left behind that was ended by a signal."""
    if written.paths():
        _to_stderr(f"{how}; written so far: {', '.join(written.paths())}")
    elif written.has_output():
        _to_stderr(f"{how}; the output is not complete")
    else:
        _to_stderr(f"{how}; nothing was written")


def crash(problem: BaseException) -> None:
    """Report a bug in ses2iac."""
    cause = f"{type(problem).__name__}: {problem}"
    _to_stderr(f"error: this is a bug in ses2iac: {cause}", _RED)
    if settings.debug:
        _traceback(problem)
    else:
        _to_stderr("hint: run it again with --debug and report the output")


def _traceback(problem: BaseException) -> None:
    """Print a traceback, line by line, since its messages may contain secrets."""
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
    """Write a line; on a terminal, wrapped between words and coloured."""
    if sys.stderr is None:
        return
    shown = printable(redacted(text))
    if sys.stderr.isatty():
        shown = _for_terminal(shown, colour)
    # A closed or full stderr must not stop the command.
    with suppress(OSError):
        sys.stderr.write(shown + "\n")


def _for_terminal(text: str, colour: str) -> str:
    width = max(40, shutil.get_terminal_size().columns - 1)
    wrapped = textwrap.fill(
        text, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    head, colon, rest = wrapped.partition(":")
    if not colour or not wants_colours():
        return wrapped
    return f"\x1b[{colour}m{head}\x1b[0m{colon}{rest}"


def wants_colours() -> bool:
    """Tell whether to use colours: not all consoles of Windows understand escape sequences."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return os.name != "nt" or any(os.environ.get(name) for name in _WINDOWS_TERMINALS)
