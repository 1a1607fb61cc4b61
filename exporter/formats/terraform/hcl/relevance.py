"""Whether a file of Terraform code can change what the code says of SES."""

from pathlib import PurePosixPath
from typing import Final

from exporter.formats.terraform.hcl.syntax import Block, parse
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE, V1_TYPES
from exporter.support.errors import ExporterError

_TYPES: Final = frozenset({SET_TYPE, DESTINATION_TYPE}) | V1_TYPES
_OVERRIDABLE: Final = frozenset({"locals", "provider", "variable"})


def is_override(path: str) -> bool:
    """Whether Terraform merges a file into the others."""
    name = PurePosixPath(path).name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return name == "override" or name.endswith("_override")


def concerns_ses(path: str, text: str) -> bool:
    """Whether a file may hold sets or destinations, or change those of other files.

    What cannot be read may.
    """
    try:
        blocks = parse(text, path).blocks
    except (ExporterError, RecursionError):
        return True
    return any(_concerns(block, is_overriding=is_override(path)) for block in blocks)


def _concerns(block: Block, *, is_overriding: bool) -> bool:
    if block.type == "resource":
        return block.labels[:1] != () and block.labels[0] in _TYPES
    if block.type == "provider" and block.labels == ("aws",):
        inner = block.body.blocks
        # Of a provider's settings, no other changes what a set holds.
        tags = any("default_tags" in (each.type, *each.labels) for each in inner)
        return tags or is_overriding
    return block.type == "module" or (is_overriding and block.type in _OVERRIDABLE)
