"""Paths of files below a folder, where anybody may have written the path."""

import os
from pathlib import Path, PurePosixPath

from exporter.support.errors import ExporterError


def check_path(folder: Path, path: str) -> None:
    """Refuse a path that leads out of the folder, or to where no file of ours can be.

    A manifest or a journal may have come with somebody else's repository.

    Raises:
        ExporterError: when the path is absolute, has ``..``, goes through a link, or is no file.
    """
    parts = PurePosixPath(path)
    wrong = parts.is_absolute() or not parts.parts or ".." in parts.parts
    if wrong or "\\" in path or ":" in path:
        raise ExporterError(
            f"the path {path!r} points outside the folder",
            where=str(folder),
            hint="ses2iac did not write this manifest or journal; export into another folder",
        )
    check_folders(folder, path)
    found = folder / path
    if is_there(found) and not found.is_symlink() and not found.is_file():
        raise _in_the_way(found, "a file")


def check_folders(folder: Path, path: str) -> None:
    """Refuse a path that goes through a link or a file."""
    for above in folders_above(path):
        found = folder / above
        if is_there(found) and (found.is_symlink() or not found.is_dir()):
            raise _in_the_way(found, "a folder")


def is_linked(folder: Path, path: str) -> bool:
    """Whether a file below a folder is a link, or is reached through one."""
    return any((folder / each).is_symlink() for each in (*folders_above(path), path))


def _in_the_way(found: Path, wanted: str) -> ExporterError:
    what = "a link" if found.is_symlink() else "a folder" if found.is_dir() else "not a folder"
    if wanted == "a file" and not found.is_dir():
        what = "not a file"
    return ExporterError(
        f"is {what}, but {wanted} is needed here",
        where=str(found),
        hint="move it away, or choose another folder",
    )


def folders_above(path: str) -> list[str]:
    """The folders between the target and a file, from the top: ``a``, ``a/b`` for ``a/b/c``."""
    return [parent.as_posix() for parent in reversed(PurePosixPath(path).parents)][1:]


def is_there(path: Path) -> bool:
    """Whether anything is at a path, a link that leads nowhere included."""
    return os.path.lexists(path)
