"""Read other people's ``import``, ``moved`` and ``removed`` blocks.

A resource can have only one import block, and the code must not have the resource that a ``moved``
or ``removed`` block leads away from (https://developer.hashicorp.com/terraform/language/import).
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from exporter.formats.filters import hcl_string
from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.resolver import Names
from exporter.formats.terraform.hcl.syntax import Block, Expression, blocks_of, parse
from exporter.support.errors import ExporterError

_INDEX = re.compile(r'\[((?:[^\[\]"]|"(?:[^"\\]|\\.)*"|\[[^\[\]]*\])*)\]')
_LITERAL = re.compile(r'\s*(?:[0-9]+|"(?:[^"\\]|\\.)*")\s*')


def imported(root: Module, header: bytes) -> dict[str, str]:
    """Return the addresses that the import blocks of a root module import.

    Args:
        root: The module.
        header: The first bytes of files that an export wrote, which are skipped.

    Returns:
        The addresses, with keys, and the file and line of each block; without addresses that can't
        be evaluated.
    """
    found: dict[str, str] = {}
    for block in root.config.imports:
        to = block.body.attributes.get("to")
        if to is None or block.source.data.startswith(header):
            continue
        for instance in root.instances(block, "import"):
            address = None if instance.doubt else _address(root, to, instance.names)
            if address is not None:
                found[address] = block.where
    return found


def _address(root: Module, to: Expression, names: Names) -> str | None:
    """Return an address with the values of its keys; None if one can't be evaluated."""
    values: list[str] = []
    text = to.source.text_of(to.node)
    for match in _INDEX.finditer(text):
        value = _key(root, match[1], names)
        if value is None:
            return None
        values.append(f"[{value}]")
    left = iter(values)
    return _INDEX.sub(lambda _: next(left), text)


def _key(root: Module, text: str, names: Names) -> str | None:
    if _LITERAL.fullmatch(text):
        return text.strip()
    try:
        expression = parse(f"value = {text}\n", "").attributes["value"]
    except (ExporterError, KeyError):
        return None
    value = root.value(expression, names)
    if isinstance(value, str):
        return hcl_string(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else None


def left(texts: Mapping[str, str]) -> Iterator[str]:
    """Yield the addresses that ``moved`` and ``removed`` blocks lead away from."""
    for name, text in texts.items():
        yield from _left(blocks_of(text, name))


def _left(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if block.type in ("moved", "removed"):
            before = block.body.attributes.get("from")
            if before is not None:
                yield before.source.text_of(before.node)
