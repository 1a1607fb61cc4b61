"""What files of Terraform code declare: of each there may be one in a folder.

A module has one ``required_providers``, one default configuration of a provider, and one block of
each address.
"""

from collections.abc import Iterable, Iterator

from exporter.formats.code_beside import Declared
from exporter.formats.terraform.hcl.syntax import Block, parse
from exporter.support.errors import ExporterError

_NAMED = {"data": "data.", "module": "module.", "output": "output ", "variable": "var."}


def declared(path: str, text: str, name: str) -> Iterator[Declared]:
    """What a file declares; nothing where it is no code, which Terraform says with the line.

    ``path`` is the file as a person sees it, ``name`` its name in its folder.
    """
    try:
        found = [pair for block in parse(text, path).blocks for pair in _of_block(block)]
    except (ExporterError, RecursionError):
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
