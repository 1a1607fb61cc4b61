"""Files in the way of an export: those it would replace or remove that are not as it wrote them.

What merely lies in the folder is in nobody's way.
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
    """A file in the way, by its path below the folder, and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Copy:
    """A copy of a file that ``--force`` replaces or removes.

    Attributes:
        path: Where the copy stands, below the folder.
        data: What the file held.
        is_there: Whether an earlier export kept the same copy.
    """

    path: str
    data: bytes
    is_there: bool


def refuse(out_dir: Path, conflicts: Iterable[Conflict]) -> None:
    """Refuse an export that files are in the way of.

    Raises:
        ExporterError: when there is one; all are named.
    """
    found = list(conflicts)
    lines, reasons = [str(each) for each in found], {each.reason for each in found}
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
    """The copies to keep, by the path of the file.

    A link has none: what it leads to stays. No earlier copy is overwritten.
    """
    found: dict[str, Copy] = {}
    for each in conflicts:
        data = current.get(each.path)
        if data is not None:
            found[each.path] = _copy(out_dir, each.path, data)
    return found


def warnings(
    out_dir: Path, conflicts: Iterable[Conflict], kept: Mapping[str, Copy]
) -> Iterator[Remark]:
    """What to say of each file that ``--force`` replaced or removed."""
    for each in conflicts:
        if each.reason == DELETED:
            # It was written again, and nothing was lost.
            continue
        copy = kept.get(each.path)
        done = "removed" if each.reason == EDITED_AND_STALE else "replaced"
        path, text = module_root.shown(out_dir, each.path), f"{each.reason}; {done}"
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


def reason_at(place: Path, hashed: str | None, *, is_ours: bool) -> str:
    """Why a file that the export writes is in the way; empty when it is not.

    Args:
        place: The file.
        hashed: What the manifest says of it; None when it says nothing.
        is_ours: Whether it holds what the previous export wrote.
    """
    if not is_there(place):
        return DELETED if hashed is not None else ""
    if hashed is None:
        return OTHERS
    if place.is_symlink():
        return LINK
    return "" if is_ours else EDITED
