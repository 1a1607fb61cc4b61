"""Answers of the AWS CLI about one set: read as an entry of a snapshot would be."""

import json
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StringShape, StructureShape

from exporter.model import codec
from exporter.model.resources import ConfigurationSet
from exporter.sources import snapshot
from exporter.sources.snapshot import CliOutputOptions
from exporter.support.errors import ExporterError, UsageError

Json = Any

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
BOUNCES = {
    "Name": "bounces",
    "Enabled": True,
    "MatchingEventTypes": ["BOUNCE"],
    "SnsDestination": {"TopicArn": TOPIC},
}
SET = {
    "ConfigurationSetName": "orders",
    "TrackingOptions": {"CustomRedirectDomain": "click.example.com", "HttpsPolicy": "OPTIONAL"},
    "DeliveryOptions": {},
    "Tags": [{"Key": "team", "Value": "mail"}],
}
FIRST_API = {
    "ConfigurationSet": {"Name": "orders"},
    "EventDestinations": [
        {
            "Name": "bounces",
            "Enabled": True,
            "MatchingEventTypes": ["bounce", "renderingFailure", "somethingNew"],
            "SNSDestination": {"TopicARN": TOPIC},
        },
        {
            "Name": "lake",
            "MatchingEventTypes": ["send"],
            "KinesisFirehoseDestination": {"IAMRoleARN": "role", "DeliveryStreamARN": "stream"},
        },
        {
            "Name": "metrics",
            "Enabled": False,
            "MatchingEventTypes": ["send"],
            "CloudWatchDestination": {
                "DimensionConfigurations": [
                    {
                        "DimensionName": "messageTag",
                        "DimensionValueSource": "messageTag",
                        "DefaultDimensionValue": "linkTag",
                    }
                ]
            },
        },
    ],
    "TrackingOptions": {"CustomRedirectDomain": "click.example.com"},
    "DeliveryOptions": {"TlsPolicy": "Require"},
    "ReputationOptions": {"SendingEnabled": False, "ReputationMetricsEnabled": True},
}


def load(
    value: Json, name: str | None = None, region: str | None = "eu-west-1"
) -> tuple[ConfigurationSet, tuple[str, ...]]:
    """The one set of an answer, and what is said of it."""
    data = json.dumps(value).encode()
    found, notes = snapshot.load_with_notes(data, "answer.json", CliOutputOptions(name, region))
    [scope] = found.scopes
    [only] = scope.configuration_sets
    return only, notes


@pytest.mark.parametrize("name", [None, "orders"])
@pytest.mark.parametrize("extra", [{}, {"ResponseMetadata": {"RetryAttempts": 0}}], ids=str)
def test_both_answers_joined_are_the_whole_set(name: str | None, extra: Json) -> None:
    joined = {**SET, "EventDestinations": [BOUNCES]}
    found, notes = load({**joined, **extra}, name)
    assert (codec.encode(found), notes) == (joined, ())


def test_the_options_alone_are_read_and_what_is_missing_is_said() -> None:
    found, [note] = load(SET)
    assert codec.encode(found) == SET
    assert note.startswith("orders: this output has no event destinations")


def test_what_is_new_in_an_answer_is_kept() -> None:
    new = {**SET, "SomethingNew": {"Level": 3}, "EventDestinations": []}
    found, notes = load(new)
    assert codec.encode(found) == {k: v for k, v in new.items() if v != []}
    assert notes == ()


def test_an_answer_of_the_first_api_is_spelt_as_the_second_spells_it() -> None:
    found, [note] = load(FIRST_API)
    assert codec.encode(found) == {
        "ConfigurationSetName": "orders",
        "OptionsKnown": False,
        "TrackingOptions": {"CustomRedirectDomain": "click.example.com"},
        "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": False},
        "EventDestinations": [
            {
                **BOUNCES,
                "MatchingEventTypes": ["BOUNCE", "RENDERING_FAILURE", "SOMETHING_NEW"],
            },
            {
                "Name": "lake",
                "MatchingEventTypes": ["SEND"],
                "KinesisFirehoseDestination": {
                    "DeliveryStreamArn": "stream",
                    "IamRoleArn": "role",
                },
            },
            {
                "Name": "metrics",
                "Enabled": False,
                "MatchingEventTypes": ["SEND"],
                "CloudWatchDestination": {
                    "DimensionConfigurations": [
                        {
                            "DimensionName": "messageTag",
                            "DimensionValueSource": "MESSAGE_TAG",
                            "DefaultDimensionValue": "linkTag",
                        }
                    ]
                },
            },
        ],
    }
    assert note.startswith("orders: this is output of the SES API v1, which lacks")


def sample(shape: Shape) -> Json:
    """A value with every member that a shape has."""
    if isinstance(shape, StructureShape):
        return {name: sample(member) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [sample(shape.member)]
    if isinstance(shape, StringShape):
        return shape.enum[0] if shape.enum else "text"
    return {"boolean": True, "timestamp": "2025-01-01T00:00:00+00:00"}[shape.type_name]


def test_every_member_of_the_first_api_has_its_place() -> None:
    service = botocore.session.get_session().get_service_model("ses")
    shape = service.operation_model("DescribeConfigurationSet").output_shape
    assert shape is not None
    whole = sample(shape)
    [destination] = whole["EventDestinations"]
    targets = [name for name in destination if name.endswith("Destination")]
    bare = {name: value for name, value in destination.items() if name not in targets}
    whole["EventDestinations"] = [
        {**bare, "Name": name, name: destination[name]} for name in targets
    ]
    found, _ = load(whole)
    assert list(codec.unknown_fields(found)) == []
    assert list(codec.unknown_values(found)) == []
    assert len(found.event_destinations) == 3


def test_a_destination_whose_target_is_not_told_is_left_out_and_named() -> None:
    bus = {"Name": "bus", "Enabled": True, "MatchingEventTypes": ["send"]}
    value = {**FIRST_API, "EventDestinations": [*FIRST_API["EventDestinations"], bus]}
    found, notes = load(value)
    assert [each.name for each in found.event_destinations] == ["bounces", "lake", "metrics"]
    assert notes[1:] == ("orders: bus: left out, because the API v1 does not give its target",)


def test_destinations_that_were_not_asked_for_are_named() -> None:
    found, notes = load({"ConfigurationSet": {"Name": "orders"}})
    assert found == ConfigurationSet("orders", options_known=False)
    assert notes[1].startswith("orders: this output has no event destinations")


@pytest.mark.parametrize(
    ("value", "name", "region", "said"),
    [
        (SET, None, None, "this AWS CLI output does not name its region"),
        (FIRST_API, "orders", None, "this AWS CLI output does not name its region"),
        (
            {"EventDestinations": []},
            None,
            "eu-west-1",
            "this AWS CLI output does not name its configuration set and region",
        ),
        (
            SET,
            "letters",
            "eu-west-1",
            "this AWS CLI output is about the configuration set 'orders', not 'letters'",
        ),
    ],
)
def test_options_that_do_not_go_with_the_answer_are_refused(
    value: Json, name: str | None, region: str | None, said: str
) -> None:
    with pytest.raises(UsageError) as raised:
        load(value, name, region)
    assert raised.value.what == said


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({**SET, "ConfigurationSetName": None}, "$.ConfigurationSetName"),
        ({**SET, "ConfigurationSetName": 7}, "$.ConfigurationSetName"),
        ({**SET, "EventDestinations": {}}, "$.EventDestinations"),
        ({"ConfigurationSet": {"Name": None}}, "$.ConfigurationSetName"),
        ({**FIRST_API, "EventDestinations": 1}, "$.EventDestinations"),
        ({**FIRST_API, "EventDestinations": [1]}, "$.EventDestinations[0]"),
        ({**FIRST_API, "ReputationOptions": []}, "$.ReputationOptions"),
    ],
)
def test_a_damaged_answer_is_refused_with_its_place(value: Json, where: str) -> None:
    with pytest.raises((ExporterError, UsageError)) as raised:
        load(value, None)
    error = raised.value
    assert error.where == f"answer.json: {where}" or "does not name its" in error.what


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ([], "a JSON array"),
        ("text", "a single JSON value"),
        ({}, "a JSON object without keys"),
        ({"a": 1}, "a JSON object with the key 'a'"),
        ({"\x1b[31m": 1}, "a JSON object with the key '\\x1b[31m'"),
        ({"ConfigurationSets": []}, "a list of configuration set names without their settings"),
        ({"Stacks": []}, "the output of 'aws cloudformation describe-stacks'"),
        ({"Resources": {}}, "a CloudFormation template"),
        ({"lineage": "x", "serial": 1}, "a Terraform state"),
        ({"format_version": "1.2", "planned_values": {}}, "a Terraform plan"),
        (
            {"UserId": "a", "Account": "b", "Arn": "c"},
            "the output of 'aws sts get-caller-identity'",
        ),
        # With what no answer of v1 has, it is none.
        (
            {**FIRST_API, "Other": 1},
            "a JSON object with the keys 'ConfigurationSet', 'EventDestinations', "
            "'TrackingOptions', 'DeliveryOptions', 'ReputationOptions' and 1 more",
        ),
    ],
)
def test_what_else_there_is_is_named(value: Json, what: str) -> None:
    with pytest.raises(ExporterError) as raised:
        load(value, "orders")
    rest = ", not a snapshot or AWS CLI output about one set"
    assert raised.value.what == f"this is {what}{rest}"
    assert raised.value.hint
