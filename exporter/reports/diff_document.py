"""The JSON report of ``diff`` (``docs/diff.md``, ``docs/diff.schema.json``)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from exporter.diff.model import (
    ABSENT,
    Accepted,
    Added,
    Change,
    Changed,
    Coverage,
    Difference,
    NotCompared,
    NotComparedReason,
    Origin,
    Removed,
    Renamed,
    ScopeDifference,
    ValueChange,
    origins_of,
)
from exporter.formats.unresolved import Unresolved
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.reports.diff_counts import ChangeKind, Counts, counts_of, kind_of
from exporter.reports.document import FORMAT_VERSION, Struct, Text, UnreadRow, unread_rows

_Value = msgspec.Raw | UnsetType
_Origin = Origin | UnsetType


class CountsRow(Struct, frozen=True):
    """The counts of the whole report."""

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
    drift: int
    pending: int
    conflict: int
    accepted: int


class Name(Struct, frozen=True):
    """The name of a resource; a set has no event destination."""

    configuration_set: str
    event_destination: Text = UNSET


class PathRow(Struct, frozen=True):
    """A value that differs; a side without the value has no key."""

    path: str
    old: _Value = UNSET
    new: _Value = UNSET
    origin: _Origin = UNSET


class ChangeRow(Struct, frozen=True):
    """A resource that differs; which of the last three keys exist depends on ``change``."""

    change: ChangeKind
    configuration_set: str
    event_destination: Text = UNSET
    at: Text = UNSET
    origin: _Origin = UNSET
    new: Name | UnsetType = UNSET
    values: _Value = UNSET
    paths: tuple[PathRow, ...] | UnsetType = UNSET


class NotComparedRow(Struct, frozen=True, kw_only=True):
    """What could not be compared: a value or, without a path, a whole resource."""

    why: NotComparedReason
    configuration_set: str
    event_destination: Text = UNSET
    at: Text = UNSET
    path: Text = UNSET
    value: _Value = UNSET
    reason: str
    gap: bool


class UnresolvedRow(Struct, frozen=True):
    """Code that may be resources, but can't be evaluated."""

    at: str
    reason: str
    name: Text = UNSET
    hint: Text = UNSET


class AcceptedRow(Struct, frozen=True, kw_only=True):
    """A difference or a gap that the configuration accepts; ``value`` is the live one."""

    title: Text = UNSET
    name: str
    property: str
    value: _Value = UNSET
    reason: str
    until: Text = UNSET


class CoverageRow(Struct, frozen=True):
    """The number of resources, and how many of them were compared completely."""

    resources: int
    compared: int
    not_compared: int


class ScopeRow(Struct, frozen=True):
    """One account and region."""

    title: str
    same: int
    compared: int
    changes: tuple[ChangeRow, ...]
    not_compared: tuple[NotComparedRow, ...]


class Document(Struct, frozen=True):
    """The whole report."""

    format_version: int
    old: str
    new: str
    ancestor: Text
    different: bool
    coverage: CoverageRow
    counts: CountsRow
    scopes: tuple[ScopeRow, ...]
    unresolved: tuple[UnresolvedRow, ...]
    accepted: tuple[AcceptedRow, ...]
    notes: tuple[str, ...]
    unread: tuple[UnreadRow, ...]


def as_json(difference: Difference, *, strict: bool) -> str:
    """Return the report as JSON.

    Args:
        difference: What differs.
        strict: Whether a value or resource that could not be compared counts as a difference.
    """
    return codec.pretty(
        Document(
            format_version=FORMAT_VERSION,
            old=difference.old,
            new=difference.new,
            ancestor=difference.ancestor or UNSET,
            different=difference.is_different(strict=strict),
            coverage=_coverage(difference.coverage),
            counts=_counts(counts_of(difference)),
            scopes=tuple(map(_scope, difference.scopes)),
            unresolved=tuple(map(_unresolved, difference.unresolved)),
            accepted=tuple(map(_accepted, difference.accepted)),
            notes=tuple(map(str, difference.notes)),
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
        left_open=counts.classes[NotComparedReason.LEFT_OPEN],
        not_comparable=counts.classes[NotComparedReason.NOT_COMPARABLE],
        unknown=counts.classes[NotComparedReason.UNKNOWN],
        not_worked_out=counts.unresolved,
        unread=counts.unread,
        drift=counts.origins[Origin.DRIFT],
        pending=counts.origins[Origin.PENDING],
        conflict=counts.origins[Origin.CONFLICT],
        accepted=counts.accepted,
    )


def _coverage(coverage: Coverage) -> CoverageRow:
    return CoverageRow(coverage.resources, coverage.compared, coverage.not_compared)


def _scope(scope: ScopeDifference) -> ScopeRow:
    return ScopeRow(
        title=scope.title,
        same=scope.same,
        compared=scope.compared,
        changes=tuple(map(_change, scope.changes)),
        not_compared=tuple(map(_not_compared, scope.not_compared)),
    )


def _change(change: Change) -> ChangeRow:
    return ChangeRow(
        change=kind_of(change),
        configuration_set=change.resource.configuration_set,
        event_destination=_destination(change.resource),
        at=change.at or UNSET,
        origin=_origin(change),
        **dict(_OWN[type(change)](change)),
    )


def _origin(change: Change) -> _Origin:
    """Return the origin of a change, if all of its values have the same one."""
    origins = origins_of(change)
    return next(iter(origins)) or UNSET if len(origins) == 1 else UNSET


def _values(change: Added | Removed) -> Iterator[tuple[str, Any]]:
    yield "values", _value(dict(change.values))


def _new(change: Renamed) -> Iterator[tuple[str, Any]]:
    new = change.new
    yield "new", Name(configuration_set=new.configuration_set, event_destination=_destination(new))


def _paths(change: Changed) -> Iterator[tuple[str, Any]]:
    yield "paths", tuple(map(_path, change.values))


_OWN: Mapping[type, Callable[[Any], Iterator[tuple[str, Any]]]] = {
    Added: _values,
    Removed: _values,
    Renamed: _new,
    Changed: _paths,
}


def _path(value: ValueChange) -> PathRow:
    return PathRow(
        path=value.path, old=_value(value.old), new=_value(value.new), origin=value.origin or UNSET
    )


def _not_compared(entry: NotCompared) -> NotComparedRow:
    return NotComparedRow(
        why=entry.why,
        configuration_set=entry.resource.configuration_set,
        event_destination=_destination(entry.resource),
        at=entry.at or UNSET,
        path=entry.path or UNSET,
        value=_value(entry.value),
        reason=entry.reason,
        gap=entry.is_gap,
    )


def _unresolved(entry: Unresolved) -> UnresolvedRow:
    return UnresolvedRow(
        at=entry.where, name=entry.what or UNSET, reason=entry.reason, hint=entry.hint or UNSET
    )


def _accepted(entry: Accepted) -> AcceptedRow:
    return AcceptedRow(
        title=entry.scope or UNSET,
        name=entry.name,
        property=entry.property,
        value=_value(entry.value),
        reason=entry.reason,
        until=entry.until.isoformat() if entry.until else UNSET,
    )


def _destination(identity: Identity) -> Text:
    return UNSET if identity.event_destination is None else identity.event_destination


def _value(value: Any) -> _Value:
    """Encode a value with sorted keys."""
    if value is ABSENT:
        return UNSET
    return msgspec.Raw(codec.as_text(value))
