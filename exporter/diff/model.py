"""Two descriptions of SES compared: typed changes, not lines of text.

A description may be partial. Code need not say every option (*left open*), a format cannot hold
every option (*not comparable*), and code may hold expressions that nobody here can evaluate
(*unknown*). None of these is equal to a value, and none is a change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure

ABSENT = None
"""What stands on a side that has nothing at a path."""

Tree = Mapping[str, Any]
"""A set without its name and destinations, or a destination without its name, as the API's JSON."""


@dataclass(frozen=True)
class ValueChange:
    """A value that is not the same on both sides.

    Attributes:
        path: The API's name of the value, below its resource (``SnsDestination.TopicArn``).
        old: Its JSON value on the older side; ``ABSENT`` where there is none.
        new: That on the newer side.
    """

    path: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Added:
    """A resource that only the newer side has; ``at`` is where its code stands, if it is code."""

    resource: Identity
    values: Tree
    at: str = ""


@dataclass(frozen=True)
class Removed:
    """A resource that only the older side has."""

    resource: Identity
    values: Tree
    at: str = ""


@dataclass(frozen=True)
class Renamed:
    """A resource of one content under another name."""

    resource: Identity
    new: Identity
    at: str = ""


@dataclass(frozen=True)
class Changed:
    """A resource of both sides, with every value that differs, in order of the paths."""

    resource: Identity
    values: tuple[ValueChange, ...]
    at: str = ""


Change = Added | Removed | Renamed | Changed


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
    """

    why: NotComparedReason
    resource: Identity
    path: str
    value: Any
    reason: str


@dataclass(frozen=True)
class ScopeDifference:
    """What differs in one account and region.

    Attributes:
        title: The account and region in words.
        changes: In order of the resources: a set before its destinations.
        asides: What could not be compared, in the same order.
        same: How many resources are the same on both sides.
        unresolved: Resources and modules of code that could not be evaluated, not even by name,
            a sentence each.
    """

    title: str
    changes: tuple[Change, ...] = ()
    asides: tuple[NotCompared, ...] = ()
    same: int = 0
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """What differs between two sides.

    Attributes:
        old: The older side in words (``terraform infra``).
        new: The newer one (``live``).
        scopes: Each account and region that a side holds, in order.
        notes: What else must be said.
        unread: Sets that could not be read, and so were not compared.
    """

    old: str
    new: str
    scopes: tuple[ScopeDifference, ...]
    notes: tuple[str, ...] = ()
    unread: tuple[ReadFailure, ...] = field(default=())

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change."""
        return tuple(change for scope in self.scopes for change in scope.changes)

    @property
    def asides(self) -> tuple[NotCompared, ...]:
        """All that could not be compared."""
        return tuple(aside for scope in self.scopes for aside in scope.asides)

    @property
    def unresolved(self) -> int:
        """How much of code could not be evaluated, not even by name."""
        # What may be of any account and region is said by each scope.
        return len({line for scope in self.scopes for line in scope.unresolved})

    def is_different(self, *, strict: bool) -> bool:
        """Whether anything differs; strictly, also whether anything could not be compared."""
        return bool(self.changes) or (strict and bool(self.asides or self.unresolved))


def value_changes(old: Any, new: Any, path: str) -> Iterator[ValueChange]:
    """What differs between two JSON values, in order of the paths below ``path``."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            below = f"{path}.{name}" if path else name
            yield from value_changes(old.get(name), new.get(name), below)
    elif msgspec.json.encode(old) != msgspec.json.encode(new):
        # As text: to Python, 1 and true are equal, within lists too.
        yield ValueChange(path, old, new)
