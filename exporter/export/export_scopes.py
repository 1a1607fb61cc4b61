"""The scopes of an export, each with its folder and what is known of it."""

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
    """A scope, the folder that it goes to, and what stands there.

    Attributes:
        path: The folder below the export's.
        names: The names file's text; None when there is none that counts.
        where: The names file, for messages.
        record: What the previous export in that folder says of itself.
        stale: The names in the names file of what is not there any more.
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
        """What stands before the paths of its files."""
        return "" if self.path == HERE else f"{self.path}/"

    @property
    def is_same(self) -> bool:
        """Whether the folder held the same account and region before."""
        return self.record is not None and self.record.place == key_of(self.scope)


def gathered(
    format_: Format, given: ExportInput, folders: Folders, names: NamesPolicy
) -> list[ExportScope]:
    """The scopes of an export, with all that is known of them.

    Raises:
        ExporterError: when a names file cannot be read or is wrong.
    """
    # All of another format's export is replaced by force; its names mean nothing in this one.
    is_other = given.manifest is not None and given.manifest.format != format_.name
    previous = None if is_other else given.manifest
    scopes = list(folders.scopes)
    if format_.can_move and not is_other:
        # What another account is forced in place of leaves the code as anything does.
        used = {path for path, _ in scopes}
        scopes += [(r.path, r.bare_scope) for r in folders.abandoned if r.path not in used]
    previous_addresses = renames.moves(given.out_dir, format_, previous)
    gathering = _Gathering(format_, given, previous, names)
    return [
        gathering.scope(path, scope, previous_addresses.get(path, {})) for path, scope in scopes
    ]


@dataclass(frozen=True)
class _Gathering:
    """Gathers what is known of each scope.

    Attributes:
        previous: The manifest, where it is one of this format.
    """

    format_: Format
    given: ExportInput
    previous: Manifest | None
    names: NamesPolicy

    def scope(self, path: str, read: Scope, previous_addresses: Trails) -> ExportScope:
        """One scope, from what was read of it and where its resources stood."""
        record = self.previous.record_of(path, read) if self.previous else None
        is_replaced = self.previous is None and self.given.manifest is not None
        with_names = not is_replaced or self.names.options.names_file is not None
        beside = self._beside(path, read, record)
        described = written_already.of(self.format_, beside, read)
        each = ExportScope(
            path,
            written_already.rest(read, described),
            self.names.read(record.path if record else path) if with_names else None,
            str(self.names.place(path)),
            record,
            ScopeFacts(
                managed_by_code=self.given.managed_by_code.get(key_of(read), {}),
                folder=path,
                beside=beside,
                described=described,
                module_root=module_root.way(self.given.out_dir, self.names.options.root),
                root=HERE if path == HERE else "/".join(".." for _ in path.split("/")),
            ),
        )
        if self.names.options.adopt_suffix:
            each = _adopting(each, self.names.options.adopt_suffix)
        return self._with_previous(each, previous_addresses)

    def _beside(self, path: str, scope: Scope, record: ScopeRecord | None) -> CodeBeside:
        """What other people's code in a scope's folder says."""
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
        found = self.format_.beside(folder)
        if found.replaced is None:
            return found
        there = frozenset(identities(scope))

        def is_gone(who: Identity) -> bool:
            return who not in there and self.names.was_looked_for(scope, who)

        return replace(found, replaced=replace(found.replaced, is_gone=is_gone))

    def _with_previous(self, each: ExportScope, previous_addresses: Trails) -> ExportScope:
        """The same with what the previous export decided, and the names that its file gives."""
        pinned: Mapping[Identity, str] = {}
        stale: Mapping[Identity, str] = {}
        if each.names is not None:
            is_known = self.given.manifest is not None or self.names.options.names_file is not None
            load = names_file.load if is_known else names_file.load_found
            pinned = load(each.names, each.where, self.format_.style)
            others = (*(each.facts.adopted or {}).values(), *each.facts.described)
            stale = self.names.stale(pinned, each.scope, others)
            if self.names.options.prune_names:
                pinned = {who: label for who, label in pinned.items() if who not in stale}
        previous = self._previous_export(each, previous_addresses)
        previous = replace(previous, pinned_names=pinned)
        return replace(each, facts=replace(each.facts, previous=previous), stale=stale)

    def _previous_export(self, each: ExportScope, previous_addresses: Trails) -> PreviousExport:
        """What the previous export decided for a scope, but for names."""
        record, out_dir = each.record, self.given.out_dir
        if record is None:
            return PreviousExport()
        departed = record.departed if self.format_.can_move else ()
        resources = {of.identity for of in (*record.resources, *departed)}
        if self.format_.can_move:
            # Of what left the code, that is forgotten which a person applied.
            resources &= previous_addresses.keys()
        is_stacked = each.is_same and not self.format_.can_move
        in_stacks = tuple(_in_stacks(out_dir, record)) if is_stacked else ()
        is_adoption = each.facts.adopted is not None
        # In the state of another root, nothing is imported yet.
        is_there = each.is_same and record.module == self.names.options.module
        imported = _imported(out_dir, record, is_adoption) if is_there else frozenset()
        imported -= written_already.elsewhere(record, each.facts.described)
        fate = _fates(record, self.given.reading)
        return PreviousExport(
            stacks=_stacks(record),
            imported=imported.union(of.identity for of in in_stacks),
            previous_addresses=previous_addresses,
            fates={who: fate(who) for who in resources},
            in_stacks=in_stacks,
            forgotten=renames.forgotten(out_dir, self.previous, record),
        )


def _adopting(each: ExportScope, suffix: str) -> ExportScope:
    """The same scope with its destinations under their new names."""
    facts = replace(
        each.facts,
        adopted=adoption.successors(each.scope, suffix),
        refused=adoption.refused(each.scope, suffix),
    )
    return replace(each, scope=adoption.adopt(each.scope, suffix), facts=facts)


def _fates(record: ScopeRecord, reading: ReadResult) -> Callable[[Identity], Fate]:
    """What became of the resources of a record.

    What left the code stays to be forgotten until a person has applied it: it costs nothing, and a
    listing may be another account's.
    """
    left = {each.identity for each in record.departed}
    evidence = reading.evidence.get(record.place)
    # What may be another account's listing proves nothing.
    is_suspect = reading.is_empty or (
        evidence is not None and refusals.proves_nothing(record, evidence)
    )

    def fate(who: Identity) -> Fate:
        if evidence is None or is_suspect or who in left:
            return Fate.UNKNOWN
        return evidence.fate(who)

    return fate


def _in_stacks(out_dir: Path, record: ScopeRecord) -> Iterator[StackResource]:
    """What the stacks of an export hold.

    While an import is pending, a stack has what it had before; after that it is taken to have been
    updated to the code.
    """
    done = manifests.imports_done(out_dir, record)
    pending = {
        each.stack for each in record.resources if each.import_file and each.identity not in done
    }
    for each in record.resources:
        values = each.deployed if each.stack in pending and each.deployed else each.values
        if values is not None and each.identity in done:
            yield StackResource(each.identity, each.address, each.stack, values)
    for left in record.departed:
        if left.values is not None and left.stack in pending and left.addresses:
            yield StackResource(left.identity, left.addresses[-1], left.stack, left.values)


def as_recorded(each: ExportScope, record: ScopeRecord) -> ScopeFacts:
    """What was known of a scope at the previous export, as far as its files tell it.

    By this the files that stand there can be made again.
    """
    previous = PreviousExport(
        pinned_names=each.facts.previous.pinned_names,
        stacks=_stacks(record),
        imported=frozenset(of.identity for of in record.resources if of.imported),
        previous_addresses={
            **{of.identity: of.addresses for of in record.departed},
            **{of.identity: (*of.former, of.address) for of in record.resources},
        },
        fates={of.identity: Fate.UNKNOWN for of in record.departed},
        forgotten=each.facts.previous.forgotten,
    )
    return replace(each.facts, previous=previous)


def _stacks(record: ScopeRecord) -> dict[str, int]:
    return {each.configuration_set: each.stack for each in record.resources if each.stack}


def _imported(out_dir: Path, record: ScopeRecord, is_adoption: bool) -> frozenset[Identity]:
    """What needs no import, as it is done, or as the stack makes it itself."""
    return manifests.imports_done(out_dir, record).union(
        each.identity
        for each in record.resources
        if not is_adoption and each.import_file == NOTES_FILE
    )
