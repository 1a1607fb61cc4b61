"""A destination of which nobody tells whether it is enabled, and values that are new."""

import pytest

from exporter.lint.destination_rules import DEFAULT_HIDES_MISSING, DESTINATION_DISABLED
from exporter.lint.set_rules import FEEDBACK_UNHEARD
from exporter.model.resources import (
    CloudWatchDestination,
    ConfigurationSet,
    DimensionConfiguration,
    DimensionValueSource,
    EventDestination,
    EventType,
    Scope,
    SnsDestination,
)
from exporter.reports.graph.model import DestinationNode, short_events
from exporter.reports.listing import describe_events
from exporter.reports.listing_table import scan_table
from exporter.sources.patterns import DisabledPattern, SetFacts, facts_of_destination

TOPIC = SnsDestination(topic_arn="arn:aws:sns:eu-west-1:123456789012:mail")
NEW = EventType("INBOX_PLACEMENT")


def destination(enabled: bool | None, *types: EventType) -> EventDestination:
    return EventDestination(
        name="quiet", enabled=enabled, matching_event_types=types, sns_destination=TOPIC
    )


def scope(*destinations: EventDestination) -> Scope:
    found = ConfigurationSet("orders", event_destinations=destinations)
    return Scope(partition="aws", region="eu-west-1", configuration_sets=(found,))


FEEDBACK = (EventType.BOUNCE, EventType.COMPLAINT)


@pytest.mark.parametrize(
    ("enabled", "shown", "counted"), [(True, "yes", 0), (False, "no", 1), (None, "unknown", 0)]
)
def test_the_table_says_what_is_told(enabled: bool | None, shown: str, counted: int) -> None:
    table = "".join(scan_table([scope(destination(enabled, *FEEDBACK))]))
    [line] = [line for line in table.splitlines() if "quiet" in line]
    assert shown in line
    assert f"{counted} disabled" in table


@pytest.mark.parametrize(("enabled", "expected"), [(True, 0), (False, 1), (None, 0)])
def test_lint_calls_disabled_what_is_told_to_be(enabled: bool | None, expected: int) -> None:
    hits = list(DESTINATION_DISABLED.check(scope(destination(enabled, *FEEDBACK))))
    assert len(hits) == expected
    unheard = list(FEEDBACK_UNHEARD.check(scope(destination(enabled, *FEEDBACK))))
    assert len(unheard) == expected


@pytest.mark.parametrize(("enabled", "expected"), [(True, False), (False, True), (None, False)])
def test_the_pattern_means_what_is_told_to_be_disabled(
    enabled: bool | None, expected: bool
) -> None:
    facts = facts_of_destination(SetFacts("orders"), destination(enabled))
    assert DisabledPattern("disabled", "").of_destination(facts) is expected


@pytest.mark.parametrize(
    ("enabled", "state", "is_off"),
    [(True, "", False), (False, "disabled", True), (None, "unknown whether enabled", False)],
)
def test_a_picture_says_what_is_told(enabled: bool | None, state: str, is_off: bool) -> None:
    node = DestinationNode("d1", "quiet", enabled, "bounce", "BOUNCE", "t1")
    assert (node.state, node.is_off) == (state, is_off)


def test_all_types_and_a_new_one_are_not_called_all() -> None:
    found = destination(True, *EventType, NEW)
    for said in (
        describe_events(found.matching_event_types),
        short_events(found.matching_event_types),
    ):
        assert not said.startswith("all")
        assert "inbox_placement" in said
    assert describe_events(tuple(EventType)) == "all"


def test_lint_names_a_source_that_is_new() -> None:
    dimension = DimensionConfiguration(
        dimension_name="campaign",
        dimension_value_source=DimensionValueSource("BODY"),
        default_dimension_value="spring",
    )
    found = EventDestination(
        name="metrics",
        matching_event_types=FEEDBACK,
        cloud_watch_destination=CloudWatchDestination(dimension_configurations=(dimension,)),
    )
    [hit] = DEFAULT_HIDES_MISSING.check(scope(found))
    assert "mail without the BODY campaign" in hit.message
