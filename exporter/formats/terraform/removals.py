"""``removed.tf``: makes Terraform forget resources that left the code but may still exist.

Without a ``removed`` block, Terraform destroys what is in state and not in code. The block needs
Terraform 1.7, and with ``destroy = false`` the resource is only forgotten
(https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources). It can't
name an instance of a ``for_each`` ("Resource instance keys not allowed"), so an instance is moved
to a new address first.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from exporter.formats.labels import snake_case
from exporter.formats.terraform.addresses import Address, block_of, parsed
from exporter.formats.terraform.moves import Trails
from exporter.model.identities import Identity

FILE = "removed.tf"
NEEDS = (1, 7)
"""The first Terraform with ``removed`` blocks."""


@dataclass(frozen=True)
class Removal:
    """An address that Terraform is to forget.

    Attributes:
        moved_from: The instance of a ``for_each`` that is moved there first; None if there is
            none.
    """

    address: str
    moved_from: str | None = None


def removals(
    departed: Trails,
    in_use: Mapping[Identity, str],
    former: Trails,
    forgotten: Iterable[str] = (),
) -> list[Removal]:
    """Return the addresses that Terraform is to forget, sets first.

    Args:
        departed: The resources that left the code.
        in_use: The current addresses of resources: a ``removed`` block for one is an error.
        former: The addresses that resources move from: what state has there is theirs.
        forgotten: Other addresses that left the code.
    """
    kept = {*in_use.values(), *(address for trail in former.values() for address in trail)}
    ordered = sorted(
        departed, key=lambda identity: (identity.event_destination is not None, identity.names)
    )
    leaving = [*(address for identity in ordered for address in departed[identity]), *forgotten]
    gone = [address for address in dict.fromkeys(leaving) if address not in kept]
    instances = {
        address: parts
        for address in gone
        if (parts := parsed(address)) is not None and parts.key is not None
    }
    used = {*map(block_of, kept), *(address for address in gone if address not in instances)}
    blocks = []
    for address in gone:
        instance = instances.get(address)
        if instance is None:
            blocks.append(Removal(address))
            continue
        new = _block_for(instance, used)
        used.add(new.block)
        blocks.append(Removal(new.block, moved_from=address))
    return blocks


def _block_for(instance: Address, used: set[str]) -> Address:
    """Return a free address without a key for an instance, with a label made from its key."""
    key = instance.key or ""
    digits = hashlib.sha256(key.encode()).hexdigest()
    bare = snake_case((key,))[:200] or "removed"
    # Eight digits are enough unless a name was made to look like another one's.
    labels = [bare, *(f"{bare}_{digits[:length]}" for length in range(8, len(digits) + 1))]
    candidates = (replace(instance, label=label, key=None) for label in labels)
    return next(candidate for candidate in candidates if candidate.block not in used)
