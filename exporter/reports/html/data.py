"""What the page's program shows: every destination as short as it can be said."""

import base64
import gzip
import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from msgspec import structs

from exporter.formats.registry import FormatName
from exporter.model import codec
from exporter.model.resources import ConfigurationSet, EventType, Scope
from exporter.reports.graph.model import KIND_TITLES, short_events
from exporter.reports.html.code import codes
from exporter.reports.listing import kind_of, rows, short_target

_T = TypeVar("_T", bound=Hashable)
_Pairs = tuple[tuple[str, str], ...]
_Facts = tuple[_Pairs, _Pairs | None]
"""The tags and the options of a set; options that were not read are None."""


def _number(known: dict[_T, int], value: _T) -> int:
    """The number of a value that comes up again and again, and is kept once."""
    return known.setdefault(value, len(known))


def table(scopes: Iterable[Scope]) -> str:
    """Sets and destinations as JSON that can stand in a ``script`` element.

    ``Rows`` hold the numbers of a place, a set, the event types and a target, with the name and
    whether the destination is enabled between them, which need not be told. A set without
    destinations has a row that ends after the set.
    """
    places: dict[tuple[str, str], int] = {}
    sets: list[tuple[str, int]] = []
    facts: dict[_Facts, int] = {}
    events: dict[tuple[EventType, ...], int] = {}
    targets: dict[tuple[str, ...], int] = {}
    found: list[tuple[object, ...]] = []
    for scope in scopes:
        place = _number(places, (scope.account_id or "unknown", scope.region))
        full = {(row.configuration_set, row.event_destination): row for row in rows([scope])}
        for each in scope.configuration_sets:
            head = (place, len(sets))
            sets.append((each.name, _number(facts, _facts(each))))
            if not each.event_destinations:
                found.append(head)
            for destination in each.event_destinations:
                row = full[each.name, destination.name]
                kind = kind_of(destination)
                title = KIND_TITLES.get(kind, kind)
                short = short_target(scope, destination)
                target = (kind, title, short, row.target or "", row.iam_role_arn or "")
                found.append(
                    (
                        *head,
                        destination.name,
                        None if destination.enabled is None else int(destination.enabled),
                        _number(events, destination.matching_event_types),
                        _number(targets, target),
                    )
                )
    return in_script(
        {
            "Places": list(places),
            "Sets": sets,
            "Facts": list(facts),
            "Events": list(events),
            "EventsSaid": [short_events(types) for types in events],
            "Targets": list(targets),
            "Rows": found,
        }
    )


def _facts(found: ConfigurationSet) -> _Facts:
    """The tags and the options of a set, each as its name and its value."""
    tags = tuple((tag.key, tag.value) for tag in found.tags)
    if not found.options_known:
        return tags, None
    options = codec.encode(structs.replace(found, tags=(), event_destinations=()))
    del options["ConfigurationSetName"]
    return tags, tuple(_leaves(options, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every value below a path that holds no other, by the API's names."""
    if not isinstance(value, dict) or (path and not value):
        yield path, _said(value)
        return
    for name, below in value.items():
        yield from _leaves(below, f"{path}.{name}" if path else name)


def _said(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value) or "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def in_script(value: object) -> str:
    """JSON in which nothing ends a ``script`` element or begins a comment in one."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    # What no encoding holds has to be escaped.
    return text.encode("utf-8", "backslashreplace").decode()


def packed_codes(scopes: Sequence[Scope]) -> str:
    """The code of every destination, in the order of the rows: JSON, gzip, Base64.

    Blocks of code are much alike, so that five thousand of them take a few hundred kilobytes.
    """
    texts: dict[FormatName, list[str]] = {name: [] for name in FormatName}
    for scope in scopes:
        for name, found in codes(scope).items():
            texts[name] += found
    # Without the time, so that the same configuration gives the same bytes.
    packed = gzip.compress(json.dumps(texts, separators=(",", ":")).encode(), 9, mtime=0)
    return base64.b64encode(packed).decode()
