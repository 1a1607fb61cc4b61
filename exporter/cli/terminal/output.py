"""Write results to a file or standard output; colours and width of the latter."""

import shutil
import sys
from pathlib import Path

from exporter.cli.terminal import console
from exporter.support import transaction

STDOUT = "-"


def write(out: str, text: str, summary: str) -> None:
    """Write a result to the path in ``--out``, and print a summary of what it contains.

    Raises:
        ExporterError: if it can't be written.
    """
    if out == STDOUT:
        console.result(text)
    else:
        transaction.write_file(Path(out), text.encode())
        console.say(f"wrote {out}: {summary}")


def is_coloured() -> bool:
    """Tell whether standard output is a terminal with colours."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return on_terminal and console.wants_colours()


def width() -> int:
    """Return the columns of the terminal."""
    return shutil.get_terminal_size().columns
