"""What every reader of code gives: the resources that code describes."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from exporter.formats import values
from exporter.formats.unresolved import ANY_NAME, NamePattern, Unresolved
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination


class UnknownCause(Enum):
    """Why a value is unknown; only the first two make the coverage of a comparison less."""

    NOT_EVALUATED = auto()
    """The code says it, but not in a way that can be evaluated here."""
    INVALID = auto()
    """The code says what its engine refuses, so that it says nothing."""
    AFTER_APPLY = auto()
    """The engine knows it once it has made the resource."""
    IGNORED = auto()
    """The code tells its engine to leave it as it is (``ignore_changes``)."""


@dataclass(frozen=True)
class Unknown:
    """A value that code does not write out.

    ``reason`` is the end of a sentence: ``var.topic has no default``. ``pattern`` is what is known
    of a text all the same; two that are unknown for one reason are equal whatever it says.
    """

    reason: str
    cause: UnknownCause = UnknownCause.NOT_EVALUATED
    pattern: NamePattern = field(default=ANY_NAME, compare=False, repr=False, kw_only=True)


def is_made_up(arn: str) -> bool:
    """Whether an ARN holds ``*`` for what the engine makes up, which no target's ARN does.

    It equals no other, and so is a difference; it is no value to write anywhere.
    """
    return arn.startswith("arn:") and "*" in arn


@dataclass(frozen=True)
class CodeResource:
    """One resource as code describes it, perhaps not wholly.

    Attributes:
        address: Its Terraform address or its logical id.
        where: The file and line that it stands at (``infra/main.tf:12``).
        identity: What it is in SES.
        values: A set without its name, or a destination without its name, in the API's spelling;
            any value at any depth may be ``Unknown``.
        is_inferred: Whether its name was recognized and not read: of two that describe one thing,
            such a one is another.
    """

    address: str
    where: str
    identity: Identity
    values: dict[str, Any]
    is_inferred: bool = False

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
        unresolved: What is in the code and may be resources that cannot be told.
        account_id: The account that the code is for, if it says so.
        region: The region.
        notes: What a person must know of how it was read, a sentence each.
    """

    resources: tuple[CodeResource, ...]
    unresolved: tuple[Unresolved, ...] = ()
    account_id: str | None = None
    region: str | None = None
    notes: tuple[str, ...] = ()
