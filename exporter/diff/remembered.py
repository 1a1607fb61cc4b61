"""Read an unedited export as a side, with the values in its manifest.

These are the values that were read for the export, so values that the format doesn't support can be
compared, too.
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
    """Return a scope of an unedited export.

    Args:
        resource: Matches the start of a resource in the format's code.
        record: The scope's entry in the manifest.
        texts: The files of code, by name, to find the line of each resource.

    Returns:
        The scope; None if the manifest has no valid values, because it was written by an older
        version or edited.
    """
    if not record.has_values:
        return None
    try:
        recorded = of_scope(records.scope_of(record))
    except codec.MalformedError:
        return None
    lines = dict(_lines(resource, texts))
    at = {r.identity: f"{_line(r, lines)} {r.address}".strip() for r in record.resources}
    items = {name: Item(item.source, at.get(name, "")) for name, item in recorded.items.items()}
    return replace(recorded, items=items)


def _line(resource: Resource, lines: Mapping[str, str]) -> str:
    """Return the file and line of a resource, or of the block for all instances."""
    address = resource.address
    return lines.get(address) or lines.get(address.partition("[")[0], "")


def mapped(recorded: SideScope, code: SideScope) -> SideScope:
    """Replace targets with the values of ``--map`` expressions in the code.

    An expression that can't be evaluated counts as the target which it replaced.

    Args:
        recorded: The scope with the values in the manifest.
        code: The scope as loaded from the code.
    """
    return replace(
        recorded,
        items={
            identity: (
                Item({**item.values, **_targets(item, code.items[identity])}, item.at)
                if identity.event_destination is not None and identity in code.items
                else item
            )
            for identity, item in recorded.items.items()
        },
    )


def _targets(item: Item, code: Item) -> dict[str, Any]:
    """Return the target of a destination, by its field, with values from the code."""
    return {
        field: {**target, **{n: v for n, v in code.values[field].items() if not has_unknown(v)}}
        for field, target in item.values.items()
        if field in TARGET_FIELDS and isinstance(code.values.get(field), dict)
    }


def _lines(resource: re.Pattern[str], texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the address of each resource with its file and line."""
    lines = []
    for name, text in texts.items():
        line, seen = 1, 0
        for match in resource.finditer(text):
            line += text.count("\n", seen, match.start())
            seen = match.start()
            parts = match.groupdict()
            address = ".".join(filter(None, (parts.get("type"), parts["label"])))
            lines.append((address, f"{name}:{line}"))
    return lines
