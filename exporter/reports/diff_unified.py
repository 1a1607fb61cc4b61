"""A difference as ``diff -u`` of the two canonical snapshots; ``git apply`` takes it."""

from collections.abc import Iterator
from typing import Any

from msgspec import structs

from exporter.diff.compare import not_read
from exporter.diff.scope_pairs import pairs
from exporter.diff.side import Side, SideScope, as_models
from exporter.diff.side_selection import SideSelection
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, Scope, Snapshot
from exporter.reports.diff_patch import patch, patched_name
from exporter.sources import snapshot
from exporter.sources.selection import Selection

_Half = tuple[Scope, bool]
"""What a side holds of an account and region, and whether the region is known."""


def as_unified(old: Side, new: Side, name: str, selection: Selection | None = None) -> str:
    """The lines by which one snapshot becomes the other; empty when they are the same.

    What is not selected and what could not be read stays as the older side has it, so that the
    patch is one of the whole file.

    Args:
        old: The older side.
        new: The newer side.
        name: What the older side is called on the command line; the file that git applies it to.
        selection: Which resources count; None takes all.
    """
    before: list[_Half] = []
    after: list[_Half] = []
    unread = (*old.unread, *new.unread)
    for one, other in pairs(old, new):
        first, second = _placed(old, one, other), _placed(new, other, one)
        skipped = not_read(unread, one, other)
        if "" in skipped:
            second = first
        else:
            choice = SideSelection(selection or Selection(), one, other)
            merged = _merged(first[0], second[0], choice, skipped)
            second = (structs.replace(second[0], configuration_sets=tuple(merged)), second[1])
        before += [first] if _is_of(old, one) else []
        after += [second] if _is_of(new, other) or second[0].configuration_sets else []
    # What is not compared, such as a region that was not asked for, stays too.
    compared = [one for one, _ in pairs(old, new)]
    for scope in old.scopes:
        if not any(scope.items is one.items for one in compared):
            before.append(_placed(old, scope, scope))
            after.append(_placed(old, scope, scope))
    return patch(_text(old, before), _text(new, after), patched_name(name))


def _is_of(side: Side, scope: SideScope) -> bool:
    """Whether a side has a scope, and it is not made up for a pair."""
    return any(scope.items is own.items for own in side.scopes)


def _placed(side: Side, own: SideScope, other: SideScope) -> _Half:
    """What a scope holds; code that does not say its account or region has those of the other."""
    read = side.snapshot.scopes if side.snapshot else ()
    exact = next(
        (s for s in read if (s.account_id, s.region) == (own.account_id, own.region)), None
    )
    if exact is not None:
        return exact, True
    models = as_models(own)
    is_others = other.region is not None and own.region in (None, other.region)
    placed = structs.replace(
        models,
        account_id=own.account_id or other.account_id,
        region=own.region or other.region or models.region,
        partition=other.partition if is_others else own.partition,
    )
    return placed, bool(own.region or other.region)


def _merged(
    old: Scope, new: Scope, choice: SideSelection, skipped: frozenset[str]
) -> Iterator[ConfigurationSet]:
    """The sets of the newer side, with what is not compared as the older one has it."""
    before = {found.name: found for found in old.configuration_sets}
    after = {found.name: found for found in new.configuration_sets}
    for name in sorted({*before, *after}):
        if name in skipped or not choice.takes(Identity(name)):
            chosen = before.get(name)
        else:
            chosen = _merged_set(before.get(name), after.get(name), choice)
        if chosen is not None:
            yield chosen


def _merged_set(
    old: ConfigurationSet | None, new: ConfigurationSet | None, choice: SideSelection
) -> ConfigurationSet | None:
    """A set that is compared, with those of its destinations that are not as they were."""
    bare = new or old
    assert bare is not None
    kept = [
        found
        for found in (old.event_destinations if old else ())
        if not choice.takes(Identity(bare.name, found.name))
    ]
    now = [
        found
        for found in (new.event_destinations if new else ())
        if choice.takes(Identity(bare.name, found.name))
    ]
    if new is None and not kept:
        return None
    return structs.replace(bare, event_destinations=(*kept, *now))


def _text(side: Side, halves: list[_Half]) -> str:
    """A canonical snapshot; a region that nobody knows is not in it."""
    empty = side.snapshot or Snapshot(format_version=snapshot.FORMAT_VERSION, scopes=())
    whole: dict[str, Any] = codec.encode(structs.replace(empty, scopes=()))
    whole["Scopes"] = []
    for scope, is_placed in sorted(halves, key=_key):
        row: dict[str, Any] = codec.encode(scope)
        if not is_placed:
            del row["Region"]
        whole["Scopes"].append(row)
    return codec.pretty(whole)


def _key(half: _Half) -> tuple[str, str, str]:
    """The order of a snapshot's scopes."""
    scope, _ = half
    return scope.account_id or "", scope.partition, scope.region
