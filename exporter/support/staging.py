"""A folder in which a change to another folder is prepared, locked by one process at a time."""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from exporter.support.errors import ExporterError

if os.name == "posix":
    import fcntl

INSIDE = ".ses2iac-staging"
"""The folder's name if it has to be inside the target."""


def locations(target: Path) -> tuple[Path, Path]:
    """Return the two possible staging folders of a target; the first is the one to use now.

    It is next to the target, or inside if the target is a mount or its parent isn't writable.
    """
    beside, inside = target.parent / f".{target.name}.ses2iac-staging", target / INSIDE
    is_closed = target.exists() and (
        target.stat().st_dev != target.parent.stat().st_dev
        or not os.access(target.parent, os.W_OK | os.X_OK)
    )
    return (inside, beside) if is_closed else (beside, inside)


@contextlib.contextmanager
def locked(staging_dir: Path) -> Iterator[None]:
    """Create a staging folder, or use an existing one, and lock it.

    Raises:
        ExporterError: if another process has locked it, or it isn't a folder.
        OSError: if it can't be created.
    """
    created = False
    descriptor = -1
    try:
        while True:
            with contextlib.suppress(FileExistsError):
                # Private, because it will contain copies of private files.
                staging_dir.mkdir(mode=0o700)
                created = True
            descriptor = _open(staging_dir)
            if _lock(staging_dir, descriptor):
                break
            # The process that had locked it removed it between the two calls.
            _close(descriptor)
            descriptor = -1
    except BaseException as error:
        _close(descriptor)
        if created and not isinstance(error, ExporterError):  # then another process has locked it
            with contextlib.suppress(OSError):
                staging_dir.rmdir()
        raise
    try:
        yield
    finally:
        _close(descriptor)


def discard(staging_dir: Path) -> None:
    """Remove a staging folder; ignores errors, as nothing in it is needed."""
    shutil.rmtree(staging_dir, ignore_errors=True)


def empty(staging_dir: Path) -> None:
    """Remove everything in a staging folder.

    Raises:
        OSError: if something can't be removed.
    """
    for path in list(staging_dir.iterdir()):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _open(staging_dir: Path) -> int:
    """Open the folder; -1 if the system can't open folders."""
    if not stat.S_ISDIR(staging_dir.lstat().st_mode):
        raise ExporterError(
            "is in the way: ses2iac needs a folder of this name for its temporary files",
            where=str(staging_dir),
            hint="check what it is and move it away",
        )
    if os.name != "posix":
        return -1
    return os.open(staging_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _close(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)


def _lock(staging_dir: Path, descriptor: int) -> bool:
    """Lock the folder, if the system can; False if it was replaced by another folder."""
    if descriptor < 0:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _busy(staging_dir) from None
    opened = os.fstat(descriptor)
    try:
        current = staging_dir.lstat()
    except FileNotFoundError:
        return False
    return (opened.st_dev, opened.st_ino) == (current.st_dev, current.st_ino)


def _busy(staging_dir: Path) -> ExporterError:
    return ExporterError(
        "another export is writing to it",
        where=str(staging_dir.parent),
        hint="wait until it finishes, then try again",
    )
