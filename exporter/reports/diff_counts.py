"""How many of what differs, counted in one place and said in one way."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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


class ChangeKind(StrEnum):
    """What happened to a resource, in the order in which it is counted."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


_KINDS: Mapping[type, ChangeKind] = {
    Added: ChangeKind.ADDED,
    Removed: ChangeKind.REMOVED,
    Changed: ChangeKind.CHANGED,
    Renamed: ChangeKind.RENAMED,
}

_SAYS_NOTHING = ("", "unknown account")


@dataclass(frozen=True)
class Counts:
    """How many there are of everything.

    Attributes:
        kinds: Changed resources of each kind, 0 where there is none.
        asides: What could not be compared, of each class, 0 where there is none.
        same: Resources that are the same on both sides.
        unread: Configuration sets that could not be read.
        unresolved: Resources and modules of code that could not be evaluated.
    """

    kinds: Mapping[ChangeKind, int]
    asides: Mapping[NotComparedReason, int]
    same: int
    unread: int
    unresolved: int = 0

    @property
    def changes(self) -> int:
        """How many resources differ."""
        return sum(self.kinds.values())

    @property
    def not_compared(self) -> int:
        """How many things could not be compared."""
        return sum(self.asides.values()) + self.unresolved


def kind_of(change: Change) -> ChangeKind:
    """What happened to the resource."""
    return _KINDS[type(change)]


def counts_of(difference: Difference) -> Counts:
    """Count a difference."""
    kinds = Counter(map(kind_of, difference.changes))
    asides = Counter(aside.why for aside in difference.asides)
    return Counts(
        kinds={kind: kinds[kind] for kind in ChangeKind},
        asides={why: asides[why] for why in NotComparedReason},
        same=sum(scope.same for scope in difference.scopes),
        unread=len(difference.unread),
        unresolved=difference.unresolved,
    )


def numbers(found: Mapping[ChangeKind, int] | Mapping[NotComparedReason, int]) -> str:
    """``2 added, 1 removed``; empty when there is none."""
    return ", ".join(f"{number} {name}" for name, number in found.items() if number)


def changes_said(counts: Counts, *, strict: bool) -> str:
    """What changed; strictly, no difference is said only where all could be compared."""
    if counts.changes:
        return numbers(counts.kinds)
    if strict and counts.not_compared:
        return "nothing changed, but not all could be compared"
    return "no difference"


def rest_said(counts: Counts) -> str:
    """All that is no change: ``14 the same; 2 left open, 1 not comparable``."""
    same = f"{counts.same} the same"
    if not counts.changes:
        same = f"{counts.same} resource{' is' if counts.same == 1 else 's are'} the same"
    unread = f"{counts.unread} not read" if counts.unread else ""
    unresolved = f"{counts.unresolved} cannot be evaluated" if counts.unresolved else ""
    return "; ".join(filter(None, (same, numbers(counts.asides), unresolved, unread)))


def heading_of(difference: Difference, scope: ScopeDifference) -> str:
    """The title of a scope where it is worth saying; else it is empty."""
    if len(difference.scopes) == 1 and scope.title in _SAYS_NOTHING:
        return ""
    return scope.title
