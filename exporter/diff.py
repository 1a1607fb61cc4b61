"""Models against models: typed changes, not lines of text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from exporter import wire
from exporter.models import Model

ABSENT = None
"""What stands on a side that has nothing at a path."""


@dataclass(frozen=True)
class Changed:
    """A value that is not the same on both sides.

    Attributes:
        path: The API's name of the value, below its resource (``SnsDestination.TopicArn``).
        old: Its JSON value in the code; ``ABSENT`` where there is none.
        new: The live one.
    """

    path: str
    old: Any
    new: Any


def changes(old: Model, new: Model) -> list[Changed]:
    """What differs between two resources of one kind, in order of the paths."""
    return list(_changes(wire.encode(old), wire.encode(new), ""))


def _changes(old: Any, new: Any, path: str) -> Iterator[Changed]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            below = f"{path}.{name}" if path else name
            yield from _changes(old.get(name), new.get(name), below)
    elif msgspec.json.encode(old) != msgspec.json.encode(new):
        # As text: to Python, 1 and true are equal, within lists too.
        yield Changed(path, old, new)
