"""A difference, prepared for the page's template."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from exporter.diff.model import Change, Difference
from exporter.reports.causes import causes
from exporter.reports.diff_counts import (
    Counts,
    counts_of,
    describe_changes,
    describe_coverage,
    describe_rest,
    heading_of,
    kind_of,
)
from exporter.reports.diff_gaps import accepted_lines, gaps_of
from exporter.reports.diff_lines import blocks, joined, lines_of, remark_pieces, title_of
from exporter.support.text import shortened

MOST_CHANGES = 200
"""The most changed resources that a page shows, and the most lines of any other list."""


@dataclass(frozen=True)
class ChangeView:
    """A resource that differs: kind, title, location of its code, and values.

    Attributes:
        kind: ``added``, ``removed``, ``changed`` or ``renamed``.
        lines: Lines with their CSS classes, which are kinds too.
    """

    kind: str
    title: str
    at: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BlockView:
    """The changes to a configuration set."""

    heading: str
    name: str
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True)
class GapView:
    """Why resources were not compared, which ones, and what to do."""

    reason: str
    number: int
    places: tuple[str, ...]
    hint: str


@dataclass(frozen=True)
class DifferencesView:
    """The section about differences: sides, counts, changes, and what was not compared.

    Attributes:
        more: The number of changed resources that are not shown.
        asides: Titles of less important lists, with their lines.
    """

    old: str
    new: str
    counts: Counts
    summary: str
    blocks: tuple[BlockView, ...]
    more: int
    gaps: tuple[GapView, ...]
    asides: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]


def view(difference: Difference) -> DifferencesView:
    """Prepare a difference."""
    counts = counts_of(difference)
    accepted = list(accepted_lines(difference))
    remarks = [joined(remark_pieces(each)) for each in difference.not_compared if not each.is_gap]
    return DifferencesView(
        old=difference.old,
        new=difference.new,
        counts=counts,
        summary=(
            f"{describe_coverage(counts)}; {describe_changes(counts, strict=False)}; "
            f"{describe_rest(counts)}"
        ),
        blocks=tuple(_blocks(difference)),
        more=max(0, counts.changes - MOST_CHANGES),
        gaps=tuple(
            GapView(gap.reason, len(gap.places), _shortened(gap.places), gap.hint)
            for gap in gaps_of(difference)
        ),
        asides=tuple(
            (f"{title}: {len(lines)}", _shortened(lines))
            for title, lines in (("Accepted", accepted), ("Values not compared", remarks))
            if lines
        ),
        notes=tuple(each.line for each in causes(difference.notes)),
    )


def _shortened(lines: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(shortened(lines, MOST_CHANGES))


def _blocks(difference: Difference) -> Iterator[BlockView]:
    room = MOST_CHANGES
    is_one = len(difference.scopes) == 1
    for scope in difference.scopes:
        for block in blocks(scope.changes):
            changes = tuple(map(_change, islice(block.changes, room)))
            room -= len(changes)
            if changes:
                heading = "" if is_one else heading_of(difference, scope)
                yield BlockView(heading, block.configuration_set, changes)


_LOOKS = {"+": "added", "-": "removed", "~": "changed", ">": "renamed"}


def _change(change: Change) -> ChangeView:
    lines = (
        (_LOOKS[line.sign], f"{line.sign} {line.path}: {joined(line.pieces)}")
        for line in lines_of(change)
    )
    return ChangeView(str(kind_of(change)), title_of(change), change.at, tuple(lines))
