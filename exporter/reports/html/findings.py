"""The findings of lint, by rule."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exporter.lint.choice import choose
from exporter.lint.model import Rule, Severity
from exporter.lint.report import LintReport
from exporter.lint.run import lint_all
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.sources.selection import Selection

MOST_PLACES = 50
"""The most findings of a rule on the page, which has to stay small enough for an email."""


@dataclass(frozen=True)
class FoundAt:
    """A set or a destination that breaks a rule, and what is wrong with it.

    Attributes:
        scope: The account and region, if there are several.
    """

    where: str
    message: str
    scope: str = ""


@dataclass(frozen=True)
class PageFinding:
    """The findings of a rule.

    Attributes:
        places: The findings, at most ``MOST_PLACES``.
        more: The number of further findings.
    """

    rule: Rule
    places: tuple[FoundAt, ...]
    more: int = 0

    @property
    def number(self) -> int:
        """The number of all findings."""
        return len(self.places) + self.more


def findings(scopes: Iterable[Scope], selection: Selection) -> list[PageFinding]:
    """Run all rules for settings; the highest severity comes first.

    Sets are checked as a whole, even if only some of their destinations are selected.
    """
    report = LintReport(lint_all(scopes, selection, choose((), (), check_targets=False)))
    places: dict[str, list[FoundAt]] = defaultdict(list)
    for scope in report.scopes:
        title = scope.title if len(report.scopes) > 1 else ""
        for finding in scope.findings:
            hit = finding.hit
            resource = Identity(hit.configuration_set, hit.event_destination)
            places[finding.rule.id].append(FoundAt(str(resource), hit.message, title))
    return [
        PageFinding(rule, tuple(all_[:MOST_PLACES]), max(0, len(all_) - MOST_PLACES))
        for rule in report.rules
        for all_ in [places[rule.id]]
    ]


def by_severity(findings: Sequence[PageFinding]) -> dict[Severity, int]:
    """Count findings by severity, the highest first, without those that are 0."""
    numbers: Counter[Severity] = Counter()
    for finding in findings:
        numbers[finding.rule.severity] += finding.number
    return {severity: numbers[severity] for severity in Severity if numbers[severity]}
