"""What every loader gives: the resources that code describes, as models."""

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from exporter.errors import ExporterError
from exporter.models import ConfigurationSet, EventDestination
from exporter.naming import Identity


@dataclass(frozen=True)
class CodeResource:
    """One resource that code describes.

    Attributes:
        address: Its Terraform address or its logical id.
        identity: What it is in SES.
        model: The set without its destinations, or the destination.
    """

    address: str
    identity: Identity
    model: ConfigurationSet | EventDestination


def assemble(resources: Iterable[CodeResource]) -> tuple[ConfigurationSet, ...]:
    """Sets with their destinations.

    A set of which the code holds only destinations has ``options_known`` false.

    Raises:
        ExporterError: when two resources describe one destination.
    """
    sets: dict[str, ConfigurationSet] = {}
    destinations: dict[str, list[EventDestination]] = {}
    for resource in resources:
        name = resource.identity.configuration_set
        if isinstance(resource.model, ConfigurationSet):
            sets[name] = resource.model
        else:
            destinations.setdefault(name, []).append(resource.model)
    try:
        return tuple(
            replace(
                sets.get(name) or ConfigurationSet(name, options_known=False),
                event_destinations=tuple(destinations.get(name, ())),
            )
            for name in sorted({*sets, *destinations})
        )
    except ValueError as error:
        raise ExporterError(f"the code describes something twice: {error}") from None
