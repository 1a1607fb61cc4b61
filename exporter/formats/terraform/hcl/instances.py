"""``count`` and ``for_each``: the instances that a block stands for."""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.formats.code_resource import Unknown
from exporter.formats.filters import hcl_string
from exporter.formats.terraform.hcl.syntax import Expression
from exporter.formats.terraform.hcl.types import (
    Failed,
    Partial,
    Set,
    Value,
    bare,
    part_text,
    to_number,
)
from exporter.formats.terraform.hcl.world import Names

MAX_INSTANCES = 100_000

Key = str | int | None
"""The key of ``for_each`` or the index of ``count`` that tells an instance apart; or neither."""


@dataclass(frozen=True)
class Instance:
    """One of the things that a block stands for.

    Attributes:
        key: What tells it apart.
        names: What ``each`` and ``count`` stand for in it.
        doubt: Why it is not known which instances there are; then this one stands for all.
        of: What of the block is not known.
    """

    key: Key
    names: Names
    doubt: Unknown | None = None
    of: str = "content"

    @property
    def said(self) -> str:
        """The doubt as a sentence; empty when there is none."""
        return f"its {self.of} is not known: {self.doubt.reason}" if self.doubt else ""

    def address(self, of: str) -> str:
        """The Terraform address."""
        if self.key is None:
            return of
        if isinstance(self.key, int):
            return f"{of}[{self.key}]"
        return f"{of}[{hcl_string(self.key)}]"


def repeated(arguments: Mapping[str, Expression]) -> str | None:
    """Which of ``count`` and ``for_each`` a block has."""
    return next((name for name in ("count", "for_each") if name in arguments), None)


def instances(how: str | None, value: Value) -> list[Instance]:
    """The instances of a block.

    Args:
        how: ``count``, ``for_each`` or neither.
        value: Its value.
    """
    if how is None:
        return [Instance(None, {})]
    found = _counted(value) if how == "count" else _for_each(value)
    if isinstance(found, Unknown):
        # Terraform refuses what failed, and knows what is unknown here.
        return doubted(found, how)
    return found


def doubted(reason: Unknown, of: str = "content") -> list[Instance]:
    """What stands for all instances when none can be told."""
    unknown = Partial(dict.fromkeys(("key", "value", "index"), bare(reason)))
    return [Instance(None, {"each": unknown, "count": unknown}, reason, of)]


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


def keyed(how: str | None, found: list[Instance], values: list[Value]) -> Value:
    """What a reference to a block gives: a value, or one for each of its instances."""
    if how == "count":
        return values
    if how == "for_each":
        return {str(each.key): value for each, value in zip(found, values, strict=True)}
    return values[0]


def doubtful(instance: Instance, value: Value) -> Value:
    """A value of instances that cannot be told: of a name, what all of them have in common.

    Args:
        instance: What stands for all of them.
        value: The attribute that is asked for, alone in an object; any other is unknown.
    """
    assert instance.doubt is not None
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return part_text([value], instance.doubt)
