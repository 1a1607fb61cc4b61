"""Writing an export into a folder without touching what a person wrote there.

The manifest of the earlier export says which files are ours and what they held. A file is replaced
or removed only while it still holds that; anything else is refused with a list, unless ``force``.
"""

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from exporter import manifest as manifests
from exporter import regular, staging, transaction
from exporter.errors import ExporterError
from exporter.manifest import MANIFEST_FILE, Manifest, ScopeRecord, digest
from exporter.names_file import NAMES_FILE
from exporter.naming import Identity


@dataclass(frozen=True)
class OutputFile:
    """A file to write.

    Attributes:
        path: Where it goes, below the folder, with forward slashes.
        data: Its content.
        is_import: Whether it only serves the import: once a person deleted it, it is not written
            again.
        is_move: Whether it only tells where resources stood before: a person may delete it, and it
            is written anew with what moves later.
        is_editable: Whether a person may edit it; its new content then already holds what they
            wrote.
    """

    path: str
    data: bytes
    is_import: bool = False
    is_move: bool = False
    is_editable: bool = False


@dataclass(frozen=True)
class Permissions:
    """What the person allows.

    Attributes:
        force: Replace, remove or empty what would be refused.
        imports: Write import files again although they were deleted.
    """

    force: bool = False
    imports: bool = False


@dataclass(frozen=True)
class Outcome:
    """What writing did.

    Attributes:
        written: Files that were made or changed.
        unchanged: Files that held the same already.
        removed: Stale files of the earlier export that were removed.
        imports_left_out: Import files that a person had deleted and that were not written again.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    imports_left_out: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A file that is not what an export would write.

    Attributes:
        path: Relative to the folder.
        old: What stands there; None when nothing does.
        new: What an export would write; None when it would remove the file.
    """

    path: str
    old: bytes | None
    new: bytes | None


def earlier_manifest(target: Path) -> Manifest | None:
    """The manifest of the export that stands in a folder; None when there is none.

    First undoes what a killed run left half done there.

    Raises:
        ExporterError: when the path is a file, or the manifest cannot be read.
    """
    try:
        found = target.stat().st_mode
    except FileNotFoundError:
        found = stat.S_IFDIR
    except OSError as error:
        raise ExporterError(
            f"cannot be a folder: {error.strerror}", where=str(target), hint="choose another --out"
        ) from None
    if not stat.S_ISDIR(found):
        raise ExporterError(
            "is a file, not a folder", where=str(target), hint="choose another --out"
        )
    transaction.recover(target)
    return manifests.load(target)


def write(
    target: Path,
    files: Iterable[OutputFile],
    record: tuple[str, tuple[ScopeRecord, ...]],
    allowed: Permissions,
) -> Outcome:
    """Write an export.

    Args:
        target: The folder; it is made if it does not exist.
        files: All that the export consists of, the manifest aside.
        record: The format's name and the scopes, for the manifest.
        allowed: What the person allows.

    Raises:
        ExporterError: when it would touch what a person wrote or edited, or empty an earlier
            export, or cannot be written. Nothing has changed then.
    """
    earlier = earlier_manifest(target)
    format_name, scopes = record
    planned = _plan(target, files, record, allowed, earlier)
    if not allowed.force:
        refuse_other_export(target, earlier, format_name, scopes)
        wanted, stale = planned.wanted, planned.stale
        _refuse_conflicts(target, [*_conflicts(target, wanted, stale, earlier)])
    change = transaction.Change(planned.changed, planned.removed, planned.found)
    transaction.apply(target, change)
    return planned.outcome


def preview(
    target: Path,
    files: Iterable[OutputFile],
    record: tuple[str, tuple[ScopeRecord, ...]],
    allowed: Permissions,
) -> tuple[Difference, ...]:
    """What an export would change in a folder, whoever wrote what stands there; nothing is written.

    Args:
        target: The folder.
        files: All that the export consists of, the manifest aside.
        record: The format's name and the scopes, for the manifest.
        allowed: What the person allows.

    Returns:
        The files that differ, in order of their paths; the manifest is not one that people read.

    Raises:
        ExporterError: when a file cannot be read.
    """
    planned = _plan(target, files, record, allowed, manifests.load(target))
    differences = [Difference(p, planned.found[p], data) for p, data in planned.changed.items()]
    differences += [Difference(path, planned.found[path], None) for path in planned.removed]
    shown = (each for each in differences if each.path != MANIFEST_FILE)
    return tuple(sorted(shown, key=lambda each: each.path))


@dataclass(frozen=True)
class _Planned:
    """An export against what stands in its folder.

    Attributes:
        wanted: The files of the export.
        stale: Files of an earlier export that are no longer part of it.
        found: What stands there.
        changed: What would be written.
        removed: What would be removed.
        outcome: The same for people.
    """

    wanted: dict[str, OutputFile]
    stale: list[str]
    found: dict[str, bytes | None]
    changed: dict[str, bytes]
    removed: tuple[str, ...]
    outcome: Outcome


def _plan(
    target: Path,
    files: Iterable[OutputFile],
    record: tuple[str, tuple[ScopeRecord, ...]],
    allowed: Permissions,
    earlier: Manifest | None,
) -> _Planned:
    wanted = {file.path: file for file in files}
    format_name, scopes = record
    left_out = () if allowed.imports else _deleted_imports(target, wanted.values(), earlier)
    for path in left_out:
        wanted.pop(path, None)
    stale = sorted(set(earlier.files) - set(wanted) - set(left_out)) if earlier else []
    found = {path: _read(target / path) for path in (*wanted, *stale, MANIFEST_FILE)}
    manifest = Manifest(
        format_version=manifests.FORMAT_VERSION,
        format=format_name,
        scopes=scopes,
        files={f.path: digest(f.data) for _, f in sorted(wanted.items()) if not f.is_editable},
        editable=tuple(sorted(f.path for f in wanted.values() if f.is_editable)),
        imports=tuple(sorted(f.path for f in wanted.values() if f.is_import)),
        removed_imports=left_out,
        moves=tuple(sorted(f.path for f in wanted.values() if f.is_move)),
    )
    content = {path: file.data for path, file in wanted.items()}
    content[MANIFEST_FILE] = manifests.dump(manifest)
    changed = {path: data for path, data in content.items() if found[path] != data}
    removed = tuple(path for path in stale if found[path] is not None)
    unchanged = tuple(path for path in wanted if path not in changed)
    written = tuple(path for path in wanted if path in changed)
    outcome = Outcome(written, unchanged, removed, left_out)
    return _Planned(wanted, stale, found, changed, removed, outcome)


def empty(target: Path, earlier: Manifest) -> tuple[str, ...]:
    """Remove every file of an earlier export that it still recognises as its own, and its manifest.

    Returns:
        The files that were removed.
    """
    own = [path for path, hashed in earlier.files.items() if _is_ours(target / path, hashed)]
    removed = (*own, MANIFEST_FILE)
    transaction.apply(target, transaction.Change({}, removed))
    return removed


def imported(target: Path, earlier: Manifest | None) -> frozenset[tuple[str, Identity]]:
    """What was imported since an earlier export: its import files were deleted, every one.

    Returns:
        The resources, each with its scope's folder; those that the manifest has as imported too.
    """
    found: set[tuple[str, Identity]] = set()
    for scope in earlier.scopes if earlier else ():
        prefix = "" if scope.path == "." else f"{scope.path}/"
        files = [path for path in earlier.imports if path.startswith(prefix)] if earlier else []
        is_imported = bool(files) and not any(_exists(target / path) for path in files)
        found |= {(scope.path, r.identity) for r in scope.resources if r.imported or is_imported}
    return frozenset(found)


def _deleted_imports(
    target: Path, files: Iterable[OutputFile], earlier: Manifest | None
) -> tuple[str, ...]:
    """Import files that earlier exports wrote and a person has deleted since."""
    if earlier is None:
        return ()
    known = {*earlier.imports, *earlier.removed_imports}
    imports = {file.path for file in files if file.is_import} | known
    return tuple(sorted(p for p in imports if p in known and not _exists(target / p)))


def refuse_other_export(
    target: Path, earlier: Manifest | None, format_name: str, scopes: Iterable[ScopeRecord]
) -> None:
    """Refuse to replace the export of another format, account or region.

    Raises:
        ExporterError: when that is what the folder holds.
    """
    if earlier is None:
        return
    if earlier.format != format_name:
        raise ExporterError(
            f"holds an export to {earlier.format}",
            where=str(target),
            hint=f"choose another --out for {format_name}, or replace it with --force",
        )
    here = {(scope.path, scope.account_id, scope.region) for scope in scopes}
    for old in earlier.scopes:
        if (old.path, old.account_id, old.region) not in here:
            account = f"account {old.account_id}" if old.account_id else "an unknown account"
            raise ExporterError(
                f"holds the export of {account}, region {old.region}, which this one would remove",
                where=str(target),
                hint="choose another --out, or replace it with --force",
            )


def _conflicts(
    target: Path, wanted: dict[str, OutputFile], stale: list[str], earlier: Manifest | None
) -> Iterator[str]:
    """What stands in the way, a line each."""
    ours = earlier.files if earlier else {}
    for path, file in wanted.items():
        may_be_gone = file.is_import or file.is_move
        was_ours = ours.get(path) if not may_be_gone or _exists(target / path) else None
        if not file.is_editable:
            yield from _conflict_at(target / path, path, was_ours)
    for path in stale:
        if _exists(target / path) and not _is_ours(target / path, ours[path]):
            yield f"{path}: edited since the last export, and no longer part of it"
    if earlier is None and target.is_dir():
        known = {path.split("/")[0] for path in wanted} | {NAMES_FILE, staging.INSIDE}
        for entry in sorted(target.iterdir()):
            if entry.name not in known:
                yield f"{entry.name}: not written by ses2iac"


def _conflict_at(place: Path, path: str, hashed: str | None) -> Iterator[str]:
    if not _exists(place):
        if hashed is not None:
            yield f"{path}: deleted since the last export"
    elif hashed is None:
        yield f"{path}: not written by ses2iac"
    elif not _is_ours(place, hashed):
        yield f"{path}: edited since the last export"


def _refuse_conflicts(target: Path, conflicts: list[str]) -> None:
    if conflicts:
        more = [f"and {len(conflicts) - 20} more"] if len(conflicts) > 20 else []
        raise ExporterError(
            "would touch what is not ours to change:",
            where=str(target),
            items=conflicts[:20] + more,
            hint="undo or move those changes, choose another --out, or overwrite with --force",
        )


def _exists(path: Path) -> bool:
    """Whether anything is there, a dangling link included."""
    return path.is_symlink() or path.exists()


def _is_ours(path: Path, hashed: str) -> bool:
    data = None if path.is_symlink() else _read(path)
    return data is not None and digest(data) == hashed


def _read(path: Path) -> bytes | None:
    try:
        return regular.read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ExporterError(f"cannot be read: {error.strerror}", where=str(path)) from None
