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


def places(target: Path) -> tuple[Path, Path]:
    """Where the staging folder of a target can be: the place for now, and the other one.

    It stands beside the target, or in it when the target is a mount or its parent is closed.
    """
    beside, inside = target.parent / f".{target.name}.ses2iac-staging", target / INSIDE
    is_closed = target.exists() and (
        target.stat().st_dev != target.parent.stat().st_dev
        or not os.access(target.parent, os.W_OK | os.X_OK)
    )
    return (inside, beside) if is_closed else (beside, inside)


@contextlib.contextmanager
def held(place: Path) -> Iterator[None]:
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
                place.mkdir(mode=0o700)
                made = True
            descriptor = _open(place)
            if _lock(place, descriptor):
                break
            # Its holder removed it between the two calls: what was opened is no longer there.
            _close(descriptor)
            descriptor = -1
    except BaseException as error:
        _close(descriptor)
        if made and not isinstance(error, ExporterError):  # then it is another process's now
            with contextlib.suppress(OSError):
                place.rmdir()
        raise
    try:
        yield
    finally:
        _close(descriptor)


def discard(place: Path) -> None:
    """Remove a staging folder as far as that is possible; what is left serves nobody."""
    shutil.rmtree(place, ignore_errors=True)


def empty(place: Path) -> None:
    """Remove what is in a staging folder.

    Raises:
        OSError: when something cannot be removed.
    """
    for left in list(place.iterdir()):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


def _open(place: Path) -> int:
    """A descriptor of the folder; -1 where the system has none for folders."""
    if not stat.S_ISDIR(place.lstat().st_mode):
        raise ExporterError(
            "is in the way: ses2iac prepares its files in a folder of this name",
            where=str(place),
            hint="look what it is and move it",
        )
    if os.name != "posix":
        return -1
    return os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _close(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)


def _lock(place: Path, descriptor: int) -> bool:
    """Lock the folder where folders can be locked; False when another one is at ``place`` now."""
    if descriptor < 0:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _busy(place) from None
    opened = os.fstat(descriptor)
    try:
        current = place.lstat()
    except FileNotFoundError:
        return False
    return (opened.st_dev, opened.st_ino) == (current.st_dev, current.st_ino)


def _busy(place: Path) -> ExporterError:
    return ExporterError(
        "another export is writing there",
        where=str(place.parent),
        hint="wait until it has finished, then try again",
    )
