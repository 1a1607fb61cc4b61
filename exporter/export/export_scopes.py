"""Collect the scopes of an export, each with its folder, names and previous export."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from exporter.export import (
    adoption,
    module_root,
    names_file,
    refusals,
    renames,
    written_already,
)
from exporter.export.export_input import ExportInput
from exporter.export.folders import Folders
from exporter.export.names_policy import NamesPolicy
from exporter.formats import manifest as manifests
from exporter.formats.base import Format
from exporter.formats.before_import import StackResource
from exporter.formats.code_beside import CodeBeside, ExportFolder
from exporter.formats.export_files import own_files
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.scope_facts import PreviousExport, ScopeFacts
from exporter.formats.stacks import NOTES_FILE
from exporter.formats.terraform.moves import Trails
from exporter.model.identities import Identity, identities, key_of
from exporter.model.read_result import Fate, ReadResult
from exporter.model.resources import Scope


@dataclass(frozen=True)
class ExportScope:
    """A scope, the folder that it is written to, and what the folder has.

    Attributes:
        path: The folder, relative to the export's.
        names: The text of the names file; None if there is none, or it doesn't apply.
        where: The names file, for messages.
        record: The entry of the folder in the previous export's manifest.
        stale: The names, in the names file, of resources that no longer exist.
    """

    path: str
    scope: Scope
    names: str | None
    where: str
    record: ScopeRecord | None = None
    facts: ScopeFacts = field(default_factory=ScopeFacts)
    stale: Mapping[Identity, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """The prefix of the paths of its files."""
        return "" if self.path == HERE else f"{self.path}/"

    @property
    def is_same(self) -> bool:
        """Whether the folder had the same account and region before."""
        return self.record is not None and self.record.key == key_of(self.scope)


def collect(
    format_: Format, given: ExportInput, folders: Folders, names: NamesPolicy
) -> list[ExportScope]:
    """Return the scopes of an export, with what is known about them.

    Raises:
        ExporterError: if a names file can't be read or is invalid.
    """
    # --force replaces an export of another format completely; its names don't apply here.
    is_other = given.manifest is not None and given.manifest.format != format_.name
    previous = None if is_other else given.manifest
    scopes = list(folders.scopes)
    if format_.can_move and not is_other:
        # --force replaces another account's export: its resources leave the code in the usual way.
        used = {path for path, _ in scopes}
        scopes += [
            (record.path, record.bare_scope)
            for record in folders.abandoned
            if record.path not in used
        ]
    previous_addresses = renames.moves(given.out_dir, format_, previous)
    builder = _ScopeBuilder(format_, given, previous, names)
    return [builder.build(path, scope, previous_addresses.get(path, {})) for path, scope in scopes]


@dataclass(frozen=True)
class _ScopeBuilder:
    """Builds each ``ExportScope``.

    Attributes:
        previous: The manifest, if it is one of this format.
    """

    format_: Format
    given: ExportInput
    previous: Manifest | None
    names: NamesPolicy

    def build(self, path: str, read: Scope, previous_addresses: Trails) -> ExportScope:
        record = self.previous.record_of(path, read) if self.previous else None
        is_replaced = self.previous is None and self.given.manifest is not None
        with_names = not is_replaced or self.names.options.names_file is not None
        beside = self._beside(path, read, record)
        described = written_already.of(self.format_, beside, read)
        scope = ExportScope(
            path,
            written_already.rest(read, described),
            self.names.read(record.path if record else path) if with_names else None,
            str(self.names.path_for(path)),
            record,
            ScopeFacts(
                managed_by_code=self.given.managed_by_code.get(key_of(read), {}),
                folder=path,
                beside=beside,
                described=described,
                module_root=module_root.relative_path(self.given.out_dir, self.names.options.root),
                root=HERE if path == HERE else "/".join(".." for _ in path.split("/")),
            ),
        )
        if self.names.options.adopt_suffix:
            scope = _adopting(scope, self.names.options.adopt_suffix)
        return self._with_previous(scope, previous_addresses)

    def _beside(self, path: str, scope: Scope, record: ScopeRecord | None) -> CodeBeside:
        """Return what a person's own code in the folder describes."""
        own = own_files(self.previous, record) if self.previous and record else ()
        options = self.names.options
        folder = ExportFolder(
            self.given.out_dir / path,
            frozenset(own),
            scope,
            inputs=self.given.inputs,
            replaces=self.given.replaces,
            is_fragment=options.is_fragment,
            module=options.module,
            root=options.root,
        )
        beside = self.format_.beside(folder)
        if beside.replaced is None:
            return beside
        live = frozenset(identities(scope))

        def is_gone(identity: Identity) -> bool:
            return identity not in live and self.names.was_looked_for(scope, identity)

        return replace(beside, replaced=replace(beside.replaced, is_gone=is_gone))

    def _with_previous(self, scope: ExportScope, previous_addresses: Trails) -> ExportScope:
        """Add the names of the names file, and what the previous export decided."""
        pinned: Mapping[Identity, str] = {}
        stale: Mapping[Identity, str] = {}
        if scope.names is not None:
            is_known = self.given.manifest is not None or self.names.options.names_file is not None
            load = names_file.load if is_known else names_file.load_unconfirmed
            pinned = load(scope.names, scope.where, self.format_.style)
            others = (*(scope.facts.adopted or {}).values(), *scope.facts.described)
            stale = self.names.stale(pinned, scope.scope, others)
            if self.names.options.prune_names:
                pinned = {name: label for name, label in pinned.items() if name not in stale}
        previous = self._previous_export(scope, previous_addresses)
        previous = replace(previous, pinned_names=pinned)
        return replace(scope, facts=replace(scope.facts, previous=previous), stale=stale)

    def _previous_export(self, scope: ExportScope, previous_addresses: Trails) -> PreviousExport:
        """Return what the previous export decided for a scope, except its names."""
        record, out_dir = scope.record, self.given.out_dir
        if record is None:
            return PreviousExport()
        departed = record.departed if self.format_.can_move else ()
        resources = {resource.identity for resource in (*record.resources, *departed)}
        if self.format_.can_move:
            # A resource without addresses left the code, and the person has applied that.
            resources &= previous_addresses.keys()
        is_stacked = scope.is_same and not self.format_.can_move
        in_stacks = tuple(_in_stacks(out_dir, record)) if is_stacked else ()
        is_adoption = scope.facts.adopted is not None
        # Another root module has another state, which has imported nothing yet.
        is_same_state = scope.is_same and record.module == self.names.options.module
        imported = _imported(out_dir, record, is_adoption) if is_same_state else frozenset()
        imported -= written_already.elsewhere(record, scope.facts.described)
        fate = _fates(record, self.given.reading)
        return PreviousExport(
            stacks=_stacks(record),
            imported=imported.union(resource.identity for resource in in_stacks),
            previous_addresses=previous_addresses,
            fates={identity: fate(identity) for identity in resources},
            in_stacks=in_stacks,
            forgotten=renames.forgotten(out_dir, self.previous, record),
        )


def _adopting(scope: ExportScope, suffix: str) -> ExportScope:
    """Return the scope with its destinations under their new names."""
    facts = replace(
        scope.facts,
        adopted=adoption.successors(scope.scope, suffix),
        refused=adoption.refused(scope.scope, suffix),
    )
    return replace(scope, scope=adoption.adopt(scope.scope, suffix), facts=facts)


def _fates(record: ScopeRecord, reading: ReadResult) -> Callable[[Identity], Fate]:
    """Return a function that gives the fate of a resource of the record.

    What left the code earlier stays UNKNOWN, so that its ``removed`` block stays until a person has
    applied it: it does no harm, and the listing may be that of another account.
    """
    departed = {resource.identity for resource in record.departed}
    evidence = reading.evidence.get(record.key)
    is_suspect = reading.is_empty or (
        evidence is not None and refusals.proves_nothing(record, evidence)
    )

    def fate(identity: Identity) -> Fate:
        if evidence is None or is_suspect or identity in departed:
            return Fate.UNKNOWN
        return evidence.fate(identity)

    return fate


def _in_stacks(out_dir: Path, record: ScopeRecord) -> Iterator[StackResource]:
    """Yield what the stacks of an export contain.

    While an import is pending, a stack has its resources as of the last deployment. Otherwise
    assume that it was updated to the code.
    """
    done = manifests.imports_done(out_dir, record)
    pending = {
        resource.stack
        for resource in record.resources
        if resource.import_file and resource.identity not in done
    }
    for resource in record.resources:
        is_old = resource.stack in pending and resource.deployed
        values = resource.deployed if is_old else resource.values
        if values is not None and resource.identity in done:
            yield StackResource(resource.identity, resource.address, resource.stack, values)
    for gone in record.departed:
        if gone.values is not None and gone.stack in pending and gone.addresses:
            yield StackResource(gone.identity, gone.addresses[-1], gone.stack, gone.values)


def as_recorded(scope: ExportScope, record: ScopeRecord) -> ScopeFacts:
    """Return what the previous export knew about a scope, as far as its files tell.

    With it, the previous export's files can be rendered again.
    """
    previous = PreviousExport(
        pinned_names=scope.facts.previous.pinned_names,
        stacks=_stacks(record),
        imported=frozenset(r.identity for r in record.resources if r.imported),
        previous_addresses={
            **{r.identity: r.addresses for r in record.departed},
            **{r.identity: (*r.former, r.address) for r in record.resources},
        },
        fates={r.identity: Fate.UNKNOWN for r in record.departed},
        forgotten=scope.facts.previous.forgotten,
    )
    return replace(scope.facts, previous=previous)


def _stacks(record: ScopeRecord) -> dict[str, int]:
    return {r.configuration_set: r.stack for r in record.resources if r.stack}


def _imported(out_dir: Path, record: ScopeRecord, is_adoption: bool) -> frozenset[Identity]:
    """Return what needs no import: it is imported, or the stack creates it."""
    return manifests.imports_done(out_dir, record).union(
        resource.identity
        for resource in record.resources
        if not is_adoption and resource.import_file == NOTES_FILE
    )
