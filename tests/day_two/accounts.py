"""An account that is changed between exports: on ministack, or in the loopback server."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from exporter.model.identities import Identity
from tests.fakes import FakeAws, FakeSet

Json = Any

PLAIN: Mapping[str, Json] = {
    "ReputationOptions": {"ReputationMetricsEnabled": True},
    "SendingOptions": {"SendingEnabled": True},
}
"""The options that SES answers of every set."""

OPTIONS: tuple[tuple[str, Json], ...] = (
    ("sending", {"SendingEnabled": False}),
    ("sending", {"SendingEnabled": True}),
    ("reputation", {"ReputationMetricsEnabled": False}),
    ("suppression", {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]}),
    ("suppression", {"SuppressedReasons": ["BOUNCE"]}),
    ("delivery", {"TlsPolicy": "REQUIRE"}),
    ("delivery", {"TlsPolicy": "OPTIONAL"}),
)
"""What may be set by hand: ``put_configuration_set_..._options``, and its parameters."""


def _metrics(*names: str) -> Json:
    dimensions = [
        {
            "DimensionName": name,
            "DimensionValueSource": "MESSAGE_TAG",
            "DefaultDimensionValue": "none",
        }
        for name in names
    ]
    return {"CloudWatchDestination": {"DimensionConfigurations": dimensions}}


def targets(region: str, account_id: str) -> tuple[Json, ...]:
    """The targets that a destination may have."""
    return (
        {"SnsDestination": {"TopicArn": f"arn:aws:sns:{region}:{account_id}:mail"}},
        {"SnsDestination": {"TopicArn": f"arn:aws:sns:{region}:{account_id}:other"}},
        {
            "EventBridgeDestination": {
                "EventBusArn": f"arn:aws:events:{region}:{account_id}:event-bus/default"
            }
        },
        {
            "KinesisFirehoseDestination": {
                "DeliveryStreamArn": f"arn:aws:firehose:{region}:{account_id}:deliverystream/lake",
                "IamRoleArn": f"arn:aws:iam::{account_id}:role/mail",
            }
        },
        _metrics("team"),
        _metrics("team", "app"),
    )


class Account(Protocol):
    """An account in one region."""

    def call(self, operation: str, **parameters: Json) -> None:
        """Call an operation of SES that changes something, by its name in boto3."""

    def dump(self) -> dict[str, Json]:
        """Everything that there is: the answers for each set, its destinations among them."""


def identities(account: Account) -> set[Identity]:
    """What is alive."""
    found = set()
    for name, content in account.dump().items():
        found.add(Identity(name))
        found |= {Identity(name, each["Name"]) for each in content["EventDestinations"]}
    return found


class FakeAccount:
    """The account of the loopback server."""

    def __init__(self, server: FakeAws) -> None:
        self._sets: dict[str, FakeSet] = {}
        server.sets = self._sets

    def call(self, operation: str, **parameters: Json) -> None:
        """Change what the server answers."""
        name = parameters.pop("ConfigurationSetName")
        if operation == "create_configuration_set":
            assert name not in self._sets
            self._sets[name] = FakeSet(parameters)
        elif operation == "delete_configuration_set":
            del self._sets[name]
        elif operation.endswith("_configuration_set_event_destination"):
            self._put(name, parameters["EventDestinationName"], parameters.get("EventDestination"))
        else:
            option = operation.removeprefix("put_configuration_set_").removesuffix("_options")
            found = self._sets[name]
            options = {**found.options, f"{option.title()}Options": parameters}
            self._sets[name] = replace(found, options=options)

    def _put(self, owner: str, name: str, definition: Json | None) -> None:
        found = self._sets[owner]
        destinations = [each for each in found.destinations if each["Name"] != name]
        if definition is not None:
            destinations.append({"Name": name, **definition})
        destinations.sort(key=lambda each: each["Name"])
        self._sets[owner] = replace(found, destinations=destinations)

    def dump(self) -> dict[str, Json]:
        """What the server answers."""
        found = {
            name: {**each.options, "EventDestinations": list(each.destinations)}
            for name, each in self._sets.items()
        }
        return copy.deepcopy(found)


class BotoAccount:
    """An account that boto3 reaches.

    Args:
        client: A client of SES.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def call(self, operation: str, **parameters: Json) -> None:
        """Call it."""
        getattr(self._client, operation)(**parameters)

    def clear(self) -> None:
        """Delete all that there is."""
        for name in self.dump():
            self.call("delete_configuration_set", ConfigurationSetName=name)

    def dump(self) -> dict[str, Json]:
        """What boto3 reads."""
        found = {}
        for name in self._client.list_configuration_sets()["ConfigurationSets"]:
            options = self._client.get_configuration_set(ConfigurationSetName=name)
            answer = self._client.get_configuration_set_event_destinations(
                ConfigurationSetName=name
            )
            del options["ResponseMetadata"]
            found[name] = {**options, "EventDestinations": answer.get("EventDestinations", [])}
        return found
