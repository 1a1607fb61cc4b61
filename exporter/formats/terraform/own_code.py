"""Our own untouched Terraform exports: literals and plain references, read by HashiCorp's parser.

pygohcl is fast, but it cannot tell an expression from a text, so it serves for nothing else.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pygohcl

from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.terraform.plan_json import to_api
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError

Json = Any

_NO_SETTING = frozenset({"configuration_set_name", "lifecycle"})


def load(files: Mapping[str, str]) -> Loaded:
    """What an export describes.

    Args:
        files: Its ``*.tf`` files by path; the hashes of the manifest say that they are untouched.

    Raises:
        ExporterError: when a file is not HCL after all.
    """
    parsed = {path: _parse(path, text) for path, text in files.items()}
    lines = _lines(files)
    sets = dict(_blocks(parsed, lines, SET_TYPE))
    names = {address: block["configuration_set_name"] for address, (_, block) in sets.items()}
    found = [_set(address, path, block) for address, (path, block) in sets.items()]
    for address, (path, block) in _blocks(parsed, lines, DESTINATION_TYPE):
        found.append(_destination(address, path, block, names))
    return Loaded(tuple(found))


def _parse(path: str, text: str) -> Json:
    try:
        return pygohcl.loads(text)
    except (pygohcl.HCLParseError, ValueError) as error:
        raise ExporterError(f"not HCL: {error}", where=path) from None


def _blocks(
    parsed: Mapping[str, Json], lines: Mapping[tuple[str, str], str], kind: str
) -> Iterator[tuple[str, tuple[str, Json]]]:
    for path, content in parsed.items():
        for label, block in content.get("resource", {}).get(kind, {}).items():
            address = f"{kind}.{label}"
            yield address, (lines.get((path, address), path), block)


def _lines(files: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """The place of each resource; the parser does not tell it."""
    found = {}
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith('resource "'):
                _, kind, _, label, *_ = line.split('"')
                found[path, f"{kind}.{label}"] = f"{path}:{number}"
    return found


def _set(address: str, path: str, block: Json) -> CodeResource:
    name = block["configuration_set_name"]
    values = {key: _block(value) for key, value in block.items() if key not in _NO_SETTING}
    api = to_api(values)
    tags = block.get("tags")
    if tags:
        api["Tags"] = [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
    return CodeResource(address, path, Identity(name), api)


def _destination(address: str, path: str, block: Json, names: Mapping[str, str]) -> CodeResource:
    written = block["configuration_set_name"]
    # A reference, or the literal name of a set that is not part of the export.
    set_name = names.get(written.removesuffix(".configuration_set_name"), written)
    values = _block(block["event_destination"])
    name = block["event_destination_name"]
    return CodeResource(address, path, Identity(set_name, name), to_api(values[0]))


def _block(value: Json) -> Json:
    """A value as blocks are elsewhere: pygohcl gives one block as an object, several as a list."""
    if isinstance(value, dict):
        return [{key: _block(item) for key, item in value.items()}]
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [{key: _block(inner) for key, inner in item.items()} for item in value]
    return value
