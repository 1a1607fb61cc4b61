"""``--include`` and ``--exclude`` on a pair of sides.

A resource may be of another kind, tagged or switched off on one of them only. It is taken when
either side's is, so that no such change is hidden; what one side does not say, the other one does.
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
"""The kinds by the API's name of the field that holds such a target."""


class SideSelection:
    """What a selection takes of two scopes that belong together."""

    def __init__(self, selection: Selection, one: SideScope, other: SideScope) -> None:
        self._selection = selection
        self._sides = ((one, other), (other, one))
        self._verdicts: dict[Identity, Verdict] = {}

    def takes(self, who: Identity) -> bool:
        """Whether a resource is compared; a set comes along with a destination.

        What nobody can tell is compared.
        """
        name = who.configuration_set
        if not self._selection.may_hold(name):
            return False
        if who.event_destination is not None:
            return self._verdict(who) is not False
        included = self._selection.included
        excluded = [self._selection.excluded.of_set(self._set(*pair, name)) for pair in self._sides]
        if all(excluded):
            return False
        return (
            not included
            or included.names_in_set(name)
            or self._verdict(who) is not False
            or any(self._verdict(each) is not False for each in self._within(name))
        )

    def may_take(self, reach: Reach) -> bool:
        """Whether something unresolved may be a resource that is compared."""
        name = reach.set_name.name
        return name is None or self._selection.may_hold(name)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is taken for its own sake."""
        return not any(self._verdict(who) is not False for who in self._held)

    @property
    def undecided(self) -> Iterator[Identity]:
        """What is compared because no side says whether it is taken."""
        if self._selection.needs_facts:
            yield from (who for who in self._held if self._verdict(who) is None)

    def facts(self) -> tuple[list[SetFacts], list[DestinationFacts]]:
        """What either side knows of sets and destinations."""
        sets: list[SetFacts] = []
        destinations: list[DestinationFacts] = []
        for own, other in self._sides:
            for who in own.items:
                if who.event_destination is None:
                    sets.append(self._set(own, other, who.configuration_set))
                else:
                    destinations.append(self._destination(own, other, who))
        return sets, destinations

    @cached_property
    def _held(self) -> set[Identity]:
        return {who for own, _ in self._sides for who in own.items}

    def _within(self, name: str) -> Iterator[Identity]:
        for own, _ in self._sides:
            for who, _item in own.of_set(name):
                if who.event_destination is not None:
                    yield who

    def _verdict(self, who: Identity) -> Verdict:
        """True when either side's is taken, None when it may be."""
        if who not in self._verdicts:
            pairs = [pair for pair in self._sides if who in pair[0].items]
            # Neither holds a set of which only destinations are described.
            found = any_of(self._of_side(*pair, who) for pair in pairs or self._sides)
            self._verdicts[who] = found
        return self._verdicts[who]

    def _of_side(self, own: SideScope, other: SideScope, who: Identity) -> Verdict:
        if who.event_destination is None:
            return self._selection.takes_set(self._set(own, other, who.configuration_set))
        return self._selection.takes_destination(self._destination(own, other, who))

    def _set(self, own: SideScope, other: SideScope, name: str) -> SetFacts:
        if not self._selection.needs_facts:
            return SetFacts(name)
        found, others = (_set_facts(name, side) for side in (own, other))
        if found.tags is None:
            return others
        if others.tags is None or None not in found.tags.values():
            return found
        filled = {k: others.tags.get(k) if v is None else v for k, v in found.tags.items()}
        return replace(found, tags=filled)

    def _destination(self, own: SideScope, other: SideScope, who: Identity) -> DestinationFacts:
        of_set = self._set(own, other, who.configuration_set)
        if not self._selection.needs_facts:
            return DestinationFacts(of_set, who.event_destination or "")
        found, others = (_destination_facts(of_set, who, side) for side in (own, other))
        missing = {
            name: getattr(others, name)
            for name in ("kind", "arns", "enabled")
            if getattr(found, name) is None
        }
        return replace(found, **missing)


def notes(
    selection: Selection, choices: Iterable[SideSelection], listed: Collection[str] = ()
) -> list[Said]:
    """What of a selection has no effect, and what nobody can tell whether it takes.

    ``listed`` are the names of sets that are live, read or not.
    """
    choices = list(choices)
    sets: list[SetFacts] = []
    destinations: list[DestinationFacts] = []
    for choice in choices:
        of_choice = choice.facts()
        sets += of_choice[0]
        destinations += of_choice[1]
    unmatched = selection.without_effect(sets, destinations, listed)
    return [*unmatched, *_undecided_notes(selection, choices)]


def _undecided_notes(selection: Selection, choices: Iterable[SideSelection]) -> list[str]:
    found = sorted({str(who) for choice in choices for who in choice.undecided})
    if not found:
        return []
    names = first_of(found, _MOST_NAMED)
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


def _destination_facts(of_set: SetFacts, who: Identity, side: SideScope) -> DestinationFacts:
    name = who.event_destination or ""
    item = side.items.get(who)
    if item is None:
        return DestinationFacts(of_set, name)
    if isinstance(item.source, EventDestination):
        return facts_of_destination(of_set, item.source)
    return _described(of_set, name, item)


def _described(of_set: SetFacts, name: str, item: Item) -> DestinationFacts:
    """What code says of a destination, as far as it is evaluated."""
    tree: Mapping[str, Any] = item.values
    enabled = tree.get("Enabled")
    enabled = enabled if isinstance(enabled, bool) else None
    there = [(kind, tree[field]) for field, kind in KINDS.items() if field in tree]
    if len(there) != 1:
        return DestinationFacts(of_set, name, enabled=enabled)
    kind, target = there[0]
    return DestinationFacts(of_set, name, str(kind), _arns(kind, target), enabled)


def _arns(kind: TargetKind, target: Any) -> tuple[str, ...] | None:
    row = TARGET_TYPES[kind]
    if not row.arns:
        return ()
    if isinstance(target, Unknown) or not isinstance(target, dict):
        return None
    # The first is that of what receives the events.
    arn = target.get(codec.wire_name(row.model, next(iter(row.arns))))
    return (arn,) if isinstance(arn, str) else None
