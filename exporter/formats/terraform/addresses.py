"""Where a resource stands in Terraform code: ``TYPE.LABEL``, or an instance of a ``for_each``."""

import re
from dataclasses import dataclass

from exporter.formats.filters import hcl_string
from exporter.formats.terraform.names import resource_type
from exporter.model.identities import Identity

INSTANCES = "this"
"""The label of the resources that stand for all sets and destinations of the data."""

_BLOCK = re.compile(r"(?P<type>[a-z0-9_]+)\.(?P<label>[A-Za-z_][A-Za-z0-9_-]*)")
_ESCAPE = re.compile(r'\\(?:u(?P<four>[0-9a-f]{4})|U(?P<eight>[0-9a-f]{8})|(?P<char>[nrt"\\]))')
_CHARS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Address:
    """An address in a root module.

    Attributes:
        key: What tells an instance apart; None for a resource without ``for_each``.
    """

    type: str
    label: str
    key: str | None = None

    @property
    def block(self) -> str:
        """That of the block, which may stand for several."""
        return f"{self.type}.{self.label}"

    def __str__(self) -> str:
        """As Terraform writes it."""
        return self.block if self.key is None else f"{self.block}[{hcl_string(self.key)}]"


def of_instance(who: Identity) -> Address:
    """Where a resource stands that the data describes: its import id is its key."""
    return Address(resource_type(who), INSTANCES, who.import_id)


def parsed(text: str) -> Address | None:
    """The address that a text is, exactly as ``Address`` writes it; None where it is none."""
    block, bracket, rest = text.partition("[")
    found = _BLOCK.fullmatch(block)
    if found is None:
        return None
    key = _unquoted(rest.removesuffix("]")) if bracket else None
    address = Address(found["type"], found["label"], key)
    return address if str(address) == text else None


def block_of(text: str) -> str:
    """The address of the block that an address leads to."""
    return text.partition("[")[0]


def _unquoted(quoted: str) -> str:
    """The text that a quoted one stands for, where it is one."""
    text = quoted[1:-1].replace("$${", "${").replace("%%{", "%{")

    def char(found: re.Match[str]) -> str:
        digits = found["four"] or found["eight"]
        return chr(int(digits, 16)) if digits else _CHARS.get(found["char"], found["char"])

    try:
        return _ESCAPE.sub(char, text)
    except (ValueError, OverflowError):
        return ""
