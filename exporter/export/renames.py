"""Where resources were in previous exports, for ``moved.tf`` and ``removed.tf``."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from exporter.formats.base import Format
from exporter.formats.filters import is_hcl_address
from exporter.formats.manifest import Manifest, ScopeRecord
from exporter.formats.terraform.moves import MOVES_FILE, Trails, reused
from exporter.model.identities import Identity
from exporter.support.below import is_there
from exporter.support.errors import ExporterError
from exporter.support.text import shortened


def moves(out_dir: Path, format_: Format, previous: Manifest | None) -> dict[str, Trails]:
    """Return the addresses at which state may have the resources of an export.

    People delete ``moved.tf`` and ``removed.tf`` when every state has the changes: then addresses
    before the last, or those of resources that left the code, no longer count.

    Returns:
        By folder of the scope; empty for a format that can't move resources.
    """
    if previous is None or not format_.can_move:
        return {}
    return {scope.path: _of_scope(out_dir, previous, scope) for scope in previous.scopes}


def _of_scope(out_dir: Path, previous: Manifest, scope: ScopeRecord) -> Trails:
    is_moved = _was_deleted(out_dir, previous, scope, previous.moves)
    trails = {
        r.identity: _valid((*(() if is_moved else r.former), r.address)) for r in scope.resources
    }
    # If a person's own code no longer has it, the export takes it from that address.
    trails |= {d.identity: _valid((d.address,)) for d in scope.described}
    if not _was_deleted(out_dir, previous, scope, previous.removals):
        trails |= {d.identity: _valid(d.addresses) for d in scope.departed}
    return trails


def forgotten(
    out_dir: Path, previous: Manifest | None, scope: ScopeRecord | None
) -> tuple[str, ...]:
    """Return the addresses that ``--force`` overwrote, unless ``removed.tf`` was deleted."""
    if previous is None or scope is None:
        return ()
    is_done = _was_deleted(out_dir, previous, scope, previous.removals)
    return () if is_done else _valid(scope.forgotten)


def _was_deleted(
    out_dir: Path, previous: Manifest, scope: ScopeRecord, written: Collection[str]
) -> bool:
    """Whether the previous export wrote such a file for the scope, and a person deleted it."""
    own = [path for path in written if previous.owner_of(path) == scope.path]
    return bool(own) and not any(is_there(out_dir / path) for path in own)


def _valid(addresses: Iterable[str]) -> tuple[str, ...]:
    # The manifest may have been edited by hand, and addresses become code.
    return tuple(address for address in addresses if is_hcl_address(address))


def refuse_taken(where: str, previous_addresses: Trails, addresses: Mapping[Identity, str]) -> None:
    """Refuse an address at which state may have another resource: Terraform would replace it."""
    clashes = reused(previous_addresses, addresses)
    if not clashes:
        return
    items = shortened(f"{address}: was {old}, would be {new}" for old, address, new in clashes)
    raise ExporterError(
        "refusing to give a resource a name that state may still have for another one:",
        where=where,
        items=items,
        hint=f"rename the old resource, export, apply and delete {MOVES_FILE}, then reuse its "
        "name; if nothing has been applied yet, --force drops these moves",
    )
