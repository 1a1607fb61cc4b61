"""The manifest of an export, ``.ses2iac.json``: what it wrote, from what, and what it left out.

It records the exported values, so that a later export or ``diff`` knows what has changed since.
Each resource is on one line, so that git can merge the manifests of two branches line by line;
where it can't, ``manifest_merge`` joins the two sides.
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
from exporter.model.identities import Identity, key_of
from exporter.model.resources import AccountId, Partition, Region, Scope
from exporter.support import regular_files
from exporter.support.below import is_there
from exporter.support.errors import ExporterError

MANIFEST_FILE = ".ses2iac.json"
FORMAT_VERSION = 2
HERE = "."
"""The path of a scope whose files are directly in the export's folder."""


class _Struct(msgspec.Struct, frozen=True, rename="pascal", omit_defaults=True):
    pass


class _SesResource(_Struct, frozen=True):
    """A configuration set, or one of its event destinations."""

    configuration_set: str
    event_destination: str = ""

    @property
    def identity(self) -> Identity:
        return Identity(self.configuration_set, self.event_destination or None)


class Resource(_SesResource, frozen=True, kw_only=True):
    """One resource of an export and its address in the code, or its logical id.

    Attributes:
        import_file: The file, relative to the scope's folder, that imports it; empty if none does.
        imported: Whether that file was deleted, which a person does once the import is done.
        former: The addresses at which state may still have it, oldest first.
        values: The values that were read, including those that the code can't express; None in a
            manifest of version 1.
        deployed: Its values in the stack, if an import must come before the update to ``values``.
    """

    address: str
    stack: int = 0
    import_file: str = ""
    imported: bool = False
    former: tuple[str, ...] = ()
    values: Values | None = None
    deployed: Values | None = None


class Departed(_SesResource, frozen=True, kw_only=True):
    """A resource that left the code, although it may still exist in SES.

    Attributes:
        addresses: The addresses at which state may have it (Terraform), or its logical id.
        values: Its values in the stack, while an import of other resources is pending there.
    """

    addresses: tuple[str, ...] = ()
    stack: int = 0
    values: Values | None = None


class LeftOut(_SesResource, frozen=True, kw_only=True):
    """A resource that was read and isn't in the code."""

    values: Values | None = None


class ScopeRecord(_Struct, frozen=True):
    """What an export has of one account and region.

    Attributes:
        path: Its folder, relative to the export's; ``.`` for the export's own.
        account_id: The account; None if the source didn't contain it.
        departed: Resources that left the code but may still exist.
        forgotten: Addresses from files that were overwritten by force, or from code that the
            export replaced (``--replaces``).
        left_out: Resources that were read and that the code can't express.
        described: Resources that a person's own code in the folder describes, and that the export
            only imports; their addresses include instance keys.
        adopt_suffix: The suffix of the destinations' new names, if they are recreated next to the
            old ones.
        templates: The custom templates that made the code.
        references: The value of ``--references``; empty for the default, literal ARNs.
        is_mapped: Whether ``--map`` matched any target.
        stack_name: The name of the first stack; empty for the default.
        module: The address of the module that the code is, without its first ``module.``; empty
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
    def key(self) -> tuple[str | None, str]:
        """The account and region, as ``key_of`` returns them."""
        return self.account_id, self.region

    @property
    def bare_scope(self) -> Scope:
        """Its account and region, without resources."""
        return Scope(account_id=self.account_id, partition=self.partition, region=self.region)

    @property
    def has_values(self) -> bool:
        """Whether it records the values that were read; a manifest of version 1 doesn't."""
        return all(resource.values is not None for resource in self.resources)


class FileOption(_Struct, frozen=True):
    """A file or folder that an option names.

    Attributes:
        path: Relative to the export's folder; empty if it is outside, where a later export reads
            nothing unless it is asked to.
    """

    digest: str
    path: str = ""


class RepeatedOptions(_Struct, frozen=True):
    """The options that a later export repeats.

    Attributes:
        unmanaged_by: The code whose resources were left out: paths below the export's folder, and
            stacks.
        unmanaged_outside: The number of further paths, outside the folder.
        replaces: The code that the export replaces, while there is any left: ``.`` for the
            export's folder, a path below it, or empty for any other.
        root: The relative path to the folder of the root module that calls ``module``; empty for
            the parent folder.
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
    """The record of an export.

    Attributes:
        files: The SHA-256, by path, of every file that the export wrote and that a person should
            not edit.
        editable: Files that the export wrote and that a person may edit.
        imports: The files that only import resources.
        moves: The files that only move resources to new addresses.
        removals: The files that only make state forget resources.
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
        """The files that a person deletes once they are applied."""
        return frozenset((*self.imports, *self.moves, *self.removals))

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The resources of every scope."""
        return tuple(resource for scope in self.scopes for resource in scope.resources)

    @property
    def all_resources(self) -> tuple[Resource, ...]:
        """All resources that the export imports or imported, in other code too."""
        described = (resource for scope in self.scopes for resource in scope.described)
        return (*self.resources, *described)

    def scope_at(self, path: str) -> ScopeRecord | None:
        """Return the scope in a folder; None if there is none."""
        return next((scope for scope in self.scopes if scope.path == path), None)

    def record_of(self, path: str, scope: Scope) -> ScopeRecord | None:
        """Return the record in a folder, else that of a scope in another folder."""
        record = self.scope_at(path)
        if record is not None:
            return record
        key = key_of(scope)
        return next((record for record in self.scopes if record.key == key), None)

    def owner_of(self, path: str) -> str:
        """Return the path of the scope that a file belongs to, the deepest folder above it."""
        folders = [s.path for s in self.scopes if s.path != HERE and path.startswith(f"{s.path}/")]
        return max(folders, key=len, default=HERE)


def digest(data: bytes) -> str:
    """Return the hash of a file as the manifest records it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def imports_done(folder: Path, scope: ScopeRecord) -> frozenset[Identity]:
    """Return the resources whose import is done: the file that imports them was deleted."""
    scope_dir = folder / scope.path
    # Thousands of resources name the same few files.
    resources = (*scope.resources, *scope.described)
    files = {resource.import_file for resource in resources if resource.import_file}
    deleted = {file for file in files if not is_there(scope_dir / file)}
    return frozenset(
        resource.identity
        for resource in resources
        if resource.imported or resource.import_file in deleted
    )


# Writing
# -------------------------------------------------------------------------------------


def dump(manifest: Manifest) -> bytes:
    """Return the manifest as JSON, one resource per line; the same export gives the same bytes."""
    return _lines(msgspec.to_builtins(manifest), "", _LISTED).encode() + b"\n"


_LISTED: Mapping[str, Any] = {
    "Scopes": {"Resources": {}, "Departed": {}, "LeftOut": {}, "Described": {}, "Fidelity": {}},
    "Files": {},
    "Options": {},
}
"""The keys whose items are on a line each, and those below them; all else is on one line."""


def _lines(value: Any, indent: str, listed: Mapping[str, Any] | None) -> str:
    """Return JSON text, with a line for each item if ``listed`` isn't None."""
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
    """A manifest and the bytes that it was read from, to detect a later change."""

    manifest: Manifest
    data: bytes


def load(folder: Path) -> Manifest | None:
    """Return the manifest in a folder; see ``read``."""
    file = read(folder)
    return file.manifest if file else None


def read(folder: Path) -> ManifestFile | None:
    """Return the manifest in a folder, upgraded to this version; None if there is none.

    Raises:
        ExporterError: if it can't be read, is damaged, or is of a newer version.
    """
    path = folder / MANIFEST_FILE
    data = regular_files.data_if_there(path, regular_files.read_unlinked)
    if data is None:
        return None
    manifest = _parsed(data, path)
    _refuse_foreign_paths(manifest, str(path))
    return ManifestFile(manifest, data)


def _refuse_foreign_paths(manifest: Manifest, where: str) -> None:
    """Refuse paths that no export writes: a manifest may be edited, and its files get replaced."""
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
    """Yield every path in a manifest."""
    yield from manifest.files
    yield from manifest.editable
    yield from manifest.imports
    yield from manifest.moves
    yield from manifest.removals
    yield from (scope.path for scope in manifest.scopes)
    yield from (r.import_file for r in manifest.all_resources if r.import_file)
    options = manifest.options
    yield from (path for path in options.unmanaged_by if not path.startswith("stack:"))
    yield from (file.path for file in (options.map_file, options.templates) if file)
    yield options.replaces or HERE


_AT_ROOT = re.compile(
    r"(?:(?:\.\./)+(?:\w[\w.-]*/)*|(?:\w[\w.-]*/)+)ses_\w[\w-]*_(?:(?:imports|moved|removed)\.tf|MIGRATE\.md)"
)


def is_at_root(path: str) -> bool:
    """Whether ``--module`` writes a file with this path into the root module.

    The root may be outside the export's folder. The path alone doesn't allow anything to be read,
    written or removed there (``export/module_root.py``).
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
    """Yield the paths in a manifest that no export writes.

    Files of every format are allowed: if one format replaced another by force, some scopes may
    still have files of the old one.
    """
    files = (*manifest.files, *manifest.imports, *manifest.moves, *manifest.removals)
    import_files = (r.import_file for r in manifest.all_resources if r.import_file)
    own = (path for path in (*files, *import_files) if not is_at_root(path))
    yield from (path for path in own if not _OWN_FILE.fullmatch(path))
    # The names file can have any name (--names).
    yield from (path for path in manifest.editable if _is_hidden(path))
    yield from (s.path for s in manifest.scopes if not _OWN_FOLDER.fullmatch(s.path))


def _is_hidden(path: str) -> bool:
    """Whether a file is hidden, or in a hidden folder: those belong to other programs."""
    return any(part.startswith(".") for part in PurePosixPath(path).parts)
