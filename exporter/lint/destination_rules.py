"""Rules for event destinations that need only their settings."""

from collections.abc import Iterator
from itertools import combinations

from exporter.lint.model import Hit, SettingsRule, Severity, each_destination
from exporter.model import arns
from exporter.model.arns import arns_of
from exporter.model.resources import (
    CloudWatchDestination,
    DimensionConfiguration,
    DimensionValueSource,
    EventBridgeDestination,
    EventDestination,
    PinpointDestination,
    Scope,
    SnsDestination,
    Target,
)

_PLACEHOLDERS = frozenset(
    {"default", "empty", "missing", "n-a", "na", "nil", "no-value", "none", "not-set", "notset"}
    | {"null", "undefined", "unknown", "unset", "unspecified", "untagged"}
)
_AUTO_TAG = "ses:"
"""The prefix of message tags that SES sets on every mail, so their default value is never used."""

_SNS_PAGE = (
    "https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html"
)


def _disabled(destination: EventDestination) -> Iterator[str]:
    if destination.enabled is False:
        events = ", ".join(destination.matching_event_types)
        yield f"is disabled: it does not receive {events}"


DESTINATION_DISABLED = SettingsRule(
    id="destination-disabled",
    severity=Severity.WARNING,
    title="An event destination is disabled",
    why="It looks like any other destination but receives no events. Events that occur while "
    "it is disabled are lost: SES does not send them later.",
    advice="Enable it, or delete it if nobody needs its events.",
    url="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_EventDestination.html",
    check=each_destination(_disabled),
)


def _pinpoint(destination: EventDestination) -> Iterator[str]:
    if isinstance(destination.target, PinpointDestination):
        yield "publishes to Pinpoint, whose support ended on 30 October 2026"


PINPOINT_ENDED = SettingsRule(
    id="pinpoint-ended",
    severity=Severity.ERROR,
    title="A destination publishes to Pinpoint",
    why="AWS ended support for Pinpoint on 30 October 2026: its applications and analytics can "
    "no longer be reached, and neither can these events.",
    advice="Publish to EventBridge, Firehose or SNS instead, and delete this destination.",
    url="https://docs.aws.amazon.com/pinpoint/latest/userguide/migrate.html",
    check=each_destination(_pinpoint),
)


def _other_bus(destination: EventDestination) -> Iterator[str]:
    target = destination.target
    if isinstance(target, EventBridgeDestination):
        bus = target.event_bus_arn.rpartition("/")[2]
        if bus != "default":
            yield (f"publishes to the bus {bus}, but SES supports only the bus named default")


BUS_NOT_DEFAULT = SettingsRule(
    id="bus-not-default",
    severity=Severity.ERROR,
    title="An EventBridge bus is not the default bus",
    why="SES publishes only to the account's default bus.",
    advice="Use the default bus, and forward events to the other bus with an EventBridge rule.",
    url="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_EventBridgeDestination.html",
    check=each_destination(_other_bus),
    refused_on_create=True,
)


def _fifo(destination: EventDestination) -> Iterator[str]:
    target = destination.target
    if isinstance(target, SnsDestination) and target.topic_arn.endswith(".fifo"):
        yield (
            f"publishes to the FIFO topic {target.topic_arn}, but SES supports only standard topics"
        )


TOPIC_FIFO = SettingsRule(
    id="topic-fifo",
    severity=Severity.ERROR,
    title="An SNS topic is a FIFO topic",
    why="SES does not support FIFO topics.",
    advice="Publish to a standard topic.",
    url=_SNS_PAGE,
    check=each_destination(_fifo),
    refused_on_create=True,
)


def _twice(scope: Scope) -> Iterator[Hit]:
    for set_ in scope.configuration_sets:
        enabled = [d for d in set_.event_destinations if d.enabled and d.target is not None]
        for first, second in combinations(enabled, 2):
            shared = sorted({*first.matching_event_types} & {*second.matching_event_types})
            if shared and _target_of(first) == _target_of(second):
                yield Hit(
                    set_.name,
                    second.name,
                    f"has the same target as {first.name}; it receives {', '.join(shared)} twice",
                )


def _target_of(destination: EventDestination) -> str | Target | None:
    """Return what identifies a target; a Firehose stream is the same one with any role."""
    target = destination.target
    return target.arn or target if target is not None else None


TARGET_TWICE = SettingsRule(
    id="target-twice",
    severity=Severity.WARNING,
    title="Two destinations of a set publish the same events to the same target",
    why="Each event arrives twice: counts double, handlers run twice, and you pay for both.",
    advice="Delete one of the two, or give each its own event types.",
    url="https://docs.aws.amazon.com/ses/latest/dg/event-destinations-manage.html",
    check=_twice,
)


def _elsewhere(scope: Scope) -> Iterator[Hit]:
    for set_, destination in scope.destinations:
        for noun, arn in _arns(destination):
            elsewhere = " and ".join(_other_account_region(scope, arn))
            if elsewhere:
                yield Hit(set_.name, destination.name, f"its {noun} is in {elsewhere}: {arn}")


def _arns(destination: EventDestination) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(arns_of(destination)):
        yield each.type.noun if index else "target", each.arn


def _other_account_region(scope: Scope, arn: str) -> Iterator[str]:
    """Yield account and region of an ARN if they are not the scope's."""
    parts = arns.split(arn)
    if parts is None:
        return
    if parts.account and scope.account_id and parts.account != scope.account_id:
        yield f"account {parts.account}"
    if parts.region and parts.region != scope.region:
        yield f"region {parts.region}"


TARGET_ELSEWHERE = SettingsRule(
    id="target-elsewhere",
    severity=Severity.WARNING,
    title="A target is in another account or region",
    why="Events leave the account or region. That may be intended, or it may be left over from "
    "a copied definition, so that one system's bounces end up in another. It works only as "
    "long as the other side allows it, and nothing here shows when it stops.",
    advice="Make sure that it is intended and that the target's policy allows SES for this "
    "account; then ignore the rule for it.",
    url=_SNS_PAGE,
    check=_elsewhere,
)


def _hiding(destination: EventDestination) -> Iterator[str]:
    target = destination.target
    if isinstance(target, CloudWatchDestination):
        for dimension in target.dimension_configurations:
            if _is_hiding(dimension):
                value = dimension.default_dimension_value
                yield (
                    f"mail without {_source(dimension)} {dimension.dimension_name} counts "
                    f"as {value}, like mail that really has this value"
                )


_SOURCES = {
    DimensionValueSource.EMAIL_HEADER: "the header",
    DimensionValueSource.LINK_TAG: "the link tag",
    DimensionValueSource.MESSAGE_TAG: "the message tag",
}


def _source(dimension: DimensionConfiguration) -> str:
    source = dimension.dimension_value_source
    return _SOURCES.get(source, f"the {source}")


def _is_hiding(dimension: DimensionConfiguration) -> bool:
    is_tag = dimension.dimension_value_source is DimensionValueSource.MESSAGE_TAG
    if is_tag and dimension.dimension_name.startswith(_AUTO_TAG):
        return False
    value = dimension.default_dimension_value.strip("_-").lower().replace("_", "-")
    return value not in _PLACEHOLDERS


DEFAULT_HIDES_MISSING = SettingsRule(
    id="default-hides-missing",
    severity=Severity.INFO,
    title="A CloudWatch default value looks like a real one",
    why="SES counts mail that lacks the tag or header under the dimension's default value. If "
    "real mail has the same value, one metric counts both, and nothing shows that senders "
    "forgot the tag. The rule accepts these values, which clearly mean none: "
    + ", ".join(sorted(_PLACEHOLDERS))
    + ". It skips dimensions on SES's own tags (ses:...), which all mail has.",
    advice="Choose a default that no mail uses, such as none, and set an alarm on its metric.",
    url="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CloudWatchDimensionConfiguration.html",
    check=each_destination(_hiding),
)
