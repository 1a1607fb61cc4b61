"""Remarks by their cause."""

from exporter.reports.causes import causes, closing
from exporter.support.remarks import Remark, Said

LOST = "ArchivingOptions left out: no argument for it"


def lost(name: str, place: str = "") -> Remark:
    return Remark(name, LOST, place=place)


def lines(*said: Said) -> list[str]:
    return [each.line for each in causes(said)]


def test_one_thing_is_said_with_its_name() -> None:
    assert lines(lost("orders")) == [f"orders: {LOST}"]
    assert lines(lost("orders", "account 1, region a")) == [f"account 1, region a: orders: {LOST}"]


def test_the_same_of_several_is_one_line() -> None:
    assert lines(lost("a"), "something else", lost("b")) == [
        f"2 configuration sets: {LOST}: a, b",
        "something else",
    ]


def test_only_the_first_names_are_in_the_line() -> None:
    (found,) = causes(lost(f"tenant-{n}") for n in range(300))
    assert found.line == (
        f"300 configuration sets: {LOST}: tenant-0, tenant-1, tenant-2, tenant-3, tenant-4 "
        "and 295 more"
    )
    assert found.heading == f"300 configuration sets: {LOST}"
    assert found.names == tuple(f"tenant-{n}" for n in range(300))


def test_several_places_are_counted_and_a_name_stands_once() -> None:
    (found,) = causes(lost(name, place) for place in ("here", "there") for name in ("a", "b"))
    assert found.line == (
        f"4 configuration sets in 2 accounts and regions: {LOST}: a, b and 2 more"
    )
    assert found.names == ("here: a", "here: b", "there: a", "there: b")


def test_one_place_of_several_is_named() -> None:
    assert lines(lost("a", "here"), lost("b", "here")) == [
        f"here: 2 configuration sets: {LOST}: a, b"
    ]


def test_names_with_commas_are_told_apart() -> None:
    said = [Remark(f"account 1, region {r}", "not read", "account and region") for r in "ab"]
    assert lines(*said) == [
        "2 accounts and regions: not read: account 1, region a; account 1, region b"
    ]


def test_a_line_of_its_own_is_for_one_alone() -> None:
    one, other = (Remark(f"{n}.tf", "replaced", "file", alone=f"copy of {n}") for n in "ab")
    assert lines(one) == ["copy of a"]
    assert lines(one, other) == ["2 files: replaced: a.tf, b.tf"]


def test_kinds_of_things_are_not_mixed() -> None:
    found = lines(Remark("a", "lost", "file"), Remark("a", "lost"))
    assert found == ["a: lost", "a: lost"]


def test_the_same_remark_is_one() -> None:
    assert lines(lost("a"), lost("a"), "said", "said") == [f"a: {LOST}", "said"]


def test_what_has_no_room_is_counted() -> None:
    assert closing(1, 0) == "1 more warning; -v shows all of them"
    assert closing(2, 3) == "2 more warnings and 3 more notes; -v shows all of them"
