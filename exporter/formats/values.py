"""The values of resources as a manifest remembers them, and back to what was read."""

from collections.abc import Iterable, Iterator
from typing import Any

from exporter.model import codec
from exporter.model.identities import Identity, identity_of
from exporter.model.resources import ConfigurationSet, EventDestination, Scope

Values = dict[str, Any]
"""A set without its name and destinations, or a destination without its name, as a snapshot spells
it.
"""


def of_scope(scope: Scope) -> Iterator[tuple[Identity, Values]]:
    """The values of every configuration set and event destination."""
    for found in scope.configuration_sets:
        yield identity_of(found), of_set(found)
        for destination in found.event_destinations:
            yield identity_of(found, destination), of_destination(destination)


def of_set(model: ConfigurationSet) -> Values:
    """The values of a configuration set, without its destinations."""
    return _without(model, "ConfigurationSetName", "EventDestinations")


def of_destination(model: EventDestination) -> Values:
    """The values of an event destination."""
    return _without(model, "Name")


def _without(model: ConfigurationSet | EventDestination, *names: str) -> Values:
    tree: Values = codec.encode(model)
    reputation = tree.get("ReputationOptions")
    if reputation:
        # State that SES keeps, and not a setting.
        reputation.pop("LastFreshStart", None)
    return {name: value for name, value in tree.items() if name not in names}


def to_scope(place: Scope, values: Iterable[tuple[Identity, Values]]) -> Scope:
    """The scope that has these values; of a set without any, only its name is known.

    Raises:
        MalformedError: when they are not in the shape of a snapshot.
    """
    sets: dict[str, Values] = {}
    destinations: dict[str, list[Values]] = {}
    for who, tree in values:
        if who.event_destination is None:
            sets[who.configuration_set] = tree
        else:
            named = {"Name": who.event_destination, **tree}
            destinations.setdefault(who.configuration_set, []).append(named)
    found = [
        {
            "ConfigurationSetName": name,
            **sets.get(name, {"OptionsKnown": False}),
            "EventDestinations": destinations.get(name, []),
        }
        for name in sorted({*sets, *destinations})
    ]
    return codec.decode({**codec.encode(place), "ConfigurationSets": found}, Scope)
