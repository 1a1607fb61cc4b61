"""An export that stands in a folder: its files, and how they differ from its manifest."""

import os
from pathlib import Path

from exporter import manifest as manifests
from exporter import regular
from exporter.manifest import HERE, Manifest, ScopeRecord


def own_files(manifest: Manifest, record: ScopeRecord) -> list[str]:
    """The paths of a scope's files, below its folder."""
    paths = [*manifest.files, *manifest.editable]
    prefix = "" if record.path == HERE else f"{record.path}/"
    return sorted(
        path.removeprefix(prefix) for path in paths if manifest.owner_of(path) == record.path
    )


def read(path: Path) -> bytes | None:
    """A plain file's content; None when it is none or cannot be read."""
    try:
        return regular.read(path)
    except OSError:
        return None


def differences(target: Path, manifest: Manifest) -> tuple[list[str], list[str]]:
    """How an export's files differ from its manifest.

    Returns:
        What is wrong, and what is not as it was written but may be so.
    """
    wrong: list[str] = []
    noted: list[str] = []
    for path, digest in manifest.files.items():
        data = read(target / path)
        if data is not None and manifests.digest(data) != digest:
            wrong.append(f"{path}: edited since the export")
        elif data is None and os.path.lexists(target / path):
            wrong.append(f"{path}: cannot be read")
        elif data is None:
            (noted if path in manifest.deletable else wrong).append(f"{path}: deleted")
    noted += [f"{p}: deleted" for p in manifest.editable if not os.path.lexists(target / p)]
    return wrong, noted
