"""Other people's Terraform in the folder of an export: it is part of the same module.

Most of it is none of our business. What both declare makes ``terraform init`` fail, though: a
module has one ``required_providers``, one default configuration of a provider, and one block of
each address.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporter.export import terraform_versions
from exporter.formats.base import Rendering
from exporter.formats.export_files import read
from exporter.formats.terraform.hcl.relevance import is_override
from exporter.formats.terraform.hcl.syntax import Block, parse
from exporter.support.errors import ExporterError
from exporter.support.text import shortened

_NEEDS = (1, 5)
"""The first Terraform with ``import`` blocks; the export's own ``required_version``."""

_NAMED = {"data": "data.", "module": "module.", "output": "output ", "variable": "var."}


@dataclass(frozen=True)
class _Declared:
    name: str
    where: str


def refuse_clashes(folder: Path, own: Collection[str], rendering: Rendering) -> None:
    """Refuse an export beside code that declares the same.

    Args:
        folder: Where the export goes.
        own: The files of an earlier export there.
        rendering: What is to be written.

    Raises:
        ExporterError: when Terraform would refuse the two together.
    """
    code = {file.path: file.text for file in rendering.files if file.path.endswith(".tf")}
    others = _others(folder, {*own, *code})
    if not code or not others:
        return
    ours = {each.name for path, text in code.items() for each in _declared(path, text)}
    clashes = [
        each
        for path, text in others.items()
        for each in _declared(str(folder / path), text)
        if each.name in ours
    ]
    if clashes:
        raise ExporterError(
            "holds Terraform code that declares what the export declares too, and "
            "Terraform refuses the two in one folder:",
            where=str(folder),
            items=shortened(f"{each.where}: {each.name}" for each in clashes),
            hint="export into a folder of its own with another --out, or move that code out of "
            "this one",
        )
    old = terraform_versions.refusing(folder, _NEEDS, files=sorted(others))
    if old is not None:
        raise ExporterError(
            f"{old.text} does not admit Terraform 1.5, which the export's import blocks need",
            where=old.where,
            hint="admit Terraform 1.5 there, or export into another folder with --out",
        )


def _others(folder: Path, own: Collection[str]) -> dict[str, str]:
    """The code that other people have there, by file; overrides declare nothing."""
    found = {}
    for path in sorted((*folder.glob("*.tf"), *folder.glob("*.tf.json"))):
        data = None if path.name in own or is_override(path.name) else read(path)
        if data is not None:
            found[path.name] = data.decode("utf-8", "replace")
    return found


def _declared(path: str, text: str) -> Iterator[_Declared]:
    """What a file declares; nothing where it is no code, which Terraform says with the line."""
    try:
        if path.endswith(".json"):
            yield from (_Declared(name, path) for name in _names_in_json(json.loads(text)))
            return
        blocks = parse(text, path).blocks
        for block in blocks:
            yield from _of_block(block)
    except (ExporterError, ValueError, RecursionError):
        return


def _of_block(block: Block) -> Iterator[_Declared]:
    if block.type == "locals":
        for name, expression in block.body.attributes.items():
            yield _Declared(f"local.{name}", expression.where)
    elif block.type == "provider":
        if "alias" not in block.body.attributes:
            yield _Declared(_provider(block.labels), block.where)
    elif block.type == "terraform":
        for inner in block.body.blocks:
            if inner.type == "required_providers":
                yield _Declared(inner.type, inner.where)
    else:
        yield from (_Declared(name, block.where) for name in _address(block.type, block.labels))


def _provider(labels: Iterable[str]) -> str:
    return f'provider "{".".join(labels)}" without an alias'


def _address(kind: str, labels: tuple[str, ...]) -> Iterator[str]:
    if kind == "resource":
        yield ".".join(labels)
    elif kind in _NAMED:
        yield f"{_NAMED[kind]}{'.'.join(labels)}"


def _names_in_json(document: Any) -> Iterator[str]:
    """What code in JSON declares (https://developer.hashicorp.com/terraform/language/syntax/json).

    A block is an object below its labels, or a list of such objects.
    """
    for each in _objects(document):
        for kind in ("resource", *_NAMED):
            for labels in _labels(each.get(kind), 2 if kind in ("resource", "data") else 1):
                yield from _address(kind, labels)
        for values in _objects(each.get("locals")):
            yield from (f"local.{name}" for name in values)
        for providers in _objects(each.get("provider")):
            for name, blocks in providers.items():
                if any("alias" not in block for block in _objects(blocks)):
                    yield _provider((name,))
        if any("required_providers" in settings for settings in _objects(each.get("terraform"))):
            yield "required_providers"


def _labels(value: Any, depth: int) -> Iterator[tuple[str, ...]]:
    for each in _objects(value):
        for label, inner in each.items():
            if depth == 1:
                yield (label,)
            else:
                yield from ((label, *rest) for rest in _labels(inner, depth - 1))


def _objects(value: Any) -> list[Mapping[str, Any]]:
    many = value if isinstance(value, list) else [value]
    return [each for each in many if isinstance(each, dict)]
