"""Read CDK cloud assemblies (``cdk.out``).

By the cloud assembly schema, ``manifest.json`` lists artifacts: stacks with a template and an
environment, and nested assemblies (stages).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from exporter.formats.cloudformation import template
from exporter.formats.cloudformation.exports import ExportingTemplate, Exports
from exporter.formats.cloudformation.surroundings import surroundings_of
from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import Loaded
from exporter.support import regular_files
from exporter.support.errors import ExporterError

Json = Any

_MANIFEST = "manifest.json"
_STACK = "aws:cloudformation:stack"
_ASSEMBLY = "cdk:cloud-assembly"
_LARGEST_MANIFEST = 50_000_000
_HASHED = re.compile(r"(?:^|/)([0-9a-f]{64})\.json$")
"""The name of an asset in the bucket that it is uploaded to."""
_AGAIN = "synthesize it again: npx aws-cdk@2 synth"


def load(folder: Path, inputs: CodeInputs = CodeInputs()) -> list[Loaded]:  # noqa: B008 - frozen
    """Return what the stacks of an assembly describe, including stages and nested stacks.

    Args:
        folder: The assembly, such as ``cdk.out``.
        inputs: What the caller knows about the stacks; names, accounts and regions in the assembly
            take precedence.

    Returns:
        One for each account and region, in order; either is None if the app doesn't set it and it
        isn't known otherwise.

    Raises:
        ExporterError: when a file is missing or malformed, or two stacks of one account and region
            describe the same resource.
    """
    root = folder.resolve()
    loaded_by_scope: dict[tuple[str, str], list[Loaded]] = defaultdict(list)
    exports = Exports()
    templates: list[ExportingTemplate] = []
    for stack in _stacks(folder, root, set()):
        around = surroundings_of(
            stack.parameters,
            stack.account_id,
            stack.region,
            inputs,
            nested_text=partial(_nested_text, stack.file.parent, root),
            exports=exports,
            tags=stack.tags,
        )
        text = _text(stack.file, template.BYTES_LIMIT)
        templates.append(ExportingTemplate(text, str(stack.file), around))
        exports.add(templates[-1])
    for each in templates:
        loaded = template.load(each.text, each.where, around=each.around)
        loaded_by_scope[loaded.account_id or "", loaded.region or ""].append(loaded)
    return [template.joined(parts) for _, parts in sorted(loaded_by_scope.items())]


def _nested_text(folder: Path, root: Path, location: str) -> tuple[str, str] | None:
    """The file and the text of a nested stack's template, which is an asset of the assembly.

    Args:
        folder: The folder of the template that refers to it.
        root: The assembly.
        location: ``aws:asset:path`` of the code, or the URL that the asset is uploaded to.
    """
    asset = _HASHED.search(location)
    name = _asset(folder, asset[1]) if asset else location
    if name is None or "://" in name or "\0" in name:
        return None
    path = folder / name
    if not path.resolve().is_relative_to(root) or not path.is_file():
        return None
    return str(path), _text(path, template.BYTES_LIMIT)


def _asset(folder: Path, digest: str) -> str | None:
    """The file of an asset, according to the asset manifests in a folder."""
    for manifest in sorted(folder.glob("*.assets.json")):
        try:
            files = msgspec.json.decode(_text(manifest, _LARGEST_MANIFEST))["files"]
            path = files[digest]["source"]["path"]
        except (msgspec.DecodeError, RecursionError, KeyError, TypeError, IndexError):
            continue
        if isinstance(path, str):
            return path
    return None


@dataclass(frozen=True)
class _Stack:
    file: Path
    account_id: str | None
    region: str | None
    parameters: dict[str, str]
    tags: dict[str, str]


def _stacks(folder: Path, root: Path, seen: set[Path]) -> Iterator[_Stack]:
    """The stacks of an assembly and of nested ones; no path may lead out of ``root``."""
    if folder.resolve() in seen:
        return
    seen.add(folder.resolve())
    where = str(folder / _MANIFEST)
    for name, artifact in _artifacts(folder).items():
        kind = artifact.get("type") if isinstance(artifact, dict) else None
        if kind == _STACK:
            yield _stack(name, artifact, folder, root)
        elif kind == _ASSEMBLY:
            inner = _path(artifact, "directoryName", folder, root, f"{where}: {name}")
            yield from _stacks(inner, root, seen)


def _artifacts(folder: Path) -> dict[str, Json]:
    path = folder / _MANIFEST
    try:
        manifest = msgspec.json.decode(_text(path, _LARGEST_MANIFEST))
    except (msgspec.DecodeError, RecursionError) as error:
        raise ExporterError(f"not JSON: {error}", where=str(path), hint=_AGAIN) from None
    artifacts = manifest.get("artifacts", {}) if isinstance(manifest, dict) else None
    if not isinstance(artifacts, dict) or not isinstance(manifest.get("version"), str):
        what = "not the manifest of a cloud assembly: it has no version or no artifacts"
        raise ExporterError(what, where=str(path), hint=_AGAIN)
    return artifacts


def _stack(name: str, artifact: dict[str, Json], folder: Path, root: Path) -> _Stack:
    where = f"{folder / _MANIFEST}: {name}"
    account_id, region = _environment(artifact.get("environment"), where)
    file = _path(artifact, "templateFile", folder, root, where)
    properties = artifact["properties"]
    declared = properties.get("parameters")
    parameters = {"AWS::StackName": properties.get("stackName", name)}
    parameters |= declared if isinstance(declared, dict) else {}
    return _Stack(file, account_id, region, _texts(parameters), _texts(properties.get("tags")))


def _texts(value: Json) -> dict[str, str]:
    """The strings of a mapping; empty if it isn't one."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {key: each for key, each in pairs if isinstance(each, str)}


def _environment(value: Json, where: str) -> tuple[str | None, str | None]:
    """Account and region of ``aws://ACCOUNT/REGION``; None if the app doesn't set it."""
    parts = value.removeprefix("aws://").split("/") if isinstance(value, str) else []
    if len(parts) != 2 or not str(value).startswith("aws://"):
        what = f"its environment is {value!r}, not aws://ACCOUNT/REGION"
        raise ExporterError(what, where=where, hint=_AGAIN)
    account_id, region = parts
    return (
        None if account_id == "unknown-account" else account_id,
        None if region == "unknown-region" else region,
    )


def _path(artifact: dict[str, Json], key: str, folder: Path, root: Path, where: str) -> Path:
    properties = artifact.get("properties")
    name = properties.get(key) if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name or "\0" in name:
        raise ExporterError(f"it has no {key}", where=where, hint=_AGAIN)
    path = folder / name
    if not path.resolve().is_relative_to(root):
        raise ExporterError(f"its {key} {name!r} is outside the assembly", where=where)
    return path


def _text(path: Path, limit: int) -> str:
    with regular_files.readable(path, _AGAIN):
        if path.stat().st_size > limit:
            raise ExporterError(f"over {limit:,} bytes", where=str(path))
    return regular_files.text(path, regular_files.read_within, _AGAIN)
