"""The key by which this user on this machine signs what may be undone later.

A journal lies beside the folder that it is about, where a checkout can bring one. Only one that is
signed with a key which no checkout has is obeyed. The key is in the user's folder for state
(``$XDG_STATE_HOME``, ``~/.local/state``; on Windows ``%LOCALAPPDATA%``), or where that can't be
written, as in many containers, in a private folder among the temporary files.
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
    """The signature of a journal; empty where no key can be kept, so that none is obeyed later."""
    key = next(filter(None, map(_read, _folders())), None) or _new()
    return _signed(key, data) if key else ""


def is_own(data: bytes, said: str) -> bool:
    """Whether a signature is one that ``signature`` gave, to this user on this machine."""
    keys = filter(None, map(_read, _folders()))
    return any(hmac.compare_digest(_signed(key, data).encode(), said.encode()) for key in keys)


def _signed(key: bytes, data: bytes) -> str:
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def _folders() -> Iterator[Path]:
    """Where the key can be, best first."""
    named = Path(os.environ.get("XDG_STATE_HOME" if _POSIX else "LOCALAPPDATA", ""))
    if named.is_absolute():
        yield named / "ses2iac"
    elif _POSIX:
        with contextlib.suppress(RuntimeError):
            yield Path.home() / ".local" / "state" / "ses2iac"
    who = os.getuid() if _POSIX else "user"
    with contextlib.suppress(OSError):
        yield Path(tempfile.gettempdir()) / f"ses2iac-{who}"


def _new() -> bytes | None:
    """A new key, or the one that another process has just made; None where none can be kept."""
    for folder in _folders():
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=f".{_NAME}.", dir=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(secrets.token_bytes(_BYTES))
                # Not a rename: that would take the key of another process away.
                with contextlib.suppress(FileExistsError):
                    os.link(name, folder / _NAME)
            finally:
                Path(name).unlink()
            key = _read(folder)
            if key:
                return key
    return None


def _read(folder: Path) -> bytes | None:
    """The key in a folder; None where there is none, or others can write or read it."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if not _is_private(folder.lstat()):
            return None
        descriptor = os.open(folder / _NAME, flags | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or not _is_private(found):
            return None
        key = os.read(descriptor, _BYTES + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return key if len(key) == _BYTES else None


def _is_private(found: os.stat_result) -> bool:
    """Whether only this user can get at something; a key in a checkout never is, in git's modes."""
    return not _POSIX or (found.st_uid == os.getuid() and not found.st_mode & 0o077)
