"""Terraform's operators on values."""

from collections.abc import Callable, Mapping
from typing import Final

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.types import (
    TOO_LARGE,
    Failed,
    Partial,
    Value,
    first_unknown,
    is_scalar,
    kind_of,
    to_bool,
    to_number,
    to_string,
)


def as_one_type(value: Value, others: list[Value]) -> Value:
    """Convert the chosen value of a condition to the type that it shares with the others.

    A number becomes a string if one of the others is a string.
    """
    if isinstance(value, str | Unknown) or not is_scalar(value):
        return value
    if any(isinstance(other, str) for other in others):
        return to_string(value)
    return value


def _arithmetic(work: Callable[[int, int], Value]) -> Callable[[Value, Value], Value]:
    def operate(left: Value, right: Value) -> Value:
        numbers = [to_number(left), to_number(right)]
        for operand in numbers:
            if isinstance(operand, Unknown):
                return operand
            if not isinstance(operand, int):
                return Unknown("arithmetic with fractions cannot be evaluated")
        result = work(*numbers)
        return TOO_LARGE if isinstance(result, int) and abs(result) > 10**30 else result

    return operate


def _divided(left: int, right: int) -> Value:
    if right == 0:
        return Failed("a division by zero")
    return (
        Unknown("a division with a remainder cannot be evaluated")
        if left % right
        else left // right
    )


def _remainder(left: int, right: int) -> Value:
    # As in Go, the result has the sign of the dividend.
    if right == 0:
        return Failed("a division by zero")
    return abs(left) % abs(right) * (-1 if left < 0 else 1)


def _compared(work: Callable[[Value, Value], bool]) -> Callable[[Value, Value], Value]:
    def operate(left: Value, right: Value) -> Value:
        numbers = [to_number(left), to_number(right)]
        unknown = next((operand for operand in numbers if isinstance(operand, Unknown)), None)
        return unknown if unknown else work(*numbers)

    return operate


def _logical(decisive: bool) -> Callable[[Value, Value], Value]:
    def operate(left: Value, right: Value) -> Value:
        operands = [to_bool(left), to_bool(right)]
        if any(isinstance(operand, Failed) for operand in operands):
            return next(operand for operand in operands if isinstance(operand, Failed))
        if decisive in operands:
            return decisive
        return next((operand for operand in operands if isinstance(operand, Unknown)), not decisive)

    return operate


def _equal(left: Value, right: Value) -> Value:
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    if isinstance(left, list | dict) and isinstance(right, list | dict):
        unknown = first_unknown(left, right)
        if unknown or isinstance(left, Partial) or isinstance(right, Partial):
            return unknown or Unknown("whether two objects are equal cannot be evaluated")
        # Whether collections with equal items are equal depends on their types, which only
        # Terraform knows: the tuple [] isn't an empty list.
        same = Unknown("whether two collections are equal cannot be evaluated")
        return same if _is_alike(left, right) else False
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _is_alike(left: Value, right: Value) -> bool:
    """Whether two values have equal items of the same types."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_is_alike, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_is_alike(left[k], right[k]) for k in left)
    return kind_of(left) == kind_of(right) and bool(left == right)


def _unequal(left: Value, right: Value) -> Value:
    is_equal = _equal(left, right)
    return is_equal if isinstance(is_equal, Unknown) else not is_equal


OPERATORS: Final[Mapping[str, Callable[[Value, Value], Value]]] = {
    "+": _arithmetic(lambda left, right: left + right),
    "-": _arithmetic(lambda left, right: left - right),
    "*": _arithmetic(lambda left, right: left * right),
    "/": _arithmetic(_divided),
    "%": _arithmetic(_remainder),
    "<": _compared(lambda left, right: left < right),
    "<=": _compared(lambda left, right: left <= right),
    ">": _compared(lambda left, right: left > right),
    ">=": _compared(lambda left, right: left >= right),
    "==": _equal,
    "!=": _unequal,
    "&&": _logical(decisive=False),
    "||": _logical(decisive=True),
}
