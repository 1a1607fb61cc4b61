"""Types of rules and of what they find."""

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
        """0 for the highest."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Hit:
    """A set or destination that breaks a rule.

    Attributes:
        event_destination: The destination; None for the set itself.
        message: What is wrong, one sentence without a full stop.
    """

    configuration_set: str
    event_destination: str | None
    message: str


@dataclass(frozen=True)
class Doubt:
    """A target that a rule could not check.

    Attributes:
        target: Its ARN.
        reason: Why, one sentence without a full stop.
        is_failure: Whether a read failed that should have worked. A target in another account, or
            a condition that only AWS can evaluate, is not a failure.
    """

    configuration_set: str
    event_destination: str
    target: str
    reason: str
    hint: str = ""
    is_failure: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule and its documentation, from which ``docs/lint.md`` is generated.

    Attributes:
        id: Its name, which never changes.
        url: The AWS documentation that it is based on.
    """

    id: str
    severity: Severity
    title: str
    why: str
    advice: str
    url: str


@dataclass(frozen=True)
class SettingsRule(Rule):
    """A rule that needs only settings.

    Attributes:
        refused_on_create: Whether SES refuses to create a destination that breaks the rule; an
            existing one may be older than that check.
    """

    check: Callable[[Scope], Iterator[Hit]]
    refused_on_create: bool = False


def each_set(
    messages: Callable[[ConfigurationSet], Iterator[str]],
) -> Callable[[Scope], Iterator[Hit]]:
    """Return a check that calls ``messages`` for each configuration set."""

    def check(scope: Scope) -> Iterator[Hit]:
        for set_ in scope.configuration_sets:
            for message in messages(set_):
                yield Hit(set_.name, None, message)

    return check


def each_destination(
    messages: Callable[[EventDestination], Iterator[str]],
) -> Callable[[Scope], Iterator[Hit]]:
    """Return a check that calls ``messages`` for each event destination."""

    def check(scope: Scope) -> Iterator[Hit]:
        for set_, destination in scope.destinations:
            for message in messages(destination):
                yield Hit(set_.name, destination.name, message)

    return check


Facts = Mapping[tuple[NeededKind, str], Fact]
"""What is known about each target, by its kind and ARN; about a key, by the ARN of its topic."""


@dataclass(frozen=True)
class TargetRule(Rule):
    """A rule that needs facts about targets."""

    reads: frozenset[NeededKind]
    check: Callable[[Scope, Facts], Iterator[Hit | Doubt]]
