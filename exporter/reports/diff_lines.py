"""Changes as lines, independent of colours, widths and Markdown.

All text from the data passes through ``spelled`` here.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from exporter.diff.model import (
    ABSENT,
    Added,
    Change,
    Changed,
    NotCompared,
    Origin,
    Removed,
    Renamed,
    ValueChange,
    origins_of,
    value_changes,
)
from exporter.model import codec
from exporter.support.text import escaped, spelled

_DEEPEST = 8
"""The most names in a path; deeper values are shown as JSON."""


class Sign(StrEnum):
    """What happened: the first character of a line."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"
    RENAMED = ">"


@dataclass(frozen=True)
class Piece:
    """A part of a line that is not wrapped, if it fits on a line."""

    text: str
    sign: Sign | None = None

    def __str__(self) -> str:
        return f"{self.sign} {self.text}" if self.sign else self.text


@dataclass(frozen=True)
class Line:
    """A changed value.

    Attributes:
        sign: What happened to it.
        path: Its name.
        pieces: The text after the name.
        sides: The old and the new value, if one replaced the other as a whole.
        origin: The origin of the change, if the resource has changes of several origins.
    """

    sign: Sign
    path: str
    pieces: tuple[Piece, ...]
    sides: tuple[str, str] | None = None
    origin: Origin | None = None


@dataclass(frozen=True)
class Block:
    """The changes to one configuration set: to itself, then to its destinations."""

    configuration_set: str
    own: tuple[Change, ...]
    destinations: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes."""
        return (*self.own, *self.destinations)


def blocks(changes: Iterable[Change]) -> list[Block]:
    """Group changes by configuration set, in the order in which the sets first appear."""
    by_set: dict[str, list[Change]] = {}
    for change in changes:
        by_set.setdefault(change.resource.configuration_set, []).append(change)
    return [
        Block(
            name,
            tuple(change for change in group if change.resource.event_destination is None),
            tuple(change for change in group if change.resource.event_destination is not None),
        )
        for name, group in by_set.items()
    ]


# Resources
# ------------------------------------------------------------------------------------


_SIGNS: Mapping[type, Sign] = {
    Added: Sign.ADDED,
    Removed: Sign.REMOVED,
    Changed: Sign.CHANGED,
    Renamed: Sign.RENAMED,
}


def sign_of(change: Change) -> Sign:
    """Return the sign of a resource."""
    return _SIGNS[type(change)]


def title_of(change: Change) -> str:
    """Return a title: ``event destination bounces``; a renamed resource has both names."""
    resource = change.resource
    if resource.event_destination is None:
        noun, name = "configuration set", resource.configuration_set
    else:
        noun, name = "event destination", resource.event_destination
    renamed = f" -> {new_name(change)}" if isinstance(change, Renamed) else ""
    return f"{noun} {spelled(name)}{renamed}"


def new_name(change: Renamed) -> str:
    """Return the new name, with the set if that changed too."""
    new = change.new
    if change.resource.event_destination is None or new.event_destination is None:
        return spelled(str(new))
    stays = new.configuration_set == change.resource.configuration_set
    return spelled(new.event_destination if stays else str(new))


def lines_of(change: Change) -> list[Line]:
    """Return the lines about the values of a resource."""
    return list(_LINES[type(change)](change))


def _added(change: Added) -> Iterator[Line]:
    yield from _one_sided(Sign.ADDED, change.values, "")


def _removed(change: Removed) -> Iterator[Line]:
    yield from _one_sided(Sign.REMOVED, change.values, "")


def _renamed(_change: Renamed) -> Iterator[Line]:
    return iter(())


def _changed(change: Changed) -> Iterator[Line]:
    is_mixed = len(origins_of(change)) > 1
    for value in change.values:
        for line in _value_lines(value):
            yield replace(line, origin=value.origin if is_mixed else None)


def common_origin(change: Change) -> str:
    """Return the origin of a change, such as ``drift``, if all of its values have the same one."""
    origins = origins_of(change)
    return str(*origins) if len(origins) == 1 and None not in origins else ""


_LINES: Mapping[type, Callable[[Any], Iterator[Line]]] = {
    Added: _added,
    Removed: _removed,
    Renamed: _renamed,
    Changed: _changed,
}


def remark_pieces(remark: NotCompared) -> list[Piece]:
    """Describe what could not be compared, and why.

    For a whole resource, its values are omitted.
    """
    head = [f"{spelled(str(remark.resource))}:"]
    if remark.path and remark.value is ABSENT:
        head.append(f"{spelled(remark.path)}:")
    elif remark.path:
        head += [spelled(remark.path), f"({shown(remark.value, remark.path)}):"]
    return [*map(Piece, head), *prose(remark.reason)]


def prose(text: str) -> list[Piece]:
    """Split a sentence, so that it can be wrapped between any two words."""
    return [Piece(word) for word in spelled(text).split(" ")]


def joined(pieces: Iterable[Piece]) -> str:
    """Join pieces on one line."""
    return " ".join(map(str, pieces))


# Values
# ---------------------------------------------------------------------------------------


def _value_lines(change: ValueChange) -> Iterator[Line]:
    old, new, path = change.old, change.new, change.path
    if old is ABSENT:
        yield from _one_sided(Sign.ADDED, new, path)
    elif new is ABSENT:
        yield from _one_sided(Sign.REMOVED, old, path)
    elif isinstance(old, dict) and isinstance(new, dict) and old and new:
        for below in value_changes(old, new, path):
            yield from _value_lines(below)
    else:
        yield _two_sided(old, new, path)


def _one_sided(sign: Sign, value: Any, path: str) -> Iterator[Line]:
    for below, leaf in _leaves(value, path, 0):
        yield Line(sign, spelled(below), tuple(map(Piece, _parts(leaf, below))))


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield every value inside a value that isn't an object, sorted by path."""
    # A resource may have no known values; an object inside a resource may be empty.
    if not isinstance(value, Mapping) or depth == _DEEPEST or (path and not value):
        yield path, value
        return
    for name in sorted(value):
        yield from _leaves(value[name], _join(path, name), depth + 1)


def _join(path: str, name: str) -> str:
    if path == "Tags":
        return f"Tags[{name}]"
    return f"{path}.{name}" if path else name


def _two_sided(old: Any, new: Any, path: str) -> Line:
    if isinstance(old, list) and isinstance(new, list):
        listed = _listed(old, new, path)
        if listed:
            return Line(Sign.CHANGED, spelled(path), tuple(_with_commas(listed)))
    if _are_one_text(old, new):
        before, after = ([escaped(json.dumps(it, ensure_ascii=False))] for it in (old, new))
    else:
        before, after = _parts(old, path), _parts(new, path)
    pieces = (*map(Piece, before), Piece(f"-> {after[0]}"), *map(Piece, after[1:]))
    return Line(Sign.CHANGED, spelled(path), pieces, (" ".join(before), " ".join(after)))


def _are_one_text(old: Any, new: Any) -> bool:
    """Tell whether two values look the same but are encoded in two Unicode forms."""
    are_texts = isinstance(old, str) and isinstance(new, str)
    return are_texts and unicodedata.normalize("NFC", old) == unicodedata.normalize("NFC", new)


def shown(value: Any, path: str) -> str:
    """Format a JSON value on one line, without quotes around unambiguous text."""
    return " ".join(_parts(value, path))


def _parts(value: Any, path: str) -> list[str]:
    """Format a value, split where a line may be wrapped."""
    if not isinstance(value, list) or not value:
        return [_token(value)]
    describe = _describer(value, path)
    parts = [f"{describe(item)}," for item in value]
    parts[0] = f"[{parts[0]}"
    parts[-1] = f"{parts[-1].removesuffix(',')}]"
    return parts


_BARE = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_./:@*+-]*")
_LIKE_ANOTHER = re.compile(r"true|false|null|[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def _token(value: Any) -> str:
    if isinstance(value, str) and _BARE.fullmatch(value) and not _LIKE_ANOTHER.fullmatch(value):
        return value
    return spelled(json.dumps(value, ensure_ascii=False, sort_keys=True))


# Lists
# ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Named:
    """A kind of object in lists that is identified by one of its fields."""

    name: str
    fields: frozenset[str]
    rest: Callable[[Mapping[str, Any]], str]

    def fits(self, item: Any) -> bool:
        return (
            isinstance(item, dict)
            and item.keys() == self.fields
            and all(isinstance(value, str) for value in item.values())
        )

    def describe(self, item: Mapping[str, Any]) -> str:
        return f"{_token(item[self.name])}={self.rest(item)}"


_TAG = _Named("Key", frozenset({"Key", "Value"}), lambda item: _token(item["Value"]))
_DIMENSION = _Named(
    "DimensionName",
    frozenset({"DimensionName", "DimensionValueSource", "DefaultDimensionValue"}),
    lambda item: (
        f"{_token(item['DefaultDimensionValue'])} ({_token(item['DimensionValueSource'])})"
    ),
)
_NAMED: Mapping[str, _Named] = {"Tags": _TAG, "DimensionConfigurations": _DIMENSION}


def _naming(items: Sequence[Any], path: str) -> _Named | None:
    """Return how the items of a list are identified; None if any has another shape."""
    named = _NAMED.get(path.rpartition(".")[2])
    return named if named and all(map(named.fits, items)) else None


def _describer(items: Sequence[Any], path: str) -> Callable[[Any], str]:
    named = _naming(items, path)
    return named.describe if named else _token


def _listed(old: list[Any], new: list[Any], path: str) -> list[Piece]:
    """Describe what was added, removed and changed in a list; empty if only repetitions differ."""
    named = _naming([*old, *new], path)
    if named and all(_are_unique(items, named) for items in (old, new)):
        return _listed_by(old, new, lambda item: str(item[named.name]), named)
    return _listed_by(old, new, _canonical, None)


def _listed_by(
    old: list[Any], new: list[Any], key: Callable[[Any], str], named: _Named | None
) -> list[Piece]:
    describe = named.describe if named else _token
    kept_old, removed = _divided(old, new, key)
    kept_new, added = _divided(new, old, key)
    pieces = [Piece(describe(item), Sign.ADDED) for item in added]
    pieces += [Piece(describe(item), Sign.REMOVED) for item in removed]
    if named:
        pieces += _changed_items(kept_old, kept_new, named)
    if list(map(key, kept_old)) != list(map(key, kept_new)):
        orders = (", ".join(_label(item, named) for item in kept) for kept in (kept_old, kept_new))
        pieces.append(Piece(f"order: {' -> '.join(orders)}", Sign.CHANGED))
    return pieces


def _divided(
    items: list[Any], others: list[Any], key: Callable[[Any], str]
) -> tuple[list[Any], list[Any]]:
    """Split items into those that the other list also has, counting repetitions, and the rest."""
    remaining = Counter(map(key, others))
    common: list[Any] = []
    rest: list[Any] = []
    for item in items:
        is_common = remaining[key(item)] > 0
        remaining[key(item)] -= is_common
        (common if is_common else rest).append(item)
    return common, rest


def _changed_items(old: list[Any], new: list[Any], named: _Named) -> Iterator[Piece]:
    by_name = {item[named.name]: item for item in new}
    for item in old:
        other = by_name[item[named.name]]
        if item != other:
            yield Piece(f"{named.describe(item)} -> {named.rest(other)}", Sign.CHANGED)


def _label(item: Any, named: _Named | None) -> str:
    return _token(item[named.name]) if named else _token(item)


def _are_unique(items: list[Any], named: _Named) -> bool:
    return len({item[named.name] for item in items}) == len(items)


def _canonical(item: Any) -> str:
    return codec.as_text(item).decode()


def _with_commas(pieces: list[Piece]) -> list[Piece]:
    return [*(Piece(f"{piece.text},", piece.sign) for piece in pieces[:-1]), pieces[-1]]
