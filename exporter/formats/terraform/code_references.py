"""Find the references to resources of some types in Terraform code."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from tree_sitter import Node

from exporter.formats.terraform.hcl.syntax import Block, Source, parse
from exporter.formats.terraform.hcl.values import child_nodes

_REFERENCE_ARGUMENTS = frozenset({"depends_on", "replace_triggered_by"})
"""Arguments that accept only references."""


class Step(Enum):
    """What follows the address ``X`` of the resource in a reference."""

    WHOLE = auto()
    """``X``, or anything that isn't listed below."""
    ATTRIBUTE = auto()
    """``X.name``."""
    INSTANCE = auto()
    """``X["a"].name``."""
    SPLAT = auto()
    """``X[*].name``."""


@dataclass(frozen=True)
class Reference:
    """A reference to a resource.

    Attributes:
        where: The file and line, relative to the root module.
        text: The text to replace, as written.
        address: The type and label.
        step: What follows the address.
        attribute: The attribute; empty for none.
        index: The key of the instance, as written.
        is_reference_only: Whether only references are allowed there (``depends_on``).
        inside: The lines of the resource around it, if that is of one of the types.
        is_in_json: Whether it is part of a JSON string, where quotes are escaped.
    """

    where: str
    text: str
    address: str
    step: Step = Step.WHOLE
    attribute: str = ""
    index: str = ""
    is_reference_only: bool = False
    inside: str = ""
    is_in_json: bool = False


def address_of(types: Collection[str]) -> re.Pattern[str]:
    """Return a pattern of the addresses of some types."""
    return re.compile(rf"\b(?:{'|'.join(sorted(types))})\.[A-Za-z_][\w-]*")


def lines_of(name: str, block: Block) -> str:
    """Return the file and lines of a block: ``main.tf:3-9``."""
    points = (block.node.start_point, block.node.end_point)
    first, last = (block.source.line(row) for row, _ in points)
    return f"{name}:{first}" if first == last else f"{name}:{first}-{last}"


def references(text: str, name: str, types: Collection[str]) -> Iterator[Reference]:
    """Yield the references in a file, in order.

    Args:
        text: The text of the file.
        name: Its path relative to the root module.
        types: The resource types to look for.

    Raises:
        ExporterError: when it isn't Terraform code.
    """
    for block in parse(text, name).blocks:
        if block.type in ("import", "moved", "removed"):
            continue
        is_searched = block.type == "resource" and block.labels[:1] and block.labels[0] in types
        inside = lines_of(name, block) if is_searched else ""
        for nodes, is_reference_only in _variables(block.source, block.node):
            if block.source.text_of(nodes[0]) in types:
                for reference in _reference(
                    block.source, nodes, name, inside, is_reference_only=is_reference_only
                ):
                    yield replace(reference, is_in_json=name.endswith(".json"))


def _variables(source: Source, top: Node) -> Iterator[tuple[list[Node], bool]]:
    """Yield each variable with the nodes after it, and whether only references are allowed there.

    Without recursion, as trees may be deep.
    """
    stack = [(top, False)]
    while stack:
        node, is_reference_only = stack.pop()
        if node.type == "attribute":
            is_reference_only = source.text_of(node.named_children[0]) in _REFERENCE_ARGUMENTS
        children = child_nodes(node)
        for index, child in enumerate(children):
            if child.type == "variable_expr":
                yield children[index:], is_reference_only
        stack += ((child, is_reference_only) for child in reversed(children))


def _reference(
    source: Source, nodes: list[Node], name: str, inside: str, *, is_reference_only: bool
) -> Iterator[Reference]:
    """Yield the reference, unless the type has no label after it."""
    if len(nodes) < 2 or nodes[1].type != "get_attr":
        return
    address = f"{source.text_of(nodes[0])}.{_attribute(source, nodes[1])}"
    step, attribute, index, end = _step(source, nodes[2:], is_reference_only=is_reference_only)
    last = end or nodes[1]
    text = source.text(nodes[0].start_byte, last.end_byte)
    where = f"{name}:{source.line(nodes[0].start_point[0])}"
    yield Reference(where, text, address, step, attribute, index, is_reference_only, inside)


def _step(
    source: Source, nodes: list[Node], *, is_reference_only: bool
) -> tuple[Step, str, str, Node | None]:
    """Return the step, attribute and index of a reference, and the last node to replace."""
    first = nodes[0] if nodes else None
    second = nodes[1] if len(nodes) > 1 else None
    if first is not None and first.type == "get_attr":
        return Step.ATTRIBUTE, _attribute(source, first), "", first
    if first is not None and first.type == "index":
        index = source.text_of(first).strip("[].").strip()
        if second is not None and second.type == "get_attr":
            return Step.INSTANCE, _attribute(source, second), index, second
        if is_reference_only:
            return Step.INSTANCE, "", index, first
    if first is not None and first.type == "splat":
        inner = child_nodes(child_nodes(first)[0])
        if len(inner) > 1 and inner[1].type == "get_attr":
            return Step.SPLAT, _attribute(source, inner[1]), "", inner[1]
    return Step.WHOLE, "", "", None


def _attribute(source: Source, node: Node) -> str:
    return source.text_of(child_nodes(node)[1])
