"""The data of the page's table, as compact as possible."""

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
"""The tags and options of a set; options are None if they were not read."""


def _number(known: dict[_T, int], value: _T) -> int:
    """Return the index of a value, so that repeated values are stored once."""
    return known.setdefault(value, len(known))


def table(scopes: Iterable[Scope]) -> str:
    """Return sets and destinations as JSON for a ``script`` element.

    Each of the ``Rows`` has the indexes of account and region, and set; then the name, whether the
    destination is enabled (null: unknown), and the indexes of event types and target. The row of a
    set without destinations ends after the set.
    """
    places: dict[tuple[str, str], int] = {}
    sets: list[tuple[str, int]] = []
    facts: dict[_Facts, int] = {}
    events: dict[tuple[EventType, ...], int] = {}
    targets: dict[tuple[str, ...], int] = {}
    destination_rows: list[tuple[object, ...]] = []
    for scope in scopes:
        place = _number(places, (scope.account_id or "unknown", scope.region))
        full = {(row.configuration_set, row.event_destination): row for row in rows([scope])}
        for each in scope.configuration_sets:
            head = (place, len(sets))
            sets.append((each.name, _number(facts, _facts(each))))
            if not each.event_destinations:
                destination_rows.append(head)
            for destination in each.event_destinations:
                row = full[each.name, destination.name]
                kind = kind_of(destination)
                title = KIND_TITLES.get(kind, kind)
                short = short_target(scope, destination)
                target = (kind, title, short, row.target or "", row.iam_role_arn or "")
                destination_rows.append(
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
            "Rows": destination_rows,
        }
    )


def _facts(set_: ConfigurationSet) -> _Facts:
    """Return the tags and options of a set as pairs of name and value."""
    tags = tuple((tag.key, tag.value) for tag in set_.tags)
    if not set_.options_known:
        return tags, None
    options = codec.encode(structs.replace(set_, tags=(), event_destinations=()))
    del options["ConfigurationSetName"]
    return tags, tuple(_leaves(options, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield every leaf value, with its path in the API's names."""
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
    """Encode as JSON in which nothing ends a ``script`` element or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    # Lone surrogates can't be encoded as UTF-8.
    return text.encode("utf-8", "backslashreplace").decode()


def packed_codes(scopes: Sequence[Scope]) -> str:
    """Return the code of every destination, in the order of the rows: JSON, gzip, Base64.

    Code compresses well: five thousand destinations take a few hundred kilobytes.
    """
    texts: dict[FormatName, list[str]] = {name: [] for name in FormatName}
    for scope in scopes:
        for name, blocks in codes(scope).items():
            texts[name] += blocks
    # Without the time, so that the same configuration gives the same bytes.
    packed = gzip.compress(json.dumps(texts, separators=(",", ":")).encode(), 9, mtime=0)
    return base64.b64encode(packed).decode()
