"""``removed.tf``: what left the code and may be alive, so that Terraform forgets it.

Without a ``removed`` block, Terraform destroys what is in state and not in code. The block needs
Terraform 1.7, and ``destroy = false`` makes it forget the resource and leave it alone
(https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources). It names
no instance of a ``for_each`` ("Resource instance keys not allowed"), so that such a one is moved to
an address of its own first.
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
"""The version of Terraform that knows the blocks."""


@dataclass(frozen=True)
class Removal:
    """An address that Terraform is told to forget.

    Attributes:
        moved_from: The instance of a ``for_each`` that is moved there; None where nothing is.
    """

    address: str
    moved_from: str | None = None


def removals(
    departed: Trails,
    in_use: Mapping[Identity, str],
    former: Trails,
    forgotten: Iterable[str] = (),
) -> list[Removal]:
    """What Terraform is told to forget, sets first.

    Args:
        departed: What left the code.
        in_use: Where resources stand now: a block beside its resource is an error.
        former: Where resources are moved from: state there is theirs.
        forgotten: Other addresses that left the code.
    """
    others = {*in_use.values(), *(at for trail in former.values() for at in trail)}
    ordered = sorted(departed, key=lambda who: (who.event_destination is not None, who.names))
    left = [*(at for who in ordered for at in departed[who]), *forgotten]
    gone = [at for at in dict.fromkeys(left) if at not in others]
    keyed = {at: address for at in gone if (address := parsed(at)) and address.key is not None}
    taken = {*map(block_of, others), *(at for at in gone if at not in keyed)}
    found = []
    for at in gone:
        instance = keyed.get(at)
        if instance is None:
            found.append(Removal(at))
            continue
        new = _block_for(instance, taken)
        taken.add(new.block)
        found.append(Removal(new.block, moved_from=at))
    return found


def _block_for(instance: Address, taken: set[str]) -> Address:
    """An address of its own for an instance, after its key."""
    key = instance.key or ""
    digits = hashlib.sha256(key.encode()).hexdigest()
    bare = snake_case((key,))[:200] or "removed"
    # Eight digits suffice unless a name was made to look like another one's.
    labels = [bare, *(f"{bare}_{digits[:length]}" for length in range(8, len(digits) + 1))]
    candidates = (replace(instance, label=label, key=None) for label in labels)
    return next(each for each in candidates if each.block not in taken)
