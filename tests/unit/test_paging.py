"""A listing ends by itself, or is ended."""

from collections.abc import Callable

import pytest

from exporter.aws import paging
from exporter.aws.errors import BadResponseError
from exporter.aws.paging import every_page

Page = tuple[dict[str, int], str]


def pages(make: Callable[[int], dict[str, int]], last: int | None = None) -> Callable[[str], Page]:
    """A listing whose tokens count; ``last`` has none."""

    def ask(token: str) -> Page:
        number = int(token or 0)
        return make(number), "" if number == last else str(number + 1)

    return ask


def test_every_page_is_read() -> None:
    heard: list[int] = []
    found = every_page("a:List", pages(lambda n: {f"x{n}": n}, last=4), heard.append)
    assert found == {f"x{n}": n for n in range(5)}
    assert heard == [1, 2, 3, 4, 5]


def test_empty_pages_are_not_the_end() -> None:
    found = every_page("a:List", pages(lambda n: {"x": n} if n % 99 == 98 else {}, last=98))
    assert found == {"x": 98}


def test_a_long_listing_is_whole() -> None:
    made = pages(lambda n: {f"{n}-{m}": m for m in range(1000)}, last=99)
    assert len(every_page("a:List", made)) == paging.MOST_NAMES


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: {}, "100 pages and 0 names so far, none of them new in the last 100 pages"),
        (
            lambda _: {"x": 1},
            "101 pages and 1 name so far, none of them new in the last 100 pages",
        ),
        (lambda n: {f"x{n}": n}, "2,000 pages and 2,000 names so far"),
        (lambda n: {f"{n}-{m}": m for m in range(1000)}, "100 pages and 100,000 names so far"),
    ],
)
def test_a_listing_without_end_is_ended(make: Callable[[int], dict[str, int]], said: str) -> None:
    with pytest.raises(BadResponseError, match=f"a:List keeps returning pages: {said}"):
        every_page("a:List", pages(make))


def test_a_token_that_comes_again_is_a_circle() -> None:
    with pytest.raises(BadResponseError, match="the same pages over and over"):
        every_page("a:List", lambda _token: ({}, "same"))
