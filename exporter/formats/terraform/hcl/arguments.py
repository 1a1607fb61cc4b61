"""The arguments and blocks of SES resources in the API's spelling."""

from collections.abc import Mapping
from typing import Any, Final

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.terraform.hcl.blocks import blocks
from exporter.formats.terraform.hcl.module import Module
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
from exporter.formats.terraform.hcl.world import Names
from exporter.formats.terraform.names import LISTS, is_unset, pascal

META_BLOCKS: Final = frozenset({"connection", "lifecycle", "provisioner", "timeouts"})


def _strings(value: Value) -> Value:
    if isinstance(value, list):
        return [to_string(item) for item in value]
    return value if isinstance(value, Unknown) else Failed("a list is required")


def _string_set(value: Value) -> Value:
    """Strings in order, as models have them; those that are unknown come last."""
    found = _strings(value)
    if isinstance(found, Unknown):
        return found
    known = sorted({item for item in found if isinstance(item, str)})
    return known + [item for item in found if not isinstance(item, str)]


_TYPES: Final[Mapping[str, Convert]] = {
    "enabled": to_bool,
    "reputation_metrics_enabled": to_bool,
    "sending_enabled": to_bool,
    "max_delivery_seconds": to_number,
    "matching_event_types": _string_set,
    "matching_types": _string_set,
    "suppressed_reasons": _strings,
}
"""The arguments that are no strings (``terraform providers schema`` of the AWS provider)."""


def to_api(module: Module, body: Body, names: Names, skip: frozenset[str]) -> dict[str, Any]:
    """What a body says, by the API's names; null is absent.

    Args:
        module: The code that it stands in.
        body: The body of a resource or of a block.
        names: What names stand for in it.
        skip: Arguments and blocks that are left to others.
    """
    api: dict[str, Any] = {}
    for argument, expression in body.attributes.items():
        if argument not in skip:
            convert = nullable(_TYPES.get(argument, to_string))
            value = plain(convert(module.value(expression, names)))
            if value is not None and not is_unset(argument, value):
                api[pascal(argument)] = value
    for name, found in blocks(module, body, names, skip).items():
        if isinstance(found, Unknown):
            api[LISTS.get(name) or pascal(name)] = plain(found)
            continue
        inner = [_inner(module, each, inner_names) for each, inner_names in found]
        if name in LISTS:
            api[LISTS[name]] = inner
        elif len(inner) == 1:
            api[pascal(name)] = inner[0]
        elif inner:
            api[pascal(name)] = Unknown(f"there are {len(inner)} blocks {name}")
    return api


def _inner(module: Module, body: Body, names: Names) -> dict[str, Any] | Unknown:
    effort = module.run.effort
    effort.depth += 1
    try:
        return effort.spend(1) or to_api(module, body, names, frozenset())
    finally:
        effort.depth -= 1


def tags(*maps: Value) -> Value:
    """Tags as the API lists them, those of later maps over those of earlier ones.

    Returns:
        None when there are none.
    """
    merged: dict[str, Value] = {}
    for found in maps:
        if isinstance(found, Unknown):
            return plain(found)
        if isinstance(found, dict):
            # The provider drops those that are null.
            merged.update((key, value) for key, value in found.items() if value is not None)
        elif found is not None:
            return Unknown("a map is required", UnknownCause.INVALID)
    return [
        {"Key": key, "Value": plain(to_string(value))} for key, value in sorted(merged.items())
    ] or None
