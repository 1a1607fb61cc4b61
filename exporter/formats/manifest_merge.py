"""Join the two sides of a manifest that git could not merge.

Two people export on two branches, and each export changes the manifest. What either of them wrote
is part of the merged code, so the union of both sides describes the merged folder. The next export
writes it again.
"""

from typing import Any

Json = Any

_OURS, _BASE, _THEIRS, _END = b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"

_KEYS = ("Path", "ConfigurationSet", "EventDestination", "Effect", "Reason")
"""The keys that identify an item of a list, if it has them. ``Path`` is the folder of a scope, or
the path of the value that an entry of the fidelity report is about.
"""


def sides(data: bytes) -> list[bytes]:
    """Return the text if it has no conflict markers, else each side of the merge.

    The markers may be in either conflict style of git, ``merge`` or ``diff3``.

    Raises:
        ValueError: if the markers don't match.
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
            raise ValueError("its conflict markers do not match")
        state = b"" if mark == _END else mark
    if state:
        raise ValueError("its conflict markers do not match")
    return [b"".join(ours), b"".join(theirs)]


def _is_mark(line: bytes, mark: bytes) -> bool:
    """Whether a line is a marker; longer ones are from a conflict within the base: ignored."""
    return line.startswith(mark) and line[len(mark) : len(mark) + 1].strip() == b""


_NEXT = {
    b"": (_OURS,),
    _OURS: (_BASE, _THEIRS),
    _BASE: (_THEIRS,),
    _THEIRS: (_END,),
}


def joined(documents: list[Json]) -> Json:
    """Join one or two documents into one; where single values differ, the first one wins.

    What either side imported is imported: a state or a stack isn't on a branch.
    """
    first, *others = documents
    for other in others:
        first = _union(first, other)
    return first


_WHOLE = ("Values", "Deployed")
"""Keys whose objects are taken from one side: a mix of both would be neither."""


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
    """Join lists: objects by their keys, sorted by them; texts in their order."""
    items: dict[Any, Json] = {}
    for item in (*one, *other):
        key = _key(item)
        items[key] = _union(items[key], item) if key in items else item
    are_objects = all(isinstance(item, dict) for item in items.values())
    return [items[key] for key in (sorted(items) if are_objects else items)]


def _key(item: Json) -> tuple[str, ...]:
    if isinstance(item, dict):
        return tuple(str(item.get(name, "")) for name in _KEYS)
    return (str(item),)
