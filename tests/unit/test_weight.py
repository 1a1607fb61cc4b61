"""The weight of a set is no less than its bytes, and so no template is larger than one may be."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporter.formats.base import RenderInputs
from exporter.formats.cloudformation import template_text as loader
from exporter.formats.cloudformation.render import render_files
from exporter.formats.loading import load_format
from exporter.formats.options import ExportOptions
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import ScopeExport, export_scope
from exporter.formats.scope_facts import PreviousExport, ScopeFacts
from exporter.formats.stacks import BYTES_LIMIT, cut, weight
from exporter.model.identities import Identity, identities
from exporter.model.resources import (
    CloudWatchDestination,
    ConfigurationSet,
    DimensionConfiguration,
    DimensionValueSource,
    EventDestination,
    EventType,
    PinpointDestination,
    ReputationOptions,
    Scope,
    SendingOptions,
    SnsDestination,
    Tag,
)
from tests.strategies import aws_scopes, examples, hostile_scopes, scopes

ACCOUNT = "123456789012"
HEADER = 10_000


def exported(scope: Scope, *, configuration_sets: bool = True, **earlier: object) -> ScopeExport:
    return export_scope(
        load_format(FormatName.CLOUDFORMATION),
        scope,
        ExportOptions(configuration_sets=configuration_sets, imports=False),
        ScopeFacts(PreviousExport(**earlier)),  # type: ignore[arg-type]
    )


def sized(done: ScopeExport) -> list[tuple[int, int]]:
    """Of each stack, the weight of its sets and the bytes of its template."""
    texts = [file.text for file in done.rendering.files]
    stacks = cut(done.plan, done.rendering.stacks)
    return [
        (sum(map(weight, stack.views)), len(text.encode()))
        for stack, text in zip(stacks, texts, strict=True)
    ]


def body(text: str) -> int:
    """The bytes that sets and destinations take in a template."""
    return len(text.split("\nResources:\n", 1)[1].encode())


def scope(*sets: ConfigurationSet) -> Scope:
    return Scope(
        account_id=ACCOUNT, partition="aws", region="eu-west-1", configuration_sets=tuple(sets)
    )


@examples(60)
@given(found=scopes(), configuration_sets=st.booleans())
def test_the_weight_of_a_stack_covers_its_template(found: Scope, configuration_sets: bool) -> None:
    for heavy, large in sized(exported(found, configuration_sets=configuration_sets)):
        assert heavy >= large - HEADER


@examples(80)
@given(found=aws_scopes(), configuration_sets=st.booleans())
def test_the_weight_of_what_aws_can_hold_covers_it_by_itself(
    found: Scope, configuration_sets: bool
) -> None:
    done = exported(found, configuration_sets=configuration_sets)
    (text,) = (file.text for file in done.rendering.files)
    assert sum(map(weight, done.plan.sets)) >= body(text)


@examples(40)
@given(found=aws_scopes(), configuration_sets=st.booleans())
def test_names_that_a_person_gave_are_covered(found: Scope, configuration_sets: bool) -> None:
    """A logical id may have 255 characters."""
    pins = {who: f"{number:x}".rjust(255, "L") for number, who in enumerate(identities(found))}
    done = exported(found, configuration_sets=configuration_sets, pinned_names=pins)
    (text,) = (file.text for file in done.rendering.files)
    assert sum(map(weight, done.plan.sets)) >= body(text)


@examples(100)
@given(found=hostile_scopes(), configuration_sets=st.booleans())
def test_the_weight_of_anything_covers_it_by_itself(found: Scope, configuration_sets: bool) -> None:
    done = exported(found, configuration_sets=configuration_sets)
    (text,) = (file.text for file in done.rendering.files)
    assert sum(map(weight, done.plan.sets)) >= body(text)


# Tags
# ---------------------------------------------------------------------------------------------


def tagged(name: str, char: str, length: int, tags: int = 50) -> ConfigurationSet:
    """A set with as many tags as AWS allows, each value of so many characters."""
    return ConfigurationSet(
        configuration_set_name=name,
        # Both are there, so that no comment is.
        reputation_options=ReputationOptions(reputation_metrics_enabled=True),
        sending_options=SendingOptions(sending_enabled=True),
        tags=tuple(Tag(key=f"{number:02d}", value=char * length) for number in range(tags)),
    )


CHARS = [
    # By bytes, by what YAML quotes, and by what it escapes as it can't be printed.
    *("a", "é", "日", "𐐷", '"', "\\", "\n", "\0"),
    *("\xa0", "\u2028", "\xad", "\U0010ffff", "\x7f"),
]


@pytest.mark.parametrize(
    ("char", "length"), [("a", 0), ("a", 1), ("日", 2), *((char, 256) for char in CHARS)], ids=ascii
)
def test_tags_of_any_character_are_covered(char: str, length: int) -> None:
    done = exported(scope(tagged("s", char, length)))
    (text,) = (file.text for file in done.rendering.files)
    assert sum(map(weight, done.plan.sets)) >= body(text)


@pytest.mark.parametrize("char", ["a", "日"])
@pytest.mark.parametrize("length", [0, 256])
def test_tags_are_covered_in_json_as_cdk_writes_it(char: str, length: int) -> None:
    done = exported(scope(tagged("s", char, length)))
    (text,) = (file.text for file in done.rendering.files)
    written = json.dumps(loader.parse(text, "")["Resources"], indent=1, ensure_ascii=False)
    assert sum(map(weight, done.plan.sets)) >= len(written.encode())


@pytest.mark.parametrize("char", ["a", "日", "\x7f"], ids=ascii)
def test_comments_of_any_character_are_covered(char: str) -> None:
    arns = (f"arn:aws:sns:eu-west-1:{ACCOUNT}:{number}:{char * 2000}" for number in range(10))
    left_out = [
        replace(sns(f"d{number}"), sns_destination=SnsDestination(topic_arn=arn))
        for number, arn in enumerate(arns)
    ]
    found = replace(tagged("s", "a", 1), event_destinations=(*left_out, sns("written")))
    done = exported(scope(found))
    (text,) = (file.text for file in done.rendering.files)
    assert text.count("left out") == len(left_out)
    assert sum(map(weight, done.plan.sets)) >= body(text) - HEADER


# Whole accounts
# -----------------------------------------------------------------------------------


def sns(name: str, topic: str = "mail") -> EventDestination:
    return EventDestination(
        name=name,
        enabled=True,
        matching_event_types=tuple(EventType),
        sns_destination=SnsDestination(topic_arn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:{topic}"),
    )


def metrics(name: str) -> EventDestination:
    dimensions = tuple(
        DimensionConfiguration(
            dimension_name="n" * 256,
            dimension_value_source=DimensionValueSource.MESSAGE_TAG,
            default_dimension_value=f"{number}".rjust(256, "v"),
        )
        for number in range(10)
    )
    return EventDestination(
        name=name,
        enabled=True,
        matching_event_types=tuple(EventType),
        cloud_watch_destination=CloudWatchDestination(dimension_configurations=dimensions),
    )


ACCOUNTS: dict[str, Callable[[], Scope]] = {
    **{
        f"tags {char!a}": (
            lambda char=char: scope(  # type: ignore[misc]
                *(tagged(f"s{number:03d}", char, 256) for number in range(80))
            )
        )
        for char in ("a", "é", "日", "\xa0", "\u2028", "\\", "\x7f")
    },
    "metrics": lambda: scope(
        *(
            ConfigurationSet(
                configuration_set_name=f"s{number:03d}",
                event_destinations=tuple(metrics(f"d{inner}") for inner in range(10)),
            )
            for number in range(30)
        )
    ),
    "topics": lambda: scope(
        *(
            replace(
                tagged(f"s{number:03d}", "日", 100, tags=20),
                event_destinations=tuple(sns(f"d{inner}", "t" * 256) for inner in range(10)),
            )
            for number in range(90)
        )
    ),
}


@pytest.mark.parametrize("name", ACCOUNTS)
def test_no_template_is_larger_than_one_may_be(name: str) -> None:
    found = ACCOUNTS[name]()
    done = exported(found)
    files = done.rendering.files
    assert all(len(file.text.encode()) <= BYTES_LIMIT for file in files)
    # And it matters: in one template, they would not have room.
    together = sum(len(file.text.encode()) for file in files)
    assert together > BYTES_LIMIT or name == "tags '\\x7f'"
    assert len(files) > 1


def test_a_stack_that_exists_takes_no_more_than_it_can_hold() -> None:
    sets = [tagged(f"s{number:03d}", "日", 256) for number in range(60)]
    first = exported(scope(*sets[:20]))
    grown = exported(scope(*sets), stacks=first.rendering.stacks)
    assert first.rendering.stacks.items() <= grown.rendering.stacks.items()
    assert len(grown.rendering.files) > 1
    assert all(len(file.text.encode()) <= BYTES_LIMIT for file in grown.rendering.files)


def test_a_stack_of_short_tags_is_not_too_large_in_json() -> None:
    sets = [tagged(f"s{number:03d}", "a", 1) for number in range(450)]
    done = exported(scope(*sets), stacks={"s000": 1})
    for file in done.rendering.files:
        written = json.dumps(loader.parse(file.text, ""), indent=1, ensure_ascii=False)
        assert len(written.encode()) <= BYTES_LIMIT


def test_a_set_that_is_too_large_for_a_template_stands_alone() -> None:
    huge = tagged("m", "a", 30_000)
    done = exported(scope(tagged("a", "a", 1), huge, tagged("z", "a", 1)))
    numbers = done.rendering.stacks
    assert numbers["a"] == numbers["z"] != numbers["m"]


def test_comments_alone_do_not_fill_a_template() -> None:
    def pinpoint(number: int) -> EventDestination:
        arn = f"arn:aws:mobiletargeting:eu-west-1:{ACCOUNT}:apps/{number:032x}"
        return EventDestination(
            name=f"d{number}",
            enabled=True,
            matching_event_types=(EventType.SEND,),
            pinpoint_destination=PinpointDestination(application_arn=arn),
        )

    sets = [
        ConfigurationSet(
            configuration_set_name=f"s{number:04d}",
            event_destinations=tuple(pinpoint(inner) for inner in range(10)),
        )
        for number in range(900)
    ]
    written = ConfigurationSet(configuration_set_name="written", event_destinations=(sns("a"),))
    done = exported(scope(*sets, written), configuration_sets=False)
    assert all(len(file.text.encode()) <= BYTES_LIMIT for file in done.rendering.files)


def test_a_plan_of_many_stacks_is_rendered_as_it_is_cut() -> None:
    """What ``sized`` compares belongs together."""
    done = exported(scope(*(tagged(f"s{number:03d}", "日", 256) for number in range(30))))
    stacks = cut(done.plan, {})
    texts = [
        file.text
        for file in render_files(done.plan, RenderInputs(ExportOptions(imports=False))).files
    ]
    assert len(stacks) == len(texts) > 1
    for stack, text in zip(stacks, texts, strict=True):
        for view in done.plan.sets:
            assert (f"Name: {view.name}\n" in text) == (Identity(view.name) in stack.identities)
