"""The scopes of an export, each with its folder and what an earlier export left there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from exporter.export import adoption, names_file, refusals, renames
from exporter.export.folders import Folders
from exporter.export.names_policy import NamesPolicy
from exporter.formats import manifest as manifests
from exporter.formats.base import Format
from exporter.formats.before_import import Held
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.scope_export import PreviousExport
from exporter.formats.stacks import NOTES_FILE
from exporter.formats.terraform.moves import Trails
from exporter.model.identities import Identity
from exporter.model.read_result import Fate, ReadResult
from exporter.model.resources import Scope


@dataclass(frozen=True)
class ExportScope:
    """A scope, the folder that it goes to, and what stands there.

    Attributes:
        path: The folder below the export's.
        scope: What was read.
        names: The names file's text; None when there is none that counts.
        where: The names file, for messages.
        record: What the earlier export in that folder says of itself.
        stood: Where its resources stood.
        forgotten: What else state may hold there; see ``RenderOptions``.
        adopted: The destinations that are to be made anew; see ``RenderOptions``.
        refused: Which of them SES would not create, and why.
        pins: The names in the names file.
        stale: The names there of what is not there any more.
    """

    path: str
    scope: Scope
    names: str | None
    where: str
    record: ScopeRecord | None = None
    stood: Trails = field(default_factory=dict)
    forgotten: tuple[str, ...] = ()
    adopted: Mapping[Identity, Identity] | None = None
    refused: Mapping[Identity, str] = field(default_factory=dict)
    pins: Mapping[Identity, str] = field(default_factory=dict)
    stale: Mapping[Identity, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The way from its folder to the export's."""
        return HERE if self.path == HERE else "/".join(".." for _ in self.path.split("/"))

    @property
    def prefix(self) -> str:
        """What stands before the paths of its files."""
        return "" if self.path == HERE else f"{self.path}/"

    @property
    def is_same(self) -> bool:
        """Whether the folder held the same account and region before."""
        place = (self.scope.account_id, self.scope.region)
        return self.record is not None and self.record.place == place


@dataclass(frozen=True)
class NamesOptions:
    """What the person chose that names things.

    Attributes:
        names: Where names are kept, and which go.
        adopt_suffix: What the destinations' new names end with; empty leaves them theirs.
    """

    names: NamesPolicy
    adopt_suffix: str = ""


def gathered(
    format_: Format,
    reading: ReadResult,
    folders: Folders,
    standing: tuple[Path, Manifest | None],
    options: NamesOptions,
) -> list[ExportScope]:
    """The scopes of an export, with all that their folders say.

    Args:
        format_: The format.
        reading: What was read.
        folders: Which folder each scope goes to.
        standing: The export's folder, and the manifest that stands there.
        options: How things are named.

    Raises:
        ExporterError: when a names file cannot be read or is wrong.
    """
    out_dir, earlier = standing
    is_other = earlier is not None and earlier.format != format_.name
    if is_other:
        # All of it is replaced by force; its names mean nothing in this format.
        earlier = None
    scopes = list(folders.scopes)
    if format_.can_move and not is_other:
        # What another account is forced in place of leaves the code as anything does.
        used = {path for path, _ in scopes}
        scopes += [(r.path, _empty(r)) for r in folders.abandoned if r.path not in used]
    stood = renames.moves(out_dir, format_, earlier)
    found = []
    for path, scope in scopes:
        names = options.names
        record = earlier.scope_at(path) if earlier else None
        each = ExportScope(
            path,
            scope,
            None if is_other and names.file is None else names.read(out_dir, path),
            str(names.place(out_dir, path)),
            record,
            stood.get(path, {}),
            renames.forgotten(out_dir, earlier, record),
        )
        if options.adopt_suffix:
            each = _adopting(each, options.adopt_suffix)
        found.append(_with_pins(each, format_, reading, names))
    return found


def _empty(record: ScopeRecord) -> Scope:
    return Scope(account_id=record.account_id, partition=record.partition, region=record.region)


def _adopting(found: ExportScope, suffix: str) -> ExportScope:
    """The same scope with its destinations under their new names."""
    return replace(
        found,
        scope=adoption.adopt(found.scope, suffix),
        adopted=adoption.successors(found.scope, suffix),
        refused=adoption.refused(found.scope, suffix),
    )


def _with_pins(
    found: ExportScope, format_: Format, reading: ReadResult, names: NamesPolicy
) -> ExportScope:
    """The same with the names that its names file gives."""
    if found.names is None:
        return found
    pins = names_file.load(found.names, found.where, format_.style)
    adopted = (found.adopted or {}).values()
    stale = names.stale(pins, found.scope, reading.unread, adopted)
    if names.prune:
        pins = {who: label for who, label in pins.items() if who not in stale}
    return replace(found, pins=pins, stale=stale)


def earlier_of(
    found: ExportScope, format_: Format, reading: ReadResult, out_dir: Path
) -> PreviousExport:
    """What the earlier export decided for a scope.

    Args:
        found: The scope.
        format_: The format.
        reading: What tells what became of resources that are not exported.
        out_dir: The export's folder.
    """
    record = found.record
    if record is None:
        return PreviousExport(found.pins)
    held = {each.identity for each in record.resources}
    if format_.can_move:
        held |= {each.identity for each in record.departed}
    is_stacked = found.is_same and not format_.can_move
    stacked = tuple(_held(out_dir, record)) if is_stacked else ()
    is_adoption = found.adopted is not None
    imported = _imported(out_dir, record, is_adoption) if found.is_same else frozenset()
    return PreviousExport(
        found.pins,
        _stacks(record),
        imported.union(each.identity for each in stacked),
        found.stood,
        # Of what left the code, that is forgotten which a person applied.
        frozenset(who for who in held if who in found.stood or not format_.can_move),
        _fates(record, reading),
        stacked,
    )


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


def _held(out_dir: Path, record: ScopeRecord) -> Iterator[Held]:
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
            yield Held(each.identity, each.address, each.stack, values)
    for left in record.departed:
        if left.values is not None and left.stack in pending and left.addresses:
            yield Held(left.identity, left.addresses[-1], left.stack, left.values)


def as_recorded(found: ExportScope, record: ScopeRecord) -> PreviousExport:
    """What the export before decided, by which the files that stand there can be made again."""
    return PreviousExport(
        found.pins,
        _stacks(record),
        frozenset(each.identity for each in record.resources if each.imported),
        {
            **{each.identity: each.addresses for each in record.departed},
            **{each.identity: (*each.former, each.address) for each in record.resources},
        },
        frozenset(each.identity for each in record.departed),
    )


def _stacks(record: ScopeRecord) -> dict[str, int]:
    return {each.configuration_set: each.stack for each in record.resources if each.stack}


def _imported(out_dir: Path, record: ScopeRecord, is_adoption: bool) -> frozenset[Identity]:
    """What needs no import, as it is done, or as the stack makes it itself."""
    return manifests.imports_done(out_dir, record).union(
        each.identity
        for each in record.resources
        if not is_adoption and each.import_file == NOTES_FILE
    )
