"""Where Terraform code refers to resources of some types, and how each reference goes on."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from tree_sitter import Node

from exporter.formats.terraform.hcl.syntax import Block, Source, parse
from exporter.formats.terraform.hcl.values import parts

_BARE = frozenset({"depends_on", "replace_triggered_by"})
"""Arguments that take references and nothing else."""


class Step(Enum):
    """How a reference goes on behind the address of the resource."""

    WHOLE = auto()
    """``X``, perhaps with more behind it."""
    ATTRIBUTE = auto()
    """``X.name``."""
    INSTANCE = auto()
    """``X["a"].name``."""
    EACH = auto()
    """``X[*].name``."""


@dataclass(frozen=True)
class Found:
    """A reference to a resource.

    Attributes:
        where: The file and line, from the root module.
        text: What is to be replaced, as it is written.
        address: The type and label.
        attribute: The attribute that is asked for; empty for none.
        index: The key of the instance, as it is written.
        is_bare: Whether it stands where only references may stand.
        inside: The lines of the resource of such a type that it stands in; empty for any other
            block.
        is_readable: Whether the file is in a language in which it can be replaced.
    """

    where: str
    text: str
    address: str
    step: Step = Step.WHOLE
    attribute: str = ""
    index: str = ""
    is_bare: bool = False
    inside: str = ""
    is_readable: bool = True


def address_of(types: Collection[str]) -> re.Pattern[str]:
    """What an address of some types looks like in a text."""
    return re.compile(rf"\b(?:{'|'.join(sorted(types))})\.[A-Za-z_][\w-]*")


def lines_of(name: str, block: Block) -> str:
    """The file and lines of a block: ``main.tf:3-9``."""
    first, last = (
        block.source.line(at[0]) for at in (block.node.start_point, block.node.end_point)
    )
    return f"{name}:{first}" if first == last else f"{name}:{first}-{last}"


def references(text: str, name: str, types: Collection[str]) -> Iterator[Found]:
    """The references in a file, in order.

    Args:
        text: The file.
        name: Its path from the root module.
        types: The types of the resources that are looked for.

    Raises:
        ExporterError: when it is no code.
    """
    for block in parse(text, name).blocks:
        if block.type in ("import", "moved", "removed"):
            continue
        is_one = block.type == "resource" and block.labels[:1] and block.labels[0] in types
        inside = lines_of(name, block) if is_one else ""
        for nodes, is_bare in _variables(block.source, block.node):
            if block.source.text_of(nodes[0]) in types:
                yield from _reference(block.source, nodes, name, inside, is_bare=is_bare)


def in_json(text: str, name: str, types: Collection[str]) -> Iterator[Found]:
    """The references in a file in JSON: by their text, as they stand within strings."""
    address = address_of(types)
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return
    for number, line in enumerate(text.splitlines(), 1):
        for match in address.finditer(line):
            found = match.group()
            yield Found(f"{name}:{number}", found, found, is_readable=False)


def _variables(source: Source, top: Node) -> Iterator[tuple[list[Node], bool]]:
    """Each name with what follows it, and whether it stands where only references may.

    Without recursion, as trees may be deep.
    """
    waiting = [(top, False)]
    while waiting:
        node, is_bare = waiting.pop()
        if node.type == "attribute":
            is_bare = source.text_of(node.named_children[0]) in _BARE
        children = parts(node)
        for at, child in enumerate(children):
            if child.type == "variable_expr":
                yield children[at:], is_bare
        waiting += ((child, is_bare) for child in reversed(children))


def _reference(
    source: Source, nodes: list[Node], name: str, inside: str, *, is_bare: bool
) -> Iterator[Found]:
    """The reference, unless it names nothing of its type."""
    if len(nodes) < 2 or nodes[1].type != "get_attr":
        return
    address = f"{source.text_of(nodes[0])}.{_attribute(source, nodes[1])}"
    step, attribute, index, end = _step(source, nodes[2:], is_bare=is_bare)
    last = end or nodes[1]
    text = source.text(nodes[0].start_byte, last.end_byte)
    where = f"{name}:{source.line(nodes[0].start_point[0])}"
    yield Found(where, text, address, step, attribute, index, is_bare, inside)


def _step(
    source: Source, nodes: list[Node], *, is_bare: bool
) -> tuple[Step, str, str, Node | None]:
    """How a reference goes on, and the last node of it that is replaced."""
    first = nodes[0] if nodes else None
    second = nodes[1] if len(nodes) > 1 else None
    if first is not None and first.type == "get_attr":
        return Step.ATTRIBUTE, _attribute(source, first), "", first
    if first is not None and first.type == "index":
        index = source.text_of(first).strip("[].").strip()
        if second is not None and second.type == "get_attr":
            return Step.INSTANCE, _attribute(source, second), index, second
        if is_bare:
            return Step.INSTANCE, "", index, first
    if first is not None and first.type == "splat":
        inner = parts(parts(first)[0])
        if len(inner) > 1 and inner[1].type == "get_attr":
            return Step.EACH, _attribute(source, inner[1]), "", inner[1]
    return Step.WHOLE, "", "", None


def _attribute(source: Source, node: Node) -> str:
    return source.text_of(parts(node)[1])
