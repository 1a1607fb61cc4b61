"""The manifest of an export, ``.ses2iac.json``: what it wrote, from what, and what it left out.

It remembers the values that were exported, so that a later export or ``diff`` knows what has
changed since. One resource stands on one line, so that git merges the manifests of two branches
line by line; where it can't, ``manifest_merge`` joins the two sides.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from exporter import __version__
from exporter.formats import manifest_merge, manifest_v1
from exporter.formats.fidelity import Entry
from exporter.formats.registry import FORMATS
from exporter.formats.values import Values
from exporter.model.identities import Identity
from exporter.model.resources import AccountId, Partition, Region, Scope
from exporter.support import regular_files
from exporter.support.below import is_there
from exporter.support.errors import ExporterError

MANIFEST_FILE = ".ses2iac.json"
FORMAT_VERSION = 2
HERE = "."
"""The path of a scope that has the export's own folder."""


class _Struct(msgspec.Struct, frozen=True, rename="pascal", omit_defaults=True):
    pass


class _OfSes(_Struct, frozen=True):
    """Something in SES: a configuration set, or an event destination of one."""

    configuration_set: str
    event_destination: str = ""

    @property
    def identity(self) -> Identity:
        return Identity(self.configuration_set, self.event_destination or None)


class Resource(_OfSes, frozen=True, kw_only=True):
    """One resource of an export and its address in the code (or its logical id).

    Attributes:
        import_file: The file, below the scope's folder, that hands out its import; empty when none
            does.
        imported: Whether that file was deleted, which a person does once the import is done.
        former: The addresses under which state may still hold it, the oldest first.
        values: What was read of it, what the code can't hold included; None in a manifest of
            version 1.
        deployed: What the stack holds of it, where an import must come before the update to
            ``values``.
    """

    address: str
    stack: int = 0
    import_file: str = ""
    imported: bool = False
    former: tuple[str, ...] = ()
    values: Values | None = None
    deployed: Values | None = None


class Departed(_OfSes, frozen=True, kw_only=True):
    """A resource that left the code although nothing proves that it is gone from SES.

    Attributes:
        addresses: Where state may hold it (Terraform), or its logical id.
        values: What the stack holds of it, while an import of others is pending there.
    """

    addresses: tuple[str, ...] = ()
    stack: int = 0
    values: Values | None = None


class LeftOut(_OfSes, frozen=True, kw_only=True):
    """A resource that was read and that the code does not hold."""

    values: Values | None = None


class ScopeRecord(_Struct, frozen=True):
    """What an export holds of one account and region.

    Attributes:
        path: Its folder below the export's, ``.`` for the export's own.
        account_id: The account; None where the source did not tell it.
        departed: What left the code and may be alive.
        forgotten: Addresses that stood in files which were overwritten by force, or that the code
            took the place of (``--replaces``).
        left_out: What was read and the code can't hold.
        described: What a person's own code in the folder describes, and the export only imports;
            their addresses have keys of instances.
        adopt_suffix: What the destinations' new names end with, where they are to be made anew
            beside the old ones.
        templates: The templates of a person's own that made the code.
        references: What stands for the ARNs of targets; empty for the ARNs themselves.
        is_mapped: Whether expressions of a person's own stand for some targets.
        stack_name: The name of the first stack; empty for the default.
        module: The address, without its first ``module.``, of the module that the code is; empty
            for a root module.
    """

    path: str
    partition: Partition
    region: Region
    account_id: AccountId | None = None
    resources: tuple[Resource, ...] = ()
    departed: tuple[Departed, ...] = ()
    forgotten: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    described: tuple[Resource, ...] = ()
    fidelity: tuple[Entry, ...] = ()
    adopt_suffix: str = ""
    templates: tuple[str, ...] = ()
    references: str = ""
    is_mapped: bool = False
    stack_name: str = ""
    module: str = ""

    @property
    def place(self) -> tuple[str | None, str]:
        """The account and region."""
        return self.account_id, self.region

    @property
    def bare_scope(self) -> Scope:
        """Its account and region, without anything in them."""
        return Scope(account_id=self.account_id, partition=self.partition, region=self.region)

    @property
    def has_values(self) -> bool:
        """Whether it remembers what was read; a manifest of version 1 does not."""
        return all(resource.values is not None for resource in self.resources)


class FileOption(_Struct, frozen=True):
    """A file or folder that an option names.

    Attributes:
        path: Below the export's folder; empty when it lies outside, whence nothing is read again
            unasked.
    """

    digest: str
    path: str = ""


class RepeatedOptions(_Struct, frozen=True):
    """What the person chose, which a later export repeats.

    Attributes:
        unmanaged_by: The code whose resources were left out: paths below the export's folder, and
            stacks.
        unmanaged_outside: How many more there were, outside the folder.
        replaces: The code that the export takes the place of, as long as there is some: ``.`` for
            the export's folder, a path below it, or empty for any other.
        root: The way to the folder of the root module that calls ``module``; empty for the one
            above.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unmanaged_by: tuple[str, ...] = ()
    unmanaged_outside: int = 0
    replaces: str | None = None
    configuration_sets: bool = True
    stack_owned: bool = False
    references: str = ""
    layout: str = ""
    stack_name: str = ""
    name_pattern: str = ""
    fragment: bool = False
    module: str = ""
    root: str = ""
    outputs: bool = False
    map_file: FileOption | None = None
    templates: FileOption | None = None


class Manifest(_Struct, frozen=True):
    """The record that an export leaves of itself.

    Attributes:
        files: The SHA-256 of every file that the export wrote and a person should not edit, by
            path.
        editable: Files that the export wrote and a person may edit.
        imports: Which of the files serve the import only.
        moves: Which of the files only tell where resources stood before.
        removals: Which of the files only tell what has left the code.
    """

    format_version: int
    format: str
    scopes: tuple[ScopeRecord, ...]
    files: dict[str, str]
    options: RepeatedOptions = RepeatedOptions()
    editable: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    removals: tuple[str, ...] = ()

    @property
    def deletable(self) -> frozenset[str]:
        """The files that a person deletes once they were applied."""
        return frozenset((*self.imports, *self.moves, *self.removals))

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The resources of every scope."""
        return tuple(resource for scope in self.scopes for resource in scope.resources)

    @property
    def handed_out(self) -> tuple[Resource, ...]:
        """All that an import was or is handed out for."""
        described = (each for scope in self.scopes for each in scope.described)
        return (*self.resources, *described)

    def scope_at(self, path: str) -> ScopeRecord | None:
        """The scope in a folder."""
        return next((scope for scope in self.scopes if scope.path == path), None)

    def record_of(self, path: str, scope: Scope) -> ScopeRecord | None:
        """What a scope's folder holds; else where the scope is, in an export with other folders."""
        found = self.scope_at(path)
        if found is not None:
            return found
        place = (scope.account_id, scope.region)
        return next((each for each in self.scopes if each.place == place), None)

    def owner_of(self, path: str) -> str:
        """The path of the scope that a file belongs to: the one in the deepest folder above it."""
        folders = [s.path for s in self.scopes if s.path != HERE and path.startswith(f"{s.path}/")]
        return max(folders, key=len, default=HERE)


def digest(data: bytes) -> str:
    """The hash under which a file is recorded."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def imports_done(folder: Path, scope: ScopeRecord) -> frozenset[Identity]:
    """The resources whose import is done: the file that handed it out was deleted."""
    place = folder / scope.path
    # Thousands of resources name the same few files.
    handed_out = (*scope.resources, *scope.described)
    files = {each.import_file for each in handed_out if each.import_file}
    deleted = {file for file in files if not is_there(place / file)}
    return frozenset(
        each.identity for each in handed_out if each.imported or each.import_file in deleted
    )


# Writing
# -------------------------------------------------------------------------------------


def dump(manifest: Manifest) -> bytes:
    """The manifest's bytes, a resource a line: the same export gives the same ones."""
    return _lines(msgspec.to_builtins(manifest), "", _LISTED).encode() + b"\n"


_LISTED: Mapping[str, Any] = {
    "Scopes": {"Resources": {}, "Departed": {}, "LeftOut": {}, "Described": {}, "Fidelity": {}},
    "Files": {},
    "Options": {},
}
"""What is spread over lines, and what of it; all else stands on one line."""


def _lines(value: Any, indent: str, listed: Mapping[str, Any] | None) -> str:
    """JSON text; where ``listed`` says so with a line for each item."""
    inner = f"{indent}  "
    if listed is not None and isinstance(value, dict) and value:
        items = [
            f"{inner}{_compact(key)}: {_lines(item, inner, listed.get(key))}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if listed is not None and isinstance(value, list | tuple) and value:
        below = listed or None
        items = [f"{inner}{_lines(item, inner, below)}" for item in value]
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    return _compact(value)


def _compact(value: Any) -> str:
    return msgspec.json.encode(value).decode()


# Reading
# -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ManifestFile:
    """A manifest and the bytes that it was read from, by which a later change is seen."""

    manifest: Manifest
    data: bytes


def load(folder: Path) -> Manifest | None:
    """The manifest in a folder; see ``read``."""
    found = read(folder)
    return found.manifest if found else None


def read(folder: Path) -> ManifestFile | None:
    """The manifest in a folder, brought up to date; None when there is none.

    Raises:
        ExporterError: when it can't be read, is damaged, or is of a newer version.
    """
    path = folder / MANIFEST_FILE
    data = regular_files.data_if_there(path, regular_files.read_unlinked)
    if data is None:
        return None
    manifest = _parsed(data, path)
    _refuse_strange(manifest, str(path))
    return ManifestFile(manifest, data)


def _refuse_strange(manifest: Manifest, where: str) -> None:
    """Refuse paths that no export wrote: anybody may have edited a manifest, and it is obeyed."""
    # Thousands of resources name the same few files.
    paths = dict.fromkeys(_paths(manifest))
    wrong = next((p for p in paths if not (_is_below(p) or is_at_root(p))), None)
    what = "names a file that is not below its folder"
    if wrong is None:
        wrong = next(_not_written(manifest), None)
        what = "names a file or folder that no export writes"
    if wrong is not None:
        raise ExporterError(
            f"{what}: {wrong!r}",
            where=where,
            hint="restore the file, or export into another folder",
        )


def _parsed(data: bytes, path: Path) -> Manifest:
    try:
        sides = [msgspec.json.decode(side) for side in manifest_merge.sides(data)]
        joined = manifest_merge.joined([_current(side, path) for side in sides])
        return msgspec.convert(joined, Manifest)
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise ExporterError(
            f"not a manifest of ses2iac {__version__}: {error}",
            where=str(path),
            hint="restore the file, or export into another folder",
        ) from None


def _current(document: Any, path: Path) -> Any:
    version = document.get("FormatVersion") if isinstance(document, dict) else None
    if version == 1:
        return manifest_v1.upgraded(document)
    if isinstance(version, int) and version != FORMAT_VERSION:
        raise ExporterError(
            f"a manifest of version {version}; this ses2iac knows {FORMAT_VERSION}",
            where=str(path),
            hint="use the version of ses2iac that wrote it, or export into another folder",
        )
    return document


def _paths(manifest: Manifest) -> Iterator[str]:
    """Every path in a manifest; anybody may have edited it, and files are replaced by it."""
    yield from manifest.files
    yield from manifest.editable
    yield from manifest.imports
    yield from manifest.moves
    yield from manifest.removals
    yield from (scope.path for scope in manifest.scopes)
    yield from (r.import_file for r in manifest.handed_out if r.import_file)
    options = manifest.options
    yield from (path for path in options.unmanaged_by if not path.startswith("stack:"))
    yield from (each.path for each in (options.map_file, options.templates) if each)
    yield options.replaces or HERE


_AT_ROOT = re.compile(
    r"(?:(?:\.\./)+(?:\w[\w.-]*/)*|(?:\w[\w.-]*/)+)ses_\w[\w-]*_(?:(?:imports|moved|removed)\.tf|MIGRATE\.md)"
)


def is_at_root(path: str) -> bool:
    """Whether a file is one that ``--module`` puts into the root module, which may lie elsewhere.

    Nothing is read, written or removed there for this alone (``export/module_root.py``).
    """
    return _AT_ROOT.fullmatch(path) is not None


def _is_below(path: str) -> bool:
    parts = PurePosixPath(path).parts
    is_plain = "\\" not in path and ":" not in path and "\0" not in path
    return is_plain and not path.startswith("/") and ".." not in parts


_SCOPE = r"(?:(?:[0-9]{12}|unknown-account)/[a-z0-9-]+|account_(?:[0-9]{12}|unknown)_[a-z0-9_]+)"
_WRITTEN = "|".join(pattern for row in FORMATS.values() for pattern in row.files)
_OWN_FILE = re.compile(rf"(?:{_SCOPE}/)?(?:{_WRITTEN})")
_OWN_FOLDER = re.compile(rf"{re.escape(HERE)}|{_SCOPE}")


def _not_written(manifest: Manifest) -> Iterator[str]:
    """The paths in a manifest that are none of an export's own kinds of files.

    Those of each format: where one replaced another by force, some scopes may have kept theirs.
    """
    files = (*manifest.files, *manifest.imports, *manifest.moves, *manifest.removals)
    handed_out = (r.import_file for r in manifest.handed_out if r.import_file)
    own = (path for path in (*files, *handed_out) if not is_at_root(path))
    yield from (path for path in own if not _OWN_FILE.fullmatch(path))
    # A file of names has the name that --names gave it.
    yield from (path for path in manifest.editable if _is_hidden(path))
    yield from (s.path for s in manifest.scopes if not _OWN_FOLDER.fullmatch(s.path))


def _is_hidden(path: str) -> bool:
    """Whether a file is one that programs keep for themselves, or is in such a folder."""
    return any(part.startswith(".") for part in PurePosixPath(path).parts)
