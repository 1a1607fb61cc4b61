"""What an operator would say, a rule at a time."""

from collections.abc import Iterable
from dataclasses import dataclass

from exporter.lint.choice import choose
from exporter.lint.model import Rule
from exporter.lint.run import lint
from exporter.lint.whole_sets import selected
from exporter.model.resources import Scope
from exporter.sources.selection import Selection

MOST_PLACES = 50
"""Of a rule: the page is for people, and has to stay small enough for a mail."""


@dataclass(frozen=True)
class PageFinding:
    """What a rule found.

    Attributes:
        rule: The rule.
        places: Where, and what it is; at most ``MOST_PLACES``.
        more: In how many places besides.
    """

    rule: Rule
    places: tuple[str, ...]
    more: int = 0


def findings(scopes: Iterable[Scope], selection: Selection) -> list[PageFinding]:
    """What all rules on settings find, the worst first.

    Args:
        scopes: Sets as a whole, whatever of them is selected.
        selection: What is selected.
    """
    whole = list(scopes)
    choice = choose((), (), check_targets=False)
    places: dict[str, list[str]] = {}
    rules: dict[str, Rule] = {}
    for scope, taken in zip(whole, selected(selection, whole), strict=True):
        for found in lint(scope, choice, taken).findings:
            hit = found.hit
            of = f"{hit.configuration_set}/{hit.event_destination}"
            where = of if hit.event_destination is not None else hit.configuration_set
            if len(whole) > 1:
                where = f"{scope.title}: {where}"
            rules[found.rule.id] = found.rule
            places.setdefault(found.rule.id, []).append(f"{where}: {hit.message}")
    worst_first = sorted(rules.values(), key=lambda rule: (rule.severity.rank, rule.id))
    return [
        PageFinding(rule, tuple(at[:MOST_PLACES]), max(0, len(at) - MOST_PLACES))
        for rule in worst_first
        for at in [places[rule.id]]
    ]
