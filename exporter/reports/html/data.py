"""What the page's program shows: every destination as short as it can be said."""

import base64
import gzip
import json
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from exporter.formats.registry import FormatName
from exporter.model.resources import EventType, Scope
from exporter.reports.graph.model import KIND_TITLES, short_events
from exporter.reports.html.code import codes
from exporter.reports.listing import kind_of, rows, short_target

_T = TypeVar("_T", bound=Hashable)


def _number(known: dict[_T, int], value: _T) -> int:
    """The number of a value that comes up again and again, and is kept once."""
    return known.setdefault(value, len(known))


def table(scopes: Iterable[Scope]) -> str:
    """The destinations as JSON that can stand in a ``script`` element.

    ``Rows`` hold the numbers of a place, a set, the event types and a target, with the name and
    whether the destination is enabled between them, which need not be told.
    """
    places: dict[tuple[str, str], int] = {}
    sets: dict[str, int] = {}
    events: dict[tuple[EventType, ...], int] = {}
    targets: dict[tuple[str, ...], int] = {}
    found = []
    for scope in scopes:
        place = _number(places, (scope.account_id or "unknown", scope.region))
        full = {(row.configuration_set, row.event_destination): row for row in rows([scope])}
        for each, destination in scope.destinations:
            row = full[each.name, destination.name]
            kind = kind_of(destination)
            title = KIND_TITLES.get(kind, kind)
            short = short_target(scope, destination)
            target = (kind, title, short, row.target or "", row.iam_role_arn or "")
            found.append(
                (
                    place,
                    _number(sets, each.name),
                    destination.name,
                    None if destination.enabled is None else int(destination.enabled),
                    _number(events, destination.matching_event_types),
                    _number(targets, target),
                )
            )
    return in_script(
        {
            "Places": list(places),
            "Sets": list(sets),
            "Events": list(events),
            "EventsSaid": [short_events(types) for types in events],
            "Targets": list(targets),
            "Rows": found,
        }
    )


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
