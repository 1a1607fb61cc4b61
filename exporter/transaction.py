"""Changing files so that all of them change or none does.

New files are made in a staging folder, then put in place by renames. Before the first rename, what
they replace is linked into the staging folder and a journal is written there: an error or a signal
undoes the renames at once, and the next run those of a process that was killed between two of them.
"""

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import msgspec

from exporter import staging
from exporter.errors import ExporterError
from exporter.interrupts import deferred

_JOURNAL = "journal.json"


@dataclass(frozen=True)
class Change:
    """What is to happen below a folder.

    Attributes:
        write: The new content of files, by path with forward slashes.
        remove: Paths of files to delete.
        expected: What the files held when the change was decided (None: they were not there);
            the change is refused when one of them holds something else by now.
    """

    write: Mapping[str, bytes]
    remove: tuple[str, ...] = ()
    expected: Mapping[str, bytes | None] = field(default_factory=dict)


class _Step(msgspec.Struct, frozen=True):
    """A file of a change: its new content's hash (None removes it), and is there an old one."""

    path: str
    new: str | None
    replaces: bool


class _Journal(msgspec.Struct, frozen=True):
    """What a change does: enough to undo it.

    ``made`` are folders that it makes; ``modes`` the permissions of those that it may remove.
    """

    steps: tuple[_Step, ...]
    made: tuple[str, ...]
    modes: dict[str, int]


def apply(target: Path, change: Change) -> None:
    """Change the files of a folder, which is made if it does not exist.

    Raises:
        ExporterError: when it cannot be done (not writable, disk full, another export at work);
            nothing has changed then.
    """
    if not change.write and not change.remove:
        return
    folder = _resolved(target)
    for path in (*change.write, *change.remove):
        _check_place(folder, path)
    with _os_errors(target), _parents(folder), _prepared(folder) as place:
        for path, data in change.write.items():
            file = place / "new" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_durable_file(file, data)
        _refuse_if_changed(folder, change.expected)
        if folder.exists():
            _replace(folder, place, change)
        else:
            with deferred():
                os.rename(place / "new", folder)


def recover(target: Path) -> bool:
    """Undo what a killed run left half done in a folder; True when there was something to undo.

    Raises:
        ExporterError: when it cannot be done.
    """
    folder = _resolved(target)
    with _os_errors(target):
        if not any(os.path.lexists(place / _JOURNAL) for place in staging.places(folder)):
            return False
        with _prepared(folder):
            return True  # taking hold of the staging folder has undone what its journal says


def write_file(path: Path, data: bytes) -> None:
    """Replace one file, or make it; what is no regular file (a pipe, ``/dev/null``) is written to.

    Raises:
        ExporterError: when it cannot be written; the old file is as it was then.
    """
    with _os_errors(path, "nothing was changed; mend that, or choose another --out"):
        real = _resolved(path)
        if real.exists() and not real.is_file() and not real.is_dir():
            real.write_bytes(data)
            return
        # A signal between the making of the temporary file and its name would leave it there.
        with deferred():
            _replace_file(real, data)


def _replace_file(real: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{real.name[:100]}.", dir=real.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _write_durably(file.fileno(), data)
        temporary.chmod(_mode_for(real))
        os.replace(temporary, real)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise ExporterError(f"cannot be resolved: {error}", where=str(path)) from None


@contextlib.contextmanager
def _os_errors(target: Path, hint: str = "nothing was changed") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = str(error.filename or target)
        is_below = where.startswith(f"{target}{os.sep}")
        raise ExporterError(
            f"cannot be written: {error.strerror or error}",
            where=where if is_below else str(target),
            hint=hint,
        ) from error


@contextlib.contextmanager
def _parents(folder: Path) -> Iterator[None]:
    """Make the folders above the target, and take them away again when nothing came of it."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for parent in missing:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise


@contextlib.contextmanager
def _prepared(folder: Path) -> Iterator[Path]:
    """An empty staging folder that this process holds; what a killed run left is undone first."""
    place, other = staging.places(folder)
    if os.path.lexists(other):
        with staging.held(other):
            _undo(folder, other)
            staging.discard(other)
    with staging.held(place):
        try:
            _undo(folder, place)
            yield place
        finally:
            # A journal that is still there says that undoing failed: the next run needs it.
            if not (place / _JOURNAL).exists():
                staging.discard(place)


def _replace(folder: Path, place: Path, change: Change) -> None:
    """Put the staged files in place and remove what is stale; undo all when one step fails."""
    steps = [_Step(path, _hash(data), _there(folder / path)) for path, data in change.write.items()]
    steps += [_Step(path, None, True) for path in change.remove if _there(folder / path)]
    for step in steps:
        if step.replaces:
            _link(folder / step.path, place / "old" / step.path)
        if step.new is not None:
            (place / "new" / step.path).chmod(_mode_for(folder / step.path))
    above = {parent for step in steps for parent in _folders_above(step.path)}
    made = sorted(path for path in above if not (folder / path).exists())
    modes = {path: (folder / path).stat().st_mode & 0o7777 for path in above - set(made)}
    journal = msgspec.json.encode(_Journal(tuple(steps), tuple(made), modes))
    _write_durable_file(place / "journal.new", journal)
    with deferred() as signals:
        os.replace(place / "journal.new", place / _JOURNAL)
        try:
            _carry_out(folder, place, steps)
            if signals:
                _undo(folder, place)
            else:
                (place / _JOURNAL).unlink()
        except BaseException:
            _undo(folder, place)
            raise


def _refuse_if_changed(folder: Path, expected: Mapping[str, bytes | None]) -> None:
    for path, data in expected.items():
        place = folder / path
        found = place.read_bytes() if place.is_file() else None
        if found != data:
            raise ExporterError(
                "was changed by somebody else in the meantime",
                where=str(place),
                hint="nothing was changed; run the export again",
            )


def _carry_out(folder: Path, place: Path, steps: list[_Step]) -> None:
    for step in steps:
        if step.new is not None:
            (folder / step.path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(place / "new" / step.path, folder / step.path)
    for step in steps:
        if step.new is None:
            (folder / step.path).unlink(missing_ok=True)
            _prune(folder, step.path)


def _undo(folder: Path, place: Path) -> None:
    """Put back what the journal names, unless somebody changed it since; empty the folder."""
    file = place / _JOURNAL
    if file.exists():
        journal = _read_journal(file)
        for step in journal.steps:
            _check_place(folder, step.path)
        for step in reversed(journal.steps):
            _undo_step(folder, place, step, journal.modes)
        for path in reversed(journal.made):
            _check_place(folder, f"{path}/any")
            with contextlib.suppress(OSError):
                (folder / path).rmdir()
        file.unlink()
    staging.empty(place)


def _undo_step(folder: Path, place: Path, step: _Step, modes: Mapping[str, int]) -> None:
    current, old = folder / step.path, place / "old" / step.path
    found = _hash(current.read_bytes()) if current.is_file() and not current.is_symlink() else None
    if found != step.new or (step.new is None and _there(current)):
        return  # the step was not taken yet, or a person has been there since
    if not step.replaces:
        current.unlink(missing_ok=True)
    elif _there(old):
        for path in _folders_above(step.path):
            if not (folder / path).exists():
                (folder / path).mkdir()
                (folder / path).chmod(modes.get(path, 0o755))
        os.replace(old, current)


def _read_journal(file: Path) -> _Journal:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Journal)
    except msgspec.DecodeError as error:
        raise ExporterError(
            f"not a journal of ses2iac: {error}",
            where=str(file),
            hint="compare the folder with what you expect, then delete the journal",
        ) from None


def _check_place(folder: Path, path: str) -> None:
    """Refuse a path that leads out of the folder, or to where no file of ours can be.

    A manifest or a journal may have come with somebody else's repository.

    Raises:
        ExporterError: when the path is absolute, has ``..``, goes through a link, or is no file.
    """
    parts = PurePosixPath(path)
    wrong = parts.is_absolute() or not parts.parts or ".." in parts.parts
    if wrong or "\\" in path or ":" in path:
        raise ExporterError(
            f"the path {path!r} leads out of the folder",
            where=str(folder),
            hint="its manifest or journal was not written by ses2iac; export into another folder",
        )
    for above in _folders_above(path):
        place = folder / above
        if _there(place) and (place.is_symlink() or not place.is_dir()):
            raise _in_the_way(place, "a folder")
    place = folder / path
    if _there(place) and not place.is_symlink() and not place.is_file():
        raise _in_the_way(place, "a file")


def _in_the_way(place: Path, wanted: str) -> ExporterError:
    what = "a link" if place.is_symlink() else "a folder" if place.is_dir() else "no folder"
    if wanted == "a file" and not place.is_dir():
        what = "no file"
    return ExporterError(
        f"is {what} where {wanted} is needed",
        where=str(place),
        hint="move it away, or choose another folder",
    )


def _folders_above(path: str) -> list[str]:
    """The folders between the target and a file, from the top: ``a``, ``a/b`` for ``a/b/c``."""
    return [parent.as_posix() for parent in reversed(PurePosixPath(path).parents)][1:]


def _there(path: Path) -> bool:
    """Whether anything is at a path, a link that leads nowhere included."""
    return os.path.lexists(path)


def _prune(folder: Path, path: str) -> None:
    """Remove the folders above a removed file that have become empty."""
    for above in reversed(_folders_above(path)):
        try:
            (folder / above).rmdir()
        except OSError:
            return


def _link(source: Path, link: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, link, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, link, follow_symlinks=False)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_durable_file(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        _write_durably(descriptor, data)
    finally:
        os.close(descriptor)


def _write_durably(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


def _mode_for(path: Path) -> int:
    """The permissions of the file that is replaced, or those that the umask gives a new one."""
    with contextlib.suppress(OSError):
        found = path.lstat().st_mode
        if stat.S_ISREG(found):
            return stat.S_IMODE(found) & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
