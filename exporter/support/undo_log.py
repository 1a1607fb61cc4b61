"""Undo an unfinished change of files, by its undo log.

A log is used only if this process wrote it, or this user on this machine did (``undo_key``):
anybody can commit a folder that looks like the rest of a killed run.
"""

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from exporter.support import regular_files, undo_key
from exporter.support.below import check_path, folders_above, is_there
from exporter.support.errors import ExporterError

JOURNAL = "journal.json"


class Step(msgspec.Struct, frozen=True):
    """A change to one file.

    Attributes:
        new: The hash of its new content; None if it is removed.
        old: The fingerprint of the file before; None if there was none.
    """

    path: str
    new: str | None
    old: str | None


class UndoLog(msgspec.Struct, frozen=True):
    """What is needed to undo a change.

    Attributes:
        made: Folders that the change creates.
        modes: The permissions of folders that it may remove.
    """

    steps: tuple[Step, ...]
    made: tuple[str, ...]
    modes: dict[str, int]


def hashed(data: bytes) -> str:
    """Return the hash of a file's content."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(path: Path) -> str | None:
    """Return a hash that identifies a file's content or a link's target; None for anything else."""
    if path.is_symlink():
        return f"link:{hashed(os.fsencode(path.readlink()))}"
    return hashed(path.read_bytes()) if path.is_file() else None


def encoded(log: UndoLog) -> bytes:
    """Encode a log: its signature, then the signed JSON."""
    body = msgspec.json.encode(log)
    return f"{undo_key.signature(body)}\n".encode() + body


def undo(folder: Path, staging_dir: Path, *, is_ours: bool = False) -> tuple[str, ...]:
    """Restore the files in a log, except those that changed since, and remove the log.

    ``is_ours``: this process wrote the log.

    Returns:
        What was done, one line per file.

    Raises:
        ExporterError: if the log is someone else's, or damaged; nothing was done then.
    """
    file = staging_dir / JOURNAL
    if not is_there(file):
        return ()
    log = _read(file, is_ours=is_ours)
    for step in log.steps:
        check_path(folder, step.path)
    done = [_undo_step(folder, staging_dir, step, log.modes) for step in reversed(log.steps)]
    for path in reversed(log.made):
        check_path(folder, f"{path}/any")
        with contextlib.suppress(OSError):
            (folder / path).rmdir()
    file.unlink()
    return tuple(sorted(filter(None, done)))


def _undo_step(folder: Path, staging_dir: Path, step: Step, modes: Mapping[str, int]) -> str:
    """Undo a step, and return what was done; empty if there was nothing to do."""
    current, old = folder / step.path, staging_dir / "old" / step.path
    content = None if current.is_symlink() else fingerprint(current)
    if content != step.new or (step.new is None and is_there(current)):
        return ""  # the step was not carried out, or someone changed the file since
    if step.old is None:
        current.unlink(missing_ok=True)
        return f"{step.path}: removed"
    if not is_there(old):
        return ""
    if fingerprint(old) != step.old:
        return f"{step.path}: not restored, because its backup has changed"
    for path in folders_above(step.path):
        if not (folder / path).exists():
            (folder / path).mkdir()
            (folder / path).chmod(modes.get(path, 0o755))
    os.replace(old, current)
    return f"{step.path}: restored"


def _read(file: Path, *, is_ours: bool) -> UndoLog:
    signature, _, body = regular_files.read_unlinked(file).partition(b"\n")
    if not is_ours and not undo_key.is_own(body, signature.decode("ascii", "replace")):
        raise ExporterError(
            "is the journal of an interrupted export, but you didn't write it on this machine",
            where=str(file),
            hint=f"nothing was undone: check {file.parent / 'old'} for files you miss, then "
            f"delete {file.parent}",
        )
    try:
        return msgspec.json.decode(body, type=UndoLog)
    except msgspec.DecodeError as error:
        raise ExporterError(
            f"not a journal written by ses2iac: {error}",
            where=str(file),
            hint="check the folder's files, then delete the journal",
        ) from None
