"""An untouched export as a side: the values that its manifest remembers.

They are what was read when it was written, so that what the format cannot hold is compared too.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from exporter.diff.side import Item, SideScope, has_unknown, of_scope
from exporter.diff.side_selection import KINDS as TARGET_FIELDS
from exporter.formats import records
from exporter.formats.manifest import Resource, ScopeRecord
from exporter.model import codec


def scope(
    resource: re.Pattern[str], record: ScopeRecord, texts: Mapping[str, str]
) -> SideScope | None:
    """A scope of an untouched export.

    Args:
        resource: How a resource begins in its format's code.
        record: What its manifest says of it.
        texts: Its files of code, by name, to say where each resource stands.

    Returns:
        None where the manifest does not remember the values: it is of an older version, or was
        edited.
    """
    if not record.has_values:
        return None
    try:
        found = of_scope(records.scope_of(record))
    except codec.MalformedError:
        return None
    places = dict(_places(resource, texts))
    at = {r.identity: f"{_place(r, places)} {r.address}".strip() for r in record.resources}
    items = {who: Item(item.source, at.get(who, "")) for who, item in found.items.items()}
    return replace(found, items=items)


def _place(resource: Resource, places: Mapping[str, str]) -> str:
    """The file and line of a resource, or of the block that stands for all instances."""
    address = resource.address
    return places.get(address) or places.get(address.partition("[")[0], "")


def mapped(found: SideScope, code: SideScope) -> SideScope:
    """The same with the targets that expressions of a map stand for.

    What an expression says counts where it can be evaluated; elsewhere it stands for the target
    that it took the place of.

    Args:
        found: What the manifest remembers.
        code: What can be evaluated of the code.
    """
    return replace(
        found,
        items={
            who: (
                Item({**item.values, **_targets(item, code.items[who])}, item.at)
                if who.event_destination is not None and who in code.items
                else item
            )
            for who, item in found.items.items()
        },
    )


def _targets(item: Item, code: Item) -> dict[str, Any]:
    """The targets of a destination, by their fields."""
    return {
        field: {**target, **{n: v for n, v in code.values[field].items() if not has_unknown(v)}}
        for field, target in item.values.items()
        if field in TARGET_FIELDS and isinstance(code.values.get(field), dict)
    }


def _places(resource: re.Pattern[str], texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """The file and line of each address."""
    found = []
    for name, text in texts.items():
        line, seen = 1, 0
        for match in resource.finditer(text):
            line += text.count("\n", seen, match.start())
            seen = match.start()
            parts = match.groupdict()
            address = ".".join(filter(None, (parts.get("type"), parts["label"])))
            found.append((address, f"{name}:{line}"))
    return found
