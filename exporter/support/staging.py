"""A folder beside a target in which its change is prepared, held by one process at a time."""

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
"""The folder's name where it has to stand in the target itself."""


def locations(target: Path) -> tuple[Path, Path]:
    """Where the staging folder of a target can be: the one for now, and the other.

    It stands beside the target, or in it when the target is a mount or its parent is closed.
    """
    beside, inside = target.parent / f".{target.name}.ses2iac-staging", target / INSIDE
    is_closed = target.exists() and (
        target.stat().st_dev != target.parent.stat().st_dev
        or not os.access(target.parent, os.W_OK | os.X_OK)
    )
    return (inside, beside) if is_closed else (beside, inside)


@contextlib.contextmanager
def held(staging_dir: Path) -> Iterator[None]:
    """Make a staging folder, or take one that is there, and hold it against other processes.

    Raises:
        ExporterError: when another process holds it, or it is not a folder.
        OSError: when it cannot be made.
    """
    made = False
    descriptor = -1
    try:
        while True:
            with contextlib.suppress(FileExistsError):
                # What is kept here would else be open to whoever can get to it.
                staging_dir.mkdir(mode=0o700)
                made = True
            descriptor = _open(staging_dir)
            if _lock(staging_dir, descriptor):
                break
            # Its holder removed it between the two calls: what was opened is no longer there.
            _close(descriptor)
            descriptor = -1
    except BaseException as error:
        _close(descriptor)
        if made and not isinstance(error, ExporterError):  # then it is another process's now
            with contextlib.suppress(OSError):
                staging_dir.rmdir()
        raise
    try:
        yield
    finally:
        _close(descriptor)


def discard(staging_dir: Path) -> None:
    """Remove a staging folder as far as that is possible; what is left serves nobody."""
    shutil.rmtree(staging_dir, ignore_errors=True)


def empty(staging_dir: Path) -> None:
    """Remove what is in a staging folder.

    Raises:
        OSError: when something cannot be removed.
    """
    for left in list(staging_dir.iterdir()):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


def _open(staging_dir: Path) -> int:
    """A descriptor of the folder; -1 where the system has none for folders."""
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
    """Lock the folder where folders can be locked; False when it is another folder by now."""
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
