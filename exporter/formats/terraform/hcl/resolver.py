"""What an expression can refer to, and how much may be evaluated."""

from collections.abc import Mapping
from typing import Protocol

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.types import TOO_LARGE, Value

Names = Mapping[str, Value]
"""The values of local names: ``each``, ``count``, iterators, variables of ``for``."""

MAX_DEPTH = 80


class Resolver(Protocol):
    """Resolves the references and file functions of an expression."""

    def lookup(self, root: str, name: str, shown: str, attribute: str | None) -> Value:
        """Return the value of ``root.name``.

        Args:
            root: The first word of a reference.
            name: The second word.
            shown: The reference as written, for messages.
            attribute: The only part of the value that is needed; None for all of it.
        """
        ...

    def call(self, name: str, arguments: list[Value]) -> Value:
        """Call a function that depends on the folder of the code."""
        ...


class Budget:
    """The steps and the depth that an evaluation may use, so that no code takes forever.

    Args:
        most: The number of steps.
    """

    def __init__(self, most: int) -> None:
        self.left = most
        self.depth = 0
        self._granted: set[str] = set()

    def grant(self, steps: int, path: str) -> None:
        """Add steps for a file that is read, once for each path."""
        if path not in self._granted:
            self._granted.add(path)
            self.left += steps

    def spend(self, steps: int) -> Unknown | None:
        """Use some steps; return a reason if none are left or the code is nested too deeply."""
        self.left -= steps
        if self.left < 0:
            return TOO_LARGE
        return Unknown("it is nested too deeply") if self.depth > MAX_DEPTH else None
