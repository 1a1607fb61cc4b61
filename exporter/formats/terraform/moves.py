"""``moved.tf``: the previous addresses of resources that were renamed, or changed layout.

Terraform allows one move from each address and one to each address ("Ambiguous move statements").
So the addresses of a resource form one chain that ends at the current one, and state with any of
them follows the chain. Terraform refuses a move from an address that is declared ("Moved object
still exists"), so an address that another resource has now is left out.
"""

from collections.abc import Mapping
from itertools import pairwise

from exporter.model.identities import Identity

MOVES_FILE = "moved.tf"

Trails = Mapping[Identity, tuple[str, ...]]
"""The addresses at which state may have each resource, oldest first."""


def former(previous: Trails, addresses: Mapping[Identity, str]) -> dict[Identity, tuple[str, ...]]:
    """Return the addresses that each resource moves from.

    Args:
        previous: The previous addresses of the resources.
        addresses: Their current addresses.

    Returns:
        The resources to move; each address appears once, and none is in use now.
    """
    in_use = set(addresses.values())
    moves: dict[Identity, tuple[str, ...]] = {}
    moved_from: set[str] = set()
    for identity in sorted(addresses, key=lambda identity: identity.names):
        trail = [
            address
            for address in dict.fromkeys(previous.get(identity, ()))
            if address not in in_use and address not in moved_from
        ]
        moved_from.update(trail)
        if trail:
            moves[identity] = tuple(trail)
    return moves


def blocks(trails: Trails, addresses: Mapping[Identity, str]) -> list[tuple[str, str]]:
    """Return the old and new address of each ``moved`` block, chain by chain.

    Args:
        trails: The result of ``former``.
        addresses: The current addresses of the resources.
    """
    return [
        (old, new)
        for identity, trail in sorted(trails.items(), key=lambda item: item[0].names)
        for old, new in pairwise((*trail, addresses[identity]))
    ]


def reused(
    previous: Trails, addresses: Mapping[Identity, str]
) -> list[tuple[Identity, str, Identity]]:
    """Return the addresses of renamed or departed resources that other resources have now.

    Returns:
        Each resource that state may still have at such an address, the address, and the resource
        that has it now.
    """
    owners = {address: identity for identity, address in addresses.items()}
    return [
        (identity, address, owners[address])
        for identity, trail in sorted(previous.items(), key=lambda item: item[0].names)
        for address in trail
        if owners.get(address, identity) != identity
    ]
