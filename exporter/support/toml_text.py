"""Read TOML written by users, with line numbers for errors and values."""

import contextlib
import re
import tomllib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from exporter.support.errors import ExporterError
from exporter.support.text import did_you_mean, nearest

Position = tuple[str | int, ...]
"""The path of a value in a document: keys, and indexes of lists."""


@dataclass(frozen=True)
class TomlFile:
    """A TOML file, for errors about it."""

    where: str
    text: str

    def fault(self, position: Position, what: str, hint: str) -> ExporterError:
        """Return an error about a value, with its line."""
        line = line_of(self.text, position)
        return ExporterError(what, where=f"{self.where}:{line}", hint=hint)

    def refuse_unknown(
        self, table: Iterable[str], known: Collection[str], position: Position
    ) -> None:
        """Refuse a table with an unknown key.

        Raises:
            ExporterError: with the key and its line.
        """
        for name in table:
            if name not in known:
                raise self.fault(
                    (*position, name),
                    f"unknown {'key' if position else 'table or key'} {name!r}",
                    did_you_mean(nearest(name, known)) or f"use one of: {', '.join(known)}",
                )


def parsed(text: str, where: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        ExporterError: if it isn't valid TOML; names the line.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ExporterError(
            "nested too deeply", where=where, hint="lists within lists aren't needed here"
        ) from None
    except ValueError as error:
        # Some errors have no line, such as a list without an end: name the line where the
        # statement begins.
        line = _beginning(_lines(text), text.count("\n"), [""])[0] + 1
        message = str(error).removesuffix(" (at end of document)")
        if match := re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL):
            message, line = f"{match[1]} at column {match[3]}", int(match[2])
        raise ExporterError(
            f"not valid TOML: {message}",
            where=f"{where}:{line}",
            hint="fix the line; text needs quotes",
        ) from None


def line_of(text: str, position: Position) -> int:
    """Return the line, from 1, on which a value of a TOML document begins.

    The parser reports no lines, but it accepts any beginning of a document that ends between two
    statements, or between two lines of a list that is then closed. The value begins on the line
    after the longest such beginning without it. So the parser itself handles multi-line strings,
    quoted keys and the like.

    Returns:
        The line; for a value in an inline table, that of the statement or list item around it.
    """
    lines = _lines(text)
    end = bisect_left(
        range(len(lines) + 1), True, key=lambda most: has(_beginning(lines, most)[1], position)
    )
    return _beginning(lines, end - 1)[0] + 1


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Return the lines, from 1, of values that take one line each, in tables of one level.

    Fast for long documents of this kind. Values written in any other way are missing; use
    ``line_of`` for them.
    """
    numbers: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(_lines(text), 1):
        try:
            document = tomllib.loads(line)
        except ValueError:
            # A part of a longer value: from here on, a line may be inside a string.
            return numbers
        is_heading = line.lstrip().startswith("[")
        if is_heading and any(document.values()):
            # A nested table.
            return numbers
        if is_heading:
            table = ()
        for key in document:
            numbers.setdefault((*table, key), number)
        if is_heading:
            table = tuple(document)
    return numbers


def _lines(text: str) -> list[str]:
    """Split into lines as TOML does, without half a line end where the text is cut off."""
    return text.replace("\r\n", "\n").split("\n")


def _beginning(
    lines: Sequence[str], most: int, closings: Sequence[str] = ("", "\n]")
) -> tuple[int, Any]:
    """Return the longest beginning of at most ``most`` lines that is TOML: length and document."""
    for length in range(most, 0, -1):
        for closing in closings:
            with contextlib.suppress(ValueError, RecursionError):
                return length, tomllib.loads("\n".join(lines[:length]) + closing)
    return 0, {}


def has(value: Any, position: Position) -> bool:
    """Tell whether a document has a value."""
    for key in position:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True
