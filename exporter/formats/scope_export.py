"""Export one scope: from what was read to the files of its code, in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from exporter.formats import before_import
from exporter.formats.base import Format, Rendering, RenderInputs
from exporter.formats.fidelity import Assessment, Effect, Entry, assess
from exporter.formats.labels import Style, assign, suggested
from exporter.formats.options import ExportOptions
from exporter.formats.render_context import RenderContext, make_render_context
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
        labels: The names in code, including those of sets that aren't written themselves.
        departed: Resources that leave the code but may still exist.
        gone: Resources that leave the code because SES no longer has them.
        left_out: Resources that were requested and that the format can't express.
        replacement: The blocks of other code that the export replaces.
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
        """Everything that the code doesn't express exactly."""
        return self.plan.entries


def export_scope(
    format_: Format,
    scope: Scope,
    options: ExportOptions = _DEFAULT,
    facts: ScopeFacts = _NOTHING_KNOWN,
) -> ScopeExport:
    """Render one scope.

    Args:
        format_: The output format.
        scope: What was read.
        options: The options of the export.
        facts: What the export knows of the scope besides.

    Raises:
        ExporterError: if a block of the code to replace can be replaced only in part.
    """
    assessment = _assessed(format_, scope, options, facts)
    style = options.name_pattern.style(format_.style, assessment.scope)
    labels = assign(
        identities(assessment.scope),
        style,
        _pinned(style, options, facts),
        facts.previous.former_labels,
    )
    plan = make_render_context(
        scope,
        assessment,
        labels,
        configuration_sets=options.configuration_sets,
        keeps_empty=format_.keeps_empty,
        names_in_code={
            name: code
            for name, code in facts.beside.names.items()
            if Identity(name) in facts.described
        },
    )
    leaving = facts.previous.left_by(plan.identities, (facts.adopted or {}).values())
    old_addresses = {identity: _old_addresses(identity, facts) for identity in leaving}
    departed = {
        identity: fate
        for identity, fate in leaving.items()
        if fate is not Fate.GONE and (old_addresses[identity] or identity not in facts.described)
    }
    inputs = _inputs(format_, plan, options, facts, {who: old_addresses[who] for who in departed})
    rendering = format_.render(plan, inputs)
    return ScopeExport(
        scope,
        plan,
        labels={name: label for name, label in labels.items() if name not in rendering.keyed},
        rendering=rendering,
        facts=facts,
        imported=inputs.imported | rendering.imported,
        departed=departed,
        gone=tuple(identity for identity, fate in leaving.items() if fate is Fate.GONE),
        left_out=tuple(_left_out(scope, plan, options, facts)),
        replacement=inputs.replacement,
    )


def _inputs(
    format_: Format,
    plan: RenderContext,
    options: ExportOptions,
    facts: ScopeFacts,
    departed: Mapping[Identity, tuple[str, ...]],
) -> RenderInputs:
    """Return what the format needs to render the plan."""
    previous, described = facts.previous, facts.described
    imported = previous.imported
    if options.import_again and imported.issuperset((*plan.identities, *described)):
        imported = frozenset()
    replaced = facts.beside.replaced
    return RenderInputs(
        options,
        facts,
        imported=imported,
        before=_before_import(format_, plan, imported, facts),
        departed=departed,
        replacement=replaced.by((*plan.identities, *described)) if replaced else None,
    )


def _old_addresses(identity: Identity, facts: ScopeFacts) -> tuple[str, ...]:
    """Return the addresses at which state may have a resource that leaves the code.

    If a person's own code took it over under one of them, it stays there.
    """
    addresses = facts.previous.previous_addresses.get(identity, ())
    described = facts.described.get(identity)
    if described is None:
        return addresses
    return tuple(address for address in addresses if address != described.address)


def _pinned(style: Style, options: ExportOptions, facts: ScopeFacts) -> Mapping[Identity, str]:
    """Return the labels that resources already have, including in other code in the folder.

    Labels of code that is replaced are kept if they are free, unless the person gave a pattern.
    """
    replaced = facts.beside.replaced
    in_other_code = dict(
        _label_in_other_code(identity, resource.address)
        for identity, resource in facts.described.items()
        if not resource.address.startswith("module.")
    )
    pinned = {**facts.beside.labels, **in_other_code, **facts.previous.pinned_names}
    if replaced is None or options.name_pattern.if_not_default:
        return pinned
    former = facts.previous.former_labels
    return {**suggested(replaced.labels, style, pinned, former), **pinned}


def _label_in_other_code(identity: Identity, address: str) -> tuple[Identity, str]:
    """Return the label in the address of a resource in other code, and who keeps it.

    A resource that leaves that code keeps its address in the export. An instance of several can't,
    so its label goes to a made-up identity and no other resource gets it.
    """
    bare = address.partition("[")[0]
    label = bare.rpartition(".")[2]
    if bare == address:
        return identity, label
    return Identity(address, address if identity.event_destination else None), label


def _assessed(
    format_: Format, scope: Scope, options: ExportOptions, facts: ScopeFacts
) -> Assessment:
    """Return what the format can express, without destinations that SES would refuse."""
    assessment = assess(
        scope,
        format_.judge,
        configuration_sets=options.configuration_sets,
        managed_by_code=facts.managed_by_code,
        later=format_.later,
    )
    assessment = _without(assessment, facts.refused)
    if facts.described:
        entries = tuple(
            entry for entry in assessment.entries if entry.identity not in facts.described
        )
        assessment = Assessment(assessment.scope, entries)
    fault = format_.scope_fault(scope.region)
    if not fault:
        return assessment
    entry = Entry(Effect.UNDEPLOYABLE, fault)
    return Assessment(assessment.scope, (entry, *assessment.entries))


def _without(assessment: Assessment, refused: Mapping[Identity, str]) -> Assessment:
    """Leave out destinations that SES would not create, with an entry that says why."""
    if not refused:
        return assessment
    sets = tuple(
        replace(
            configuration_set,
            event_destinations=tuple(
                destination
                for destination in configuration_set.event_destinations
                if Identity(configuration_set.name, destination.name) not in refused
            ),
        )
        for configuration_set in assessment.scope.configuration_sets
    )
    present = {identity_of(*pair) for pair in assessment.scope.destinations}
    entries = tuple(
        Entry(
            Effect.DESTINATION,
            reason,
            configuration_set=identity.configuration_set,
            event_destination=identity.event_destination or "",
        )
        for identity, reason in refused.items()
        if identity in present
    )
    scope = replace(assessment.scope, configuration_sets=sets)
    return Assessment(scope, (*assessment.entries, *entries))


def _before_import(
    format_: Format, plan: RenderContext, imported: frozenset[Identity], facts: ScopeFacts
) -> RenderContext | None:
    """Return what the stacks contain right after the import; None if that is the code itself."""
    is_adoption = facts.adopted is not None
    in_stacks = facts.previous.in_stacks
    pending = [
        identity
        for identity in plan.identities
        if identity not in imported and not (is_adoption and identity.event_destination)
    ]
    if not pending or not (in_stacks or is_adoption):
        return None
    return before_import.stacks_after_import(plan, format_.judge, in_stacks, pending)


def _left_out(
    scope: Scope, plan: RenderContext, options: ExportOptions, facts: ScopeFacts
) -> Iterator[Identity]:
    """Yield the resources that were requested and aren't written."""
    written = set(plan.identities)
    for configuration_set in scope.configuration_sets:
        with_set = options.configuration_sets and configuration_set.options_known
        if with_set and configuration_set.name not in facts.managed_by_code:
            requested = [identity_of(configuration_set)]
        else:
            requested = []
        requested += [
            identity_of(configuration_set, destination)
            for destination in configuration_set.event_destinations
        ]
        yield from (identity for identity in requested if identity not in written)
