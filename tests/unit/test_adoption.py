"""Destinations under new names: none is lost, none but the name changes, and a second time none."""

import shlex
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporter.export.adoption import (
    NAME_LIMIT,
    PER_SET,
    adopt,
    check_suffix,
    crowded,
    origin,
    refused,
    successors,
)
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import export_scope
from exporter.formats.scope_facts import ScopeFacts
from exporter.lint.registry import SETTINGS_RULES
from exporter.model.identities import Identity, identities
from exporter.model.resources import (
    ConfigurationSet,
    EventDestination,
    EventType,
    Scope,
    SnsDestination,
)
from exporter.support.errors import ExporterError, UsageError
from tests.strategies import examples, scopes

SUFFIX = "-iac"


def destination(name: str, topic: str = "mail") -> EventDestination:
    return EventDestination(
        name=name,
        enabled=True,
        matching_event_types=(EventType.BOUNCE,),
        sns_destination=SnsDestination(topic_arn=f"arn:aws:sns:eu-west-1:123456789012:{topic}"),
    )


def scope(**sets: list[str]) -> Scope:
    return Scope(
        account_id="123456789012",
        partition="aws",
        region="eu-west-1",
        configuration_sets=tuple(
            ConfigurationSet(
                configuration_set_name=name,
                event_destinations=tuple(destination(each, topic=each) for each in names),
            )
            for name, names in sets.items()
        ),
    )


def names(found: Scope) -> dict[str, list[str]]:
    return {
        each.name: [inner.name for inner in each.event_destinations]
        for each in found.configuration_sets
    }


# The suffix
# ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["-iac", "_2", "A", "0", "-", "x" * 63])
def test_a_suffix_that_a_name_can_have_is_taken(suffix: str) -> None:
    check_suffix(suffix)


@pytest.mark.parametrize(
    "suffix", ["", " ", ".iac", "-iac ", "-iac\n", "é", "-ïac", "/x", "|", "²", "٣", "$x", "\0"]
)
def test_a_suffix_that_no_name_can_have_is_refused(suffix: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_suffix(suffix)
    assert repr(suffix) in str(caught.value)
    assert caught.value.hint


# The new names
# ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], []),
        (["a"], ["a-iac"]),
        (["a", "b"], ["a-iac", "b-iac"]),
        # Adopted, and the old one not deleted yet; adopted, and the old one gone.
        (["a", "a-iac"], ["a-iac"]),
        (["a-iac"], ["a-iac"]),
        (["a-iac", "b"], ["a-iac", "b-iac"]),
        # A name that is nothing but the suffix was made by nobody's adoption.
        (["-iac"], ["-iac-iac"]),
        (["-iac", "-iac-iac"], ["-iac-iac"]),
        (["a-iac", "a-iac-iac"], ["a-iac", "a-iac-iac"]),
        # Case matters, as in SES.
        (["a", "A", "a-IAC"], ["A-iac", "a-IAC-iac", "a-iac"]),
    ],
)
def test_each_destination_has_its_new_name(before: list[str], after: list[str]) -> None:
    found = adopt(scope(orders=before), SUFFIX)
    assert names(found) == {"orders": sorted(after)}
    assert adopt(found, SUFFIX) == found


def test_the_new_one_stays_as_it_is_where_both_are_there() -> None:
    both = scope(orders=["a", "a-iac"])
    (orders,) = adopt(both, SUFFIX).configuration_sets
    assert orders.event_destinations == (destination("a-iac", topic="a-iac"),)


def test_sets_are_adopted_each_for_itself() -> None:
    found = adopt(scope(invoices=["a-iac"], orders=["a"]), SUFFIX)
    assert names(found) == {"invoices": ["a-iac"], "orders": ["a-iac"]}


def test_a_name_may_be_as_long_as_ses_allows() -> None:
    longest = "a" * (NAME_LIMIT - len(SUFFIX))
    assert names(adopt(scope(orders=[longest]), SUFFIX)) == {"orders": [longest + SUFFIX]}
    assert NAME_LIMIT == 64


def test_names_that_would_be_too_long_are_all_named() -> None:
    long = "a" * (NAME_LIMIT - len(SUFFIX) + 1)
    done = "a" * (NAME_LIMIT - len(SUFFIX)) + SUFFIX
    with pytest.raises(ExporterError) as caught:
        adopt(scope(invoices=[long], orders=["b", done, long, long.upper()]), SUFFIX)
    assert caught.value.items == (
        f"invoices/{long}-iac: 65 characters",
        f"orders/{long.upper()}-iac: 65 characters",
        f"orders/{long}-iac: 65 characters",
    )
    assert "region eu-west-1" in caught.value.where
    assert "--adopt-suffix" in caught.value.hint


SUFFIXES = st.sampled_from(("-iac", "a", "b", "-", "_", "1", "ab", "-a"))


@examples(200)
@given(found=scopes(), suffix=SUFFIXES)
def test_no_destination_is_lost_and_only_names_change(found: Scope, suffix: str) -> None:
    assume(all(len(d.name + suffix) <= NAME_LIMIT for _, d in found.destinations))
    done = adopt(found, suffix)
    assert adopt(done, suffix) == done
    assert replace(done, configuration_sets=()) == replace(found, configuration_sets=())
    assert len(done.configuration_sets) == len(found.configuration_sets)
    for before, after in zip(found.configuration_sets, done.configuration_sets, strict=True):
        assert replace(after, event_destinations=()) == replace(before, event_destinations=())
        old = {each.name: each for each in before.event_destinations}
        new = {each.name: each for each in after.event_destinations}
        assert set(new) <= {*old, *(name + suffix for name in old)}
        for name, each in new.items():
            assert name.endswith(suffix)
            assert name != suffix
            was = old[name] if name in old else old[name.removesuffix(suffix)]
            assert replace(each, name=was.name) == was
        for name in old:
            assert name in new or name + suffix in new


@examples(200)
@given(found=scopes(), suffix=SUFFIXES)
def test_what_is_deleted_has_a_successor_and_is_there(found: Scope, suffix: str) -> None:
    assume(all(len(d.name + suffix) <= NAME_LIMIT for _, d in found.destinations))
    there, after = set(identities(found)), set(identities(adopt(found, suffix)))
    replaced = successors(found, suffix)
    assert set(replaced) <= after
    assert set(replaced.values()) <= there
    # Nothing is deleted that the code goes on to hold, and nothing old is left that it does not.
    assert set(replaced.values()) == there - after
    for new, old in replaced.items():
        assert new.configuration_set == old.configuration_set
        assert new.event_destination == f"{old.event_destination}{suffix}"
        assert origin(new, suffix) == old


# Where they come from
# --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "suffix", "expected"),
    [
        (Identity("s", "a-iac"), SUFFIX, Identity("s", "a")),
        (Identity("s", "a-iac-iac"), SUFFIX, Identity("s", "a-iac")),
        (Identity("s", "a"), SUFFIX, Identity("s", "a")),
        (Identity("s", "a-IAC"), SUFFIX, Identity("s", "a-IAC")),
        (Identity("s", "a-iac"), "", Identity("s", "a-iac")),
        (Identity("s-iac"), SUFFIX, Identity("s-iac")),
    ],
)
def test_the_origin_of_a_new_name(who: Identity, suffix: str, expected: Identity) -> None:
    assert origin(who, suffix) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (["a"], {"a-iac": "a"}),
        (["a", "a-iac"], {"a-iac": "a"}),
        (["a-iac"], {}),
        (["-iac"], {"-iac-iac": "-iac"}),
        ([], {}),
    ],
)
def test_only_what_is_there_is_deleted(before: list[str], expected: dict[str, str]) -> None:
    assert successors(scope(orders=before), SUFFIX) == {
        Identity("orders", new): Identity("orders", old) for new, old in expected.items()
    }


def test_what_the_code_holds_is_not_deleted() -> None:
    before = scope(orders=["a-iac", "a-iac-iac"])
    assert set(names(adopt(before, SUFFIX))["orders"]) == {"a-iac", "a-iac-iac"}
    assert successors(before, SUFFIX) == {}


# Room
# ---------------------------------------------------------------------------------------------


def crowd(before: Scope, written: set[Identity] | None = None) -> list[tuple[str, int]]:
    adopted = adopt(before, SUFFIX)
    held = set(identities(adopted)) if written is None else written
    return crowded(adopted, successors(before, SUFFIX), held)


def test_a_set_with_room_for_both_is_not_crowded() -> None:
    assert PER_SET == 10
    assert crowd(scope(orders=[f"d{number}" for number in range(5)])) == []
    assert crowd(scope(orders=[f"d{number}-iac" for number in range(10)])) == []
    assert crowd(scope()) == []


def test_a_set_without_room_for_both_is_crowded() -> None:
    six = [f"d{number}" for number in range(6)]
    assert crowd(scope(orders=six, invoices=six[:5])) == [("orders", 12)]
    assert crowd(scope(orders=six, invoices=[*six, "x"])) == [("invoices", 14), ("orders", 12)]
    # One that is adopted already takes no more room.
    assert crowd(scope(orders=[*six, "d0-iac"])) == [("orders", 12)]
    assert crowd(scope(orders=[*six[:4], "x-iac", "y-iac"])) == []
    assert crowd(scope(orders=[*six[:5], "x-iac"])) == [("orders", 11)]


def test_what_is_not_written_is_not_made() -> None:
    six = [f"d{number}" for number in range(6)]
    written = {Identity("orders", f"d{number}-iac") for number in range(4)}
    assert crowd(scope(orders=six), written) == []
    assert crowd(scope(orders=six), {*written, Identity("orders", "d4-iac")}) == [("orders", 11)]


# What the instructions say
# ---------------------------------------------------------------------------


def instructions(format_name: FormatName, before: Scope, suffix: str = "") -> list[str]:
    """The words of every command in ``IMPORT.md``."""
    done = export_scope(
        load_format(format_name),
        adopt(before, suffix) if suffix else before,
        facts=ScopeFacts(adopted=successors(before, suffix) if suffix else None),
    )
    (text,) = (file.text for file in done.rendering.files if file.path == "IMPORT.md")
    blocks = [part.partition("```")[0] for part in text.split("```sh\n")[1:]]
    return [word for block in blocks for word in shlex.split(block.replace("\\\n", " "))]


@pytest.mark.parametrize("format_name", [FormatName.CLOUDFORMATION, FormatName.CDK])
def test_exactly_the_old_ones_are_to_be_deleted(format_name: FormatName) -> None:
    before = scope(**{"orders": ["-a", "b-iac", "c", "c-iac"], "-s": ["x"]})
    words = instructions(format_name, before, SUFFIX)
    deleted = Counter(
        (
            of.removeprefix("--configuration-set-name="),
            name.removeprefix("--event-destination-name="),
        )
        for of, name in pairwise(words)
        if name.startswith("--event-destination-name=")
    )
    assert deleted == Counter([("-s", "x"), ("orders", "-a"), ("orders", "c")])


@pytest.mark.parametrize("format_name", [FormatName.CLOUDFORMATION, FormatName.CDK])
def test_no_command_takes_a_name_for_an_option(format_name: FormatName) -> None:
    words = instructions(format_name, scope(orders=["-a"]))
    assert any("-a|orders" in word for word in words)
    assert "-a|orders" not in words


# What SES refuses
# ---------------------------------------------------------------------------------------


def test_the_rules_that_creation_breaks_are_marked() -> None:
    marked = {rule.id for rule in SETTINGS_RULES if rule.refused_on_create}
    assert marked == {"bus-not-default", "topic-fifo"}


def test_only_what_has_to_be_created_is_refused() -> None:
    fifo = "mail.fifo"
    names = ("a", "c", "c-iac")
    leading = tuple(destination(name, topic=fifo) for name in names)
    (orders,) = scope(orders=["b"]).configuration_sets
    before = replace(
        scope(),
        configuration_sets=(
            replace(orders, event_destinations=(*orders.event_destinations, *leading)),
        ),
    )
    assert set(refused(before, SUFFIX)) == {Identity("orders", "a-iac")}
    # The new ones are there.
    assert refused(adopt(before, SUFFIX), SUFFIX) == {}
