"""``removed.tf``: what left the code and may be alive, so that Terraform forgets it.

Without a ``removed`` block, Terraform destroys what is in state and not in code. The block needs
Terraform 1.7, and ``destroy = false`` makes it forget the resource and leave it alone
(https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources).
"""

from collections.abc import Iterable, Mapping

from exporter.model.identities import Identity

FILE = "removed.tf"
NEEDS = (1, 7)
"""The version of Terraform that knows the blocks."""

Departures = Mapping[Identity, tuple[str, ...]]
"""The addresses at which state may hold each resource that left the code."""


def addresses(
    departed: Departures,
    in_use: Mapping[Identity, str],
    former: Mapping[Identity, tuple[str, ...]],
    forgotten: Iterable[str] = (),
) -> list[str]:
    """The addresses that Terraform is told to forget, sets first.

    Args:
        departed: What left the code.
        in_use: Where resources stand now: a block beside its resource is an error.
        former: Where resources are moved from: state there is theirs.
        forgotten: Other addresses that left the code.
    """
    others = {*in_use.values(), *(at for trail in former.values() for at in trail)}
    ordered = sorted(departed, key=lambda who: (who.event_destination is not None, who.names))
    left = [*(at for who in ordered for at in departed[who]), *forgotten]
    return [address for address in dict.fromkeys(left) if address not in others]
