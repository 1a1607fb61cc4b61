"""What every reader of code gives: the resources that code describes."""

from dataclasses import dataclass
from typing import Any

from exporter.formats import values
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination


@dataclass(frozen=True)
class Unknown:
    """A value that code does not write out.

    ``reason`` is the end of a sentence: ``var.topic has no default``.
    """

    reason: str


@dataclass(frozen=True)
class CodeResource:
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

    @classmethod
    def of_set(cls, address: str, where: str, model: ConfigurationSet) -> "CodeResource":
        """A set that is known wholly."""
        return cls(address, where, Identity(model.name), values.of_set(model))

    @classmethod
    def of_destination(
        cls, address: str, where: str, set_name: str, model: EventDestination
    ) -> "CodeResource":
        """An event destination of a set, known wholly."""
        return cls(address, where, Identity(set_name, model.name), values.of_destination(model))


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

    resources: tuple[CodeResource, ...]
    unknown: tuple[str, ...] = ()
    account_id: str | None = None
    region: str | None = None
