"""One account and region of two sides: resource by resource, value by value."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from exporter.diff import side_selection
from exporter.diff.model import (
    ABSENT,
    Added,
    Change,
    Changed,
    NotCompared,
    NotComparedReason,
    Removed,
    ScopeDifference,
    Tree,
    ValueChange,
)
from exporter.diff.renaming import with_renames
from exporter.diff.side import (
    Item,
    Side,
    SideScope,
    as_models,
    has_unknown,
    of_scope,
    unknowns,
)
from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.fidelity import Effect, Judge, assess
from exporter.formats.unresolved import Unresolved
from exporter.model import codec
from exporter.model.identities import Identity

_LEFT_OPEN = "not written in the code, so it may have any value"
_UNNAMED = "it may be one of those whose names are unknown in the code"
_PART = "a part of it cannot be evaluated"
_DECISIVE = ("MatchingEventTypes", *side_selection.KINDS)
"""The values without which a destination is not compared: what it publishes, and where to."""


class _Lost:
    """What of one side the other side's format cannot hold; a set is judged when it is asked for.

    Most sets are the same on both sides, and then nobody asks.
    """

    def __init__(self, scope: SideScope, judge: Judge | None) -> None:
        self._scope = scope
        self._judge = judge
        self._sets: dict[str, dict[Identity, list[tuple[str, str]]]] = {}

    def reason(self, who: Identity, path: str) -> str | None:
        """Why a value, or the whole resource where the path is empty, is not in the code.

        None when it could be.
        """
        if self._judge is None:
            return None
        name = who.configuration_set
        if name not in self._sets:
            self._sets[name] = _judged(self._scope, name, self._judge)
        for lost, reason in self._sets[name].get(who, ()):
            if not lost or path == lost or path.startswith((f"{lost}.", f"{lost}[")):
                return reason
        return None


def _judged(scope: SideScope, name: str, judge: Judge) -> dict[Identity, list[tuple[str, str]]]:
    """What a format cannot hold of one set: paths with reasons, an empty one for the whole."""
    found: dict[Identity, list[tuple[str, str]]] = defaultdict(list)
    items = dict(scope.of_set(name))
    assessment = assess(as_models(replace(scope, items=items)), judge, configuration_sets=True)
    kept = of_scope(assessment.scope).items
    for entry in assessment.entries:
        if not entry.is_loss or entry.effect is Effect.ALTERED:
            continue
        there = kept.get(entry.identity)
        path = _lost_at(entry.path, there.values) if there else ""
        found[entry.identity].append((path, entry.reason))
        for who in items if entry.effect is Effect.SET else ():
            found[who].append(("", entry.reason))
    return found


def _lost_at(path: str, kept: Tree) -> str:
    """What is lost where a format cannot hold a value: the most that holds it and was not kept."""
    if path.startswith("Tags["):
        return path.removesuffix(".Key").removesuffix(".Value")
    below: Any = kept
    names: list[str] = []
    for part in path.split("."):
        names.append(part.partition("[")[0])
        if not isinstance(below, Mapping) or names[-1] not in below:
            return ".".join(names)
        below = below[names[-1]]
    return path


class ScopeComparison:
    """One scope of each side.

    Attributes:
        not_compared: What could not be compared, once it was.
    """

    def __init__(
        self, old: Side, new: Side, one: SideScope, other: SideScope, *, unmanaged: bool
    ) -> None:
        self._old, self._new = old, new
        self._one, self._other = one, other
        self._unmanaged = unmanaged
        self._old_lacks = _Lost(other, old.judge)
        self._new_lacks = _Lost(one, new.judge)
        self._changes: list[Change] = []
        self.not_compared: list[NotCompared] = []
        self._same = 0
        self._hiding: set[Unresolved] = set()
        # What an added or removed resource holds, as far as the other side could hold it.
        self._content: dict[tuple[type, Identity], bytes] = {}

    def made(self) -> ScopeDifference:
        """The whole difference."""
        changes = with_renames(self.changes(), self._content)
        return ScopeDifference(
            self._other.title if self._other.account_id else self._one.title,
            tuple(sorted(changes, key=lambda change: change.resource.names)),
            tuple(self.not_compared),
            self._same,
            (*self._one.unresolved, *self._other.unresolved),
            frozenset(self._hiding),
            self._other.account_id or self._one.account_id,
            self._other.region or self._one.region,
        )

    def changes(self) -> list[Change]:
        """Every change by its name on its side: a renaming is a removal and an addition."""
        for who in sorted(self._doubtful(), key=lambda who: who.names):
            before, after = self._one.items.get(who), self._other.items.get(who)
            if before and after:
                self._both(who, before, after)
            elif after:
                self._only_new(who, after)
            elif before:
                self._only_old(who, before)
        return self._changes

    def _doubtful(self) -> set[Identity]:
        """All that is not the same beyond doubt; most resources of most comparisons are."""
        found = set(self._other.items) - set(self._one.items)
        for who, before in self._one.items.items():
            after = self._other.items.get(who)
            if after is not None and before.is_surely(after):
                self._same += 1
            else:
                found.add(who)
        return found

    def _only_new(self, who: Identity, item: Item) -> None:
        gap = self._absence(who, item, self._old, self._one, self._old_lacks)
        if gap is not None:
            self.not_compared.append(gap)
        elif self._unmanaged or not self._old.is_code or self._new.is_code:
            self._changes.append(Added(who, _shown(item.values), item.at))
            self._content[Added, who] = codec.as_text(_within(who, item.values, self._old_lacks))

    def _only_old(self, who: Identity, item: Item) -> None:
        gap = self._absence(who, item, self._new, self._other, self._new_lacks)
        if gap is not None:
            self.not_compared.append(gap)
        elif self._unmanaged or not self._new.is_code or self._old.is_code:
            self._changes.append(Removed(who, _shown(item.values), item.at))
            self._content[Removed, who] = codec.as_text(_within(who, item.values, self._new_lacks))

    def _absence(
        self, who: Identity, item: Item, side: Side, scope: SideScope, lacks: _Lost
    ) -> NotCompared | None:
        """Why a resource that a side does not have is no change; None when it is one."""
        values = _shown(item.values)
        reason = lacks.reason(who, "")
        if reason is not None:
            return NotCompared(NotComparedReason.NOT_COMPARABLE, who, "", values, reason, item.at)
        is_set = who.event_destination is None
        if is_set and (not side.has_sets or who.configuration_set in scope.mentioned):
            said = (
                "its options are not in the code" if side.is_code else "its options were not read"
            )
            # What is in no code is nobody's gap; what was not read is.
            why = NotComparedReason.LEFT_OPEN
            return NotCompared(why, who, "", values, said, item.at, is_gap=not side.is_code)
        holders = [each for each in scope.unresolved if each.reach.holds(who)]
        if holders:
            self._hiding.update(holders)
            why = NotComparedReason.UNKNOWN
            return NotCompared(why, who, "", values, _UNNAMED, item.at, is_gap=True)
        return None

    def _both(self, who: Identity, before: Item, after: Item) -> None:
        values: list[ValueChange] = []
        at = before.at or after.at
        is_whole = True
        for found in self._values(who, before.values, after.values, ""):
            if isinstance(found, NotCompared):
                self.not_compared.append(replace(found, at=at))
                is_whole &= not found.is_gap
            else:
                values.append(found)
        if values:
            self._changes.append(Changed(who, tuple(values), at))
        elif is_whole:
            self._same += 1

    def _values(
        self, who: Identity, old: Any, new: Any, path: str
    ) -> Iterator[ValueChange | NotCompared]:
        if isinstance(old, Unknown) or isinstance(new, Unknown):
            unknown, known = (old, new) if isinstance(old, Unknown) else (new, old)
            if isinstance(known, str) and not unknown.pattern.fits(known):
                # What is known of it in part tells enough: it is another value.
                told = "*".join(unknown.pattern.stretches)
                yield ValueChange(path, *((told, new) if unknown is old else (old, told)))
                return
            # What the code leaves as it is, and what is not there, is nothing to speak of.
            if known is not ABSENT or unknown.cause is not UnknownCause.IGNORED:
                yield _not_known(who, path, unknown, known)
            return
        excused = self._excused(who, old, new, path)
        if excused is not None:
            yield excused
        elif _is_tree(old) and _is_tree(new) and (old or new):
            for name in sorted({*(old or {}), *(new or {})}):
                below = _join(path, name)
                yield from self._values(who, (old or {}).get(name), (new or {}).get(name), below)
        elif part := _unknown_part(old) or _unknown_part(new):
            yield _not_known(who, path, part, ABSENT)
        elif codec.as_text(old) != codec.as_text(new):
            yield ValueChange(path, old, new)

    def _excused(self, who: Identity, old: Any, new: Any, path: str) -> NotCompared | None:
        """Why a value that one side does not have is no change; None when it is one."""
        for value, other, side, lacks in (
            (old, new, self._old, self._old_lacks),
            (new, old, self._new, self._new_lacks),
        ):
            if value is not ABSENT or other is ABSENT or not path:
                continue
            reason = lacks.reason(who, path)
            if reason is not None:
                return NotCompared(
                    NotComparedReason.NOT_COMPARABLE, who, path, _shown(other), reason
                )
            if side.is_open(path):
                return NotCompared(
                    NotComparedReason.LEFT_OPEN, who, path, _shown(other), _LEFT_OPEN
                )
        return None


def _unknown_part(value: Any) -> Unknown | None:
    """That a part of a list is unknown, for the cause that counts most; None where none is."""
    causes = {each.cause for each in unknowns(value)}
    if not causes:
        return None
    return Unknown(_PART, next(cause for cause in UnknownCause if cause in causes))


def _not_known(who: Identity, path: str, unknown: Unknown, known: Any) -> NotCompared:
    """A value that one side leaves unknown, and what the other one says."""
    is_invalid = unknown.cause is UnknownCause.INVALID
    is_unevaluated = unknown.cause is UnknownCause.NOT_EVALUATED
    is_gap = is_invalid or (is_unevaluated and path.startswith(_DECISIVE))
    why = (
        NotComparedReason.LEFT_OPEN
        if unknown.cause is UnknownCause.IGNORED
        else NotComparedReason.UNKNOWN
    )
    said = f"invalid in the code: {unknown.reason}" if is_invalid else unknown.reason
    return NotCompared(why, who, path, _shown(known), said, is_gap=is_gap)


def _is_tree(value: Any) -> bool:
    return value is ABSENT or isinstance(value, dict)


def _join(path: str, name: str) -> str:
    if path == "Tags":
        return f"Tags[{name}]"
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> Any:
    """A value without what cannot be evaluated."""
    if isinstance(value, Unknown):
        return ABSENT
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items() if not has_unknown(item)}
    return ABSENT if has_unknown(value) else value


def _within(who: Identity, values: Tree, lost: _Lost, path: str = "") -> Tree:
    """A tree without what the other side's format cannot hold; what is unknown is not there."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        below = _join(path, name)
        if has_unknown(value) or lost.reason(who, below) is not None:
            continue
        kept = _within(who, value, lost, below) if isinstance(value, dict) else value
        if kept != {}:
            found[name] = kept
    return found
