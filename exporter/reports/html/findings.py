"""What lint finds, a rule at a time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from exporter.lint.choice import choose
from exporter.lint.model import Rule
from exporter.lint.report import LintReport
from exporter.lint.run import lint_all
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.sources.selection import Selection

MOST_PLACES = 50
"""Of a rule: the page is for people, and has to stay small enough for a mail."""


@dataclass(frozen=True)
class PageFinding:
    """What a rule found.

    Attributes:
        places: Where, and what it is; at most ``MOST_PLACES``.
        more: In how many places besides.
    """

    rule: Rule
    places: tuple[str, ...]
    more: int = 0


def findings(scopes: Iterable[Scope], selection: Selection) -> list[PageFinding]:
    """What all rules on settings find, the worst first.

    Sets are looked at as a whole, whatever of them is selected.
    """
    report = LintReport(lint_all(scopes, selection, choose((), (), check_targets=False)))
    places: dict[str, list[str]] = defaultdict(list)
    for scope in report.scopes:
        title = f"{scope.title}: " if len(report.scopes) > 1 else ""
        for found in scope.findings:
            who = Identity(found.hit.configuration_set, found.hit.event_destination)
            places[found.rule.id].append(f"{title}{who}: {found.hit.message}")
    return [
        PageFinding(rule, tuple(at[:MOST_PLACES]), max(0, len(at) - MOST_PLACES))
        for rule in report.rules
        for at in [places[rule.id]]
    ]
