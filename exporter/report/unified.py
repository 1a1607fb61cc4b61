"""A difference as ``diff -u`` of the two canonical snapshots; ``git apply`` takes it."""

import difflib
from pathlib import PurePath

from exporter import snapshot
from exporter.models import Scope, Snapshot
from exporter.side import Side, as_models


def as_unified(old: Side, new: Side, name: str) -> str:
    """The lines by which one snapshot becomes the other; empty when they are the same.

    Args:
        old: The older side.
        new: The newer side.
        name: What the older side is called on the command line; the file that git applies it to.
    """
    path = PurePath(name).as_posix().lstrip("/")
    lines = difflib.unified_diff(
        _text(old).splitlines(keepends=True),
        _text(new).splitlines(keepends=True),
        f"a/{path}",
        f"b/{path}",
    )
    return "".join(lines)


def _text(side: Side) -> str:
    """A side's canonical snapshot; for code, as much of it as is written out."""
    if side.snapshot is not None:
        return snapshot.dump(side.snapshot)
    scopes: tuple[Scope, ...] = tuple(map(as_models, side.scopes))
    return snapshot.dump(Snapshot(format_version=snapshot.FORMAT_VERSION, scopes=scopes))
