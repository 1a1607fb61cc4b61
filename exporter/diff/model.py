"""The result of a comparison: typed changes, and what could not be compared.

A description of SES may be partial. Code may omit an option (*left open*), a format may not support
it (*not comparable*), and code may have expressions that can't be evaluated (*unknown*). Such a
value is neither equal to the other side's nor a change.

The coverage counts the resources that were compared: "no difference" is true only if all were.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from exporter.formats.unresolved import Unresolved
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure
from exporter.support.remarks import Said

ABSENT = None
"""The value on a side that has nothing at a path."""

Tree = Mapping[str, Any]
"""The API's JSON of a set without name and destinations, or of a destination without name."""


class Origin(StrEnum):
    """Which side has changed since the common ancestor."""

    DRIFT = "drift"
    """The newer one: the account was changed."""
    PENDING = "pending"
    """The older one: the code was changed, and isn't applied yet."""
    CONFLICT = "conflict"
    """Both were changed."""


@dataclass(frozen=True)
class ValueChange:
    """A value that differs between the sides.

    Attributes:
        path: The API's path of the value in its resource (``SnsDestination.TopicArn``).
        old: The JSON value on the older side; ``ABSENT`` if there is none.
        new: The same on the newer side.
        origin: Which side changed it; None if unknown.
    """

    path: str
    old: Any
    new: Any
    origin: Origin | None = None


@dataclass(frozen=True)
class Added:
    """A resource that only the newer side has; ``at`` is its file and line, if it is in code."""

    resource: Identity
    values: Tree
    at: str = ""
    origin: Origin | None = None


@dataclass(frozen=True)
class Removed:
    """A resource that only the older side has."""

    resource: Identity
    values: Tree
    at: str = ""
    origin: Origin | None = None


@dataclass(frozen=True)
class Renamed:
    """A resource that has the same content under another name."""

    resource: Identity
    new: Identity
    at: str = ""
    origin: Origin | None = None


@dataclass(frozen=True)
class Changed:
    """A resource that both sides have, with the values that differ, sorted by path."""

    resource: Identity
    values: tuple[ValueChange, ...]
    at: str = ""


Change = Added | Removed | Renamed | Changed


def origins_of(change: Change) -> frozenset[Origin | None]:
    """Return the origins of a change; its values may have different ones."""
    if isinstance(change, Changed):
        return frozenset(value.origin for value in change.values)
    return frozenset((change.origin,))


class NotComparedReason(StrEnum):
    """Why something could not be compared."""

    LEFT_OPEN = "left open"
    NOT_COMPARABLE = "not comparable"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class NotCompared:
    """A value or resource that could not be compared.

    Attributes:
        why: The kind of reason.
        resource: The resource.
        path: The API's path of the value; empty for the whole resource.
        value: The value on the side that has one; ``ABSENT`` if neither does.
        reason: The reason, as the end of a sentence.
        at: The file and line of the resource, if it is in code.
        is_gap: Whether the resource counts as not compared.
    """

    why: NotComparedReason
    resource: Identity
    path: str
    value: Any
    reason: str
    at: str = ""
    is_gap: bool = False


@dataclass(frozen=True)
class ScopeDifference:
    """The difference in one account and region.

    Attributes:
        title: The account and region in words.
        changes: The changes, sorted by resource, a set before its destinations.
        not_compared: What could not be compared, in the same order.
        same: How many resources are the same on both sides.
        unresolved: Code that may describe resources, but can't be evaluated.
        hiding: The part of ``unresolved`` that may describe a resource of the other side.
        account_id: The account; None if neither side gives it.
        region: The region; None if neither side gives it.
        accepted: How many resources have only differences that the configuration accepts.
    """

    title: str
    changes: tuple[Change, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    same: int = 0
    unresolved: tuple[Unresolved, ...] = ()
    hiding: frozenset[Unresolved] = frozenset()
    account_id: str | None = None
    region: str | None = None
    accepted: int = 0

    @property
    def compared(self) -> int:
        """How many resources were compared completely, the same or not."""
        gaps = self.gaps
        changed = sum(change.resource not in gaps for change in self.changes)
        return self.same + self.accepted + changed

    @property
    def gaps(self) -> dict[Identity, NotCompared]:
        """The resources that were not, or not completely, compared; each with the first reason."""
        gaps: dict[Identity, NotCompared] = {}
        for item in self.not_compared:
            if item.is_gap:
                gaps.setdefault(item.resource, item)
        return gaps


@dataclass(frozen=True)
class Accepted:
    """A difference or a gap that the configuration accepts.

    Attributes:
        scope: The account and region in words.
        name: The resource (``SET`` or ``SET/DESTINATION``), or its name in code.
        property: The API's path of the value, or ``added``, ``removed``, ``renamed``, ``not
            compared`` for the whole resource.
        value: The value on the newer side; ``ABSENT`` if there is none.
        reason: The reason in the configuration.
        until: The last day on which it is accepted; None for no end.
    """

    scope: str
    name: str
    property: str
    value: Any
    reason: str
    until: date | None = None


@dataclass(frozen=True)
class Coverage:
    """How many resources were compared, and how many were not, or not completely.

    An account and region that could not be read counts as one resource, because their number is
    unknown. A resource is not compared if its name, target or event types can't be evaluated, or if
    the live side was not read for its account and region.
    Values that the tool computes, the code leaves open or the format doesn't support don't matter.
    """

    compared: int
    not_compared: int

    @property
    def resources(self) -> int:
        """The number of resources."""
        return self.compared + self.not_compared

    @property
    def is_whole(self) -> bool:
        """Whether all were compared."""
        return not self.not_compared


@dataclass(frozen=True)
class Difference:
    """The difference between two sides.

    Attributes:
        old: The older side in words (``terraform infra``).
        new: The newer side in words (``live``).
        scopes: The differences by account and region.
        notes: Notes for the person.
        accepted: Differences and gaps that the configuration accepts; they don't count.
        unread: Sets that could not be read, and so were not compared.
        ancestor: The common ancestor in words; empty if there is none.
    """

    old: str
    new: str
    scopes: tuple[ScopeDifference, ...]
    notes: tuple[Said, ...] = ()
    unread: tuple[ReadFailure, ...] = field(default=())
    accepted: tuple[Accepted, ...] = ()
    ancestor: str = ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes."""
        return tuple(change for scope in self.scopes for change in scope.changes)

    @property
    def not_compared(self) -> tuple[NotCompared, ...]:
        """Everything that could not be compared."""
        return tuple(item for scope in self.scopes for item in scope.not_compared)

    @property
    def unresolved(self) -> tuple[Unresolved, ...]:
        """Code that may describe resources, but can't be evaluated; each place once."""
        # Code that may be of any account and region is in each scope.
        return tuple(dict.fromkeys(each for scope in self.scopes for each in scope.unresolved))

    @property
    def coverage(self) -> Coverage:
        """How many resources were compared, and how many not."""
        hiding = {each for scope in self.scopes for each in scope.hiding}
        gaps = sum(len(scope.gaps) for scope in self.scopes)
        return Coverage(
            compared=sum(scope.compared for scope in self.scopes),
            # Unresolved code that fits no known resource counts as one more resource.
            not_compared=gaps
            + sum(each not in hiding for each in self.unresolved)
            + len(self.unread),
        )

    def is_different(self, *, strict: bool, origins: Collection[Origin] = ()) -> bool:
        """Whether the sides differ.

        Args:
            strict: Whether what could not be compared counts, too.
            origins: The origins that count, besides unknown ones; empty for all.
        """
        counted = {None, *origins} if origins else {None, *Origin}
        if any(origins_of(change) & counted for change in self.changes):
            return True
        return strict and bool(self.not_compared or self.unresolved)


def value_changes(old: Any, new: Any, path: str) -> Iterator[ValueChange]:
    """Yield the differences between two JSON values, sorted by path, with paths below ``path``."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            below = f"{path}.{name}" if path else name
            yield from value_changes(old.get(name), new.get(name), below)
    elif msgspec.json.encode(old) != msgspec.json.encode(new):
        # Compare text, because in Python 1 == True, also inside lists.
        yield ValueChange(path, old, new)
