"""Two descriptions of SES compared: typed changes, not lines of text.

A description may be partial. Code need not say every option (*left open*), a format cannot hold
every option (*not comparable*), and code may hold expressions that cannot be evaluated
(*unknown*). None of these is equal to a value, and none is a change.

How much of it is known is its coverage, counted in resources: "no difference" is only true where
all of them were compared.
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
"""What stands on a side that has nothing at a path."""

Tree = Mapping[str, Any]
"""A set without its name and destinations, or a destination without its name, as the API's JSON."""


class Origin(StrEnum):
    """Which side has moved away from the common ancestor."""

    DRIFT = "drift"
    """The newer one: somebody changed the account."""
    PENDING = "pending"
    """The older one: somebody changed the code, and it is not applied."""
    CONFLICT = "conflict"
    """Both."""


@dataclass(frozen=True)
class ValueChange:
    """A value that is not the same on both sides.

    Attributes:
        path: The API's name of the value, below its resource (``SnsDestination.TopicArn``).
        old: Its JSON value on the older side; ``ABSENT`` where there is none.
        new: That on the newer side.
        origin: Whose change it is; None where no ancestor tells.
    """

    path: str
    old: Any
    new: Any
    origin: Origin | None = None


@dataclass(frozen=True)
class Added:
    """A resource that only the newer side has; ``at`` is where its code stands, if it is code."""

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
    """A resource of one content under another name."""

    resource: Identity
    new: Identity
    at: str = ""
    origin: Origin | None = None


@dataclass(frozen=True)
class Changed:
    """A resource of both sides, with every value that differs, in order of the paths."""

    resource: Identity
    values: tuple[ValueChange, ...]
    at: str = ""


Change = Added | Removed | Renamed | Changed


def origins_of(change: Change) -> frozenset[Origin | None]:
    """Whose change it is; of several values it may be one side's here and the other's there."""
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
    """What could not be compared.

    Attributes:
        why: The class that it belongs to.
        resource: What it is about.
        path: The API's name of the value; empty for the resource as a whole.
        value: What the side says that says something; ``ABSENT`` when none does.
        reason: Why, as the end of a sentence.
        at: Where its code stands, if it is code.
        is_gap: Whether its resource counts as not compared.
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
    """What differs in one account and region.

    Attributes:
        title: The account and region in words.
        changes: In order of the resources: a set before its destinations.
        not_compared: What could not be compared, in the same order.
        same: How many resources are the same on both sides.
        unresolved: What of the code may be resources that cannot be told.
        hiding: Those of them that a resource of the other side may be.
        account_id: The account; None where no side says it.
        region: The region; None where no side says it.
        accepted: How many resources differ in nothing but what the configuration accepts.
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
        """How many resources were compared wholly, the same or not."""
        gaps = self.gaps
        changed = sum(change.resource not in gaps for change in self.changes)
        return self.same + self.accepted + changed

    @property
    def gaps(self) -> dict[Identity, NotCompared]:
        """The resources that were not compared, or not wholly, each with the first reason."""
        found: dict[Identity, NotCompared] = {}
        for each in self.not_compared:
            if each.is_gap:
                found.setdefault(each.resource, each)
        return found


@dataclass(frozen=True)
class Accepted:
    """A difference or a gap that the configuration accepts.

    Attributes:
        scope: The account and region in words.
        name: The resource (``SET`` or ``SET/DESTINATION``), or what the code calls it.
        property: The API's path of the value, or ``added``, ``removed``, ``renamed``, ``not
            compared`` for the resource as a whole.
        value: The newer side's; ``ABSENT`` where it has none.
        reason: Why, in the words of whoever accepted it.
        until: The last day on which it holds, if it ends.
    """

    scope: str
    name: str
    property: str
    value: Any
    reason: str
    until: date | None = None


@dataclass(frozen=True)
class Coverage:
    """How many resources were compared, and how many were not or not wholly.

    Of an account and region that could not be read nobody knows how many there are: it counts as
    one.
    What the engine computes, the code leaves open or the format cannot hold does not count against
    a resource; a name, a target or event types that cannot be evaluated do.
    """

    compared: int
    not_compared: int

    @property
    def resources(self) -> int:
        """How many there are."""
        return self.compared + self.not_compared

    @property
    def is_whole(self) -> bool:
        """Whether all were compared."""
        return not self.not_compared


@dataclass(frozen=True)
class Difference:
    """What differs between two sides.

    Attributes:
        old: The older side in words (``terraform infra``).
        new: The newer one (``live``).
        scopes: Each account and region that a side holds, in order.
        notes: What else must be said.
        accepted: Differences and gaps that the configuration accepts, which count no more.
        unread: Sets that could not be read, and so were not compared.
        ancestor: The side by which it is told whose change each is; empty without one.
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
        """Every change."""
        return tuple(change for scope in self.scopes for change in scope.changes)

    @property
    def not_compared(self) -> tuple[NotCompared, ...]:
        """All that could not be compared."""
        return tuple(each for scope in self.scopes for each in scope.not_compared)

    @property
    def unresolved(self) -> tuple[Unresolved, ...]:
        """What of the code may be resources that cannot be told, each once."""
        # What may be of any account and region is said by each scope.
        return tuple(dict.fromkeys(each for scope in self.scopes for each in scope.unresolved))

    @property
    def coverage(self) -> Coverage:
        """How much was compared."""
        hiding = {each for scope in self.scopes for each in scope.hiding}
        gaps = sum(len(scope.gaps) for scope in self.scopes)
        return Coverage(
            compared=sum(scope.compared for scope in self.scopes),
            # What no known resource may be is one more that was not compared.
            not_compared=gaps
            + sum(each not in hiding for each in self.unresolved)
            + len(self.unread),
        )

    def is_different(self, *, strict: bool, origins: Collection[Origin] = ()) -> bool:
        """Whether anything differs; strictly, also whether anything could not be compared.

        Args:
            strict: Whether that counts too.
            origins: Whose changes count, beside those of which nobody can tell; empty for all.
        """
        counted = {None, *origins} if origins else {None, *Origin}
        if any(origins_of(change) & counted for change in self.changes):
            return True
        return strict and bool(self.not_compared or self.unresolved)


def value_changes(old: Any, new: Any, path: str) -> Iterator[ValueChange]:
    """What differs between two JSON values, in order of the paths below ``path``."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            below = f"{path}.{name}" if path else name
            yield from value_changes(old.get(name), new.get(name), below)
    elif msgspec.json.encode(old) != msgspec.json.encode(new):
        # As text: to Python, 1 and true are equal, within lists too.
        yield ValueChange(path, old, new)
