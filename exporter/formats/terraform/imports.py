"""``imports.tf``: the import of each resource, or of all that the data describes in one block."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exporter.formats.environment import render
from exporter.formats.references import Expression
from exporter.formats.terraform.addresses import Address
from exporter.model.identities import Identity
from exporter.model.resources import Scope

IMPORTS_FILE = "imports.tf"


@dataclass(frozen=True)
class ImportBlock:
    """An ``import`` block.

    Attributes:
        id: The import id of the one resource that it is for; None where it is for instances.
        each: What gives the keys of all instances, which are their import ids; None where only
            some are imported.
        keys: The keys of those.
    """

    address: Address
    id: str | None = None
    each: Expression | None = None
    keys: tuple[str, ...] = ()


def import_file(
    scope: Scope,
    addresses: Mapping[Identity, Address],
    instances: Mapping[str, tuple[Expression, int]] | None = None,
) -> str:
    """The text of ``imports.tf``.

    Args:
        scope: The account and region, for the header.
        addresses: The resources to import, and where they stand.
        instances: By the address of a block with ``for_each``, what that goes through and how
            many instances it makes.
    """
    blocks = [
        *_blocks(addresses, instances or {}, is_set=True),
        *_blocks(addresses, instances or {}, is_set=False),
    ]
    return render(f"terraform/{IMPORTS_FILE}", scope=scope, imports=blocks)


def _blocks(
    addresses: Mapping[Identity, Address],
    instances: Mapping[str, tuple[Expression, int]],
    *,
    is_set: bool,
) -> Iterable[ImportBlock]:
    mine = sorted(
        (who for who in addresses if (who.event_destination is None) == is_set),
        key=lambda who: who.names,
    )
    keyed: dict[str, list[Identity]] = {}
    for who in mine:
        if addresses[who].key is not None:
            keyed.setdefault(addresses[who].block, []).append(who)
    for block, found in keyed.items():
        of_all, number = instances.get(block, (None, 0))
        first = addresses[found[0]]
        if of_all is not None and len(found) == number:
            yield ImportBlock(first, each=of_all)
        else:
            yield ImportBlock(first, keys=tuple(who.import_id for who in found))
    for who in mine:
        if addresses[who].key is None:
            yield ImportBlock(addresses[who], id=who.import_id)
