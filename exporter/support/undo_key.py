"""The key with which this user on this machine signs undo logs.

An undo log is next to the folder that it is about, so a checkout can bring one along. Only a log
that is signed with a key outside any checkout is used. The key is in the user's state folder
(``$XDG_STATE_HOME``, ``~/.local/state``; on Windows ``%LOCALAPPDATA%``) or, where that isn't
writable, as in many containers, in a private folder for temporary files.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

_POSIX = os.name == "posix"
_NAME = "undo-key"
_BYTES = 32


def signature(data: bytes) -> str:
    """Sign an undo log; empty if no key can be stored, so that the log won't be used later."""
    key = next(filter(None, map(_read, _folders())), None) or _new()
    return _signed(key, data) if key else ""


def is_own(data: bytes, claimed: str) -> bool:
    """Tell whether a signature was made by ``signature``, for this user on this machine."""
    keys = filter(None, map(_read, _folders()))
    return any(hmac.compare_digest(_signed(key, data).encode(), claimed.encode()) for key in keys)


def _signed(key: bytes, data: bytes) -> str:
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def _folders() -> Iterator[Path]:
    """Yield the folders that may contain the key, best first."""
    state_home = Path(os.environ.get("XDG_STATE_HOME" if _POSIX else "LOCALAPPDATA", ""))
    if state_home.is_absolute():
        yield state_home / "ses2iac"
    elif _POSIX:
        with contextlib.suppress(RuntimeError):
            yield Path.home() / ".local" / "state" / "ses2iac"
    user = os.getuid() if _POSIX else "user"
    with contextlib.suppress(OSError):
        yield Path(tempfile.gettempdir()) / f"ses2iac-{user}"


def _new() -> bytes | None:
    """Create a key, or read one that another process just created; None if none can be stored."""
    for folder in _folders():
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=f".{_NAME}.", dir=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(secrets.token_bytes(_BYTES))
                # Not a rename, which would replace another process's key.
                with contextlib.suppress(FileExistsError):
                    os.link(name, folder / _NAME)
            finally:
                Path(name).unlink()
            key = _read(folder)
            if key:
                return key
    return None


def _read(folder: Path) -> bytes | None:
    """Read the key in a folder; None if there is none, or others can read or write it."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if not _is_private(folder.lstat()):
            return None
        descriptor = os.open(folder / _NAME, flags | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not _is_private(status):
            return None
        key = os.read(descriptor, _BYTES + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return key if len(key) == _BYTES else None


def _is_private(status: os.stat_result) -> bool:
    """Tell whether only this user has access; with git's modes, a committed key never passes."""
    return not _POSIX or (status.st_uid == os.getuid() and not status.st_mode & 0o077)
