"""What a person's own code in the folder describes already: it is imported, and not written."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from exporter.diff.compare import compare
from exporter.diff.model import Changed
from exporter.diff.side import Side, of_loaded, of_scope
from exporter.formats.base import Format
from exporter.formats.code_beside import CodeBeside
from exporter.formats.code_resource import Loaded
from exporter.formats.manifest import ScopeRecord
from exporter.formats.scope_export import ScopeExport
from exporter.formats.scope_facts import DescribedResource
from exporter.model.identities import Identity, identities
from exporter.model.resources import ConfigurationSet, Scope
from exporter.support.errors import ExporterError
from exporter.support.text import count, listed, shortened

Described = Mapping[Identity, DescribedResource]
"""What the code describes of what was read."""

_SHOWN = 10


def of(format_: Format, beside: CodeBeside, scope: Scope) -> Described:
    """What the code in a folder describes of a scope, and what of it is live otherwise."""
    there = frozenset(identities(scope))
    found = [each for each in beside.resources if each.identity in there]
    if not found:
        return {}
    loaded = Loaded(tuple(found), account_id=scope.account_id, region=scope.region)
    is_open = format_.read_back.leaves_open
    code = Side("code", (of_loaded(loaded),), format_.judge, is_open=is_open)
    difference = compare(code, Side("SES", (of_scope(scope),)), unmanaged=False)
    changed = {
        change.resource: tuple(value.path for value in change.values)
        for each in difference.scopes
        for change in each.changes
        if isinstance(change, Changed)
    }
    return {
        each.identity: DescribedResource(each.address, each.where, changed.get(each.identity, ()))
        for each in found
    }


def rest(scope: Scope, described: Described) -> Scope:
    """What of a scope the code does not describe.

    A set that it describes is there for the sake of the other destinations, as if its options were
    not read.
    """
    if not described:
        return scope
    sets = (_rest(each, described) for each in scope.configuration_sets)
    return structs.replace(scope, configuration_sets=tuple(e for e in sets if e is not None))


def _rest(found: ConfigurationSet, described: Described) -> ConfigurationSet | None:
    left = tuple(
        each
        for each in found.event_destinations
        if Identity(found.name, each.name) not in described
    )
    if Identity(found.name) not in described:
        return structs.replace(found, event_destinations=left)
    if not left:
        return None
    return ConfigurationSet(found.name, options_known=False, event_destinations=left)


def elsewhere(record: ScopeRecord, described: Described) -> frozenset[Identity]:
    """What the previous export imported to an address at which no code has it now."""
    there = {who: each.address for who, each in described.items()}
    moved = {of.identity for of in record.described if there.get(of.identity) != of.address}
    return frozenset(moved | {of.identity for of in record.resources if of.identity in there})


# What to say
# --------------------------------------------------------------------------------------


def notes(exports: Iterable[ScopeExport]) -> Iterator[str]:
    """What becomes of it."""
    for done in exports:
        found = {w: e for w, e in done.facts.described.items() if w not in done.imported}
        if found:
            shown = listed((f"{each.where} {each.address}" for each in found.values()), _SHOWN)
            yield (
                f"{done.facts.beside.folder}: your code describes {count(len(found), 'resource')} "
                f"of these, which get an import and no second block: {shown}"
            )


def warnings(exports: Iterable[ScopeExport]) -> Iterator[str]:
    """What of the code the next plan changes in SES, and what may be some of it."""
    for done in exports:
        folder = done.facts.beside.folder
        changed = {who: each for who, each in done.facts.described.items() if each.differs}
        if changed:
            shown = (
                f"{each.where} {who}: {', '.join(shortened(each.differs, 5))}"
                for who, each in changed.items()
            )
            yield (
                f"{folder}: your code differs from SES, and the plan changes SES: "
                f"{'; '.join(shortened(shown, _SHOWN))}; 'ses2iac diff {folder} live' shows the "
                "values"
            )
        doubts = list(_doubts(done))
        if doubts:
            yield (
                f"{folder}: your code may describe some of what is written, and it cannot be told "
                f"which: {'; '.join(shortened(doubts, _SHOWN))}"
            )


def _doubts(done: ScopeExport) -> Iterator[str]:
    if done.replacement is not None and done.replacement.is_own:
        # It was said of the code as a whole.
        return
    written = done.plan.identities
    for each in done.facts.beside.unresolved:
        if any(each.reach.holds(who) for who in written):
            yield each.line


def refuse_older(done: ScopeExport) -> None:
    """Refuse to write what the code manages under a type that the export replaces only if asked.

    Raises:
        ExporterError: naming each: both would manage the same resource.
    """
    if done.replacement is not None and done.replacement.is_own:
        return
    written = frozenset(done.plan.identities)
    found = [each for each in done.facts.beside.older if each.identity in written]
    if found:
        folder = done.facts.beside.folder
        raise ExporterError(
            "your code manages these by the SES API v1, and the export would manage them too:",
            where=str(folder),
            items=shortened(f"{each.where}: {each.address} is {each.identity}" for each in found),
            hint=f"--replaces {folder} moves them to v2 without touching SES, --exclude leaves "
            "them as they are",
        )
