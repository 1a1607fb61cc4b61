"""Terraform's operators on values."""

from collections.abc import Callable, Mapping
from typing import Final

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.types import (
    TOO_MUCH,
    Failed,
    Value,
    is_scalar,
    to_bool,
    to_number,
    to_string,
)


def as_one_type(value: Value, others: list[Value]) -> Value:
    """Both values of a condition have one type: a number beside a text is a text."""
    if isinstance(value, str | Unknown) or not is_scalar(value):
        return value
    if any(isinstance(other, str) for other in others):
        return to_string(value)
    return value


def _arithmetic(work: Callable[[int, int], Value]) -> Callable[[Value, Value], Value]:
    def operate(left: Value, right: Value) -> Value:
        numbers = [to_number(left), to_number(right)]
        for found in numbers:
            if isinstance(found, Unknown):
                return found
            if not isinstance(found, int):
                return Unknown("arithmetic with fractions cannot be evaluated")
        result = work(*numbers)
        return TOO_MUCH if isinstance(result, int) and abs(result) > 10**30 else result

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
    # Like Go's, it has the sign of what is divided.
    if right == 0:
        return Failed("a division by zero")
    return abs(left) % abs(right) * (-1 if left < 0 else 1)


def _compared(work: Callable[[Value, Value], bool]) -> Callable[[Value, Value], Value]:
    def operate(left: Value, right: Value) -> Value:
        numbers = [to_number(left), to_number(right)]
        unknown = next((found for found in numbers if isinstance(found, Unknown)), None)
        return unknown if unknown else work(*numbers)

    return operate


def _logical(decisive: bool) -> Callable[[Value, Value], Value]:
    def operate(left: Value, right: Value) -> Value:
        found = [to_bool(left), to_bool(right)]
        if any(isinstance(item, Failed) for item in found):
            return next(item for item in found if isinstance(item, Failed))
        if decisive in found:
            return decisive
        return next((item for item in found if isinstance(item, Unknown)), not decisive)

    return operate


def _equal(left: Value, right: Value) -> Value:
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    if isinstance(left, list | dict) and isinstance(right, list | dict):
        # Whether they are equal depends on types that only Terraform tells: [] is no empty list.
        return Unknown("whether two collections are equal cannot be evaluated")
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _unequal(left: Value, right: Value) -> Value:
    found = _equal(left, right)
    return found if isinstance(found, Unknown) else not found


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
