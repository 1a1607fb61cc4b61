"""What files of Terraform code declare: of each there may be one in a folder.

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
    """What a file declares; nothing where it is no code, which Terraform says with the line.

    ``path`` is the file as a person sees it, ``name`` its name in its folder.
    """
    try:
        if path.endswith(".json"):
            found = [(each, path) for each in _names_in_json(json.loads(text))]
        else:
            found = [pair for block in parse(text, path).blocks for pair in _of_block(block)]
    except (ExporterError, ValueError, RecursionError):
        return
    yield from (Declared(each, where, name) for each, where in found)


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
