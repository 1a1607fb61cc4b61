"""Find the set names that are unknown in a plan by the references in its configuration.

Terraform doesn't know that the ``id`` of a set is its name, so a destination that refers to the
``id`` has no set name until the apply. The references are in ``configuration`` in the output of
``terraform show -json`` (JSON output format 1.x).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from exporter.formats.terraform.names import NAME_ARGUMENTS, SET_TYPES
from exporter.formats.terraform.plan_providers import without_keys
from exporter.formats.terraform.recorded import Record

Json = Any

_ADDRESS = re.compile(r"(?P<module>(?:module\.[^.\[]+(?:\[[^\]]*\])?\.)*)[^\[]+(?P<key>\[.*\])?")


def with_set_names(records: Sequence[Record], shown: Mapping[str, Json]) -> list[Record]:
    """Add set names to records where a reference certainly leads to a set.

    Args:
        records: The SES resources.
        shown: The output of ``terraform show -json``.
    """
    configuration = shown.get("configuration")
    module = configuration.get("root_module") if isinstance(configuration, dict) else None
    expressions = dict(_expressions(module, ""))
    names = {record.address: record.set_name for record in records if record.kind in SET_TYPES}
    return [_named(record, expressions, names) for record in records]


def _named(record: Record, expressions: Mapping[str, Json], names: Mapping[str, Json]) -> Record:
    argument = NAME_ARGUMENTS[record.kind][0]
    if record.kind in SET_TYPES or isinstance(record.set_name, str):
        return record
    written = expressions.get(without_keys(record.address), {}).get(argument)
    references = written.get("references") if isinstance(written, dict) else None
    match = _ADDRESS.fullmatch(record.address)
    if not isinstance(references, list) or match is None:
        return record
    own_key = (match["key"] or "") if "each.key" in references else ""
    for reference in references:
        for key in ("", own_key):
            name = names.get(f"{match['module']}{reference}{key}")
            if isinstance(name, str):
                return replace(record, values={**record.values, argument: name})
    return record


def _expressions(module: Json, prefix: str) -> Iterator[tuple[str, Json]]:
    """Yield the expressions of each resource, after its address without keys."""
    if not isinstance(module, dict):
        return
    resources = module.get("resources")
    for resource in resources if isinstance(resources, list) else ():
        if isinstance(resource, dict) and isinstance(resource.get("expressions"), dict):
            yield f"{prefix}{resource.get('address')}", resource["expressions"]
    calls = module.get("module_calls")
    for name, call in calls.items() if isinstance(calls, dict) else ():
        inner = call.get("module") if isinstance(call, dict) else None
        yield from _expressions(inner, f"{prefix}module.{name}.")
