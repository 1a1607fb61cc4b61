"""A difference as what the page's template writes."""

from collections.abc import Iterator
from dataclasses import dataclass

from exporter.diff.model import Change, Difference
from exporter.reports.causes import causes
from exporter.reports.diff_counts import (
    changes_said,
    counts_of,
    coverage_said,
    heading_of,
    rest_said,
)
from exporter.reports.diff_gaps import Gap, accepted_lines, gaps_of
from exporter.reports.diff_lines import blocks, joined, lines_of, remark_pieces, sign_of, title_of


@dataclass(frozen=True)
class ChangeView:
    """A resource that differs: its sign, its title, where its code stands, and its values."""

    sign: str
    title: str
    at: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class BlockView:
    """The changes of a configuration set."""

    heading: str
    name: str
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True)
class DifferencesView:
    """All of it: what was compared, the counts in words, the changes, what was not compared."""

    old: str
    new: str
    summary: str
    blocks: tuple[BlockView, ...]
    gaps: tuple[Gap, ...]
    accepted: tuple[str, ...]
    remarks: tuple[str, ...]
    notes: tuple[str, ...]


def view(difference: Difference) -> DifferencesView:
    """What is said of a difference."""
    counts = counts_of(difference)
    return DifferencesView(
        old=difference.old,
        new=difference.new,
        summary=(
            f"{coverage_said(counts)}; {changes_said(counts, strict=False)}; {rest_said(counts)}"
        ),
        blocks=tuple(_blocks(difference)),
        gaps=tuple(gaps_of(difference)),
        accepted=tuple(accepted_lines(difference)),
        remarks=tuple(
            joined(remark_pieces(each)) for each in difference.not_compared if not each.is_gap
        ),
        notes=tuple(each.line for each in causes(difference.notes)),
    )


def _blocks(difference: Difference) -> Iterator[BlockView]:
    for scope in difference.scopes:
        for block in blocks(scope.changes):
            changes = tuple(map(_change, block.changes))
            yield BlockView(heading_of(difference, scope), block.configuration_set, changes)


def _change(change: Change) -> ChangeView:
    lines = (f"{line.sign} {line.path}: {joined(line.pieces)}" for line in lines_of(change))
    return ChangeView(str(sign_of(change)), title_of(change), change.at, tuple(lines))
