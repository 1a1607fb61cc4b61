"""The nested blocks of a body, with ``dynamic`` blocks expanded."""

from collections.abc import Mapping
from typing import Protocol

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.indexing import entries
from exporter.formats.terraform.hcl.resolver import Names
from exporter.formats.terraform.hcl.syntax import Block, Body, Expression
from exporter.formats.terraform.hcl.types import Value


class Evaluator(Protocol):
    """The module that contains a body."""

    def value(self, expression: Expression, names: Mapping[str, Value]) -> Value:
        """Return the value of an expression."""
        ...


def blocks(
    module: Evaluator, body: Body, names: Names, skip: frozenset[str]
) -> dict[str, list[tuple[Body, Names]] | Unknown]:
    """Return the blocks of a body by type, each with the values of the names in it.

    ``dynamic`` blocks are expanded; a type with one that can't be is ``Unknown``.
    """
    by_name: dict[str, list[tuple[Body, Names]] | Unknown] = {}
    for block in body.blocks:
        is_dynamic = block.type == "dynamic" and len(block.labels) == 1
        name = block.labels[0] if is_dynamic else block.type
        if name in skip:
            continue
        earlier = by_name.setdefault(name, [])
        if isinstance(earlier, Unknown):
            continue
        expanded = _expanded(module, block, names) if is_dynamic else [(block.body, names)]
        by_name[name] = expanded if isinstance(expanded, Unknown) else earlier + expanded
    return by_name


def _expanded(module: Evaluator, block: Block, names: Names) -> list[tuple[Body, Names]] | Unknown:
    """Expand a ``dynamic`` block."""
    body = block.body
    content = [nested.body for nested in body.blocks if nested.type == "content"]
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
