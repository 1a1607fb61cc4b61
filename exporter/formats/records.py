"""What a manifest remembers of a scope: its resources, their values, and what left the code."""

from collections.abc import Iterator, Mapping

from msgspec import structs

from exporter.formats import values
from exporter.formats.base import FileRole, Format
from exporter.formats.manifest import Departed, LeftOut, Resource, ScopeRecord
from exporter.formats.options import ExportOptions
from exporter.formats.scope_export import ScopeExport
from exporter.model.identities import Identity
from exporter.model.resources import Scope


def bare(path: str, scope: Scope) -> ScopeRecord:
    """A record that says which account and region a folder is of."""
    return ScopeRecord(path, scope.partition, scope.region, scope.account_id)


def record(format_: Format, path: str, options: ExportOptions, done: ScopeExport) -> ScopeRecord:
    """The record of a rendered scope."""
    previous = done.facts.previous
    departed = (
        tuple(
            Departed(
                who.configuration_set,
                who.event_destination or "",
                addresses=previous.previous_addresses.get(who, ()),
            )
            for who in done.departed
        )
        if format_.can_move
        else _held_by_stacks(done)
    )
    known = dict(values.of_scope(done.scope))
    return structs.replace(
        bare(path, done.scope),
        resources=tuple(_resources(done, known)),
        departed=departed,
        left_out=tuple(
            LeftOut(who.configuration_set, who.event_destination or "", values=known[who])
            for who in done.left_out
        ),
        described=tuple(_described(done)),
        fidelity=done.entries,
        forgotten=_forgotten(done),
        adopt_suffix=options.adopt_suffix,
        templates=options.templates,
        references=options.references.mode.if_not_literal,
        is_mapped=bool(done.rendering.mapped_by),
        stack_name=options.stack_name,
        module=options.module,
    )


def _forgotten(done: ScopeExport) -> tuple[str, ...]:
    """The addresses that Terraform is told to forget beside those of the export's resources."""
    replaced = done.replacement.forgotten_here if done.replacement else ()
    return tuple(dict.fromkeys((*done.facts.previous.forgotten, *replaced)))


def _resources(done: ScopeExport, known: Mapping[Identity, values.Values]) -> list[Resource]:
    rendering, handed_out = done.rendering, _handed_out(done)
    pending = _pending_stacks(done)
    in_stacks = done.facts.previous.in_stacks
    deployed = {each.identity: each.values for each in in_stacks if each.stack in pending}
    return [
        Resource(
            configuration_set=who.configuration_set,
            event_destination=who.event_destination or "",
            address=rendering.addresses[who],
            stack=rendering.stacks.get(who.configuration_set, 0),
            import_file=handed_out.get(who, ""),
            imported=who in done.imported,
            former=rendering.former.get(who, ()),
            values=known[who],
            deployed=deployed[who] if deployed.get(who, known[who]) != known[who] else None,
        )
        for who in done.plan.identities
    ]


def _described(done: ScopeExport) -> Iterator[Resource]:
    """What a person's own code describes, and the export only imports."""
    handed_out = _handed_out(done)
    for who, each in done.facts.described.items():
        yield Resource(
            configuration_set=who.configuration_set,
            event_destination=who.event_destination or "",
            address=each.address,
            import_file=handed_out.get(who, ""),
            imported=who in done.imported,
        )


def _handed_out(done: ScopeExport) -> dict[Identity, str]:
    """The file that hands out the import of each resource."""
    return {
        who: file.path
        for file in done.rendering.files
        if file.role is FileRole.IMPORT
        for who in file.imports
    }


def _pending_stacks(done: ScopeExport) -> set[int]:
    stacks = done.rendering.stacks
    return {
        stacks.get(who.configuration_set, 0)
        for file in done.rendering.files
        if file.role is FileRole.IMPORT
        for who in file.imports
    }


def _held_by_stacks(done: ScopeExport) -> tuple[Departed, ...]:
    """What stacks hold and the code does not, while an import must leave it there."""
    pending, written = _pending_stacks(done), set(done.plan.identities)
    return tuple(
        Departed(
            each.identity.configuration_set,
            each.identity.event_destination or "",
            addresses=(each.address,),
            stack=each.stack,
            values=each.values,
        )
        for each in done.facts.previous.in_stacks
        if each.stack in pending and each.identity not in written
    )


def scope_of(record: ScopeRecord) -> Scope:
    """What was read of a scope, as its record remembers it.

    Raises:
        MalformedError: when anybody edited the values into another shape.
    """
    held: tuple[Resource | LeftOut, ...] = (*record.resources, *record.left_out)
    return values.to_scope(record.bare_scope, ((each.identity, each.values or {}) for each in held))
