"""The values of resources as a manifest records them, and back to a scope."""

from collections.abc import Iterable, Iterator
from typing import Any

from exporter.model import codec
from exporter.model.identities import Identity, identity_of
from exporter.model.resources import ConfigurationSet, EventDestination, Scope

Values = dict[str, Any]
"""A set without its name and destinations, or a destination without its name, in the JSON of a
snapshot.
"""


def of_scope(scope: Scope) -> Iterator[tuple[Identity, Values]]:
    """Yield the values of every configuration set and event destination."""
    for configuration_set in scope.configuration_sets:
        yield identity_of(configuration_set), of_set(configuration_set)
        for destination in configuration_set.event_destinations:
            yield identity_of(configuration_set, destination), of_destination(destination)


def of_set(model: ConfigurationSet) -> Values:
    """Return the values of a configuration set, without its destinations."""
    return _without(model, "ConfigurationSetName", "EventDestinations")


def of_destination(model: EventDestination) -> Values:
    """Return the values of an event destination."""
    return _without(model, "Name")


def _without(model: ConfigurationSet | EventDestination, *names: str) -> Values:
    tree: Values = codec.encode(model)
    reputation = tree.get("ReputationOptions")
    if reputation:
        # State that SES keeps, not a setting.
        reputation.pop("LastFreshStart", None)
    return {name: value for name, value in tree.items() if name not in names}


def to_scope(bare_scope: Scope, values: Iterable[tuple[Identity, Values]]) -> Scope:
    """Return the scope with these values; for a set without values, only its name is known.

    Raises:
        MalformedError: if they don't have the shape of a snapshot.
    """
    sets: dict[str, Values] = {}
    destinations: dict[str, list[Values]] = {}
    for identity, tree in values:
        if identity.event_destination is None:
            sets[identity.configuration_set] = tree
        else:
            named = {"Name": identity.event_destination, **tree}
            destinations.setdefault(identity.configuration_set, []).append(named)
    configuration_sets = [
        {
            "ConfigurationSetName": name,
            **sets.get(name, {"OptionsKnown": False}),
            "EventDestinations": destinations.get(name, []),
        }
        for name in sorted({*sets, *destinations})
    ]
    return codec.decode(
        {**codec.encode(bare_scope), "ConfigurationSets": configuration_sets}, Scope
    )
