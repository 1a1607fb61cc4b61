"""The snapshot file: canonical, complete, and refused with the place of the fault."""

import json
import random
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model.resources import (
    ConfigurationSet,
    EventDestination,
    EventType,
    Scope,
    Snapshot,
    SnsDestination,
    Tag,
)
from exporter.sources.snapshot import CliOutputOptions, dump, load
from exporter.support.errors import ExporterError, UsageError
from tests.strategies import examples, snapshots

NOT_PASTED = CliOutputOptions(None, None)
NEITHER = ", not a snapshot or AWS CLI output about one set"
NAME = "ses.json"

DESTINATION = {
    "Name": "bounces",
    "Enabled": True,
    "MatchingEventTypes": ["BOUNCE"],
    "SnsDestination": {"TopicArn": "arn"},
}
ORDERS = ConfigurationSet(
    configuration_set_name="orders",
    event_destinations=(
        EventDestination(
            name="bounces",
            enabled=True,
            matching_event_types=(EventType.BOUNCE,),
            sns_destination=SnsDestination(topic_arn="arn"),
        ),
    ),
)


TWO_SCOPES = tuple(
    Scope(partition="aws", region=region, configuration_sets=(ORDERS,))
    for region in ("eu-west-1", "us-east-1")
)


def loaded(text: str) -> Snapshot:
    return load(text.encode(), NAME, NOT_PASTED)


# Canonical text
# ------------------------------------------------------------------------------------


@examples(80)
@given(snapshots())
def test_what_is_dumped_is_loaded(snapshot: Snapshot) -> None:
    text = dump(snapshot)
    assert loaded(text) == snapshot
    assert dump(loaded(text)) == text


@examples(50)
@given(snapshots(), st.integers(0, 2**32))
def test_the_same_configuration_gives_the_same_bytes(snapshot: Snapshot, seed: int) -> None:
    shuffled = _shuffled(json.loads(dump(snapshot)), random.Random(seed))
    for text in (json.dumps(shuffled), json.dumps(shuffled, indent=7, ensure_ascii=False)):
        assert dump(loaded(text)) == dump(snapshot)


def _shuffled(value: Any, chance: random.Random, *, in_order: bool = True) -> Any:
    """The same configuration as another source might answer it."""
    if isinstance(value, dict):
        names = chance.sample(sorted(value), len(value))
        free = ("Scopes", "ConfigurationSets", "EventDestinations", "Tags", "MatchingEventTypes")
        return {name: _shuffled(value[name], chance, in_order=name not in free) for name in names}
    if isinstance(value, list):
        order = value if in_order else chance.sample(value, len(value))
        return [_shuffled(item, chance) for item in order]
    return value


@examples(40)
@given(snapshots())
def test_the_text_diffs_line_by_line(snapshot: Snapshot) -> None:
    text = dump(snapshot)
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    # Python's JSON spells some floats otherwise, so those are kept as they are spelled.
    value = json.loads(text, parse_float="<float {}>".format)
    pretty = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    seen = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in pretty)
    assert text == re.sub('"<float ([^>]*)>"', r"\1", seen)


def test_the_file_as_a_person_sees_it() -> None:
    scope = Scope(
        account_id="123456789012",
        partition="aws",
        region="eu-west-1",
        configuration_sets=(
            ConfigurationSet(
                configuration_set_name="orders",
                tags=(Tag(key="team", value="checkout"), Tag(key="aws:x", value="y")),
                event_destinations=ORDERS.event_destinations,
            ),
            ConfigurationSet(configuration_set_name="mail", options_known=False),
        ),
    )
    assert dump(Snapshot(format_version=1, scopes=(scope,))) == """\
{
  "FormatVersion": 1,
  "Scopes": [
    {
      "AccountId": "123456789012",
      "Partition": "aws",
      "Region": "eu-west-1",
      "ConfigurationSets": [
        {
          "ConfigurationSetName": "mail",
          "OptionsKnown": false
        },
        {
          "ConfigurationSetName": "orders",
          "Tags": [
            {
              "Key": "aws:x",
              "Value": "y"
            },
            {
              "Key": "team",
              "Value": "checkout"
            }
          ],
          "EventDestinations": [
            {
              "Name": "bounces",
              "Enabled": true,
              "MatchingEventTypes": [
                "BOUNCE"
              ],
              "SnsDestination": {
                "TopicArn": "arn"
              }
            }
          ]
        }
      ]
    }
  ]
}
"""


def test_a_byte_order_mark_says_nothing() -> None:
    text = dump(Snapshot(format_version=1, scopes=()))
    assert load(b"\xef\xbb\xbf" + text.encode(), NAME, NOT_PASTED) == loaded(text)


# A pasted answer
# ------------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [{}, {"ResponseMetadata": {"HTTPStatusCode": 200}}], ids=str)
def test_the_answer_of_the_api_is_read_as_it_is(extra: dict[str, object]) -> None:
    data = json.dumps({"EventDestinations": [DESTINATION], **extra}).encode()
    snapshot = load(data, NAME, CliOutputOptions("orders", "us-gov-west-1"))
    expected = ConfigurationSet(
        configuration_set_name="orders",
        options_known=False,
        event_destinations=ORDERS.event_destinations,
    )
    scope = Scope(partition="aws-us-gov", region="us-gov-west-1", configuration_sets=(expected,))
    assert snapshot == Snapshot(format_version=1, scopes=(scope,))


@pytest.mark.parametrize("pasted", [("orders", None), (None, "eu-west-1"), (None, None)], ids=str)
def test_a_pasted_answer_needs_its_set_and_region(pasted: tuple[str | None, str | None]) -> None:
    with pytest.raises(UsageError) as raised:
        load(b'{"EventDestinations": []}', NAME, CliOutputOptions(*pasted))
    assert raised.value.where == NAME
    name = "" if pasted[0] else "--configuration-set NAME and "
    assert raised.value.hint == f"add {name}--region REGION"


@pytest.mark.parametrize(
    ("value", "pasted", "where"),
    [
        ({"EventDestinations": {}}, ("a", "eu-west-1"), "$.EventDestinations"),
        ({"EventDestinations": [{}]}, ("a", "eu-west-1"), "$.EventDestinations[0]"),
        ({"EventDestinations": None}, ("", "eu-west-1"), "$.ConfigurationSetName"),
    ],
)
def test_a_fault_in_a_pasted_answer_has_its_path(
    value: object, pasted: tuple[str, str], where: str
) -> None:
    with pytest.raises(ExporterError) as raised:
        load(json.dumps(value).encode(), NAME, CliOutputOptions(*pasted))
    assert raised.value.where == f"{NAME}: {where}"


def test_a_wrong_region_is_the_option_s_fault() -> None:
    with pytest.raises(ExporterError) as raised:
        load(b'{"EventDestinations": []}', NAME, CliOutputOptions("a", "Ireland"))
    assert raised.value.where == "--region Ireland: $.Region"


def test_a_snapshot_takes_no_set_s_name() -> None:
    text = dump(Snapshot(format_version=1, scopes=()))
    with pytest.raises(UsageError) as raised:
        load(text.encode(), NAME, CliOutputOptions("orders", "eu-west-1"))
    assert raised.value.what == (
        "--configuration-set needs AWS CLI output about one set, and this is a snapshot"
    )
    assert load(text.encode(), NAME, CliOutputOptions(None, "eu-west-1")) == loaded(text)


@pytest.mark.parametrize("space", ["", " ", "\n"])
@pytest.mark.parametrize("at", ["set", "destination"])
def test_a_field_without_a_name_is_one_that_nobody_knows(at: str, space: str) -> None:
    nameless = f'"" {space}: [{{"Name": "Fake", "Value": "1"}}]'
    inner = {"set": ("", nameless), "destination": (nameless + ", ", '"X": 1')}[at]
    text = (
        '{"FormatVersion": 1, "Scopes": [{"Partition": "aws", "Region": "eu-west-1", '
        '"ConfigurationSets": [{"ConfigurationSetName": "orders", "EventDestinations": '
        f"[{{{inner[0]}{json.dumps(DESTINATION)[1:]}], {inner[1]}}}]}}]}}"
    )
    assert json.loads(dump(loaded(text))) == json.loads(text)


def test_a_set_of_two_snapshots_is_one_model() -> None:
    """So that comparing them, and holding both, costs little."""
    texts = [dump(Snapshot(format_version=1, scopes=(scope,))) for scope in TWO_SCOPES]
    old, new = (loaded(text).scopes[0].configuration_sets[0] for text in texts)
    assert old is new


# What is refused
# -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{", "not valid JSON: "),
        (b"<html></html>", "not valid JSON: "),
        (b'{"FormatVersion": 1,}', "not valid JSON: "),
        (b'{"FormatVersion": 1} x', "not valid JSON: "),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": NaN}', "not valid JSON: "),
        (b'{"a": 1e999}', "not valid JSON: "),
        (b'{"a": "\\ud800"}', "not valid JSON: "),
    ],
)
def test_what_is_no_json_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(ExporterError) as raised:
        load(data, NAME, NOT_PASTED)
    assert raised.value.what.startswith(what)
    assert raised.value.where.removesuffix(":1") == NAME
    assert raised.value.hint == "create a snapshot with 'ses2iac snapshot --out FILE'"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (
            "[]",
            "$",
            "this is a JSON array" + NEITHER,
        ),
        (
            '{"Scopes": []}',
            "$",
            "this is a snapshot without FormatVersion" + NEITHER,
        ),
        (
            '{"EventDestinations": [], "Other": 1}',
            "$",
            "this is a JSON object with the keys 'EventDestinations', 'Other'" + NEITHER,
        ),
        ('{"FormatVersion": 2, "Scopes": []}', "$.FormatVersion", "unknown FormatVersion 2"),
        ('{"FormatVersion": "1", "Scopes": []}', "$.FormatVersion", "unknown FormatVersion '1'"),
        ('{"FormatVersion": true, "Scopes": []}', "$.FormatVersion", "unknown FormatVersion True"),
        ('{"FormatVersion": null, "Scopes": []}', "$.FormatVersion", "unknown FormatVersion"),
        ('{"FormatVersion": 1.0, "Scopes": []}', "$.FormatVersion", "Expected `int`, got `float`"),
        ('{"FormatVersion": 1}', "$", "missing field `Scopes`"),
        ('{"FormatVersion": 1, "Scopes": [[]]}', "$.Scopes[0]", "Expected `object`, got `array`"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_its_place(text: str, where: str, what: str) -> None:
    with pytest.raises(ExporterError) as raised:
        loaded(text)
    assert raised.value.where == f"{NAME}: {where}"
    assert raised.value.what == what


@pytest.mark.parametrize("depth", [100, 600, 900])
def test_a_value_that_nobody_knows_may_be_nested(depth: int) -> None:
    text = f'{{"FormatVersion": 1, "Scopes": [], "New": {"[" * depth}{"]" * depth}}}'
    assert json.loads(dump(loaded(text))) == json.loads(text)


@pytest.mark.parametrize("depth", [100, 600, 900, 100_000])
@pytest.mark.parametrize("field", ["Scopes", "FormatVersion"])
def test_nesting_without_end_is_refused(field: str, depth: int) -> None:
    value = {"FormatVersion": "1", "Scopes": "[]", field: "[" * depth + "]" * depth}
    text = "{" + ", ".join(f'"{name}": {item}' for name, item in value.items()) + "}"
    with pytest.raises(ExporterError) as raised:
        loaded(text)
    assert len(raised.value.what) < 80


@examples(100)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(ExporterError):
        load(data, NAME, NOT_PASTED)
