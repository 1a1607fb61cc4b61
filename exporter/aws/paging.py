"""A listing that comes in pages, read to its end; one that has none is ended.

AWS may answer an empty page with a token, so that only a page without one is the last. Whoever
answers in its place can name a next page for ever: then it is the bounds that end the listing.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from exporter.aws.errors import BadAnswerError

MOST_NAMES = 100_000
"""Ten times what SES allows in a region (10,000 configuration sets by its service quotas, which can
be raised), and what an organization allows of accounts."""

MOST_PAGES = 2_000
"""Half an hour at the pace of SES; a page may hold a few names only, but not each of them."""

MOST_IDLE_PAGES = 100
"""Pages in a row that bring nothing new: some are allowed, without end they are not."""

Found = TypeVar("Found")


def every_page(
    action: str,
    ask: Callable[[str], tuple[Mapping[str, Found], str]],
    on_page: Callable[[int], None] = lambda _names: None,
) -> dict[str, Found]:
    """Read every page of a listing.

    Args:
        action: The IAM action, for errors.
        ask: Given a page's token, empty for the first page, answers with what is on the page by
            name, and the token of the next page, empty where there is none.
        on_page: Is told after each page how many names there are so far.

    Returns:
        What is on all pages by name, each once, in the order of the listing.

    Raises:
        BadAnswerError: when the pages go in a circle, or do not end.
    """
    found: dict[str, Found] = {}
    seen: set[str] = set()
    token = ""
    idle = 0
    while True:
        page, token = ask(token)
        before = len(found)
        found |= page
        idle = 0 if len(found) > before else idle + 1
        on_page(len(found))
        if not token:
            return found
        if token in seen:
            raise BadAnswerError(f"{action} returns the same pages over and over")
        seen.add(token)
        _check_bounds(action, len(found), len(seen), idle)


def _check_bounds(action: str, names: int, pages: int, idle: int) -> None:
    """End a listing that has a next page and should have none."""
    noun = "name" if names == 1 else "names"
    if names >= MOST_NAMES or pages >= MOST_PAGES or idle >= MOST_IDLE_PAGES:
        raise BadAnswerError(
            f"{action} keeps returning pages: {pages:,} pages and {names:,} {noun} so far"
            + (f", none of them new in the last {idle:,} pages" if idle else "")
        )
