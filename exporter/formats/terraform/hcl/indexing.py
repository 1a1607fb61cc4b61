"""Index a collection, and iterate over it."""

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.types import (
    Failed,
    Partial,
    Set,
    Value,
    to_number,
    to_string,
    without_pattern,
)


def item(value: Value, key: Value, shown: str) -> Value:
    """Return the item of a collection at a key; ``shown`` is the reference, for messages."""
    if isinstance(value, dict):
        name = to_string(key)
        if isinstance(name, str) and name in value:
            return value[name]
        if isinstance(value, Partial):
            return Unknown(f"{shown} is not in this code")
    elif isinstance(value, list) and not isinstance(value, Set):
        index = to_number(key)
        if isinstance(index, int) and 0 <= index < len(value):
            return value[index]
    return Failed(f"{shown} does not exist")


def entries(value: Value) -> list[tuple[Value, Value]] | Unknown:
    """Return the keys and values of a collection, in the order of a ``for`` loop."""
    if isinstance(value, Unknown):
        unknown: Unknown = without_pattern(value)
        return unknown
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, Set):
        return [(item, item) for item in value]
    if isinstance(value, list):
        return list(enumerate(value))
    return Failed("a loop goes over something that isn't a collection")
