"""A difference for programs (``docs/diff.md``, ``docs/diff.schema.json``)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from exporter.diff.model import (
    ABSENT,
    Added,
    Change,
    Changed,
    Difference,
    NotCompared,
    NotComparedReason,
    Removed,
    Renamed,
    ScopeDifference,
    ValueChange,
)
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.reports.diff_counts import ChangeKind, Counts, counts_of, kind_of
from exporter.reports.document import FORMAT_VERSION, Struct, Text, UnreadRow, unread_rows

_Value = msgspec.Raw | UnsetType


class CountsRow(Struct, frozen=True):
    """How many there are of everything."""

    added: int
    removed: int
    changed: int
    renamed: int
    same: int
    left_open: int
    not_comparable: int
    unknown: int
    not_worked_out: int
    unread: int


class Name(Struct, frozen=True):
    """What a resource is called; a set has no event destination."""

    configuration_set: str
    event_destination: Text = UNSET


class PathRow(Struct, frozen=True):
    """A value that is not the same on both sides; a side that has none has no key."""

    path: str
    old: _Value = UNSET
    new: _Value = UNSET


class ChangeRow(Struct, frozen=True):
    """A resource that differs; ``change`` says which of the last three are there."""

    change: ChangeKind
    configuration_set: str
    event_destination: Text = UNSET
    at: Text = UNSET
    new: Name | UnsetType = UNSET
    values: _Value = UNSET
    paths: tuple[PathRow, ...] | UnsetType = UNSET


class AsideRow(Struct, frozen=True, kw_only=True):
    """What could not be compared; without a path it is the resource as a whole."""

    why: NotComparedReason
    configuration_set: str
    event_destination: Text = UNSET
    path: Text = UNSET
    value: _Value = UNSET
    reason: str


class ScopeRow(Struct, frozen=True):
    """One account and region."""

    title: str
    same: int
    changes: tuple[ChangeRow, ...]
    not_compared: tuple[AsideRow, ...]


class Document(Struct, frozen=True):
    """The whole report."""

    format_version: int
    old: str
    new: str
    different: bool
    counts: CountsRow
    scopes: tuple[ScopeRow, ...]
    notes: tuple[str, ...]
    unread: tuple[UnreadRow, ...]


def as_json(difference: Difference, *, strict: bool) -> str:
    """The report as JSON.

    Args:
        difference: What differs.
        strict: Whether what could not be compared counts as a difference.
    """
    return codec.pretty(
        Document(
            format_version=FORMAT_VERSION,
            old=difference.old,
            new=difference.new,
            different=difference.is_different(strict=strict),
            counts=_counts(counts_of(difference)),
            scopes=tuple(map(_scope, difference.scopes)),
            notes=difference.notes,
            unread=unread_rows(difference.unread),
        )
    )


def _counts(counts: Counts) -> CountsRow:
    return CountsRow(
        added=counts.kinds[ChangeKind.ADDED],
        removed=counts.kinds[ChangeKind.REMOVED],
        changed=counts.kinds[ChangeKind.CHANGED],
        renamed=counts.kinds[ChangeKind.RENAMED],
        same=counts.same,
        left_open=counts.asides[NotComparedReason.LEFT_OPEN],
        not_comparable=counts.asides[NotComparedReason.NOT_COMPARABLE],
        unknown=counts.asides[NotComparedReason.UNKNOWN],
        not_worked_out=counts.unresolved,
        unread=counts.unread,
    )


def _scope(scope: ScopeDifference) -> ScopeRow:
    return ScopeRow(
        title=scope.title,
        same=scope.same,
        changes=tuple(map(_change, scope.changes)),
        not_compared=tuple(map(_aside, scope.asides)),
    )


def _change(change: Change) -> ChangeRow:
    return ChangeRow(
        change=kind_of(change),
        configuration_set=change.resource.configuration_set,
        event_destination=_destination(change.resource),
        at=change.at or UNSET,
        **dict(_OWN[type(change)](change)),
    )


def _values(change: Added | Removed) -> Iterator[tuple[str, Any]]:
    yield "values", _value(dict(change.values))


def _new(change: Renamed) -> Iterator[tuple[str, Any]]:
    who = change.new
    yield "new", Name(configuration_set=who.configuration_set, event_destination=_destination(who))


def _paths(change: Changed) -> Iterator[tuple[str, Any]]:
    yield "paths", tuple(map(_path, change.values))


_OWN: Mapping[type, Callable[[Any], Iterator[tuple[str, Any]]]] = {
    Added: _values,
    Removed: _values,
    Renamed: _new,
    Changed: _paths,
}


def _path(value: ValueChange) -> PathRow:
    return PathRow(path=value.path, old=_value(value.old), new=_value(value.new))


def _aside(aside: NotCompared) -> AsideRow:
    return AsideRow(
        why=aside.why,
        configuration_set=aside.resource.configuration_set,
        event_destination=_destination(aside.resource),
        path=aside.path or UNSET,
        value=_value(aside.value),
        reason=aside.reason,
    )


def _destination(who: Identity) -> Text:
    return UNSET if who.event_destination is None else who.event_destination


def _value(value: Any) -> _Value:
    """A value with the names of its objects in order, wherever it came from."""
    if value is ABSENT:
        return UNSET
    return msgspec.Raw(msgspec.json.encode(value, order="deterministic"))
