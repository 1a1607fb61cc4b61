"""Changing files so that all of them change or none does.

New files are made in a staging folder, then put in place by renames. Before the first rename, what
they replace is linked into the staging folder and a journal is written there: an error or a signal
undoes the renames at once, and the next run those of a process that was killed between two of them.
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
    """What is to happen below a folder.

    Attributes:
        write: The new content of files, by path with forward slashes.
        expected: What the files held when the change was decided (None: they were not there);
            the change is refused when one of them holds something else by now.
        mode_of: The file whose mode a new file gets: a copy is as private as what it was made of.
    """

    write: Mapping[str, bytes]
    remove: tuple[str, ...] = ()
    expected: Mapping[str, bytes | None] = field(default_factory=dict)
    mode_of: Mapping[str, str] = field(default_factory=dict)


def apply(target: Path, change: Change) -> None:
    """Change the files of a folder, which is made if it does not exist.

    Raises:
        ExporterError: when it cannot be done (not writable, disk full, another export at work);
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
    """Undo what a killed run left half done in a folder.

    Returns:
        What was put back or removed, a line a file.

    Raises:
        ExporterError: when it cannot be done, or this user on this machine did not begin it.
    """
    if not is_unfinished(target):
        return ()
    # Taking hold of the staging folder undoes what its journal says.
    with _os_errors(target), _prepared(_resolved(target)) as (_, done):
        return done


def is_unfinished(target: Path) -> bool:
    """Whether a killed run left a folder half done, so that ``recover`` has something to undo.

    Raises:
        ExporterError: when it cannot be found out.
    """
    folder = _resolved(target)
    with _os_errors(target):
        return any(is_there(each / undo_log.JOURNAL) for each in staging.locations(folder))


def write_file(path: Path, data: bytes) -> None:
    """Replace one file, or make it; what is no regular file (a pipe, ``/dev/null``) is written to.

    Raises:
        ExporterError: when it cannot be written; the old file is as it was then.
    """
    with _os_errors(path, "nothing was changed; fix that, or choose another --out"):
        real = _resolved(path)
        if real.exists() and not real.is_file() and not real.is_dir():
            written.add(path)
            real.write_bytes(data)
            return
        # A signal between the making of the temporary file and its name would leave it there.
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
    """Make the folders above the target, and take them away again when nothing came of it."""
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
    """An empty staging folder that this process holds; what a killed run left is undone first.

    With it comes what was undone.
    """
    staging_dir, other = staging.locations(folder)
    done: tuple[str, ...] = ()
    if is_there(other):
        with staging.held(other):
            done = _undo(folder, other)
            staging.discard(other)
    with staging.held(staging_dir):
        try:
            yield staging_dir, done + _undo(folder, staging_dir)
        finally:
            # A journal that is still there says that undoing failed: the next run needs it.
            if not is_there(staging_dir / undo_log.JOURNAL):
                staging.discard(staging_dir)


def _replace(folder: Path, staging_dir: Path, change: Change, target: Path) -> None:
    """Put the staged files in place and remove what is stale; undo all when one step fails."""
    steps = [
        Step(path, undo_log.hashed(data), _kept(folder, staging_dir, path))
        for path, data in change.write.items()
    ]
    removed = [path for path in change.remove if is_there(folder / path)]
    steps += [Step(path, None, _kept(folder, staging_dir, path)) for path in removed]
    for path in change.write:
        (staging_dir / "new" / path).chmod(_mode_for(folder / change.mode_of.get(path, path)))
    above = {parent for step in steps for parent in folders_above(step.path)}
    made = sorted(path for path in above if not (folder / path).exists())
    modes = {path: (folder / path).stat().st_mode & 0o7777 for path in above - set(made)}
    journal = undo_log.encoded(UndoLog(tuple(steps), tuple(made), modes))
    _write_durable_file(staging_dir / "journal.new", journal)
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


def _kept(folder: Path, staging_dir: Path, path: str) -> str | None:
    """Keep what a file replaces in the staging folder; gives its fingerprint."""
    if not is_there(folder / path):
        return None
    _link(folder / path, staging_dir / "old" / path)
    return undo_log.fingerprint(staging_dir / "old" / path)


def _refuse_if_changed(folder: Path, expected: Mapping[str, bytes | None]) -> None:
    for path, data in expected.items():
        file = folder / path
        found = file.read_bytes() if file.is_file() else None
        if found != data:
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
    """Undo what the journal in a staging folder says, and empty the folder."""
    done = undo_log.undo(folder, staging_dir, is_ours=is_ours)
    staging.empty(staging_dir)
    return done


def _prune(folder: Path, path: str) -> None:
    """Remove the folders above a removed file that have become empty."""
    for above in reversed(folders_above(path)):
        try:
            (folder / above).rmdir()
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
    """The permissions of the file that is replaced, or those that the umask gives a new one."""
    with contextlib.suppress(OSError):
        found = path.lstat().st_mode
        if stat.S_ISREG(found):
            return stat.S_IMODE(found) & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
