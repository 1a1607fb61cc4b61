"""Models against models: each change with its path, and nothing said of what is the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporter.diff.compare import compare
from exporter.diff.model import ABSENT, Changed, ValueChange
from exporter.diff.side import Side, of_scope
from exporter.model import codec
from exporter.model.resources import (
    CloudWatchDestination,
    ConfigurationSet,
    DeliveryOptions,
    DimensionConfiguration,
    DimensionValueSource,
    EventDestination,
    EventType,
    Scope,
    SendingOptions,
    SnsDestination,
    Tag,
    TlsPolicy,
    UnknownField,
)
from tests.strategies import examples, hostile_models

ARN = "arn:aws:sns:eu-west-1:123456789012:mail"
PLAIN = EventDestination(
    name="bounces",
    enabled=True,
    matching_event_types=(EventType.BOUNCE,),
    sns_destination=SnsDestination(topic_arn=ARN),
)
Resource = ConfigurationSet | EventDestination
SET = ConfigurationSet(configuration_set_name="orders")


def changes(old: Resource, new: Resource) -> list[ValueChange]:
    """What differs between two resources of one name."""
    found = compare(side(old), side(new)).changes
    assert len(found) <= 1
    return [each for change in found if isinstance(change, Changed) for each in change.values]


def side(model: Resource) -> Side:
    if isinstance(model, EventDestination):
        model = replace(SET, event_destinations=(model,))
    scope = Scope(partition="aws", region="eu-west-1", configuration_sets=(model,))
    return Side("one", (of_scope(scope),))


def dimension(name: str) -> DimensionConfiguration:
    return DimensionConfiguration(
        dimension_name=name,
        dimension_value_source=DimensionValueSource.MESSAGE_TAG,
        default_dimension_value="none",
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (PLAIN, PLAIN, []),
        (PLAIN, replace(PLAIN, enabled=False), [ValueChange("Enabled", True, False)]),
        (
            PLAIN,
            replace(PLAIN, sns_destination=SnsDestination(topic_arn=ARN + "2")),
            [ValueChange("SnsDestination.TopicArn", ARN, ARN + "2")],
        ),
        (
            PLAIN,
            replace(
                PLAIN,
                sns_destination=None,
                cloud_watch_destination=CloudWatchDestination(dimension_configurations=()),
            ),
            [
                ValueChange("CloudWatchDestination.DimensionConfigurations", ABSENT, []),
                ValueChange("SnsDestination.TopicArn", ARN, ABSENT),
            ],
        ),
        (
            PLAIN,
            replace(PLAIN, matching_event_types=(EventType.SEND, EventType.BOUNCE)),
            [ValueChange("MatchingEventTypes", ["BOUNCE"], ["BOUNCE", "SEND"])],
        ),
        # SES gives event types and tags no order.
        (
            replace(PLAIN, matching_event_types=(EventType.SEND, EventType.BOUNCE)),
            replace(PLAIN, matching_event_types=(EventType.BOUNCE, EventType.SEND)),
            [],
        ),
        (
            replace(SET, tags=(Tag(key="b", value="2"), Tag(key="a", value="1"))),
            replace(SET, tags=(Tag(key="a", value="1"), Tag(key="b", value="2"))),
            [],
        ),
        (
            replace(SET, delivery_options=DeliveryOptions(max_delivery_seconds=300)),
            replace(SET, delivery_options=DeliveryOptions(tls_policy=TlsPolicy.REQUIRE)),
            [
                ValueChange("DeliveryOptions.MaxDeliverySeconds", 300, ABSENT),
                ValueChange("DeliveryOptions.TlsPolicy", ABSENT, "REQUIRE"),
            ],
        ),
        # An option group that holds nothing is an absent one.
        (replace(SET, sending_options=SendingOptions()), SET, []),
        (
            replace(SET, unknown_fields=(UnknownField("NewOption", "1"),)),
            replace(SET, unknown_fields=(UnknownField("NewOption", "true"),)),
            [ValueChange("NewOption", 1, True)],
        ),
    ],
)
def test_a_change_has_the_path_and_both_values(
    old: Any, new: Any, expected: list[ValueChange]
) -> None:
    assert changes(old, new) == expected
    assert changes(new, old) == [ValueChange(c.path, c.new, c.old) for c in expected]


def test_dimensions_have_no_order() -> None:
    ab = CloudWatchDestination(dimension_configurations=(dimension("a"), dimension("b")))
    ba = CloudWatchDestination(dimension_configurations=(dimension("b"), dimension("a")))
    one, other = (
        replace(PLAIN, sns_destination=None, cloud_watch_destination=each) for each in (ab, ba)
    )
    assert changes(one, other) == []


@pytest.mark.parametrize(
    ("old", "new"), [("[1]", "[true]"), ('[{"A":0}]', '[{"A":false}]'), ("[1]", "[1.0]")]
)
def test_types_count_within_lists_too(old: str, new: str) -> None:
    before = replace(SET, unknown_fields=(UnknownField("NewOption", old),))
    after = replace(SET, unknown_fields=(UnknownField("NewOption", new),))
    assert [change.path for change in changes(before, after)] == ["NewOption"]


@examples(60)
@given(st.data())
def test_nothing_differs_from_itself(data: st.DataObject) -> None:
    a_set = data.draw(hostile_models(ConfigurationSet))
    assert changes(a_set, codec.decode(codec.encode(a_set), ConfigurationSet)) == []
    one = data.draw(hostile_models(EventDestination))
    assert changes(one, codec.decode(codec.encode(one), EventDestination)) == []
