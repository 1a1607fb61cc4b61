"""TOML that people write: errors, and values, with the line on which they stand."""

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
"""Where a value stands in a document: keys, and indexes of lists."""


@dataclass(frozen=True)
class TomlFile:
    """A file that is TOML, for messages about it."""

    where: str
    text: str

    def fault(self, place: Position, what: str, hint: str) -> ExporterError:
        """The error that something is wrong at a place."""
        line = line_of(self.text, place)
        return ExporterError(what, where=f"{self.where}:{line}", hint=hint)

    def refuse_unknown(self, table: Iterable[str], known: Collection[str], place: Position) -> None:
        """Refuse a table with a key that is not known.

        Raises:
            ExporterError: naming the key and its line.
        """
        for name in table:
            if name not in known:
                raise self.fault(
                    (*place, name),
                    f"unknown {'key' if place else 'table or key'} {name!r}",
                    did_you_mean(nearest(name, known)) or f"use one of: {', '.join(known)}",
                )


def parsed(text: str, where: str) -> dict[str, Any]:
    """The document of a text.

    Raises:
        ExporterError: when it is not TOML; the line is named.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ExporterError(
            "nested too deeply", where=where, hint="lists within lists aren't needed here"
        ) from None
    except ValueError as error:
        # Not all that is wrong tells its line: a list without an end does not. It is where the
        # statement begins.
        line = _beginning(_lines(text), text.count("\n"), [""])[0] + 1
        said = str(error).removesuffix(" (at end of document)")
        if found := re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", said, re.DOTALL):
            said, line = f"{found[1]} at column {found[3]}", int(found[2])
        raise ExporterError(
            f"not valid TOML: {said}",
            where=f"{where}:{line}",
            hint="fix the line; text needs quotes",
        ) from None


def line_of(text: str, place: Position) -> int:
    """The line, from 1, on which begins what stands at a place of a TOML document.

    The parser tells no positions, but it takes every document that ends between two statements, or
    between two lines of a list that is closed early. The line after the longest such beginning
    without the place is the place's own: the parser itself is the judge of strings over many lines,
    quoted keys and the like.

    Returns:
        The number of the line; for what stands within a table in braces, that of the statement or
        the item of a list that it is part of.
    """
    lines = _lines(text)
    end = bisect_left(
        range(len(lines) + 1), True, key=lambda most: has(_beginning(lines, most)[1], place)
    )
    return _beginning(lines, end - 1)[0] + 1


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """The lines, from 1, of what stands on one line each in tables of one level.

    Quick, for documents of many such lines; what is written in any other way is not in it, and
    ``line_of`` finds it.
    """
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(_lines(text), 1):
        try:
            document = tomllib.loads(line)
        except ValueError:
            # A part of something longer: from here on, a line may be the inside of a text.
            return found
        is_heading = line.lstrip().startswith("[")
        if is_heading and any(document.values()):
            # A table in a table.
            return found
        if is_heading:
            table = ()
        for key in document:
            found.setdefault((*table, key), number)
        if is_heading:
            table = tuple(document)
    return found


def _lines(text: str) -> list[str]:
    """The lines as TOML counts them; where one is cut off, no half of its end must stay."""
    return text.replace("\r\n", "\n").split("\n")


def _beginning(
    lines: Sequence[str], most: int, closings: Sequence[str] = ("", "\n]")
) -> tuple[int, Any]:
    """The longest beginning of at most so many lines that is TOML: its length and its document."""
    for length in range(most, 0, -1):
        for closing in closings:
            with contextlib.suppress(ValueError, RecursionError):
                return length, tomllib.loads("\n".join(lines[:length]) + closing)
    return 0, {}


def has(value: Any, place: Position) -> bool:
    """Whether a document has a place."""
    for key in place:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True
