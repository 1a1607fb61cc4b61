"""Compare two sides: what was added, removed, renamed or changed, and what can't be compared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from exporter.diff import side_selection
from exporter.diff.ancestry import Lineage
from exporter.diff.model import Difference, NotCompared, NotComparedReason, ScopeDifference
from exporter.diff.ownership import foreign_sets
from exporter.diff.replaced import notes as replaced_destinations
from exporter.diff.scope_comparison import ScopeComparison, known_parts
from exporter.diff.scope_pairs import is_only_pair, pairs, same_place, unread_scopes
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
    """Compare two sides.

    Args:
        old: The code, or the older state.
        new: The live resources, or the newer state.
        unmanaged: Whether resources that exist, but are in no code, are differences.
        selection: Which resources to compare; None for all.
        ancestor: The common ancestor of both sides, which shows who made each change. None for that
            of the older side, if it has one.

    Raises:
        ExporterError: if the selection matches nothing, or the ancestor is of another account or
            region.
    """
    lineage = Lineage.of(ancestor, old, new)
    selections = _selections(old, new, selection) if selection else []
    if selection:
        _refuse_no_match(old, new, selection, selections)
    unread = (*old.unread, *new.unread)
    owned: dict[str, str] = {}
    differences = []
    replaced: list[Said] = []
    for one, other in pairs(old, new):
        skipped = not_read(unread, one, other)
        if "" in skipped:
            continue
        selected = SideSelection(selection, one, other) if selection else None
        foreign = _foreign_sets(old, new, one, other)
        owned |= foreign
        left_out = skipped.union(foreign)
        scopes = (_selected(one, selected, left_out), _selected(other, selected, left_out))
        replaced += replaced_destinations(old, new, *scopes)
        compared = ScopeComparison(old, new, *scopes, unmanaged=unmanaged).result()
        differences.append(lineage.labelled(compared, scopes) if lineage else compared)
    differences += _none_compared(old, new, selection)
    listed = old.listed | new.listed
    notes: tuple[Said, ...] = (
        *old.notes,
        *new.notes,
        *_empty_notes(old, new),
        *_pairing_notes(old, new),
        *_owned_notes(owned),
        *replaced,
        *_value_hints(old, new, differences),
        *(side_selection.notes(selection, selections, listed) if selection else ()),
        *(lineage.notes() if lineage else ()),
    )
    title = lineage.title if lineage else ""
    return Difference(old.title, new.title, tuple(differences), notes, unread, ancestor=title)


def _none_compared(old: Side, new: Side, selection: Selection | None) -> Iterator[ScopeDifference]:
    """Yield the scopes in code for which the live side was not read: no resource is compared."""
    unread = (*old.unread, *new.unread)
    for side, scope in unread_scopes(old, new):
        # A scope that could not be read is counted by its failure.
        if not side.is_code or "" in not_read(unread, scope, scope):
            continue
        reason = _why_unread(scope, old if side is new else new)
        alone = SideSelection(selection, scope, scope) if selection else None
        items = _selected(scope, alone, frozenset()).items
        gaps = tuple(
            NotCompared(
                NotComparedReason.UNKNOWN,
                identity,
                "",
                known_parts(item.values),
                reason,
                item.at,
                is_gap=True,
            )
            for identity, item in sorted(items.items(), key=lambda pair: pair[0].names)
        )
        if gaps:
            account_id, region = scope.account_id, scope.region
            yield ScopeDifference(scope.title, (), gaps, account_id=account_id, region=region)


def _why_unread(scope: SideScope, live: Side) -> str:
    """Return the reason, with the option that reads the scope if that is only a region."""
    accounts = {other.account_id for other in live.scopes}
    if scope.account_id is None or accounts & {scope.account_id, None}:
        return f"region {scope.region} was not read; add --region {scope.region}"
    return f"{scope.title} was not read"


def _foreign_sets(old: Side, new: Side, one: SideScope, other: SideScope) -> dict[str, str]:
    """Return the sets that an export leaves to the stacks which own them, with these stacks."""
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
    """Return the sets of a pair of scopes that could not be read; an empty name means all."""
    failures = (
        failure for failure in unread if _concerns(failure, one) and _concerns(failure, other)
    )
    return frozenset(failure.name for failure in failures)


def _concerns(failure: ReadFailure, scope: SideScope) -> bool:
    return failure.holds(scope.account_id, scope.region, failure.name)


def _selected(
    scope: SideScope, selection: SideSelection | None, skipped: frozenset[str]
) -> SideScope:
    if selection is None and not skipped:
        return scope
    items = {
        identity: item
        for identity, item in scope.items.items()
        if identity.configuration_set not in skipped
        and (selection is None or selection.takes(identity))
    }
    unresolved = [
        each for each in scope.unresolved if selection is None or selection.may_take(each.reach)
    ]
    return replace(scope, items=items, unresolved=tuple(unresolved))


# Selection and notes
# --------------------------------------------------------------------------------------


def _selections(old: Side, new: Side, selection: Selection) -> list[SideSelection]:
    """Return the selection for each pair of scopes, and for each scope without a partner."""
    paired_scopes = list(pairs(old, new))
    paired = [scope for pair in paired_scopes for scope in pair]
    alone = [
        (scope, SideScope(scope.account_id, scope.region, {}))
        for side in (old, new)
        for scope in side.scopes
        if not any(scope.items is each.items for each in paired)
    ]
    return [SideSelection(selection, *pair) for pair in (*paired_scopes, *alone)]


def _refuse_no_match(
    old: Side, new: Side, selection: Selection, selections: Iterable[SideSelection]
) -> None:
    """Refuse patterns that match nothing: two empty sides would be equal.

    Raises:
        ExporterError: if the sides have resources, but none matches.
    """
    sets = {i.configuration_set for side in (old, new) for s in side.scopes for i in s.items}
    number = max(len(sets), old.in_account, new.in_account)
    is_read = not (old.unread or new.unread)
    if number and is_read and all(each.is_empty for each in selections):
        raise ExporterError(
            f"{selection} matches none of {count(number, 'configuration set')}",
            where=f"{old.title}, {new.title}",
            hint="patterns match SET or SET/DESTINATION; 'ses2iac scan' lists both",
        )


def _value_hints(old: Side, new: Side, differences: Iterable[ScopeDifference]) -> list[str]:
    """Return hints for values that were not compared; unresolved resources have their own."""
    gaps = (gap for scope in differences for gap in scope.not_compared)
    if not any(gap.is_gap and gap.path for gap in gaps):
        return []
    hints = dict.fromkeys(side.values_hint for side in (old, new) if side.values_hint)
    return [f"some values can't be evaluated from the code; {hint}" for hint in hints]


def _empty_notes(*sides: Side) -> list[str]:
    """Return a note for each side of code that describes nothing: it may be the wrong folder."""
    return [
        f"{side.title}: describes no configuration set and no event destination"
        for side in sides
        if side.is_code and not any(scope.items or scope.unresolved for scope in side.scopes)
    ]


def _pairing_notes(old: Side, new: Side) -> list[Said]:
    if is_only_pair(old, new):
        one, other = old.scopes[0], new.scopes[0]
        return [] if same_place(one, other) else [f"comparing {one.title} with {other.title}"]
    notes: list[Said] = []
    for side, scope in unread_scopes(old, new):
        # In code, it counts as not compared. A snapshot may be of more than one compares at a time.
        if not side.is_code:
            alone = f"{side.title}: {scope.title} was not read, so it is not compared"
            text = f"in {side.title}, but not read, so not compared"
            notes.append(Remark(scope.title, text, "account and region", alone=alone))
    return notes
