"""List the declarations in Terraform files that must be unique in a folder.

A module has one ``required_providers``, one default configuration of a provider, and one block of
each address.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exporter.formats.code_beside import Declared
from exporter.formats.terraform.hcl.syntax import Block, parse
from exporter.support.errors import ExporterError

_NAMED = {"data": "data.", "module": "module.", "output": "output ", "variable": "var."}


def declared(path: str, text: str, name: str) -> Iterator[Declared]:
    """Yield the declarations of a file; none if it isn't code, as Terraform will report that.

    ``path`` is the file as the user sees it, ``name`` its name in the folder.
    """
    try:
        if path.endswith(".json"):
            names = [(name_, path) for name_ in _names_in_json(json.loads(text))]
        else:
            names = [pair for block in parse(text, path).blocks for pair in _of_block(block)]
    except (ExporterError, ValueError, RecursionError):
        return
    yield from (Declared(name_, where, name) for name_, where in names)


def _of_block(block: Block) -> Iterator[tuple[str, str]]:
    if block.type == "locals":
        for name, expression in block.body.attributes.items():
            yield f"local.{name}", expression.where
    elif block.type == "provider":
        if "alias" not in block.body.attributes:
            yield _provider(block.labels), block.where
    elif block.type == "terraform":
        for inner in block.body.blocks:
            if inner.type == "required_providers":
                yield inner.type, inner.where
    else:
        yield from ((name, block.where) for name in _address(block.type, block.labels))


def _provider(labels: Iterable[str]) -> str:
    return f'provider "{".".join(labels)}" without an alias'


def _address(kind: str, labels: tuple[str, ...]) -> Iterator[str]:
    if kind == "resource":
        yield ".".join(labels)
    elif kind in _NAMED:
        yield f"{_NAMED[kind]}{'.'.join(labels)}"


def _names_in_json(document: Any) -> Iterator[str]:
    """Yield what JSON code declares (https://developer.hashicorp.com/terraform/language/syntax/json).

    A block is an object below its labels, or a list of such objects.
    """
    for block in _objects(document):
        for kind in ("resource", *_NAMED):
            for labels in _labels(block.get(kind), 2 if kind in ("resource", "data") else 1):
                yield from _address(kind, labels)
        for values in _objects(block.get("locals")):
            yield from (f"local.{name}" for name in values)
        for providers in _objects(block.get("provider")):
            for name, blocks in providers.items():
                if any("alias" not in configuration for configuration in _objects(blocks)):
                    yield _provider((name,))
        if any("required_providers" in settings for settings in _objects(block.get("terraform"))):
            yield "required_providers"


def _labels(value: Any, depth: int) -> Iterator[tuple[str, ...]]:
    for item in _objects(value):
        for label, inner in item.items():
            if depth == 1:
                yield (label,)
            else:
                yield from ((label, *rest) for rest in _labels(inner, depth - 1))


def _objects(value: Any) -> list[Mapping[str, Any]]:
    many = value if isinstance(value, list) else [value]
    return [item for item in many if isinstance(item, dict)]
