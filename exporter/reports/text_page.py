"""Text for a terminal: lines wrapped between words, and coloured."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len

from exporter.support.text import spelled

NARROWEST = 40
HANG = 4
"""The indent of wrapped lines."""

PLAIN, BOLD, DIM = "", "1", "2"

_BREAK = re.compile("(?<!->) ")
"""Where a line may be wrapped: not after an arrow."""


@dataclass(frozen=True)
class Word:
    """A word and its ANSI style."""

    text: str
    style: str = PLAIN


Words = Sequence[Word]
"""Words that stay on one line, if they fit."""


def words(text: str, style: str = PLAIN) -> list[Words]:
    """Escape text, and split it into words that may be wrapped."""
    return [[Word(word, style)] for word in spelled(text).split(" ")]


def unbroken(text: str) -> list[Word]:
    """Return escaped text as words that stay on one line, if they fit."""
    return [Word(word) for word in _BREAK.split(text)]


class Page:
    """Collects lines, wrapped and coloured.

    A word longer than a line, such as an ARN, is not broken.
    """

    def __init__(self, *, colour: bool, width: int) -> None:
        self._colour = colour
        self._width = max(width, NARROWEST)
        self._lines: list[str] = []

    def put(self, indent: int, groups: Iterable[Words], *, hang: int = HANG) -> None:
        """Add words, on one line if they fit.

        The line is indented by ``indent``, wrapped lines by ``hang`` more.
        """
        room = self._width - indent
        for number, line in enumerate(_filled(groups, room, room - hang)):
            space = " " * (indent + (hang if number else 0))
            shown = _trimmed(line)
            if shown:
                self._lines.append(space + self._painted(shown))

    def gap(self) -> None:
        """Add an empty line, unless there is one already or the page is empty."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        """Return the whole page."""
        return "".join(f"{line}\n" for line in self._lines)

    def _painted(self, line: Words) -> str:
        if not self._colour:
            return " ".join(word.text for word in line)
        runs = groupby(line, key=lambda word: word.style)
        return " ".join(_paint(" ".join(word.text for word in run), style) for style, run in runs)


def _paint(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def _filled(groups: Iterable[Words], first: int, other: int) -> Iterator[Words]:
    """Fill lines with words; a group is only broken if it is longer than a line."""
    line: list[Word] = []
    used, room = 0, first
    for group in groups:
        for part in [group] if _size(group) <= other else _broken(group):
            size = _size(part)
            if line and used + 1 + size > room:
                yield line
                line, used, room = [], 0, other
            used += size + (1 if line else 0)
            line.extend(part)
    if line:
        yield line


def _trimmed(line: Words) -> Words:
    """Remove trailing spaces."""
    shown = list(line)
    while shown and not shown[-1].text.strip():
        shown.pop()
    return [*shown[:-1], Word(shown[-1].text.rstrip(), shown[-1].style)] if shown else []


def _broken(group: Words) -> list[Words]:
    """Split a group into words; a coloured sign stays with the word after it."""
    head = 2 if group[0].style else 1
    return [group[:head], *([word] for word in group[head:])]


def _size(group: Words) -> int:
    """Return the columns that words take; a Chinese character takes two."""
    return sum(cell_len(word.text) for word in group) + len(group) - 1
