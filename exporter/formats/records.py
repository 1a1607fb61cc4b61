"""The manifest's record of a scope: its resources, their values, and what left the code."""

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
    """Return the record of a folder with only its account and region."""
    return ScopeRecord(path, scope.partition, scope.region, scope.account_id)


def record(format_: Format, path: str, options: ExportOptions, done: ScopeExport) -> ScopeRecord:
    """Return the record of a rendered scope."""
    previous = done.facts.previous
    departed = (
        tuple(
            Departed(
                identity.configuration_set,
                identity.event_destination or "",
                addresses=previous.previous_addresses.get(identity, ()),
            )
            for identity in done.departed
        )
        if format_.can_move
        else _only_in_stacks(done)
    )
    live = dict(values.of_scope(done.scope))
    return structs.replace(
        bare(path, done.scope),
        resources=tuple(_resources(done, live)),
        departed=departed,
        left_out=tuple(
            LeftOut(
                identity.configuration_set, identity.event_destination or "", values=live[identity]
            )
            for identity in done.left_out
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
    """Return the addresses that state has to forget, besides those of the export's resources."""
    replaced = done.replacement.forgotten_here if done.replacement else ()
    return tuple(dict.fromkeys((*done.facts.previous.forgotten, *replaced)))


def _resources(done: ScopeExport, live: Mapping[Identity, values.Values]) -> list[Resource]:
    rendering, import_files = done.rendering, _import_files(done)
    pending = _pending_stacks(done)
    deployed = {
        resource.identity: resource.values
        for resource in done.facts.previous.in_stacks
        if resource.stack in pending
    }
    return [
        Resource(
            configuration_set=identity.configuration_set,
            event_destination=identity.event_destination or "",
            address=rendering.addresses[identity],
            stack=rendering.stacks.get(identity.configuration_set, 0),
            import_file=import_files.get(identity, ""),
            imported=identity in done.imported,
            former=rendering.former.get(identity, ()),
            values=live[identity],
            deployed=(
                deployed[identity]
                if deployed.get(identity, live[identity]) != live[identity]
                else None
            ),
        )
        for identity in done.plan.identities
    ]


def _described(done: ScopeExport) -> Iterator[Resource]:
    """Yield the resources that a person's own code describes, and the export only imports."""
    import_files = _import_files(done)
    for identity, resource in done.facts.described.items():
        yield Resource(
            configuration_set=identity.configuration_set,
            event_destination=identity.event_destination or "",
            address=resource.address,
            import_file=import_files.get(identity, ""),
            imported=identity in done.imported,
        )


def _import_files(done: ScopeExport) -> dict[Identity, str]:
    """Return the file that imports each resource."""
    return {
        identity: file.path
        for file in done.rendering.files
        if file.role is FileRole.IMPORT
        for identity in file.imports
    }


def _pending_stacks(done: ScopeExport) -> set[int]:
    """Return the numbers of the stacks that are to import resources."""
    stacks = done.rendering.stacks
    return {
        stacks.get(identity.configuration_set, 0)
        for file in done.rendering.files
        if file.role is FileRole.IMPORT
        for identity in file.imports
    }


def _only_in_stacks(done: ScopeExport) -> tuple[Departed, ...]:
    """Return what stacks still contain and the code doesn't: an import can't remove it."""
    pending, written = _pending_stacks(done), set(done.plan.identities)
    return tuple(
        Departed(
            resource.identity.configuration_set,
            resource.identity.event_destination or "",
            addresses=(resource.address,),
            stack=resource.stack,
            values=resource.values,
        )
        for resource in done.facts.previous.in_stacks
        if resource.stack in pending and resource.identity not in written
    )


def scope_of(record: ScopeRecord) -> Scope:
    """Return what was read of a scope, from its record.

    Raises:
        MalformedError: if somebody edited the values into another shape.
    """
    resources: tuple[Resource | LeftOut, ...] = (*record.resources, *record.left_out)
    return values.to_scope(
        record.bare_scope, ((resource.identity, resource.values or {}) for resource in resources)
    )
