"""The ARNs of what event destinations publish to, taken apart."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from exporter.model.resources import EventDestination, Scope


class TargetKind(StrEnum):
    """What an ARN in an event destination is of; the value is its name in sentences."""

    TOPIC = "SNS topic"
    STREAM = "Firehose stream"
    ROLE = "IAM role"
    BUS = "EventBridge bus"
    APPLICATION = "Pinpoint application"


@dataclass(frozen=True, order=True)
class Target:
    """One ARN in an event destination."""

    kind: TargetKind
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


# Service and what stands before the name (Service Authorization Reference, resource types).
_FORMS = {
    TargetKind.TOPIC: ("sns", ""),
    TargetKind.STREAM: ("firehose", "deliverystream/"),
    TargetKind.ROLE: ("iam", "role/"),
    TargetKind.BUS: ("events", "event-bus/"),
    TargetKind.APPLICATION: ("mobiletargeting", "apps/"),
}
# No character of a name means anything inside a text of HCL, YAML, Fn::Sub or Python.
_NAME = re.compile(r"[A-Za-z0-9_.+=,@-]+(?:/[A-Za-z0-9_.+=,@-]+)*", re.ASCII)
_ARN = re.compile(
    r"arn:(aws[a-z0-9-]*):([a-z]+):((?:[a-z0-9]+-)+[0-9]+|):([0-9]{12}):(.+)", re.ASCII
)


def parse(target: Target) -> Arn | None:
    """The parts of a target's ARN; None when it is not one of its kind."""
    found = _ARN.fullmatch(target.arn)
    service, prefix = _FORMS[target.kind]
    if found is None or found[2] != service or not found[5].startswith(prefix):
        return None
    if (found[3] == "") != (target.kind is TargetKind.ROLE):
        return None
    name = found[5].removeprefix(prefix)
    if not _NAME.fullmatch(name):
        return None
    return Arn(found[1], service, found[3], found[4], prefix, name)


def targets(destinations: Iterable[EventDestination]) -> list[Target]:
    """Every distinct target that has an ARN, sorted."""
    return sorted({target for each in destinations for target in _targets(each)})


def _targets(destination: EventDestination) -> Iterator[Target]:
    if destination.sns_destination:
        yield Target(TargetKind.TOPIC, destination.sns_destination.topic_arn)
    if destination.kinesis_firehose_destination:
        stream = destination.kinesis_firehose_destination
        yield Target(TargetKind.STREAM, stream.delivery_stream_arn)
        yield Target(TargetKind.ROLE, stream.iam_role_arn)
    if destination.event_bridge_destination:
        yield Target(TargetKind.BUS, destination.event_bridge_destination.event_bus_arn)
    if destination.pinpoint_destination and destination.pinpoint_destination.application_arn:
        yield Target(TargetKind.APPLICATION, destination.pinpoint_destination.application_arn)
