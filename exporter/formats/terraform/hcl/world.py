"""What an expression can refer to, and how much of it may be evaluated."""

from collections.abc import Mapping
from typing import Protocol

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.types import TOO_MUCH, Value

Names = Mapping[str, Value]
"""What names stand for at one place: ``each``, ``count``, iterators, variables of ``for``."""

MAX_DEPTH = 80


class World(Protocol):
    """What an expression can refer to."""

    def lookup(self, root: str, name: str, shown: str, wanted: str | None) -> Value:
        """The value of ``root.name``.

        Args:
            root: The first word of a reference.
            name: The second.
            shown: The reference as it is written.
            wanted: The attribute of it that is asked for; None when all of it is.
        """
        ...

    def call(self, name: str, given: list[Value]) -> Value:
        """The value of a call of a function that depends on where the code is."""
        ...


class Budget:
    """How much may be evaluated, so that no code takes forever.

    Args:
        most: How many steps there may be in all.
    """

    def __init__(self, most: int) -> None:
        self.left = most
        self.depth = 0
        self._granted: set[str] = set()

    def grant(self, steps: int, of: str) -> None:
        """Allow more steps for what is read, once for each file or folder."""
        if of not in self._granted:
            self._granted.add(of)
            self.left += steps

    def spend(self, steps: int) -> Unknown | None:
        """Take some steps; a reason when there are none left, or when it goes too deep."""
        self.left -= steps
        if self.left < 0:
            return TOO_MUCH
        return Unknown("it is nested too deeply") if self.depth > MAX_DEPTH else None
