"""Terraform addresses: ``TYPE.LABEL``, or ``TYPE.LABEL["KEY"]`` for an instance of ``for_each``."""

import re
from dataclasses import dataclass

from exporter.formats.filters import hcl_string
from exporter.formats.terraform.names import resource_type
from exporter.model.identities import Identity

INSTANCES = "this"
"""The label of the resources that create all sets and destinations in the data."""

_BLOCK = re.compile(r"(?P<type>[a-z0-9_]+)\.(?P<label>[A-Za-z_][A-Za-z0-9_-]*)")
_ESCAPE = re.compile(r'\\(?:u(?P<four>[0-9a-f]{4})|U(?P<eight>[0-9a-f]{8})|(?P<char>[nrt"\\]))')
_CHARS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Address:
    """The address of a resource or an instance, without a module.

    Attributes:
        key: The instance key; None for a resource without ``for_each``.
    """

    type: str
    label: str
    key: str | None = None

    @property
    def block(self) -> str:
        """The address of the block, without the instance key."""
        return f"{self.type}.{self.label}"

    def __str__(self) -> str:
        """Return the address as Terraform writes it."""
        return self.block if self.key is None else f"{self.block}[{hcl_string(self.key)}]"


def of_instance(identity: Identity) -> Address:
    """Return the address of a resource in the data: its import id is the instance key."""
    return Address(resource_type(identity), INSTANCES, identity.import_id)


def parsed(text: str) -> Address | None:
    """Parse an address; None unless it is exactly as ``Address`` writes it."""
    block, bracket, rest = text.partition("[")
    match = _BLOCK.fullmatch(block)
    if match is None:
        return None
    key = _unquoted(rest.removesuffix("]")) if bracket else None
    address = Address(match["type"], match["label"], key)
    return address if str(address) == text else None


def block_of(text: str) -> str:
    """Return an address without its instance key."""
    return text.partition("[")[0]


def _unquoted(quoted: str) -> str:
    """Return the value of a quoted string; empty if its escapes are invalid."""
    text = quoted[1:-1].replace("$${", "${").replace("%%{", "%{")

    def char(match: re.Match[str]) -> str:
        digits = match["four"] or match["eight"]
        return chr(int(digits, 16)) if digits else _CHARS.get(match["char"], match["char"])

    try:
        return _ESCAPE.sub(char, text)
    except (ValueError, OverflowError):
        return ""
