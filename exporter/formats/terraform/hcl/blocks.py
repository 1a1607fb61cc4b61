"""The blocks of a body, with those that ``dynamic`` blocks stand for."""

from collections.abc import Mapping
from typing import Protocol

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.indexing import entries
from exporter.formats.terraform.hcl.resolver import Names
from exporter.formats.terraform.hcl.syntax import Block, Body, Expression
from exporter.formats.terraform.hcl.types import Value


class Evaluator(Protocol):
    """The module that a body stands in."""

    def value(self, expression: Expression, names: Mapping[str, Value]) -> Value:
        """The value of an expression."""
        ...


def blocks(
    module: Evaluator, body: Body, names: Names, skip: frozenset[str]
) -> dict[str, list[tuple[Body, Names]] | Unknown]:
    """The blocks of a body by their names, dynamic ones expanded, each with its names."""
    found: dict[str, list[tuple[Body, Names]] | Unknown] = {}
    for block in body.blocks:
        is_dynamic = block.type == "dynamic" and len(block.labels) == 1
        name = block.labels[0] if is_dynamic else block.type
        if name in skip:
            continue
        before = found.setdefault(name, [])
        if isinstance(before, Unknown):
            continue
        new = _expanded(module, block, names) if is_dynamic else [(block.body, names)]
        found[name] = new if isinstance(new, Unknown) else before + new
    return found


def _expanded(module: Evaluator, block: Block, names: Names) -> list[tuple[Body, Names]] | Unknown:
    """The blocks that a ``dynamic`` block stands for."""
    body = block.body
    content = [inner.body for inner in body.blocks if inner.type == "content"]
    if "for_each" not in body.attributes or len(content) != 1:
        return Unknown("its dynamic block has no for_each or no content")
    pairs = entries(module.value(body.attributes["for_each"], names))
    if isinstance(pairs, Unknown):
        return pairs
    iterator = body.attributes.get("iterator")
    name = block.labels[0] if iterator is None else iterator.source.text_of(iterator.node)
    return [
        (content[0], {**names, name.strip('"'): {"key": key, "value": value}})
        for key, value in pairs
    ]
