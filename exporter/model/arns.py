"""Parse ARNs, above all those of the targets of event destinations."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exporter.model.resources import EventDestination, Scope
from exporter.model.targets import TARGET_TYPES, ArnType


@dataclass(frozen=True, order=True)
class TargetArn:
    """An ARN in an event destination, with the type that it must have."""

    type: ArnType
    arn: str


@dataclass(frozen=True)
class Arn:
    """The parts of a target's ARN.

    ``prefix`` is the fixed text before the name (``role/``); ``name`` includes the path.
    """

    partition: str
    service: str
    region: str
    account: str
    prefix: str
    name: str

    @property
    def has_path(self) -> bool:
        """Whether the name has a path, like that of a service role."""
        return "/" in self.name

    def is_at(self, scope: Scope) -> bool:
        """Whether a lookup in the scope's account and region can find it; IAM is global."""
        return (
            self.partition == scope.partition
            and self.region in ("", scope.region)
            and self.account == scope.account_id
        )


@dataclass(frozen=True)
class ArnParts:
    """The parts of any ARN; ``text`` is all of it, and ``resource`` may contain colons."""

    text: str
    partition: str
    service: str
    region: str
    account: str
    resource: str

    @property
    def name(self) -> str:
        """The part of the resource after its last slash."""
        return self.resource.rpartition("/")[2] or self.resource


def split(arn: object) -> ArnParts | None:
    """Split any ARN; None if the value isn't one."""
    parts = arn.split(":", 5) if isinstance(arn, str) else []
    if len(parts) != 6 or parts[0] != "arn":
        return None
    return ArnParts(str(arn), *parts[1:])


# None of these characters needs quoting in a string of HCL, YAML, Fn::Sub or Python.
_NAME = re.compile(r"[A-Za-z0-9_.+=,@-]+(?:/[A-Za-z0-9_.+=,@-]+)*", re.ASCII)
_ARN = re.compile(
    r"arn:(aws[a-z0-9-]*):([a-z]+):((?:[a-z0-9]+-)+[0-9]+|):([0-9]{12}):(.+)", re.ASCII
)


def parse(target: TargetArn) -> Arn | None:
    """Parse a target's ARN; None if it isn't a valid one of its type."""
    match = _ARN.fullmatch(target.arn)
    if match is None:
        return None
    partition, service, region, account, resource = match.groups()
    prefix = target.type.prefix
    if service != target.type.service or not resource.startswith(prefix):
        return None
    if bool(region) != target.type.is_regional:
        return None
    name = resource.removeprefix(prefix)
    if not _NAME.fullmatch(name):
        return None
    return Arn(partition, service, region, account, prefix, name)


def target_arns(destinations: Iterable[EventDestination]) -> list[TargetArn]:
    """Return the distinct ARNs in the destinations, sorted."""
    return sorted({arn for destination in destinations for arn in arns_of(destination)})


def arns_of(destination: EventDestination) -> Iterator[TargetArn]:
    """Yield the ARNs in a destination, that of the target first."""
    target = destination.target
    row = TARGET_TYPES.get(target.kind) if target is not None else None
    for name, arn_type in row.arns.items() if row else ():
        arn: str | None = getattr(target, name)
        if arn is not None:
            yield TargetArn(arn_type, arn)
