"""What the generated files of a folder tell Terraform, read with the project's own HCL reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exporter.formats.code_resource import CodeResource
from exporter.formats.terraform.hcl.load import load
from exporter.formats.terraform.hcl.syntax import Block, Expression, parse
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
    loaded = load(files, scope)
    assert not lines(loaded.unresolved), lines(loaded.unresolved)
    blocks = [block for name, text in files.items() for block in parse(text, name).blocks]
    return Code(
        {each.address: each for each in loaded.resources},
        tuple((_text(b, "to"), _text(b, "id")) for b in blocks if b.type == "import"),
        tuple((_text(b, "from"), _text(b, "to")) for b in blocks if b.type == "moved"),
        tuple(_removal(block) for block in blocks if block.type == "removed"),
    )


def _text(block: Block, argument: str) -> str:
    return _plain(block.body.attributes[argument])


def _plain(expression: Expression) -> str:
    """An address, or a string of the few characters that the names in these tests have."""
    return expression.source.text_of(expression.node).strip('"')


def _removal(block: Block) -> Removal:
    lifecycles = [each for each in block.body.blocks if each.type == "lifecycle"]
    kept = any(_plain(each.body.attributes["destroy"]) == "false" for each in lifecycles)
    return Removal(_text(block, "from"), destroys=not kept)
