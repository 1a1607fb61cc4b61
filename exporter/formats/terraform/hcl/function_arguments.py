"""Check and convert the arguments of functions."""

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
    unify,
)

T = TypeVar("T")


class UnsupportedArgumentsError(Exception):
    """Arguments for which a function isn't implemented here, valid in Terraform or not."""


def require(value: Value, kind: type[T]) -> T:
    """Require a value of a type."""
    if not isinstance(value, kind):
        raise UnsupportedArgumentsError
    return value


def require_known(value: T) -> T:
    """Require a value without unknown parts."""
    if first_unknown(value):
        raise UnsupportedArgumentsError
    return value


def text(value: Value) -> str:
    """Convert a value to a string."""
    return require(to_string(value), str)


def check_length(characters: int) -> None:
    """Refuse a result of too many characters."""
    if characters > MAX_CHARACTERS:
        raise UnsupportedArgumentsError


def texts(values: list[Value]) -> list[str]:
    """Convert values to strings."""
    return [text(value) for value in values]


def ascii_text(value: Value) -> str:
    """Require ASCII, where Go and Python agree on case, characters and white space."""
    content = text(value)
    if not content.isascii():
        raise UnsupportedArgumentsError
    return content


def integer(value: Value) -> int:
    """Require an integer."""
    amount = to_number(value)
    if isinstance(amount, bool):
        raise UnsupportedArgumentsError
    return require(amount, int)


def items(value: Value) -> list[Value]:
    """Require a known list, tuple or set."""
    return require_known(require(value, list))


def scalars(value: Value) -> list[Value]:
    """Require a list of strings, numbers or booleans of one type."""
    members = unify(items(value))
    if not all(map(is_scalar, members)) or len(set(map(kind_of, members))) > 1:
        raise UnsupportedArgumentsError
    return members


def complete_map(value: Value) -> dict[str, Value]:
    """Require a map or an object without unknown attributes."""
    mapping = require(value, dict)
    if isinstance(mapping, Partial):
        raise UnsupportedArgumentsError
    return mapping
