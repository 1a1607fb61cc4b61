"""The ARNs of what event destinations publish to, taken apart."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exporter.model.resources import EventDestination, Scope
from exporter.model.targets import TARGET_TYPES, ArnType


@dataclass(frozen=True, order=True)
class TargetArn:
    """One ARN in an event destination."""

    type: ArnType
    arn: str


@dataclass(frozen=True)
class Arn:
    """An ARN in its parts.

    ``name`` is the resource's own, with its path; ``prefix`` stands before it (``role/``).
    """

    partition: str
    service: str
    region: str
    account: str
    prefix: str
    name: str

    @property
    def has_path(self) -> bool:
        """Whether the name is below a path, as that of a service role is."""
        return "/" in self.name

    def is_at(self, scope: Scope) -> bool:
        """Whether a lookup in the scope's account and region can find it; IAM has no regions."""
        return (
            self.partition == scope.partition
            and self.region in ("", scope.region)
            and self.account == scope.account_id
        )


@dataclass(frozen=True)
class ArnParts:
    """Any ARN, ``text``, split at its colons; ``resource`` may hold more of them."""

    text: str
    partition: str
    service: str
    region: str
    account: str
    resource: str

    @property
    def name(self) -> str:
        """What stands behind the last slash of the resource."""
        return self.resource.rpartition("/")[2] or self.resource


def split(arn: object) -> ArnParts | None:
    """The parts of any ARN; None for what is none."""
    parts = arn.split(":", 5) if isinstance(arn, str) else []
    if len(parts) != 6 or parts[0] != "arn":
        return None
    return ArnParts(str(arn), *parts[1:])


# No character of a name means anything inside a text of HCL, YAML, Fn::Sub or Python.
_NAME = re.compile(r"[A-Za-z0-9_.+=,@-]+(?:/[A-Za-z0-9_.+=,@-]+)*", re.ASCII)
_ARN = re.compile(
    r"arn:(aws[a-z0-9-]*):([a-z]+):((?:[a-z0-9]+-)+[0-9]+|):([0-9]{12}):(.+)", re.ASCII
)


def parse(target: TargetArn) -> Arn | None:
    """The parts of a target's ARN; None when it is not one of its type."""
    found = _ARN.fullmatch(target.arn)
    service, prefix = target.type.service, target.type.prefix
    if found is None or found[2] != service or not found[5].startswith(prefix):
        return None
    if bool(found[3]) != target.type.is_regional:
        return None
    name = found[5].removeprefix(prefix)
    if not _NAME.fullmatch(name):
        return None
    return Arn(found[1], service, found[3], found[4], prefix, name)


def target_arns(destinations: Iterable[EventDestination]) -> list[TargetArn]:
    """Every distinct ARN in some destinations, sorted."""
    return sorted({each for destination in destinations for each in arns_of(destination)})


def arns_of(destination: EventDestination) -> Iterator[TargetArn]:
    """The ARNs in a destination; the first is that of what receives the events."""
    target = destination.target
    row = TARGET_TYPES.get(target.kind) if target is not None else None
    for name, arn_type in row.arns.items() if row else ():
        arn: str | None = getattr(target, name)
        if arn is not None:
            yield TargetArn(arn_type, arn)
