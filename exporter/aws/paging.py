"""Read all pages of a listing, and end one that would go on forever.

AWS may return an empty page with a token, so only a page without a token is the last one. A server
in AWS's place can return tokens forever, so limits end the listing.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from exporter.aws.errors import BadResponseError

MOST_NAMES = 100_000
"""Ten times SES's default quota for configuration sets in a region, which can be raised; used for
the accounts of an organization, too."""

MOST_PAGES = 2_000
"""Half an hour at SES's rate; a page may have only a few names, but not all pages do."""

MOST_IDLE_PAGES = 100
"""The most pages in a row without a new name."""

Item = TypeVar("Item")


def every_page(
    action: str,
    list_page: Callable[[str], tuple[Mapping[str, Item], str]],
    on_page: Callable[[int], None] = lambda _names: None,
) -> dict[str, Item]:
    """Read every page of a listing.

    Args:
        action: The IAM action, for errors.
        list_page: Gets a page's token, empty for the first page; returns the items on the page by
            name, and the token of the next page, empty if there is none.
        on_page: Called after each page with the number of names so far.

    Returns:
        The items of all pages by name, in the order of the listing.

    Raises:
        BadResponseError: if the pages go in a circle or do not end.
    """
    items: dict[str, Item] = {}
    seen: set[str] = set()
    token = ""
    idle = 0
    while True:
        page, token = list_page(token)
        before = len(items)
        items |= page
        idle = 0 if len(items) > before else idle + 1
        on_page(len(items))
        if not token:
            return items
        if token in seen:
            raise BadResponseError(f"{action} returns the same pages over and over")
        seen.add(token)
        _check_bounds(action, len(items), len(seen), idle)


def _check_bounds(action: str, names: int, pages: int, idle: int) -> None:
    """Raise if a listing that has a next page should have ended."""
    noun = "name" if names == 1 else "names"
    if names >= MOST_NAMES or pages >= MOST_PAGES or idle >= MOST_IDLE_PAGES:
        raise BadResponseError(
            f"{action} keeps returning pages: {pages:,} pages and {names:,} {noun} so far"
            + (f", none of them new in the last {idle:,} pages" if idle else "")
        )
