"""Convert the arguments and blocks of SES resources to the API's spelling."""

from collections.abc import Mapping
from typing import Any, Final

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.terraform.hcl.blocks import blocks
from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.resolver import Names
from exporter.formats.terraform.hcl.syntax import Body
from exporter.formats.terraform.hcl.types import (
    Convert,
    Failed,
    Value,
    nullable,
    plain,
    to_bool,
    to_number,
    to_string,
)
from exporter.formats.terraform.names import LISTS, is_unset, pascal

META_BLOCKS: Final = frozenset({"connection", "lifecycle", "provisioner", "timeouts"})


def _strings(value: Value) -> Value:
    if isinstance(value, list):
        return [to_string(item) for item in value]
    return value if isinstance(value, Unknown) else Failed("a list is required")


def _string_set(value: Value) -> Value:
    """Sort strings, as the models do; unknown ones come last."""
    strings = _strings(value)
    if isinstance(strings, Unknown):
        return strings
    known = sorted({item for item in strings if isinstance(item, str)})
    return known + [item for item in strings if not isinstance(item, str)]


_TYPES: Final[Mapping[str, Convert]] = {
    "enabled": to_bool,
    "reputation_metrics_enabled": to_bool,
    "sending_enabled": to_bool,
    "max_delivery_seconds": to_number,
    "matching_event_types": _string_set,
    "matching_types": _string_set,
    "suppressed_reasons": _strings,
}
"""The arguments that aren't strings (``terraform providers schema`` of the AWS provider)."""


def to_api(module: Module, body: Body, names: Names, skip: frozenset[str]) -> dict[str, Any]:
    """Return the arguments and blocks of a body by their API names, without null values.

    Args:
        module: The module that contains the body.
        body: The body of a resource or a nested block.
        names: The values of ``each``, ``count`` and iterators in it.
        skip: Arguments and blocks to leave out.
    """
    api: dict[str, Any] = {}
    for argument, expression in body.attributes.items():
        if argument not in skip:
            convert = nullable(_TYPES.get(argument, to_string))
            value = plain(convert(module.value(expression, names)))
            if value is not None and not is_unset(argument, value):
                api[pascal(argument)] = value
    for name, nested in blocks(module, body, names, skip).items():
        if isinstance(nested, Unknown):
            api[LISTS.get(name) or pascal(name)] = plain(nested)
            continue
        values = [
            _nested_values(module, nested_body, nested_names)
            for nested_body, nested_names in nested
        ]
        if name in LISTS:
            api[LISTS[name]] = values
        elif len(values) == 1:
            api[pascal(name)] = values[0]
        elif values:
            api[pascal(name)] = Unknown(f"there are {len(values)} {name} blocks")
    return api


def _nested_values(module: Module, body: Body, names: Names) -> dict[str, Any] | Unknown:
    budget = module.run.budget
    budget.depth += 1
    try:
        return budget.spend(1) or to_api(module, body, names, frozenset())
    finally:
        budget.depth -= 1


def tags(*maps: Value) -> Value:
    """Merge maps of tags to a list as in the API; later maps win.

    Returns:
        The list; None if it is empty, ``Unknown`` if a map is unknown.
    """
    merged: dict[str, Value] = {}
    for tag_map in maps:
        if isinstance(tag_map, Unknown):
            return plain(tag_map)
        if isinstance(tag_map, dict):
            # The provider drops tags that are null.
            merged.update((key, value) for key, value in tag_map.items() if value is not None)
        elif tag_map is not None:
            return Unknown("a map is required", UnknownCause.INVALID)
    return [
        {"Key": key, "Value": plain(to_string(value))} for key, value in sorted(merged.items())
    ] or None
