"""A selection on two sides that do not say the same."""

from typing import Any

import pytest

from exporter.diff.side import SideScope, of_loaded, of_scope
from exporter.diff.side_selection import SideSelection, notes
from exporter.formats.code_resource import CodeResource, Loaded, Unknown
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Scope, SnsDestination, Tag
from exporter.sources.selection import Selection

ORDERS = Identity("orders")
BOUNCES = Identity("orders", "bounces")


def live(*, enabled: bool = True, team: str = "shop", arn: str = "arn:live") -> SideScope:
    destination = EventDestination(
        name="bounces",
        enabled=enabled,
        matching_event_types=(),
        sns_destination=SnsDestination(topic_arn=arn),
    )
    found = ConfigurationSet(
        "orders", tags=(Tag(key="team", value=team),), event_destinations=(destination,)
    )
    return of_scope(Scope(partition="aws", region="eu-west-1", configuration_sets=(found,)))


def code(*, with_set: bool = True, tags: Any = None, **values: Any) -> SideScope:
    described = [CodeResource("d", "f:1", BOUNCES, values)]
    if with_set:
        own = {"Tags": tags} if tags is not None else {}
        described.append(CodeResource("s", "f:2", ORDERS, own))
    return of_loaded(Loaded(tuple(described)))


EMPTY = SideScope(None, None, {})
SNS: dict[str, Any] = {"SnsDestination": {"TopicArn": "arn:code"}, "Enabled": True}


@pytest.mark.parametrize(
    ("pattern", "one", "other", "expected"),
    [
        # What either side says is enough, and its set comes along.
        ("disabled", code(**SNS), live(enabled=False), True),
        ("disabled", code(**SNS), live(), False),
        ("target:arn:code", code(**SNS), live(), True),
        ("target:arn:live", code(**SNS), live(), True),
        ("target:arn:else", code(**SNS), live(), False),
        ("tag:team=shop", code(**SNS), live(), True),
        ("tag:team=mail", code(tags=[{"Key": "team", "Value": "mail"}], **SNS), live(), True),
        ("tag:team=mail", code(**SNS), live(), False),
        (
            "kind:firehose",
            code(KinesisFirehoseDestination={"DeliveryStreamArn": "x"}),
            live(),
            True,
        ),
        # What one side does not say, the other one does.
        ("disabled", code(), live(), False),
        ("target:arn:else", code(SnsDestination={"TopicArn": Unknown("x")}), live(), False),
        ("tag:team=mail", code(with_set=False, **SNS), live(), False),
        ("tag:team=mail", code(tags=Unknown("x"), **SNS), live(), False),
        ("tag:team=mail", code(tags=[{"Key": "team", "Value": Unknown("x")}]), live(), False),
        # What neither says is compared.
        ("disabled", code(), EMPTY, True),
        ("tag:team=mail", code(with_set=False), EMPTY, True),
        ("target:arn:else", code(SnsDestination={"TopicArn": Unknown("x")}), EMPTY, True),
    ],
)
def test_what_is_compared(pattern: str, one: SideScope, other: SideScope, expected: bool) -> None:
    for pair in ((one, other), (other, one)):
        choice = SideSelection(Selection((pattern,)), *pair)
        assert choice.takes(BOUNCES) is expected
        assert choice.takes(ORDERS) is expected


def test_what_both_sides_exclude_is_left_out() -> None:
    excluding = Selection((), ("disabled",))
    assert SideSelection(excluding, code(**SNS), live(enabled=False)).takes(BOUNCES)
    assert not SideSelection(excluding, live(enabled=False), live(enabled=False)).takes(BOUNCES)
    assert SideSelection(excluding, live(enabled=False), live(enabled=False)).takes(ORDERS)


def test_what_neither_side_says_is_a_note() -> None:
    selection = Selection(("disabled",))
    assert notes(selection, [SideSelection(selection, code(), EMPTY)]) == [
        "neither side shows whether --include disabled matches orders/bounces; compared anyway"
    ]
    (said,) = notes(selection, [SideSelection(selection, code(**SNS), live())])
    assert str(said) == "--include disabled matches nothing"
