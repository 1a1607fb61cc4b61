"""A patch between two canonical snapshots, part by part, because whole files take minutes.

A snapshot is split where, by the indentation, a scope, a set or an item of a set begins. Parts of
the same name are compared line by line. Whatever the splits, the parts together have exactly the
lines of the files, so the patch is correct.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

_BEGINS = {"    {": 1, "        {": 2, "            {": 3}
"""The first lines of a scope, of a set, and of a tag or destination, with their depths."""

_ENDS = {"      ]": 1, "          ]": 2}
"""The lines after the last set of a scope, or after the last item of a set."""

_CONTEXT = 3
_MOST_LINES = 400
"""Longer parts that differ are replaced as a whole: comparing takes quadratic time."""


@dataclass(frozen=True)
class _Step:
    """Lines ``start`` to ``end`` of the older file, which become lines of the newer one."""

    start: int
    end: int
    new_start: int
    new_end: int


def patch(old: str, new: str, name: str) -> str:
    """Return a patch that turns one text into the other; empty if they are equal.

    Args:
        old: The older canonical snapshot.
        new: The newer one.
        name: The file that the patch is for.
    """
    before, after = old.split("\n")[:-1], new.split("\n")[:-1]
    hunks = list(_hunks(list(_steps(before, after))))
    if not hunks:
        return ""
    lines = [f"--- {_quoted(f'a/{name}')}", f"+++ {_quoted(f'b/{name}')}"]
    for steps in hunks:
        lines += _hunk(steps, before, after)
    return "".join(f"{line}\n" for line in lines)


# Parts
# --------------------------------------------------------------------------------------


def _parts(lines: list[str]) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return the lines of each part, by the names of the parts around it and its own, in order."""
    marks: list[tuple[tuple[str, ...], int]] = [((), 0)]
    path: list[str] = []
    for number, line in enumerate(lines):
        depth = _BEGINS.get(line)
        if depth is not None:
            path = [*path[: depth - 1], _title(lines, number, depth)]
            marks.append((tuple(path), number))
        elif line.rstrip(",") in _ENDS:
            path = path[: _ENDS[line.rstrip(",")]]
            marks.append(((*path, "end"), number))
    parts: dict[tuple[str, ...], tuple[int, int]] = {}
    for (name, start), (_, end) in pairwise([*marks, ((), len(lines))]):
        key = name
        while key in parts:
            key = (*key, "again")
        parts[key] = (start, end)
    return parts


def _title(lines: list[str], number: int, depth: int) -> str:
    """Return what identifies a part: its first line; for a scope, account, partition and region."""
    last = number + (3 if depth == 1 else 1)
    return "".join(lines[number + 1 : last + 1]).rstrip(",")


def _steps(before: list[str], after: list[str]) -> Iterator[_Step]:
    """Yield what differs, in order."""
    old, new = _parts(before), _parts(after)
    positions = {key: position for position, key in enumerate(new)}
    new_ranges = list(new.values())
    reached, start, new_start = 0, 0, 0
    for key, (first, last) in old.items():
        position = positions.get(key, -1)
        if position < reached:
            continue
        # Everything between this part and the last common one is only in one of the files.
        reached = position + 1
        new_first, new_last = new_ranges[position]
        yield from _changed(_Step(start, first, new_start, new_first), before, after)
        yield from _changed(_Step(first, last, new_first, new_last), before, after)
        start, new_start = last, new_last
    yield from _changed(_Step(start, len(before), new_start, len(after)), before, after)


def _changed(within: _Step, before: list[str], after: list[str]) -> Iterator[_Step]:
    """Yield what differs between two parts."""
    one, other = before[within.start : within.end], after[within.new_start : within.new_end]
    if one == other:
        return
    if not one or not other or max(len(one), len(other)) > _MOST_LINES:
        yield within
        return
    for tag, start, end, new_start, new_end in SequenceMatcher(None, one, other).get_opcodes():
        if tag != "equal":
            yield _Step(
                within.start + start,
                within.start + end,
                within.new_start + new_start,
                within.new_start + new_end,
            )


# Hunks
# --------------------------------------------------------------------------------------


def _hunks(steps: list[_Step]) -> Iterator[list[_Step]]:
    """Group steps whose context lines overlap."""
    hunk: list[_Step] = []
    for step in steps:
        if hunk and step.start - hunk[-1].end > 2 * _CONTEXT:
            yield hunk
            hunk = []
        hunk.append(step)
    if hunk:
        yield hunk


def _hunk(steps: list[_Step], before: list[str], after: list[str]) -> Iterator[str]:
    first, last = steps[0], steps[-1]
    lead = min(_CONTEXT, first.start)
    start, end = first.start - lead, min(len(before), last.end + _CONTEXT)
    new_start, new_end = first.new_start - lead, last.new_end + end - last.end
    yield f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@"
    position = start
    for step in steps:
        yield from (f" {line}" for line in before[position : step.start])
        yield from (f"-{line}" for line in before[step.start : step.end])
        yield from (f"+{line}" for line in after[step.new_start : step.new_end])
        position = step.end
    yield from (f" {line}" for line in before[position:end])


def _range(start: int, end: int) -> str:
    size = end - start
    if size == 1:
        return str(start + 1)
    return f"{start + 1 if size else start},{size}"


# Names
# --------------------------------------------------------------------------------------


def patched_name(name: str) -> str:
    """Name the file of a patch as git does: relative to the root of the repository.

    Outside a repository, it is the path as given, without a leading slash.
    """
    if not Path(name).is_absolute() and not os.path.lexists(name):
        return name
    # Not the file itself: git patches a link's target by its own name.
    absolute = Path(name).parent.resolve() / Path(name).name
    root = next((parent for parent in absolute.parents if os.path.lexists(parent / ".git")), None)
    if root is not None:
        return absolute.relative_to(root).as_posix()
    plain = os.path.normpath(name)
    return (plain if not plain.startswith(("/", "..")) else str(absolute)).lstrip("/")


_ESCAPES = {
    ord("\a"): "\\a",
    ord("\b"): "\\b",
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\v"): "\\v",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}


def _quoted(name: str) -> str:
    """Quote a name as git does: as a C string, if it has special characters."""
    data = os.fsencode(name)
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in data):
        # A tab marks the end of a name with spaces.
        return f"{name}\t" if " " in name else name
    escaped = (
        _ESCAPES.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}")
        for byte in data
    )
    return f'"{"".join(escaped)}"'
