"""The manifest of an export, ``.ses2iac.json``.

What it wrote, from what, and what it could not carry over.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from exporter import __version__, regular
from exporter.errors import ExporterError
from exporter.naming import Identity
from exporter.render.fidelity import Entry

MANIFEST_FILE = ".ses2iac.json"
FORMAT_VERSION = 1
HERE = "."
"""The path of a scope that has the export's own folder."""


class _Struct(msgspec.Struct, frozen=True, rename="pascal", omit_defaults=True):
    pass


class Resource(_Struct, frozen=True):
    """One resource of an export and its address in the code (or its logical id).

    ``imported`` says that the files of its import were deleted, and so it was imported. ``former``
    is the addresses under which state may still hold it, the oldest first.
    """

    configuration_set: str
    address: str
    event_destination: str = ""
    stack: int = 0
    imported: bool = False
    former: tuple[str, ...] = ()

    @property
    def identity(self) -> Identity:
        """What it is in SES."""
        return Identity(self.configuration_set, self.event_destination or None)


class ScopeRecord(_Struct, frozen=True):
    """What an export holds of one account and region.

    ``path`` is its folder below the export's, ``.`` for the export's own. ``adopt_suffix`` is what
    the destinations' new names end with, where they are to be made anew beside the old ones.
    ``templates`` are the templates of a person's own that made the code.
    ``references`` is what stands for the ARNs of targets, empty for the ARNs themselves, and
    ``is_mapped`` whether expressions of a person's own stand for some.
    """

    path: str
    partition: str
    region: str
    account_id: str | None = None
    resources: tuple[Resource, ...] = ()
    fidelity: tuple[Entry, ...] = ()
    adopt_suffix: str = ""
    templates: tuple[str, ...] = ()
    references: str = ""
    is_mapped: bool = False


class Manifest(_Struct, frozen=True):
    """The record that an export leaves of itself.

    Attributes:
        format_version: Of this file.
        format: The export's format.
        scopes: What it holds.
        files: The SHA-256 of every file that the export wrote and a person should not edit, by
            path.
        editable: Files that the export wrote and a person may edit.
        imports: Which of the files serve the import only.
        removed_imports: Import files that a person deleted after the import.
        moves: Which of the files only tell where resources stood before.
    """

    format_version: int
    format: str
    scopes: tuple[ScopeRecord, ...]
    files: dict[str, str]
    editable: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    removed_imports: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()

    @property
    def deletable(self) -> frozenset[str]:
        """The files that a person deletes once they were applied."""
        return frozenset((*self.imports, *self.moves))

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The resources of every scope."""
        return tuple(resource for scope in self.scopes for resource in scope.resources)

    def scope_at(self, path: str) -> ScopeRecord | None:
        """The scope in a folder."""
        return next((scope for scope in self.scopes if scope.path == path), None)


def digest(data: bytes) -> str:
    """The hash under which a file is recorded."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def dump(manifest: Manifest) -> bytes:
    """The manifest's bytes: the same export gives the same ones."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def load(folder: Path) -> Manifest | None:
    """The manifest in a folder; None when there is none.

    Raises:
        ExporterError: when it cannot be read or is not one of this version.
    """
    path = folder / MANIFEST_FILE
    try:
        data = regular.read(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ExporterError(f"cannot be read: {error.strerror}", where=str(path)) from None
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ExporterError(
            f"not a manifest of ses2iac {__version__}: {error}",
            where=str(path),
            hint="restore the file, or export into another folder",
        ) from None
    if manifest.format_version != FORMAT_VERSION:
        raise ExporterError(
            f"a manifest of version {manifest.format_version}; this ses2iac knows {FORMAT_VERSION}",
            where=str(path),
            hint="use the version of ses2iac that wrote it, or export into another folder",
        )
    for name in _paths(manifest):
        if not _is_below(name):
            raise ExporterError(
                f"names a file that is not below its folder: {name!r}",
                where=str(path),
                hint="restore the file, or export into another folder",
            )
    return manifest


def _paths(manifest: Manifest) -> Iterator[str]:
    """Every path in a manifest; anybody may have edited it, and files are replaced by it."""
    yield from manifest.files
    yield from manifest.editable
    yield from manifest.imports
    yield from manifest.removed_imports
    yield from manifest.moves
    yield from (scope.path for scope in manifest.scopes)


def _is_below(path: str) -> bool:
    parts = PurePosixPath(path).parts
    is_plain = "\\" not in path and ":" not in path and "\0" not in path
    return is_plain and not path.startswith("/") and ".." not in parts
