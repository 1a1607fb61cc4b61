"""What lint finds, a rule at a time."""

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
"""Of a rule: the page is for people, and has to stay small enough for a mail."""


@dataclass(frozen=True)
class FoundAt:
    """A set or a destination that breaks a rule, and what is wrong with it.

    Attributes:
        scope: The account and region, where there are several.
    """

    where: str
    message: str
    scope: str = ""


@dataclass(frozen=True)
class PageFinding:
    """What a rule found.

    Attributes:
        places: Where, and what it is; at most ``MOST_PLACES``.
        more: In how many places besides.
    """

    rule: Rule
    places: tuple[FoundAt, ...]
    more: int = 0

    @property
    def number(self) -> int:
        """In how many places."""
        return len(self.places) + self.more


def findings(scopes: Iterable[Scope], selection: Selection) -> list[PageFinding]:
    """What all rules on settings find, the worst first.

    Sets are looked at as a whole, whatever of them is selected.
    """
    report = LintReport(lint_all(scopes, selection, choose((), (), check_targets=False)))
    places: dict[str, list[FoundAt]] = defaultdict(list)
    for scope in report.scopes:
        title = scope.title if len(report.scopes) > 1 else ""
        for found in scope.findings:
            who = Identity(found.hit.configuration_set, found.hit.event_destination)
            places[found.rule.id].append(FoundAt(str(who), found.hit.message, title))
    return [
        PageFinding(rule, tuple(at[:MOST_PLACES]), max(0, len(at) - MOST_PLACES))
        for rule in report.rules
        for at in [places[rule.id]]
    ]


def by_severity(found: Sequence[PageFinding]) -> dict[Severity, int]:
    """How many findings there are of each severity that has any, the worst first."""
    numbers: Counter[Severity] = Counter()
    for each in found:
        numbers[each.rule.severity] += each.number
    return {severity: numbers[severity] for severity in Severity if numbers[severity]}
