"""Labels: readable, valid, distinct, and the same whatever else the account holds."""

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from exporter.formats.labels import (
    LOGICAL_ID,
    TERRAFORM,
    Style,
    assign,
    clashes,
    pascal_case,
    snake_case,
    words,
)
from exporter.model.identities import Identity, identities, identity_of
from exporter.model.resources import ConfigurationSet, EventDestination, Scope, SnsDestination
from tests.strategies import aws_names, examples, hostile_names

every_style = pytest.mark.parametrize("style", [TERRAFORM, LOGICAL_ID], ids=["terraform", "cfn"])


def some(names: SearchStrategy[str], most: int = 12) -> SearchStrategy[set[Identity]]:
    return st.sets(st.builds(Identity, names, st.one_of(st.none(), names)), max_size=most)


def any_identities() -> SearchStrategy[set[Identity]]:
    return st.one_of(some(aws_names()), some(aws_names()), some(hostile_names()))


def space(identity: Identity, style: Style) -> object:
    """Terraform addresses begin with the type, logical ids do not."""
    return style is LOGICAL_ID or identity.event_destination is None


def digits(identity: Identity) -> str:
    """The hex digits of an identity, computed anew."""
    parts = [identity.configuration_set, identity.event_destination]
    text = "|".join(part for part in parts if part is not None)
    return hashlib.sha256(text.encode()).hexdigest()


# Words and cases
# -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders", ["orders"]),
        ("order-events", ["order", "events"]),
        ("order_events", ["order", "events"]),
        ("OrderEvents", ["Order", "Events"]),
        ("orderEvents", ["order", "Events"]),
        ("2fa-OrdersEU_v2", ["2fa", "Orders", "EU", "v2"]),
        ("EUOrders", ["EU", "Orders"]),
        ("S3Events", ["S3", "Events"]),
        ("v2", ["v2"]),
        ("2024-01-31", ["2024", "01", "31"]),
        ("a1b2", ["a1", "b2"]),
        ("A", ["A"]),
        ("--__", []),
        ("日本", []),
        ("é-café", ["caf"]),
    ],
)
def test_the_words_of_a_name(name: str, expected: list[str]) -> None:
    assert words(name) == expected


@examples(100)
@given(aws_names())
def test_words_hold_every_letter_and_digit(name: str) -> None:
    assert "".join(words(name)) == re.sub(r"[^A-Za-z0-9]", "", name)


@pytest.mark.parametrize(
    ("names", "snake", "pascal"),
    [
        (("orders",), "orders", "Orders"),
        (("OrderEvents", "to-sns"), "order_events_to_sns", "OrderEventsToSns"),
        (("order", "EU-2fa"), "order_eu_2fa", "OrderEU2fa"),
        (("2fa",), "_2fa", "2fa"),
        (("class",), "class", "Class"),
        (("---",), "", ""),
    ],
)
def test_cases(names: tuple[str, ...], snake: str, pascal: str) -> None:
    assert snake_case(names) == snake
    assert pascal_case(names) == pascal


# Who gets which label
# ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "terraform", "cloudformation"),
    [
        (["orders", "orders/bounces"], ["orders", "orders_bounces"], ["Orders", "OrdersBounces"]),
        # The one in lower-case words with hyphens keeps it, the other two get digits.
        (["a-b", "a_b", "A-b"], ["a_b", "a_b_#", "a_b_#"], ["AB", "AB#", "AB#"]),
        # Nobody has the better claim.
        (["a_b", "A-b"], ["a_b_#", "a_b_#"], ["AB#", "AB#"]),
        # A set goes before a destination, where the two share a namespace.
        (["a-b", "a/b"], ["a_b", "a_b"], ["AB", "AB#"]),
        # Two destinations that run together.
        (["a-b/c", "a/b-c"], ["a_b_c_#", "a_b_c_#"], ["ABC#", "ABC#"]),
        (["a_b/c", "a/b-c"], ["a_b_c_#", "a_b_c"], ["ABC#", "ABC"]),
        # What CDK keeps for itself, and what has no letter to make a name of.
        (["default"], ["default"], ["Default37a8eec1"]),
        (["cdk-metadata"], ["cdk_metadata"], ["CdkMetadata#"]),
        (["bootstrap-version"], ["bootstrap_version"], ["BootstrapVersion#"]),
        (["_"], ["configuration_set_d2e2adf7"], ["ConfigurationSetd2e2adf7"]),
        (["_/-"], ["event_destination_#"], ["EventDestination#"]),
        (["2fa"], ["_2fa"], ["2fa"]),
    ],
    ids=str,
)
def test_labels(wanted: list[str], terraform: list[str], cloudformation: list[str]) -> None:
    asked = [Identity(*text.split("/")) for text in wanted]
    for style, expected in ((TERRAFORM, terraform), (LOGICAL_ID, cloudformation)):
        labels = assign(asked, style, {})
        pairs = zip(asked, expected, strict=True)
        assert labels == {who: text.replace("#", digits(who)[:8]) for who, text in pairs}


@every_style
@examples(150)
@given(wanted=any_identities())
def test_labels_are_valid_and_distinct(style: Style, wanted: set[Identity]) -> None:
    labels = assign(wanted, style, {})
    assert set(labels) == wanted
    taken: dict[object, set[str]] = defaultdict(set)
    for identity, label in labels.items():
        assert style.pattern.fullmatch(label)
        assert label.lower() not in style.reserved
        # Case aside: two names that differ in case alone are one to a reader.
        assert label.lower() not in taken[space(identity, style)]
        taken[space(identity, style)].add(label.lower())
    assert not clashes(labels, style)


def test_the_rules_for_labels_are_those_of_the_languages() -> None:
    # HCL identifiers, without the letters beyond ASCII; logical ids (CloudFormation user guide).
    assert TERRAFORM.pattern.fullmatch("_a-1")
    assert not any(map(TERRAFORM.pattern.fullmatch, ["", "1a", "-a", "a b", "a.b", "é", "a\n"]))
    assert LOGICAL_ID.pattern.fullmatch("1" * 255)
    assert not any(map(LOGICAL_ID.pattern.fullmatch, ["", "a" * 256, "a-b", "a_b", "é", "a\n"]))


@every_style
@examples(100)
@given(wanted=any_identities())
def test_a_label_is_bare_or_ends_in_the_digits_of_its_identity(
    style: Style, wanted: set[Identity]
) -> None:
    for identity, label in assign(wanted, style, {}).items():
        base = style.base(identity.names)
        if label == base:
            continue
        kind = "event-destination" if identity.event_destination else "configuration-set"
        stem = base[:200] or style.base((kind,))
        assert label.startswith(stem + style.joint)
        given_digits = label.removeprefix(stem + style.joint)
        assert len(given_digits) >= 8
        assert digits(identity).startswith(given_digits)


@every_style
@examples(100)
@given(wanted=any_identities())
def test_a_label_is_bare_where_nobody_else_wants_it(style: Style, wanted: set[Identity]) -> None:
    rivals = by_base(wanted, style)
    for identity, label in assign(wanted, style, {}).items():
        base = style.base(identity.names)
        alone = len(rivals[space(identity, style), base.lower()]) == 1
        can_be = 0 < len(base) <= 200 and base.lower() not in style.reserved
        if alone and can_be:
            assert label == base


@every_style
@examples(150)
@given(wanted=some(st.sampled_from(["a-b", "a_b", "A-B", "ab", "a", "b", "c", "b-c", "AB-c"]), 20))
def test_of_rivals_the_one_in_lower_case_words_keeps_the_bare_label(
    style: Style, wanted: set[Identity]
) -> None:
    labels = assign(wanted, style, {})
    for group in by_base(wanted, style).values():
        plain = [
            identity
            for identity in group
            if all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in identity.names)
        ]
        sets = [identity for identity in plain if identity.event_destination is None]
        first = sets or plain
        bare = [one for one in group if labels[one] == style.base(one.names)]
        if len(group) == 1:
            assert bare == list(group)
        else:
            assert bare == (first if len(first) == 1 else [])


def by_base(wanted: Iterable[Identity], style: Style) -> dict[object, set[Identity]]:
    groups: dict[object, set[Identity]] = defaultdict(set)
    for identity in wanted:
        groups[space(identity, style), style.base(identity.names).lower()].add(identity)
    return groups


@every_style
@examples(100)
@given(wanted=any_identities(), seed=st.integers(0, 2**32))
def test_labels_do_not_depend_on_the_order(style: Style, wanted: set[Identity], seed: int) -> None:
    ordered = sorted(wanted, key=lambda identity: identity.names)
    shuffled = random.Random(seed).sample(ordered, len(ordered))
    labels = assign(shuffled, style, {})
    assert labels == assign(ordered, style, {})
    assert list(labels) == ordered


@every_style
@examples(100)
@given(before=any_identities(), new=any_identities())
def test_pinned_labels_survive_whatever_comes_and_goes(
    style: Style, before: set[Identity], new: set[Identity]
) -> None:
    pins = assign(before, style, {})
    after = assign(before | new, style, pins)
    assert {who: after[who] for who in before} == pins
    assert not clashes(after, style)
    # What comes back gets its own label again, and nobody else had it meanwhile.
    meanwhile = assign(new, style, pins)
    assert not clashes({**pins, **meanwhile}, style)
    assert assign(before, style, {**pins, **meanwhile}) == pins


@every_style
def test_a_person_may_choose_any_valid_label(style: Style) -> None:
    mine, other = Identity("orders"), Identity("mail")
    labels = assign([mine, other], style, {mine: "Mail"})
    assert labels[mine] == "Mail"
    assert labels[other].lower() not in ("mail", "orders")
    assert labels[other].endswith(digits(other)[:8])


@every_style
def test_a_name_that_looks_like_the_label_of_another_does_not_take_it(style: Style) -> None:
    rivals = [Identity("AB"), Identity("Ab")]
    # Its bare label is the one that AB would get with its digits.
    lookalike = Identity(f"ab-{digits(rivals[0])[:8]}")
    labels = assign([*rivals, lookalike], style, {})
    assert not clashes(labels, style)
    assert labels[lookalike] == style.base(lookalike.names)
    assert labels[rivals[0]].endswith(digits(rivals[0])[:9])


@every_style
def test_a_pin_that_looks_like_the_label_of_another_does_not_take_it(style: Style) -> None:
    rivals = [Identity("AB"), Identity("Ab")]
    plain = assign(rivals, style, {})
    labels = assign(rivals, style, {Identity("gone"): plain[rivals[0]].upper()})
    assert labels[rivals[0]] == plain[rivals[0]] + digits(rivals[0])[8]


@pytest.mark.parametrize("length", [64, 199, 200, 201, 5000])
@every_style
def test_long_names_stay_within_a_logical_id(style: Style, length: int) -> None:
    (label,) = assign([Identity("a" * length)], style, {}).values()
    bare = style.base(("a" * length,))
    assert (label == bare) == (length <= 200)
    assert len(label) <= 255


def test_clashes_are_found_case_aside_and_by_namespace() -> None:
    one, two, inner = Identity("a"), Identity("b"), Identity("a", "b")
    assert clashes({one: "x", two: "X"}, TERRAFORM) == [("X", [one, two])]
    assert clashes({one: "x", two: "x"}, LOGICAL_ID) == [("x", [one, two])]
    assert clashes({one: "x", inner: "x"}, TERRAFORM) == []
    assert clashes({one: "x", inner: "x"}, LOGICAL_ID) == [("x", [one, inner])]


# Identities
# ----------------------------------------------------------------------------------------


def test_an_identity_in_words_and_as_import_id() -> None:
    assert str(Identity("orders")) == Identity("orders").import_id == "orders"
    assert str(Identity("orders", "bounces")) == "orders/bounces"
    assert Identity("orders", "bounces").import_id == "orders|bounces"


def test_the_identities_of_a_scope_come_in_order() -> None:
    def destination(name: str) -> EventDestination:
        target = SnsDestination(topic_arn="arn")
        return EventDestination(
            name=name, enabled=True, matching_event_types=(), sns_destination=target
        )

    sets = (
        ConfigurationSet(
            configuration_set_name="b",
            event_destinations=(destination("z"), destination("a")),
        ),
        ConfigurationSet(configuration_set_name="a"),
    )
    scope = Scope(partition="aws", region="eu-west-1", configuration_sets=sets)
    expected = [Identity("a"), Identity("b"), Identity("b", "a"), Identity("b", "z")]
    assert identities(scope) == expected
    assert identity_of(sets[0]) == Identity("b")
    assert identity_of(sets[0], destination("z")) == Identity("b", "z")
