"""A difference for a terminal, in the manner of ``terraform plan``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

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
from exporter.reports.text_page import BOLD, DIM, Page, Word, Words, together, words
from exporter.support.text import spelled

_MOST_ASIDES = 10
_AFTER_COUNT = re.compile("(?<=[,;:]) ")

_COLOURS: Mapping[Sign, str] = {
    Sign.ADDED: "32",
    Sign.REMOVED: "31",
    Sign.CHANGED: "33",
    Sign.RENAMED: "36",
}


def as_text(difference: Difference, *, colour: bool, width: int, strict: bool) -> str:
    """The report for people.

    Args:
        difference: What differs.
        colour: Whether to write ANSI colours.
        width: How many columns there are. A word longer than a line, such as an ARN, stays whole.
        strict: Whether all that could not be compared is listed, and counts as a difference.
    """
    page = Page(colour=colour, width=width)
    counts = counts_of(difference)
    if counts.changes:
        page.put(0, words(f"{difference.old} -> {difference.new}", BOLD))
        page.gap()
    for scope in difference.scopes:
        _put_scope(page, heading_of(difference, scope), scope)
    # A comparison that found nothing is one line, unless everything was asked for.
    if counts.changes or strict:
        _put_asides(page, difference, strict=strict)
    _put_unread(page, difference)
    for note in difference.notes:
        page.put(0, [[Word("note:", BOLD)], *_plain(prose(note))])
    page.gap()
    joint = "; " if counts.changes else ": "
    said = changes_said(counts, strict=strict) + joint + rest_said(counts)
    page.put(0, _plain(map(Piece, _AFTER_COUNT.split(said))))
    return page.text()


def _plain(pieces: Iterable[Piece]) -> list[Words]:
    return [_words(piece) for piece in pieces]


def _words(piece: Piece) -> Words:
    said = together(piece.text)
    return [Word(piece.sign, _COLOURS[piece.sign]), *said] if piece.sign else said


# Changes
# --------------------------------------------------------------------------------------


def _put_scope(page: Page, heading: str, scope: ScopeDifference) -> None:
    if heading and scope.changes:
        page.put(0, words(heading, BOLD))
        page.gap()
    for block in blocks(scope.changes):
        _put_block(page, block)
        page.gap()


def _put_block(page: Page, block: Block) -> None:
    if not block.own:
        page.put(2, words(f"configuration set {block.configuration_set}"))
    for change in block.own:
        _put_change(page, 0, change)
    for change in block.destinations:
        _put_change(page, 4, change)


def _put_change(page: Page, indent: int, change: Change) -> None:
    sign = sign_of(change)
    said = [Word(word) for word in title_of(change).split(" ")]
    where = words(f"({change.at})", DIM) if change.at else []
    page.put(indent, [[Word(sign, _COLOURS[sign]), *said], *where])
    for line in lines_of(change):
        page.put(indent + 4, _line(line))


def _line(line: Line) -> Iterator[Words]:
    yield _words(Piece(f"{line.path}:", line.sign))
    yield from _plain(line.pieces)


# What is no change
# ----------------------------------------------------------------------------


def _put_asides(page: Page, difference: Difference, *, strict: bool) -> None:
    for why in NotComparedReason:
        found = [
            (heading_of(difference, scope), aside)
            for scope in difference.scopes
            for aside in scope.asides
            if aside.why is why
        ]
        if found:
            page.gap()
            page.put(0, words(f"{why}: {len(found)}", BOLD))
            _put_class(page, found, len(found) if strict else _MOST_ASIDES)


def _put_class(page: Page, found: list[tuple[str, NotCompared]], most: int) -> None:
    several = len({heading for heading, _ in found}) > 1
    for heading, group in groupby(found[:most], key=lambda each: each[0]):
        if several:
            page.put(2, words(heading))
        for _, aside in group:
            page.put(4 if several else 2, _plain(aside_pieces(aside)))
    if len(found) > most:
        page.put(2, _plain([Piece(f"... and {len(found) - most} more")]))


def _put_unread(page: Page, difference: Difference) -> None:
    page.gap()
    if not difference.unread:
        return
    page.put(0, words(f"not read, and so not compared: {len(difference.unread)}", BOLD))
    for each in difference.unread:
        page.put(2, _plain([Piece(f"{spelled(each.title)}:"), *prose(each.reason)]))
        if each.hint:
            page.put(4, _plain([Piece("hint:"), *prose(each.hint)]))
    page.gap()
