"""Decide whether a Terraform file can affect SES resources."""

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
    """Whether a file may contain sets or destinations, or change those in other files.

    A file that can't be parsed may.
    """
    try:
        blocks = parse(text, path).blocks
    except (ExporterError, RecursionError):
        return True
    return any(_block_concerns_ses(block, is_overriding=is_override(path)) for block in blocks)


def _block_concerns_ses(block: Block, *, is_overriding: bool) -> bool:
    if block.type == "resource":
        return block.labels[:1] != () and block.labels[0] in _TYPES
    if block.type == "provider" and block.labels == ("aws",):
        nested = block.body.blocks
        # No other setting of a provider changes the content of a set.
        tags = any("default_tags" in (inner.type, *inner.labels) for inner in nested)
        return tags or is_overriding
    return block.type == "module" or (is_overriding and block.type in _OVERRIDABLE)
