"""A plan, as far as the safety of what is alive depends on it; the real one and the model's."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from exporter.model.identities import Identity


class Action(StrEnum):
    """What Terraform would do with a resource, in the words of ``terraform plan -json``."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "remove"
    IMPORT = "import"
    MOVE = "move"


@dataclass(frozen=True, order=True)
class Change:
    """One line of a plan.

    Attributes:
        action: What would be done.
        address: Where the resource stands after the moves.
        previous: Where state holds it; empty unless it is moved.
        import_id: By which id it would be imported; empty when it would not.
    """

    action: Action
    address: str
    previous: str = ""
    import_id: str = ""


@dataclass(frozen=True)
class Planned:
    """What ``terraform plan`` found.

    Attributes:
        changes: What it would do, in order of address.
        errors: The summaries of its errors; with any, nothing would be done.
    """

    changes: tuple[Change, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The plan for the message of a failure."""
        shown = [f"error: {each}" for each in self.errors]
        for change in self.changes:
            by = f" from {change.previous}" if change.previous else ""
            by += f" by {change.import_id!r}" if change.import_id else ""
            shown.append(f"{change.action.name.lower()} {change.address}{by}")
        return shown or ["nothing to do"]


class Engine(Protocol):
    """Terraform at work in the folder of an export."""

    def plan(self) -> Planned:
        """Plan against the account as it is."""

    def apply(self) -> None:
        """Do what the last plan said.

        Raises:
            AssertionError: when it fails.
        """

    def state(self) -> Mapping[str, Identity]:
        """The addresses that state holds, and what each is in SES."""
