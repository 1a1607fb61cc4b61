"""Which scopes belong together, and what becomes of code that does not say where it belongs."""

from typing import Any

import pytest

from exporter.diff.compare import compare
from exporter.diff.model import Added, Coverage, Difference
from exporter.diff.side import Side, SideScope, of_loaded, of_scope
from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.formats.unresolved import Unresolved, a_set
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, Scope

JUDGE = load_format(FormatName.TERRAFORM).judge
EU, US = ("123456789012", "eu-west-1"), ("123456789012", "us-east-1")
OTHER = ("999988887777", "eu-west-1")


def code(*scopes: tuple[tuple[str | None, str | None], str]) -> Side:
    """Code with a set in each place."""
    return Side(
        "code",
        tuple(
            of_loaded(Loaded((CodeResource("a.b", "f:1", Identity(name), {}),), (), *place))
            for place, name in scopes
        ),
        JUDGE,
        is_open=lambda _path: True,
    )


def said(*scopes: tuple[tuple[str, str], tuple[str, ...]]) -> Side:
    return Side("said", tuple(_read(place, names) for place, names in scopes))


def _read(place: tuple[str, str], names: tuple[str, ...]) -> SideScope:
    account, region = place
    sets = tuple(ConfigurationSet(name) for name in names)
    return of_scope(
        Scope(account_id=account, partition="aws", region=region, configuration_sets=sets)
    )


def added(found: Difference) -> list[str]:
    return [str(change.resource) for change in found.changes if isinstance(change, Added)]


@pytest.mark.parametrize("place", [(None, "eu-west-1"), ("123456789012", None), (None, None)])
def test_code_of_one_of_several_places_is_in_none_of_them_for_sure(place: Any) -> None:
    live = said((EU, ("orders", "by-hand")), (US, ("orders",)), (OTHER, ("orders",)))
    found = compare(code((place, "orders")), live)
    places = [
        p for p in (EU, US, OTHER) if all(a in (None, b) for a, b in zip(place, p, strict=True))
    ]
    assert found.coverage.not_compared == len(places)
    assert "by-hand" in added(found)
    # Where it cannot be, the set is one that stands in no code.
    assert added(found).count("orders") == 3 - len(places)
    (gap,) = {each.reason for each in found.unresolved}
    assert gap in ("its region is unknown", "its account is unknown")


def test_the_only_place_that_it_can_be_is_its_place() -> None:
    live = said((EU, ("orders",)), (US, ("orders",)))
    found = compare(code(((None, "eu-west-1"), "orders"), ((None, "us-east-1"), "orders")), live)
    assert (found.changes, found.coverage) == ((), Coverage(2, 0))


def test_a_place_that_is_said_goes_before_one_that_is_not() -> None:
    both = code(((None, "eu-west-1"), "orders"), ((None, None), "news"))
    found = compare(both, said((EU, ("orders", "news", "by-hand"))))
    assert added(found) == ["by-hand"]
    assert found.coverage == Coverage(2, 1)
    assert [each.line for each in found.unresolved] == ["f:1: a.b: its region is unknown"]


def test_what_cannot_be_told_of_a_vague_scope_reaches_all_of_its_places() -> None:
    loaded = Loaded((), (Unresolved("f:1", "a.b", "why", reach=a_set()),), None, "eu-west-1")
    side = Side("code", (of_loaded(loaded),), JUDGE)
    found = compare(side, said((EU, ("orders",)), (OTHER, ("news",)), (US, ("bills",))))
    assert added(found) == ["bills"]
    assert found.coverage == Coverage(1, 2)


def test_one_scope_on_each_side_is_compared_whatever_it_says() -> None:
    found = compare(code(((None, None), "orders")), said((EU, ("orders",))))
    assert found.coverage == Coverage(1, 0)
