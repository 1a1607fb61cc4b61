"""A copy of an export in which engines may work, and how long they may."""

from dataclasses import dataclass
from pathlib import Path

from exporter.formats import manifest as manifests
from exporter.formats.export_files import own_files, read
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.registry import FormatName
from exporter.support.below import is_linked
from exporter.verify.imports import as_they_stand

_DEEP = "of/this/export"
"""Where Terraform's copy is below its place: modules may be beside it (``../topics``)."""


@dataclass(frozen=True)
class Workspace:
    """One scope of an export, and a copy of the files that it consists of.

    Only what the export wrote is copied: what a person added beside it (a backend, other
    resources) is not what is judged.

    Attributes:
        record: The scope, as the manifest has it; ``imported`` tells what is done by now.
        time_limit: What the person says; None lets limits grow with the number of resources.
        place: The temporary folder that the copy is in.
    """

    source: Path
    folder: Path
    record: ScopeRecord
    time_limit: float | None = None
    place: Path = Path()

    def limit(self, *, base: float, each: float) -> float:
        """How long an engine may take, in seconds."""
        by_size = base + each * len(self.record.resources)
        return by_size if self.time_limit is None else self.time_limit

    def files(self, pattern: str) -> list[Path]:
        """The copied files of a pattern, sorted."""
        return sorted(self.folder.glob(pattern))


def folder_of(out_dir: Path, record: ScopeRecord) -> Path:
    """A scope's folder in the export in ``out_dir``."""
    return out_dir if record.path == HERE else out_dir / record.path


def copy(
    out_dir: Path, manifest: Manifest, record: ScopeRecord, place: Path, time_limit: float | None
) -> Workspace:
    """Copy one scope of the export in ``out_dir`` to ``place``.

    Files that cannot be read are left out; the check of the files names them.
    """
    source = folder_of(out_dir, record)
    folder = place / _DEEP if manifest.format == FormatName.TERRAFORM else place
    folder.mkdir(parents=True, exist_ok=True)
    editable = {*manifest.editable}
    for path in own_files(manifest, record):
        whole = path if record.path == HERE else f"{record.path}/{path}"
        # No engine needs the names, and such a file may have any name.
        if whole in editable or manifests.is_at_root(path) or is_linked(out_dir, whole):
            continue
        data = read(source / path)
        if data is not None:
            copied = folder / path
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(data)
    return Workspace(source, folder, as_they_stand(out_dir, record), time_limit, place)
