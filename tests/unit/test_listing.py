"""``scan``: every destination in a row, the same for people, CSV and JSON."""

import csv
import io
import json
import re

import msgspec
import pytest
from hypothesis import given

from exporter.model.resources import (
    CloudWatchDestination,
    ConfigurationSet,
    DimensionConfiguration,
    DimensionValueSource,
    EventBridgeDestination,
    EventDestination,
    EventType,
    KinesisFirehoseDestination,
    Scope,
    SnsDestination,
    Target,
    TargetKind,
    UnknownField,
)
from exporter.model.targets import TARGET_TYPES
from exporter.reports.listing import Row, as_csv, as_json, kind_of, rows, short_target
from exporter.reports.listing_table import scan_table
from exporter.support.text import printable
from tests.strategies import ACCOUNT, examples, hostile_scopes, scopes

FIREHOSE = KinesisFirehoseDestination(
    delivery_stream_arn=f"arn:aws:firehose:eu-west-1:{ACCOUNT}:deliverystream/mail",
    iam_role_arn=f"arn:aws:iam::{ACCOUNT}:role/ses",
)


def metrics(*names: str) -> CloudWatchDestination:
    return CloudWatchDestination(
        dimension_configurations=tuple(
            DimensionConfiguration(
                dimension_name=name,
                dimension_value_source=DimensionValueSource.LINK_TAG,
                default_dimension_value="none",
            )
            for name in names
        )
    )


def destination(target: Target | None, name: str = "d") -> EventDestination:
    unknown = () if target else (UnknownField("LogsDestination", '{"LogGroup":"x"}'),)
    given_target = {TARGET_TYPES[target.kind].field: target} if target else {}
    return EventDestination(
        name=name,
        enabled=True,
        matching_event_types=(EventType.SEND, EventType.BOUNCE),
        unknown_fields=unknown,
        **given_target,  # type: ignore[arg-type]
    )


def scope_of(*sets: ConfigurationSet, account: str | None = ACCOUNT) -> Scope:
    return Scope(account_id=account, partition="aws", region="eu-west-1", configuration_sets=sets)


SHOP = scope_of(
    ConfigurationSet(
        configuration_set_name="orders",
        event_destinations=(
            destination(FIREHOSE, "archive"),
            destination(metrics("campaign", "tenant"), "metrics"),
            destination(None, "new"),
        ),
    ),
    ConfigurationSet(configuration_set_name="mail"),
)


def test_the_rows() -> None:
    assert list(rows([SHOP])) == [
        Row(ACCOUNT, "eu-west-1", "mail"),
        Row(
            ACCOUNT,
            "eu-west-1",
            "orders",
            "archive",
            True,
            "firehose",
            FIREHOSE.delivery_stream_arn,
            FIREHOSE.iam_role_arn,
            ("BOUNCE", "SEND"),
        ),
        Row(
            ACCOUNT,
            "eu-west-1",
            "orders",
            "metrics",
            True,
            "cloudwatch",
            "campaign=LINK_TAG:none tenant=LINK_TAG:none",
            None,
            ("BOUNCE", "SEND"),
        ),
        Row(
            ACCOUNT,
            "eu-west-1",
            "orders",
            "new",
            True,
            "LogsDestination",
            '{"LogGroup":"x"}',
            None,
            ("BOUNCE", "SEND"),
        ),
    ]


def test_the_csv() -> None:
    assert "".join(as_csv([SHOP])) == (
        "AccountId,Region,ConfigurationSet,EventDestination,Enabled,Kind,Target,IamRoleArn,"
        "MatchingEventTypes\n"
        f"{ACCOUNT},eu-west-1,mail,,,,,,\n"
        f"{ACCOUNT},eu-west-1,orders,archive,true,firehose,{FIREHOSE.delivery_stream_arn},"
        f"{FIREHOSE.iam_role_arn},BOUNCE SEND\n"
        f"{ACCOUNT},eu-west-1,orders,metrics,true,cloudwatch,"
        "campaign=LINK_TAG:none tenant=LINK_TAG:none,,BOUNCE SEND\n"
        f"{ACCOUNT},eu-west-1,orders,new,true,LogsDestination,"
        '"{""LogGroup"":""x""}",,BOUNCE SEND\n'
    )


def test_the_json() -> None:
    assert json.loads("".join(as_json([SHOP])))[:2] == [
        {
            "AccountId": ACCOUNT,
            "Region": "eu-west-1",
            "ConfigurationSet": "mail",
            "EventDestination": None,
            "Enabled": None,
            "Kind": None,
            "Target": None,
            "IamRoleArn": None,
            "MatchingEventTypes": None,
        },
        {
            "AccountId": ACCOUNT,
            "Region": "eu-west-1",
            "ConfigurationSet": "orders",
            "EventDestination": "archive",
            "Enabled": True,
            "Kind": "firehose",
            "Target": FIREHOSE.delivery_stream_arn,
            "IamRoleArn": FIREHOSE.iam_role_arn,
            "MatchingEventTypes": ["BOUNCE", "SEND"],
        },
    ]
    assert "".join(as_json([])) == "[]\n"


@examples(40)
@given(scopes())
def test_every_destination_has_its_row(scope: Scope) -> None:
    found = list(rows([scope]))
    listed = [(row.configuration_set, row.event_destination) for row in found]
    assert [pair for pair in listed if pair[1] is not None] == [
        (one.name, inner.name) for one, inner in scope.destinations
    ]
    assert {row.configuration_set for row in found} == {s.name for s in scope.configuration_sets}
    for row, (_, one) in zip(
        (row for row in found if row.event_destination), scope.destinations, strict=True
    ):
        arn = one.target.arn if one.target else None
        assert arn is None or row.target == arn
        assert row.enabled == one.enabled


@examples(40)
@given(hostile_scopes())
def test_what_programs_read_is_what_the_rows_hold(scope: Scope) -> None:
    expected = list(rows([scope]))
    assert msgspec.json.decode("".join(as_json([scope])), type=list[Row]) == expected
    text = "".join(as_csv([scope]))
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [tuple(cell.removeprefix("'") for cell in line) for line in read[1:]] == [
        tuple(
            printable(cell).removeprefix("'")
            for cell in (
                row.account_id or "",
                row.region,
                row.configuration_set,
                row.event_destination or "",
                {None: "", True: "true", False: "false"}[row.enabled],
                row.kind or "",
                row.target or "",
                row.iam_role_arn or "",
                " ".join(row.matching_event_types or ()),
            )
        )
        for row in expected
    ]
    assert all(line.isprintable() for line in text.split("\n"))
    cells = [cell for line in read for cell in line]
    assert [c for c in cells if c.startswith(("=", "+", "@")) or re.match("-.*[^0-9.]", c)] == []


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ('=HYPERLINK("http://example.com")', """"'=HYPERLINK(""http://example.com"")\""""),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1", "-1"),
        ("-1.5", "-1.5"),
        ("-1+1", "'-1+1"),
        ("-", "'-"),
        ("-a", "'-a"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff20a", "'\uff20a"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
        ("\t=1", "\\t=1"),
        ("\r=1", "\\r=1"),
        ("\n=1", "\\n=1"),
        ("orders\x1b[2J", "orders\\x1b[2J"),
        ("bounces\u202e", "bounces\\u202e"),
        ("caf\u00e9", "caf\u00e9"),
        ("a,b", '"a,b"'),
        ("-1,2", '"\'-1,2"'),
    ],
)
def test_no_cell_is_obeyed(name: str, cell: str) -> None:
    row = "".join(as_csv([scope_of(ConfigurationSet(configuration_set_name=name))])).split("\n")[1]
    assert row == f"{ACCOUNT},eu-west-1,{cell},,,,,,"


def sns(arn: str) -> SnsDestination:
    return SnsDestination(topic_arn=arn)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (sns(f"arn:aws:sns:eu-west-1:{ACCOUNT}:mail"), "mail"),
        (FIREHOSE, "mail"),
        (
            EventBridgeDestination(
                event_bus_arn=f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/default"
            ),
            "default",
        ),
        (sns(f"arn:aws:sns:us-east-1:{ACCOUNT}:mail"), f"arn:aws:sns:us-east-1:{ACCOUNT}:mail"),
        (sns("arn:aws:sns:eu-west-1:210987654321:m"), "arn:aws:sns:eu-west-1:210987654321:m"),
        (sns(f"arn:aws-cn:sns:eu-west-1:{ACCOUNT}:m"), f"arn:aws-cn:sns:eu-west-1:{ACCOUNT}:m"),
        (sns(f"arn:aws:sns:eu-west-1:{ACCOUNT}"), f"arn:aws:sns:eu-west-1:{ACCOUNT}"),
        (sns(f"arn:aws:x:eu-west-1:{ACCOUNT}:apps/"), "apps/"),
        (sns(""), ""),
        (metrics("campaign", "tenant"), "campaign, tenant"),
        (metrics(), "no dimension"),
        (None, "?"),
    ],
)
def test_a_target_as_a_person_of_the_account_names_it(target: Target | None, expected: str) -> None:
    assert short_target(SHOP, destination(target)) == expected


def test_without_an_account_every_arn_is_shown_whole() -> None:
    scope = scope_of(account=None)
    arn = f"arn:aws:sns:eu-west-1:{ACCOUNT}:mail"
    assert short_target(scope, destination(sns(arn))) == arn


@examples(40)
@given(hostile_scopes())
def test_any_target_has_a_short_form(scope: Scope) -> None:
    for _, one in scope.destinations:
        target = short_target(scope, one)
        arn = one.target.arn if one.target else None
        assert arn is None or arn.endswith(target)


@pytest.mark.parametrize(
    ("target", "expected"),
    [(FIREHOSE, TargetKind.FIREHOSE.value), (metrics(), "cloudwatch"), (None, "LogsDestination")],
)
def test_the_kind_of_a_target(target: Target | None, expected: str) -> None:
    assert kind_of(destination(target)) == expected


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_of_the_table_ends_in_blanks(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    found = ConfigurationSet("orders", event_destinations=(destination(metrics("campaign")),))
    scope = Scope(partition="aws", region="eu-west-1", configuration_sets=(found,))
    lines = "".join(scan_table([scope])).splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
