"""What comes out of a source, live or a file."""

from dataclasses import dataclass

from exporter.models import Scope


@dataclass(frozen=True)
class Unread:
    """A configuration set that could not be read.

    Attributes:
        name: Its name.
        reason: What happened.
        hint: What to do about it.
    """

    name: str
    reason: str
    hint: str = ""


@dataclass(frozen=True)
class Reading:
    """What came from a source.

    Attributes:
        scopes: What was read.
        unread: Sets that could not be read.
        notes: What else must be said.
        in_account: How many sets there were before the selection.
    """

    scopes: tuple[Scope, ...]
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    in_account: int = 0

    @property
    def where(self) -> str:
        """The scopes in words."""
        return ", ".join(scope.title for scope in self.scopes) or "what was read"

    @property
    def is_empty(self) -> bool:
        """Whether no configuration set was read."""
        return not any(scope.configuration_sets for scope in self.scopes)
