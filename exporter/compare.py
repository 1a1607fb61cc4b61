"""Two sides against each other: what was added, removed, renamed, changed, or not comparable."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from exporter.diff import (
    ABSENT,
    Added,
    Aside,
    Change,
    Changed,
    Difference,
    Removed,
    Renamed,
    ScopeDifference,
    ValueChange,
    Why,
)
from exporter.loaders.code import Unknown
from exporter.naming import Identity
from exporter.render.fidelity import Effect, Judge, assess
from exporter.selection import Selection
from exporter.side import Item, Side, SideScope, as_models, has_unknown

_LEFT_OPEN = "not written in the code, so it may be any"
_UNNAMED = "may be one of those that the code does not write out"


def compare(
    old: Side, new: Side, *, unmanaged: bool = True, selection: Selection | None = None
) -> Difference:
    """What differs between two sides.

    Args:
        old: The code, or the older state.
        new: The live one, or the newer.
        unmanaged: Whether resources that exist but stand in no code are differences.
        selection: Which resources count; None takes all.
    """
    unread = (*old.unread, *new.unread)
    skipped = frozenset(each.name for each in unread)
    found = []
    for one, other in _pairs(old, new):
        sides = (_selected(one, selection, skipped), _selected(other, selection, skipped))
        found.append(_Comparison(old, new, *sides, unmanaged=unmanaged).made())
    notes = (*old.notes, *new.notes, *_pairing_notes(old, new))
    return Difference(old.title, new.title, tuple(found), notes, unread)


def _selected(scope: SideScope, selection: Selection | None, skipped: frozenset[str]) -> SideScope:
    items = {
        who: item
        for who, item in scope.items.items()
        if who.configuration_set not in skipped
        and (not selection or selection.takes(who.configuration_set, who.event_destination))
    }
    return replace(scope, items=items)


def _pairs(old: Side, new: Side) -> Iterator[tuple[SideScope, SideScope]]:
    """The scopes that belong together; one alone on each side does, whatever it says of itself."""
    if len(old.scopes) == 1 and len(new.scopes) == 1:
        yield old.scopes[0], new.scopes[0]
        return
    left = list(new.scopes)
    for one in old.scopes:
        other = next((scope for scope in left if _same_place(one, scope)), None)
        if other is not None:
            left.remove(other)
        yield one, other or SideScope(one.account_id, one.region, {})
    for other in left:
        yield SideScope(other.account_id, other.region, {}), other


def _same_place(one: SideScope, other: SideScope) -> bool:
    """Whether two scopes can be the same account and region; what is not said may be any."""
    accounts = {one.account_id, other.account_id} - {None}
    regions = {one.region, other.region} - {None}
    return len(accounts) <= 1 and len(regions) <= 1


def _pairing_notes(old: Side, new: Side) -> list[str]:
    if len(old.scopes) == 1 and len(new.scopes) == 1:
        one, other = old.scopes[0], new.scopes[0]
        if not _same_place(one, other):
            return [f"{one.title} is compared with {other.title}"]
    return []


@dataclass(frozen=True)
class _Lost:
    """What a format cannot hold of one resource: paths with reasons; the whole when it is empty."""

    paths: tuple[tuple[str, str], ...] = ()

    def reason(self, path: str) -> str | None:
        """Why a value is not in the code; None when it could be."""
        for lost, reason in self.paths:
            if not lost or path == lost or path.startswith((f"{lost}.", f"{lost}[")):
                return reason
        return None


def _losses(scope: SideScope, judge: Judge | None) -> dict[Identity, _Lost]:
    """What of a side the other side's format cannot hold."""
    if judge is None:
        return {}
    found: dict[Identity, list[tuple[str, str]]] = defaultdict(list)
    models = as_models(scope)
    for entry in assess(models, judge, configuration_sets=True).entries:
        if not entry.is_loss or entry.effect is Effect.ALTERED:
            continue
        whole = entry.effect in (Effect.DESTINATION, Effect.SET)
        found[entry.identity].append(("" if whole else entry.path, entry.reason))
        if entry.effect is Effect.SET:
            for who in scope.items:
                if who.configuration_set == entry.configuration_set:
                    found[who].append(("", entry.reason))
    return {who: _Lost(tuple(paths)) for who, paths in found.items()}


class _Comparison:
    """One scope of each side."""

    def __init__(
        self, old: Side, new: Side, one: SideScope, other: SideScope, *, unmanaged: bool
    ) -> None:
        self._old, self._new = old, new
        self._one, self._other = one, other
        self._unmanaged = unmanaged
        self._old_lacks = _losses(other, old.judge)
        self._new_lacks = _losses(one, new.judge)
        self._changes: list[Change] = []
        self._asides: list[Aside] = []
        self._same = 0

    def made(self) -> ScopeDifference:
        """The whole difference."""
        for who in sorted({*self._one.items, *self._other.items}, key=lambda who: who.names):
            before, after = self._one.items.get(who), self._other.items.get(who)
            if before and after:
                self._both(who, before, after)
            elif after:
                self._only_new(who, after)
            elif before:
                self._only_old(who, before)
        changes = sorted(_with_renames(self._changes), key=lambda change: change.resource.names)
        title = self._other.title if self._other.account_id else self._one.title
        return ScopeDifference(title, tuple(changes), tuple(self._asides), self._same)

    def _only_new(self, who: Identity, item: Item) -> None:
        aside = self._absence(who, item, self._old, self._one, self._old_lacks)
        if aside is not None:
            self._asides.append(aside)
        elif self._unmanaged or not self._old.is_code or self._new.is_code:
            self._changes.append(Added(who, _shown(item.values), item.at))

    def _only_old(self, who: Identity, item: Item) -> None:
        aside = self._absence(who, item, self._new, self._other, self._new_lacks)
        if aside is not None:
            self._asides.append(aside)
        elif self._unmanaged or not self._new.is_code or self._old.is_code:
            self._changes.append(Removed(who, _shown(item.values), item.at))

    @staticmethod
    def _absence(
        who: Identity, item: Item, side: Side, scope: SideScope, lacks: Mapping[Identity, _Lost]
    ) -> Aside | None:
        """Why a resource that a side does not have is no change; None when it is one."""
        reason = lacks[who].reason("") if who in lacks else None
        if reason is not None:
            return Aside(Why.NOT_COMPARABLE, who, "", _shown(item.values), reason)
        if who.event_destination is None and who.configuration_set in scope.mentioned:
            said = (
                "its options are not in the code" if side.is_code else "its options were not read"
            )
            return Aside(Why.LEFT_OPEN, who, "", _shown(item.values), said)
        if scope.unknown:
            return Aside(Why.UNKNOWN, who, "", _shown(item.values), _UNNAMED)
        return None

    def _both(self, who: Identity, before: Item, after: Item) -> None:
        values: list[ValueChange] = []
        for found in self._compared(who, before.values, after.values, ""):
            if isinstance(found, Aside):
                self._asides.append(found)
            else:
                values.append(found)
        if values:
            self._changes.append(Changed(who, tuple(values), before.at or after.at))
        else:
            self._same += 1

    def _compared(
        self, who: Identity, old: Any, new: Any, path: str
    ) -> Iterator[ValueChange | Aside]:
        if isinstance(old, Unknown) or isinstance(new, Unknown):
            reason = (old if isinstance(old, Unknown) else new).reason
            known = new if isinstance(old, Unknown) else old
            yield Aside(Why.UNKNOWN, who, path, _shown(known), reason)
        elif _is_tree(old) and _is_tree(new) and (old or new):
            for name in sorted({*(old or {}), *(new or {})}):
                below = _join(path, name)
                yield from self._compared(who, (old or {}).get(name), (new or {}).get(name), below)
        elif has_unknown(old) or has_unknown(new):
            yield Aside(Why.UNKNOWN, who, path, ABSENT, "a part of it is not worked out")
        elif _text(old) != _text(new):
            yield self._different(who, old, new, path)

    def _different(self, who: Identity, old: Any, new: Any, path: str) -> ValueChange | Aside:
        """A value that differs: a change, unless one side has none and need not have one."""
        for value, other, side, lacks in (
            (old, new, self._old, self._old_lacks),
            (new, old, self._new, self._new_lacks),
        ):
            if value is not ABSENT:
                continue
            reason = lacks[who].reason(path) if who in lacks else None
            if reason is not None:
                return Aside(Why.NOT_COMPARABLE, who, path, other, reason)
            if side.is_open(path):
                return Aside(Why.LEFT_OPEN, who, path, other, _LEFT_OPEN)
        return ValueChange(path, old, new)


def _is_tree(value: Any) -> bool:
    return value is ABSENT or isinstance(value, dict)


def _join(path: str, name: str) -> str:
    if path == "Tags":
        return f"Tags[{name}]"
    return f"{path}.{name}" if path else name


def _text(value: Any) -> bytes:
    # As text: to Python, 1 and true are equal.
    return msgspec.json.encode(value, order="deterministic")


def _shown(value: Any) -> Any:
    """A value without what is not worked out."""
    if isinstance(value, Unknown):
        return ABSENT
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items() if not has_unknown(item)}
    return ABSENT if has_unknown(value) else value


# Renames
# --------------------------------------------------------------------------------------


def _with_renames(changes: list[Change]) -> list[Change]:
    """A removal and an addition of the same content are one renaming.

    A set takes its destinations along. Where several have the same content, nobody can tell which
    became which, and they stay what they are.
    """
    sets = _renamed(changes, _set_content)
    moved = {pair.resource.configuration_set: pair.new.configuration_set for pair in sets}
    gone, come = set(moved), set(moved.values())
    rest = [
        change
        for change in changes
        if not (isinstance(change, Removed) and change.resource.configuration_set in gone)
        and not (isinstance(change, Added) and change.resource.configuration_set in come)
    ]
    destinations = _renamed(rest, _destination_content)
    old = {pair.resource for pair in destinations}
    new = {pair.new for pair in destinations}
    kept = [
        change
        for change in rest
        if not (isinstance(change, Removed) and change.resource in old)
        and not (isinstance(change, Added) and change.resource in new)
    ]
    return [*kept, *sets, *destinations]


def _renamed(changes: list[Change], content: Any) -> list[Renamed]:
    before = content([change for change in changes if isinstance(change, Removed)])
    after = content([change for change in changes if isinstance(change, Added)])
    return [
        Renamed(before[key][0].resource, after[key][0].resource, before[key][0].at)
        for key in before
        if len(before[key]) == 1 and len(after.get(key, ())) == 1
    ]


Gone = Added | Removed


def _set_content(changes: list[Gone]) -> dict[Any, list[Gone]]:
    """Whole sets by what they and their destinations hold."""
    destinations: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for change in changes:
        who = change.resource
        if who.event_destination is not None:
            held = (who.event_destination, _text(change.values))
            destinations[who.configuration_set].append(held)
    found: dict[Any, list[Gone]] = defaultdict(list)
    for change in changes:
        who = change.resource
        if who.event_destination is None:
            held_by = tuple(sorted(destinations[who.configuration_set]))
            found[_text(change.values), held_by].append(change)
    return found


def _destination_content(changes: list[Gone]) -> dict[Any, list[Gone]]:
    """Destinations by their set and what they hold."""
    found: dict[Any, list[Gone]] = defaultdict(list)
    for change in changes:
        if change.resource.event_destination is not None:
            found[change.resource.configuration_set, _text(change.values)].append(change)
    return found
