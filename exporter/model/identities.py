"""The keys that identify configuration sets, event destinations and scopes."""

from collections.abc import Container
from dataclasses import dataclass

from msgspec import structs

from exporter.model.resources import ConfigurationSet, EventDestination, Scope


@dataclass(frozen=True, order=True)
class Identity:
    """The name of a configuration set, or of one of its event destinations."""

    configuration_set: str
    event_destination: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The name of the set, then that of the destination if it is one."""
        if self.event_destination is None:
            return (self.configuration_set,)
        return (self.configuration_set, self.event_destination)

    @property
    def import_id(self) -> str:
        """The import id: ``SET`` or ``SET|DESTINATION`` (documentation of Terraform's provider)."""
        return "|".join(self.names)

    def __str__(self) -> str:
        return "/".join(self.names)


def key_of(scope: Scope) -> tuple[str | None, str]:
    """Return the account and region of a scope, as a key."""
    return scope.account_id, scope.region


def identity_of(
    configuration_set: ConfigurationSet, destination: EventDestination | None = None
) -> Identity:
    """Return the identity of a set, or of its destination if one is given."""
    return Identity(configuration_set.name, destination.name if destination else None)


def rest_of(
    configuration_set: ConfigurationSet, managed: Container[Identity]
) -> ConfigurationSet | None:
    """Return the part of a set that other code doesn't manage; None if it manages all.

    A managed set stays for its other destinations, without its options.
    """
    name = configuration_set.name
    destinations = tuple(
        destination
        for destination in configuration_set.event_destinations
        if Identity(name, destination.name) not in managed
    )
    if Identity(name) not in managed:
        return structs.replace(configuration_set, event_destinations=destinations)
    if not destinations:
        return None
    return ConfigurationSet(name, options_known=False, event_destinations=destinations)


def identities(scope: Scope) -> list[Identity]:
    """Return the identities of all sets and destinations of a scope, sorted."""
    unsorted = [identity_of(configuration_set) for configuration_set in scope.configuration_sets]
    unsorted += [identity_of(*pair) for pair in scope.destinations]
    return sorted(unsorted, key=lambda identity: identity.names)
