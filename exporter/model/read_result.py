"""What comes out of a source, live or a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

from exporter.model.identities import Identity, identity_of
from exporter.model.resources import Scope
from exporter.support.remarks import Remark, Said
from exporter.support.text import count

_MOST_NAMED = 4


@dataclass(frozen=True)
class ReadFailure:
    """What could not be read: a configuration set, or all of an account's region.

    Attributes:
        name: The set's name; empty for all.
        region: The region; None for all that were asked for.
        place: Account and region in words, or the role; empty where only one place was read.
    """

    name: str
    reason: str
    hint: str = ""
    account_id: str | None = None
    region: str | None = None
    place: str = ""

    @property
    def title(self) -> str:
        """What it is, in words."""
        return ": ".join(filter(None, (self.place, self.name)))

    @property
    def remark(self) -> Remark:
        """All of it, to be said."""
        text = f"not read: {self.reason}" + (f" ({self.hint})" if self.hint else "")
        if not self.name:
            return Remark(self.place, text, "account and region")
        return Remark(self.name, text, place=self.place)

    def holds(self, account_id: str | None, region: str | None, configuration_set: str) -> bool:
        """Whether a set is in what was not read; a place that is not known may be any."""
        return (
            self.name in ("", configuration_set)
            and (None in (self.account_id, account_id) or self.account_id == account_id)
            and (None in (self.region, region) or self.region == region)
        )


def what_is_missing(unread: Sequence[ReadFailure]) -> str:
    """What could not be read, counted."""
    places = sum(not each.name for each in unread)
    sets = len(unread) - places
    parts = [count(sets, "configuration set")] if sets else []
    # A region, or an account with all of its regions.
    parts += [count(places, "account and region")] if places else []
    return " and ".join(parts)


@dataclass(frozen=True)
class ReadStats:
    """What reading took.

    Attributes:
        calls: Calls of SES, every attempt counted.
        throttled: How many of them SES refused as too many.
    """

    calls: int
    throttled: int
    seconds: float


class Fate(Enum):
    """What a run knows of a resource that it does not export."""

    GONE = auto()
    """SES no longer has it."""
    ALIVE = auto()
    """It was seen, and not selected."""
    UNKNOWN = auto()
    """It was not read, or what was read proves nothing."""


@dataclass(frozen=True)
class Evidence:
    """What a run saw of an account and region before anything was selected.

    Attributes:
        listed: The names of all sets, from a live listing that came to its end; None where there
            was none: a file holds what somebody selected, and proves nothing to be gone.
    """

    scope: Scope
    listed: frozenset[str] | None = None

    @cached_property
    def names(self) -> frozenset[str]:
        """The sets that are there, as far as the run knows."""
        return self.listed if self.listed is not None else self._read

    @cached_property
    def _read(self) -> frozenset[str]:
        return frozenset(found.name for found in self.scope.configuration_sets)

    @cached_property
    def _destinations(self) -> frozenset[Identity]:
        return frozenset(identity_of(*pair) for pair in self.scope.destinations)

    def fate(self, who: Identity) -> Fate:
        """What is known of a resource."""
        if who.configuration_set not in self.names:
            return Fate.UNKNOWN if self.listed is None else Fate.GONE
        if who.event_destination is None or who in self._destinations:
            return Fate.ALIVE
        # SES answers all destinations of a set at once.
        is_proven = self.listed is not None and who.configuration_set in self._read
        return Fate.GONE if is_proven else Fate.UNKNOWN


@dataclass(frozen=True)
class ReadResult:
    """What came from a source.

    Attributes:
        in_account: How many sets there were before the selection.
        effort: For what was read live, what it took.
        evidence: What was seen before the selection, by account and region.
    """

    scopes: tuple[Scope, ...]
    unread: tuple[ReadFailure, ...] = ()
    notes: tuple[Said, ...] = ()
    in_account: int = 0
    effort: ReadStats | None = None
    evidence: Mapping[tuple[str | None, str], Evidence] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The scopes in words."""
        if len(self.scopes) > _MOST_NAMED:
            return f"{len(self.scopes)} accounts and regions"
        return ", ".join(scope.title for scope in self.scopes) or "what was read"

    @property
    def listed(self) -> frozenset[str]:
        """The names of all sets that are known to be there, read or not."""
        return frozenset().union(*(each.names for each in self.evidence.values()))

    @property
    def is_empty(self) -> bool:
        """Whether no configuration set was read."""
        return not any(scope.configuration_sets for scope in self.scopes)
