"""The report of ``diff`` for a terminal, in the style of ``terraform plan``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from exporter.diff.model import Change, Difference, NotCompared, NotComparedReason, ScopeDifference
from exporter.reports.causes import causes
from exporter.reports.diff_counts import counts_of, describe_coverage, heading_of, verdict
from exporter.reports.diff_gaps import accepted_lines, gaps_of
from exporter.reports.diff_lines import (
    Block,
    Line,
    Piece,
    Sign,
    blocks,
    common_origin,
    lines_of,
    prose,
    remark_pieces,
    sign_of,
    title_of,
)
from exporter.reports.text_page import BOLD, DIM, Page, Word, Words, unbroken, words
from exporter.support.text import shortened, spelled

_MOST = 10
_AFTER_COUNT = re.compile("(?<=[,;:]) ")

_COLOURS: Mapping[Sign, str] = {
    Sign.ADDED: "32",
    Sign.REMOVED: "31",
    Sign.CHANGED: "33",
    Sign.RENAMED: "36",
}


def as_text(
    difference: Difference,
    *,
    colour: bool,
    width: int,
    strict: bool,
    next_steps: Iterable[tuple[str, str]] = (),
) -> str:
    """Return the report as text.

    Args:
        difference: What differs.
        colour: Whether to write ANSI colours.
        width: The number of columns. A word longer than a line, such as an ARN, is not broken.
        strict: Whether to list everything that could not be compared, and count it as different.
        next_steps: What the user may do, with a command each; shown if something differs.
    """
    page = Page(colour=colour, width=width)
    counts = counts_of(difference)
    page.put(0, words(describe_coverage(counts), BOLD))
    page.gap()
    if counts.changes:
        page.put(0, words(f"{difference.old} -> {difference.new}", BOLD))
        page.gap()
    for scope in difference.scopes:
        _put_scope(page, heading_of(difference, scope), scope)
    _put_gaps(page, difference, strict=strict)
    _put_accepted(page, difference)
    # If nothing differs, keep the report short, unless everything was requested.
    if counts.changes or strict:
        _put_remarks(page, difference, strict=strict)
    _put_unread(page, difference)
    for each in causes(difference.notes):
        page.put(0, [[Word("note:", BOLD)], *_plain(prose(each.line))])
    page.gap()
    page.put(0, _plain(map(Piece, _AFTER_COUNT.split(verdict(counts, strict=strict)))))
    for what, command in next_steps if counts.changes else ():
        page.gap()
        page.put(0, words(f"{what}:", BOLD))
        page.put(2, [[Word(spelled(command))]])
    return page.text()


def _plain(pieces: Iterable[Piece]) -> list[Words]:
    return [_words(piece) for piece in pieces]


def _words(piece: Piece) -> Words:
    text = unbroken(piece.text)
    return [Word(piece.sign, _COLOURS[piece.sign]), *text] if piece.sign else text


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
    title = [Word(word) for word in title_of(change).split(" ")]
    origin = _tag(common_origin(change))
    where = words(f"({change.at})", DIM) if change.at else []
    page.put(indent, [[Word(sign, _COLOURS[sign]), *title], *origin, *where])
    for line in lines_of(change):
        page.put(indent + 4, _line(line))


def _line(line: Line) -> Iterator[Words]:
    yield _words(Piece(f"{line.path}:", line.sign))
    yield from _plain(line.pieces)
    yield from _tag(line.origin or "")


def _tag(origin: str) -> list[Words]:
    return [[Word(f"[{origin}]", BOLD)]] if origin else []


# Everything else
# ----------------------------------------------------------------------------


def _put_gaps(page: Page, difference: Difference, *, strict: bool) -> None:
    for gap in gaps_of(difference):
        page.gap()
        page.put(0, [*words("not compared:", BOLD), *_plain(prose(gap.reason))])
        places = shortened(gap.places, len(gap.places) if strict else _MOST)
        for place in places:
            page.put(2, _plain([Piece(spelled(place))]))
        if gap.hint:
            page.put(2, _plain([Piece("hint:"), *prose(gap.hint)]))


def _put_accepted(page: Page, difference: Difference) -> None:
    lines = list(accepted_lines(difference))
    if lines:
        page.gap()
        page.put(0, words(f"accepted: {len(lines)}", BOLD))
    for line in lines:
        page.put(2, _plain(prose(line)))


def _put_remarks(page: Page, difference: Difference, *, strict: bool) -> None:
    # What code leaves open is the same for entry set, and needs no action.
    shown = (why for why in NotComparedReason if strict or why is not NotComparedReason.LEFT_OPEN)
    for why in shown:
        entries = [
            (heading_of(difference, scope), entry)
            for scope in difference.scopes
            for entry in scope.not_compared
            if entry.why is why and not entry.is_gap
        ]
        if entries:
            page.gap()
            page.put(0, words(f"{why}: {len(entries)}", BOLD))
            _put_class(page, entries, len(entries) if strict else _MOST)


def _put_class(page: Page, entries: list[tuple[str, NotCompared]], most: int) -> None:
    several = len({heading for heading, _ in entries}) > 1
    for heading, group in groupby(entries[:most], key=lambda entry: entry[0]):
        if several:
            page.put(2, words(heading))
        for _, not_compared in group:
            page.put(4 if several else 2, _plain(remark_pieces(not_compared)))
    if len(entries) > most:
        page.put(2, _plain([Piece(f"... and {len(entries) - most} more")]))


def _put_unread(page: Page, difference: Difference) -> None:
    page.gap()
    if not difference.unread:
        return
    page.put(0, words(f"not read, so not compared: {len(difference.unread)}", BOLD))
    for failure in difference.unread:
        page.put(2, _plain([Piece(f"{spelled(failure.title)}:"), *prose(failure.reason)]))
        if failure.hint:
            page.put(4, _plain([Piece("hint:"), *prose(failure.hint)]))
    page.gap()
