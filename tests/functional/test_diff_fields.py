"""Every field of an account, changed by hand one at a time: ``diff`` reports it and nothing else.

The fields come from the models, so that a new one is not forgotten.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exporter.demo.emulator import Emulator
from exporter.formats.registry import FormatName
from exporter.model import codec
from exporter.model.resources import (
    ConfigurationSet,
    EventDestination,
    EventType,
    Model,
    Scope,
    TargetKind,
)
from tests.acceptance import accounts
from tests.support import ses2iac
from tests.target_samples import target_of

BASE: dict[str, Any] = {
    "ConfigurationSetName": "orders",
    "TrackingOptions": {"CustomRedirectDomain": "click.example.com", "HttpsPolicy": "REQUIRE"},
    "DeliveryOptions": {
        "TlsPolicy": "REQUIRE",
        "SendingPoolName": "pool",
        "MaxDeliverySeconds": 3600,
        "SharedPoolDeliveryMode": "REGIONAL",
    },
    "ReputationOptions": {"ReputationMetricsEnabled": True},
    "SendingOptions": {"SendingEnabled": True},
    "SuppressionOptions": {
        "SuppressedReasons": ["BOUNCE", "COMPLAINT"],
        "SuppressionScope": "ACCOUNT",
        "ValidationOptions": {
            "ConditionThreshold": {
                "ConditionThresholdEnabled": "ENABLED",
                "OverallConfidenceThreshold": {"ConfidenceVerdictThreshold": "MEDIUM"},
            }
        },
    },
    "VdmOptions": {
        "DashboardOptions": {"EngagementMetrics": "ENABLED"},
        "GuardianOptions": {"OptimizedSharedDelivery": "ENABLED"},
    },
    "ArchivingOptions": {
        "ArchiveArn": "arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-" + "0" * 24
    },
    "MessageSecurityOptions": {"SigningScheme": {"SmimeScheme": {"SignatureFormat": "DETACHED"}}},
    "Tags": [{"Key": "team", "Value": "orders"}],
}
TARGETS: dict[str, dict[str, Any]] = {
    name: target for kind in TargetKind for name, target in target_of(kind).items()
}
DESTINATIONS: list[dict[str, Any]] = [
    {"Name": name.lower(), "Enabled": True, "MatchingEventTypes": ["BOUNCE", "SEND"], name: target}
    for name, target in TARGETS.items()
]
# State, the union's other branch, and what tells how much was read.
NOT_SETTINGS = {"LastFreshStart", "DefaultScheme", "OptionsKnown", "EventDestinations"}
OTHER_TEXT = {
    "CustomRedirectDomain": "other.example.com",
    "TopicArn": TARGETS["SnsDestination"]["TopicArn"] + "-other",
    "ArchiveArn": BASE["ArchivingOptions"]["ArchiveArn"] + "1",
    "EventBusArn": "arn:aws:events:eu-west-1:123456789012:event-bus/other",
}


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all that can change in a resource; a list changes as a whole."""
    for name, item in value.items():
        if isinstance(item, dict):
            yield from leaves(item, (*path, name))
        else:
            yield (*path, name)


def changed(path: tuple[str, ...], value: Any) -> Any:
    """Another value of a leaf."""
    name = path[-1]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if name == "Tags":
        return [{"Key": "team", "Value": "others"}]
    if name == "DimensionConfigurations":
        return [{**value[0], "DefaultDimensionValue": "some"}]
    if isinstance(value, list):
        return value[:1]
    return other_enum(name, value) or OTHER_TEXT.get(name) or f"{value}-other"


def other_enum(name: str, value: str) -> str | None:
    """Another member of the enumeration that a field has."""
    hints = {field.encode_name: hint for model in models() for field, hint in hinted(model)}
    enum = hints.get(name)
    if not (isinstance(enum, type) and issubclass(enum, StrEnum)):
        return None
    return next((member.value for member in enum if member.value != value), None)


def hinted(model: type[Model]) -> Iterator[tuple[msgspec.structs.FieldInfo, Any]]:
    """The fields of a model with the types that they hold, without None."""
    for field in codec.fields_of(model):
        arguments = [a for a in getattr(field.type, "__args__", ()) if a is not type(None)]
        yield field, arguments[0] if len(arguments) == 1 else field.type


def models() -> Iterator[type[Model]]:
    """Every model of a set and of a destination."""
    waiting: list[Any] = [ConfigurationSet, EventDestination]
    seen: set[Any] = set()
    while waiting:
        model = waiting.pop()
        if model in seen or not (isinstance(model, type) and issubclass(model, Model)):
            continue
        seen.add(model)
        yield model
        waiting += [hint for _, hint in hinted(model)]


SET_LEAVES = [path for path in leaves(BASE) if path != ("ConfigurationSetName",)]
# The union of signing schemes has one member with one value: it can only go.
ONLY_REMOVED = {("MessageSecurityOptions", "SigningScheme", "SmimeScheme", "SignatureFormat")}
LEAVES: list[tuple[str, tuple[str, ...]]] = [("", path) for path in SET_LEAVES] + [
    (destination["Name"], path)
    for destination in DESTINATIONS
    for path in leaves(destination)
    if path != ("Name",)
]


def test_no_field_of_the_models_is_forgotten() -> None:
    covered = {name for _, path in LEAVES for name in path} | {"ConfigurationSetName", "Name"}
    known = {field.encode_name for model in models() for field in codec.fields_of(model)}
    # Below a list, which changes as a whole.
    within = {"DimensionName", "DimensionValueSource", "DefaultDimensionValue", "Key", "Value"}
    assert known - covered - NOT_SETTINGS - within == set()
    assert set(TARGETS) == {name for name in known if name.endswith("Destination")}
    assert {kind.value for kind in EventType} >= {"BOUNCE", "SEND"}


def scope(of: dict[str, Any], destinations: list[dict[str, Any]]) -> Scope:
    """An account of one set."""
    found = codec.decode({**of, "EventDestinations": destinations}, ConfigurationSet)
    return accounts.account([found])


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def client(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A boto3 client of the emulator, which the command reads too."""
    import boto3

    for name, value in emulator.environment().items():
        monkeypatch.setenv(name, value)
    return boto3.client("sesv2", region_name="eu-west-1")


def put(client: Any, of: Scope) -> None:
    """Let the account hold just this."""
    for name in client.list_configuration_sets()["ConfigurationSets"]:
        client.delete_configuration_set(ConfigurationSetName=name)
    accounts.create(client, of)


def _edited(path: tuple[str, ...], tree: dict[str, Any], *, remove: bool) -> dict[str, Any]:
    copy: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(tree))
    parent: dict[str, Any] = copy
    for name in path[:-1]:
        parent = parent[name]
    if remove:
        del parent[path[-1]]
    else:
        parent[path[-1]] = changed(path, parent[path[-1]])
    return copy


@pytest.mark.parametrize("to", FormatName)
@pytest.mark.slow
def test_each_change_is_reported_and_nothing_else(
    to: FormatName, client: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the format cannot hold is no exception: the manifest remembers it."""
    put(client, scope(BASE, DESTINATIONS))
    out = str(tmp_path / "infra")
    assert ses2iac(capsys, "export", to, "--out", out).code == 0
    same = ses2iac(capsys, "diff", out, "live", "--output", "json")
    assert same.code == 0, same.out
    for destination, path in LEAVES:
        edited_set, edited = BASE, list(DESTINATIONS)
        remove = path in ONLY_REMOVED
        if destination:
            edited = [
                _edited(path, each, remove=False) if each["Name"] == destination else each
                for each in DESTINATIONS
            ]
        else:
            edited_set = _edited(path, BASE, remove=remove)
        if remove:
            edited_set = {k: v for k, v in edited_set.items() if k != path[0]}
        put(client, scope(edited_set, edited))
        ran = ses2iac(capsys, "diff", out, "live", "--output", "json")
        found = json.loads(ran.out)
        changes = [change for place in found["Scopes"] for change in place["Changes"]]
        assert len(changes) == 1, (destination, path, changes)
        assert changes[0]["Change"] == "changed"
        assert changes[0].get("EventDestination", "") == destination
        paths = [each["Path"] for each in changes[0]["Paths"]]
        expected = "Tags[team]" if path == ("Tags",) else ".".join(path)
        assert paths == [expected]
        assert ran.code == 3
    put(client, scope(BASE, DESTINATIONS))
    assert ses2iac(capsys, "diff", out, "live").code == 0
