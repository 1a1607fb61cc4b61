"""What expressions give, and how Terraform turns values of one type into another.

A value is a string, a boolean, a number, None (Terraform's null), a list (a tuple too), a ``Set``,
a dict (a map or an object), or ``Unknown`` at any depth.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.unresolved import ANY_NAME, NamePattern

Value = Any
"""See the module."""

MAX_ITEMS = 1_000_000
MAX_CHARACTERS = 1_000_000
TOO_MUCH = Unknown("the value is too large to evaluate")


class Failed(Unknown):
    """An expression that Terraform refuses: only past such a one do ``try`` and ``can`` go."""


def pattern_of(value: Value) -> NamePattern:
    """Which texts a value can be."""
    if isinstance(value, str):
        return NamePattern.of_name(value)
    return value.pattern if isinstance(value, Unknown) else ANY_NAME


def bare(value: Value) -> Value:
    """A value without what is known of a text in part: it does not hold of what is made of it."""
    return type(value)(value.reason, value.cause) if isinstance(value, Unknown) else value


def part_text(values: Iterable[Value], reason: Unknown) -> Unknown:
    """Texts, known or not, one after the other."""
    pattern = NamePattern.of_name("")
    for value in values:
        pattern += pattern_of(value)
    return Unknown(reason.reason, reason.cause, pattern=pattern)


class Set(list[Value]):
    """A set of strings or numbers, sorted as Terraform goes through it."""


class Map(dict[str, Value]):
    """A map, whose values are of one type; a dict of no such class is an object."""


class Partial(dict[str, Value]):
    """An object of which the code tells only some attributes."""


def is_scalar(value: Value) -> bool:
    """Whether a value is a string, a number or a boolean."""
    return isinstance(value, str | bool | int | float)


def walk(value: Value) -> Iterator[Value]:
    """A value and all that it holds."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, dict):
            waiting += reversed(found.values())
        elif isinstance(found, list):
            waiting += reversed(found)


def first_unknown(*values: Value) -> Unknown | None:
    """The first that is unknown in some values, at any depth; before it one that failed."""
    found = [item for value in values for item in walk(value) if isinstance(item, Unknown)]
    chosen = next((item for item in found if isinstance(item, Failed)), None)
    unknown: Unknown | None = bare(chosen or found[0]) if found else None
    return unknown


def size(value: Value) -> int:
    """How much a value holds, counted no further than is needed to see that it is too much."""
    items = 0
    for found in walk(value):
        items += 1 + (len(found) // 10 if isinstance(found, str) else 0)
        if items > MAX_ITEMS:
            break
    return items


def to_string(value: Value) -> Value:
    """A value as a string."""
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
"""Texts that Terraform takes for numbers as Go does: the infinite, and powers of two."""


def to_number(value: Value) -> Value:
    """A value as a number."""
    if isinstance(value, Unknown | int | float) and not isinstance(value, bool):
        return bare(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return number(value)
    if isinstance(value, str) and _ODD_NUMBER.fullmatch(value):
        return Unknown(f"the number {value} cannot be evaluated")
    return Failed("a number is required")


def number(text: str) -> Value:
    """A number as it is written."""
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
    """A value as a boolean."""
    if isinstance(value, bool | Unknown):
        return bare(value)
    if isinstance(value, str) and value in _BOOLEANS:
        return _BOOLEANS[value]
    return Failed("a boolean is required")


def unified(values: Iterable[Value]) -> list[Value]:
    """The elements of a list, a set or a map, of which Terraform makes one type.

    Scalars of several types become strings.
    """
    found = list(values)
    kinds = {kind_of(value) for value in found if value is not None}
    if len(kinds) > 1 and all(kind in ("string", "bool", "number") for kind in kinds):
        return [None if value is None else to_string(value) for value in found]
    return found


def kind_of(value: Value) -> str:
    """The name of a value's type."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else type(value).__name__


def to_set(value: Value) -> Value:
    """A list as a set."""
    if value is None or isinstance(value, Unknown):
        return bare(value)
    if not isinstance(value, list):
        return Failed("a list is required")
    unknown = first_unknown(value)
    if unknown:
        return unknown
    items = unified(value)
    if not all(is_scalar(item) for item in items) or len({kind_of(item) for item in items}) > 1:
        return Unknown("a set of values other than strings cannot be evaluated")
    return Set(sorted(set(items)))


def to_list(value: Value) -> Value:
    """A tuple or a set as a list."""
    if value is None or isinstance(value, Unknown):
        return bare(value)
    if not isinstance(value, list):
        return Failed("a list is required")
    return unified(value)


def to_map(value: Value) -> Value:
    """An object as a map."""
    if value is None or isinstance(value, Unknown):
        return bare(value)
    if not isinstance(value, dict):
        return Failed("a map is required")
    kind = Partial if isinstance(value, Partial) else Map
    return kind(zip(value, unified(value.values()), strict=True))


def plain(value: Value) -> Value:
    """A value in terms of JSON, with ``Unknown`` for each that is not known."""
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
    """A conversion that leaves null as it is."""
    return lambda value: None if value is None else convert(value)
