"""The gate: what a format cannot hold is named, and nothing else is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporter.formats.fidelity import Assessment, Effect, Entry, assess
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import export_scope
from exporter.model import codec, resources
from exporter.model.identities import Identity
from exporter.model.resources import (
    TARGET_FIELDS,
    CloudWatchDestination,
    ConfigurationSet,
    DimensionConfiguration,
    DimensionValueSource,
    EventDestination,
    EventType,
    Model,
    PinpointDestination,
    Scope,
    SnsDestination,
    Tag,
    UnknownField,
    without_empty,
)
from tests import readback
from tests.strategies import examples, scopes

READERS = {
    FormatName.TERRAFORM: readback.read_terraform,
    FormatName.CLOUDFORMATION: readback.read_cloudformation,
    FormatName.CDK: readback.read_cdk,
}
every_format = pytest.mark.parametrize("format_name", FormatName)


def assessed(
    format_name: FormatName, scope: Scope, *, configuration_sets: bool = True
) -> Assessment:
    return assess(scope, load_format(format_name).judge, configuration_sets=configuration_sets)


def scope_of(*sets: ConfigurationSet) -> Scope:
    return Scope(
        account_id="123456789012",
        partition="aws",
        region="eu-west-1",
        configuration_sets=sets,
    )


# What is lost is named, and what is named is lost
# ----------------------------------------------------------------


@dataclass(frozen=True)
class Gone:
    """A value that the gate did not let through; without a path, the whole resource.

    An empty path is another thing: that of a field whose name is empty.
    """

    identity: Identity
    path: str | None = None

    def is_named_by(self, entry: Entry) -> bool:
        """Whether an entry is about it, something in it, or what it is in."""
        if self.identity != entry.identity:
            return False
        whole = (Effect.SET, Effect.DESTINATION)
        is_whole = self.path is None or entry.effect in whole
        return is_whole or _overlap(self.path or "", entry.path)


def _overlap(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer.startswith((f"{shorter}.", f"{shorter}["))


def gone(original: Scope, passed: Scope) -> Iterator[Gone]:
    """Every value of a scope that did not pass, found without any of the gate's own code."""
    kept = {found.name: found for found in passed.configuration_sets}
    for found in original.configuration_sets:
        of_set = kept.pop(found.name, None)
        if of_set is None:
            yield Gone(Identity(found.name))
            continue
        bare = replace(found, event_destinations=())
        if of_set.options_known:
            left = replace(of_set, event_destinations=())
            for path in _missing(without_empty(bare), without_empty(left), ""):
                yield Gone(Identity(found.name), path)
        else:
            assert of_set == ConfigurationSet(
                found.name, options_known=False, event_destinations=of_set.event_destinations
            )
        destinations = {one.name: one for one in of_set.event_destinations}
        for one in found.event_destinations:
            of_destination = destinations.pop(one.name, None)
            identity = Identity(found.name, one.name)
            if of_destination is None:
                yield Gone(identity)
            else:
                for path in _missing(one, of_destination, ""):
                    yield Gone(identity, path)
        assert not destinations
    assert not kept
    outside = replace(passed, configuration_sets=original.configuration_sets)
    for path in _missing(original, outside, ""):
        yield Gone(Identity(""), path)


def _missing(original: object, passed: object, path: str) -> Iterator[str]:
    if original == passed:
        return
    if isinstance(original, Model) and isinstance(passed, Model):
        assert type(original) is type(passed)
        assert not passed.unknown_fields
        for field in original.unknown_fields:
            yield _below(path, field.name)
        for info in codec.fields_of(type(original)):
            before, after = getattr(original, info.name), getattr(passed, info.name)
            yield from _missing(before, after, _below(path, info.encode_name))
    elif path == "Tags":
        assert isinstance(original, tuple)
        assert isinstance(passed, tuple)
        kept = {tag.key: tag for tag in passed}
        for tag in original:
            yield from _missing(tag, kept.pop(tag.key, None), f"Tags[{tag.key}]")
        assert not kept
    elif isinstance(original, tuple) and isinstance(passed, tuple) and len(original) == len(passed):
        for index, (before, after) in enumerate(zip(original, passed, strict=True)):
            yield from _missing(before, after, f"{path}[{index}]")
    else:
        assert passed is None, f"{path}: {original!r} became {passed!r}"
        yield path


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def is_aws_tag(lost: Gone) -> bool:
    return (lost.path or "").startswith("Tags[aws:")


@every_format
@examples(60)
@given(scope=scopes(), configuration_sets=st.booleans())
def test_every_loss_has_an_entry_and_every_entry_its_loss(
    format_name: FormatName, scope: Scope, configuration_sets: bool
) -> None:
    assessment = assessed(format_name, scope, configuration_sets=configuration_sets)
    lost = list(gone(scope, assessment.scope))
    losses = [entry for entry in assessment.entries if entry.is_loss]
    for one in lost:
        if is_aws_tag(one):
            # Never written, which is as it should be; said, but no loss.
            about = assessment.of(one.identity)
            assert any(entry.effect is Effect.NOTE for entry in about), one
        else:
            assert any(one.is_named_by(entry) for entry in losses), one
    for entry in losses:
        is_lost = any(one.is_named_by(entry) for one in lost)
        assert is_lost == (entry.effect is not Effect.ALTERED), entry
    assert len(set(assessment.entries)) == len(assessment.entries)


@every_format
@examples(25)
@given(scope=scopes(), configuration_sets=st.booleans())
def test_what_passed_the_gate_passes_again(
    format_name: FormatName, scope: Scope, configuration_sets: bool
) -> None:
    passed = assessed(format_name, scope, configuration_sets=configuration_sets).scope
    again = assessed(format_name, passed, configuration_sets=configuration_sets)
    assert again.scope == passed
    # Nobody but AWS may set these.
    keys = [tag.key for found in passed.configuration_sets for tag in found.tags]
    assert not [key for key in keys if key.startswith("aws:")]
    assert {entry.effect for entry in again.entries} <= {Effect.NOTE, Effect.ALTERED}


@every_format
@examples(25)
@given(scope=scopes())
def test_every_destination_that_passes_has_its_target(
    format_name: FormatName, scope: Scope
) -> None:
    before = {(found.name, one.name): one for found, one in scope.destinations}
    for found, one in assessed(format_name, scope).scope.destinations:
        was = before[found.name, one.name]
        assert one.target is not None
        assert was.target is not None
        assert one.target.kind == was.target.kind
        assert one.target.arn == was.target.arn


@every_format
@examples(20)
@given(scope=scopes())
def test_without_configuration_sets_the_destinations_pass_alike(
    format_name: FormatName, scope: Scope
) -> None:
    def by_identity(assessment: Assessment) -> dict[tuple[str, str], EventDestination]:
        return {(s.name, d.name): d for s, d in assessment.scope.destinations}

    with_sets = by_identity(assessed(format_name, scope))
    without = by_identity(assessed(format_name, scope, configuration_sets=False))
    assert with_sets.items() <= without.items()


# What each rule says
# ----------------------------------------------------------------------------------

TOPIC: Final = "arn:aws:sns:eu-west-1:123456789012:mail-bounces"


def destination(**given: Any) -> EventDestination:
    if not set(given) & set(TARGET_FIELDS) and "unknown_fields" not in given:
        given["sns_destination"] = SnsDestination(topic_arn=TOPIC)
    return EventDestination(
        **{"name": "bounces", "enabled": True, "matching_event_types": (EventType.BOUNCE,), **given}
    )


def metrics(name: str, default: str) -> CloudWatchDestination:
    dimension = DimensionConfiguration(
        dimension_name=name,
        dimension_value_source=DimensionValueSource.MESSAGE_TAG,
        default_dimension_value=default,
    )
    return CloudWatchDestination(dimension_configurations=(dimension,))


def orders(*destinations: EventDestination, **given: Any) -> ConfigurationSet:
    told = {
        "sending_options": resources.SendingOptions(sending_enabled=True),
        "reputation_options": resources.ReputationOptions(reputation_metrics_enabled=True),
    }
    name = given.pop("name", "orders")
    return ConfigurationSet(name, event_destinations=destinations, **{**told, **given})


Said = tuple[Effect, str, str]


def note(path: str, reason: str) -> Said:
    return (Effect.NOTE, path, reason)


def left_out(path: str, reason: str) -> Said:
    return (Effect.OPTION, path, reason)


def unmanaged(path: str, reason: str) -> Said:
    return (Effect.UNMANAGED, path, reason)


def unknown(value: str) -> str:
    return f"this version of ses2iac doesn't know {value!r}"


def altered(path: str) -> Said:
    return (Effect.ALTERED, path, "HCL normalizes every string to Unicode NFC")


def whole(path: str, reason: str) -> Said:
    """What costs the event destination."""
    return (Effect.DESTINATION, path, reason)


def unwanted(value: str, meaning: str) -> str:
    return f"{value!r} is not valid for the CloudFormation type, which takes {meaning}"


def tags(**values: str) -> ConfigurationSet:
    return orders(tags=tuple(Tag(key=key, value=value) for key, value in values.items()))


def delivery(**given: Any) -> ConfigurationSet:
    return orders(delivery_options=resources.DeliveryOptions(**given))


TF, CFN, CDK = FormatName
ALL: Final = (TF, CFN, CDK)
TEMPLATES: Final = (CFN, CDK)

PINPOINT: Final = destination(
    pinpoint_destination=PinpointDestination(application_arn="arn:aws:mobiletargeting:x:1:apps/1")
)
DEFAULT: Final = "CloudWatchDestination.DimensionConfigurations[0].DefaultDimensionValue"
DIMENSION: Final = "CloudWatchDestination.DimensionConfigurations[0].DimensionName"
HTTPS: Final = resources.HttpsPolicy.REQUIRE

LEFT_OPEN: Final = "missing from the source, so the code doesn't set it"
NO_BAR: Final = "the import ID SET|DESTINATION can't contain another '|'"
NO_NFC: Final = "HCL normalizes every string to Unicode NFC"
OF_STACK: Final = (
    "owned by the CloudFormation stack mail: the stack will revert changes made by other tools"
)
RESOLVED: Final = "CloudFormation would resolve it as a dynamic reference"
TOKEN: Final = "CDK would read it as one of its tokens"
UNKNOWN: Final = "this version of ses2iac doesn't know it (live value {})"
WORD: Final = "letters, digits, '_' and '-'"

RULES: Final[list[tuple[tuple[FormatName, ...], ConfigurationSet, list[Said]]]] = [
    # What every format says.
    (ALL, orders(destination()), []),
    (
        ALL,
        orders(sending_options=None, reputation_options=None),
        [
            note("SendingOptions.SendingEnabled", LEFT_OPEN),
            note("ReputationOptions.ReputationMetricsEnabled", LEFT_OPEN),
        ],
    ),
    (
        ALL,
        orders(
            reputation_options=resources.ReputationOptions(
                reputation_metrics_enabled=False, last_fresh_start=0
            )
        ),
        [
            note(
                "ReputationOptions.LastFreshStart",
                "not written: this is state that SES keeps, not a setting",
            )
        ],
    ),
    *(
        (
            names,
            delivery(max_delivery_seconds=seconds),
            [
                left_out(
                    "DeliveryOptions.MaxDeliverySeconds",
                    f"{seconds} is outside the range that SES allows, 300 to 50400 seconds",
                )
            ],
        )
        for seconds in (299, 50401, -1)
        for names in (TEMPLATES,)
    ),
    *(
        (
            (TF,),
            delivery(max_delivery_seconds=seconds, sending_pool_name="shared"),
            [
                unmanaged(
                    "DeliveryOptions",
                    f"{seconds} is outside the range that SES allows, 300 to 50400 seconds "
                    "(MaxDeliverySeconds)",
                )
            ],
        )
        for seconds in (299, 50401, -1)
    ),
    (
        ALL,
        delivery(max_delivery_seconds=0),
        [
            left_out(
                "DeliveryOptions.MaxDeliverySeconds",
                "0 is outside the range that SES allows, 300 to 50400 seconds",
            )
        ],
    ),
    # Values that are new.
    (
        (TF,),
        delivery(tls_policy=resources.TlsPolicy("STRICT"), sending_pool_name="shared"),
        [unmanaged("DeliveryOptions", f"{unknown('STRICT')} (TlsPolicy)")],
    ),
    (
        TEMPLATES,
        delivery(tls_policy=resources.TlsPolicy("STRICT"), sending_pool_name="shared"),
        [left_out("DeliveryOptions.TlsPolicy", unknown("STRICT"))],
    ),
    (
        (TF,),
        orders(
            suppression_options=resources.SuppressionOptions(
                suppressed_reasons=(resources.SuppressedReason("SPAM"),),
                suppression_scope=resources.SuppressionScope("TEAM"),
            )
        ),
        [unmanaged("SuppressionOptions", f"{unknown('SPAM')} (SuppressedReasons)")],
    ),
    # The provider never sees it.
    (
        (TF,),
        orders(
            suppression_options=resources.SuppressionOptions(
                suppression_scope=resources.SuppressionScope("TEAM")
            )
        ),
        [
            left_out(
                "SuppressionOptions.SuppressionScope",
                "the Terraform AWS provider has no argument for it",
            )
        ],
    ),
    (
        ALL,
        orders(destination(matching_event_types=(EventType.BOUNCE, EventType("INBOX")))),
        [whole("MatchingEventTypes[1]", unknown("INBOX"))],
    ),
    (
        ALL,
        orders(destination(enabled=None)),
        [note("Enabled", "missing from the source, so it is not written")],
    ),
    # Options in which nothing is set: nothing is lost.
    (ALL, delivery(), []),
    (
        ALL,
        orders(
            archiving_options=resources.ArchivingOptions(),
            message_security_options=resources.MessageSecurityOptions(
                signing_scheme=resources.SigningScheme()
            ),
        ),
        [],
    ),
    (ALL, delivery(max_delivery_seconds=300), []),
    (ALL, delivery(max_delivery_seconds=50400), []),
    (
        ALL,
        orders(options_known=False, sending_options=None, reputation_options=None),
        [
            note(
                "",
                "its options were not read, so only the event destinations are written",
            )
        ],
    ),
    (
        ALL,
        tags(**{"aws:x": "1", "aws:y": "2"}),
        [note("Tags", "not written, because only AWS can set them: aws:x, aws:y")],
    ),
    (ALL, tags(**{"aws:cloudformation:stack-name": "mail", "aws:x": "1"}), [note("", OF_STACK)]),
    (ALL, tags(**{"aws:cloudformation:stack-id": "mail"}), [note("", OF_STACK)]),
    (
        ALL,
        orders(unknown_fields=(UnknownField("NewOptions", '{"A":1}'),)),
        [left_out("NewOptions", UNKNOWN.format('{"A":1}'))],
    ),
    (
        ALL,
        orders(
            sending_options=resources.SendingOptions(
                sending_enabled=True, unknown_fields=(UnknownField("New", f'"{"x" * 59}"'),)
            )
        ),
        [left_out("SendingOptions.New", UNKNOWN.format(f'"{"x" * 56}...'))],
    ),
    (
        ALL,
        orders(destination(unknown_fields=(UnknownField("LogsDestination", "{}"),))),
        [whole("LogsDestination", UNKNOWN.format("{}"))],
    ),
    # The Terraform AWS provider and HCL.
    (
        (TF,),
        orders(PINPOINT),
        [note("PinpointDestination", "AWS ended support for Amazon Pinpoint on 2026-10-30")],
    ),
    (
        (TF,),
        orders(archiving_options=resources.ArchivingOptions(archive_arn="arn:aws:ses:x")),
        [left_out("ArchivingOptions", "the Terraform AWS provider has no argument for it")],
    ),
    (
        (TF,),
        orders(tracking_options=resources.TrackingOptions(https_policy=HTTPS)),
        [],
    ),
    (
        (TF,),
        orders(
            tracking_options=resources.TrackingOptions(
                custom_redirect_domain="a.example", https_policy=HTTPS
            )
        ),
        [],
    ),
    (
        (TF,),
        orders(
            destination(cloud_watch_destination=CloudWatchDestination(dimension_configurations=()))
        ),
        [
            whole(
                "CloudWatchDestination",
                "the provider requires at least one dimension_configuration",
            )
        ],
    ),
    ((TF,), orders(destination(name="a|b")), [whole("Name", NO_BAR)]),
    (
        (TF,),
        orders(destination(), name="a|b"),
        [(Effect.SET, "ConfigurationSetName", NO_BAR)],
    ),
    ((TF,), tags(**{"a|b": "{{resolve:ssm:x}} ${Token[x.1]}"}), []),
    (
        (TF,),
        tags(**{"cafe\u0301": "\u212b"}),
        [altered("Tags[cafe\u0301].Key"), altered("Tags[cafe\u0301].Value")],
    ),
    # HCL breaks a run of more than 30 combining marks, as Unicode's stream-safe form wants it.
    ((TF,), tags(marks="a" + "\u0317" * 30), []),
    ((TF,), tags(marks="a" + "\u0317" * 31), [altered("Tags[marks].Value")]),
    # The accent of a composed letter counts.
    ((TF,), tags(marks="é" + "\u0317" * 30), [altered("Tags[marks].Value")]),
    (
        (TF,),
        tags(**{"cafe\u0301": "1", "café": "2"}),
        [
            unmanaged(
                "Tags",
                "HCL normalizes strings to Unicode NFC, which makes two of the keys the same",
            )
        ],
    ),
    # Imported under another name it would be nothing that exists.
    ((TF,), orders(destination(name="cafe\u0301")), [whole("Name", NO_NFC)]),
    # CloudFormation's resource types.
    (
        TEMPLATES,
        orders(PINPOINT),
        [whole("PinpointDestination", "the CloudFormation type has no property for it")],
    ),
    (
        TEMPLATES,
        orders(destination(cloud_watch_destination=metrics("ses:tag", "a.b"))),
        [whole(DEFAULT, unwanted("a.b", f"1 to 256 {WORD}"))],
    ),
    (
        TEMPLATES,
        orders(destination(cloud_watch_destination=metrics("ses tag", "a"))),
        [
            whole(
                DIMENSION,
                unwanted("ses tag", "1 to 256 letters, digits, '_', ':' and '-'"),
            )
        ],
    ),
    ((TF,), orders(destination(cloud_watch_destination=metrics("ses tag", "a.b"))), []),
    (
        TEMPLATES,
        orders(name="a" * 65),
        [(Effect.SET, "ConfigurationSetName", unwanted("a" * 65, f"1 to 64 {WORD}"))],
    ),
    (
        TEMPLATES,
        orders(destination(name="a b")),
        [whole("Name", unwanted("a b", f"up to 64 {WORD}"))],
    ),
    (
        TEMPLATES,
        orders(destination(sns_destination=SnsDestination(topic_arn="mail-bounces"))),
        [whole("SnsDestination.TopicArn", unwanted("mail-bounces", "the ARN of a topic"))],
    ),
    (
        TEMPLATES,
        orders(
            destination(
                event_bridge_destination=resources.EventBridgeDestination(event_bus_arn=TOPIC)
            )
        ),
        [whole("EventBridgeDestination.EventBusArn", unwanted(TOPIC, "the ARN of an event bus"))],
    ),
    # What CloudFormation and CDK would evaluate.
    (
        TEMPLATES,
        tags(**{"a": "x{{resolve:ssm:x}}", "b": "{{ resolve:ssm:x }}", "c{{resolve:": ""}),
        [left_out("Tags[a].Value", RESOLVED), left_out("Tags[c{{resolve:].Key", RESOLVED)],
    ),
    ((CFN,), tags(a="${Token[x.1]}"), []),
    ((CDK,), tags(a="${Token[x.1]}", b="${Token}"), [left_out("Tags[a].Value", TOKEN)]),
    (
        (CDK,),
        delivery(sending_pool_name="#{Token[x.1]}"),
        [left_out("DeliveryOptions.SendingPoolName", TOKEN)],
    ),
]


@pytest.mark.parametrize(
    ("format_name", "found", "expected"),
    [(name, found, expected) for names, found, expected in RULES for name in names],
)
def test_each_rule_says_what_becomes_of_a_value_and_why(
    format_name: FormatName, found: ConfigurationSet, expected: list[Said]
) -> None:
    assessment = assessed(format_name, scope_of(found))
    assert [(one.effect, one.path, one.reason) for one in assessment.entries] == expected
    assert {entry.configuration_set for entry in assessment.entries} <= {found.name}
    of_destination = {entry.event_destination for entry in assessment.entries} - {""}
    assert of_destination <= {one.name for one in found.event_destinations}


@pytest.mark.parametrize(
    ("entry", "sentence", "message"),
    [
        (
            Entry(Effect.OPTION, "why", "Tags", "s"),
            "Tags left out: why.",
            "Tags left out: why",
        ),
        (
            Entry(Effect.ALTERED, "why", "Name", "s", "d"),
            "Name altered: why.",
            "Name altered: why",
        ),
        (Entry(Effect.NOTE, "why", "Tags", "s"), "Tags: why.", "Tags: why"),
        (Entry(Effect.NOTE, "why", "", "s"), "Why.", "why"),
        (
            Entry(Effect.DESTINATION, "why", "Name", "s", "d"),
            "Event destination 'd' left out for its Name: why.",
            "event destination left out for its Name: why",
        ),
        (
            Entry(Effect.SET, "why", "Name", "s"),
            "Configuration set 's' left out with its destinations for its Name: why.",
            "configuration set and its destinations left out for its Name: why",
        ),
        (
            Entry(Effect.UNDEPLOYABLE, "why"),
            "cannot be deployed: why.",
            "cannot be deployed: why",
        ),
    ],
)
def test_an_entry_in_words(entry: Entry, sentence: str, message: str) -> None:
    assert (entry.sentence, entry.message) == (sentence, message)


@pytest.mark.parametrize("effect", Effect)
def test_only_a_note_is_no_loss(effect: Effect) -> None:
    assert Entry(effect, "why").is_loss == (effect is not Effect.NOTE)


@pytest.mark.parametrize("format_name", [CFN, CDK])
def test_a_region_without_the_types_is_said_of_the_scope(format_name: FormatName) -> None:
    scope = replace(scope_of(orders(destination())), region="cn-north-1")
    done = export_scope(load_format(format_name), scope)
    reason = "CloudFormation has no AWS::SES::ConfigurationSet in cn-north-1"
    assert done.entries == (Entry(Effect.UNDEPLOYABLE, reason),)
    assert not export_scope(load_format(TF), scope).entries


def test_unknown_fields_of_a_scope_are_said_of_the_scope() -> None:
    scope = replace(scope_of(), unknown_fields=(UnknownField("Quota", "1"),))
    assessment = assessed(TF, scope)
    reason = "this version of ses2iac doesn't know it (live value 1)"
    assert assessment.entries == (Entry(Effect.OPTION, reason, "Quota"),)
    assert assessment.scope == scope_of()
