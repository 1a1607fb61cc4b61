"""What code needs from outside to be evaluated: where it is deployed, and values it is given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from exporter.model.resources import Scope


@dataclass(frozen=True)
class NamedSet:
    """A configuration set that the other side of a comparison has.

    Attributes:
        name: Its name.
        stack: The stack that its tags name.
        logical_id: Its logical id in that stack, as its tags say.
        destinations: The names of its event destinations.
        tags: The keys of its tags, but for those of AWS.
    """

    name: str
    stack: str | None = None
    logical_id: str | None = None
    destinations: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()


class OtherNames(Protocol):
    """The names that the other side of a comparison has in one account and region."""

    @property
    def sets(self) -> Mapping[str, NamedSet]:
        """Its configuration sets by name."""

    @property
    def arns(self) -> Iterable[str]:
        """The ARNs of all that its event destinations publish to or with."""


class Deployment(Protocol):
    """A deployed stack; whatever is not told is None or absent."""

    @property
    def parameters(self) -> Mapping[str, str]:
        """Values of its parameters as its functions see them, and those of pseudo parameters."""

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags of the stack, which CloudFormation gives to its resources too."""

    def physical_id(self, logical_id: str) -> str | None:
        """The physical id of a resource."""

    def has(self, logical_id: str) -> bool | None:
        """Whether it has a resource; None where it does not tell its resources."""

    def imported(self, name: str) -> str | None:
        """The value that another stack exports under a name."""

    def nested(self, logical_id: str) -> "Deployment | None":
        """The stack that a resource of it is."""

    def template_text(self) -> str:
        """Its template, YAML or JSON."""


@dataclass(frozen=True)
class OtherScope:
    """One account and region of the other side of a comparison."""

    account_id: str | None
    region: str | None
    partition: str
    names: OtherNames


class Stacks(Protocol):
    """The deployed stacks of the account that the other side was read from."""

    def find(self, name: str, account_id: str | None, region: str | None) -> Deployment | None:
        """A stack by name, account and region; None where these are not told or are another's."""

    def imported(self, name: str, account_id: str | None, region: str | None) -> str | None:
        """What a stack of an account and region exports under a name; None likewise."""

    @property
    def notes(self) -> Iterable[str]:
        """What could not be asked so far, and what that means."""


@dataclass(frozen=True)
class CodeInputs:
    """What is known of code beside the code itself.

    Attributes:
        account_id: The account that it is meant for, where the code does not say it: that of the
            other side of the comparison.
        region: Its region.
        partition: Its partition.
        variables: Values of Terraform's root variables by name (``--var``).
        var_files: Files of such values (``--var-file``).
        environment: The variables of the process that Terraform reads: ``TF_VAR_NAME``,
            ``TF_WORKSPACE``, ``TF_DATA_DIR``.
        others: What the other side of the comparison has, by account and region.
        stacks: The deployed stacks, where the account can be asked.
        stack_name: The name of the stack that a template is for, where the person says it.
        parameters: Values of a template's parameters, where the person says them.
    """

    account_id: str | None = None
    region: str | None = None
    partition: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    var_files: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    others: tuple[OtherScope, ...] = ()
    stacks: Stacks | None = None
    stack_name: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    def for_scope(self, scope: Scope) -> "CodeInputs":
        """The same, for code that is meant for an account and region."""
        return replace(
            self,
            account_id=scope.account_id,
            region=scope.region,
            partition=scope.partition,
        )

    def other_at(self, account_id: str | None, region: str | None) -> OtherScope | None:
        """The one scope of the other side that is, or may be, of an account and region."""
        fitting = [
            other
            for other in self.others
            if None in (account_id, other.account_id) or account_id == other.account_id
            if None in (region, other.region) or region == other.region
        ]
        return fitting[0] if len(fitting) == 1 else None
