"""What rules are, and what they find."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from exporter.model.resources import ConfigurationSet, EventDestination, Scope
from exporter.model.target_facts import Fact, NeededKind


class Severity(StrEnum):
    """How serious a finding is, most serious first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Hit:
    """What a rule found in a scope.

    Attributes:
        event_destination: Where in it; None for the set itself.
        message: What it is, one sentence without a full stop.
    """

    configuration_set: str
    event_destination: str | None
    message: str


@dataclass(frozen=True)
class Doubt:
    """What a rule could not judge.

    Attributes:
        target: The ARN that it is about.
        reason: Why, one sentence without a full stop.
        is_failure: Whether reading failed that should have worked. What another account holds, or
            a condition says that only AWS can evaluate, is nobody's failure.
    """

    configuration_set: str
    event_destination: str
    target: str
    reason: str
    hint: str = ""
    is_failure: bool = False


@dataclass(frozen=True)
class Rule:
    """What a rule says of itself (``docs/lint.md`` is made of this).

    Attributes:
        id: Its name; it never changes.
        url: The AWS document that it rests on.
    """

    id: str
    severity: Severity
    title: str
    why: str
    advice: str
    url: str


@dataclass(frozen=True)
class SettingsRule(Rule):
    """A rule on settings alone.

    Attributes:
        refused_on_create: Whether SES refuses to create a destination that breaks the rule, though
            one that exists may have been taken long ago.
    """

    check: Callable[[Scope], Iterator[Hit]]
    refused_on_create: bool = False


def each_set(look: Callable[[ConfigurationSet], Iterator[str]]) -> Callable[[Scope], Iterator[Hit]]:
    """The check that asks ``look`` for sentences on one configuration set after the other."""

    def check(scope: Scope) -> Iterator[Hit]:
        for found in scope.configuration_sets:
            for message in look(found):
                yield Hit(found.name, None, message)

    return check


def each_destination(
    look: Callable[[EventDestination], Iterator[str]],
) -> Callable[[Scope], Iterator[Hit]]:
    """The check that asks ``look`` for sentences on one event destination after the other."""

    def check(scope: Scope) -> Iterator[Hit]:
        for found, destination in scope.destinations:
            for message in look(destination):
                yield Hit(found.name, destination.name, message)

    return check


Facts = Mapping[tuple[NeededKind, str], Fact]
"""What is known of each target, by its kind and ARN; of a key by the ARN of its topic."""


@dataclass(frozen=True)
class TargetRule(Rule):
    """A rule on what destinations lead to."""

    reads: frozenset[NeededKind]
    check: Callable[[Scope, Facts], Iterator[Hit | Doubt]]
