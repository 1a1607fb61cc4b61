"""Record what a run has written so far, for the message after an interrupt."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_paths: dict[str, None] = {}
_has_output = False
_depth = 0


@contextmanager
def recorded() -> Iterator[bool]:
    """Record what is written from now on; yields whether this is the outermost run."""
    global _depth, _has_output  # noqa: PLW0603 - a process runs one command at a time
    if not _depth:
        _paths.clear()
        _has_output = False
    _depth += 1
    try:
        yield _depth == 1
    finally:
        _depth -= 1


def add(path: Path) -> None:
    """Record a file or folder that was written."""
    _paths[str(path)] = None


def add_output() -> None:
    """Record that a part of the result was printed."""
    global _has_output  # noqa: PLW0603
    _has_output = True


def has_output() -> bool:
    """Tell whether a part of the result was printed."""
    return _has_output


def discard(path: Path) -> None:
    """Forget a path that was removed again."""
    _paths.pop(str(path), None)


def paths() -> tuple[str, ...]:
    """Return the recorded paths, in order."""
    return tuple(_paths)
