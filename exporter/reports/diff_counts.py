"""Count differences, and describe the counts in words."""

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
    """What happened to a resource, in the order of the counts."""

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

_MEANINGLESS_TITLES = ("", "unknown account")


@dataclass(frozen=True)
class Counts:
    """All counts of a difference.

    Attributes:
        kinds: Changed resources of each kind, including 0.
        classes: What could not be compared, for each reason, including 0.
        remarks: Those of them whose resource was compared nevertheless.
        origins: Changed resources by the origin of the change, including 0.
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
        """The number of resources that differ."""
        return sum(self.kinds.values())


def kind_of(change: Change) -> ChangeKind:
    """Return what happened to the resource."""
    return _KINDS[type(change)]


def counts_of(difference: Difference) -> Counts:
    """Count a difference."""
    kinds = Counter(map(kind_of, difference.changes))
    classes = Counter(entry.why for entry in difference.not_compared)
    remarks = Counter(entry.why for entry in difference.not_compared if not entry.is_gap)
    origins = Counter(origin for entry in difference.changes for origin in origins_of(entry))
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


def numbers(counts: Mapping[Any, int]) -> str:
    """List the counts that are not 0: ``2 added, 1 removed``."""
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number)


def describe_coverage(counts: Counts) -> str:
    """Describe how much was compared: ``compared 40 of 52 resources; 12 not compared``."""
    coverage = counts.coverage
    text = f"compared {coverage.compared} of {count(coverage.resources, 'resource')}"
    return text if coverage.is_whole else f"{text}; {coverage.not_compared} not compared"


def describe_changes(counts: Counts, *, strict: bool) -> str:
    """Describe what changed; "no difference" only if everything was compared."""
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
    """Describe what changed and what did not, in one line."""
    changes, rest = describe_changes(counts, strict=strict), describe_rest(counts)
    if not rest:
        return changes
    return f"{changes}; {rest}" if counts.changes else f"{changes}: {rest}"


def describe_rest(counts: Counts) -> str:
    """Describe everything except changes: ``14 unchanged; 2 left open, 1 not comparable``."""
    same = f"{counts.same} unchanged"
    if not counts.changes:
        same = f"{count(counts.same, 'resource')} unchanged"
    if not counts.coverage.compared and counts.coverage.not_compared:
        same = ""
    accepted = f"{counts.accepted} accepted" if counts.accepted else ""
    unread = f"{counts.unread} not read" if counts.unread else ""
    return "; ".join(filter(None, (same, numbers(counts.remarks), accepted, unread)))


def heading_of(difference: Difference, scope: ScopeDifference) -> str:
    """Return the title of a scope; empty if there is only one and it has no account or region."""
    if len(difference.scopes) == 1 and scope.title in _MEANINGLESS_TITLES:
        return ""
    return scope.title
