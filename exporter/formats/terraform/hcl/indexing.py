"""One item of a collection, and all of them in the order of a loop."""

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.types import (
    Failed,
    Partial,
    Set,
    Value,
    bare,
    to_number,
    to_string,
)


def item(value: Value, key: Value, shown: str) -> Value:
    """What a collection holds under a key; ``shown`` is how the code refers to it."""
    if isinstance(value, dict):
        name = to_string(key)
        if isinstance(name, str) and name in value:
            return value[name]
        if isinstance(value, Partial):
            return Unknown(f"{shown} is not in this code")
    elif isinstance(value, list) and not isinstance(value, Set):
        at = to_number(key)
        if isinstance(at, int) and 0 <= at < len(value):
            return value[at]
    return Failed(f"{shown} does not exist")


def entries(value: Value) -> list[tuple[Value, Value]] | Unknown:
    """The keys and values that a loop goes through, in its order."""
    if isinstance(value, Unknown):
        unknown: Unknown = bare(value)
        return unknown
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, Set):
        return [(item, item) for item in value]
    if isinstance(value, list):
        return list(enumerate(value))
    return Failed("a loop goes over something that isn't a collection")
