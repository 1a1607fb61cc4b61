"""What the shell completes: names of sets and destinations, from the last snapshot."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from exporter.model.resources import TargetKind
from exporter.support import regular_files

_MOST = 20
"""Files that are looked at, the newest first: a shell waits for this."""


def patterns(context: typer.Context, incomplete: str) -> list[str]:
    """Patterns that begin so, of the snapshot that is read, or of the newest in this folder."""
    sets = _sets(context)
    names = [name for name, _, _ in sets]
    if "/" in incomplete:
        names = [f"{name}/{destination}" for name, below, _ in sets for destination in below]
    words = ["disabled", *(f"kind:{kind}" for kind in TargetKind)]
    words += sorted({f"tag:{tag}" for _, _, tags in sets for tag in tags})
    return [word for word in [*names, *words] if word.startswith(incomplete)]


def configuration_sets(context: typer.Context, incomplete: str) -> list[str]:
    """The names of sets that begin so."""
    return [name for name, _, _ in _sets(context) if name.startswith(incomplete)]


Found = tuple[str, list[str], list[str]]
"""A set: its name, its destinations, its tags as ``KEY=VALUE``."""


def _sets(context: typer.Context) -> list[Found]:
    origin = context.params.get("origin")
    named = [Path(origin)] if isinstance(origin, str) and origin not in ("live", "-") else []
    for path in named or _newest():
        # Whatever is wrong with a file, a shell that completes is no place to say it.
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            return list(_read(json.loads(regular_files.read_named(path))))
    return []


def _newest() -> list[Path]:
    with suppress(OSError):
        files = [path for path in Path.cwd().glob("*.json") if path.is_file()]
        return sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)[:_MOST]
    return []


def _read(document: Any) -> Iterator[Found]:
    """The sets of a snapshot, each name once.

    Raises:
        KeyError: when it is another kind of file.
    """
    found: dict[str, Found] = {}
    for scope in document["Scopes"]:
        for each in scope["ConfigurationSets"]:
            name = each["ConfigurationSetName"]
            destinations = [below["Name"] for below in each.get("EventDestinations", [])]
            tags = [f"{tag['Key']}={tag['Value']}" for tag in each.get("Tags", [])]
            found.setdefault(name, (name, destinations, tags))
    yield from found.values()
