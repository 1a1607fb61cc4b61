"""Write an export into a folder without touching a person's own files.

The manifest of the previous export lists the files that it wrote, with their hashes. A file is
replaced or removed only if its hash is still the same. Otherwise the export is refused, with a list
of the files; ``force`` replaces them, and keeps a copy of each.
"""

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from msgspec import structs

from exporter.export import conflicts, module_root
from exporter.export.conflicts import Conflict
from exporter.export.export_input import ExportInput
from exporter.formats import manifest as manifests
from exporter.formats.base import FileRole, RenderedFile
from exporter.formats.export_files import LINK, is_recorded, is_same
from exporter.formats.manifest import MANIFEST_FILE, Manifest, ManifestFile, ScopeRecord, digest
from exporter.support import regular_files, transaction
from exporter.support.below import check_folders, is_there
from exporter.support.errors import ExporterError
from exporter.support.remarks import Said
from exporter.support.text import shortened


@dataclass(frozen=True)
class Contents:
    """The files of an export.

    Attributes:
        files: All files except the manifest.
        manifest: The manifest, still without its lists of files.
        kept: Folders of accounts and regions whose files stay as they are.
        is_ours: Whether the previous export would have written this content, although the hash in
            the manifest differs: git may have merged two exports. Called only for files that seem
            edited.
        unowned: Files that are written only if missing, and then belong to the person.
        moved: Files to remove because their content moved to others.
    """

    files: tuple[RenderedFile, ...]
    manifest: Manifest
    kept: frozenset[str] = frozenset()
    is_ours: Callable[[str, bytes], bool] = lambda _path, _data: False
    unowned: Mapping[str, bytes] = field(default_factory=dict)
    moved: tuple[str, ...] = ()


@dataclass(frozen=True)
class WriteOutcome:
    """What writing did.

    Attributes:
        warnings: For each file that ``force`` replaced or removed, a warning.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    warnings: tuple[Said, ...] = ()


@dataclass(frozen=True)
class StaleFile:
    """A file that an export would change, with its path below the folder.

    ``old`` is None if the file is missing, ``new`` if an export would remove it.
    """

    path: str
    old: bytes | None
    new: bytes | None

    @property
    def state(self) -> str:
        """The state of the file, for messages."""
        return "missing" if self.old is None else "stale" if self.new is None else "out of date"


def previous_manifest(
    out_dir: Path,
    read: ManifestFile | None,
    say_undone: Callable[[tuple[str, ...]], None],
) -> ManifestFile | None:
    """Return the manifest in a folder, None if there is none; first undo an interrupted export.

    ``read`` is the manifest, if it has been read already; ``say_undone`` gets a line for each file
    that was restored.

    Raises:
        ExporterError: if the path is a file, or the manifest can't be read.
    """
    try:
        mode = out_dir.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFDIR
    except OSError as error:
        raise ExporterError(
            f"not a usable folder: {error.strerror}",
            where=str(out_dir),
            hint="choose another --out",
        ) from None
    if not stat.S_ISDIR(mode):
        raise ExporterError(
            "is a file, not a folder", where=str(out_dir), hint="choose another --out"
        )
    undone = transaction.recover(out_dir)
    if undone:
        say_undone(undone)
        read = None
    manifest_file = read or manifests.read(out_dir)
    root = _root(out_dir, manifest_file)
    undone = transaction.recover(root) if root is not None else ()
    if undone:
        say_undone(undone)
    return manifest_file


def checked_manifest(out_dir: Path, read: ManifestFile | None) -> ManifestFile | None:
    """Return the manifest in a folder for ``--check``, which writes and undoes nothing.

    Raises:
        ExporterError: if the manifest can't be read, or an interrupted export must be undone.
    """
    is_unfinished = transaction.is_unfinished(out_dir)
    manifest_file = None if is_unfinished else read or manifests.read(out_dir)
    root = _root(out_dir, manifest_file)
    if is_unfinished or (root is not None and transaction.is_unfinished(root)):
        raise ExporterError(
            "an export into this folder was interrupted, and its files are a mix of two exports",
            where=str(out_dir),
            hint="export without --check; it undoes the interrupted one first",
        )
    return manifest_file


def _root(out_dir: Path, manifest_file: ManifestFile | None) -> Path | None:
    return module_root.remembered_root(out_dir, manifest_file.manifest) if manifest_file else None


def write(given: ExportInput, contents: Contents, *, force: bool) -> WriteOutcome:
    """Write an export: all of its files, or none if that fails.

    Raises:
        ExporterError: if a file that it would change was written or edited by a person (unless
            ``force``), the manifest has changed since it was read, or a file can't be written.
    """
    out_dir, previous = given.out_dir, given.manifest
    planned = _plan(given, contents)
    in_the_way = [*_conflicts(out_dir, contents, planned, previous)]
    if not force:
        conflicts.refuse(out_dir, in_the_way)
    # A link is replaced, not followed, so what it leads to doesn't matter.
    expected = {p: data for p, data in planned.current.items() if p not in planned.links}
    copies = conflicts.copies(out_dir, in_the_way, planned.current)
    new_copies = {copy.path: path for path, copy in copies.items() if not copy.is_there}
    copied = {copy: copies[path].data for copy, path in new_copies.items()}
    unowned = {p: data for p, data in contents.unowned.items() if not is_there(out_dir / p)}
    change = transaction.Change(
        {**copied, **planned.changed, **unowned},
        planned.outcome.removed,
        {**expected, **dict.fromkeys(new_copies), **dict.fromkeys(unowned)},
        mode_of=new_copies,
    )
    module_root.apply(out_dir, change)
    return replace(planned.outcome, warnings=(*conflicts.warnings(out_dir, in_the_way, copies),))


def preview(given: ExportInput, contents: Contents) -> tuple[StaleFile, ...]:
    """Return what an export would change in a folder, including files that people edited.

    Returns:
        The files that differ, sorted by path, without the manifest, which people don't read.

    Raises:
        ExporterError: if a file can't be read, or is a link.
    """
    planned = _plan(given, contents)
    if planned.links:
        raise ExporterError(
            "has links in place of files of the export:",
            where=str(given.out_dir),
            items=shortened(f"{path}: {LINK}" for path in sorted(planned.links)),
            hint="replace the links with files, or run 'ses2iac export --force' into the folder",
        )
    differences = [StaleFile(p, planned.current[p], data) for p, data in planned.changed.items()]
    differences += [
        StaleFile(path, data, None)
        for path, data in ((p, planned.current[p]) for p in planned.outcome.removed)
        if not _has_served(given.manifest, path, data)
    ]
    shown = (file for file in differences if file.path != MANIFEST_FILE)
    return tuple(sorted(shown, key=lambda file: file.path))


def _has_served(previous: Manifest | None, path: str, data: bytes | None) -> bool:
    """Whether a file is a guide that an export wrote and all of whose steps are done.

    The person was told to delete it at the end, and it is no code: whether it goes now or with the
    next export makes no difference.
    """
    if previous is None or data is None or not path.endswith(".md"):
        return False
    return path in previous.imports and previous.files.get(path) == digest(data)


@dataclass(frozen=True)
class _Planned:
    """The changes that an export makes in its folder.

    Attributes:
        stale: Files of the previous export that are no longer part of it.
        current: The present content of each file; None if it is missing or a link.
    """

    stale: list[str]
    current: dict[str, bytes | None]
    links: frozenset[str]
    changed: dict[str, bytes]
    outcome: WriteOutcome


def _plan(given: ExportInput, contents: Contents) -> _Planned:
    out_dir, previous = given.out_dir, given.manifest
    files = {file.path: file.data for file in contents.files}
    stale = [
        path
        for path in sorted(previous.files if previous else ())
        if previous and path not in files and not _stays(contents, previous, path)
        if module_root.is_removable(out_dir, path, files, previous.options.module)
    ]
    leaving = (*stale, *contents.moved)
    paths = (*files, *leaving, MANIFEST_FILE)
    for path in paths:
        check_folders(out_dir, path)
    links = frozenset(path for path in paths if module_root.path_of(out_dir, path).is_symlink())
    current = {
        path: (
            None
            if path in links
            else regular_files.data_if_there(module_root.path_of(out_dir, path))
        )
        for path in paths
    }
    _refuse_changed(given, current[MANIFEST_FILE])
    content = {**files, MANIFEST_FILE: manifests.dump(_with_files(contents, previous))}
    changed = {p: data for p, data in content.items() if not is_same(current[p], data)}
    removed = tuple(path for path in leaving if current[path] is not None or path in links)
    unchanged = tuple(path for path in files if path not in changed)
    written = tuple(path for path in files if path in changed)
    return _Planned(stale, current, links, changed, WriteOutcome(written, unchanged, removed))


def _refuse_changed(given: ExportInput, data: bytes | None) -> None:
    """Refuse to write if the manifest has changed since the export read it.

    Reading an account takes minutes, and a colleague's export may arrive in the meantime.
    """
    before = given.manifest_file.data if given.manifest_file else None
    if data != before:
        raise ExporterError(
            "changed by another program during the export",
            where=str(given.out_dir / MANIFEST_FILE),
            hint="nothing was written; export again",
        )


def _with_files(contents: Contents, previous: Manifest | None) -> Manifest:
    by_role: dict[FileRole, list[str]] = {role: [] for role in FileRole}
    for file in contents.files:
        by_role[file.role].append(file.path)
    hashes = {f.path: digest(f.data) for f in contents.files if f.role is not FileRole.NAMES}
    if previous is not None:
        stays = partial(_stays, contents, previous)
        hashes |= {path: hashed for path, hashed in previous.files.items() if stays(path)}
        by_role[FileRole.IMPORT] += filter(stays, previous.imports)
        by_role[FileRole.MOVES] += filter(stays, previous.moves)
        by_role[FileRole.REMOVALS] += filter(stays, previous.removals)
        by_role[FileRole.NAMES] += filter(stays, previous.editable)
    return structs.replace(
        contents.manifest,
        files=dict(sorted(hashes.items())),
        editable=tuple(sorted(by_role[FileRole.NAMES])),
        imports=tuple(sorted(by_role[FileRole.IMPORT])),
        moves=tuple(sorted(by_role[FileRole.MOVES])),
        removals=tuple(sorted(by_role[FileRole.REMOVALS])),
    )


def empty(out_dir: Path, previous: Manifest) -> tuple[str, ...]:
    """Remove the files of a previous export that nobody edited, and return their paths."""
    nothing = Contents((), previous)
    own = [p for p, hashed in previous.files.items() if _is_ours(out_dir / p, p, hashed, nothing)]
    removed = (*own, MANIFEST_FILE)
    module_root.apply(out_dir, transaction.Change({}, removed))
    return removed


def _stays(contents: Contents, previous: Manifest, path: str) -> bool:
    return previous.owner_of(path) in contents.kept


def refuse_other_export(out_dir: Path, previous: Manifest | None, new: Manifest) -> None:
    """Refuse to replace the export of another format, account or region."""
    if previous is None:
        return
    if previous.format != new.format:
        raise ExporterError(
            f"has an export to {previous.format}",
            where=str(out_dir),
            hint=f"choose another --out for {new.format}, or replace it with --force",
        )
    here = {scope.key for scope in new.scopes}
    lost = [record for record in previous.scopes if record.key not in here and record.resources]
    if lost:
        hint = "choose another --out for this account and region"
        if None in {record.account_id for record in (*lost, *new.scopes)}:
            hint += ", or use --force if the account is the same"
        raise ExporterError(
            f"has the export of {_places_said(lost)}, which this one would replace:",
            where=str(out_dir),
            items=shortened(_lost_resources(lost)),
            hint=hint,
        )


def _places_said(lost: Sequence[ScopeRecord]) -> str:
    old, *others = lost
    if others:
        return f"{len(lost)} accounts and regions"
    account = f"account {old.account_id}" if old.account_id else "an unknown account"
    return f"{account}, region {old.region}"


def _lost_resources(lost: Sequence[ScopeRecord]) -> Iterator[str]:
    """Yield the resources; names repeat from region to region, so each gets its place then."""
    for record in lost:
        place = f"{record.bare_scope.title}: " if len(lost) > 1 else ""
        yield from (f"{place}{resource.identity}" for resource in record.resources)


def _conflicts(
    out_dir: Path, contents: Contents, planned: _Planned, previous: Manifest | None
) -> Iterator[Conflict]:
    """Yield the files in the way, with the reason."""
    ours = previous.files if previous else {}
    names = [file.path for file in contents.files if file.role is FileRole.NAMES]
    yield from (Conflict(path, LINK) for path in names if path in planned.links)
    for file in contents.files:
        path, hashed = file.path, ours.get(file.path)
        if file.role is FileRole.NAMES:
            continue
        if is_same(planned.current[path], file.data):
            # Already as the export would write it.
            continue
        full_path = module_root.path_of(out_dir, path)
        if file.role.is_deletable and not is_there(full_path):
            hashed = None
        is_ours = hashed is not None and _is_ours(full_path, path, hashed, contents)
        reason = conflicts.reason_at(full_path, hashed, is_ours=is_ours)
        if reason:
            yield Conflict(path, reason)
    for path in planned.stale:
        if is_there(module_root.path_of(out_dir, path)) and not _is_ours(
            module_root.path_of(out_dir, path), path, ours[path], contents
        ):
            yield Conflict(path, conflicts.EDITED_AND_STALE)


def _is_ours(full_path: Path, path: str, hashed: str, contents: Contents) -> bool:
    data = None if full_path.is_symlink() else regular_files.data_if_there(full_path)
    return data is not None and (is_recorded(data, hashed) or contents.is_ours(path, data))
