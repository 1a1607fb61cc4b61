"""The report of ``diff`` as GitHub Markdown, for a comment on a pull request.

Data is only in code spans, in fenced blocks and, escaped, in ``<code>`` elements, where sites
don't look for links, mentions or issue numbers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from exporter.diff.model import (
    Added,
    Change,
    Changed,
    Difference,
    NotComparedReason,
    Removed,
    Renamed,
    ScopeDifference,
)
from exporter.reports.causes import causes
from exporter.reports.diff_counts import (
    ChangeKind,
    counts_of,
    describe_changes,
    describe_coverage,
    describe_rest,
    heading_of,
    kind_of,
    numbers,
)
from exporter.reports.diff_gaps import accepted_lines, gap_lines
from exporter.reports.diff_lines import (
    Block,
    Line,
    Sign,
    blocks,
    common_origin,
    joined,
    lines_of,
    new_name,
    remark_pieces,
    sign_of,
    title_of,
)
from exporter.reports.markdown_text import (
    cell,
    check_limit,
    code,
    cut_note,
    fenced,
    folded,
    html,
    length,
    most,
    row,
    section,
    shortened,
    tame,
)
from exporter.support.text import count, listed

_HEAD = "| change | configuration set | event destination | what |\n|---|---|---|---|\n"
_MOST_NAMES = 6
"""The most values of a resource that the table names."""

_UNCUT = 1_000_000_000
_LONGEST_NAME = 100
_LONGEST_LINE = 400

_DIFF_SIGNS: Mapping[Sign, str] = {
    Sign.ADDED: "+",
    Sign.REMOVED: "-",
    Sign.CHANGED: "!",
    Sign.RENAMED: "!",
}
"""What GitHub colours at the start of a line."""


def as_markdown(difference: Difference, *, limit: int = 65_000) -> str:
    """Return the report for a pull request.

    Args:
        difference: What differs.
        limit: The text has fewer characters than this; it counts what is omitted.

    Raises:
        ValueError: if the limit is less than ``LEAST_LIMIT``.
    """
    check_limit(limit)
    whole = _Report(difference, _Shortener())
    text = whole.text(whole.all)
    if length(text) < limit:
        return text
    return _cut(_Report(difference, _Shortener(_LONGEST_NAME, _LONGEST_LINE)), limit)


# Cutting
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shown:
    """How many of everything to show, beginning with the first."""

    remarks: int = 0
    rows: int = 0
    details: int = 0
    values: int = 0


_SHARES: tuple[tuple[str, float], ...] = (
    ("remarks", 0.2),
    ("rows", 0.6),
    ("details", 1),
    ("values", 1),
)
"""The part of the limit up to which each may fill the text, the most important first."""


def _cut(report: "_Report", limit: int) -> str:
    """Return the longest text that fits."""
    shown = _Shown()
    for name, share in _SHARES:
        shown = _most(report, shown, name, limit * share)
    return report.text(shown)


def _most(report: "_Report", shown: _Shown, name: str, limit: float) -> _Shown:
    """Show as much of one part as fits."""
    number = most(
        getattr(report.all, name),
        lambda tried: length(report.text(replace(shown, **{name: tried}))) < limit,
    )
    return replace(shown, **{name: number})


# Escaping
# -------------------------------------------------------------------------------------


class _Shortener:
    """Escapes and shortens text, and remembers whether it shortened any."""

    def __init__(self, name: int = _UNCUT, line: int = _UNCUT) -> None:
        self._name = name
        self._line = line
        self.has_cut = False

    def name(self, text: str) -> str:
        """Shorten a name that is too long for a table."""
        return self._cut(text, self._name)

    def line(self, text: str) -> str:
        """Shorten a line of a fenced block."""
        return self._cut(text, self._line)

    def _cut(self, text: str, longest: int) -> str:
        shown = shortened(text, longest)
        self.has_cut |= shown != tame(text)
        return shown


# Parts
# ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _BlockPart:
    """A configuration set: its summary, and the lines of each of its changes."""

    summary: str
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _ScopePart:
    """A scope: its heading, the rows of the table, and the details, in the same order."""

    heading: str
    rows: tuple[str, ...]
    blocks: tuple[_BlockPart, ...]

    def text(self, rows: int, details: int) -> str:
        """Return the first rows, and the details of the first changes."""
        if not rows and not details:
            return ""
        parts = [f"### {code(self.heading)}\n"] if self.heading else []
        if rows:
            parts.append(_HEAD + "".join(self.rows[:rows]))
        for block in self.blocks:
            groups = block.groups[:details]
            details -= len(groups)
            if groups:
                lines = [line for group in groups for line in group]
                parts.append(folded(block.summary, fenced(lines, "diff")))
        return "\n".join(parts)


class _Report:
    """All parts, formatted once; ``text`` assembles as many as fit."""

    def __init__(self, difference: Difference, short: _Shortener) -> None:
        counts = counts_of(difference)
        sides = [code(short.name(side)) for side in (difference.old, difference.new)]
        # Without --strict, the default in checks of pull requests.
        changes = describe_changes(counts, strict=False)
        self._summary = (
            f"**{describe_coverage(counts)}: {changes}** ({sides[0]} → {sides[1]}); "
            f"{describe_rest(counts)}\n"
        )
        self._remarked = numbers(counts.remarks)
        self._sections = {
            "Not read, so not compared": _unread_lines(difference, short),
            "Not compared": [short.line(line) for line in gap_lines(difference)],
            "Accepted": [short.line(line) for line in accepted_lines(difference)],
            "Notes": [short.line(each.line) for each in causes(difference.notes)],
        }
        self._details = list(_remark_lines(difference, short))
        self._scopes = [
            _scope_part(heading_of(difference, scope), scope, short) for scope in difference.scopes
        ]
        self._has_cut = short.has_cut
        self.all = _Shown(
            remarks=sum(map(len, self._sections.values())),
            rows=counts.changes,
            details=counts.changes,
            values=len(self._details),
        )

    def text(self, shown: _Shown) -> str:
        """Return the report with this many of everything."""
        parts = [self._summary, self._cut_note(shown)]
        parts += self._remarks(shown.remarks)
        rows, details = shown.rows, shown.details
        for scope in self._scopes:
            parts.append(scope.text(min(rows, len(scope.rows)), min(details, len(scope.rows))))
            rows = max(0, rows - len(scope.rows))
            details = max(0, details - len(scope.rows))
        if shown.values:
            body = fenced(self._details[: shown.values], "text")
            parts.append(folded(f"values not compared: {self._remarked}", body))
        return "\n".join(filter(None, parts))

    def _remarks(self, number: int) -> Iterator[str]:
        for title, lines in self._sections.items():
            yield section(title, lines[: max(0, number)])
            number -= len(lines)

    def _cut_note(self, shown: _Shown) -> str:
        """Describe what is not shown; empty if everything is."""
        total = self.all.rows
        omitted = [
            (total - shown.rows, f"of {count(total, 'change')} omitted from the table"),
            (total - shown.details, f"of {count(total, 'change')} omitted from the details"),
            (self.all.values - shown.values, f"of {self.all.values} uncompared values omitted"),
            (self.all.remarks - shown.remarks, f"of {count(self.all.remarks, 'remark')} omitted"),
        ]
        cuts = [f"{number} {words}" for number, words in omitted if number]
        cuts += ["long texts shortened"] if self._has_cut else []
        return cut_note(cuts, "ses2iac diff OLD NEW")


def _unread_lines(difference: Difference, short: _Shortener) -> list[str]:
    return [
        short.line(f"{each.title}: {each.reason}" + (f" (hint: {each.hint})" if each.hint else ""))
        for each in difference.unread
    ]


def _remark_lines(difference: Difference, short: _Shortener) -> Iterator[str]:
    several = len(difference.scopes) > 1
    for why in NotComparedReason:
        for scope in difference.scopes:
            where = f"{scope.title}: " if several and scope.title else ""
            for each in scope.not_compared:
                if each.why is why and not each.is_gap:
                    yield short.line(f"{why}: {where}{joined(remark_pieces(each))}")


def _scope_part(heading: str, scope: ScopeDifference, short: _Shortener) -> _ScopePart:
    by_set = blocks(scope.changes)
    return _ScopePart(
        heading=short.name(heading),
        rows=tuple(_row(change, short) for block in by_set for change in block.changes),
        blocks=tuple(_block_part(block, short) for block in by_set),
    )


# Rows
# -----------------------------------------------------------------------------------------


def _row(change: Change, short: _Shortener) -> str:
    names = [cell(short.name(name)) for name in change.resource.names]
    origin = f" ({common_origin(change)})" if common_origin(change) else ""
    destination = names[1] if len(names) > 1 else ""
    return row(f"{kind_of(change)}{origin}", names[0], destination, _what(change, short))


def _what(change: Change, short: _Shortener) -> str:
    names = dict.fromkeys(_WHATS[type(change)](change))
    return listed((cell(short.name(name)) for name in names), _MOST_NAMES)


def _names(change: Added | Removed) -> Iterator[str]:
    yield from sorted(change.values)


def _paths(change: Changed) -> Iterator[str]:
    for value in change.values:
        yield value.path


def _new_name(change: Renamed) -> Iterator[str]:
    yield f"-> {new_name(change)}"


_WHATS: Mapping[type, Callable[[Any], Iterator[str]]] = {
    Added: _names,
    Removed: _names,
    Renamed: _new_name,
    Changed: _paths,
}


# Details
# --------------------------------------------------------------------------------------


def _block_part(block: Block, short: _Shortener) -> _BlockPart:
    name = html(short.name(block.configuration_set))
    kinds = [kind_of(change) for change in block.changes]
    counted = numbers({kind: kinds.count(kind) for kind in ChangeKind})
    groups = tuple(tuple(map(short.line, _diff_lines(change))) for change in block.changes)
    return _BlockPart(f"<code>{name}</code>: {counted}", groups)


def _diff_lines(change: Change) -> Iterator[str]:
    where = f" ({change.at})" if change.at else ""
    yield f"{_DIFF_SIGNS[sign_of(change)]} {title_of(change)}{where}"
    for line in lines_of(change):
        yield from _diff_line(line)


def _diff_line(line: Line) -> Iterator[str]:
    origin = f" [{line.origin}]" if line.origin else ""
    if line.sides:
        yield f"-     {line.path}: {line.sides[0]}"
        yield f"+     {line.path}: {line.sides[1]}{origin}"
    else:
        yield f"{_DIFF_SIGNS[line.sign]}     {line.path}: {joined(line.pieces)}{origin}"
