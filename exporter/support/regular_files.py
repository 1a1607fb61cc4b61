"""Read regular files only: reading a pipe may block, and a device may never end."""

import contextlib
import errno
import os
import stat
import sys
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
"""Paths of a shell's ``<(...)`` and redirections."""


def read(path: Path) -> bytes:
    """Read a regular file.

    Raises:
        OSError: if it can't be read, or isn't a regular file.
    """
    _refuse_others(path, path.stat())
    return path.read_bytes()


def read_unlinked(path: Path) -> bytes:
    """Read a regular file in a folder that others may have written; doesn't follow a link.

    Raises:
        OSError: if it can't be read, is a link, or isn't a regular file.
    """
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link, not a file", str(path))
    return read(path)


def read_within(path: Path) -> bytes:
    """Read a regular file; follows a link to a file in the same repository.

    Terraform follows links, and people link files that several root modules share. The repository
    is the nearest parent folder with a ``.git``; without one, the folder of the file.

    Raises:
        OSError: if it can't be read, isn't a regular file, or is a link out of the repository.
    """
    if path.is_symlink() and not is_in_repository(path, path.parent):
        raise OSError(errno.ELOOP, "it is a link to a file outside its repository", str(path))
    return read(path)


def is_in_repository(path: Path, beside: Path) -> bool:
    """Tell whether a path leads into the repository of a folder; see ``read_within``."""
    folder = beside.resolve()
    root = next((f for f in (folder, *folder.parents) if os.path.lexists(f / ".git")), folder)
    real = path.resolve()
    return real.is_relative_to(root) and ".git" not in real.relative_to(root).parts


def read_named(path: Path) -> bytes:
    """Read a file named on the command line: also a pipe of the shell, or the null device.

    Raises:
        OSError: if it can't be read, or is something else.
    """
    check_named(path)
    return b"" if _is_null(path.stat()) else path.read_bytes()


def check_named(path: Path) -> None:
    """Refuse a file that ``read_named`` does not read.

    Raises:
        OSError: if it doesn't exist, or isn't a regular file, a pipe of the shell or the null
            device.
    """
    status = path.stat()
    if not is_shell_pipe(path) and not _is_null(status):
        _refuse_others(path, status)


def is_shell_pipe(path: Path) -> bool:
    """Tell whether a path is a pipe opened by the shell, which can be read only once.

    Raises:
        OSError: if it doesn't exist.
    """
    mode = path.stat().st_mode
    return str(path).startswith(_OPEN_FILES) and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


def _is_null(status: os.stat_result) -> bool:
    # The only device that is read: it is empty.
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == Path(os.devnull).stat().st_rdev


# Errors
# --------------------------------------------------------------------------------------


@contextlib.contextmanager
def readable(where: Path | str, hint: str = "") -> Iterator[None]:
    """Turn a failure to read a file or a folder into an error that names it.

    Raises:
        ExporterError: if it can't be read.
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
        # An impossible name, such as one with a zero byte.
        raise ExporterError(f"cannot be read: {error}", where=str(where), hint=hint) from None


def read_standard_input() -> bytes:
    """Read all of standard input.

    Raises:
        ExporterError: if it is closed, as in some jobs without a terminal.
    """
    if sys.stdin is None:
        raise ExporterError("is closed", where="standard input", hint="pipe a file into it")
    return sys.stdin.buffer.read()


def shown(path: Path | str) -> str:
    """Return a path as text, with bytes that aren't UTF-8 escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def decoded(data: bytes, where: Path | str, hint: str = "save it as UTF-8") -> str:
    """Decode a file, without the byte order mark that editors on Windows add.

    Raises:
        ExporterError: if it isn't UTF-8; names the line.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExporterError("not UTF-8", where=f"{where}:{line}", hint=hint) from None


def text(path: Path, reader: Callable[[Path], bytes] = read, hint: str = "") -> str:
    """Read the text of a file.

    ``reader`` is one of the functions above; it decides which files may be read.

    Raises:
        ExporterError: if it can't be read, or isn't UTF-8.
    """
    with readable(path, hint):
        data = reader(path)
    return decoded(data, path)


def data_if_there(
    path: Path, reader: Callable[[Path], bytes] = read, hint: str = ""
) -> bytes | None:
    """Read a file; None if it doesn't exist.

    Raises:
        ExporterError: if it can't be read.
    """
    with readable(path, hint):
        try:
            return reader(path)
        except (FileNotFoundError, NotADirectoryError):
            return None


def _refuse_others(path: Path, status: os.stat_result) -> None:
    # Opening a folder fails with its own error.
    mode = status.st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))
