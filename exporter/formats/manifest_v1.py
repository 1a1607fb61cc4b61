"""Upgrade manifests of version 1 to version 2.

Version 1 recorded for the whole folder what version 2 records for each resource: which import
files were written, and which of them a person deleted. It recorded no values.
"""

import re
from typing import Any

Json = Any

_NUMBERED = re.compile(r"-([0-9]{2,})\.json\Z")


def upgraded(document: Json) -> Json:
    """Return the manifest in the form of version 2.

    The import of a resource that isn't imported yet is in the file that was written for its stack.
    If that file was deleted before, the resource is newer and has no import: the next export
    writes one.

    The shape of the parsed document is not trusted.

    Raises:
        ValueError: if it doesn't have the shape of a manifest.
    """
    try:
        written = [path for path in document.get("Imports", []) if not path.endswith(".md")]
        scopes = [_scope(scope, written) for scope in document["Scopes"]]
        others = {name: value for name, value in document.items() if name != "RemovedImports"}
    except (KeyError, TypeError, AttributeError):
        raise ValueError("damaged") from None
    return {**others, "FormatVersion": 2, "Scopes": scopes, "Options": _options(scopes)}


def _options(scopes: list[Json]) -> Json:
    """Return the options that version 1 recorded: not the paths of files."""
    options: Json = {}
    modes = [scope["References"] for scope in scopes if scope.get("References")]
    if modes:
        options["References"] = modes[0]
    if any(scope.get("IsMapped") for scope in scopes):
        options["MapFile"] = {"Digest": ""}
    if any(scope.get("Templates") for scope in scopes):
        options["Templates"] = {"Digest": ""}
    return options


def _scope(scope: Json, written: list[str]) -> Json:
    prefix = "" if scope["Path"] == "." else f"{scope['Path']}/"
    files = [path.removeprefix(prefix) for path in written if path.startswith(prefix)]
    by_stack = {_stack_of(path): path for path in files if "/" not in path}
    resources = [_resource(resource, by_stack) for resource in scope.get("Resources", [])]
    return {**scope, "Resources": resources}


def _stack_of(path: str) -> int:
    match = _NUMBERED.search(path)
    return int(match[1]) if match else 0


def _resource(resource: Json, by_stack: dict[int, str]) -> Json:
    if resource.get("Imported"):
        return resource
    file = by_stack.get(resource.get("Stack", 0), by_stack.get(0, ""))
    return {**resource, "ImportFile": file} if file else resource
