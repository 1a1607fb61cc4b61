"""Progress and checkpoints while accounts are read."""

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
        sets: The sets that were read, by account and region, then by name.
        complete: Accounts and regions that were read completely.
        began: When the first run began, in ISO 8601; empty if there was none.
        has_ended: Whether the last run ended and reported what was missing.
    """

    sets: dict[AccountRegionKey, dict[str, ConfigurationSet]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    complete: dict[AccountRegionKey, Scope] = field(default_factory=dict)
    began: str = ""
    has_ended: bool = False

    @property
    def total(self) -> int:
        """The number of sets that were read."""
        complete = sum(len(scope.configuration_sets) for scope in self.complete.values())
        rest = sum(len(sets) for key, sets in self.sets.items() if key not in self.complete)
        return complete + rest


class Checkpoint:
    """Receives, from any thread, what was read; this one stores nothing."""

    def __init__(self) -> None:
        self.known = CheckpointState()

    def read(self, account_region: AccountRegionKey, configuration_set: ConfigurationSet) -> None:
        """Store a set that was read."""

    def complete(self, scope: Scope) -> None:
        """Store an account and region that was read completely."""


@dataclass(frozen=True)
class ReadObserver:
    """What a reader reports to: the progress display and the checkpoint."""

    progress: Progress = field(default_factory=Progress)
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
