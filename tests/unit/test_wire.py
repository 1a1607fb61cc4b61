"""JSON to models and back: nothing lost at any depth, and every fault with its path."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import codec, resources
from exporter.model.resources import (
    ConfigurationSet,
    Model,
    Scope,
    SendingOptions,
    Snapshot,
    Tag,
    UnknownField,
)
from tests.strategies import examples, hostile_models, hostile_text, json_values, snapshots
from tests.support import ROOT

MODELS = [
    model
    for model in vars(resources).values()
    if isinstance(model, type) and issubclass(model, Model) and model is not Model
]


# There and back
# ------------------------------------------------------------------------------------


@examples(80)
@given(snapshots())
def test_what_is_encoded_is_decoded(snapshot: Snapshot) -> None:
    encoded = codec.encode(snapshot)
    assert codec.decode(encoded, Snapshot) == snapshot
    assert codec.decode(json.loads(codec.pretty(encoded)), Snapshot) == snapshot


def told(decode: Callable[[], object]) -> object:
    """What comes out, or the fault."""
    try:
        return decode()
    except codec.MalformedError as error:
        return (error.reason, error.path)


OTHER_VALUES = ("null", "1", "1.0", "1e3", "1e999", "-0", "9" * 30, "true", '""', '"x"', "[]", "{}")


@pytest.mark.parametrize("value", [*OTHER_VALUES, "[null]", '[""]', '["NEW", "NEW"]', "[{}, {}]"])
@pytest.mark.parametrize(
    "field",
    [
        *("ConfigurationSetName", "OptionsKnown", "Tags", "EventDestinations", "New", "Name"),
        *("TrackingOptions", "DeliveryOptions", "SuppressionOptions", "configuration_set_name"),
    ],
)
def test_text_is_decoded_as_its_value_is(field: str, value: str) -> None:
    for text in (
        f'{{"ConfigurationSetName": "a", "{field}": {value}}}',
        f'{{"{field}": {value}, "ConfigurationSetName": "a"}}',
        f'{{"ConfigurationSetName": "a", "DeliveryOptions": {{"{field}": {value}}}}}',
        f'{{"ConfigurationSetName": "a", "ReputationOptions": {{"LastFreshStart": {value}}}}}',
    ):
        try:
            parsed = msgspec.json.decode(text)
        except msgspec.DecodeError:
            with pytest.raises(msgspec.DecodeError):
                codec.decode_text(text.encode(), ConfigurationSet)
            continue
        expected = told(partial(codec.decode, parsed, ConfigurationSet))
        assert told(partial(codec.decode_text, text.encode(), ConfigurationSet)) == expected


@examples(60)
@given(snapshots())
def test_text_is_decoded_as_it_was_encoded(snapshot: Snapshot) -> None:
    text = codec.pretty(codec.encode(snapshot)).encode()
    assert codec.decode_text(text, Snapshot) == snapshot


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@examples(15)
@given(data=st.data())
def test_each_model_is_decoded_from_what_it_encodes_to(
    model: type[Model], data: st.DataObject
) -> None:
    if model not in (Scope, Snapshot):
        value = data.draw(hostile_models(model))
        assert codec.decode(codec.encode(value), model) == value


@examples(60)
@given(snapshots(), st.data())
def test_an_unknown_field_at_any_depth_comes_back_in_its_place(
    snapshot: Snapshot, data: st.DataObject
) -> None:
    encoded = codec.encode(snapshot)
    places = list(_objects(encoded, Snapshot))
    place, model = data.draw(st.sampled_from(places))
    name = data.draw(hostile_text().filter(lambda name: name not in _known(model)))
    if name.endswith("Destination"):
        name += "Option"
    place[name] = value = data.draw(json_values().filter(lambda value: value is not None))
    before = copy.deepcopy(encoded)
    decoded = codec.decode(encoded, Snapshot)
    assert encoded == before
    again = codec.encode(decoded)
    assert json.loads(codec.pretty(again)) == json.loads(codec.pretty(encoded))
    text = msgspec.json.encode(value, order="deterministic").decode()
    found = [path for path, field in codec.unknown_fields(decoded) if field.value == text]
    assert any(path.endswith(name) for path in found)


def _objects(value: Any, model: type[Model]) -> Iterator[tuple[dict[str, Any], type[Model]]]:
    """Every object of a value, with the model that it is decoded to."""
    yield value, model
    for name, below in codec._children(model).items():
        inner = value.get(name)
        for item in inner if isinstance(inner, list) else [inner]:
            if below is not None and item is not None:
                yield from _objects(item, below)


def _known(model: type[Model]) -> set[str]:
    return {info.encode_name for info in codec.fields_of(model)}


def test_unknown_fields_are_listed_with_their_paths() -> None:
    value = {
        "FormatVersion": 1,
        "New": 1,
        "Scopes": [
            {
                "Partition": "aws",
                "Region": "eu-west-1",
                "ConfigurationSets": [
                    {
                        "ConfigurationSetName": "orders",
                        "SendingOptions": {"SendingEnabled": True, "B": [1, {"z": 1, "a": None}]},
                        "NewOptions": {"A": {}},
                        "EventDestinations": [
                            {
                                "Name": "a",
                                "Enabled": True,
                                "MatchingEventTypes": [],
                                "LogsDestination": {"LogGroup": "x"},
                            }
                        ],
                    }
                ],
            }
        ],
    }
    snapshot = codec.decode(value, Snapshot)
    at = "Scopes[0].ConfigurationSets[0]"
    assert dict(codec.unknown_fields(snapshot)) == {
        "New": UnknownField("New", "1"),
        f"{at}.NewOptions": UnknownField("NewOptions", '{"A":{}}'),
        f"{at}.SendingOptions.B": UnknownField("B", '[1,{"a":null,"z":1}]'),
        f"{at}.EventDestinations[0].LogsDestination": UnknownField(
            "LogsDestination", '{"LogGroup":"x"}'
        ),
    }
    assert codec.encode(snapshot) == value


def test_the_order_of_unknown_fields_says_nothing() -> None:
    one = codec.decode({"A": {"x": 1, "y": 2}, "B": 2}, SendingOptions)
    assert one == codec.decode({"B": 2, "A": {"y": 2, "x": 1}}, SendingOptions)


@pytest.mark.parametrize("name", ["SendingEnabled", "New"])
def test_null_is_an_absent_field(name: str) -> None:
    assert codec.decode({name: None}, SendingOptions) == SendingOptions()


def test_a_null_that_is_needed_is_missed() -> None:
    with pytest.raises(codec.MalformedError, match="missing field `Key`"):
        codec.decode({"Key": None, "Value": "x"}, Tag)


def test_absent_options_are_left_out_and_empty_ones_are_not() -> None:
    found = ConfigurationSet(
        configuration_set_name="orders",
        suppression_options=resources.SuppressionOptions(suppressed_reasons=()),
        vdm_options=resources.VdmOptions(),
    )
    assert codec.encode(found) == {
        "ConfigurationSetName": "orders",
        "SuppressionOptions": {"SuppressedReasons": []},
        "VdmOptions": {},
    }


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**30, 1e300, 5e-324, -0.0])
def test_numbers_of_any_size_are_kept(number: float) -> None:
    decoded = codec.decode({"New": number}, SendingOptions)
    assert json.dumps(codec.encode(decoded)["New"]) == json.dumps(number)
    assert json.loads(codec.pretty(codec.encode(decoded))) == {"New": number}


def test_what_is_decoded_is_left_as_it_is() -> None:
    value = {"SendingEnabled": True, "New": {"a": [1]}}
    decoded = codec.decode(value, SendingOptions)
    value["New"]["a"].append(2)  # type: ignore[index]
    assert codec.encode(decoded) == {"SendingEnabled": True, "New": {"a": [1]}}


def test_pretty_json_is_what_a_person_would_write() -> None:
    value = {"a": [], "b": {}, "c": [1, "é🙂日本"], "d": {"e": None}}
    assert codec.pretty(value) == json.dumps(value, indent=2, ensure_ascii=False) + "\n"


@examples(100)
@given(json_values())
def test_pretty_json_has_no_character_that_cannot_be_seen(value: object) -> None:
    text = codec.pretty(value)
    assert all(line.isprintable() for line in text.split("\n"))
    assert json.loads(text) == value


# Faults
# ------------------------------------------------------------------------------------------

DESTINATION: dict[str, Any] = {
    "Name": "bounces",
    "Enabled": True,
    "MatchingEventTypes": ["BOUNCE"],
    "SnsDestination": {"TopicArn": "arn"},
}
SET: dict[str, Any] = {"ConfigurationSetName": "orders", "EventDestinations": [DESTINATION]}
SCOPE: dict[str, Any] = {"Partition": "aws", "Region": "eu-west-1", "ConfigurationSets": [SET]}
SNAPSHOT: dict[str, Any] = {"FormatVersion": 1, "Scopes": [SCOPE]}

IN_SCOPE = "$.Scopes[0]"
IN_SET = f"{IN_SCOPE}.ConfigurationSets[0]"
IN_DESTINATION = f"{IN_SET}.EventDestinations[0]"


def changed(path: str, value: Any) -> Any:
    """The snapshot with the value at a path set, or without it where the value is ``...``."""
    result = copy.deepcopy(SNAPSHOT)
    place: Any = {"$": result}
    steps = path.replace("[", ".[").split(".")
    for step in steps[:-1]:
        place = place[int(step[1:-1])] if step.startswith("[") else place[step]
    last: Any = int(steps[-1][1:-1]) if steps[-1].startswith("[") else steps[-1]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return result


@pytest.mark.parametrize(
    ("path", "value", "where", "reason"),
    [
        ("$.Scopes", {}, "$.Scopes", "Expected `array`, got `object`"),
        ("$.Scopes", ..., "$", "missing field `Scopes`"),
        ("$.FormatVersion", 2, "$.FormatVersion", "unknown value 2"),
        (f"{IN_SCOPE}", 3, IN_SCOPE, "Expected `object`, got `int`"),
        (f"{IN_SCOPE}.Region", ..., IN_SCOPE, "missing field `Region`"),
        (f"{IN_SCOPE}.AccountId", 123456789012, f"{IN_SCOPE}.AccountId", "Expected `str"),
        (f"{IN_SCOPE}.AccountId", "1" * 11, f"{IN_SCOPE}.AccountId", "matching regex"),
        (f"{IN_SCOPE}.AccountId", "1" * 12 + "\n", f"{IN_SCOPE}.AccountId", "matching regex"),
        (f"{IN_SCOPE}.AccountId", "١" * 12, f"{IN_SCOPE}.AccountId", "matching regex"),
        (f"{IN_SCOPE}.Region", "../../x-1", f"{IN_SCOPE}.Region", "matching regex"),
        (f"{IN_SCOPE}.Region", "eu-west-1\n", f"{IN_SCOPE}.Region", "matching regex"),
        (f"{IN_SCOPE}.Region", "a" * 63 + "-1", f"{IN_SCOPE}.Region", "length <= 64"),
        (f"{IN_SCOPE}.Partition", "aws:x", f"{IN_SCOPE}.Partition", "matching regex"),
        (f"{IN_SET}.ConfigurationSetName", "", f"{IN_SET}.ConfigurationSetName", "length >= 1"),
        (f"{IN_SET}.Tags", [{"Key": "a"}], f"{IN_SET}.Tags[0]", "missing field `Value`"),
        (
            f"{IN_SET}.Tags",
            [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}],
            IN_SET,
            "Tags[1] repeats Tags[0]: both are 'a'",
        ),
        (
            f"{IN_SET}.EventDestinations",
            [DESTINATION, {**DESTINATION, "Name": "other"}, DESTINATION],
            IN_SET,
            "EventDestinations[2] repeats EventDestinations[0]: both are 'bounces'",
        ),
        (
            f"{IN_SCOPE}.ConfigurationSets",
            [SET, SET],
            IN_SCOPE,
            "ConfigurationSets[1] repeats ConfigurationSets[0]: both are 'orders'",
        ),
        ("$.Scopes", [SCOPE, SCOPE], "$", "Scopes[1] repeats Scopes[0]: both are 'eu-west-1'"),
        (
            f"{IN_SET}.SendingOptions",
            {"SendingEnabled": "true"},
            f"{IN_SET}.SendingOptions.SendingEnabled",
            "Expected `bool | null`, got `str`",
        ),
        (
            f"{IN_SET}.DeliveryOptions",
            {"MaxDeliverySeconds": 300.5},
            f"{IN_SET}.DeliveryOptions.MaxDeliverySeconds",
            "Expected `int | null`, got `float`",
        ),
        (
            f"{IN_SET}.DeliveryOptions",
            {"MaxDeliverySeconds": True},
            f"{IN_SET}.DeliveryOptions.MaxDeliverySeconds",
            "Expected `int | null`, got `bool`",
        ),
        (
            f"{IN_SET}.DeliveryOptions",
            {"TlsPolicy": 1},
            f"{IN_SET}.DeliveryOptions.TlsPolicy",
            "Expected `str | null`, got `int`",
        ),
        (
            f"{IN_SET}.ReputationOptions",
            {"LastFreshStart": "yesterday"},
            f"{IN_SET}.ReputationOptions",
            "not a time: 'yesterday'",
        ),
        (
            f"{IN_DESTINATION}.MatchingEventTypes",
            ["BOUNCE", None],
            f"{IN_DESTINATION}.MatchingEventTypes[1]",
            "Expected `str`, got `null`",
        ),
        (
            f"{IN_DESTINATION}.SnsDestination",
            ...,
            IN_DESTINATION,
            "an event destination needs exactly one target, but this one has none",
        ),
        (
            f"{IN_DESTINATION}.PinpointDestination",
            {"ApplicationArn": "arn"},
            IN_DESTINATION,
            "an event destination needs exactly one target, but this one has "
            "sns_destination and pinpoint_destination",
        ),
        (
            f"{IN_DESTINATION}.LogsDestination",
            {},
            IN_DESTINATION,
            "an event destination needs exactly one target, but this one has "
            "sns_destination and LogsDestination",
        ),
        (
            f"{IN_DESTINATION}.SnsDestination",
            {"TopicArn": ["arn"]},
            f"{IN_DESTINATION}.SnsDestination.TopicArn",
            "Expected `str`, got `array`",
        ),
        (f"{IN_DESTINATION}.Name", ..., IN_DESTINATION, "missing field `Name`"),
    ],
)
def test_a_fault_is_named_with_its_path(path: str, value: Any, where: str, reason: str) -> None:
    with pytest.raises(codec.MalformedError) as raised:
        codec.decode(changed(path, value), Snapshot)
    assert raised.value.path == where
    assert reason in raised.value.reason


@pytest.mark.parametrize("value", [None, [], "x", 1, True])
def test_what_is_no_object_is_refused_as_a_whole(value: object) -> None:
    with pytest.raises(codec.MalformedError) as raised:
        codec.decode(value, Snapshot)
    assert raised.value.path == "$"
    assert str(raised.value).endswith(" (at $)")


@pytest.mark.parametrize("key", [" - at `$.x`", "`", " - at `"])
def test_the_path_of_a_fault_is_not_taken_from_the_names_in_it(key: str) -> None:
    tags = [{"Key": key, "Value": "1"}, {"Key": key, "Value": "2"}]
    with pytest.raises(codec.MalformedError) as raised:
        codec.decode(changed(f"{IN_SET}.Tags", tags), Snapshot)
    assert raised.value.path == IN_SET
    assert raised.value.reason == f"Tags[1] repeats Tags[0]: both are {key!r}"


@examples(80)
@given(snapshots(), st.data())
def test_a_fault_anywhere_is_found_where_it_is(snapshot: Snapshot, data: st.DataObject) -> None:
    encoded = codec.encode(snapshot)
    places = list(_fields("$", encoded, Snapshot))
    place, name, path = data.draw(st.sampled_from(places))
    # Nothing in the API holds a list of lists, so this is wrong wherever it stands.
    place[name] = [[[]]]
    with pytest.raises(codec.MalformedError) as raised:
        codec.decode(encoded, Snapshot)
    assert raised.value.path in (path, f"{path}[0]")


def _fields(path: str, value: Any, model: type[Model]) -> Iterator[tuple[Any, str, str]]:
    """Every field that a model knows and a value has: its object, its name, its path."""
    for name, below in codec._children(model).items():
        if name not in value:
            continue
        yield value, name, f"{path}.{name}"
        inner = value[name]
        if below is not None and isinstance(inner, list):
            for index, item in enumerate(inner):
                yield from _fields(f"{path}.{name}[{index}]", item, below)
        elif below is not None:
            yield from _fields(f"{path}.{name}", inner, below)


_FIRST_IN_MANY_THREADS = """
import sys, threading
from exporter.model import codec
from exporter.model.resources import ConfigurationSet

sys.setswitchinterval(1e-6)
codec.prepare_for_threads()
target = {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail"}
destination = {"Name": "b", "Enabled": True, "MatchingEventTypes": ["SEND"]}
found = {
    "ConfigurationSetName": "a",
    "EventDestinations": [{**destination, "SnsDestination": target}],
}
together = threading.Barrier(16)

def decode():
    together.wait()
    codec.encode(codec.decode(found, ConfigurationSet))

threads = [threading.Thread(target=decode) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.slow
def test_many_threads_can_be_the_first_to_decode() -> None:
    """Without the preparation, two of three such processes crash."""
    for _ in range(5):
        ran = subprocess.run(
            [sys.executable, "-c", _FIRST_IN_MANY_THREADS], cwd=ROOT, timeout=60, check=False
        )
        assert ran.returncode == 0
