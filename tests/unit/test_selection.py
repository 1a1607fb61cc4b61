"""``--include`` and ``--exclude``: what is taken, what is read for it, and what matched nothing."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from exporter.model.resources import ConfigurationSet, EventDestination, Scope, SnsDestination
from exporter.sources.selection import Selection
from tests.strategies import aws_names, examples, scopes


def scope_of(**sets: str) -> Scope:
    """A scope of sets; each with its destinations' names in one text."""
    return Scope(
        partition="aws",
        region="eu-west-1",
        configuration_sets=tuple(
            ConfigurationSet(
                configuration_set_name=name,
                event_destinations=tuple(
                    EventDestination(
                        name=one,
                        enabled=True,
                        matching_event_types=(),
                        sns_destination=SnsDestination(topic_arn="arn"),
                    )
                    for one in destinations.split()
                ),
            )
            for name, destinations in sets.items()
        ),
    )


SHOP = scope_of(orders="bounces sends", Orders="bounces", mail="", news="clicks opens")


def taken(scope: Scope) -> dict[str, str]:
    return {
        found.name: " ".join(one.name for one in found.event_destinations)
        for found in scope.configuration_sets
    }


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (
            "",
            "",
            {"Orders": "bounces", "mail": "", "news": "clicks opens", "orders": "bounces sends"},
        ),
        ("orders", "", {"orders": "bounces sends"}),
        ("[oO]rders", "", {"Orders": "bounces", "orders": "bounces sends"}),
        ("?ail", "", {"mail": ""}),
        ("orders mail", "", {"mail": "", "orders": "bounces sends"}),
        ("orders/sends", "", {"orders": "sends"}),
        ("*/bounces", "", {"Orders": "bounces", "orders": "bounces"}),
        ("news */bounces", "", {"Orders": "bounces", "news": "clicks opens", "orders": "bounces"}),
        ("mail/*", "", {}),
        ("nobody", "", {}),
        ("", "orders", {"Orders": "bounces", "mail": "", "news": "clicks opens"}),
        ("", "*", {}),
        ("", "*/*", {"Orders": "", "mail": "", "news": "", "orders": ""}),
        (
            "",
            "orders/b*",
            {"Orders": "bounces", "mail": "", "news": "clicks opens", "orders": "sends"},
        ),
        ("orders", "orders/sends", {"orders": "bounces"}),
        ("orders", "orders", {}),
        ("orders/sends", "orders", {}),
        ("orders/sends", "orders/sends", {}),
        ("[!o]*", "*/opens", {"Orders": "bounces", "mail": "", "news": "clicks"}),
    ],
)
def test_what_is_taken(include: str, exclude: str, expected: dict[str, str]) -> None:
    selection = Selection(tuple(include.split()), tuple(exclude.split()))
    assert taken(selection.apply(SHOP)) == expected


def patterns() -> SearchStrategy[tuple[str, ...]]:
    piece = st.one_of(aws_names(), st.sampled_from(("*", "a*", "*b", "?", "[aA]*", "[!a]*", "*-*")))
    return st.lists(st.one_of(piece, st.builds("{}/{}".format, piece, piece)), max_size=3).map(
        tuple
    )


@examples(80)
@given(scopes(), patterns(), patterns())
def test_it_is_what_the_options_say(
    scope: Scope, include: tuple[str, ...], exclude: tuple[str, ...]
) -> None:
    selection = Selection(include, exclude)
    selected = selection.apply(scope)
    kept = {found.name: found for found in selected.configuration_sets}
    for found in scope.configuration_sets:
        expected = [
            one
            for one in found.event_destinations
            if (not include or any(_is_about(p, found.name, one.name) for p in include))
            and not any(_is_about(p, found.name, one.name) for p in exclude)
        ]
        wanted_itself = not include or any(_is_on_set(p, found.name) for p in include)
        is_out = any(_is_on_set(p, found.name) for p in exclude)
        if is_out or not (expected or wanted_itself):
            assert found.name not in kept
        else:
            assert kept.pop(found.name) == ConfigurationSet(
                **{
                    name: getattr(found, name)
                    for name in ConfigurationSet.__struct_fields__
                    if name != "event_destinations"
                },
                event_destinations=tuple(expected),
            )
            # Else a live reader would not have looked at it.
            assert selection.may_hold(found.name)
    assert not kept
    assert selection.apply(selected) == selected


def _is_on_set(pattern: str, set_name: str) -> bool:
    return "/" not in pattern and fnmatchcase(set_name, pattern)


def _is_about(pattern: str, set_name: str, destination: str) -> bool:
    of_set, slash, of_destination = pattern.partition("/")
    about_it = not slash or fnmatchcase(destination, of_destination)
    return fnmatchcase(set_name, of_set) and about_it


@pytest.mark.parametrize(
    ("include", "exclude", "name", "expected"),
    [
        ("", "", "orders", True),
        ("orders", "", "Orders", False),
        ("orders/x", "", "orders", True),
        ("mail/x", "", "orders", False),
        ("", "orders", "orders", False),
        ("", "orders/*", "orders", True),
        ("orders", "ord*", "orders", False),
    ],
)
def test_only_what_can_be_taken_is_read(
    include: str, exclude: str, name: str, expected: bool
) -> None:
    assert Selection(tuple(include.split()), tuple(exclude.split())).may_hold(name) == expected


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ("orders news/clicks", "*/bounces", ()),
        ("nobody", "", ("--include nobody matches nothing",)),
        ("orders/nothing", "", ("--include orders/nothing matches nothing",)),
        ("mail/*", "", ("--include mail/* matches nothing",)),
        ("", "mail/*", ("--exclude mail/* matches nothing",)),
        ("", "nobody", ("--exclude nobody matches nothing",)),
        (
            "a b",
            "*/c",
            (
                "--include a matches nothing",
                "--include b matches nothing",
                "--exclude */c matches nothing",
            ),
        ),
    ],
)
def test_patterns_without_effect_are_named(
    include: str, exclude: str, expected: tuple[str, ...]
) -> None:
    selection = Selection(tuple(include.split()), tuple(exclude.split()))
    assert tuple(map(str, selection.unmatched([SHOP]))) == expected
    # One scope of several is enough.
    assert tuple(map(str, selection.unmatched([scope_of(), SHOP]))) == expected


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        # What is excluded by name is listed, and not read.
        ("Default", ()),
        ("Def*", ()),
        ("Defualt", ("--exclude Defualt matches nothing",)),
        # Nobody knows its destinations and tags.
        ("Default Default/old", ()),
        ("Default */new", ()),
        ("Default kind:firehose", ()),
        ("Default tag:team=mail", ()),
        ("Default orders/new", ("--exclude orders/new matches nothing",)),
    ],
)
def test_what_is_listed_and_not_read_is_there(exclude: str, expected: tuple[str, ...]) -> None:
    selection = Selection((), tuple(exclude.split()))
    said = selection.unmatched([SHOP], ["Default", "orders", "news"])
    assert tuple(map(str, said)) == expected


def test_a_selection_in_words() -> None:
    assert str(Selection(("a", "b/*"), ("c",))) == "--include a --include b/* --exclude c"
    assert not Selection()
    assert Selection(("a",))
    assert Selection((), ("a",))
