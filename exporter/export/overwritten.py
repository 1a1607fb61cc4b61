"""Terraform resources that stand in files which an export overwrites by force.

The manifest knows the resources of the previous export. Where it is lost, or where a person wrote
resources of their own into a file of the export, the file alone tells what state may hold.
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
    """The addresses that would leave the code by no word of anybody.

    ``stale`` are files of the previous export that are no longer part of it.

    Returns:
        Each address once, sorted, without those that the new code has.
    """
    code = {file.path: file.text for file in rendering.files}
    there = {at for text in code.values() for at in _addresses(text)}
    there.update(rendering.addresses.values())
    old = _texts(folder, {*code, *stale})
    found = {at for text in old for at in _addresses(text)}
    found.update(at for at in _instances(folder) if block_of(at) in found & there)
    return tuple(sorted(found - there))


def _texts(folder: Path, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        data = read(folder / path) if path.endswith(".tf") else None
        # One that is not there, or no file: nothing is overwritten.
        yield (data or b"").decode("utf-8", "replace")


def _instances(folder: Path) -> Iterator[str]:
    """The addresses that data in the folder makes, where code goes through it."""
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
