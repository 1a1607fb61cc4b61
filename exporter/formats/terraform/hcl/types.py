"""The values of expressions, and Terraform's type conversions.

A value is a string, a boolean, a number, None (Terraform's null), a list (or tuple), a ``Set``, or
a dict (a map or an object). It can be, or contain, ``Unknown``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.unresolved import ANY_NAME, NamePattern

Value = Any
"""See the module's docstring."""

MAX_ITEMS = 1_000_000
MAX_CHARACTERS = 1_000_000
TOO_LARGE = Unknown("the value is too large to evaluate")


class Failed(Unknown):
    """The value of an invalid expression: the only kind that ``try`` and ``can`` skip."""


def pattern_of(value: Value) -> NamePattern:
    """Return the pattern of the strings that a value can be."""
    if isinstance(value, str):
        return NamePattern.of_name(value)
    return value.pattern if isinstance(value, Unknown) else ANY_NAME


def without_pattern(value: Value) -> Value:
    """Drop the pattern of an unknown string: it isn't true of values derived from the string."""
    return type(value)(value.reason, value.cause) if isinstance(value, Unknown) else value


def partly_known(values: Iterable[Value], reason: Unknown) -> Unknown:
    """Concatenate strings, some of them unknown, to an ``Unknown`` with their joint pattern."""
    pattern = NamePattern.of_name("")
    for value in values:
        pattern += pattern_of(value)
    return Unknown(reason.reason, reason.cause, pattern=pattern)


class Set(list[Value]):
    """A set of strings or numbers, in the order of Terraform's iteration."""


class Map(dict[str, Value]):
    """A map, whose values have one type; a plain dict is an object."""


class Partial(dict[str, Value]):
    """An object with further attributes that the code doesn't tell."""


def is_scalar(value: Value) -> bool:
    """Whether a value is a string, a number or a boolean."""
    return isinstance(value, str | bool | int | float)


def walk(value: Value) -> Iterator[Value]:
    """Iterate over a value and everything in it."""
    stack = [value]
    while stack:
        item = stack.pop()
        yield item
        if isinstance(item, dict):
            stack += reversed(item.values())
        elif isinstance(item, list):
            stack += reversed(item)


def first_unknown(*values: Value) -> Unknown | None:
    """Return the first ``Failed`` in some values, else the first ``Unknown``, at any depth."""
    unknowns = [item for value in values for item in walk(value) if isinstance(item, Unknown)]
    chosen = next((item for item in unknowns if isinstance(item, Failed)), None)
    unknown: Unknown | None = without_pattern(chosen or unknowns[0]) if unknowns else None
    return unknown


def size(value: Value) -> int:
    """Count the items of a value, up to the first one that exceeds ``MAX_ITEMS``."""
    items = 0
    for item in walk(value):
        items += 1 + (len(item) // 10 if isinstance(item, str) else 0)
        if items > MAX_ITEMS:
            break
    return items


def to_string(value: Value) -> Value:
    """Convert a value to a string."""
    if isinstance(value, str | Unknown):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return Failed("a string is required")


_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_ODD_NUMBER = re.compile(r"[-+]?([Ii]nf|([0-9]+\.?[0-9]*|\.[0-9]+)[pP][-+]?[0-9]+)")
"""Strings that Go, and so Terraform, reads as numbers: infinity, and powers of two."""


def to_number(value: Value) -> Value:
    """Convert a value to a number."""
    if isinstance(value, Unknown | int | float) and not isinstance(value, bool):
        return without_pattern(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return number(value)
    if isinstance(value, str) and _ODD_NUMBER.fullmatch(value):
        return Unknown(f"the number {value} cannot be evaluated")
    return Failed("a number is required")


def number(text: str) -> Value:
    """Parse a number; ``Unknown`` if Python can't represent it exactly."""
    if len(text) > 40:
        return Unknown("a number with so many digits cannot be evaluated")
    exact = Decimal(text)
    if not -30 <= exact.adjusted() <= 30:
        return Unknown(f"the number {text} cannot be evaluated")
    if exact == exact.to_integral_value():
        return int(exact)
    rounded = float(exact)
    if Decimal(repr(rounded)) != exact:
        return Unknown(f"the number {text} cannot be evaluated")
    return rounded


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def to_bool(value: Value) -> Value:
    """Convert a value to a boolean."""
    if isinstance(value, bool | Unknown):
        return without_pattern(value)
    if isinstance(value, str) and value in _BOOLEANS:
        return _BOOLEANS[value]
    return Failed("a boolean is required")


def unify(values: Iterable[Value]) -> list[Value]:
    """Convert the elements of a list, set or map to one type: mixed scalars become strings."""
    items = list(values)
    kinds = {kind_of(value) for value in items if value is not None}
    if len(kinds) > 1 and all(kind in ("string", "bool", "number") for kind in kinds):
        return [None if value is None else to_string(value) for value in items]
    return items


def kind_of(value: Value) -> str:
    """Return the name of a value's type."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else type(value).__name__


def to_set(value: Value) -> Value:
    """Convert a list to a set."""
    if value is None or isinstance(value, Unknown):
        return without_pattern(value)
    if not isinstance(value, list):
        return Failed("a list is required")
    unknown = first_unknown(value)
    if unknown:
        return unknown
    items = unify(value)
    if not all(is_scalar(item) for item in items) or len({kind_of(item) for item in items}) > 1:
        return Unknown("a set of values other than strings cannot be evaluated")
    return Set(sorted(set(items)))


def to_list(value: Value) -> Value:
    """Convert a tuple or a set to a list."""
    if value is None or isinstance(value, Unknown):
        return without_pattern(value)
    if not isinstance(value, list):
        return Failed("a list is required")
    return unify(value)


def to_map(value: Value) -> Value:
    """Convert an object to a map."""
    if value is None or isinstance(value, Unknown):
        return without_pattern(value)
    if not isinstance(value, dict):
        return Failed("a map is required")
    kind = Partial if isinstance(value, Partial) else Map
    return kind(zip(value, unify(value.values()), strict=True))


def plain(value: Value) -> Value:
    """Convert a value to plain JSON types and ``Unknown``."""
    if isinstance(value, Unknown):
        cause = UnknownCause.INVALID if isinstance(value, Failed) else value.cause
        return Unknown(value.reason, cause, pattern=value.pattern)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


Convert = Callable[[Value], Value]


def nullable(convert: Convert) -> Convert:
    """Return a conversion that leaves null unchanged."""
    return lambda value: None if value is None else convert(value)
