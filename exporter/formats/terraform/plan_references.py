"""Names of sets that a plan calls unknown, found by what its configuration refers to.

The ``id`` of a set is its name, which Terraform does not know: a destination that refers to it has
no name of its set until the apply. From ``configuration`` in the output of ``terraform show -json``
(JSON output format 1.x).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from exporter.formats.terraform.names import NAME_ARGUMENTS, SET_TYPES
from exporter.formats.terraform.plan_providers import without_keys
from exporter.formats.terraform.recorded import Row

Json = Any

_ADDRESS = re.compile(r"(?P<module>(?:module\.[^.\[]+(?:\[[^\]]*\])?\.)*)[^\[]+(?P<key>\[.*\])?")


def with_set_names(rows: Sequence[Row], shown: Mapping[str, Json]) -> list[Row]:
    """Rows with the names of their sets, where references lead to one for sure.

    Args:
        rows: The resources of SES.
        shown: The output of ``terraform show -json``.
    """
    configuration = shown.get("configuration")
    module = configuration.get("root_module") if isinstance(configuration, dict) else None
    expressions = dict(_expressions(module, ""))
    names = {row.address: row.set_name for row in rows if row.kind in SET_TYPES}
    return [_named(row, expressions, names) for row in rows]


def _named(row: Row, expressions: Mapping[str, Json], names: Mapping[str, Json]) -> Row:
    argument = NAME_ARGUMENTS[row.kind][0]
    if row.kind in SET_TYPES or isinstance(row.set_name, str):
        return row
    written = expressions.get(without_keys(row.address), {}).get(argument)
    references = written.get("references") if isinstance(written, dict) else None
    found = _ADDRESS.fullmatch(row.address)
    if not isinstance(references, list) or found is None:
        return row
    own_key = (found["key"] or "") if "each.key" in references else ""
    for reference in references:
        for key in ("", own_key):
            name = names.get(f"{found['module']}{reference}{key}")
            if isinstance(name, str):
                return replace(row, values={**row.values, argument: name})
    return row


def _expressions(module: Json, prefix: str) -> Iterator[tuple[str, Json]]:
    """The expressions of each resource, by its address without keys."""
    if not isinstance(module, dict):
        return
    for resource in module.get("resources") or ():
        if isinstance(resource, dict) and isinstance(resource.get("expressions"), dict):
            yield f"{prefix}{resource.get('address')}", resource["expressions"]
    calls = module.get("module_calls")
    for name, call in calls.items() if isinstance(calls, dict) else ():
        inner = call.get("module") if isinstance(call, dict) else None
        yield from _expressions(inner, f"{prefix}module.{name}.")
