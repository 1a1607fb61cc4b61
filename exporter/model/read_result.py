"""What a source, live or a file, returns."""

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
    """A configuration set, or a whole account and region, that could not be read.

    Attributes:
        name: The set's name; empty for all sets.
        region: The region; None for all requested regions.
        place: The account and region in words, or the role; empty if only one was read.
    """

    name: str
    reason: str
    hint: str = ""
    account_id: str | None = None
    region: str | None = None
    place: str = ""

    @property
    def title(self) -> str:
        """The account and region, and the set, in words."""
        return ": ".join(filter(None, (self.place, self.name)))

    @property
    def remark(self) -> Remark:
        """The message for a person."""
        text = f"not read: {self.reason}" + (f" ({self.hint})" if self.hint else "")
        if not self.name:
            return Remark(self.place, text, "account and region")
        return Remark(self.name, text, place=self.place)

    def holds(self, account_id: str | None, region: str | None, configuration_set: str) -> bool:
        """Whether a set may be part of what was not read; None matches any account or region."""
        return (
            self.name in ("", configuration_set)
            and (None in (self.account_id, account_id) or self.account_id == account_id)
            and (None in (self.region, region) or self.region == region)
        )


def what_is_missing(unread: Sequence[ReadFailure]) -> str:
    """Return what could not be read, counted, in words."""
    # A failure without a region counts once, although it stands for several.
    whole = sum(not failure.name for failure in unread)
    sets = len(unread) - whole
    parts = [count(sets, "configuration set")] if sets else []
    parts += [count(whole, "account and region")] if whole else []
    return " and ".join(parts)


@dataclass(frozen=True)
class ReadStats:
    """How much work reading was.

    Attributes:
        calls: Calls of SES, counting each attempt.
        throttled: How many of them SES throttled.
    """

    calls: int
    throttled: int
    seconds: float


class Fate(Enum):
    """What a run knows about a resource that it doesn't export."""

    GONE = auto()
    """SES no longer has the resource."""
    ALIVE = auto()
    """SES has it, but it wasn't selected."""
    UNKNOWN = auto()
    """It wasn't read, or the source can't prove that it is gone."""


@dataclass(frozen=True)
class Evidence:
    """What a run read from an account and region, before any selection.

    Attributes:
        listed: The names of all sets, from a complete live listing. None without one: a file may
            contain only a selection, so a set that it lacks may still exist.
    """

    scope: Scope
    listed: frozenset[str] | None = None

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the sets that the run knows to exist."""
        return self.listed if self.listed is not None else self._read

    @cached_property
    def _read(self) -> frozenset[str]:
        return frozenset(
            configuration_set.name for configuration_set in self.scope.configuration_sets
        )

    @cached_property
    def _destinations(self) -> frozenset[Identity]:
        return frozenset(identity_of(*pair) for pair in self.scope.destinations)

    def fate(self, identity: Identity) -> Fate:
        """Return what is known about a resource."""
        if identity.configuration_set not in self.names:
            return Fate.UNKNOWN if self.listed is None else Fate.GONE
        if identity.event_destination is None or identity in self._destinations:
            return Fate.ALIVE
        # One response of SES has all destinations of a set.
        is_proven = self.listed is not None and identity.configuration_set in self._read
        return Fate.GONE if is_proven else Fate.UNKNOWN


@dataclass(frozen=True)
class ReadResult:
    """What was read from a source.

    Attributes:
        in_account: The number of sets before the selection.
        effort: Statistics of a live reader; None for files.
        evidence: What was read before the selection, by account and region.
    """

    scopes: tuple[Scope, ...]
    unread: tuple[ReadFailure, ...] = ()
    notes: tuple[Said, ...] = ()
    in_account: int = 0
    effort: ReadStats | None = None
    evidence: Mapping[tuple[str | None, str], Evidence] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The accounts and regions in words."""
        if len(self.scopes) > _MOST_NAMED:
            return f"{len(self.scopes)} accounts and regions"
        return ", ".join(scope.title for scope in self.scopes) or "what was read"

    @property
    def listed(self) -> frozenset[str]:
        """The names of all sets that are known to exist, read or not."""
        return frozenset().union(*(evidence.names for evidence in self.evidence.values()))

    @property
    def is_empty(self) -> bool:
        """Whether no configuration set was read."""
        return not any(scope.configuration_sets for scope in self.scopes)
