"""The report of ``diff`` as ``diff -u`` of the two canonical snapshots, for ``git apply``."""

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
"""A side's sets in an account and region, and whether the region is known."""


def as_unified(old: Side, new: Side, name: str, selection: Selection | None = None) -> str:
    """Return a patch that turns one snapshot into the other; empty if they are equal.

    What is not selected or could not be read stays as on the older side, so that the patch applies
    to the whole file.

    Args:
        old: The older side.
        new: The newer side.
        name: The older side on the command line; the file to which git applies the patch.
        selection: The resources to compare; None for all.
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
    # Scopes that are not compared, such as a region that was not requested, stay too.
    compared = [one for one, _ in pairs(old, new)]
    for scope in old.scopes:
        if not any(scope.items is one.items for one in compared):
            before.append(_placed(old, scope, scope))
            after.append(_placed(old, scope, scope))
    return patch(_text(old, before), _text(new, after), patched_name(name))


def _is_of(side: Side, scope: SideScope) -> bool:
    """Tell whether a side really has a scope, instead of a placeholder for a pair."""
    return any(scope.items is own.items for own in side.scopes)


def _placed(side: Side, own: SideScope, other: SideScope) -> _Half:
    """Return a scope's sets; code without account or region gets those of the other side."""
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
    """Yield the sets of the newer side; what is not compared stays as on the older one."""
    before = {set_.name: set_ for set_ in old.configuration_sets}
    after = {set_.name: set_ for set_ in new.configuration_sets}
    for name in sorted({*before, *after}):
        if name in skipped or not choice.takes(Identity(name)):
            merged = before.get(name)
        else:
            merged = _merged_set(before.get(name), after.get(name), choice)
        if merged is not None:
            yield merged


def _merged_set(
    old: ConfigurationSet | None, new: ConfigurationSet | None, choice: SideSelection
) -> ConfigurationSet | None:
    """Return a set that is compared; its destinations that are not compared stay as before."""
    bare = new or old
    assert bare is not None
    unselected = [
        destination
        for destination in (old.event_destinations if old else ())
        if not choice.takes(Identity(bare.name, destination.name))
    ]
    selected = [
        destination
        for destination in (new.event_destinations if new else ())
        if choice.takes(Identity(bare.name, destination.name))
    ]
    if new is None and not unselected:
        return None
    return structs.replace(bare, event_destinations=(*unselected, *selected))


def _text(side: Side, halves: list[_Half]) -> str:
    """Return a canonical snapshot, without regions that are unknown."""
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
