"""Frozen data types for the resources of SES, with the names of the SES API v2.

Constructors put values in canonical order, so that equal resources compare equal. Names, tags and
event types are sorted, because SES returns them in no particular order. Dimensions and suppressed
reasons keep the order of the response, because Terraform's provider compares them as lists. The
shapes follow
``GetConfigurationSet`` and ``GetConfigurationSetEventDestinations`` in the SES API v2 reference.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Annotated, ClassVar, Literal, Self, TypeVar

import msgspec
from msgspec import structs
from msgspec.structs import force_setattr

Name = Annotated[str, msgspec.Meta(min_length=1)]

UNKNOWN_FIELDS_KEY = f"unknown {os.urandom(8).hex()}"
"""The JSON key under which ``codec`` gathers the fields that the models don't know.

It is random in each process, so that no response and no file can have a field of this name.
"""


class OpenEnum(StrEnum):
    """An enumeration of the API, to which AWS may add values at any time.

    An unknown value becomes a member too: it can be compared, and is written to a snapshot
    unchanged. Iteration yields the known values only.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        new = str.__new__(cls, value)
        new._name_ = new._value_ = value
        return new

    @property
    def is_known(self) -> bool:
        """Whether these models know the value."""
        return self.value in type(self)._value2member_map_


class EventType(OpenEnum):
    """What happened to an email (API type ``EventType``)."""

    BOUNCE = "BOUNCE"
    CLICK = "CLICK"
    COMPLAINT = "COMPLAINT"
    DELIVERY = "DELIVERY"
    DELIVERY_DELAY = "DELIVERY_DELAY"
    OPEN = "OPEN"
    REJECT = "REJECT"
    RENDERING_FAILURE = "RENDERING_FAILURE"
    SEND = "SEND"
    SUBSCRIPTION = "SUBSCRIPTION"


class DimensionValueSource(OpenEnum):
    """Where CloudWatch finds a dimension's value (API type ``DimensionValueSource``)."""

    EMAIL_HEADER = "EMAIL_HEADER"
    LINK_TAG = "LINK_TAG"
    MESSAGE_TAG = "MESSAGE_TAG"


class TargetKind(StrEnum):
    """The kinds of target that an event destination can publish to."""

    SNS = "sns"
    CLOUDWATCH = "cloudwatch"
    FIREHOSE = "firehose"
    EVENTBRIDGE = "eventbridge"
    PINPOINT = "pinpoint"


class TlsPolicy(OpenEnum):
    """Whether email may be delivered without TLS."""

    OPTIONAL = "OPTIONAL"
    REQUIRE = "REQUIRE"


class SharedPoolDeliveryMode(OpenEnum):
    """Which shared IP addresses SES may send from."""

    ACCOUNT = "ACCOUNT"
    GLOBAL = "GLOBAL"
    REGIONAL = "REGIONAL"


class HttpsPolicy(OpenEnum):
    """Which tracking links use HTTPS."""

    OPTIONAL = "OPTIONAL"
    REQUIRE = "REQUIRE"
    REQUIRE_OPEN_ONLY = "REQUIRE_OPEN_ONLY"


class FeatureStatus(OpenEnum):
    """On or off, as SES spells it in its newer options."""

    DISABLED = "DISABLED"
    ENABLED = "ENABLED"


class SuppressedReason(OpenEnum):
    """Why an address lands on the suppression list (API type ``SuppressionListReason``)."""

    BOUNCE = "BOUNCE"
    COMPLAINT = "COMPLAINT"


class SuppressionScope(OpenEnum):
    """Whose suppression list is used (API type ``SuppressionListScope``)."""

    ACCOUNT = "ACCOUNT"
    TENANT = "TENANT"


class ConfidenceVerdict(OpenEnum):
    """How sure address validation must be (API type ``SuppressionConfidenceVerdictThreshold``)."""

    HIGH = "HIGH"
    MANAGED = "MANAGED"
    MEDIUM = "MEDIUM"


class SignatureFormat(OpenEnum):
    """How an S/MIME signature is attached."""

    DETACHED = "DETACHED"


class UnknownField(msgspec.Struct, frozen=True, order=True, rename="pascal"):
    """A field of an AWS response that the models don't know; ``value`` is canonical JSON."""

    name: str
    value: str


class Model(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    rename="pascal",
    forbid_unknown_fields=True,
):
    """The base of the types here: frozen, without absent options in the JSON.

    Unknown fields are kept in ``unknown_fields``. msgspec can only drop or refuse them, so it
    refuses them, and ``codec`` gathers them before msgspec sees the JSON.
    """

    unknown_fields: tuple[UnknownField, ...] = msgspec.field(default=(), name=UNKNOWN_FIELDS_KEY)


# Targets
# -------------------------------------------------------------------------------------------


class TargetModel(Model, frozen=True):
    """The base of the targets, one class for each ``TargetKind``."""

    kind: ClassVar[TargetKind]

    @property
    def arn(self) -> str | None:
        """The ARN of the target; None for CloudWatch metrics, which have none."""
        name = next((name for name in self.__struct_fields__ if name.endswith("_arn")), None)
        return getattr(self, name) if name else None


class SnsDestination(TargetModel, frozen=True):
    """An SNS topic."""

    kind: ClassVar[TargetKind] = TargetKind.SNS
    topic_arn: str


class KinesisFirehoseDestination(TargetModel, frozen=True):
    """A Firehose stream, and the role that SES assumes to write to it."""

    kind: ClassVar[TargetKind] = TargetKind.FIREHOSE
    delivery_stream_arn: str
    iam_role_arn: str


class EventBridgeDestination(TargetModel, frozen=True):
    """An EventBridge bus; SES accepts only the default one."""

    kind: ClassVar[TargetKind] = TargetKind.EVENTBRIDGE
    event_bus_arn: str


class PinpointDestination(TargetModel, frozen=True):
    """A Pinpoint application (Pinpoint's support ended on 2026-10-30)."""

    kind: ClassVar[TargetKind] = TargetKind.PINPOINT
    application_arn: str | None = None


class DimensionConfiguration(Model, frozen=True):
    """One CloudWatch dimension: its name, its value source and its default value."""

    dimension_name: str
    dimension_value_source: DimensionValueSource
    default_dimension_value: str


class CloudWatchDestination(TargetModel, frozen=True):
    """CloudWatch metrics, with dimensions in the order in which SES returns them."""

    kind: ClassVar[TargetKind] = TargetKind.CLOUDWATCH
    dimension_configurations: tuple[DimensionConfiguration, ...]


Target = (
    SnsDestination
    | CloudWatchDestination
    | KinesisFirehoseDestination
    | EventBridgeDestination
    | PinpointDestination
)


class EventDestination(Model, frozen=True, kw_only=True):
    """An event destination: which events of a configuration set go to which target.

    ``enabled`` is None if the source doesn't give it: it is optional in a response of SES, and
    has no documented default.

    Raises:
        ValueError: unless there is exactly one target. A target of an unknown kind, which is in
            ``unknown_fields``, counts.
    """

    name: Name
    enabled: bool | None = None
    matching_event_types: tuple[EventType, ...]
    sns_destination: SnsDestination | None = None
    cloud_watch_destination: CloudWatchDestination | None = None
    kinesis_firehose_destination: KinesisFirehoseDestination | None = None
    event_bridge_destination: EventBridgeDestination | None = None
    pinpoint_destination: PinpointDestination | None = None

    def __post_init__(self) -> None:
        if len(self.matching_event_types) > 1:
            types = tuple(sorted(set(self.matching_event_types)))
            force_setattr(self, "matching_event_types", types)
        if not self.unknown_fields and _targets_of(self).count(None) == len(TARGET_FIELDS) - 1:
            return
        targets = [field for field in TARGET_FIELDS if getattr(self, field) is not None]
        targets += [field.name for field in self.unknown_targets]
        if len(targets) != 1:
            names = " and ".join(targets) or "none"
            raise ValueError(
                f"an event destination needs exactly one target, but this one has {names}"
            )

    @property
    def unknown_targets(self) -> tuple[UnknownField, ...]:
        """Targets of a kind that the models don't know.

        In the API, the fields of all targets are named ``...Destination``.
        """
        return tuple(field for field in self.unknown_fields if field.name.endswith("Destination"))

    @property
    def target(self) -> Target | None:
        """The target; None if the models don't know its kind."""
        for field in TARGET_FIELDS:
            target: Target | None = getattr(self, field)
            if target is not None:
                return target
        return None


TARGET_FIELDS = tuple(
    name for name in EventDestination.__struct_fields__ if name.endswith("_destination")
)
"""The fields of ``EventDestination`` that hold a target, one for each kind."""

_targets_of = attrgetter(*TARGET_FIELDS)


# Configuration sets
# --------------------------------------------------------------------------------


class TrackingOptions(Model, frozen=True):
    """The domain of open and click links; an empty one counts as absent."""

    custom_redirect_domain: str | None = None
    https_policy: HttpsPolicy | None = None

    def __post_init__(self) -> None:
        if not self.custom_redirect_domain:
            force_setattr(self, "custom_redirect_domain", None)


class DeliveryOptions(Model, frozen=True):
    """How SES delivers email."""

    tls_policy: TlsPolicy | None = None
    sending_pool_name: str | None = None
    max_delivery_seconds: int | None = None
    shared_pool_delivery_mode: SharedPoolDeliveryMode | None = None


class ReputationOptions(Model, frozen=True):
    """Reputation metrics.

    ``last_fresh_start`` (ISO 8601, UTC) is recorded by SES; it isn't a setting.

    Raises:
        ValueError: if ``last_fresh_start`` isn't a time.
    """

    reputation_metrics_enabled: bool | None = None
    last_fresh_start: str | float | int | None = None

    def __post_init__(self) -> None:
        if self.last_fresh_start is not None:
            force_setattr(self, "last_fresh_start", _iso_time(self.last_fresh_start))


class SendingOptions(Model, frozen=True):
    """Whether the set may send email."""

    sending_enabled: bool | None = None


class ConfidenceThreshold(Model, frozen=True):
    """API type ``SuppressionConfidenceThreshold``."""

    confidence_verdict_threshold: ConfidenceVerdict


class ConditionThreshold(Model, frozen=True):
    """API type ``SuppressionConditionThreshold``."""

    condition_threshold_enabled: FeatureStatus
    overall_confidence_threshold: ConfidenceThreshold | None = None


class ValidationOptions(Model, frozen=True):
    """API type ``SuppressionValidationOptions``."""

    condition_threshold: ConditionThreshold


class SuppressionOptions(Model, frozen=True):
    """Which bounces and complaints suppress an address.

    An empty list is a setting; None means that nothing is set.
    """

    suppressed_reasons: tuple[SuppressedReason, ...] | None = None
    suppression_scope: SuppressionScope | None = None
    validation_options: ValidationOptions | None = None


class DashboardOptions(Model, frozen=True):
    """Virtual Deliverability Manager's dashboard."""

    engagement_metrics: FeatureStatus | None = None


class GuardianOptions(Model, frozen=True):
    """Virtual Deliverability Manager's guardian."""

    optimized_shared_delivery: FeatureStatus | None = None


class VdmOptions(Model, frozen=True):
    """Virtual Deliverability Manager."""

    dashboard_options: DashboardOptions | None = None
    guardian_options: GuardianOptions | None = None


class ArchivingOptions(Model, frozen=True):
    """The Mail Manager archive for sent email."""

    archive_arn: str | None = None


class DefaultSigningScheme(Model, frozen=True):
    """Signing by SES; it has no settings."""


class SmimeSigningScheme(Model, frozen=True):
    """S/MIME signing."""

    signature_format: SignatureFormat | None = None


class SigningScheme(Model, frozen=True):
    """One of the two signing schemes."""

    default_scheme: DefaultSigningScheme | None = None
    smime_scheme: SmimeSigningScheme | None = None


class MessageSecurityOptions(Model, frozen=True):
    """How messages are signed."""

    signing_scheme: SigningScheme | None = None


class Tag(Model, frozen=True):
    """A tag; keys that begin with ``aws:`` belong to AWS."""

    key: str
    value: str

    @property
    def is_system(self) -> bool:
        """Whether only AWS can set the tag."""
        return self.key.startswith("aws:")


class ConfigurationSet(Model, frozen=True):
    """A configuration set with its options, tags and event destinations.

    ``options_known`` is False if only the destinations were read, so that an option that wasn't
    read doesn't pass for an unset one. An option that SES returns empty stays empty: to SES it is
    the same as an absent one, but not to Terraform's provider.

    Raises:
        ValueError: if two destinations have the same name, or two tags the same key.
    """

    configuration_set_name: Name
    options_known: bool = True
    tracking_options: TrackingOptions | None = None
    delivery_options: DeliveryOptions | None = None
    reputation_options: ReputationOptions | None = None
    sending_options: SendingOptions | None = None
    suppression_options: SuppressionOptions | None = None
    vdm_options: VdmOptions | None = None
    archiving_options: ArchivingOptions | None = None
    message_security_options: MessageSecurityOptions | None = None
    tags: tuple[Tag, ...] = ()
    event_destinations: tuple[EventDestination, ...] = ()

    def __post_init__(self) -> None:
        tags = _sorted_by(self.tags, "Tags", "key")
        force_setattr(self, "tags", tags)
        destinations = _sorted_by(self.event_destinations, "EventDestinations", "name")
        force_setattr(self, "event_destinations", destinations)

    @property
    def name(self) -> str:
        """The set's name."""
        return self.configuration_set_name

    @property
    def owning_stack(self) -> str | None:
        """The CloudFormation stack that owns the set, from its ``aws:`` tags."""
        tags = {tag.key: tag.value for tag in self.tags}
        stack = tags.get("aws:cloudformation:stack-name")
        return stack or tags.get("aws:cloudformation:stack-id")


OPTION_FIELDS = tuple(
    name for name in ConfigurationSet.__struct_fields__ if name.endswith("_options")
)


def without_empty(configuration_set: ConfigurationSet) -> ConfigurationSet:
    """Return the set without the options, and parts of options, in which nothing is set."""
    options = {
        name: _without_empty_parts(getattr(configuration_set, name)) for name in OPTION_FIELDS
    }
    return structs.replace(configuration_set, **options)


def _without_empty_parts(value: object) -> object:
    """Return a value without its empty parts; None if all of it is empty."""
    # An empty signing scheme is a setting: it chooses the scheme.
    if not isinstance(value, Model) or isinstance(value, DefaultSigningScheme | SmimeSigningScheme):
        return value
    fields = structs.fields(type(value))
    parts = {info.name: _without_empty_parts(getattr(value, info.name)) for info in fields}
    is_empty = all(not info.required and parts[info.name] == info.default for info in fields)
    return None if is_empty else structs.replace(value, **parts)


def is_unset(value: object) -> bool:
    """Whether nothing is set in a value, which is an option or a part of one."""
    return _without_empty_parts(value) is None


AccountId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{12}\Z")]
Partition = Annotated[str, msgspec.Meta(pattern=r"^aws(-[a-z]+)*\Z")]
Region = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+(-[a-z]+)*-[0-9]+\Z", max_length=64)]


class PartOfScope(Model, frozen=True):
    """The patterns of ``--include`` and ``--exclude`` that a snapshot was made with."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __str__(self) -> str:
        options = [f"--include {pattern}" for pattern in self.include]
        return " ".join([*options, *(f"--exclude {pattern}" for pattern in self.exclude)])


class Scope(Model, frozen=True, kw_only=True):
    """The configuration sets of one account and region; the account may be unknown.

    ``selection`` is set if a snapshot was limited by patterns: SES may have more than it contains.

    Raises:
        ValueError: if two configuration sets have the same name.
    """

    account_id: AccountId | None = None
    partition: Partition
    region: Region
    selection: PartOfScope | None = None
    configuration_sets: tuple[ConfigurationSet, ...] = ()

    def __post_init__(self) -> None:
        sets = _sorted_by(self.configuration_sets, "ConfigurationSets", "configuration_set_name")
        force_setattr(self, "configuration_sets", sets)

    @property
    def title(self) -> str:
        """The account and region in words, for messages and headings."""
        account = f"account {self.account_id}" if self.account_id else "unknown account"
        return f"{account}, region {self.region}"

    @property
    def destinations(self) -> Iterator[tuple[ConfigurationSet, EventDestination]]:
        """Each destination with its set, in order."""
        for configuration_set in self.configuration_sets:
            for destination in configuration_set.event_destinations:
                yield configuration_set, destination


class Snapshot(Model, frozen=True, kw_only=True):
    """The content of a snapshot file: one scope for each account and region.

    Raises:
        ValueError: if two scopes have the same account and region.
    """

    format_version: Literal[1]
    scopes: tuple[Scope, ...]

    def __post_init__(self) -> None:
        ordered = sorted(
            self.scopes, key=lambda scope: (scope.account_id or "", scope.partition, scope.region)
        )
        # An account is in one partition, so account and region identify a scope.
        keys: list[object] = [(scope.account_id or "", scope.region) for scope in self.scopes]
        _refuse_duplicates("Scopes", keys)
        force_setattr(self, "scopes", tuple(ordered))


def partition_of(region: str) -> str:
    """Return the partition of a region, by its prefix, for sources that don't give it."""
    prefixes = {
        "cn-": "aws-cn",
        "us-gov-": "aws-us-gov",
        "us-isob-": "aws-iso-b",
        "us-isof-": "aws-iso-f",
        "us-iso-": "aws-iso",
        "eu-isoe-": "aws-iso-e",
        "eusc-": "aws-eusc",
    }
    matches = (partition for prefix, partition in prefixes.items() if region.startswith(prefix))
    return next(matches, "aws")


_M = TypeVar("_M", bound=Model)


def _sorted_by(values: Iterable[_M], what: str, field: str) -> tuple[_M, ...]:
    items = tuple(values)
    if len(items) < 2:
        return items
    _refuse_duplicates(what, [getattr(item, field) for item in items])
    return tuple(sorted(items, key=attrgetter(field)))


def _refuse_duplicates(what: str, keys: list[object]) -> None:
    first: dict[object, int] = {}
    for index, key in enumerate(keys):
        if key in first:
            shown = " ".join(filter(None, key)) if isinstance(key, tuple) else key
            raise ValueError(f"{what}[{index}] repeats {what}[{first[key]}]: both are {shown!r}")
        first[key] = index


def _iso_time(value: str | float) -> str:
    """Return a time, from the API (epoch seconds) or the AWS CLI (text), in ISO 8601 and UTC."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
        else:
            moment = datetime.fromtimestamp(value, tz=UTC)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"not a time: {value!r}") from None
