"""Terraform resources that stand in files which an export overwrites by force.

The manifest knows the resources of the previous export. Where it is lost, or where a person wrote
resources of their own into a file of the export, the file alone tells what state may hold.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from exporter.formats.base import Rendering
from exporter.formats.export_files import read

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
    old = _texts(folder, {*code, *stale})
    return tuple(sorted({at for text in old for at in _addresses(text)} - there))


def _texts(folder: Path, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        data = read(folder / path) if path.endswith(".tf") else None
        # One that is not there, or no file: nothing is overwritten.
        yield (data or b"").decode("utf-8", "replace")


def _addresses(text: str) -> Iterator[str]:
    for match in _RESOURCE.finditer(text):
        yield f"{match['type']}.{match['label']}"
