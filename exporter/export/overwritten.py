"""Terraform resources in files that an export overwrites with ``--force``.

The manifest has the resources of the previous export. But it may be missing, and people may add
resources to a file of the export; then only the file tells what state may have.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from exporter.formats.base import Rendering
from exporter.formats.export_files import read
from exporter.formats.terraform.addresses import block_of, of_instance
from exporter.formats.terraform.data_layout import DATA_FILE
from exporter.model.identities import Identity

_RESOURCE = re.compile(
    r'^[ \t]*resource[ \t]+"(?P<type>[a-z0-9_]+)"[ \t]+"(?P<label>[A-Za-z_][A-Za-z0-9_-]*)"',
    re.MULTILINE,
)


def lost(folder: Path, stale: Iterable[str], rendering: Rendering) -> tuple[str, ...]:
    """Return the addresses that the overwritten files have, and the new code doesn't.

    ``stale`` are files of the previous export that are no longer part of it.

    Returns:
        Each address once, sorted.
    """
    code = {file.path: file.text for file in rendering.files}
    new = {address for text in code.values() for address in _addresses(text)}
    new.update(rendering.addresses.values())
    old_texts = _texts(folder, {*code, *stale})
    old = {address for text in old_texts for address in _addresses(text)}
    old.update(address for address in _instances(folder) if block_of(address) in old & new)
    return tuple(sorted(old - new))


def _texts(folder: Path, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        data = read(folder / path) if path.endswith(".tf") else None
        # If it is missing or not a file, nothing is overwritten.
        yield (data or b"").decode("utf-8", "replace")


def _instances(folder: Path) -> Iterator[str]:
    """Yield the addresses of instances that the folder's data file (``for_each``) creates."""
    import yaml  # noqa: PLC0415 - few exports have data

    try:
        sets = yaml.safe_load(read(folder / DATA_FILE) or b"")
    except (yaml.YAMLError, RecursionError, ValueError):
        return
    for name, options in sets.items() if isinstance(sets, dict) else ():
        yield str(of_instance(Identity(str(name))))
        inner = options.get("event_destinations") if isinstance(options, dict) else None
        for destination in inner if isinstance(inner, dict) else ():
            yield str(of_instance(Identity(str(name), str(destination))))


def _addresses(text: str) -> Iterator[str]:
    for match in _RESOURCE.finditer(text):
        yield f"{match['type']}.{match['label']}"
