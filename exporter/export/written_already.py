"""Resources that a person's own code in the folder describes: they are imported, not written."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from exporter.diff.compare import compare
from exporter.diff.model import Changed
from exporter.diff.side import Side, of_loaded, of_scope
from exporter.formats.base import Format
from exporter.formats.code_beside import CodeBeside
from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.filters import is_hcl_address
from exporter.formats.manifest import ScopeRecord
from exporter.formats.scope_export import ScopeExport
from exporter.formats.scope_facts import DescribedResource
from exporter.model.identities import Identity, identities, rest_of
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError
from exporter.support.text import count, listed, shortened

Described = Mapping[Identity, DescribedResource]
"""The resources, of those read, that the code describes."""

_SHOWN = 10


def of(format_: Format, beside: CodeBeside, scope: Scope) -> Described:
    """Return the resources of a scope that the code describes, with where they differ from SES."""
    live = frozenset(identities(scope))
    resources = [resource for resource in beside.resources if resource.identity in live]
    if not resources:
        return {}
    loaded = Loaded(tuple(resources), account_id=scope.account_id, region=scope.region)
    is_open = format_.read_back.leaves_open
    code = Side("code", (of_loaded(loaded),), format_.judge, is_open=is_open)
    difference = compare(code, Side("SES", (of_scope(scope),)), unmanaged=False)
    changed = {
        change.resource: tuple(value.path for value in change.values)
        for compared in difference.scopes
        for change in compared.changes
        if isinstance(change, Changed)
    }
    return {
        r.identity: DescribedResource(r.address, r.where, changed.get(r.identity, ()))
        for r in resources
    }


def rest(scope: Scope, described: Described) -> Scope:
    """Return the part of a scope that the code doesn't describe.

    A described set stays if it has other destinations, without its options.
    """
    if not described:
        return scope
    sets = (rest_of(each, described) for each in scope.configuration_sets)
    rest_of_sets = tuple(each for each in sets if each is not None)
    return structs.replace(scope, configuration_sets=rest_of_sets)


def elsewhere(record: ScopeRecord, described: Described) -> frozenset[Identity]:
    """Return what the previous export imported to an address that the code no longer has."""
    addresses = {identity: resource.address for identity, resource in described.items()}
    moved = {
        r.identity
        for r in record.described
        # What is no longer described moves from there to an address of the export.
        if addresses.get(r.identity, r.address) != r.address or not is_hcl_address(r.address)
    }
    taken_over = {
        r.identity
        for r in record.resources
        # State may have it at a former address, which Terraform is told to forget.
        if r.identity in addresses and (addresses[r.identity] != r.address or r.former)
    }
    return frozenset(moved | taken_over)


# Notes, warnings and refusals
# ---------------------------------------------------------------------


def notes(exports: Iterable[ScopeExport]) -> Iterator[str]:
    """Yield notes on resources that are only imported."""
    for result in exports:
        described = result.facts.described.items()
        resources = [
            resource for identity, resource in described if identity not in result.imported
        ]
        if resources:
            shown = listed((f"{each.where} {each.address}" for each in resources), _SHOWN)
            them = "it" if len(resources) == 1 else "them"
            yield (
                f"{result.facts.beside.folder}: your code already describes "
                f"{count(len(resources), 'resource')}, so the export only imports {them}: {shown}"
            )


def warnings(exports: Iterable[ScopeExport]) -> Iterator[str]:
    """Yield warnings about code that differs from SES, or may describe some of the resources."""
    for result in exports:
        folder = result.facts.beside.folder
        described = result.facts.described
        changed = {identity: each for identity, each in described.items() if each.differs}
        if changed:
            shown = (
                f"{each.where} {identity}: {', '.join(shortened(each.differs, 5))}"
                for identity, each in changed.items()
            )
            yield (
                f"{folder}: your code differs from SES, so the plan will change SES: "
                f"{'; '.join(shortened(shown, _SHOWN))}; to see the values, run 'ses2iac diff "
                f"{folder} live'"
            )
        unknown = list(_doubts(result))
        if unknown:
            yield (
                f"{folder}: your code may already describe some of these resources, but ses2iac "
                f"can't tell which: {'; '.join(shortened(unknown, _SHOWN))}"
            )


def doubts(exports: Iterable[ScopeExport]) -> list[str]:
    """Return where the code may describe resources that are written, but can't be evaluated."""
    return [doubt for result in exports for doubt in _doubts(result)]


def _doubts(result: ScopeExport) -> Iterator[str]:
    if result.replacement is not None and result.replacement.is_own:
        # The warning about --replaces names it.
        return
    written = result.plan.identities
    for unresolved in result.facts.beside.unresolved:
        if any(unresolved.reach.holds(identity) for identity in written):
            yield unresolved.said


def refuse_outside(result: ScopeExport) -> None:
    """Refuse to write, into a module, resources that the calling root module describes.

    Raises:
        ExporterError: with the resources, which a plan would create again.
    """
    written = frozenset(result.plan.identities)
    repeated = [each for each in result.facts.beside.outside if each.identity in written]
    if repeated:
        raise ExporterError(
            "the root describes these outside of the module, which would manage them too:",
            where=str(result.facts.beside.folder),
            items=_lines(repeated),
            hint="--exclude leaves them where they are; without --module, an export into the root "
            "imports them there",
        )


def refuse_older(result: ScopeExport) -> None:
    """Refuse to write what the code manages with SES API v1 resources, unless it is replaced.

    Raises:
        ExporterError: with the resources, which both would manage.
    """
    if result.replacement is not None and result.replacement.is_own:
        return
    written = frozenset(result.plan.identities)
    repeated = [each for each in result.facts.beside.older if each.identity in written]
    if repeated:
        folder = result.facts.beside.folder
        raise ExporterError(
            "your code already manages these with SES API v1 resources:",
            where=str(folder),
            items=_lines(repeated),
            hint=f"move them to v2 with --replaces {folder}, which changes nothing in SES, or "
            "leave them out with --exclude",
        )


def _lines(resources: Iterable[CodeResource]) -> list[str]:
    return shortened(f"{each.where}: {each.address} is {each.identity}" for each in resources)
