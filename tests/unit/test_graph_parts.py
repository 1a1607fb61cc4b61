"""A picture in pieces: nothing is lost, each fits a screen, each can be read alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model.resources import Scope
from exporter.reports.graph import layout
from exporter.reports.graph.model import Graph, build
from exporter.reports.graph.parts import HEIGHT, MOST_TARGETS, most_used, parts
from tests.functional.snapshots import Json, configuration_set, destination, scope, sns
from tests.strategies import aws_scopes, examples
from tests.unit.test_graph_model import graph_of

MANY = 1000


def many(sets: int, each: int, **where: str) -> Json:
    return scope(
        *(
            configuration_set(
                f"set-{at:03}",
                *(destination(f"d{n}", sns(f"t{(at * each + n) % 41}")) for n in range(each)),
            )
            for at in range(sets)
        ),
        **where,
    )


def told(graph: Graph) -> list[tuple[str, str, str, str]]:
    """What leads where, by the names that people see."""
    targets = {target.id: target.full for target in graph.targets}
    return [
        (where.title, found.name, each.name, targets[each.target])
        for where in graph.scopes
        for found in where.sets
        for each in found.destinations
    ]


@pytest.mark.parametrize(("sets", "each"), [(1, 1), (40, 1), (40, 0), (3, 60), (17, 5)])
def test_every_destination_is_in_one_piece_and_each_fits(sets: int, each: int) -> None:
    whole = graph_of(many(sets, each), many(3, 2, region="us-east-1"))
    cut = parts(whole, MANY)
    assert [line for piece in cut for line in told(piece)] == told(whole)
    names = [(at.title, found.name) for piece in cut for at in piece.scopes for found in at.sets]
    assert list(dict.fromkeys(names)) == [
        (at.title, s.name) for at in whole.scopes for s in at.sets
    ]
    assert all(layout.place(piece).height <= HEIGHT for piece in cut)
    ids = [target.id for piece in cut for target in piece.targets]
    assert len(set(ids)) == len(ids)


@given(st.lists(aws_scopes(), max_size=2))
@examples(25)
def test_any_account_can_be_cut(scopes: list[Scope]) -> None:
    whole = build(scopes)
    assert [line for piece in parts(whole, MANY) for line in told(piece)] == told(whole)


def test_what_fits_stays_as_it_is() -> None:
    whole = graph_of(many(5, 2))
    assert parts(whole, 1) == [whole]


def test_pieces_say_what_is_in_them() -> None:
    here, there = many(20, 1), many(20, 1, region="us-east-1")
    assert [piece.description for piece in parts(graph_of(here), MANY)] == [
        "Part 1 of 2: set-000 to set-012",
        "Part 2 of 2: set-013 to set-019",
    ]
    account = "account 123456789012, region"
    assert [piece.description for piece in parts(graph_of(here, there), 4)] == [
        f"Part 1 of 4: {account} eu-west-1: set-000 to set-012",
        f"Part 2 of 4: {account} eu-west-1: set-013 to {account} us-east-1: set-004",
        f"Part 3 of 4: {account} us-east-1: set-005 to set-017",
        f"Part 4 of 4: {account} us-east-1: set-018 to set-019",
    ]
    assert parts(graph_of(here, there), 3) == []
    one = graph_of(scope(configuration_set("a", *(f"d{n}" for n in range(30)))))
    assert [piece.description for piece in parts(one, MANY)] == ["Part 1 of 2: a", "Part 2 of 2: a"]


def test_the_targets_that_are_used_most_are_kept() -> None:
    often = [configuration_set(f"s{n}", destination("d", sns("often"))) for n in range(3)]
    rare = [configuration_set(f"r{n}", destination("d", sns(f"rare-{n}"))) for n in range(30)]
    kept = most_used(graph_of(scope(*often, *rare, configuration_set("none"))), MOST_TARGETS)
    assert [target.name for target in kept.targets][-1] == "often"
    assert len(kept.targets) == MOST_TARGETS
    # A set whose rows are all left out must not look like one that has none.
    assert [found.name for found in kept.sets if not found.destinations] == ["none"]
    assert {each.target for each in kept.destinations} == {target.id for target in kept.targets}
