"""What the generated files of a folder tell Terraform, read with the project's own HCL reader."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exporter.formats.code_resource import CodeResource
from exporter.formats.terraform.hcl.load import load_one
from exporter.formats.terraform.hcl.syntax import Block, Expression, parse
from exporter.formats.terraform.hcl.tree import RootAlone
from exporter.formats.unresolved import lines
from exporter.model.resources import Scope


@dataclass(frozen=True)
class Removal:
    """A ``removed`` block."""

    address: str
    destroys: bool


@dataclass(frozen=True)
class Code:
    """The statements of a root module.

    Attributes:
        resources: By address.
        imports: Addresses and ids.
        moves: Addresses before and after.
        removals: What is no longer managed.
    """

    resources: Mapping[str, CodeResource]
    imports: tuple[tuple[str, str], ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    removals: tuple[Removal, ...] = ()


def read(folder: Path, scope: Scope) -> Code:
    """The code in a folder.

    Args:
        folder: The root module.
        scope: The account and region that its data sources are looked up in.
    """
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf"))}
    data = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}
    loaded = load_one(RootAlone(files, data), scope)
    assert not lines(loaded.unresolved), lines(loaded.unresolved)
    blocks = [block for name, text in files.items() for block in parse(text, name).blocks]
    resources = {each.address: each for each in loaded.resources}
    return Code(
        resources,
        tuple(each for b in blocks if b.type == "import" for each in _imports(b, resources)),
        tuple((_text(b, "from"), _text(b, "to")) for b in blocks if b.type == "moved"),
        tuple(_removal(block) for block in blocks if block.type == "removed"),
    )


def _imports(block: Block, resources: Mapping[str, CodeResource]) -> Iterator[tuple[str, str]]:
    """The addresses and ids of an import block: one, or those that its ``for_each`` gives."""
    each = block.body.attributes.get("for_each")
    if each is None:
        yield _text(block, "to"), _text(block, "id")
        return
    of = _text(block, "to").removesuffix("[each.key]")
    assert _text(block, "id") == "each.key"
    keys = re.findall(r'"(.*)"', _plain(each))
    for address, resource in resources.items():
        import_id = resource.identity.import_id
        if address == f'{of}["{import_id}"]' and (not keys or import_id in keys):
            yield address, import_id


def _text(block: Block, argument: str) -> str:
    return _plain(block.body.attributes[argument])


def _plain(expression: Expression) -> str:
    """An address, or a string of the few characters that the names in these tests have."""
    text = expression.source.text_of(expression.node)
    return text[1:-1] if text.startswith('"') else text


def _removal(block: Block) -> Removal:
    lifecycles = [each for each in block.body.blocks if each.type == "lifecycle"]
    kept = any(_plain(each.body.attributes["destroy"]) == "false" for each in lifecycles)
    return Removal(_text(block, "from"), destroys=not kept)
