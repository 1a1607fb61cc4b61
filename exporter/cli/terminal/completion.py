"""Shell completion: names of sets and destinations, from the newest snapshot."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from exporter.model.resources import TargetKind
from exporter.support import regular_files

_MOST = 20
"""The most files to look at, newest first: the shell waits for this."""


def patterns(context: typer.Context, incomplete: str) -> list[str]:
    """Complete a pattern, from the snapshot in ``--from`` or the newest in this folder."""
    sets = _sets(context)
    names = [name for name, _, _ in sets]
    if "/" in incomplete:
        names = [f"{name}/{destination}" for name, inside, _ in sets for destination in inside]
    words = ["disabled", *(f"kind:{kind}" for kind in TargetKind)]
    words += sorted({f"tag:{tag}" for _, _, tags in sets for tag in tags})
    return [word for word in [*names, *words] if word.startswith(incomplete)]


def configuration_sets(context: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a set."""
    return [name for name, _, _ in _sets(context) if name.startswith(incomplete)]


_CompletedSet = tuple[str, list[str], list[str]]
"""A set: its name, its destinations, its tags as ``KEY=VALUE``."""


def _sets(context: typer.Context) -> list[_CompletedSet]:
    origin = context.params.get("origin")
    files = [Path(origin)] if isinstance(origin, str) and origin not in ("live", "-") else []
    for path in files or _newest():
        # Errors would appear in the middle of the command line that the user is typing.
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            return list(_read(json.loads(regular_files.read_named(path))))
    return []


def _newest() -> list[Path]:
    with suppress(OSError):
        files = [path for path in Path.cwd().glob("*.json") if path.is_file()]
        return sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)[:_MOST]
    return []


def _read(document: Any) -> Iterator[_CompletedSet]:
    """Yield the sets of a snapshot, set_ name once.

    Raises:
        KeyError: if it is another kind of file.
    """
    sets: dict[str, _CompletedSet] = {}
    for scope in document["Scopes"]:
        for set_ in scope["ConfigurationSets"]:
            name = set_["ConfigurationSetName"]
            destinations = [item["Name"] for item in set_.get("EventDestinations", [])]
            tags = [f"{tag['Key']}={tag['Value']}" for tag in set_.get("Tags", [])]
            sets.setdefault(name, (name, destinations, tags))
    yield from sets.values()
