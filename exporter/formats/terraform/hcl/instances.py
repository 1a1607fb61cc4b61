"""Expand ``count`` and ``for_each`` to the instances of a block."""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.formats.code_resource import Unknown
from exporter.formats.filters import hcl_string
from exporter.formats.terraform.hcl.resolver import Names
from exporter.formats.terraform.hcl.syntax import Expression
from exporter.formats.terraform.hcl.types import (
    Failed,
    Partial,
    Set,
    Value,
    partly_known,
    to_number,
    without_pattern,
)

MAX_INSTANCES = 100_000

Key = str | int | None
"""The ``for_each`` key or the ``count`` index of an instance; None without either."""


@dataclass(frozen=True)
class Instance:
    """An instance of a block.

    Attributes:
        key: Its key or index.
        names: The values of ``each`` and ``count`` in it.
        doubt: Why the instances of the block aren't known; then this one represents them all.
        unknown_part: The part of the block that isn't known (``count``, ``for_each``).
    """

    key: Key
    names: Names
    doubt: Unknown | None = None
    unknown_part: str = "content"

    @property
    def doubt_sentence(self) -> str:
        """The doubt as a sentence; empty when there is none."""
        return f"its {self.unknown_part} is not known: {self.doubt.reason}" if self.doubt else ""

    def address(self, block_address: str) -> str:
        """Return its Terraform address, given the address of its block."""
        if self.key is None:
            return block_address
        if isinstance(self.key, int):
            return f"{block_address}[{self.key}]"
        return f"{block_address}[{hcl_string(self.key)}]"


def repetition_argument(arguments: Mapping[str, Expression]) -> str | None:
    """Return ``count`` or ``for_each``, whichever a block has."""
    return next((name for name in ("count", "for_each") if name in arguments), None)


def instances(repetition: str | None, value: Value) -> list[Instance]:
    """Return the instances of a block.

    Args:
        repetition: ``count``, ``for_each`` or None.
        value: The value of that argument.
    """
    if repetition is None:
        return [Instance(None, {})]
    block_instances = _counted(value) if repetition == "count" else _for_each(value)
    if isinstance(block_instances, Unknown):
        # If the value is invalid, Terraform reports it.
        return unknown_instances(block_instances, repetition)
    return block_instances


def unknown_instances(reason: Unknown, unknown_part: str = "content") -> list[Instance]:
    """Return the one instance that represents a block whose instances aren't known."""
    unknown = Partial(dict.fromkeys(("key", "value", "index"), without_pattern(reason)))
    return [Instance(None, {"each": unknown, "count": unknown}, reason, unknown_part)]


def _counted(value: Value) -> list[Instance] | Unknown:
    count = to_number(value)
    if isinstance(count, Unknown):
        return count
    if not isinstance(count, int) or count < 0:
        return Failed(f"{count} is not a count")
    if count > MAX_INSTANCES:
        return Unknown(f"{count} are too many")
    return [Instance(index, {"count": {"index": index}}) for index in range(count)]


def _for_each(value: Value) -> list[Instance] | Unknown:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Set) and all(isinstance(item, str) for item in value):
        pairs = [(item, item) for item in value]
    elif isinstance(value, dict) and not isinstance(value, Partial):
        pairs = sorted(value.items())
    else:
        return Unknown("it is neither a map nor a set of strings")
    if len(pairs) > MAX_INSTANCES:
        return Unknown(f"{len(pairs)} are too many")
    return [Instance(key, {"each": {"key": key, "value": item}}) for key, item in pairs]


def reference_value(
    repetition: str | None, block_instances: list[Instance], values: list[Value]
) -> Value:
    """Return what a reference to a block evaluates to: a value, a list or a map of values."""
    if repetition == "count":
        return values
    if repetition == "for_each":
        return {
            str(instance.key): value
            for instance, value in zip(block_instances, values, strict=True)
        }
    return values[0]


def common_value(instance: Instance, value: Value) -> Value:
    """Return the value of an attribute when the instances aren't known.

    A string keeps the pattern that all instances share.

    Args:
        instance: The instance that represents them all.
        value: An object with only the requested attribute; any other value becomes unknown.
    """
    assert instance.doubt is not None
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return partly_known([value], instance.doubt)
