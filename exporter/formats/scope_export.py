"""From a snapshot to the files of an export, in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from exporter.formats import before_import
from exporter.formats.base import Format, Rendering, RenderInputs
from exporter.formats.fidelity import Assessment, Effect, Entry, assess
from exporter.formats.labels import Style, assign, suggested
from exporter.formats.options import ExportOptions
from exporter.formats.render_context import RenderContext, make_plan
from exporter.formats.replaced_code import Replacement
from exporter.formats.scope_facts import ScopeFacts
from exporter.model.identities import Identity, identities, identity_of
from exporter.model.read_result import Fate
from exporter.model.resources import Scope

_DEFAULT: Final = ExportOptions()
_NOTHING_KNOWN: Final = ScopeFacts()


@dataclass(frozen=True)
class ScopeExport:
    """One scope, rendered.

    Attributes:
        labels: The names in code, those of sets that are not written themselves included.
        departed: What leaves the code and may be alive.
        gone: What leaves the code because SES no longer has it.
        left_out: What was requested and the format cannot hold.
        replacement: What of other code the export takes the place of.
    """

    scope: Scope
    plan: RenderContext
    labels: Mapping[Identity, str]
    rendering: Rendering
    facts: ScopeFacts = _NOTHING_KNOWN
    imported: frozenset[Identity] = frozenset()
    departed: Mapping[Identity, Fate] = field(default_factory=dict)
    gone: tuple[Identity, ...] = ()
    left_out: tuple[Identity, ...] = ()
    replacement: Replacement | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is not carried over as it is."""
        return self.plan.entries


def export_scope(
    format_: Format,
    scope: Scope,
    options: ExportOptions = _DEFAULT,
    facts: ScopeFacts = _NOTHING_KNOWN,
) -> ScopeExport:
    """Render one scope.

    Raises:
        ExporterError: when code that it takes the place of can be replaced in part only.
    """
    assessment = _assessed(format_, scope, options, facts)
    previous, described = facts.previous, facts.described
    style = options.name_pattern.style(format_.style, assessment.scope)
    labels = assign(
        identities(assessment.scope),
        style,
        _pinned(style, options, facts),
        previous.former_labels,
    )
    plan = make_plan(
        scope,
        assessment,
        labels,
        configuration_sets=options.configuration_sets,
        keeps_empty=format_.keeps_empty,
        names_in_code={
            name: code for name, code in facts.beside.names.items() if Identity(name) in described
        },
    )
    imported = previous.imported
    if options.import_again and imported.issuperset((*plan.identities, *described)):
        imported = frozenset()
    left = previous.left_by(plan.identities, (facts.adopted or {}).values())
    departed = {who: fate for who, fate in left.items() if fate is not Fate.GONE}
    replaced = facts.beside.replaced
    replacement = replaced.by((*plan.identities, *described)) if replaced else None
    inputs = RenderInputs(
        options,
        facts,
        imported,
        _before_import(format_, plan, imported, facts),
        {who: previous.previous_addresses.get(who, ()) for who in departed},
        replacement,
    )
    rendering = format_.render(plan, inputs)
    return ScopeExport(
        scope,
        plan,
        {who: label for who, label in labels.items() if who not in rendering.keyed},
        rendering,
        facts,
        imported | rendering.imported,
        departed,
        gone=tuple(who for who, fate in left.items() if fate is Fate.GONE),
        left_out=tuple(_left_out(scope, plan, options, facts)),
        replacement=replacement,
    )


def _pinned(style: Style, options: ExportOptions, facts: ScopeFacts) -> Mapping[Identity, str]:
    """The labels that resources have already, in other code in the folder too.

    Those of code that is replaced are kept, where they are free, unless the person gives a pattern.
    """
    replaced = facts.beside.replaced
    theirs = dict(
        _theirs(who, each.address)
        for who, each in facts.described.items()
        if not each.address.startswith("module.")
    )
    pinned = {**facts.beside.labels, **theirs, **facts.previous.pinned_names}
    if replaced is None or options.name_pattern.if_not_default:
        return pinned
    former = facts.previous.former_labels
    return {**suggested(replaced.labels, style, pinned, former), **pinned}


def _theirs(who: Identity, address: str) -> tuple[Identity, str]:
    """The label in the address of what other code describes, and whose it is.

    A resource that leaves that code stays under its address in the export. One of several instances
    can't; nobody else gets the label then.
    """
    bare = address.partition("[")[0]
    label = bare.rpartition(".")[2]
    if bare == address:
        return who, label
    return Identity(address, address if who.event_destination else None), label


def _assessed(
    format_: Format, scope: Scope, options: ExportOptions, facts: ScopeFacts
) -> Assessment:
    """What the format can hold, without what SES or the region would refuse."""
    assessment = assess(
        scope,
        format_.judge,
        configuration_sets=options.configuration_sets,
        held=facts.managed_by_code,
        later=format_.later,
    )
    assessment = _without(assessment, facts.refused)
    if facts.described:
        entries = tuple(e for e in assessment.entries if e.identity not in facts.described)
        assessment = Assessment(assessment.scope, entries)
    fault = format_.scope_fault(scope.region)
    if not fault:
        return assessment
    entry = Entry(Effect.UNDEPLOYABLE, fault)
    return Assessment(assessment.scope, (entry, *assessment.entries))


def _without(assessment: Assessment, refused: Mapping[Identity, str]) -> Assessment:
    """Leave out destinations that the format can hold and SES would not create, and say why."""
    if not refused:
        return assessment
    sets = tuple(
        replace(
            found,
            event_destinations=tuple(
                each
                for each in found.event_destinations
                if Identity(found.name, each.name) not in refused
            ),
        )
        for found in assessment.scope.configuration_sets
    )
    there = {identity_of(*pair) for pair in assessment.scope.destinations}
    entries = tuple(
        Entry(
            Effect.DESTINATION,
            reason,
            configuration_set=who.configuration_set,
            event_destination=who.event_destination or "",
        )
        for who, reason in refused.items()
        if who in there
    )
    scope = replace(assessment.scope, configuration_sets=sets)
    return Assessment(scope, (*assessment.entries, *entries))


def _before_import(
    format_: Format, plan: RenderContext, imported: frozenset[Identity], facts: ScopeFacts
) -> RenderContext | None:
    """What the stacks hold once the import is done, where that is not the code itself."""
    is_adoption = facts.adopted is not None
    in_stacks = facts.previous.in_stacks
    pending = [
        who
        for who in plan.identities
        if who not in imported and not (is_adoption and who.event_destination)
    ]
    if not pending or not (in_stacks or is_adoption):
        return None
    return before_import.plan_of(plan, format_.judge, in_stacks, pending)


def _left_out(
    scope: Scope, plan: RenderContext, options: ExportOptions, facts: ScopeFacts
) -> Iterator[Identity]:
    """What was requested and is not written."""
    written = set(plan.identities)
    for each in scope.configuration_sets:
        with_set = options.configuration_sets and each.options_known
        if with_set and each.name not in facts.managed_by_code:
            requested = [identity_of(each)]
        else:
            requested = []
        requested += [identity_of(each, destination) for destination in each.event_destinations]
        yield from (who for who in requested if who not in written)
