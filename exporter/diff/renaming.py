"""Recognize renames: a removal and an addition with the same content."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from exporter.diff.model import Added, Change, Removed, Renamed
from exporter.model.identities import Identity


def with_renames(
    changes: list[Change], content: Mapping[tuple[type, Identity], bytes]
) -> list[Change]:
    """Turn pairs of a removal and an addition with the same content into renames.

    A renamed set includes its destinations. If several resources have the same content, they remain
    removals and additions, because any of them may have been renamed.

    Args:
        changes: All changes of a scope.
        content: The content of each added or removed resource.
    """
    sets = _renamed(changes, lambda unpaired: _set_content(unpaired, content))
    renamed = {pair.resource.configuration_set: pair.new.configuration_set for pair in sets}
    rest = [
        change
        for change in changes
        if not (isinstance(change, Removed) and change.resource.configuration_set in renamed)
        and not (
            isinstance(change, Added) and change.resource.configuration_set in renamed.values()
        )
    ]
    destinations = _renamed(rest, lambda unpaired: _destination_content(unpaired, content))
    paired: set[tuple[type, Identity]] = {(Removed, pair.resource) for pair in destinations}
    paired |= {(Added, pair.new) for pair in destinations}
    kept = [change for change in rest if (type(change), change.resource) not in paired]
    return [*kept, *sets, *destinations]


Unpaired = Added | Removed
Contents = Callable[[list[Unpaired]], dict[Any, list[Unpaired]]]
"""Groups changes by the content of their resources."""


def _renamed(changes: list[Change], contents: Contents) -> list[Renamed]:
    before = contents([change for change in changes if isinstance(change, Removed)])
    after = contents([change for change in changes if isinstance(change, Added)])
    return [
        Renamed(removed[0].resource, after[key][0].resource, removed[0].at)
        for key, removed in before.items()
        if len(removed) == 1 and len(after.get(key, ())) == 1
    ]


def _set_content(
    changes: list[Unpaired], content: Mapping[tuple[type, Identity], bytes]
) -> dict[Any, list[Unpaired]]:
    """Group sets by their own content and that of their destinations."""
    destinations: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for change in changes:
        identity = change.resource
        if identity.event_destination is not None:
            destination = (identity.event_destination, content[type(change), identity])
            destinations[identity.configuration_set].append(destination)
    by_content: dict[Any, list[Unpaired]] = defaultdict(list)
    for change in changes:
        identity = change.resource
        if identity.event_destination is None:
            of_destinations = tuple(sorted(destinations[identity.configuration_set]))
            by_content[content[type(change), identity], of_destinations].append(change)
    return by_content


def _destination_content(
    changes: list[Unpaired], content: Mapping[tuple[type, Identity], bytes]
) -> dict[Any, list[Unpaired]]:
    """Group destinations by their set and content."""
    by_content: dict[Any, list[Unpaired]] = defaultdict(list)
    for change in changes:
        identity = change.resource
        if identity.event_destination is not None:
            by_content[identity.configuration_set, content[type(change), identity]].append(change)
    return by_content
