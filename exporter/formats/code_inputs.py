"""What code needs from outside to be evaluated: where it is deployed, and values for it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from exporter.model.resources import Scope
from exporter.support.text import did_you_mean, nearest


@dataclass(frozen=True)
class NamedSet:
    """A configuration set that the other side of a comparison has.

    Attributes:
        name: Its name.
        stack: The stack in its tags.
        logical_id: Its logical id in that stack, from its tags.
        destinations: The names of its event destinations.
        tags: The keys of its tags, without those that AWS sets.
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
        """The ARNs of the targets of its event destinations, and of the roles that they use."""


class Deployment(Protocol):
    """A deployed stack; what isn't known is None or absent."""

    @property
    def parameters(self) -> Mapping[str, str]:
        """The values of its parameters as its functions see them, and of pseudo parameters."""

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags of the stack, which CloudFormation also gives to its resources."""

    def physical_id(self, logical_id: str) -> str | None:
        """Return the physical id of a resource."""

    def has(self, logical_id: str) -> bool | None:
        """Whether it has a resource; None if its resources aren't known."""

    def imported(self, name: str) -> str | None:
        """Return the value that another stack exports under a name."""

    def nested(self, logical_id: str) -> "Deployment | None":
        """Return the nested stack that is one of its resources."""

    def template_text(self) -> str:
        """Return its template, YAML or JSON."""


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
        """Return a stack, which may not exist; None if its account and region can't be read."""

    def imported(self, name: str, account_id: str | None, region: str | None) -> str | None:
        """Return what a stack exports under a name; None in the same cases as ``find``."""

    @property
    def notes(self) -> Iterable[str]:
        """What could not be read so far, and what that means."""


@dataclass(frozen=True)
class CodeInputs:
    """What is known about code besides the code itself.

    Attributes:
        account_id: The account that it is for, if the code doesn't say: that of the other side of
            the comparison.
        region: Its region.
        partition: Its partition.
        variables: Values of Terraform's root variables by name (``--var``).
        var_files: Files with such values (``--var-file``).
        environment: The environment variables that Terraform reads: ``TF_VAR_NAME``,
            ``TF_WORKSPACE``, ``TF_DATA_DIR``.
        others: The scopes of the other side of the comparison.
        stacks: The deployed stacks, if the account can be read.
        stack_name: The name of the stack that a template is for, if given.
        parameters: The values of a template's parameters, if given.
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
        """Return a copy for code of one account and region."""
        return replace(
            self,
            account_id=scope.account_id,
            region=scope.region,
            partition=scope.partition,
        )

    def other_at(self, account_id: str | None, region: str | None) -> OtherScope | None:
        """Return the one scope of the other side that may be of an account and region.

        None if there are none or several.
        """
        candidates = [
            other
            for other in self.others
            if None in (account_id, other.account_id) or account_id == other.account_id
            if None in (region, other.region) or region == other.region
        ]
        return candidates[0] if len(candidates) == 1 else None


def undeclared(
    option: str, given: Iterable[str], declared: Collection[str], noun: str
) -> Iterator[str]:
    """Yield a note for each value whose name the code doesn't declare, which is a typo or stale.

    Args:
        option: The option that gives values (``--var``).
        given: The names that were given.
        declared: The names that the code declares.
        noun: What the code calls them.
    """
    for name in given:
        if name not in declared:
            hint = did_you_mean(nearest(name, declared))
            yield f"{option} {name}: no such {noun} in the code" + (hint and f"; {hint}")
