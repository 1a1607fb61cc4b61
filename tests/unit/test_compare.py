"""Two sides compared: changes, renames, and what is no change because nobody can tell."""

from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from exporter.diff.compare import compare
from exporter.diff.model import (
    Added,
    Change,
    Changed,
    Coverage,
    NotCompared,
    NotComparedReason,
    Origin,
    Removed,
    Renamed,
    ValueChange,
    origins_of,
)
from exporter.diff.side import Side, SideScope, of_loaded, of_scope
from exporter.formats.code_resource import CodeResource, Loaded, Unknown
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.formats.unresolved import NamePattern, Unresolved
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure
from exporter.model.resources import (
    ConfigurationSet,
    EventBridgeDestination,
    EventDestination,
    EventType,
    Scope,
    SendingOptions,
    SnsDestination,
    Tag,
)
from exporter.sources.selection import Selection
from exporter.support.errors import ExporterError
from tests.strategies import aws_scopes, examples, scopes

TERRAFORM = load_format(FormatName.TERRAFORM).judge
CLOUDFORMATION = load_format(FormatName.CLOUDFORMATION).judge
BUS = EventBridgeDestination(
    event_bus_arn="arn:aws:events:eu-west-1:123456789012:event-bus/default"
)


def destination(name: str, *types: EventType, **more: Any) -> EventDestination:
    target = more or {"event_bridge_destination": BUS}
    return EventDestination(
        name=name, enabled=True, matching_event_types=types or (EventType.SEND,), **target
    )


def a_set(name: str, *destinations: EventDestination, **options: Any) -> ConfigurationSet:
    return ConfigurationSet(name, event_destinations=destinations, **options)


def scope(*sets: ConfigurationSet, region: str = "eu-west-1") -> Scope:
    return Scope(account_id="123456789012", partition="aws", region=region, configuration_sets=sets)


def said(*read: Scope, **more: Any) -> Side:
    """A side that SES or a snapshot says."""
    return Side("said", tuple(map(of_scope, read)), **more)


def code(*resources: tuple[Identity, dict[str, Any]], **more: Any) -> Side:
    """A side that code says."""
    unresolved = more.pop("unresolved", ())
    judge = more.pop("judge", TERRAFORM)
    described = tuple(CodeResource("a", "f:1", who, values) for who, values in resources)
    return Side("code", (of_loaded(Loaded(described, unresolved)),), judge, **more)


def changes(old: Side, new: Side, **options: Any) -> tuple[Change, ...]:
    return compare(old, new, **options).changes


def asides(old: Side, new: Side) -> list[tuple[NotComparedReason, Identity, str]]:
    return [(aside.why, aside.resource, aside.path) for aside in compare(old, new).not_compared]


ORDERS = Identity("orders")
BOUNCES = Identity("orders", "bounces")
BUS_TREE = {"EventBusArn": BUS.event_bus_arn}
CODE_OF_BOUNCES = {
    "Enabled": True,
    "MatchingEventTypes": ["SEND"],
    "EventBridgeDestination": BUS_TREE,
}


@examples(60)
@given(scopes())
def test_nothing_differs_from_itself(of: Scope) -> None:
    found = compare(said(of), said(replace(of)))
    assert found.changes == ()
    assert found.not_compared == ()


@examples(60)
@given(aws_scopes(), aws_scopes())
def test_the_other_way_round_all_is_turned(one: Scope, other: Scope) -> None:
    turned = {Added: Removed, Removed: Added, Renamed: Renamed, Changed: Changed}
    there = changes(said(one), said(other))
    back = changes(said(other), said(one))
    assert sorted((turned[type(c)].__name__, _names(c)) for c in there) == sorted(
        (type(c).__name__, _names(c, turned=True)) for c in back
    )


def _names(change: Change, *, turned: bool = False) -> tuple[str, ...]:
    if isinstance(change, Renamed) and turned:
        return change.new.names
    return change.resource.names


@examples(60)
@given(aws_scopes(), aws_scopes())
def test_each_resource_is_counted_once(one: Scope, other: Scope) -> None:
    (found,) = compare(said(one), said(other)).scopes
    before, after = of_scope(one).items, of_scope(other).items
    added = {c.resource for c in found.changes if isinstance(c, Added)}
    removed = {c.resource for c in found.changes if isinstance(c, Removed)}
    assert added <= set(after) - set(before)
    assert removed <= set(before) - set(after)
    changed = sum(isinstance(c, Changed) for c in found.changes)
    whole = sum(not aside.path for aside in found.not_compared)
    assert changed + found.same + whole >= len(set(before) & set(after))


def test_what_means_the_same_is_no_difference() -> None:
    one = a_set("orders", destination("bounces", EventType.SEND, EventType.BOUNCE))
    tagged = replace(one, tags=(Tag(key="aws:x", value="1"),))
    other = {
        "Enabled": True,
        "MatchingEventTypes": ["SEND", "BOUNCE", "SEND"],
        "EventBridgeDestination": BUS_TREE,
    }
    assert changes(said(scope(one)), said(scope(tagged))) == ()
    assert changes(code((BOUNCES, other), (ORDERS, {})), said(scope(one))) == ()


def test_a_value_on_one_side_only_is_a_change() -> None:
    off = a_set("orders", sending_options=SendingOptions(sending_enabled=False))
    (changed,) = changes(said(scope(a_set("orders"))), said(scope(off)))
    assert changed == Changed(ORDERS, (ValueChange("SendingOptions.SendingEnabled", None, False),))


def test_what_code_leaves_open_is_no_change() -> None:
    off = scope(a_set("orders", sending_options=SendingOptions(sending_enabled=False)))
    open_code = code((ORDERS, {}), is_open=lambda path: path.startswith("SendingOptions"))
    assert changes(open_code, said(off)) == ()
    assert asides(open_code, said(off)) == [(NotComparedReason.LEFT_OPEN, ORDERS, "SendingOptions")]
    assert compare(open_code, said(off)).is_different(strict=True)
    assert not compare(open_code, said(off)).is_different(strict=False)
    assert len(changes(code((ORDERS, {})), said(off))) == 1


def test_what_code_says_for_the_first_time_is_pending() -> None:
    """The ancestor left it open, so that the account cannot have moved away from it."""

    def says(values: dict[str, Any]) -> Side:
        return code((ORDERS, values), is_open=lambda path: path.startswith("SendingOptions"))

    there = said(scope(a_set("orders", sending_options=SendingOptions(sending_enabled=True))))
    stopped = says({"SendingOptions": {"SendingEnabled": False}})
    found = compare(stopped, there, ancestor=says({}))
    assert [origins_of(change) for change in found.changes] == [{Origin.PENDING}]
    assert found.ancestor == "code"


def test_what_a_format_cannot_hold_is_no_change() -> None:
    topic = SnsDestination(topic_arn="not an ARN")
    there = scope(a_set("orders", destination("odd", sns_destination=topic)))
    templates = code((ORDERS, {}), judge=CLOUDFORMATION)
    assert changes(templates, said(there)) == ()
    assert asides(templates, said(there)) == [
        (NotComparedReason.NOT_COMPARABLE, Identity("orders", "odd"), "")
    ]
    # Terraform holds it, so there it is missing.
    assert len(changes(code((ORDERS, {})), said(there))) == 1


def test_what_is_not_worked_out_is_no_change() -> None:
    values = {**CODE_OF_BOUNCES, "EventBridgeDestination": {"EventBusArn": Unknown("var.x")}}
    there = said(scope(a_set("orders", destination("bounces", EventType.BOUNCE))))
    found = compare(code((BOUNCES, values), (ORDERS, {})), there)
    (changed,) = found.changes
    assert changed == Changed(
        BOUNCES, (ValueChange("MatchingEventTypes", ["SEND"], ["BOUNCE"]),), "f:1 a"
    )
    assert found.not_compared == (
        NotCompared(
            NotComparedReason.UNKNOWN,
            BOUNCES,
            "EventBridgeDestination.EventBusArn",
            BUS.event_bus_arn,
            "var.x",
            "f:1 a",
            is_gap=True,
        ),
    )


def test_where_code_has_unnamed_resources_nothing_missing_is_sure() -> None:
    there = said(scope(a_set("orders"), a_set("hand")))
    found = compare(code((ORDERS, {}), unresolved=(Unresolved("main.tf:3", "x", "why"),)), there)
    assert found.changes == ()
    assert [(a.why, a.resource) for a in found.not_compared] == [
        (NotComparedReason.UNKNOWN, Identity("hand"))
    ]
    assert [each.line for each in found.unresolved] == ["main.tf:3: x: why"]
    assert found.coverage == Coverage(1, 1)


def test_a_set_of_which_code_has_only_destinations_is_left_open() -> None:
    there = said(scope(a_set("orders", destination("bounces"))))
    assert asides(code((BOUNCES, CODE_OF_BOUNCES)), there) == [
        (NotComparedReason.LEFT_OPEN, ORDERS, "")
    ]


def test_a_rename_is_one_only_where_it_is_sure() -> None:
    before = scope(a_set("orders", destination("a"), destination("b", EventType.OPEN)))
    renamed = scope(a_set("orders", destination("c"), destination("b", EventType.OPEN)))
    assert changes(said(before), said(renamed)) == (
        Renamed(Identity("orders", "a"), Identity("orders", "c")),
    )
    twins = scope(
        a_set("orders", destination("c"), destination("d"), destination("b", EventType.OPEN))
    )
    kinds = [type(change) for change in changes(said(before), said(twins))]
    assert kinds == [Removed, Added, Added]


def test_a_renamed_set_takes_its_destinations_along() -> None:
    before = scope(a_set("orders", destination("a"), tags=(Tag(key="k", value="v"),)))
    after = scope(a_set("bookings", destination("a"), tags=(Tag(key="k", value="v"),)))
    assert changes(said(before), said(after)) == (Renamed(ORDERS, Identity("bookings")),)
    other = scope(a_set("bookings", destination("z"), tags=(Tag(key="k", value="v"),)))
    assert len(changes(said(before), said(other))) == 4


def test_unmanaged_resources_may_be_ignored() -> None:
    there = said(scope(a_set("orders"), a_set("hand")))
    assert len(changes(code((ORDERS, {})), there)) == 1
    assert changes(code((ORDERS, {})), there, unmanaged=False) == ()
    # What the code has and SES does not is a difference all the same.
    gone = said(scope())
    assert len(changes(code((ORDERS, {})), gone, unmanaged=False)) == 1
    assert changes(there, code((ORDERS, {})), unmanaged=False) == ()


def test_a_set_that_could_not_be_read_is_not_compared() -> None:
    old = said(scope(a_set("orders"), a_set("news")))
    new = said(scope(a_set("orders")), unread=(ReadFailure("news", "denied"),))
    found = compare(old, new)
    assert found.changes == ()
    assert [each.name for each in found.unread] == ["news"]


def test_a_selection_leaves_the_rest_out() -> None:
    old, new = said(scope(a_set("orders"))), said(scope(a_set("news")))
    # Bare sets have one content, so a rename stands where both are compared.
    assert len(changes(old, new)) == 1
    only = Selection(("news",))
    assert changes(old, new, selection=only) == (Added(Identity("news"), {}),)


@pytest.mark.parametrize(
    ("selection", "held"),
    [
        (Selection(("nope*",)), 2),
        (Selection(("orders/nope",)), 2),
        (Selection(("*/nope", "none")), 2),
        (Selection((), ("*",)), 2),
    ],
)
def test_a_selection_of_nothing_is_refused(selection: Selection, held: int) -> None:
    old = said(scope(a_set("orders", destination("a"))))
    new = said(scope(a_set("news")))
    with pytest.raises(ExporterError) as caught:
        compare(old, new, selection=selection)
    assert str(caught.value) == (
        f"said, said: {selection} matches none of {held} configuration sets"
    )


def test_a_selection_that_only_one_side_has_is_compared() -> None:
    old, new = said(scope(a_set("orders", destination("a")))), said(scope(a_set("news")))
    assert len(changes(old, new, selection=Selection(("orders/a",)))) == 2
    found = compare(old, new, selection=Selection(("orders", "typo", "x/*"), ("orders/typo",)))
    assert [*map(str, found.notes)] == [
        "--include typo matches nothing",
        "--include x/* matches nothing",
        "--exclude orders/typo matches nothing",
    ]
    # An account without sets has nothing that a pattern could miss, and live says how many it has.
    assert changes(said(scope()), said(scope()), selection=Selection(("x",))) == ()
    live = said(scope(), is_live=True, in_account=1)
    with pytest.raises(ExporterError, match="matches none of 1 configuration set"):
        compare(said(scope()), live, selection=Selection(("x",)))


def test_code_that_could_not_be_worked_out_counts_strictly() -> None:
    there = said(scope(a_set("orders")))
    found = compare(
        code((ORDERS, {}), unresolved=(Unresolved("f:3", "module.m", "not read"),)), there
    )
    assert found.changes == ()
    assert found.not_compared == ()
    assert found.coverage == Coverage(1, 1)
    assert not found.is_different(strict=False)
    assert found.is_different(strict=True)
    assert not compare(code((ORDERS, {})), there).is_different(strict=True)


def test_scopes_are_paired_by_account_and_region() -> None:
    ireland, ohio = scope(a_set("orders")), scope(a_set("orders"), region="us-east-2")
    more = scope(a_set("orders"), a_set("x", destination("a")), region="us-east-2")
    found = compare(said(ireland, ohio), said(more, ireland))
    assert [len(each.changes) for each in found.scopes] == [0, 2]
    alone = compare(said(ireland, ohio), said(ireland, scope(region="eu-north-1")))
    assert [len(each.changes) for each in alone.scopes] == [0, 1, 0]


def test_one_scope_on_each_side_is_a_pair_whatever_it_is() -> None:
    found = compare(said(scope(a_set("a"))), said(scope(a_set("a"), region="us-east-2")))
    assert found.changes == ()
    assert found.notes == (
        "comparing account 123456789012, region eu-west-1 with account 123456789012, "
        "region us-east-2",
    )


def test_what_was_not_read_live_is_not_gone() -> None:
    live = Side("live", (of_scope(scope(a_set("orders"))),), is_live=True)
    both = said(scope(a_set("orders")), scope(a_set("x"), region="us-east-2"))
    found = compare(both, live)
    assert found.changes == ()
    assert found.coverage.is_whole
    assert [*map(str, found.notes)] == [
        "said: account 123456789012, region us-east-2 was not read, so it is not compared",
    ]


def in_code(*read: Scope) -> Side:
    return Side("code", tuple(map(of_scope, read)), TERRAFORM)


def test_code_of_a_region_that_was_not_read_live_is_not_compared() -> None:
    live = Side("live", (of_scope(scope(a_set("orders"))),), is_live=True)
    ohio = a_set("x", destination("a")), a_set("y")
    both = in_code(scope(a_set("orders")), scope(*ohio, region="us-east-2"))
    for found in (compare(both, live), compare(live, both)):
        assert found.changes == ()
        assert found.notes == ()
        assert found.coverage == Coverage(compared=1, not_compared=3)
        [_, unread] = found.scopes
        assert (unread.title, unread.same) == ("account 123456789012, region us-east-2", 0)
        assert [str(gap.resource) for gap in unread.not_compared] == ["x", "x/a", "y"]
        assert {gap.reason for gap in unread.not_compared} == {
            "region us-east-2 was not read; add --region us-east-2"
        }
    chosen = compare(both, live, selection=Selection(("orders", "y")))
    assert [str(gap.resource) for gap in chosen.not_compared] == ["y"]
    assert compare(both, live, selection=Selection(("orders",))).coverage.is_whole


def test_code_of_an_account_that_was_not_read_live_is_not_compared() -> None:
    live = Side("live", (of_scope(scope(a_set("orders"))),), is_live=True)
    other = replace(scope(a_set("x")), account_id="210987654321")
    found = compare(in_code(scope(a_set("orders")), other), live)
    [gap] = found.not_compared
    assert gap.reason == "account 210987654321, region eu-west-1 was not read"


def test_a_region_that_could_not_be_read_counts_once() -> None:
    failure = ReadFailure("", "denied", account_id="123456789012", region="us-east-2")
    live = Side("live", (of_scope(scope(a_set("orders"))),), is_live=True, unread=(failure,))
    both = in_code(scope(a_set("orders")), scope(a_set("x"), region="us-east-2"))
    found = compare(both, live)
    assert found.not_compared == ()
    assert found.coverage == Coverage(compared=1, not_compared=1)


def test_code_that_describes_nothing_is_noted() -> None:
    found = compare(code(), said(scope(a_set("orders"))))
    assert found.notes == ("code: describes no configuration set and no event destination",)


def test_a_side_without_scopes_is_empty() -> None:
    empty = Side("snapshot", ())
    assert len(changes(empty, said(scope(a_set("orders"))))) == 1
    assert compare(empty, Side("other", (SideScope(None, None, {}),))).changes == ()


@pytest.mark.parametrize("topic", ["mail-2026", "by-hand"])
def test_a_text_that_is_known_in_part_is_another_where_it_cannot_be_the_same(topic: str) -> None:
    start = "arn:aws:sns:eu-west-1:123456789012:"
    unknown = Unknown("it is generated", pattern=NamePattern((f"{start}mail-", "")))
    of_code = {**CODE_OF_BOUNCES, "SnsDestination": {"TopicArn": unknown}}
    del of_code["EventBridgeDestination"]
    there = destination("bounces", sns_destination=SnsDestination(topic_arn=f"{start}{topic}"))
    live = said(scope(a_set("orders", there)))
    path = "SnsDestination.TopicArn"
    moved = ValueChange(path, f"{start}mail-*", f"{start}by-hand")
    found = compare(code((BOUNCES, of_code)), live)
    values = [value for change in found.changes for value in _values_of(change)]
    assert values == ([moved] if topic == "by-hand" else [])
    assert any(gap.path == path for gap in found.not_compared) is (topic != "by-hand")


def _values_of(change: Change) -> tuple[ValueChange, ...]:
    return change.values if isinstance(change, Changed) else ()
