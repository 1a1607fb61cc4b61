"""What every reader of code returns: the resources that the code describes."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from exporter.formats import values
from exporter.formats.unresolved import ANY_NAME, NamePattern, Unresolved
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination


class UnknownCause(Enum):
    """Why a value is unknown; only the first two lower the coverage of a comparison."""

    NOT_EVALUATED = auto()
    """The code has an expression that can't be evaluated here."""
    INVALID = auto()
    """The code has a value that its tool rejects."""
    AFTER_APPLY = auto()
    """The tool knows it only after it has created the resource."""
    IGNORED = auto()
    """The code tells its tool to ignore it (``ignore_changes``)."""


@dataclass(frozen=True)
class Unknown:
    """A value that can't be read from the code.

    ``reason`` is the end of a sentence: ``var.topic has no default``. ``pattern`` is what is known
    about a text nevertheless; it doesn't count when two unknown values are compared.
    """

    reason: str
    cause: UnknownCause = UnknownCause.NOT_EVALUATED
    pattern: NamePattern = field(default=ANY_NAME, compare=False, repr=False, kw_only=True)


def is_made_up(arn: str) -> bool:
    """Whether an ARN has ``*`` for a part that the tool will generate; no target's ARN has one.

    It differs from every live ARN, and must not be written anywhere.
    """
    return arn.startswith("arn:") and "*" in arn


@dataclass(frozen=True)
class CodeResource:
    """One resource as code describes it, perhaps only in part.

    Attributes:
        address: Its Terraform address or logical id.
        where: Its file and line (``infra/main.tf:12``).
        identity: Its names in SES.
        values: A set or a destination without its name, in the API's spelling; any value at any
            depth may be ``Unknown``.
        is_inferred: Whether its name was inferred, not read. If another resource has the same
            identity, the inference was wrong.
    """

    address: str
    where: str
    identity: Identity
    values: dict[str, Any]
    is_inferred: bool = False

    @classmethod
    def of_set(cls, address: str, where: str, model: ConfigurationSet) -> "CodeResource":
        """Return a set whose values are all known."""
        return cls(address, where, Identity(model.name), values.of_set(model))

    @classmethod
    def of_destination(
        cls, address: str, where: str, set_name: str, model: EventDestination
    ) -> "CodeResource":
        """Return an event destination whose values are all known."""
        return cls(address, where, Identity(set_name, model.name), values.of_destination(model))


@dataclass(frozen=True)
class Loaded:
    """What code describes.

    Attributes:
        resources: The resources whose names are known.
        unresolved: Code that may describe resources, and can't be evaluated.
        account_id: The account that the code is for, if it says so.
        region: The region.
        notes: What a person must know about how it was read, a sentence each.
    """

    resources: tuple[CodeResource, ...]
    unresolved: tuple[Unresolved, ...] = ()
    account_id: str | None = None
    region: str | None = None
    notes: tuple[str, ...] = ()
