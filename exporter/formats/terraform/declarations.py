"""List the declarations in Terraform files that must be unique in a folder.

A module has one ``required_providers``, one default configuration of a provider, and one block of
each address.
"""

from collections.abc import Iterable, Iterator

from exporter.formats.code_beside import Declared
from exporter.formats.terraform.hcl.syntax import Block, parse
from exporter.support.errors import ExporterError

_NAMED = {"data": "data.", "module": "module.", "output": "output ", "variable": "var."}


def declared(path: str, text: str, name: str) -> Iterator[Declared]:
    """Yield the declarations of a file; none if it isn't code, as Terraform will report that.

    ``path`` is the file as the user sees it, ``name`` its name in the folder.
    """
    try:
        names = [pair for block in parse(text, path).blocks for pair in _of_block(block)]
    except (ExporterError, RecursionError):
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
