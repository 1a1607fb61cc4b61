"""Undoing a change of files that did not come to its end, by its journal.

A journal is obeyed only when this process wrote it, or this user on this machine did
(``undo_key``): anybody can commit a folder that looks like what a killed run left.
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
    """A file of a change.

    Attributes:
        new: The hash of its new content; None removes it.
        old: The fingerprint of what it replaces; None where there is nothing.
    """

    path: str
    new: str | None
    old: str | None


class UndoLog(msgspec.Struct, frozen=True):
    """What a change does: enough to undo it.

    Attributes:
        made: Folders that it makes.
        modes: The permissions of those that it may remove.
    """

    steps: tuple[Step, ...]
    made: tuple[str, ...]
    modes: dict[str, int]


def hashed(data: bytes) -> str:
    """The hash of a content."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(path: Path) -> str | None:
    """What tells whether a file, or a link that is kept as one, is the same; None for others."""
    if path.is_symlink():
        return f"link:{hashed(os.fsencode(path.readlink()))}"
    return hashed(path.read_bytes()) if path.is_file() else None


def encoded(journal: UndoLog) -> bytes:
    """A journal as it is written: its signature, then what is signed."""
    body = msgspec.json.encode(journal)
    return f"{undo_key.signature(body)}\n".encode() + body


def undo(folder: Path, staging_dir: Path, *, is_ours: bool = False) -> tuple[str, ...]:
    """Put back what the journal names, unless somebody changed it since, and remove the journal.

    ``is_ours`` says that this process wrote the journal.

    Returns:
        What was done, a line a file.

    Raises:
        ExporterError: when the journal is another's, or damaged; nothing was done then.
    """
    file = staging_dir / JOURNAL
    if not is_there(file):
        return ()
    journal = _read(file, is_ours=is_ours)
    for step in journal.steps:
        check_path(folder, step.path)
    done = [
        _undo_step(folder, staging_dir, step, journal.modes) for step in reversed(journal.steps)
    ]
    for path in reversed(journal.made):
        check_path(folder, f"{path}/any")
        with contextlib.suppress(OSError):
            (folder / path).rmdir()
    file.unlink()
    return tuple(sorted(filter(None, done)))


def _undo_step(folder: Path, staging_dir: Path, step: Step, modes: Mapping[str, int]) -> str:
    """Undo a step; gives what was done, or nothing where there was nothing to do."""
    current, old = folder / step.path, staging_dir / "old" / step.path
    found = None if current.is_symlink() else fingerprint(current)
    if found != step.new or (step.new is None and is_there(current)):
        return ""  # the step was not taken yet, or a person has been there since
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
