"""Where results go: a file or standard output, and how the latter looks."""

import shutil
import sys
from pathlib import Path

from exporter.cli.terminal import console
from exporter.support import transaction

STDOUT = "-"


def write(out: str, text: str, said: str) -> None:
    """Write a result to what ``--out`` names, and say what it holds.

    Raises:
        ExporterError: when it cannot be written.
    """
    if out == STDOUT:
        console.result(text)
    else:
        transaction.write_file(Path(out), text.encode())
        console.say(f"wrote {out}: {said}")


def is_coloured() -> bool:
    """Whether standard output is a terminal that wants colours."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return on_terminal and console.wants_colours()


def width() -> int:
    """The columns of the terminal."""
    return shutil.get_terminal_size().columns
