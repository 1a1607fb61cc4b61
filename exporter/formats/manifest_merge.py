"""The two sides of a manifest that git could not merge, and their union.

Two people export on two branches, and each export changes the manifest. What either of them wrote
is part of the merged code, so the union of both sides is what the merged folder holds; the next
export writes it anew.
"""

from typing import Any

Json = Any

_OURS, _BASE, _THEIRS, _END = b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"

_KEYS = ("Path", "ConfigurationSet", "EventDestination", "Effect", "Reason")
"""What tells the items of a list apart, as far as they have it; ``Path`` is a scope's folder, or
where in a resource an entry of the fidelity report is.
"""


def sides(data: bytes) -> list[bytes]:
    """The text without conflict marks: as it is, or each side of the merge.

    The marks may be in either style of ``git merge``, ``merge`` or ``diff3``.

    Raises:
        ValueError: when the marks do not belong together.
    """
    if _OURS not in data:
        return [data]
    ours: list[bytes] = []
    theirs: list[bytes] = []
    state = b""
    for line in data.splitlines(keepends=True):
        mark = next((m for m in (_OURS, _BASE, _THEIRS, _END) if _is_mark(line, m)), None)
        if mark is None:
            if state in (b"", _OURS):
                ours.append(line)
            if state in (b"", _THEIRS):
                theirs.append(line)
            continue
        if mark not in _NEXT[state]:
            raise ValueError("its conflict marks do not belong together")
        state = b"" if mark == _END else mark
    if state:
        raise ValueError("its conflict marks do not belong together")
    return [b"".join(ours), b"".join(theirs)]


def _is_mark(line: bytes, mark: bytes) -> bool:
    """Whether a line is a mark; longer ones are of a merge within the base, which is not read."""
    return line.startswith(mark) and line[len(mark) : len(mark) + 1].strip() == b""


_NEXT = {
    b"": (_OURS,),
    _OURS: (_BASE, _THEIRS),
    _BASE: (_THEIRS,),
    _THEIRS: (_END,),
}


def joined(documents: list[Json]) -> Json:
    """One document of one or two: lists and objects are united, and the first has the last word.

    What was imported on either side is imported: a state or a stack is not on a branch.
    """
    first, *others = documents
    for other in others:
        first = _union(first, other)
    return first


_WHOLE = ("Values", "Deployed")
"""What is one value: half of one side and half of the other would be neither."""


def _union(one: Json, other: Json) -> Json:
    if isinstance(one, dict) and isinstance(other, dict):
        both = {
            key: _union(one[key], other[key]) for key in one if key in other and key not in _WHOLE
        }
        return {**other, **one, **both}
    if isinstance(one, list) and isinstance(other, list):
        return _united(one, other)
    return one


def _united(one: list[Json], other: list[Json]) -> list[Json]:
    """Objects by what names them, in that order; texts as they come."""
    found: dict[Any, Json] = {}
    for item in (*one, *other):
        key = _key(item)
        found[key] = _union(found[key], item) if key in found else item
    has_names = all(isinstance(item, dict) for item in found.values())
    return [found[key] for key in (sorted(found) if has_names else found)]


def _key(item: Json) -> tuple[str, ...]:
    if isinstance(item, dict):
        return tuple(str(item.get(name, "")) for name in _KEYS)
    return (str(item),)
