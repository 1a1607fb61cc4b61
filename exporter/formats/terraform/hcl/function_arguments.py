"""What functions ask of their arguments."""

from typing import TypeVar

from exporter.formats.terraform.hcl.types import (
    MAX_CHARACTERS,
    Partial,
    Value,
    first_unknown,
    is_scalar,
    kind_of,
    to_number,
    to_string,
    unified,
)

T = TypeVar("T")


class UnsupportedArgumentsError(Exception):
    """Arguments that a function here does not take, whether Terraform's does or not."""


def need(value: Value, kind: type[T]) -> T:
    """A value of one type, or none at all."""
    if not isinstance(value, kind):
        raise UnsupportedArgumentsError
    return value


def known(value: T) -> T:
    """A value that is known at any depth."""
    if first_unknown(value):
        raise UnsupportedArgumentsError
    return value


def text(value: Value) -> str:
    """A value as a text."""
    return need(to_string(value), str)


def bounded(characters: int) -> None:
    """Refuse to make a text of so many characters."""
    if characters > MAX_CHARACTERS:
        raise UnsupportedArgumentsError


def texts(values: list[Value]) -> list[str]:
    """Values as texts."""
    return [text(value) for value in values]


def ascii_text(value: Value) -> str:
    """A text of which Go and Python think alike: case, characters, white space."""
    found = text(value)
    if not found.isascii():
        raise UnsupportedArgumentsError
    return found


def whole_number(value: Value) -> int:
    """A number without a fraction."""
    found = to_number(value)
    if isinstance(found, bool):
        raise UnsupportedArgumentsError
    return need(found, int)


def items(value: Value) -> list[Value]:
    """A list, a tuple or a set that is known."""
    return known(need(value, list))


def scalars(value: Value) -> list[Value]:
    """The items of a list of texts, numbers or booleans of one type."""
    found = unified(items(value))
    if not all(map(is_scalar, found)) or len(set(map(kind_of, found))) > 1:
        raise UnsupportedArgumentsError
    return found


def whole_map(value: Value) -> dict[str, Value]:
    """A map or an object of which the code tells all."""
    found = need(value, dict)
    if isinstance(found, Partial):
        raise UnsupportedArgumentsError
    return found
