"""What comes out of a source, live or a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from exporter.models import Scope
from exporter.wording import count

_MOST_NAMED = 4


@dataclass(frozen=True)
class Unread:
    """What could not be read: a configuration set, or all of an account's region.

    Attributes:
        name: The set's name; empty for all.
        reason: What happened.
        hint: What to do about it.
        account_id: The account, when it is known.
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
    def line(self) -> str:
        """All of it in a line."""
        return f"{self.title}: not read: {self.reason}" + (f" ({self.hint})" if self.hint else "")

    def holds(self, account_id: str | None, region: str | None, configuration_set: str) -> bool:
        """Whether a set is in what was not read; a place that is not known may be any."""
        return (
            self.name in ("", configuration_set)
            and (None in (self.account_id, account_id) or self.account_id == account_id)
            and (None in (self.region, region) or self.region == region)
        )


def what_is_missing(unread: Sequence[Unread]) -> str:
    """What could not be read, counted."""
    places = sum(not each.name for each in unread)
    sets = len(unread) - places
    parts = [count(sets, "configuration set")] if sets else []
    # A region, or an account with all of its regions.
    parts += [count(places, "place")] if places else []
    return " and ".join(parts)


@dataclass(frozen=True)
class Effort:
    """What reading took.

    Attributes:
        calls: Calls of SES, every attempt counted.
        throttled: How many of them SES refused as too many.
        seconds: From start to end.
    """

    calls: int
    throttled: int
    seconds: float


@dataclass(frozen=True)
class Reading:
    """What came from a source.

    Attributes:
        scopes: What was read.
        unread: What could not be read.
        notes: What else must be said.
        in_account: How many sets there were before the selection.
        effort: For what was read live, what it took.
    """

    scopes: tuple[Scope, ...]
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    in_account: int = 0
    effort: Effort | None = None

    @property
    def where(self) -> str:
        """The scopes in words."""
        if len(self.scopes) > _MOST_NAMED:
            return f"{len(self.scopes)} accounts and regions"
        return ", ".join(scope.title for scope in self.scopes) or "what was read"

    @property
    def is_empty(self) -> bool:
        """Whether no configuration set was read."""
        return not any(scope.configuration_sets for scope in self.scopes)
