"""Check paths of files below a folder that come from an untrusted manifest or undo log."""

import os
from pathlib import Path, PurePosixPath

from exporter.support.errors import ExporterError


def check_path(folder: Path, path: str) -> None:
    """Refuse a path that leads out of the folder, or to something that isn't a file.

    A manifest or an undo log may come with somebody else's repository.

    Raises:
        ExporterError: if the path is absolute, has ``..``, goes through a link, or isn't a file.
    """
    parts = PurePosixPath(path)
    is_outside = parts.is_absolute() or not parts.parts or ".." in parts.parts
    if is_outside or "\\" in path or ":" in path:
        raise ExporterError(
            f"the path {path!r} points outside the folder",
            where=str(folder),
            hint="ses2iac did not write this manifest or journal; export into another folder",
        )
    check_folders(folder, path)
    file = folder / path
    if is_there(file) and not file.is_symlink() and not file.is_file():
        raise _in_the_way(file, "a file")


def check_folders(folder: Path, path: str) -> None:
    """Refuse a path that goes through a link or a file."""
    for parent in folders_above(path):
        current = folder / parent
        if is_there(current) and (current.is_symlink() or not current.is_dir()):
            raise _in_the_way(current, "a folder")


def is_linked(folder: Path, path: str) -> bool:
    """Tell whether a file below a folder is a link, or is reached through one."""
    return any((folder / each).is_symlink() for each in (*folders_above(path), path))


def _in_the_way(path: Path, needed: str) -> ExporterError:
    what = "a link" if path.is_symlink() else "a folder" if path.is_dir() else "not a folder"
    if needed == "a file" and not path.is_dir():
        what = "not a file"
    return ExporterError(
        f"is {what}, but {needed} is needed here",
        where=str(path),
        hint="move it away, or choose another folder",
    )


def folders_above(path: str) -> list[str]:
    """Return the parent folders in a relative path, from the top: ``a``, ``a/b`` for ``a/b/c``."""
    return [parent.as_posix() for parent in reversed(PurePosixPath(path).parents)][1:]


def is_there(path: Path) -> bool:
    """Tell whether anything exists at a path, including a broken link."""
    return os.path.lexists(path)
