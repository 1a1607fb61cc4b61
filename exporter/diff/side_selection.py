"""``--include`` and ``--exclude`` on a pair of sides.

A resource may match on one side only, for example if its tags differ. It is compared if it matches
on either side, so that no change is hidden. A fact that one side doesn't have comes from the other.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from exporter.diff.side import Item, SideScope
from exporter.formats.code_resource import Unknown
from exporter.formats.unresolved import Reach
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, TargetKind
from exporter.model.targets import TARGET_TYPES
from exporter.sources.patterns import (
    DestinationFacts,
    SetFacts,
    Verdict,
    any_of,
    facts_of_destination,
    facts_of_set,
)
from exporter.sources.selection import Selection
from exporter.support.remarks import Said
from exporter.support.text import listed as first_of

_MOST_NAMED = 4
KINDS = {codec.wire_name(EventDestination, row.field): kind for kind, row in TARGET_TYPES.items()}
"""The kinds of target, by the API's name of the field that contains one."""


class SideSelection:
    """A selection, applied to a pair of scopes."""

    def __init__(self, selection: Selection, one: SideScope, other: SideScope) -> None:
        self._selection = selection
        self._sides = ((one, other), (other, one))
        self._verdicts: dict[Identity, Verdict] = {}

    def takes(self, identity: Identity) -> bool:
        """Whether a resource is compared: it, or a destination of a set, matches or may match."""
        name = identity.configuration_set
        if not self._selection.may_hold(name):
            return False
        if identity.event_destination is not None:
            return self._verdict(identity) is not False
        included = self._selection.included
        excluded = [self._selection.excluded.of_set(self._set(*pair, name)) for pair in self._sides]
        if all(excluded):
            return False
        return (
            not included
            or included.names_in_set(name)
            or self._verdict(identity) is not False
            or any(self._verdict(each) is not False for each in self._within(name))
        )

    def may_take(self, reach: Reach) -> bool:
        """Whether unresolved code may describe a resource that is compared."""
        name = reach.set_name.name
        return name is None or self._selection.may_hold(name)

    @property
    def is_empty(self) -> bool:
        """Whether nothing matches."""
        return not any(self._verdict(identity) is not False for identity in self._identities)

    @property
    def undecided(self) -> Iterator[Identity]:
        """The resources that are compared because neither side shows whether they match."""
        if self._selection.needs_facts:
            yield from (
                identity for identity in self._identities if self._verdict(identity) is None
            )

    def facts(self) -> tuple[list[SetFacts], list[DestinationFacts]]:
        """Return the facts about the sets and destinations of both sides."""
        sets: list[SetFacts] = []
        destinations: list[DestinationFacts] = []
        for own, other in self._sides:
            for identity in own.items:
                if identity.event_destination is None:
                    sets.append(self._set(own, other, identity.configuration_set))
                else:
                    destinations.append(self._destination(own, other, identity))
        return sets, destinations

    @cached_property
    def _identities(self) -> set[Identity]:
        return {identity for own, _ in self._sides for identity in own.items}

    def _within(self, name: str) -> Iterator[Identity]:
        for own, _ in self._sides:
            for identity, _item in own.of_set(name):
                if identity.event_destination is not None:
                    yield identity

    def _verdict(self, identity: Identity) -> Verdict:
        """Return True if a resource matches on either side, None if it may."""
        if identity not in self._verdicts:
            pairs = [pair for pair in self._sides if identity in pair[0].items]
            # No pair: neither side has the set, only destinations of it.
            self._verdicts[identity] = any_of(
                self._of_side(*pair, identity) for pair in pairs or self._sides
            )
        return self._verdicts[identity]

    def _of_side(self, own: SideScope, other: SideScope, identity: Identity) -> Verdict:
        if identity.event_destination is None:
            return self._selection.takes_set(self._set(own, other, identity.configuration_set))
        return self._selection.takes_destination(self._destination(own, other, identity))

    def _set(self, own: SideScope, other: SideScope, name: str) -> SetFacts:
        if not self._selection.needs_facts:
            return SetFacts(name)
        facts, others = (_set_facts(name, side) for side in (own, other))
        if facts.tags is None:
            return others
        if others.tags is None or None not in facts.tags.values():
            return facts
        filled = {k: others.tags.get(k) if v is None else v for k, v in facts.tags.items()}
        return replace(facts, tags=filled)

    def _destination(
        self, own: SideScope, other: SideScope, identity: Identity
    ) -> DestinationFacts:
        of_set = self._set(own, other, identity.configuration_set)
        if not self._selection.needs_facts:
            return DestinationFacts(of_set, identity.event_destination or "")
        facts, others = (_destination_facts(of_set, identity, side) for side in (own, other))
        missing = {
            name: getattr(others, name)
            for name in ("kind", "arns", "enabled")
            if getattr(facts, name) is None
        }
        return replace(facts, **missing)


def notes(
    selection: Selection, selections: Iterable[SideSelection], listed: Collection[str] = ()
) -> list[Said]:
    """Return notes on patterns without effect, and on resources that they may match.

    ``listed`` has the names of the live sets, read or not.
    """
    selections = list(selections)
    sets: list[SetFacts] = []
    destinations: list[DestinationFacts] = []
    for each in selections:
        of_sets, of_destinations = each.facts()
        sets += of_sets
        destinations += of_destinations
    unmatched = selection.without_effect(sets, destinations, listed)
    return [*unmatched, *_undecided_notes(selection, selections)]


def _undecided_notes(selection: Selection, selections: Iterable[SideSelection]) -> list[str]:
    undecided = sorted({str(identity) for each in selections for identity in each.undecided})
    if not undecided:
        return []
    names = first_of(undecided, _MOST_NAMED)
    return [f"neither side shows whether {selection} matches {names}; compared anyway"]


def _set_facts(name: str, side: SideScope) -> SetFacts:
    item = side.items.get(Identity(name))
    if item is None:
        return SetFacts(name)
    if isinstance(item.source, ConfigurationSet):
        return facts_of_set(item.source)
    tags = item.values.get("Tags", {})
    if not isinstance(tags, dict):
        return SetFacts(name)
    return SetFacts(name, {key: v if isinstance(v, str) else None for key, v in tags.items()})


def _destination_facts(of_set: SetFacts, identity: Identity, side: SideScope) -> DestinationFacts:
    name = identity.event_destination or ""
    item = side.items.get(identity)
    if item is None:
        return DestinationFacts(of_set, name)
    if isinstance(item.source, EventDestination):
        return facts_of_destination(of_set, item.source)
    return _described(of_set, name, item)


def _described(of_set: SetFacts, name: str, item: Item) -> DestinationFacts:
    """Return the facts about a destination in code, as far as they can be evaluated."""
    tree: Mapping[str, Any] = item.values
    enabled = tree.get("Enabled")
    enabled = enabled if isinstance(enabled, bool) else None
    targets = [(kind, tree[field]) for field, kind in KINDS.items() if field in tree]
    if len(targets) != 1:
        return DestinationFacts(of_set, name, enabled=enabled)
    kind, target = targets[0]
    return DestinationFacts(of_set, name, str(kind), _arns(kind, target), enabled)


def _arns(kind: TargetKind, target: Any) -> tuple[str, ...] | None:
    row = TARGET_TYPES[kind]
    if not row.arns:
        return ()
    if isinstance(target, Unknown) or not isinstance(target, dict):
        return None
    # The first ARN is that of the target.
    arn = target.get(codec.wire_name(row.model, next(iter(row.arns))))
    return (arn,) if isinstance(arn, str) else None
