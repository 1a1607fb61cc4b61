"""Two sides against each other: what was added, removed, renamed, changed, or not comparable."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from exporter.diff import side_selection
from exporter.diff.ancestry import Lineage
from exporter.diff.model import Difference, ScopeDifference
from exporter.diff.ownership import foreign_sets
from exporter.diff.replaced import notes as replaced_destinations
from exporter.diff.scope_comparison import ScopeComparison
from exporter.diff.scope_pairs import pairs, same_place
from exporter.diff.side import Side, SideScope
from exporter.diff.side_selection import SideSelection
from exporter.model.read_result import ReadFailure
from exporter.sources.selection import Selection
from exporter.support.errors import ExporterError
from exporter.support.remarks import Remark, Said
from exporter.support.text import count, shortened

_MOST_NOTES = 10


def compare(
    old: Side,
    new: Side,
    *,
    unmanaged: bool = True,
    selection: Selection | None = None,
    ancestor: Side | None = None,
) -> Difference:
    """What differs between two sides.

    Args:
        old: The code, or the older state.
        new: The live one, or the newer.
        unmanaged: Whether resources that exist but stand in no code are differences.
        selection: Which resources count; None takes all.
        ancestor: What both were once, which tells whose change each is; without one, the older
            side may bring its own.

    Raises:
        ExporterError: when the selection leaves nothing of either side, or the ancestor is of
            another account or region.
    """
    lineage = Lineage.of(ancestor, old, new)
    choices = _choices(old, new, selection) if selection else []
    if selection:
        _refuse_nothing(old, new, selection, choices)
    unread = (*old.unread, *new.unread)
    owned: dict[str, str] = {}
    found = []
    replaced: list[Said] = []
    for one, other in pairs(old, new):
        skipped = not_read(unread, one, other)
        if "" in skipped:
            continue
        choice = SideSelection(selection, one, other) if selection else None
        foreign = _foreign(old, new, one, other)
        owned |= foreign
        left_out = skipped.union(foreign)
        scopes = (_selected(one, choice, left_out), _selected(other, choice, left_out))
        replaced += replaced_destinations(old, new, *scopes)
        compared = ScopeComparison(old, new, *scopes, unmanaged=unmanaged).made()
        found.append(lineage.labelled(compared, scopes) if lineage else compared)
    said: tuple[Said, ...] = (
        *_empty_notes(old, new),
        *_pairing_notes(old, new),
        *_owned_notes(owned),
        *replaced,
    )
    said = (*said, *_values_hints(old, new, found))
    listed = old.listed | new.listed
    chosen = side_selection.notes(selection, choices, listed) if selection else ()
    notes = (*old.notes, *new.notes, *said, *chosen, *(lineage.notes() if lineage else ()))
    title = lineage.title if lineage else ""
    return Difference(old.title, new.title, tuple(found), notes, unread, ancestor=title)


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
    return [f"not compared, because CloudFormation stacks own them: {named}"]


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
    unresolved = [e for e in scope.unresolved if choice is None or choice.may_take(e.reach)]
    return replace(scope, items=items, unresolved=tuple(unresolved))


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
        if not any(scope.items is each.items for each in paired)
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
            f"{selection} matches none of {count(there, 'configuration set')}",
            where=f"{old.title}, {new.title}",
            hint="patterns match SET or SET/DESTINATION; 'ses2iac scan' lists both",
        )


def _values_hints(old: Side, new: Side, found: Iterable[ScopeDifference]) -> list[str]:
    """What helps where values were not compared; of whole resources each says it itself."""
    gaps = (gap for scope in found for gap in scope.not_compared)
    if not any(gap.is_gap and gap.path for gap in gaps):
        return []
    hints = dict.fromkeys(side.values_hint for side in (old, new) if side.values_hint)
    return [f"some values can't be evaluated from the code; {hint}" for hint in hints]


def _empty_notes(*sides: Side) -> list[str]:
    """Code that describes nothing may be the wrong folder."""
    return [
        f"{side.title}: describes no configuration set and no event destination"
        for side in sides
        if side.is_code and not any(scope.items or scope.unresolved for scope in side.scopes)
    ]


def _pairing_notes(old: Side, new: Side) -> list[Said]:
    if len(old.scopes) == 1 and len(new.scopes) == 1:
        one, other = old.scopes[0], new.scopes[0]
        if not same_place(one, other):
            return [f"comparing {one.title} with {other.title}"]
        return []
    notes: list[Said] = []
    for side, live in ((old, new), (new, old)):
        for scope in side.scopes if live.is_live else ():
            if not any(same_place(scope, other) for other in live.scopes):
                alone = f"{side.title}: {scope.title} was not read, so it is not compared"
                text = f"in {side.title}, but not read, so not compared"
                notes.append(Remark(scope.title, text, "account and region", alone=alone))
    return notes
