"""What a command says: results to stdout, the rest to stderr, nothing that a terminal obeys."""

import os
import shutil
import sys
import textwrap
import traceback
from dataclasses import dataclass

from exporter.errors import ExporterError
from exporter.reading import Progress


@dataclass
class Settings:
    """How much is said."""

    quiet: bool = False
    verbose: bool = False
    debug: bool = False


_RED, _YELLOW, _CYAN = "1;31", "33", "36"

settings = Settings()
"""The settings of the command that is running; a process runs one at a time."""


def restore(earlier: Settings) -> None:
    """Go back to earlier settings, when one command has run another."""
    settings.quiet, settings.verbose, settings.debug = earlier.quiet, earlier.verbose, earlier.debug


def result(text: str) -> None:
    """Print a result as it is."""
    sys.stdout.write(text)


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


def error(problem: ExporterError) -> None:
    """Say why the command failed and what to do next."""
    _to_stderr(f"error: {problem}", _RED)
    if problem.hint:
        _to_stderr(f"hint: {problem.hint}")
    if settings.debug:
        traceback.print_exception(problem)


def crash(problem: BaseException) -> None:
    """Say that this program is at fault."""
    _to_stderr(f"error: this is a fault in ses2iac: {type(problem).__name__}: {problem}", _RED)
    if settings.debug:
        traceback.print_exception(problem)
    else:
        _to_stderr("hint: run it again with --debug and report what it prints")


def printable(text: str) -> str:
    """Text that a terminal shows and does not obey.

    Control characters are escaped, newlines stay.
    """
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def _to_stderr(text: str, colour: str = "") -> None:
    """Write a line; on a terminal wrapped between words and coloured, elsewhere as it is."""
    shown = printable(text)
    if sys.stderr.isatty():
        shown = _for_terminal(shown, colour)
    sys.stderr.write(shown + "\n")


def _for_terminal(text: str, colour: str) -> str:
    width = max(40, shutil.get_terminal_size().columns - 1)
    wrapped = "\n".join(
        (
            textwrap.fill(
                line,
                width,
                subsequent_indent="    ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            if line.strip()
            else line
        )
        for line in text.split("\n")
    )
    head, colon, rest = wrapped.partition(":")
    if not colour or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return wrapped
    return f"\x1b[{colour}m{head}\x1b[0m{colon}{rest}"


class TerminalProgress(Progress):
    """A bar with the time to go, on a terminal only."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - loaded for live reading only
        from rich.progress import Progress as Bar  # noqa: PLC0415

        self._bar = Bar(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("reading configuration sets", total=None)

    def start(self, total: int) -> None:
        """Show the bar."""
        self._bar.update(self._task, total=total)
        self._bar.start()

    def advance(self) -> None:
        """Move it."""
        self._bar.advance(self._task)

    def stop(self) -> None:
        """Take it away."""
        self._bar.stop()


def progress() -> Progress:
    """The progress that suits where stderr goes."""
    wanted = sys.stderr.isatty() and not settings.quiet and os.environ.get("TERM") != "dumb"
    return TerminalProgress() if wanted else Progress()
