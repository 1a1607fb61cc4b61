"""Apply rules to what was read."""

from collections.abc import Callable, Iterable

from exporter.lint.choice import RuleSelection
from exporter.lint.model import Doubt, Facts, Hit, Rule
from exporter.lint.report import LintFinding, ScopeReport, in_order, together
from exporter.model.arns import arns_of
from exporter.model.resources import Scope
from exporter.model.target_facts import Wanted
from exporter.sources.patterns import facts_of_destination, facts_of_set
from exporter.sources.selection import Selection


def lint_all(
    scopes: Iterable[Scope],
    selection: Selection,
    choice: RuleSelection,
    read_facts: Callable[[frozenset[Wanted]], Facts] | None = None,
) -> tuple[ScopeReport, ...]:
    """Look at accounts and regions.

    The scopes hold sets as a whole, whatever of them is selected. ``read_facts`` asks AWS for what
    rules on targets need; without it, these rules are left out.

    Raises:
        ExporterError: when targets cannot be asked for at all.
    """
    scopes = tuple(scopes)
    chosen = list(zip(scopes, selected(selection, scopes), strict=True))
    facts: Facts | None = None
    if read_facts is not None:
        facts = read_facts(
            frozenset().union(*(wanted(each, choice, taken) for each, taken in chosen))
        )
    return tuple(lint(scope, choice, taken, facts) for scope, taken in chosen)


def lint(
    scope: Scope,
    choice: RuleSelection,
    taken: frozenset[tuple[str, str]],
    facts: Facts | None = None,
) -> ScopeReport:
    """Look at one account and region.

    ``taken`` are the destinations, by set and name, of which findings are wanted; ``facts`` is what
    is known of the targets, None when nobody asked.
    """
    findings: list[LintFinding] = []
    doubts: list[tuple[Rule, Doubt]] = []
    found: list[tuple[Rule, Hit | Doubt]] = [
        (rule, hit) for rule in choice.settings for hit in rule.check(scope)
    ]
    if facts is not None:
        found += [(rule, each) for rule in choice.targets for each in rule.check(scope, facts)]
    for rule, each in found:
        destination = each.event_destination
        if destination is not None and (each.configuration_set, destination) not in taken:
            continue
        if isinstance(each, Hit):
            findings.append(LintFinding(rule, each))
        else:
            doubts.append((rule, each))
    return ScopeReport(
        scope.account_id,
        scope.region,
        scope.title,
        len(scope.configuration_sets),
        in_order(findings),
        together(doubts),
    )


def wanted(
    scope: Scope, choice: RuleSelection, taken: frozenset[tuple[str, str]]
) -> frozenset[Wanted]:
    """What has to be read for the rules on targets."""
    reads = {kind for rule in choice.targets for kind in rule.reads}
    found: set[Wanted] = set()
    for of_set, destination in scope.destinations:
        if (of_set.name, destination.name) not in taken:
            continue
        found |= {
            Wanted(kind, each.arn, scope.account_id, scope.region)
            for each in arns_of(destination)
            for kind in each.type.needs
            if kind in reads
        }
    return frozenset(found)


def selected(selection: Selection, scopes: Iterable[Scope]) -> list[frozenset[tuple[str, str]]]:
    """Which destinations of each scope are selected themselves, by set and name."""
    return [
        frozenset(
            (found.name, destination.name)
            for found, destination in scope.destinations
            if selection.takes_destination(facts_of_destination(facts_of_set(found), destination))
        )
        for scope in scopes
    ]
