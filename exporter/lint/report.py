"""What all rules found, put together for the reports."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exporter.lint.model import Doubt, Hit, Rule, Severity
from exporter.model.read_result import ReadFailure
from exporter.support.remarks import Remark
from exporter.support.text import count

Destination = tuple[str, str]
"""The names of a configuration set and of an event destination in it."""


@dataclass(frozen=True)
class LintFinding:
    """What a rule found."""

    rule: Rule
    hit: Hit


@dataclass(frozen=True)
class Unchecked:
    """Something that could not be checked, for one reason.

    Attributes:
        target: The ARN that it is about.
        rules: The ids of the rules that are not answered.
        destinations: Whose target it is.
        is_failure: Whether reading failed that should have worked.
    """

    target: str
    rules: tuple[str, ...]
    destinations: tuple[Destination, ...]
    reason: str
    hint: str = ""
    is_failure: bool = False

    @property
    def remark(self) -> Remark:
        """All of it, to be said."""
        hint = f" ({self.hint})" if self.hint else ""
        text = f"could not check {', '.join(self.rules)}: {self.reason}{hint}"
        return Remark(self.target, text, "target")


@dataclass(frozen=True)
class ScopeReport:
    """What was found in one account and region.

    Attributes:
        account_id: The account; None where the source does not tell it.
        title: Both in words.
        findings: By set and destination, the worst first.
    """

    account_id: str | None
    region: str
    title: str
    sets: int
    findings: tuple[LintFinding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


@dataclass(frozen=True)
class LintReport:
    """What was found.

    Attributes:
        fail_on: From which severity on a finding is a failure; None for never.
        checked_targets: Whether rules on targets were applied.
        unread: What could not be read, and so was not looked at.
    """

    scopes: tuple[ScopeReport, ...]
    fail_on: Severity | None = None
    checked_targets: bool = False
    unread: tuple[ReadFailure, ...] = ()

    @property
    def findings(self) -> Iterator[LintFinding]:
        """All of them."""
        for scope in self.scopes:
            yield from scope.findings

    @property
    def unchecked(self) -> Iterator[Unchecked]:
        """All that could not be checked."""
        for scope in self.scopes:
            yield from scope.unchecked

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        found = Counter(finding.rule.severity for finding in self.findings)
        return {severity: found[severity] for severity in Severity}

    @property
    def is_failed(self) -> bool:
        """Whether a finding is bad enough."""
        limit = self.fail_on
        return limit is not None and any(f.rule.severity.rank <= limit.rank for f in self.findings)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that found something, the worst first."""
        found = {finding.rule.id: finding.rule for finding in self.findings}
        return tuple(sorted(found.values(), key=lambda rule: (rule.severity.rank, rule.id)))

    @property
    def by_rule(self) -> tuple[tuple[Rule, int], ...]:
        """How often each rule found something, the most frequent first."""
        found = Counter(finding.rule.id for finding in self.findings)
        counted = [(rule, found[rule.id]) for rule in self.rules]
        return tuple(sorted(counted, key=lambda each: -each[1]))

    @property
    def said(self) -> str:
        """All of it, counted."""
        parts = [count(number, each) for each, number in self.counts.items() if number]
        sets = count(sum(scope.sets for scope in self.scopes), "configuration set")
        found = f"{', '.join(parts) or 'no finding'} in {sets}"
        unchecked = sum(1 for _ in self.unchecked)
        return found + (f"; {unchecked} could not be checked" if unchecked else "")


def in_order(findings: Iterable[LintFinding]) -> tuple[LintFinding, ...]:
    """By set and destination, the set itself first, the worst first."""
    return tuple(
        sorted(
            findings,
            key=lambda each: (
                each.hit.configuration_set,
                each.hit.event_destination or "",
                each.rule.severity.rank,
                each.rule.id,
                each.hit.message,
            ),
        )
    )


def together(doubts: Iterable[tuple[Rule, Doubt]]) -> tuple[Unchecked, ...]:
    """What has one target and one reason, once."""
    grouped: dict[tuple[str, str, str, bool], tuple[dict[str, None], dict[Destination, None]]] = {}
    for rule, doubt in doubts:
        key = (doubt.target, doubt.reason, doubt.hint, doubt.is_failure)
        rules, destinations = grouped.setdefault(key, ({}, {}))
        rules[rule.id] = None
        destinations[doubt.configuration_set, doubt.event_destination] = None
    return tuple(
        Unchecked(target, tuple(rules), tuple(sorted(destinations)), reason, hint, is_failure)
        for (target, reason, hint, is_failure), (rules, destinations) in sorted(
            grouped.items(), key=lambda item: item[0]
        )
    )
