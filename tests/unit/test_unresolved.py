"""Which names may be meant by one that is known in part, and which resources by a gap in code."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.unresolved import (
    ANY_NAME,
    ANYTHING,
    NamePattern,
    Reach,
    Unresolved,
    a_destination,
    a_set,
    lines,
)
from exporter.model.identities import Identity

STRETCHES = st.lists(st.text("ab-", max_size=3), min_size=1, max_size=4).map(tuple)


@given(stretches=STRETCHES, name=st.text("ab-", max_size=8))
def test_a_pattern_fits_what_the_regular_expression_fits(
    stretches: tuple[str, ...], name: str
) -> None:
    expression = ".*".join(map(re.escape, stretches))
    assert NamePattern(stretches).fits(name) is (re.fullmatch(expression, name) is not None)


@given(stretches=STRETCHES, between=st.lists(st.text("ab-", max_size=2), min_size=3, max_size=3))
def test_a_pattern_fits_whatever_stands_between(
    stretches: tuple[str, ...], between: list[str]
) -> None:
    name = stretches[0]
    for (_, stretch), text in zip(pairwise(stretches), between, strict=False):
        name += text + stretch
    assert NamePattern(stretches).fits(name)


def test_stretches_do_not_overlap() -> None:
    assert not NamePattern(("mail-", "-mail")).fits("mail-mail")
    assert NamePattern(("mail-", "-mail")).fits("mail--mail")


def test_a_pattern_stays_short() -> None:
    assert NamePattern(("a", "", "", "b", "", "c")) == NamePattern(("a", "b", "c"))
    assert NamePattern(("a", *["x"] * 1_000, "b")) == NamePattern(("a", "b"))


ORDERS, BOUNCES = Identity("orders"), Identity("orders", "bounces")


@pytest.mark.parametrize(
    ("reach", "holds"),
    [
        (ANYTHING, (True, True)),
        (a_set(), (True, False)),
        (a_set(NamePattern(("", "s"))), (True, False)),
        (a_set(NamePattern.of_name("news")), (False, False)),
        (a_destination(), (False, True)),
        (a_destination(NamePattern.of_name("orders")), (False, True)),
        (a_destination(NamePattern.of_name("news")), (False, False)),
        (a_destination(ANY_NAME, NamePattern.of_name("bus")), (False, False)),
    ],
)
def test_a_reach_goes_no_further_than_its_names(reach: Reach, holds: tuple[bool, bool]) -> None:
    assert (reach.holds(ORDERS), reach.holds(BOUNCES)) == holds


def test_the_same_line_is_said_once() -> None:
    one = Unresolved("main.tf:3", "module.mail", "it is not installed", "run: terraform init")
    assert lines([one, one]) == (
        "main.tf:3: module.mail: it is not installed; run: terraform init",
    )
