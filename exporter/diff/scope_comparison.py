"""Compare one account and region of two sides, resource by resource and value by value."""

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
"""If one of these values is unknown, the destination counts as not compared."""


class _Unsupported:
    """The values of one side that the other side's format doesn't support.

    Sets are assessed on demand, because most are the same on both sides.
    """

    def __init__(self, scope: SideScope, judge: Judge | None) -> None:
        self._scope = scope
        self._judge = judge
        self._sets: dict[str, dict[Identity, list[tuple[str, str]]]] = {}

    def reason(self, identity: Identity, path: str) -> str | None:
        """Return why the format doesn't support a value, or the resource if the path is empty.

        None if it does.
        """
        if self._judge is None:
            return None
        name = identity.configuration_set
        if name not in self._sets:
            self._sets[name] = _assessed(self._scope, name, self._judge)
        for lost, reason in self._sets[name].get(identity, ()):
            if not lost or path == lost or path.startswith((f"{lost}.", f"{lost}[")):
                return reason
        return None


def _assessed(scope: SideScope, name: str, judge: Judge) -> dict[Identity, list[tuple[str, str]]]:
    """Return the unsupported paths of a set and its destinations, with reasons.

    An empty path means the whole resource.
    """
    unsupported: dict[Identity, list[tuple[str, str]]] = defaultdict(list)
    items = dict(scope.of_set(name))
    assessment = assess(as_models(replace(scope, items=items)), judge, configuration_sets=True)
    kept = of_scope(assessment.scope).items
    for entry in assessment.entries:
        if not entry.is_loss or entry.effect is Effect.ALTERED:
            continue
        item = kept.get(entry.identity)
        path = _lost_path(entry.path, item.values) if item else ""
        unsupported[entry.identity].append((path, entry.reason))
        for identity in items if entry.effect is Effect.SET else ():
            unsupported[identity].append(("", entry.reason))
    return unsupported


def _lost_path(path: str, kept: Tree) -> str:
    """Return the part of a path that is missing in the kept values, from the top."""
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
    """The comparison of one scope of each side.

    Attributes:
        not_compared: What could not be compared; set by ``changes`` and ``result``.
    """

    def __init__(
        self, old: Side, new: Side, one: SideScope, other: SideScope, *, unmanaged: bool
    ) -> None:
        self._old, self._new = old, new
        self._one, self._other = one, other
        self._unmanaged = unmanaged
        self._old_lacks = _Unsupported(other, old.judge)
        self._new_lacks = _Unsupported(one, new.judge)
        self._changes: list[Change] = []
        self.not_compared: list[NotCompared] = []
        self._same = 0
        self._hiding: set[Unresolved] = set()
        # The values of added and removed resources that the other side's format supports.
        self._content: dict[tuple[type, Identity], bytes] = {}

    def result(self) -> ScopeDifference:
        """Compare the scopes, and return the difference."""
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
        """Compare the scopes, and return the changes; a rename is a removal and an addition."""
        for identity in sorted(self._to_compare(), key=lambda identity: identity.names):
            before, after = self._one.items.get(identity), self._other.items.get(identity)
            if before and after:
                self._both(identity, before, after)
            elif after:
                self._only_new(identity, after)
            elif before:
                self._only_old(identity, before)
        return self._changes

    def _to_compare(self) -> set[Identity]:
        """Return the resources that aren't certainly the same; most usually are."""
        to_compare = set(self._other.items) - set(self._one.items)
        for identity, before in self._one.items.items():
            after = self._other.items.get(identity)
            if after is not None and before.is_certainly(after):
                self._same += 1
            else:
                to_compare.add(identity)
        return to_compare

    def _only_new(self, identity: Identity, item: Item) -> None:
        gap = self._absence(identity, item, self._old, self._one, self._old_lacks)
        if gap is not None:
            self.not_compared.append(gap)
        elif self._unmanaged or not self._old.is_code or self._new.is_code:
            self._changes.append(Added(identity, known_parts(item.values), item.at))
            self._content[Added, identity] = codec.as_text(
                _supported(identity, item.values, self._old_lacks)
            )

    def _only_old(self, identity: Identity, item: Item) -> None:
        gap = self._absence(identity, item, self._new, self._other, self._new_lacks)
        if gap is not None:
            self.not_compared.append(gap)
        elif self._unmanaged or not self._new.is_code or self._old.is_code:
            self._changes.append(Removed(identity, known_parts(item.values), item.at))
            self._content[Removed, identity] = codec.as_text(
                _supported(identity, item.values, self._new_lacks)
            )

    def _absence(
        self, identity: Identity, item: Item, side: Side, scope: SideScope, lacks: _Unsupported
    ) -> NotCompared | None:
        """Return why the absence of a resource on a side is not a change; None if it is."""
        values = known_parts(item.values)
        reason = lacks.reason(identity, "")
        if reason is not None:
            return NotCompared(
                NotComparedReason.NOT_COMPARABLE, identity, "", values, reason, item.at
            )
        is_set = identity.event_destination is None
        if is_set and (not side.has_sets or identity.configuration_set in scope.mentioned):
            reason = (
                "its options are not in the code" if side.is_code else "its options were not read"
            )
            # Code may leave the options to others, but a set that was not read is a gap.
            why = NotComparedReason.LEFT_OPEN
            return NotCompared(why, identity, "", values, reason, item.at, is_gap=not side.is_code)
        candidates = [each for each in scope.unresolved if each.reach.holds(identity)]
        if candidates:
            self._hiding.update(candidates)
            why = NotComparedReason.UNKNOWN
            return NotCompared(why, identity, "", values, _UNNAMED, item.at, is_gap=True)
        return None

    def _both(self, identity: Identity, before: Item, after: Item) -> None:
        values: list[ValueChange] = []
        at = before.at or after.at
        is_complete = True
        for result in self._values(identity, before.values, after.values, ""):
            if isinstance(result, NotCompared):
                self.not_compared.append(replace(result, at=at))
                is_complete &= not result.is_gap
            else:
                values.append(result)
        if values:
            self._changes.append(Changed(identity, tuple(values), at))
        elif is_complete:
            self._same += 1

    def _values(
        self, identity: Identity, old: Any, new: Any, path: str
    ) -> Iterator[ValueChange | NotCompared]:
        if isinstance(old, Unknown) or isinstance(new, Unknown):
            unknown, known = (old, new) if isinstance(old, Unknown) else (new, old)
            if isinstance(known, str) and not unknown.pattern.fits(known):
                # The known parts show that the values differ.
                pattern = "*".join(unknown.pattern.stretches)
                yield ValueChange(path, *((pattern, new) if unknown is old else (old, pattern)))
                return
            # A value that the code ignores, and the other side doesn't have, needs no mention.
            if known is not ABSENT or unknown.cause is not UnknownCause.IGNORED:
                yield _not_known(identity, path, unknown, known)
            return
        excused = self._excused(identity, old, new, path)
        if excused is not None:
            yield excused
        elif _is_tree(old) and _is_tree(new) and (old or new):
            for name in sorted({*(old or {}), *(new or {})}):
                below = _join(path, name)
                yield from self._values(
                    identity, (old or {}).get(name), (new or {}).get(name), below
                )
        elif part := _unknown_part(old) or _unknown_part(new):
            yield _not_known(identity, path, part, ABSENT)
        elif codec.as_text(old) != codec.as_text(new):
            yield ValueChange(path, old, new)

    def _excused(self, identity: Identity, old: Any, new: Any, path: str) -> NotCompared | None:
        """Return why the absence of a value on one side is not a change; None if it is."""
        for value, other, side, lacks in (
            (old, new, self._old, self._old_lacks),
            (new, old, self._new, self._new_lacks),
        ):
            if value is not ABSENT or other is ABSENT or not path:
                continue
            reason = lacks.reason(identity, path)
            if reason is not None:
                return NotCompared(
                    NotComparedReason.NOT_COMPARABLE, identity, path, known_parts(other), reason
                )
            if side.is_open(path):
                return NotCompared(
                    NotComparedReason.LEFT_OPEN, identity, path, known_parts(other), _LEFT_OPEN
                )
        return None


def _unknown_part(value: Any) -> Unknown | None:
    """Return that a part of a list is unknown, with the most important cause; None if none is."""
    causes = {each.cause for each in unknowns(value)}
    if not causes:
        return None
    return Unknown(_PART, next(cause for cause in UnknownCause if cause in causes))


def _not_known(identity: Identity, path: str, unknown: Unknown, known: Any) -> NotCompared:
    """Return a value that is unknown on one side, with the value of the other side."""
    is_invalid = unknown.cause is UnknownCause.INVALID
    is_unevaluated = unknown.cause is UnknownCause.NOT_EVALUATED
    is_gap = is_invalid or (is_unevaluated and path.startswith(_DECISIVE))
    why = (
        NotComparedReason.LEFT_OPEN
        if unknown.cause is UnknownCause.IGNORED
        else NotComparedReason.UNKNOWN
    )
    reason = f"invalid in the code: {unknown.reason}" if is_invalid else unknown.reason
    return NotCompared(why, identity, path, known_parts(known), reason, is_gap=is_gap)


def _is_tree(value: Any) -> bool:
    return value is ABSENT or isinstance(value, dict)


def _join(path: str, name: str) -> str:
    if path == "Tags":
        return f"Tags[{name}]"
    return f"{path}.{name}" if path else name


def known_parts(value: Any) -> Any:
    """Return a value without the parts that can't be evaluated."""
    if isinstance(value, Unknown):
        return ABSENT
    if isinstance(value, dict):
        return {name: known_parts(item) for name, item in value.items() if not has_unknown(item)}
    return ABSENT if has_unknown(value) else value


def _supported(identity: Identity, values: Tree, lacks: _Unsupported, path: str = "") -> Tree:
    """Return a tree without unknown values, and those that the other side doesn't support."""
    supported: dict[str, Any] = {}
    for name, value in values.items():
        below = _join(path, name)
        if has_unknown(value) or lacks.reason(identity, below) is not None:
            continue
        kept = _supported(identity, value, lacks, below) if isinstance(value, dict) else value
        if kept != {}:
            supported[name] = kept
    return supported
