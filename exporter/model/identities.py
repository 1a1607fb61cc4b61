"""What a configuration set or an event destination is known by."""

from dataclasses import dataclass

from exporter.model.resources import ConfigurationSet, EventDestination, Scope


@dataclass(frozen=True, order=True)
class Identity:
    """A resource: a configuration set, or one of its event destinations."""

    configuration_set: str
    event_destination: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that make up a label."""
        if self.event_destination is None:
            return (self.configuration_set,)
        return (self.configuration_set, self.event_destination)

    @property
    def import_id(self) -> str:
        """The import id in Terraform.

        ``SET`` or ``SET|DESTINATION`` (AWS provider documentation).
        """
        return "|".join(self.names)

    def __str__(self) -> str:
        return "/".join(self.names)


def key_of(scope: Scope) -> tuple[str | None, str]:
    """The account and region of a scope."""
    return scope.account_id, scope.region


def identity_of(
    configuration_set: ConfigurationSet, destination: EventDestination | None = None
) -> Identity:
    """The identity of a set or of one of its destinations."""
    return Identity(configuration_set.name, destination.name if destination else None)


def identities(scope: Scope) -> list[Identity]:
    """Every set and destination of a scope, in order."""
    found = [identity_of(configuration_set) for configuration_set in scope.configuration_sets]
    found += [identity_of(*pair) for pair in scope.destinations]
    return sorted(found, key=lambda identity: identity.names)
