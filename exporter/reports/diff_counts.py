"""How many of what differs, counted in one place and said in one way."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exporter.diff.model import (
    Added,
    Change,
    Changed,
    Coverage,
    Difference,
    NotComparedReason,
    Origin,
    Removed,
    Renamed,
    ScopeDifference,
    origins_of,
)
from exporter.support.text import count


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
        classes: What could not be compared, of each class, 0 where there is none.
        remarks: Those of them for which the resource was compared all the same.
        origins: Changed resources by whose change it is, 0 where there is none.
        accepted: Differences and gaps that the configuration accepts.
        same: Resources that are the same on both sides.
        unread: Configuration sets that could not be read.
        unresolved: Resources and modules of code that could not be evaluated.
        coverage: How many resources were compared, and how many not.
    """

    kinds: Mapping[ChangeKind, int]
    classes: Mapping[NotComparedReason, int]
    remarks: Mapping[NotComparedReason, int]
    origins: Mapping[Origin, int]
    accepted: int
    same: int
    unread: int
    unresolved: int
    coverage: Coverage

    @property
    def changes(self) -> int:
        """How many resources differ."""
        return sum(self.kinds.values())


def kind_of(change: Change) -> ChangeKind:
    """What happened to the resource."""
    return _KINDS[type(change)]


def counts_of(difference: Difference) -> Counts:
    """Count a difference."""
    kinds = Counter(map(kind_of, difference.changes))
    classes = Counter(each.why for each in difference.not_compared)
    remarks = Counter(each.why for each in difference.not_compared if not each.is_gap)
    origins = Counter(origin for each in difference.changes for origin in origins_of(each))
    return Counts(
        kinds={kind: kinds[kind] for kind in ChangeKind},
        classes={why: classes[why] for why in NotComparedReason},
        remarks={why: remarks[why] for why in NotComparedReason},
        origins={origin: origins[origin] for origin in Origin},
        accepted=len(difference.accepted),
        same=sum(scope.same for scope in difference.scopes),
        unread=len(difference.unread),
        unresolved=len(difference.unresolved),
        coverage=difference.coverage,
    )


def numbers(found: Mapping[Any, int]) -> str:
    """``2 added, 1 removed``; empty when there is none."""
    return ", ".join(f"{number} {name}" for name, number in found.items() if number)


def coverage_said(counts: Counts) -> str:
    """How much was compared: ``compared 40 of 52 resources; 12 not compared``."""
    found = counts.coverage
    said = f"compared {found.compared} of {count(found.resources, 'resource')}"
    return said if found.is_whole else f"{said}; {found.not_compared} not compared"


def changes_said(counts: Counts, *, strict: bool) -> str:
    """What changed; that nothing did is only said of what was compared."""
    if counts.changes:
        origins = numbers(counts.origins)
        return numbers(counts.kinds) + (f" ({origins})" if origins else "")
    if not counts.coverage.is_whole:
        some = counts.coverage.compared
        return "nothing differs in what was compared" if some else "nothing was compared"
    if strict and any(counts.classes.values()):
        return "nothing changed, but not everything could be compared"
    return "no difference"


def verdict(counts: Counts, *, strict: bool) -> str:
    """What changed, and what did not, in one line."""
    said, rest = changes_said(counts, strict=strict), rest_said(counts)
    if not rest:
        return said
    return f"{said}; {rest}" if counts.changes else f"{said}: {rest}"


def rest_said(counts: Counts) -> str:
    """All that is no change: ``14 the same; 2 left open, 1 not comparable``."""
    same = f"{counts.same} unchanged"
    if not counts.changes:
        same = f"{count(counts.same, 'resource')} unchanged"
    if not counts.coverage.compared and counts.coverage.not_compared:
        same = ""
    accepted = f"{counts.accepted} accepted" if counts.accepted else ""
    unread = f"{counts.unread} not read" if counts.unread else ""
    return "; ".join(filter(None, (same, numbers(counts.remarks), accepted, unread)))


def heading_of(difference: Difference, scope: ScopeDifference) -> str:
    """The title of a scope where it is worth saying; else it is empty."""
    if len(difference.scopes) == 1 and scope.title in _SAYS_NOTHING:
        return ""
    return scope.title
