"""``moved.tf``: where resources stood before a person renamed them, or chose another layout.

Terraform takes a resource from an address once and to an address once ("Ambiguous move
statements"), so that the addresses of a resource form one chain with the present one at its end:
state that holds any of them follows it. It refuses a move from an address at which something is
declared ("Moved object still exists"), so an address that another resource has taken is none to
move from.
"""

from collections.abc import Mapping
from itertools import pairwise

from exporter.model.identities import Identity

MOVES_FILE = "moved.tf"

Trails = Mapping[Identity, tuple[str, ...]]
"""The addresses under which state may hold each resource, the oldest first."""


def former(stood: Trails, addresses: Mapping[Identity, str]) -> dict[Identity, tuple[str, ...]]:
    """The addresses from which each resource is moved to its present one.

    Args:
        stood: Where the resources stood.
        addresses: Where they stand now.

    Returns:
        What is moved; an address comes once, and none that is in use now.
    """
    in_use = set(addresses.values())
    found: dict[Identity, tuple[str, ...]] = {}
    left: set[str] = set()
    for who in sorted(addresses, key=lambda each: each.names):
        kept = [
            at for at in dict.fromkeys(stood.get(who, ())) if at not in in_use and at not in left
        ]
        left.update(kept)
        if kept:
            found[who] = tuple(kept)
    return found


def blocks(trails: Trails, addresses: Mapping[Identity, str]) -> list[tuple[str, str]]:
    """The ``moved`` blocks, chain by chain: the address before, and after.

    Args:
        trails: What ``former`` gives.
        addresses: Where the resources stand now.
    """
    return [
        (old, new)
        for who, trail in sorted(trails.items(), key=lambda each: each[0].names)
        for old, new in pairwise((*trail, addresses[who]))
    ]


def taken(stood: Trails, addresses: Mapping[Identity, str]) -> list[tuple[Identity, str, Identity]]:
    """The addresses of resources that were renamed or left the code, and that others have now.

    Returns:
        Each resource that state may still hold there, where it stood, and what stands there now.
    """
    holders = {at: who for who, at in addresses.items()}
    return [
        (who, at, holders[at])
        for who, trail in sorted(stood.items(), key=lambda each: each[0].names)
        for at in trail
        if holders.get(at, who) != who
    ]
