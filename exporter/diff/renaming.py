"""A removal and an addition of the same content are one renaming."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from exporter.diff.model import Added, Change, Removed, Renamed
from exporter.model.identities import Identity


def with_renames(
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
