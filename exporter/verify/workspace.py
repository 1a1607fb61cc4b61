"""A copy of an export in which engines may work, and how long they may."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from exporter import manifest as manifests
from exporter.job import HERE
from exporter.manifest import Manifest, ScopeRecord


@dataclass(frozen=True)
class Limits:
    """How long an engine may take.

    Attributes:
        seconds: What the person says; None lets the limit grow with the number of resources.
    """

    seconds: float | None = None

    def of(self, resources: int, *, base: float, each: float) -> float:
        """The limit of a check, in seconds."""
        return self.seconds if self.seconds is not None else base + each * resources


@dataclass(frozen=True)
class Workspace:
    """One scope of an export, and a copy of the files that it consists of.

    Only what the export wrote is copied: what a person added beside it (a backend, other
    resources) is not what is judged.

    Attributes:
        source: The scope's folder in the export.
        folder: The copy.
        record: The scope, as the manifest has it.
        manifest: The export's manifest.
        limits: How long engines may take.
    """

    source: Path
    folder: Path
    record: ScopeRecord
    manifest: Manifest
    limits: Limits = field(default_factory=Limits)

    @property
    def size(self) -> int:
        """How many resources the scope has."""
        return len(self.record.resources)

    def limit(self, *, base: float, each: float) -> float:
        """The limit of a check of this scope, in seconds."""
        return self.limits.of(self.size, base=base, each=each)

    def own_files(self) -> list[str]:
        """The paths of the scope's files that the manifest knows, below its folder."""
        return own_files(self.manifest, self.record)

    def files(self, pattern: str) -> list[Path]:
        """The copied files of a pattern, sorted."""
        return sorted(self.folder.glob(pattern))


def own_files(manifest: Manifest, record: ScopeRecord) -> list[str]:
    """The paths of a scope's files, below its folder."""
    paths = [*manifest.files, *manifest.editable]
    if record.path == HERE:
        return sorted(paths)
    prefix = f"{record.path}/"
    return sorted(path.removeprefix(prefix) for path in paths if path.startswith(prefix))


def copy(
    target: Path, manifest: Manifest, record: ScopeRecord, place: Path, limits: Limits
) -> Workspace:
    """Copy one scope of the export in ``target`` to ``place``.

    Files that cannot be read are left out; the check of the files names them.
    """
    source = target if record.path == HERE else target / record.path
    for path in own_files(manifest, record):
        data = read(source / path)
        if data is not None:
            copied = place / path
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(data)
    return Workspace(source, place, record, manifest, limits)


def read(path: Path) -> bytes | None:
    """A plain file's content; None when it is none or cannot be read."""
    try:
        # A pipe would keep us waiting, a device never ends.
        return path.read_bytes() if path.is_file() else None
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
            (noted if path in manifest.imports else wrong).append(f"{path}: deleted")
    noted += [f"{p}: deleted" for p in manifest.editable if not os.path.lexists(target / p)]
    return wrong, noted
