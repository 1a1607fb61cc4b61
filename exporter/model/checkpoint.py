"""What is kept of a reading while it goes on, and who is told of it."""

from collections import defaultdict
from dataclasses import dataclass, field

from exporter.model.resources import ConfigurationSet, Scope
from exporter.support.progress import Progress

AccountRegionKey = tuple[str, str]
"""An account id and a region."""


@dataclass
class CheckpointState:
    """What earlier runs have read.

    Attributes:
        complete: Accounts and regions of which all was read.
        began: When the first run began, in ISO 8601; empty when there was none.
        has_ended: Whether the last run came to its end and said what was missing.
    """

    sets: dict[AccountRegionKey, dict[str, ConfigurationSet]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    complete: dict[AccountRegionKey, Scope] = field(default_factory=dict)
    began: str = ""
    has_ended: bool = False

    @property
    def total(self) -> int:
        """How many sets were read."""
        whole = sum(len(scope.configuration_sets) for scope in self.complete.values())
        return whole + sum(len(v) for k, v in self.sets.items() if k not in self.complete)


class Checkpoint:
    """Told by any thread what is read; this one keeps nothing."""

    def __init__(self) -> None:
        self.known = CheckpointState()

    def read(self, place: AccountRegionKey, found: ConfigurationSet) -> None:
        """One set was read."""

    def complete(self, scope: Scope) -> None:
        """All of an account's region was read."""


@dataclass(frozen=True)
class ReadObserver:
    """Who hears of what is read."""

    progress: Progress = field(default_factory=Progress)
    journal: Checkpoint = field(default_factory=Checkpoint)
