"""Terraform's functions, those that are evaluated: one entry each."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.types import (
    Failed,
    Map,
    Partial,
    Set,
    Value,
    first_unknown,
    is_scalar,
    kind_of,
    to_list,
    to_map,
    to_number,
    to_set,
    to_string,
    unified,
)

T = TypeVar("T")


class _NotWorkedOutError(Exception):
    """Arguments that a function here does not take, whether Terraform's does or not."""


def call(name: str, given: list[Value]) -> Value:
    """The value of a call.

    Args:
        name: The function.
        given: Its arguments; an unknown one makes the value unknown, but for ``try`` and
            ``can``.
    """
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"the function {name} cannot be evaluated")
    unknown = next((value for value in given if isinstance(value, Unknown)), None)
    if unknown and name not in ("try", "can"):
        return next((value for value in given if isinstance(value, Failed)), unknown)
    try:
        inspect.signature(function).bind(*given)
        return function(*given)
    except (_NotWorkedOutError, TypeError):
        return Unknown(f"{name} of these values cannot be evaluated")


def _need(value: Value, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise _NotWorkedOutError
    return value


def _known(value: T) -> T:
    if first_unknown(value):
        raise _NotWorkedOutError
    return value


def _texts(values: list[Value]) -> list[str]:
    return [_text(value) for value in values]


def _text(value: Value) -> str:
    return _need(to_string(value), str)


def _ascii(value: Value) -> str:
    # Go and Python change the case of some other letters differently.
    text = _text(value)
    if not text.isascii():
        raise _NotWorkedOutError
    return text


# Collections
# ------------------------------------------------------------------------------------------


def _concat(*lists: Value) -> Value:
    if any(isinstance(found, Set) for found in lists):
        raise _NotWorkedOutError
    return [item for found in lists for item in _need(found, list)]


def _merge(*maps: Value) -> Value:
    given = [_need(found, dict) for found in maps if found is not None]
    if not given:
        return {}
    kind = Partial if any(isinstance(found, Partial) for found in given) else dict
    return kind({key: value for found in given for key, value in found.items()})


def _keys(value: Value) -> Value:
    return sorted(_whole(value))


def _values(value: Value) -> Value:
    return [item for _, item in sorted(_whole(value).items())]


def _whole(value: Value) -> dict[str, Value]:
    found = _need(value, dict)
    if isinstance(found, Partial):
        raise _NotWorkedOutError
    return found


def _lookup(value: Value, key: Value, *default: Value) -> Value:
    found = _whole(value)
    name = _text(key)
    if name in found:
        return found[name]
    if not default:
        return Failed(f"lookup finds no {name}")
    (other,) = default
    if isinstance(found, Map) and is_scalar(other):
        return unified([*found.values(), other])[-1]
    return other


def _flatten(value: Value) -> Value:
    result: list[Value] = []
    for item in _known(_need(value, list)):
        result += _need(_flatten(item), list) if isinstance(item, list) else [item]
    return result


def _distinct(value: Value) -> Value:
    items = unified(_known(_need(value, list)))
    if not all(is_scalar(item) for item in items):
        raise _NotWorkedOutError
    return list(dict.fromkeys(items))


def _compact(value: Value) -> Value:
    items = _known(_need(value, list))
    return [text for text in _texts([item for item in items if item is not None]) if text]


def _sort(value: Value) -> Value:
    return sorted(_texts(_known(_need(value, list))))


def _contains(value: Value, wanted: Value) -> Value:
    items = _known(_need(value, list))
    if any(kind_of(item) != kind_of(wanted) for item in items) or not is_scalar(wanted):
        raise _NotWorkedOutError
    return wanted in items


def _length(value: Value) -> Value:
    if isinstance(value, str):
        # Terraform counts what a reader takes for one character.
        if not value.isascii() or "\r\n" in value:
            raise _NotWorkedOutError
        return len(value)
    if isinstance(value, dict):
        return len(_whole(value))
    return len(_need(value, list))


def _coalesce(*values: Value) -> Value:
    found = unified(values)
    for value in found:
        if value is not None and not is_scalar(value):
            raise _NotWorkedOutError
        if value not in (None, ""):
            return value
    return Failed("coalesce finds no value")


# Text
# ------------------------------------------------------------------------------------------

_VERB = re.compile(r"%(.?)", re.DOTALL)


def _format(pattern: Value, *given: Value) -> Value:
    left = list(given)

    def one(found: re.Match[str]) -> str:
        verb = found.group(1)
        if verb == "%":
            return "%"
        if verb not in ("s", "d") or not left:
            raise _NotWorkedOutError
        value = left.pop(0)
        return _text(value) if verb == "s" else str(_need(to_number(value), int))

    text = _VERB.sub(one, _text(pattern))
    if left:
        raise _NotWorkedOutError
    return text


def _join(between: Value, *lists: Value) -> Value:
    items = [item for found in lists for item in _known(_need(found, list))]
    return _text(between).join(_texts(items))


def _split(between: Value, text: Value) -> Value:
    mark = _text(between)
    if not mark:
        raise _NotWorkedOutError
    return _text(text).split(mark)


def _jsonencode(value: Value) -> Value:
    """JSON as Go writes it, with what HTML takes for its own escaped."""
    _known(value)
    text = json.dumps(_json(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _json(value: Value) -> Value:
    if isinstance(value, float | Partial) or (isinstance(value, str) and _is_odd(value)):
        raise _NotWorkedOutError
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {_json(key): _json(item) for key, item in value.items()}
    return value


def _is_odd(text: str) -> bool:
    """Whether Go and Python might escape some character differently."""
    return any(char < " " and char not in "\n\r\t" for char in text)


def _try(*values: Value) -> Value:
    """The first that Terraform does not refuse; one that is unknown might be refused or not."""
    for value in values:
        unknown = first_unknown(value)
        if not isinstance(unknown, Failed):
            return unknown or value
    return Failed("try finds no value")


def _can(value: Value) -> Value:
    unknown = first_unknown(value)
    return unknown if unknown and not isinstance(unknown, Failed) else unknown is None


FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "can": _can,
    "coalesce": _coalesce,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "flatten": _flatten,
    "format": _format,
    "join": _join,
    "jsonencode": _jsonencode,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "lower": lambda value: _ascii(value).lower(),
    "merge": _merge,
    "sort": _sort,
    "split": _split,
    "tolist": to_list,
    "tomap": to_map,
    "tonumber": lambda value: value if value is None else to_number(value),
    "toset": to_set,
    "tostring": lambda value: value if value is None else to_string(value),
    "try": _try,
    "upper": lambda value: _ascii(value).upper(),
    "values": _values,
}
