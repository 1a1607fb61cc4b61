"""Where resources stood in previous exports (``moved.tf``, ``removed.tf``)."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from exporter.formats.base import Format
from exporter.formats.filters import is_hcl_address
from exporter.formats.manifest import Manifest, ScopeRecord
from exporter.formats.terraform.moves import MOVES_FILE, Trails, taken
from exporter.model.identities import Identity
from exporter.support.below import is_there
from exporter.support.errors import ExporterError
from exporter.support.text import shortened


def moves(out_dir: Path, format_: Format, previous: Manifest | None) -> dict[str, Trails]:
    """The addresses under which state may hold the resources of an export.

    Those before the last are forgotten when a person deleted ``moved.tf``, and those of what left
    the code when they deleted ``removed.tf``, which is done once every state has them.

    Returns:
        By the folder of each scope; nothing for a format that cannot move resources.
    """
    if previous is None or not format_.can_move:
        return {}
    return {scope.path: _of_scope(out_dir, previous, scope) for scope in previous.scopes}


def _of_scope(out_dir: Path, previous: Manifest, scope: ScopeRecord) -> Trails:
    is_moved = _was_deleted(out_dir, previous, scope, previous.moves)
    found = {
        r.identity: _addresses((*(() if is_moved else r.former), r.address))
        for r in scope.resources
    }
    if not _was_deleted(out_dir, previous, scope, previous.removals):
        found |= {d.identity: _addresses(d.addresses) for d in scope.departed}
    return found


def forgotten(
    out_dir: Path, previous: Manifest | None, scope: ScopeRecord | None
) -> tuple[str, ...]:
    """The addresses that were overwritten by force, until a person deletes ``removed.tf``."""
    if previous is None or scope is None:
        return ()
    is_done = _was_deleted(out_dir, previous, scope, previous.removals)
    return () if is_done else _addresses(scope.forgotten)


def _was_deleted(
    out_dir: Path, previous: Manifest, scope: ScopeRecord, written: Collection[str]
) -> bool:
    """Whether the previous export wrote such a file of a scope, and a person deleted it."""
    own = [path for path in written if previous.owner_of(path) == scope.path]
    return bool(own) and not any(is_there(out_dir / path) for path in own)


def _addresses(found: Iterable[str]) -> tuple[str, ...]:
    # Anybody may have edited the manifest, and this becomes code.
    return tuple(address for address in found if is_hcl_address(address))


def refuse_taken(where: str, previous_addresses: Trails, addresses: Mapping[Identity, str]) -> None:
    """Refuse names at which state may hold another resource: Terraform would replace that one."""
    lost = taken(previous_addresses, addresses)
    if not lost:
        return
    items = shortened(f"{at}: was {who}, would be {holder}" for who, at, holder in lost)
    raise ExporterError(
        "refusing to give a resource a name that state may still have for another one:",
        where=where,
        items=items,
        hint=f"rename the old resource, export, apply and delete {MOVES_FILE}, then reuse its "
        "name; if nothing has been applied yet, --force drops these moves",
    )
