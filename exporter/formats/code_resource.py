"""What every loader gives: the resources that code describes, as models."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination
from exporter.support.errors import ExporterError


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


@dataclass(frozen=True)
class Unknown:
    """A value that code does not write out.

    ``reason`` is the end of a sentence: ``var.topic has no default``.
    """

    reason: str


@dataclass(frozen=True)
class Described:
    """One resource as code describes it, perhaps not wholly.

    Attributes:
        address: Its Terraform address or its logical id.
        where: The file and line that it stands at (``infra/main.tf:12``).
        identity: What it is in SES.
        values: A set without its name, or a destination without its name, in the API's spelling;
            any value at any depth may be ``Unknown``.
    """

    address: str
    where: str
    identity: Identity
    values: dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """What code describes.

    Attributes:
        resources: The resources whose names are known.
        unknown: For each that is not, or whose number is not, where it stands and why, a sentence
            each.
        account_id: The account that the code is for, if it says so.
        region: The region.
    """

    resources: tuple[Described, ...]
    unknown: tuple[str, ...] = ()
    account_id: str | None = None
    region: str | None = None
