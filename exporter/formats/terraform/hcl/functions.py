"""The registry of Terraform's functions that can be evaluated."""

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Final

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.collection_functions import COLLECTION_FUNCTIONS
from exporter.formats.terraform.hcl.function_arguments import (
    UnsupportedArgumentsError,
    require_known,
)
from exporter.formats.terraform.hcl.text_functions import TEXT_FUNCTIONS
from exporter.formats.terraform.hcl.types import (
    Failed,
    Partial,
    Value,
    first_unknown,
    nullable,
    partly_known,
    to_bool,
    to_list,
    to_map,
    to_number,
    to_set,
    to_string,
    without_pattern,
)


def call(name: str, arguments: list[Value]) -> Value:
    """Call a function of the registry.

    Args:
        name: The function.
        arguments: Its arguments; the result is unknown if one of them is, except for ``try`` and
            ``can``.
    """
    function = FUNCTIONS[name]
    unknown = next((value for value in arguments if isinstance(value, Unknown)), None)
    if unknown and name not in ("try", "can"):
        failed = next((value for value in arguments if isinstance(value, Failed)), None)
        return failed or without_pattern(unknown)
    try:
        inspect.signature(function).bind(*arguments)
        return function(*arguments)
    except (UnsupportedArgumentsError, TypeError, ValueError, OverflowError, RecursionError):
        return _partial_join(name, arguments) or Unknown(
            f"{name} of these values cannot be evaluated"
        )


def _partial_join(name: str, arguments: list[Value]) -> Value:
    """Return the known parts of a ``join`` of a list with unknown items."""
    if name != "join" or len(arguments) != 2 or not isinstance(arguments[1], list):
        return None
    unknown = first_unknown(arguments[1])
    separator, items = to_string(arguments[0]), [to_string(item) for item in arguments[1]]
    if unknown is None or isinstance(unknown, Failed) or not isinstance(separator, str):
        return None
    pieces = [part for item in items for part in (separator, item)][1:]
    return partly_known(pieces, unknown)


def _jsonencode(value: Value) -> Value:
    """Encode JSON as Go does, which escapes the special characters of HTML."""
    require_known(value)
    text = json.dumps(_json(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _json(value: Value) -> Value:
    if isinstance(value, float | Partial) or (
        isinstance(value, str) and _may_escape_differently(value)
    ):
        raise UnsupportedArgumentsError
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {_json(key): _json(item) for key, item in value.items()}
    return value


def _may_escape_differently(text: str) -> bool:
    """Whether Go and Python might escape some character differently."""
    return any(char < " " and char not in "\n\r\t" for char in text)


def _try(*values: Value) -> Value:
    """Return the first value that is valid; an unknown one may or may not be."""
    for value in values:
        unknown = first_unknown(value)
        if not isinstance(unknown, Failed):
            return unknown or value
    return Failed("try finds no value")


def _can(value: Value) -> Value:
    unknown = first_unknown(value)
    return unknown if unknown and not isinstance(unknown, Failed) else unknown is None


FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    **COLLECTION_FUNCTIONS,
    **TEXT_FUNCTIONS,
    "can": _can,
    "jsonencode": _jsonencode,
    "nonsensitive": lambda value: value,
    "sensitive": lambda value: value,
    "tobool": nullable(to_bool),
    "tolist": to_list,
    "tomap": to_map,
    "tonumber": nullable(to_number),
    "toset": to_set,
    "tostring": nullable(to_string),
    "try": _try,
}
