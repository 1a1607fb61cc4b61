"""The picture before it is drawn: every destination once, every target once."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model.resources import EventType, Scope
from exporter.reports.graph.layout import spread
from exporter.reports.graph.measure import cut, width
from exporter.reports.graph.model import Graph, build, by_scope, collapsed, short_events
from exporter.reports.listing import rows
from tests.functional.snapshots import Json, configuration_set, destination, scope, sns
from tests.strategies import aws_scopes, examples, hostile_scopes


def graph_of(*scopes: Json) -> Graph:
    return build(msgspec.convert([*scopes], list[Scope]))


def metrics(name: str, default: str = "none") -> Json:
    dimension = {
        "DimensionName": name,
        "DimensionValueSource": "MESSAGE_TAG",
        "DefaultDimensionValue": default,
    }
    return {"CloudWatchDestination": {"DimensionConfigurations": [dimension]}}


def topic(account: str, region: str, name: str = "bounces") -> Json:
    return {"SnsDestination": {"TopicArn": f"arn:aws:sns:{region}:{account}:{name}"}}


@given(st.lists(st.one_of(aws_scopes(), hostile_scopes()), max_size=2))
@examples(60)
def test_every_destination_is_there_once_and_leads_to_its_target(scopes: list[Scope]) -> None:
    graph = build(scopes)
    listed = [row for row in rows(scopes) if row.event_destination is not None]
    drawn = list(graph.destinations)
    assert [node.name for node in drawn] == [row.event_destination for row in listed]
    assert len({node.id for node in drawn}) == len(drawn)
    kinds = [graph.by_id[node.target].kind for node in drawn]
    assert kinds == [row.kind for row in listed]
    assert {node.target for node in drawn} == {target.id for target in graph.targets}
    names = [found.name for each in scopes for found in each.configuration_sets]
    assert [found.name for found in graph.sets] == names


@given(st.lists(hostile_scopes(), max_size=2))
@examples(40)
def test_targets_of_one_arn_are_one_node(scopes: list[Scope]) -> None:
    graph = build(scopes)
    arns = {
        (row.kind, row.target)
        for row in rows(scopes)
        if row.kind in {"sns", "firehose", "eventbridge", "pinpoint"} and row.target
    }
    with_arn = [t for t in graph.targets if (t.kind, t.full) in arns]
    assert len(with_arn) == len(arns)


@given(st.lists(aws_scopes(), max_size=2))
@examples(30)
def test_smaller_pictures_lead_to_the_same_targets(scopes: list[Scope]) -> None:
    graph = build(scopes)
    leads = {(node.target, node.enabled) for node in graph.destinations}
    for smaller in (collapsed(graph), by_scope(graph)):
        nodes = list(smaller.destinations)
        assert smaller.description == graph.description
        assert sum(node.stands_for for node in nodes) == sum(1 for _ in graph.destinations)
        assert {(node.target, node.enabled) for node in nodes} == leads
        assert len({node.id for node in nodes}) == len(nodes)
    for whole in by_scope(graph).sets:
        pairs = [(node.target, node.enabled) for node in whole.destinations]
        assert len(set(pairs)) == len(pairs)


def test_a_target_says_account_and_region_only_when_they_are_foreign() -> None:
    graph = graph_of(
        scope(
            configuration_set(
                "orders",
                destination("a", topic("123456789012", "eu-west-1", "own")),
                destination("b", topic("999999999999", "eu-west-1", "account")),
                destination("c", topic("123456789012", "us-east-1", "region")),
                destination("d", topic("999999999999", "us-east-1", "both")),
            )
        )
    )
    assert [(target.name, target.where) for target in graph.targets] == [
        ("own", ""),
        ("account", "999999999999"),
        ("region", "us-east-1"),
        ("both", "999999999999 us-east-1"),
    ]


def test_targets_of_one_name_are_told_apart() -> None:
    graph = graph_of(
        scope(configuration_set("orders", destination("m", metrics("campaign")), "a")),
        scope(
            configuration_set(
                "orders",
                destination("a", topic("123456789012", "us-east-1", "mail-events")),
                destination("m", metrics("campaign")),
                destination("n", metrics("campaign", "other")),
            ),
            region="us-east-1",
        ),
    )
    assert [(target.name, target.where) for target in graph.targets] == [
        ("mail-events", "123456789012 eu-west-1"),
        ("campaign", "123456789012 eu-west-1"),
        ("mail-events", "123456789012 us-east-1"),
        ("campaign=MESSAGE_TAG:none", "123456789012 us-east-1"),
        ("campaign=MESSAGE_TAG:other", "123456789012 us-east-1"),
    ]


def test_a_target_that_two_accounts_use_is_one() -> None:
    shared = topic("999999999999", "eu-west-1")
    graph = graph_of(
        scope(configuration_set("a", destination("d", shared)), account="111111111111"),
        scope(configuration_set("b", destination("d", shared)), account="222222222222"),
    )
    assert [target.where for target in graph.targets] == ["999999999999"]
    assert [cluster.id for cluster in graph.scopes] == ["a1", "a2"]
    assert graph.description == (
        "2 accounts and regions: 2 configuration sets, 2 event destinations (0 disabled), 1 target"
    )


def test_an_account_without_sets_is_not_drawn() -> None:
    graph = graph_of(scope(), scope(configuration_set("a"), region="us-east-1"))
    assert not graph.has_clusters_of_scopes
    assert graph_of().description.startswith("nothing: ")


def test_collapsing_names_what_it_draws_as_one() -> None:
    names = [f"d{number:02}" for number in range(12)]
    of = configuration_set("a", *(destination(name, sns("t")) for name in names), destination("x"))
    first, second = collapsed(graph_of(scope(of))).destinations
    assert (first.name, first.stands_for) == ("12 destinations", 12)
    assert first.full == ", ".join(names[:10]) + " and 2 more"
    assert second.name == "x"


ALL = tuple(EventType)


@pytest.mark.parametrize(
    ("types", "said"),
    [
        ((), "no event"),
        (ALL, "all"),
        (tuple(kind for kind in ALL if kind != "OPEN"), "all but open"),
        ((EventType.BOUNCE, EventType.DELIVERY_DELAY), "bounce, delay"),
    ],
)
def test_event_types_are_said_shortly(types: tuple[EventType, ...], said: str) -> None:
    assert short_events(types) == said


# Layout
# --------------------------------------------------------------------------------------


@given(st.lists(st.floats(-1e4, 1e4), max_size=40), st.floats(0, 5000))
def test_places_are_apart_in_order_and_within_bounds(wanted: list[float], last: float) -> None:
    places = spread(sorted(wanted), 60, 84, last)
    assert len(places) == len(wanted)
    assert all(place >= 84 for place in places)
    assert all(after - before >= 60 - 1e-6 for before, after in pairwise(places))
    if places and 84 + 60 * (len(places) - 1) <= last:
        assert places[-1] <= last + 1e-6


def test_places_that_are_free_are_taken() -> None:
    assert spread([100, 400, 410], 60, 0, 1000) == [100, 375, 435]


@given(st.text(max_size=80), st.floats(30, 300))
def test_cut_text_fits(text: str, room: float) -> None:
    shown = cut(text, 13, room)
    assert width(shown, 13) <= room + 1e-6
    assert shown == text or shown.endswith("…")
