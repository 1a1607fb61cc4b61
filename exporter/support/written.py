"""What a run has written so far, for the person who interrupts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_paths: dict[str, None] = {}
_has_output = False
_depth = 0


@contextmanager
def recorded() -> Iterator[bool]:
    """Record what is written from now on; gives whether no other run surrounds this one."""
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
    """Remember a file or folder that is in place now."""
    _paths[str(path)] = None


def add_output() -> None:
    """Remember that a part of the result was printed."""
    global _has_output  # noqa: PLW0603
    _has_output = True


def has_output() -> bool:
    """Whether a part of the result was printed."""
    return _has_output


def discard(path: Path) -> None:
    """Forget one that is gone again."""
    _paths.pop(str(path), None)


def paths() -> tuple[str, ...]:
    """All of them, the first one first."""
    return tuple(_paths)
