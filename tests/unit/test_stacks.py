"""Cutting a scope into stacks: within CloudFormation's limits, and nothing ever moves."""

from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.formats.render_context import DestinationView, RenderContext, SetView
from exporter.formats.scope_export import ScopeExport, export_scope
from exporter.formats.scope_facts import PreviousExport, ScopeFacts
from exporter.formats.stacks import (
    FIRST_LIMIT,
    GROWN_LIMIT,
    assignment,
    cut,
    resource_identifier,
    stack_name,
)
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Scope, SnsDestination
from tests import readback
from tests.strategies import examples

NO_SCOPE = Scope(partition="aws", region="eu-west-1")
ONE = EventDestination(
    name="d",
    enabled=True,
    matching_event_types=(),
    sns_destination=SnsDestination(topic_arn="arn:aws:sns:eu-west-1:123456789012:mail"),
)


def view(name: str, size: int) -> SetView:
    """A set with so many resources, itself among them."""
    destinations = tuple(
        DestinationView(f"D{number}", f"d{number}", ONE, ()) for number in range(size - 1)
    )
    model = ConfigurationSet(configuration_set_name=name) if size else None
    return SetView(name, name, model, (), destinations)


def plan(sizes: Mapping[str, int]) -> RenderContext:
    views = tuple(view(name, size) for name, size in sorted(sizes.items()))
    return RenderContext(NO_SCOPE, views, {}, ())


def test_the_limits_are_those_of_cloudformation() -> None:
    # 200 resources to import in a change set, 500 resources in a template.
    assert FIRST_LIMIT == 200
    assert FIRST_LIMIT < GROWN_LIMIT < 500


SETS = st.dictionaries(
    st.integers(0, 99).map("set-{:02d}".format),
    st.one_of(st.integers(0, 11), st.integers(0, 120)),
    max_size=40,
)
EARLIER = st.dictionaries(
    st.integers(0, 120).map("set-{:02d}".format), st.integers(1, 4), max_size=30
)


@examples(200)
@given(SETS, EARLIER)
def test_every_set_is_in_one_stack_and_stays_there(
    sizes: dict[str, int], earlier: dict[str, int]
) -> None:
    stacks = cut(plan(sizes), earlier)
    held = Counter(view.name for stack in stacks for view in stack.views)
    assert held == Counter(dict.fromkeys(sizes, 1))
    numbers = assignment(stacks)
    assert set(numbers) == {name for name, size in sizes.items() if size}
    for name, number in numbers.items():
        assert number == earlier.get(name, number)
    assert [stack.number for stack in stacks] == sorted({stack.number for stack in stacks})
    in_order = [view.name for stack in stacks for view in stack.views]
    for stack in stacks:
        names = [view.name for view in stack.views]
        assert names == sorted(names)
        # A set and its destinations are together: identities name no set of another stack.
        assert {who.configuration_set for who in stack.identities} <= set(names)
    assert len(in_order) == len(sizes)


@examples(200)
@given(SETS, EARLIER)
def test_nothing_is_added_beyond_the_limit(sizes: dict[str, int], earlier: dict[str, int]) -> None:
    for stack in cut(plan(sizes), earlier):
        is_new = stack.number not in earlier.values()
        limit = FIRST_LIMIT if is_new else GROWN_LIMIT
        added = [found for found in stack.views if found.name not in earlier and sizes[found.name]]
        if added and len(stack.identities) > limit:
            # A set that is larger than a stack by itself is alone in its stack.
            assert [found for found in stack.views if sizes[found.name]] == added
            assert len(added) == 1


@examples(100)
@given(SETS, SETS)
def test_what_is_added_later_moves_nothing(before: dict[str, int], more: dict[str, int]) -> None:
    earlier = assignment(cut(plan(before), {}))
    grown = {**more, **{name: size + 1 for name, size in before.items() if size}}
    later = assignment(cut(plan(grown), earlier))
    assert {name: later[name] for name in earlier} == earlier
    again = assignment(cut(plan(grown), later))
    assert again == later
    # Sets that go and come back find their place again.
    assert assignment(cut(plan(before), later)) == earlier


@examples(60)
@given(SETS)
def test_a_first_export_fills_its_stacks_in_order(sizes: dict[str, int]) -> None:
    stacks = cut(plan(sizes), {})
    assert [stack.number for stack in stacks] == list(range(1, len(stacks) + 1))
    filled = [len(stack.identities) for stack in stacks]
    for number, count in enumerate(filled[1:], 1):
        first = next(len(found.identities) for found in stacks[number].views if found.identities)
        assert count
        assert filled[number - 1] + first > FIRST_LIMIT


def test_a_number_is_not_given_again() -> None:
    # Stack 3 exists in the account, though nothing of it is exported any more.
    stacks = cut(plan({"a": 150, "b": 300}), {"gone": 3, "a": 1})
    assert assignment(stacks) == {"a": 1, "b": 1}
    stacks = cut(plan({"a": 250, "b": 300}), {"gone": 3, "a": 1})
    assert assignment(stacks) == {"a": 1, "b": 4}


@pytest.mark.parametrize(
    ("sizes", "suffixes", "names"),
    [
        ({}, [""], ["ses-configuration-sets"]),
        ({"a": 200}, [""], ["ses-configuration-sets"]),
        (
            {"a": 200, "b": 1},
            ["-01", "-02"],
            # The first keeps its name: under another it would be another stack in the account.
            ["ses-configuration-sets", "ses-configuration-sets-02"],
        ),
    ],
)
def test_stacks_are_numbered_where_there_are_several(
    sizes: dict[str, int], suffixes: list[str], names: list[str]
) -> None:
    stacks = cut(plan(sizes), {})
    assert [stack.suffix for stack in stacks] == suffixes
    assert [stack_name(stack.number) for stack in stacks] == names


def test_what_is_only_commented_on_stands_in_the_first_stack() -> None:
    stacks = cut(plan({"a": 0, "b": 200, "c": 0, "d": 150}), {})
    assert [[found.name for found in stack.views] for stack in stacks] == [["a", "b", "c"], ["d"]]
    assert assignment(stacks) == {"b": 1, "d": 2}
    # Not in one of its own, even where every stack is full.
    assert len(cut(plan({"a": 250, "b": 0}), {})) == 1


def test_resources_are_imported_by_their_identifiers() -> None:
    # `primaryIdentifier` of the two resource schemas.
    assert resource_identifier(Identity("orders")) == {"Name": "orders"}
    assert resource_identifier(Identity("orders", "bounces")) == {
        "Id": "bounces",
        "ConfigurationSetName": "orders",
    }


# Whole exports of several stacks
# ------------------------------------------------------------------


def large(sets: int) -> Scope:
    """Eleven resources in each set."""
    return Scope(
        account_id="123456789012",
        partition="aws",
        region="eu-west-1",
        configuration_sets=tuple(
            ConfigurationSet(
                configuration_set_name=f"set-{number:03d}",
                event_destinations=tuple(
                    EventDestination(
                        name=f"d{inner}",
                        enabled=True,
                        matching_event_types=ONE.matching_event_types,
                        sns_destination=ONE.sns_destination,
                    )
                    for inner in range(10)
                ),
            )
            for number in range(sets)
        ),
    )


def exported(
    format_name: FormatName, scope: Scope, previous: PreviousExport | None = None
) -> ScopeExport:
    facts = ScopeFacts(previous or PreviousExport())
    return export_scope(load_format(format_name), scope, facts=facts)


@pytest.mark.parametrize(
    ("format_name", "read", "code", "imports"),
    [
        (
            FormatName.CLOUDFORMATION,
            readback.read_cloudformation,
            "template-{:02d}.yaml",
            "resources-to-import-{:02d}.json",
        ),
        (
            FormatName.CDK,
            readback.read_cdk,
            "ses_stack_{:02d}.py",
            "resource-mapping-{:02d}.json",
        ),
    ],
)
def test_a_large_account_is_written_as_several_stacks(
    format_name: FormatName,
    read: Callable[[Mapping[str, str]], tuple[ConfigurationSet, ...]],
    code: str,
    imports: str,
) -> None:
    scope = large(40)
    done = exported(format_name, scope)
    files = {file.path: file.text for file in done.rendering.files}
    assert read(files) == scope.configuration_sets
    for number in (1, 2, 3):
        assert code.format(number) in files
        assert imports.format(number) in files
        suffix = f"-{number:02d}" if number > 1 else ""
        assert f" ses-configuration-sets{suffix} " in files["IMPORT.md"]
    # 18 sets of 11 resources fill a stack of 200.
    assert Counter(done.rendering.stacks.values()) == {1: 18, 2: 18, 3: 4}
    grown = exported(format_name, large(60), PreviousExport(done.labels, done.rendering.stacks))
    assert done.rendering.stacks.items() <= grown.rendering.stacks.items()
    # Each stack that exists takes more sets, up to 450 resources: 22 sets more in the first.
    assert Counter(grown.rendering.stacks.values()) == {1: 38, 2: 18, 3: 4}
