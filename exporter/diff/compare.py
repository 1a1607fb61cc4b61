"""Two sides against each other: what was added, removed, renamed, changed, or not comparable."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from exporter.diff import side_selection
from exporter.diff.model import (
    ABSENT,
    Added,
    Change,
    Changed,
    Difference,
    NotCompared,
    NotComparedReason,
    Removed,
    Renamed,
    ScopeDifference,
    Tree,
    ValueChange,
)
from exporter.diff.ownership import foreign_sets
from exporter.diff.side import Item, Side, SideScope, as_models, has_unknown, of_scope
from exporter.diff.side_selection import SideSelection
from exporter.formats.code_resource import Unknown
from exporter.formats.fidelity import Effect, Judge, assess
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure
from exporter.sources.selection import Selection
from exporter.support.errors import ExporterError
from exporter.support.text import count, shortened

_LEFT_OPEN = "not written in the code, so it may be any"
_MOST_NOTES = 10
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

    Raises:
        ExporterError: when the selection leaves nothing of either side.
    """
    choices = _choices(old, new, selection) if selection else []
    if selection:
        _refuse_nothing(old, new, selection, choices)
    unread = (*old.unread, *new.unread)
    owned: dict[str, str] = {}
    found = []
    for one, other in pairs(old, new):
        skipped = not_read(unread, one, other)
        if "" in skipped:
            continue
        choice = SideSelection(selection, one, other) if selection else None
        foreign = _foreign(old, new, one, other)
        owned |= foreign
        left_out = skipped.union(foreign)
        sides = (_selected(one, choice, left_out), _selected(other, choice, left_out))
        found.append(_Comparison(old, new, *sides, unmanaged=unmanaged).made())
    said = (*_empty_notes(old, new), *_unknown_notes(old, new), *_pairing_notes(old, new))
    said = (*said, *_owned_notes(owned))
    chosen = side_selection.notes(selection, choices) if selection else ()
    notes = (*old.notes, *new.notes, *said, *chosen)
    return Difference(old.title, new.title, tuple(found), notes, unread)


def _foreign(old: Side, new: Side, one: SideScope, other: SideScope) -> dict[str, str]:
    """The sets that an export leaves to the stacks that own them."""
    if old.is_own_stack is not None:
        return foreign_sets(one, other, old.is_own_stack)
    if new.is_own_stack is not None:
        return foreign_sets(other, one, new.is_own_stack)
    return {}


def _owned_notes(owned: Mapping[str, str]) -> list[str]:
    if not owned:
        return []
    shown = [f"{name} ({stack})" for name, stack in sorted(owned.items())]
    named = ", ".join(shortened(shown, _MOST_NOTES))
    return [f"not compared, as CloudFormation stacks own them: {named}"]


def not_read(unread: Iterable[ReadFailure], one: SideScope, other: SideScope) -> frozenset[str]:
    """The sets of a pair of scopes that could not be read; an empty name stands for all."""
    missing = (each for each in unread if _concerns(each, one) and _concerns(each, other))
    return frozenset(each.name for each in missing)


def _concerns(unread: ReadFailure, scope: SideScope) -> bool:
    return unread.holds(scope.account_id, scope.region, unread.name)


def _selected(scope: SideScope, choice: SideSelection | None, skipped: frozenset[str]) -> SideScope:
    if choice is None and not skipped:
        return scope
    items = {
        who: item
        for who, item in scope.items.items()
        if who.configuration_set not in skipped and (choice is None or choice.takes(who))
    }
    return replace(scope, items=items)


def pairs(old: Side, new: Side) -> Iterator[tuple[SideScope, SideScope]]:
    """The scopes that belong together; one alone on each side does, whatever it says of itself."""
    if len(old.scopes) == 1 and len(new.scopes) == 1:
        yield old.scopes[0], new.scopes[0]
        return
    left = list(new.scopes)
    for one in old.scopes:
        other = next((scope for scope in left if _same_place(one, scope)), None)
        if other is not None:
            left.remove(other)
            yield one, other
        elif not new.is_live:
            yield one, SideScope(one.account_id, one.region, {})
    for other in left:
        if not old.is_live:
            yield SideScope(other.account_id, other.region, {}), other


def _same_place(one: SideScope, other: SideScope) -> bool:
    """Whether two scopes can be the same account and region; what is not said may be any."""
    accounts = {one.account_id, other.account_id} - {None}
    regions = {one.region, other.region} - {None}
    return len(accounts) <= 1 and len(regions) <= 1


# Selection and notes
# --------------------------------------------------------------------------------------


def _choices(old: Side, new: Side, selection: Selection) -> list[SideSelection]:
    """What is selected of each pair, and of each scope that is in none."""
    together = list(pairs(old, new))
    paired = [scope for pair in together for scope in pair]
    alone = [
        (scope, SideScope(scope.account_id, scope.region, {}))
        for side in (old, new)
        for scope in side.scopes
        if not any(scope is each for each in paired)
    ]
    return [SideSelection(selection, *pair) for pair in (*together, *alone)]


def _refuse_nothing(
    old: Side, new: Side, selection: Selection, choices: Iterable[SideSelection]
) -> None:
    """Refuse a comparison of nothing, which a wrong pattern would make of any two sides.

    Raises:
        ExporterError: when the selection leaves nothing of what the sides hold.
    """
    held = {w.configuration_set for side in (old, new) for s in side.scopes for w in s.items}
    there = max(len(held), old.in_account, new.in_account)
    if there and not (old.unread or new.unread) and all(choice.is_empty for choice in choices):
        raise ExporterError(
            f"{selection} leaves nothing of {count(there, 'configuration set')}",
            where=f"{old.title}, {new.title}",
            hint="patterns match SET or SET/DESTINATION; 'ses2iac scan' lists both",
        )


def _empty_notes(*sides: Side) -> list[str]:
    """Code that describes nothing may be the wrong folder."""
    return [
        f"{side.title}: describes no configuration set and no event destination"
        for side in sides
        if side.is_code and not any(scope.items or scope.unknown for scope in side.scopes)
    ]


def _unknown_notes(*sides: Side) -> list[str]:
    """What of the code may hold more than could be worked out, so that nothing missing is sure."""
    lines = [line for side in sides for scope in side.scopes for line in scope.unknown]
    # What may be of any account and region is said by each scope.
    return shortened(dict.fromkeys(lines), _MOST_NOTES, "more like it")


def _pairing_notes(old: Side, new: Side) -> list[str]:
    if len(old.scopes) == 1 and len(new.scopes) == 1:
        one, other = old.scopes[0], new.scopes[0]
        if not _same_place(one, other):
            return [f"{one.title} is compared with {other.title}"]
        return []
    notes = []
    for side, live in ((old, new), (new, old)):
        for scope in side.scopes if live.is_live else ():
            if not any(_same_place(scope, other) for other in live.scopes):
                notes.append(f"{side.title}: {scope.title} was not read, and so not compared")
    return notes


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


class _Comparison:
    """One scope of each side."""

    def __init__(
        self, old: Side, new: Side, one: SideScope, other: SideScope, *, unmanaged: bool
    ) -> None:
        self._old, self._new = old, new
        self._one, self._other = one, other
        self._unmanaged = unmanaged
        self._old_lacks = _Lost(other, old.judge)
        self._new_lacks = _Lost(one, new.judge)
        self._changes: list[Change] = []
        self._asides: list[NotCompared] = []
        self._same = 0
        # What an added or removed resource holds, as far as the other side could hold it.
        self._content: dict[tuple[type, Identity], bytes] = {}

    def made(self) -> ScopeDifference:
        """The whole difference."""
        for who in sorted(self._doubtful(), key=lambda who: who.names):
            before, after = self._one.items.get(who), self._other.items.get(who)
            if before and after:
                self._both(who, before, after)
            elif after:
                self._only_new(who, after)
            elif before:
                self._only_old(who, before)
        changes = sorted(
            _with_renames(self._changes, self._content), key=lambda change: change.resource.names
        )
        title = self._other.title if self._other.account_id else self._one.title
        unresolved = (*self._one.unknown, *self._other.unknown)
        return ScopeDifference(title, tuple(changes), tuple(self._asides), self._same, unresolved)

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
        aside = self._absence(who, item, self._old, self._one, self._old_lacks)
        if aside is not None:
            self._asides.append(aside)
        elif self._unmanaged or not self._old.is_code or self._new.is_code:
            self._changes.append(Added(who, _shown(item.values), item.at))
            self._content[Added, who] = _text(_within(who, item.values, self._old_lacks))

    def _only_old(self, who: Identity, item: Item) -> None:
        aside = self._absence(who, item, self._new, self._other, self._new_lacks)
        if aside is not None:
            self._asides.append(aside)
        elif self._unmanaged or not self._new.is_code or self._old.is_code:
            self._changes.append(Removed(who, _shown(item.values), item.at))
            self._content[Removed, who] = _text(_within(who, item.values, self._new_lacks))

    @staticmethod
    def _absence(
        who: Identity, item: Item, side: Side, scope: SideScope, lacks: _Lost
    ) -> NotCompared | None:
        """Why a resource that a side does not have is no change; None when it is one."""
        reason = lacks.reason(who, "")
        if reason is not None:
            return NotCompared(
                NotComparedReason.NOT_COMPARABLE, who, "", _shown(item.values), reason
            )
        if who.event_destination is None and who.configuration_set in scope.mentioned:
            said = (
                "its options are not in the code" if side.is_code else "its options were not read"
            )
            return NotCompared(NotComparedReason.LEFT_OPEN, who, "", _shown(item.values), said)
        if scope.unknown:
            return NotCompared(NotComparedReason.UNKNOWN, who, "", _shown(item.values), _UNNAMED)
        return None

    def _both(self, who: Identity, before: Item, after: Item) -> None:
        values: list[ValueChange] = []
        for found in self._compared(who, before.values, after.values, ""):
            if isinstance(found, NotCompared):
                self._asides.append(found)
            else:
                values.append(found)
        if values:
            self._changes.append(Changed(who, tuple(values), before.at or after.at))
        else:
            self._same += 1

    def _compared(
        self, who: Identity, old: Any, new: Any, path: str
    ) -> Iterator[ValueChange | NotCompared]:
        if isinstance(old, Unknown) or isinstance(new, Unknown):
            reason = (old if isinstance(old, Unknown) else new).reason
            known = new if isinstance(old, Unknown) else old
            yield NotCompared(NotComparedReason.UNKNOWN, who, path, _shown(known), reason)
            return
        excused = self._excused(who, old, new, path)
        if excused is not None:
            yield excused
        elif _is_tree(old) and _is_tree(new) and (old or new):
            for name in sorted({*(old or {}), *(new or {})}):
                below = _join(path, name)
                yield from self._compared(who, (old or {}).get(name), (new or {}).get(name), below)
        elif has_unknown(old) or has_unknown(new):
            yield NotCompared(
                NotComparedReason.UNKNOWN, who, path, ABSENT, "a part of it is not worked out"
            )
        elif _text(old) != _text(new):
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


# Renames
# --------------------------------------------------------------------------------------


def _with_renames(
    changes: list[Change], content: Mapping[tuple[type, Identity], bytes]
) -> list[Change]:
    """A removal and an addition of the same content are one renaming.

    A set takes its destinations along. Where several have the same content, nobody can tell which
    became which, and they stay what they are.

    Args:
        changes: All of a scope.
        content: What each added or removed resource holds.
    """
    sets = _renamed(changes, lambda found: _set_content(found, content))
    moved = {pair.resource.configuration_set: pair.new.configuration_set for pair in sets}
    rest = [
        change
        for change in changes
        if not (isinstance(change, Removed) and change.resource.configuration_set in moved)
        and not (isinstance(change, Added) and change.resource.configuration_set in moved.values())
    ]
    destinations = _renamed(rest, lambda found: _destination_content(found, content))
    paired: set[tuple[type, Identity]] = {(Removed, pair.resource) for pair in destinations}
    paired |= {(Added, pair.new) for pair in destinations}
    kept = [change for change in rest if (type(change), change.resource) not in paired]
    return [*kept, *sets, *destinations]


Gone = Added | Removed
Contents = Callable[[list[Gone]], dict[Any, list[Gone]]]


def _renamed(changes: list[Change], contents: Contents) -> list[Renamed]:
    before = contents([change for change in changes if isinstance(change, Removed)])
    after = contents([change for change in changes if isinstance(change, Added)])
    return [
        Renamed(gone[0].resource, after[key][0].resource, gone[0].at)
        for key, gone in before.items()
        if len(gone) == 1 and len(after.get(key, ())) == 1
    ]


def _set_content(
    changes: list[Gone], content: Mapping[tuple[type, Identity], bytes]
) -> dict[Any, list[Gone]]:
    """Whole sets by what they and their destinations hold."""
    destinations: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for change in changes:
        who = change.resource
        if who.event_destination is not None:
            held = (who.event_destination, content[type(change), who])
            destinations[who.configuration_set].append(held)
    found: dict[Any, list[Gone]] = defaultdict(list)
    for change in changes:
        who = change.resource
        if who.event_destination is None:
            held_by = tuple(sorted(destinations[who.configuration_set]))
            found[content[type(change), who], held_by].append(change)
    return found


def _destination_content(
    changes: list[Gone], content: Mapping[tuple[type, Identity], bytes]
) -> dict[Any, list[Gone]]:
    """Destinations by their set and what they hold."""
    found: dict[Any, list[Gone]] = defaultdict(list)
    for change in changes:
        who = change.resource
        if who.event_destination is not None:
            found[who.configuration_set, content[type(change), who]].append(change)
    return found
