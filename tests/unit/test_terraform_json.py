"""States and plans as Terraform writes them, and texts that are none."""

import json
from typing import Any

import pytest

from exporter.errors import ExporterError
from exporter.loaders.code import Unknown
from exporter.loaders.terraform_json import load_shown, load_state
from exporter.naming import Identity

SET = "aws_sesv2_configuration_set"
DESTINATION = "aws_sesv2_configuration_set_event_destination"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
ORDERS: dict[str, Any] = {
    "id": "orders",
    "arn": "arn:aws:ses:eu-west-1:123456789012:configuration-set/orders",
    "configuration_set_name": "orders",
    # As a state has what is not set: empty texts, zeros and lists.
    "delivery_options": [
        {"max_delivery_seconds": 0, "sending_pool_name": "", "tls_policy": "REQUIRE"}
    ],
    "reputation_options": [{"last_fresh_start": "2025-01-01", "reputation_metrics_enabled": False}],
    "sending_options": [{"sending_enabled": True}],
    "suppression_options": [{"suppressed_reasons": []}],
    "tracking_options": [],
    "vdm_options": None,
    "tags": None,
    "tags_all": {"b": "2", "a": ""},
}
BOUNCES: dict[str, Any] = {
    "id": "orders|bounces",
    "configuration_set_name": "orders",
    "event_destination_name": "bounces",
    "event_destination": [
        {
            "enabled": False,
            "matching_event_types": ["BOUNCE"],
            "sns_destination": [{"topic_arn": TOPIC}],
            "cloud_watch_destination": [],
        }
    ],
}
EXPECTED_SET = {
    "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
    "ReputationOptions": {"ReputationMetricsEnabled": False},
    "SendingOptions": {"SendingEnabled": True},
    "SuppressionOptions": {"SuppressedReasons": []},
    "Tags": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}],
}
EXPECTED_DESTINATION = {
    "Enabled": False,
    "MatchingEventTypes": ["BOUNCE"],
    "SnsDestination": {"TopicArn": TOPIC},
}


def resource(kind: str, values: Any, name: str = "x") -> dict[str, Any]:
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "values": values,
    }


def shown(*resources: Any, **more: Any) -> str:
    module = {
        "resources": [resources[0]],
        "child_modules": [{"resources": list(resources[1:])}],
    }
    return json.dumps({"format_version": "1.0", "values": {"root_module": module}, **more})


def state(*instances: tuple[str, Any]) -> str:
    resources = [
        {"mode": "managed", "type": kind, "name": "x", "instances": [{"attributes": values}]}
        for kind, values in instances
    ]
    data = {"mode": "data", "type": SET, "name": "x", "instances": [{"attributes": ORDERS}]}
    return json.dumps({"version": 4, "lineage": "", "resources": [data, *resources]})


def test_a_state_says_what_is_set() -> None:
    for loaded in (
        load_state(state((SET, ORDERS), (DESTINATION, BOUNCES)), "s"),
        load_shown(shown(resource(SET, ORDERS), resource(DESTINATION, BOUNCES)), "s"),
    ):
        found = {each.identity: each.values for each in loaded.resources}
        assert found == {
            Identity("orders"): EXPECTED_SET,
            Identity("orders", "bounces"): EXPECTED_DESTINATION,
        }
        assert loaded.unknown == ()


def test_what_a_plan_does_not_know_yet_is_unknown() -> None:
    values = {**BOUNCES, "event_destination": [{"enabled": True, "sns_destination": [{}]}]}
    after = {"event_destination": [{"sns_destination": [{"topic_arn": True}]}]}
    change = {"address": f"{DESTINATION}.x", "change": {"after_unknown": after}}
    (found,) = load_shown(
        shown(resource(DESTINATION, values), resource_changes=[change]), "p"
    ).resources
    assert found.values == {
        "Enabled": True,
        "SnsDestination": {"TopicArn": Unknown("it is known after the apply only")},
    }


def test_a_name_that_is_not_known_yet_is_said() -> None:
    values = {**ORDERS, "configuration_set_name": None}
    loaded = load_shown(shown(resource(SET, values)), "p.json")
    assert loaded.resources == ()
    assert loaded.unknown == (f"p.json {SET}.x: the name of its set is known after the apply only",)


def test_one_destination_twice_is_refused() -> None:
    text = shown(resource(DESTINATION, BOUNCES), resource(DESTINATION, BOUNCES, "y"))
    with pytest.raises(ExporterError, match=f"twice: {DESTINATION}.x and {DESTINATION}.y"):
        load_shown(text, "s")


@pytest.mark.parametrize("version", [3, 5, "4", None])
def test_a_state_of_another_version_is_refused(version: object) -> None:
    with pytest.raises(ExporterError, match="this ses2iac knows 4"):
        load_state(json.dumps({"version": version}), "s")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format_version": "2.0"}',
        '{"format_version": "1.0", "values": [1]}',
        '{"format_version": "1.0", "values": {"root_module": {"resources": [1]}}}',
        '{"format_version": "1.0", "resource_changes": [{}]}',
        shown({"mode": "managed", "type": SET, "address": "x"}),
        "{" * 100_000,
    ],
)
def test_what_terraform_did_not_write_is_an_error(text: str) -> None:
    with pytest.raises(ExporterError):
        load_shown(text, "p.json")


@pytest.mark.parametrize("attributes", [None, [], "x"])
def test_a_damaged_state_is_an_error(attributes: object) -> None:
    with pytest.raises(ExporterError, match="not of the shape that Terraform writes") as caught:
        load_state(state((DESTINATION, attributes)), "s")
    assert caught.value.where == "s"


def test_a_destination_without_its_block_is_unknown() -> None:
    loaded = load_state(state((DESTINATION, {**BOUNCES, "event_destination": 1})), "s")
    assert loaded.resources == ()
    assert len(loaded.unknown) == 1
