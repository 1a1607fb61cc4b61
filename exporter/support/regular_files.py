"""Reading what is a file: a pipe that nobody writes to keeps us waiting, a device never ends."""

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from exporter.support.errors import ExporterError

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_OPEN_FILES = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
"""Where a shell's ``<(...)`` and redirections stand."""


def read(path: Path) -> bytes:
    """A regular file's content.

    Raises:
        OSError: when it cannot be read, or is no regular file.
    """
    _refuse_others(path, path.stat())
    return path.read_bytes()


def read_unlinked(path: Path) -> bytes:
    """The same for what stands in a folder that others may have written: no link is followed.

    Raises:
        OSError: when it cannot be read, is a link, or no regular file.
    """
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link, not a file", str(path))
    return read(path)


def read_within(path: Path) -> bytes:
    """The same where a link is followed that leads to a file of the same repository.

    Terraform follows links, and people link files that several roots share. A repository is what
    lies below the nearest folder with a ``.git``; without one, it is the folder of the file.

    Raises:
        OSError: when it cannot be read, is no regular file, or a link that leads elsewhere.
    """
    if path.is_symlink() and not is_in_repository(path, path.parent):
        raise OSError(errno.ELOOP, "it is a link to a file outside its repository", str(path))
    return read(path)


def is_in_repository(path: Path, beside: Path) -> bool:
    """Whether a path leads to what is in the repository of a folder; see ``read_within``."""
    folder = beside.resolve()
    root = next((f for f in (folder, *folder.parents) if os.path.lexists(f / ".git")), folder)
    real = path.resolve()
    return real.is_relative_to(root) and ".git" not in real.relative_to(root).parts


def read_named(path: Path) -> bytes:
    """The same for what the command line names: a pipe of the shell may be read too.

    Raises:
        OSError: when it cannot be read, or is no regular file and no such pipe.
    """
    check_named(path)
    return b"" if _is_null(path.stat()) else path.read_bytes()


def check_named(path: Path) -> None:
    """Refuse what ``read_named`` does not read.

    Raises:
        OSError: when it is not there, or is no regular file and no pipe of the shell.
    """
    found = path.stat()
    if not is_shell_pipe(path) and not _is_null(found):
        _refuse_others(path, found)


def is_shell_pipe(path: Path) -> bool:
    """Whether a path is a pipe that the shell opened for us, which can be read only once.

    Raises:
        OSError: when it is not there.
    """
    mode = path.stat().st_mode
    return str(path).startswith(_OPEN_FILES) and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


def _is_null(found: os.stat_result) -> bool:
    # The one device that ends, at once.
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == Path(os.devnull).stat().st_rdev


# What to say of one that is not read
# --------------------------------------------------------------------------------------


@contextlib.contextmanager
def readable(where: Path | str, hint: str = "") -> Iterator[None]:
    """Turn a failure to read a file or a folder into an error that names it.

    Raises:
        ExporterError: when it cannot be read.
    """
    try:
        yield
    except OSError as error:
        raise ExporterError(
            f"cannot be read: {error.strerror or error}",
            where=shown(error.filename or where),
            hint=hint,
        ) from None
    except ValueError as error:
        # A name that no file can have, such as one with a zero byte.
        raise ExporterError(f"cannot be read: {error}", where=str(where), hint=hint) from None


def shown(path: Path | str) -> str:
    """A path as a text; bytes in it that are none are written out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def decoded(data: bytes, where: Path | str, hint: str = "save it as UTF-8") -> str:
    """The text of a file, without the byte order mark that editors on Windows put before it.

    Raises:
        ExporterError: when it is not UTF-8; the line is named.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExporterError("not UTF-8", where=f"{where}:{line}", hint=hint) from None


def text(path: Path, reader: Callable[[Path], bytes] = read, hint: str = "") -> str:
    """The text of a file.

    ``reader`` says which files may be read: one of the functions above.

    Raises:
        ExporterError: when it cannot be read, or is not UTF-8.
    """
    with readable(path, hint):
        data = reader(path)
    return decoded(data, path)


def data_if_there(
    path: Path, reader: Callable[[Path], bytes] = read, hint: str = ""
) -> bytes | None:
    """The content of a file; None when there is none.

    Raises:
        ExporterError: when it cannot be read.
    """
    with readable(path, hint):
        try:
            return reader(path)
        except (FileNotFoundError, NotADirectoryError):
            return None


def _refuse_others(path: Path, found: os.stat_result) -> None:
    # A folder says so itself when it is opened.
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        kind = next((name for is_one, name in _KINDS if is_one(found.st_mode)), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))
