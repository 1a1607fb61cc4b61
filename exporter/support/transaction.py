"""Change files so that either all of them change or none does.

New files are written to a staging folder, then renamed into place. Before the first rename, the
files that they replace are linked into the staging folder, and an undo log is written there. After
an error or a signal, the renames are undone at once; after a crash, by the next run.
"""

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exporter.support import staging, undo_log, written
from exporter.support.below import check_path, folders_above, is_there
from exporter.support.errors import ExporterError
from exporter.support.signals import deferred
from exporter.support.undo_log import Step, UndoLog


@dataclass(frozen=True)
class Change:
    """A change to the files in a folder.

    Attributes:
        write: The new content of files, by path with forward slashes.
        expected: The content of files when the change was decided (None: no file); the change is
            refused if it is different by now.
        mode_of: The file whose mode a new file gets, so that a copy is as private as the original.
    """

    write: Mapping[str, bytes]
    remove: tuple[str, ...] = ()
    expected: Mapping[str, bytes | None] = field(default_factory=dict)
    mode_of: Mapping[str, str] = field(default_factory=dict)


def apply(target: Path, change: Change) -> None:
    """Change the files in a folder, which is created if it does not exist.

    Raises:
        ExporterError: if it isn't writable, the disk is full, or another export is running;
            nothing has changed then.
    """
    if not change.write and not change.remove:
        return
    folder = _resolved(target)
    for path in (*change.write, *change.remove):
        check_path(folder, path)
    with _os_errors(target), _parents(folder), _prepared(folder) as (staging_dir, _):
        for path, data in change.write.items():
            file = staging_dir / "new" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_durable_file(file, data)
        _refuse_if_changed(folder, change.expected)
        if folder.exists():
            _replace(folder, staging_dir, change, target)
        else:
            with deferred():
                os.rename(staging_dir / "new", folder)
                written.add(target)


def recover(target: Path) -> tuple[str, ...]:
    """Undo the change that a killed run left unfinished in a folder.

    Returns:
        What was restored or removed, one line per file.

    Raises:
        ExporterError: if that fails, or the change wasn't made by this user on this machine.
    """
    if not is_unfinished(target):
        return ()
    # Preparing the staging folder undoes what its undo log contains.
    with _os_errors(target), _prepared(_resolved(target)) as (_, done):
        return done


def is_unfinished(target: Path) -> bool:
    """Tell whether a killed run left a change unfinished, which ``recover`` would undo.

    Raises:
        ExporterError: if that can't be determined.
    """
    folder = _resolved(target)
    with _os_errors(target):
        return any(is_there(each / undo_log.JOURNAL) for each in staging.locations(folder))


def write_file(path: Path, data: bytes) -> None:
    """Replace or create one file; something else (a pipe, ``/dev/null``) is written to.

    Raises:
        ExporterError: if it can't be written; the old file is unchanged then.
    """
    with _os_errors(path, "nothing was changed; fix that, or choose another --out"):
        real = _resolved(path)
        if real.exists() and not real.is_file() and not real.is_dir():
            written.add(path)
            real.write_bytes(data)
            return
        # A signal right after the temporary file is created would leave it behind.
        with deferred():
            _replace_file(real, data)
            written.add(path)


def _replace_file(real: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{real.name[:100]}.", dir=real.parent)
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
def _os_errors(target: Path, hint: str = "nothing was changed") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = str(error.filename or target)
        is_below = where.startswith(f"{target}{os.sep}")
        raise ExporterError(
            f"cannot be written: {error.strerror or error}",
            where=where if is_below else str(target),
            hint=hint,
        ) from error


@contextlib.contextmanager
def _parents(folder: Path) -> Iterator[None]:
    """Create the parent folders of the target, and remove them again after an error."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for parent in missing:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise


@contextlib.contextmanager
def _prepared(folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Lock an empty staging folder, after undoing what a killed run left.

    Yields the folder, and what was undone.
    """
    staging_dir, other = staging.locations(folder)
    done: tuple[str, ...] = ()
    if is_there(other):
        with staging.locked(other):
            done = _undo(folder, other)
            staging.discard(other)
    with staging.locked(staging_dir):
        try:
            yield staging_dir, done + _undo(folder, staging_dir)
        finally:
            # If the undo log still exists, undoing failed, and the next run needs it.
            if not is_there(staging_dir / undo_log.JOURNAL):
                staging.discard(staging_dir)


def _replace(folder: Path, staging_dir: Path, change: Change, target: Path) -> None:
    """Move the staged files into place and remove stale ones; undo everything if a step fails."""
    steps = [
        Step(path, undo_log.hashed(data), _backed_up(folder, staging_dir, path))
        for path, data in change.write.items()
    ]
    removed = [path for path in change.remove if is_there(folder / path)]
    steps += [Step(path, None, _backed_up(folder, staging_dir, path)) for path in removed]
    for path in change.write:
        (staging_dir / "new" / path).chmod(_mode_for(folder / change.mode_of.get(path, path)))
    parents = {parent for step in steps for parent in folders_above(step.path)}
    new_folders = sorted(path for path in parents if not (folder / path).exists())
    modes = {path: (folder / path).stat().st_mode & 0o7777 for path in parents - set(new_folders)}
    log = undo_log.encoded(UndoLog(tuple(steps), tuple(new_folders), modes))
    _write_durable_file(staging_dir / "journal.new", log)
    with deferred() as signals:
        os.replace(staging_dir / "journal.new", staging_dir / undo_log.JOURNAL)
        try:
            _carry_out(folder, staging_dir, steps)
            if signals:
                _undo(folder, staging_dir, is_ours=True)
            else:
                (staging_dir / undo_log.JOURNAL).unlink()
                written.add(target)
        except BaseException:
            _undo(folder, staging_dir, is_ours=True)
            raise


def _backed_up(folder: Path, staging_dir: Path, path: str) -> str | None:
    """Back up a file to the staging folder, and return its fingerprint; None if there is none."""
    if not is_there(folder / path):
        return None
    _link(folder / path, staging_dir / "old" / path)
    return undo_log.fingerprint(staging_dir / "old" / path)


def _refuse_if_changed(folder: Path, expected: Mapping[str, bytes | None]) -> None:
    for path, data in expected.items():
        file = folder / path
        current = file.read_bytes() if file.is_file() else None
        if current != data:
            raise ExporterError(
                "was changed by another program in the meantime",
                where=str(file),
                hint="nothing was changed; run the export again",
            )


def _carry_out(folder: Path, staging_dir: Path, steps: list[Step]) -> None:
    for step in steps:
        if step.new is not None:
            (folder / step.path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging_dir / "new" / step.path, folder / step.path)
    for step in steps:
        if step.new is None:
            (folder / step.path).unlink(missing_ok=True)
            _prune(folder, step.path)


def _undo(folder: Path, staging_dir: Path, *, is_ours: bool = False) -> tuple[str, ...]:
    """Undo what the undo log in a staging folder contains, and empty the folder."""
    done = undo_log.undo(folder, staging_dir, is_ours=is_ours)
    staging.empty(staging_dir)
    return done


def _prune(folder: Path, path: str) -> None:
    """Remove the parent folders of a removed file that have become empty."""
    for parent in reversed(folders_above(path)):
        try:
            (folder / parent).rmdir()
        except OSError:
            return


def _link(source: Path, link: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, link, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, link, follow_symlinks=False)


def _write_durable_file(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o666)
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
    """Return the permissions of the file that is replaced, or of a new file by the umask."""
    with contextlib.suppress(OSError):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            return stat.S_IMODE(mode) & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
