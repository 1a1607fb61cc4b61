"""Run rules."""

from collections.abc import Callable, Iterable

from exporter.lint.choice import RuleSelection
from exporter.lint.model import Doubt, Facts, Hit, Rule
from exporter.lint.report import LintFinding, ScopeReport, in_order, merged
from exporter.model.arns import arns_of
from exporter.model.resources import Scope
from exporter.model.target_facts import NeededResource
from exporter.sources.patterns import facts_of_destination, facts_of_set
from exporter.sources.selection import Selection


def lint_all(
    scopes: Iterable[Scope],
    selection: Selection,
    choice: RuleSelection,
    read_facts: Callable[[frozenset[NeededResource]], Facts] | None = None,
) -> tuple[ScopeReport, ...]:
    """Check accounts and regions.

    The scopes have whole sets, even if only some destinations are selected. ``read_facts`` reads
    the targets in AWS; without it, the rules for targets are not run.

    Raises:
        ExporterError: if no target can be read.
    """
    scopes = tuple(scopes)
    pairs = list(zip(scopes, selected(selection, scopes), strict=True))
    facts: Facts | None = None
    if read_facts is not None:
        facts = read_facts(
            frozenset().union(*(needed_facts(scope, choice, names) for scope, names in pairs))
        )
    return tuple(lint(scope, choice, names, facts) for scope, names in pairs)


def lint(
    scope: Scope,
    choice: RuleSelection,
    selected_names: frozenset[tuple[str, str]],
    facts: Facts | None = None,
) -> ScopeReport:
    """Check one account and region.

    ``selected_names`` are the destinations to report, by set and name; ``facts`` are about the
    targets, None if they were not read.
    """
    findings: list[LintFinding] = []
    doubts: list[tuple[Rule, Doubt]] = []
    results: list[tuple[Rule, Hit | Doubt]] = [
        (rule, hit) for rule in choice.settings for hit in rule.check(scope)
    ]
    if facts is not None:
        results += [
            (rule, result) for rule in choice.targets for result in rule.check(scope, facts)
        ]
    for rule, result in results:
        destination = result.event_destination
        if (
            destination is not None
            and (result.configuration_set, destination) not in selected_names
        ):
            continue
        if isinstance(result, Hit):
            findings.append(LintFinding(rule, result))
        else:
            doubts.append((rule, result))
    return ScopeReport(
        scope.account_id,
        scope.region,
        scope.title,
        len(scope.configuration_sets),
        in_order(findings),
        merged(doubts),
    )


def needed_facts(
    scope: Scope, choice: RuleSelection, selected_names: frozenset[tuple[str, str]]
) -> frozenset[NeededResource]:
    """Return what has to be read for the rules for targets."""
    reads = {kind for rule in choice.targets for kind in rule.reads}
    needed: set[NeededResource] = set()
    for of_set, destination in scope.destinations:
        if (of_set.name, destination.name) not in selected_names:
            continue
        needed |= {
            NeededResource(kind, each.arn, scope.account_id, scope.region)
            for each in arns_of(destination)
            for kind in each.type.needs
            if kind in reads
        }
    return frozenset(needed)


def selected(selection: Selection, scopes: Iterable[Scope]) -> list[frozenset[tuple[str, str]]]:
    """Return the selected destinations of each scope, by set and name."""
    return [
        frozenset(
            (set_.name, destination.name)
            for set_, destination in scope.destinations
            if selection.takes_destination(facts_of_destination(facts_of_set(set_), destination))
        )
        for scope in scopes
    ]
