"""Manifests of version 1, brought into the form of version 2.

Version 1 kept one fact for the folder where version 2 keeps one for each resource: which import
files had been written, and which of them a person had deleted. It kept no values.
"""

import re
from typing import Any

Json = Any

_NUMBERED = re.compile(r"-([0-9]{2,})\.json\Z")


def upgraded(document: Json) -> Json:
    """The same manifest in the form of version 2.

    A resource that was not imported yet has its import in the file that was written for its stack.
    Where that file had been deleted before, the resource is one that came later, without an import:
    the next export hands it out.

    The shape of the parsed document is not trusted.

    Raises:
        ValueError: when it has not the shape of a manifest.
    """
    try:
        written = [path for path in document.get("Imports", []) if not path.endswith(".md")]
        scopes = [_scope(scope, written) for scope in document["Scopes"]]
        kept = {name: value for name, value in document.items() if name != "RemovedImports"}
    except (KeyError, TypeError, AttributeError):
        raise ValueError("damaged") from None
    return {**kept, "FormatVersion": 2, "Scopes": scopes, "Options": _options(scopes)}


def _options(scopes: list[Json]) -> Json:
    """What version 1 told of the options: where files were, it did not say."""
    found: Json = {}
    modes = [scope["References"] for scope in scopes if scope.get("References")]
    if modes:
        found["References"] = modes[0]
    if any(scope.get("IsMapped") for scope in scopes):
        found["MapFile"] = {"Digest": ""}
    if any(scope.get("Templates") for scope in scopes):
        found["Templates"] = {"Digest": ""}
    return found


def _scope(scope: Json, written: list[str]) -> Json:
    prefix = "" if scope["Path"] == "." else f"{scope['Path']}/"
    files = [path.removeprefix(prefix) for path in written if path.startswith(prefix)]
    by_stack = {_stack_of(path): path for path in files if "/" not in path}
    resources = [_resource(each, by_stack) for each in scope.get("Resources", [])]
    return {**scope, "Resources": resources}


def _stack_of(path: str) -> int:
    found = _NUMBERED.search(path)
    return int(found[1]) if found else 0


def _resource(resource: Json, by_stack: dict[int, str]) -> Json:
    if resource.get("Imported"):
        return resource
    file = by_stack.get(resource.get("Stack", 0), by_stack.get(0, ""))
    return {**resource, "ImportFile": file} if file else resource
