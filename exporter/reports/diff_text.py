"""A difference for a terminal, in the manner of ``terraform plan``."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len

from exporter.diff.model import Change, Difference, NotCompared, NotComparedReason, ScopeDifference
from exporter.reports.diff_counts import changes_said, counts_of, heading_of, rest_said
from exporter.reports.diff_lines import (
    Block,
    Line,
    Piece,
    Sign,
    aside_pieces,
    blocks,
    lines_of,
    prose,
    sign_of,
    title_of,
)
from exporter.support.text import spelled

_MOST_ASIDES = 10
_NARROWEST = 40
_HANG = 4
"""How far the second line of a value stands in."""

_BREAK = re.compile("(?<!->) ")
"""Where a line may end: an arrow stands before what it leads to."""

_AFTER_COUNT = re.compile("(?<=[,;:]) ")

_PLAIN, _BOLD, _DIM = "", "1", "2"
_COLOURS: Mapping[Sign, str] = {
    Sign.ADDED: "32",
    Sign.REMOVED: "31",
    Sign.CHANGED: "33",
    Sign.RENAMED: "36",
}


_SIGNS = frozenset(Sign)


@dataclass(frozen=True)
class _Word:
    text: str
    style: str = _PLAIN


_Words = Sequence[_Word]
"""Words that stay on one line where there is room for them."""


def as_text(difference: Difference, *, colour: bool, width: int, strict: bool) -> str:
    """The report for people.

    Args:
        difference: What differs.
        colour: Whether to write ANSI colours.
        width: How many columns there are. A word longer than a line, such as an ARN, stays whole.
        strict: Whether all that could not be compared is listed, and counts as a difference.
    """
    page = _Page(colour=colour, width=width)
    counts = counts_of(difference)
    if counts.changes:
        page.put(0, _styled(f"{difference.old} -> {difference.new}", _BOLD))
        page.gap()
    for scope in difference.scopes:
        _put_scope(page, heading_of(difference, scope), scope)
    # A comparison that found nothing is one line, unless everything was asked for.
    if counts.changes or strict:
        _put_asides(page, difference, strict=strict)
    _put_unread(page, difference)
    for note in difference.notes:
        page.put(0, [[_Word("note:", _BOLD)], *_plain(prose(note))])
    page.gap()
    joint = "; " if counts.changes else ": "
    said = changes_said(counts, strict=strict) + joint + rest_said(counts)
    page.put(0, _plain(map(Piece, _AFTER_COUNT.split(said))))
    return page.text()


class _Page:
    """Lines, wrapped and coloured as they come."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self._colour = colour
        self._width = max(width, _NARROWEST)
        self._lines: list[str] = []

    def put(self, indent: int, groups: Iterable[_Words]) -> None:
        """Add what is one line where it has room."""
        room = self._width - indent
        for number, words in enumerate(_filled(groups, room, room - _HANG)):
            space = " " * (indent + (_HANG if number else 0))
            shown = _trimmed(words)
            if shown:
                self._lines.append(space + self._painted(shown))

    def gap(self) -> None:
        """An empty line, unless there is one or nothing stands above it."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        """The whole page."""
        return "".join(f"{line}\n" for line in self._lines)

    def _painted(self, words: _Words) -> str:
        if not self._colour:
            return " ".join(word.text for word in words)
        runs = groupby(words, key=lambda word: word.style)
        return " ".join(_paint(" ".join(word.text for word in run), style) for style, run in runs)


def _paint(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def _filled(groups: Iterable[_Words], first: int, other: int) -> Iterator[_Words]:
    """Lines with as many words as have room; a group is broken only where it has no line's room."""
    line: list[_Word] = []
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


def _trimmed(words: _Words) -> _Words:
    """Words without spaces at their end, which a text may have."""
    shown = list(words)
    while shown and not shown[-1].text.strip():
        shown.pop()
    return [*shown[:-1], _Word(shown[-1].text.rstrip(), shown[-1].style)] if shown else []


def _broken(group: _Words) -> list[_Words]:
    """Word by word; a sign stays with what it is of."""
    head = 2 if group[0].text in _SIGNS else 1
    return [group[:head], *([word] for word in group[head:])]


def _size(words: _Words) -> int:
    """The columns that words take; a Chinese character takes two."""
    return sum(cell_len(word.text) for word in words) + len(words) - 1


def _styled(text: str, style: str) -> list[_Words]:
    return [[_Word(word, style)] for word in spelled(text).split(" ")]


def _plain(pieces: Iterable[Piece]) -> list[_Words]:
    return [_words(piece) for piece in pieces]


def _words(piece: Piece) -> _Words:
    words = [_Word(word) for word in _BREAK.split(piece.text)]
    return [_Word(piece.sign, _COLOURS[piece.sign]), *words] if piece.sign else words


# Changes
# --------------------------------------------------------------------------------------


def _put_scope(page: _Page, heading: str, scope: ScopeDifference) -> None:
    if heading and scope.changes:
        page.put(0, _styled(heading, _BOLD))
        page.gap()
    for block in blocks(scope.changes):
        _put_block(page, block)
        page.gap()


def _put_block(page: _Page, block: Block) -> None:
    if not block.own:
        page.put(2, _styled(f"configuration set {block.configuration_set}", _PLAIN))
    for change in block.own:
        _put_change(page, 0, change)
    for change in block.destinations:
        _put_change(page, 4, change)


def _put_change(page: _Page, indent: int, change: Change) -> None:
    sign = sign_of(change)
    said = [_Word(word) for word in title_of(change).split(" ")]
    where = _styled(f"({change.at})", _DIM) if change.at else []
    page.put(indent, [[_Word(sign, _COLOURS[sign]), *said], *where])
    for line in lines_of(change):
        page.put(indent + 4, _line(line))


def _line(line: Line) -> Iterator[_Words]:
    yield _words(Piece(f"{line.path}:", line.sign))
    yield from _plain(line.pieces)


# What is no change
# ----------------------------------------------------------------------------


def _put_asides(page: _Page, difference: Difference, *, strict: bool) -> None:
    for why in NotComparedReason:
        found = [
            (heading_of(difference, scope), aside)
            for scope in difference.scopes
            for aside in scope.asides
            if aside.why is why
        ]
        if found:
            page.gap()
            page.put(0, _styled(f"{why}: {len(found)}", _BOLD))
            _put_class(page, found, len(found) if strict else _MOST_ASIDES)


def _put_class(page: _Page, found: list[tuple[str, NotCompared]], most: int) -> None:
    several = len({heading for heading, _ in found}) > 1
    for heading, group in groupby(found[:most], key=lambda each: each[0]):
        if several:
            page.put(2, _styled(heading, _PLAIN))
        for _, aside in group:
            page.put(4 if several else 2, _plain(aside_pieces(aside)))
    if len(found) > most:
        page.put(2, _plain([Piece(f"... and {len(found) - most} more")]))


def _put_unread(page: _Page, difference: Difference) -> None:
    page.gap()
    if not difference.unread:
        return
    page.put(0, _styled(f"not read, and so not compared: {len(difference.unread)}", _BOLD))
    for each in difference.unread:
        page.put(2, _plain([Piece(f"{spelled(each.title)}:"), *prose(each.reason)]))
        if each.hint:
            page.put(4, _plain([Piece("hint:"), *prose(each.hint)]))
    page.gap()
