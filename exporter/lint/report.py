"""The findings of all rules, for reports."""

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
    """A rule, and a set or destination that breaks it."""

    rule: Rule
    hit: Hit


@dataclass(frozen=True)
class Unchecked:
    """A target that could not be checked, for one reason.

    Attributes:
        target: Its ARN.
        rules: The ids of the rules that could not be checked.
        destinations: The destinations that publish to it.
        is_failure: Whether a read failed that should have worked.
    """

    target: str
    rules: tuple[str, ...]
    destinations: tuple[Destination, ...]
    reason: str
    hint: str = ""
    is_failure: bool = False

    @property
    def remark(self) -> Remark:
        """It as a message."""
        hint = f" ({self.hint})" if self.hint else ""
        text = f"could not check {', '.join(self.rules)}: {self.reason}{hint}"
        return Remark(self.target, text, "target")


@dataclass(frozen=True)
class ScopeReport:
    """The findings in one account and region.

    Attributes:
        account_id: The account; None if the source doesn't name it.
        title: What messages call them.
        sets: The number of sets.
        findings: By set and destination, the highest severity first.
    """

    account_id: str | None
    region: str
    title: str
    sets: int
    findings: tuple[LintFinding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


@dataclass(frozen=True)
class LintReport:
    """All findings.

    Attributes:
        fail_on: The lowest severity that counts as a failure; None for never.
        checked_targets: Whether rules for targets were run.
        unread: What could not be read, and so was not checked.
    """

    scopes: tuple[ScopeReport, ...]
    fail_on: Severity | None = None
    checked_targets: bool = False
    unread: tuple[ReadFailure, ...] = ()

    @property
    def findings(self) -> Iterator[LintFinding]:
        """The findings of all accounts and regions."""
        for scope in self.scopes:
            yield from scope.findings

    @property
    def unchecked(self) -> Iterator[Unchecked]:
        """The targets that could not be checked, in all accounts and regions."""
        for scope in self.scopes:
            yield from scope.unchecked

    @property
    def counts(self) -> dict[Severity, int]:
        """The number of findings of each severity."""
        numbers = Counter(finding.rule.severity for finding in self.findings)
        return {severity: numbers[severity] for severity in Severity}

    @property
    def is_failed(self) -> bool:
        """Whether a finding counts as a failure."""
        limit = self.fail_on
        return limit is not None and any(f.rule.severity.rank <= limit.rank for f in self.findings)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules with findings, the highest severity first."""
        rules = {finding.rule.id: finding.rule for finding in self.findings}
        return tuple(sorted(rules.values(), key=lambda rule: (rule.severity.rank, rule.id)))

    @property
    def by_rule(self) -> tuple[tuple[Rule, int], ...]:
        """The number of findings of each rule, the most frequent first."""
        numbers = Counter(finding.rule.id for finding in self.findings)
        counted = [(rule, numbers[rule.id]) for rule in self.rules]
        return tuple(sorted(counted, key=lambda row: -row[1]))

    @property
    def summary(self) -> str:
        """The last line of a report: the numbers of everything."""
        parts = [count(number, severity) for severity, number in self.counts.items() if number]
        sets = count(sum(scope.sets for scope in self.scopes), "configuration set")
        findings = f"{', '.join(parts) or 'no finding'} in {sets}"
        unchecked = sum(1 for _ in self.unchecked)
        return findings + (f"; {unchecked} could not be checked" if unchecked else "")


def in_order(findings: Iterable[LintFinding]) -> tuple[LintFinding, ...]:
    """Sort by set and destination, the set itself first, then the highest severity."""
    return tuple(
        sorted(
            findings,
            key=lambda finding: (
                finding.hit.configuration_set,
                finding.hit.event_destination or "",
                finding.rule.severity.rank,
                finding.rule.id,
                finding.hit.message,
            ),
        )
    )


def merged(doubts: Iterable[tuple[Rule, Doubt]]) -> tuple[Unchecked, ...]:
    """Merge doubts with the same target and reason."""
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
