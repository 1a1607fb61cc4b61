"""Where renamed resources stood in earlier exports (``moved.tf``)."""

import re
from collections.abc import Mapping
from pathlib import Path

from exporter.errors import ExporterError
from exporter.manifest import HERE, Manifest
from exporter.naming import Identity
from exporter.render.base import Format
from exporter.render.moves import MOVES_FILE, Trails, taken

_ADDRESS = re.compile(r"[a-z0-9_]+\.[A-Za-z_][A-Za-z0-9_-]*")
_SHOWN = 20


def moves(target: Path, format_: Format, earlier: Manifest | None) -> dict[str, Trails]:
    """The addresses under which state may hold the resources of an export.

    Those before the last are forgotten when a person deleted ``moved.tf``, which is done once every
    state has them.

    Args:
        target: The export's folder.
        format_: The format of the export that is to be written there.
        earlier: The manifest of the one that stands there.

    Returns:
        By the folder of each scope; nothing for a format that cannot move resources.
    """
    if earlier is None or not format_.can_move:
        return {}
    found: dict[str, Trails] = {}
    for scope in earlier.scopes:
        path = MOVES_FILE if scope.path == HERE else f"{scope.path}/{MOVES_FILE}"
        is_applied = path in earlier.moves and not (target / path).exists()
        found[scope.path] = {
            r.identity: tuple(
                at
                for at in (*(() if is_applied else r.former), r.address)
                # Anybody may have edited the manifest, and this becomes code.
                if _ADDRESS.fullmatch(at)
            )
            for r in scope.resources
        }
    return found


def refuse_taken(where: str, stood: Trails, addresses: Mapping[Identity, str]) -> None:
    """Refuse names that Terraform cannot move resources to: it would replace them.

    Args:
        where: The names file.
        stood: Where the resources stood.
        addresses: Where they would stand.

    Raises:
        ExporterError: naming those that stood where another one would stand now.
    """
    lost = taken(stood, addresses)
    if not lost:
        return
    items = [f"{at}: was {who}, would be {holder}" for who, at, holder in lost[:_SHOWN]]
    if len(lost) > _SHOWN:
        items.append(f"and {len(lost) - _SHOWN} more")
    raise ExporterError(
        "a name may pass to another resource only when no state holds the first one under it:",
        where=where,
        items=items,
        hint=f"rename the first, export, apply and delete {MOVES_FILE}; then give its old name "
        "away. Where nothing was applied yet, --force drops these moves",
    )
