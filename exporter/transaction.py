"""Changing files so that all of them change or none does.

New files are made in a staging folder beside the target, then put in place by renames. Before the
first rename, what they replace is linked into the staging folder and a journal is written there: an
error undoes the renames at once, and the next run undoes those of a process that was killed between
two of them.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from exporter.errors import ExporterError
from exporter.interrupts import deferred

if os.name == "posix":
    import fcntl

INSIDE = ".ses2iac-staging"
"""The staging folder's name where it has to stand in the target itself."""
_JOURNAL = "journal.json"


@dataclass(frozen=True)
class Change:
    """What is to happen below a folder.

    Attributes:
        write: The new content of files, by path with forward slashes.
        remove: Paths of files to delete.
    """

    write: Mapping[str, bytes]
    remove: tuple[str, ...] = ()


class _Journal(msgspec.Struct, frozen=True):
    """What a change does to files: enough to undo it."""

    replaced: tuple[str, ...]
    created: tuple[str, ...]


def apply(target: Path, change: Change) -> None:
    """Change the files of a folder, which is made if it does not exist.

    Raises:
        ExporterError: when it cannot be done (not writable, disk full, another export at work);
            nothing has changed then.
    """
    if not change.write and not change.remove:
        return
    folder = _resolved(target)
    with _os_errors(target), _staging(folder) as staging:
        _write_all(staging / "new", change.write)
        if folder.exists():
            _replace(folder, staging, change)
        else:
            os.rename(staging / "new", folder)


def recover(target: Path) -> bool:
    """Undo what a killed run left half done in a folder; True when there was something to undo.

    Raises:
        ExporterError: when it cannot be done.
    """
    folder = _resolved(target)
    left = [place for place in _places(folder) if (place / _JOURNAL).exists()]
    if left:
        with _os_errors(target), _staging(folder):
            pass  # taking hold of the staging folder undoes what its journal says
    return bool(left)


def write_file(path: Path, data: bytes) -> None:
    """Replace one file, or make it.

    Raises:
        ExporterError: when it cannot be written; the old file is as it was then.
    """
    with _os_errors(path):
        real = _resolved(path)
        descriptor, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _write_durably(file.fileno(), data)
            temporary.chmod(_mode_for(real))
            os.replace(temporary, real)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise ExporterError(f"cannot be resolved: {error}", where=str(path)) from None


@contextlib.contextmanager
def _os_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = str(error.filename or target)
        raise ExporterError(
            f"cannot be written: {error.strerror or error}",
            where=where if str(target) in where else str(target),
            hint="nothing was changed",
        ) from error


def _places(folder: Path) -> tuple[Path, Path]:
    """Where the staging folder can be.

    Beside the target, or in it when it is a mount or its parent is closed.
    """
    return folder.parent / f".{folder.name}.ses2iac-staging", folder / INSIDE


@contextlib.contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A staging folder on the target's file system, empty, held by this process alone."""
    beside, inside = _places(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    closed = folder.exists() and (
        folder.stat().st_dev != folder.parent.stat().st_dev
        or not os.access(folder.parent, os.W_OK | os.X_OK)
    )
    for place in (inside, beside) if closed else (beside, inside):
        if place.exists() and place != (inside if closed else beside):
            with _held(place):
                _undo(folder, place)
                shutil.rmtree(place)
    place = inside if closed else beside
    place.mkdir(exist_ok=True)
    with _held(place):
        _undo(folder, place)
        try:
            yield place
        finally:
            # A journal that is still there says that undoing failed: the next run needs it.
            if not (place / _JOURNAL).exists():
                shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def _held(place: Path) -> Iterator[None]:
    """Hold a staging folder against other processes (where the system can lock a folder)."""
    if os.name != "posix":
        yield
        return
    descriptor = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExporterError(
                "another export is writing there",
                where=str(place.parent),
                hint="wait until it has finished, then try again",
            ) from None
        yield
    finally:
        os.close(descriptor)


def _undo(folder: Path, staging: Path) -> None:
    """Put back what the journal names, then empty the staging folder."""
    journal_file = staging / _JOURNAL
    if journal_file.exists():
        journal = msgspec.json.decode(journal_file.read_bytes(), type=_Journal)
        for path in journal.created:
            (folder / path).unlink(missing_ok=True)
        for path in journal.replaced:
            old = staging / "old" / path
            if old.exists():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(old, folder / path)
        journal_file.unlink()
    for left in staging.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _replace(folder: Path, staging: Path, change: Change) -> None:
    """Put the staged files in place and remove what is stale.

    Undo everything when one step fails.
    """
    touched = [*change.write, *change.remove]
    replaced = [path for path in touched if (folder / path).exists()]
    created = [path for path in change.write if path not in replaced]
    for path in replaced:
        _link(folder / path, staging / "old" / path)
    for path in change.write:
        (staging / "new" / path).chmod(_mode_for(folder / path))
    journal = msgspec.json.encode(_Journal(tuple(replaced), tuple(created)))
    _write_durable_file(staging / "journal.new", journal)
    with deferred():
        os.replace(staging / "journal.new", staging / _JOURNAL)
        try:
            for path in change.write:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staging / "new" / path, folder / path)
            for path in change.remove:
                (folder / path).unlink(missing_ok=True)
                _prune(folder, (folder / path).parent)
        except BaseException:
            _undo(folder, staging)
            raise
        (staging / _JOURNAL).unlink()


def _prune(folder: Path, emptied: Path) -> None:
    """Remove folders that have become empty, up to the target."""
    while emptied != folder:
        try:
            emptied.rmdir()
        except OSError:
            return
        emptied = emptied.parent


def _link(source: Path, link: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, link, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, link, follow_symlinks=False)


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for path, data in files.items():
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts:
            raise AssertionError(f"{path} leads out of the folder")
        place = folder / parts
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_durable_file(place, data)


def _write_durable_file(path: Path, data: bytes) -> None:
    descriptor = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666
    )
    try:
        _write_durably(descriptor, data)
    finally:
        os.close(descriptor)


def _write_durably(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


def _mode_for(path: Path) -> int:
    """The permissions of the file that is replaced, or those that the umask gives a new one."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
