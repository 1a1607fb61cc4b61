"""Files in the way of an export: it would change them, but they are not as it wrote them.

Other files in the folder don't matter.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exporter.export import module_root
from exporter.formats.export_files import LINK
from exporter.support import regular_files
from exporter.support.below import is_there
from exporter.support.errors import ExporterError
from exporter.support.remarks import Remark
from exporter.support.text import shortened

OTHERS = "not written by ses2iac"
EDITED = "edited since the last export"
DELETED = "deleted since the last export"
EDITED_AND_STALE = f"{EDITED}, and no longer part of the export"

_COPY = ".orig"
_RENAME = (
    "rename your files, undo your edits, or choose another --out; --force overwrites them and "
    f"keeps a copy of each (FILE{_COPY})"
)
_RESTORE = "restore what was deleted (git restore FILE), or write it again with --force"


@dataclass(frozen=True)
class Conflict:
    """A file in the way, with its path below the folder, and the reason."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Copy:
    """A copy of a file that ``--force`` replaces or removes.

    Attributes:
        path: The path of the copy below the folder.
        data: The content of the file.
        is_there: Whether the same copy exists already, from an earlier export.
    """

    path: str
    data: bytes
    is_there: bool


def refuse(out_dir: Path, conflicts: Iterable[Conflict]) -> None:
    """Refuse an export if there are files in the way.

    Raises:
        ExporterError: with all of them.
    """
    found = list(conflicts)
    lines = [str(conflict) for conflict in found]
    reasons = {conflict.reason for conflict in found}
    if lines:
        raise ExporterError(
            "refusing to replace or remove files that ses2iac did not write, or that were edited:",
            where=str(out_dir),
            items=shortened(lines),
            hint=_RESTORE if reasons == {DELETED} else _RENAME,
        )


def copies(
    out_dir: Path, conflicts: Iterable[Conflict], current: Mapping[str, bytes | None]
) -> dict[str, Copy]:
    """Return the copies to keep, by path of the file, without overwriting earlier copies.

    A link needs none, because what it leads to stays.
    """
    kept: dict[str, Copy] = {}
    for conflict in conflicts:
        data = current.get(conflict.path)
        if data is not None:
            kept[conflict.path] = _copy(out_dir, conflict.path, data)
    return kept


def warnings(
    out_dir: Path, conflicts: Iterable[Conflict], kept: Mapping[str, Copy]
) -> Iterator[Remark]:
    """Yield a warning for each file that ``--force`` replaced or removed."""
    for conflict in conflicts:
        if conflict.reason == DELETED:
            # It was written again: nothing is lost.
            continue
        copy = kept.get(conflict.path)
        action = "removed" if conflict.reason == EDITED_AND_STALE else "replaced"
        path, text = module_root.shown(out_dir, conflict.path), f"{conflict.reason}; {action}"
        if copy:
            alone = f"{path}: {text}; copy kept as {out_dir / copy.path}"
            yield Remark(path, f"{text}; copy kept as FILE{_COPY}", "file", alone=alone)
        else:
            yield Remark(path, text, "file")


def _copy(out_dir: Path, path: str, data: bytes) -> Copy:
    number = 1
    while True:
        name = f"{path}{_COPY}" + (f".{number}" if number > 1 else "")
        if not is_there(out_dir / name):
            return Copy(name, data, is_there=False)
        if _content(out_dir / name) == data:
            return Copy(name, data, is_there=True)
        number += 1


def _content(file: Path) -> bytes | None:
    if file.is_symlink() or not file.is_file():
        return None
    return regular_files.data_if_there(file)


def reason_at(file: Path, hashed: str | None, *, is_ours: bool) -> str:
    """Return why a file that the export writes is in the way; empty if it isn't.

    Args:
        file: The file.
        hashed: Its hash in the manifest; None if the manifest doesn't have it.
        is_ours: Whether its content is what the previous export wrote.
    """
    if not is_there(file):
        return DELETED if hashed is not None else ""
    if hashed is None:
        return OTHERS
    if file.is_symlink():
        return LINK
    return "" if is_ours else EDITED
