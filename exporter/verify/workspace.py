"""A copy of an export in which engines may work, and how long they may."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from exporter.export import module_root
from exporter.formats import manifest as manifests
from exporter.formats.export_files import own_files, read
from exporter.formats.loading import load_format
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.registry import FormatName
from exporter.support.below import is_linked
from exporter.support.processes import Ran
from exporter.verify.imports import as_they_stand

_DEEP = "of/this/export"
"""Where Terraform's copy is below its place: modules may be beside it (``../topics``)."""


@dataclass(frozen=True)
class Whole:
    """A copy of the files that some accounts and regions of an export have in common.

    Attributes:
        source: The folder of these files.
        folder: The copy of it.
        records: What the manifest holds of these accounts and regions.
        ran: What engines said of all of it, by their names: the others need not run them again.
    """

    source: Path
    folder: Path
    records: tuple[ScopeRecord, ...]
    ran: dict[str, Ran] = field(default_factory=dict)


@dataclass(frozen=True)
class Workspace:
    """One scope of an export, and a copy of the files that it consists of.

    Only what the export wrote is copied: what a person added beside it (a backend, other
    resources) is not what is judged.

    Attributes:
        source: The scope's folder.
        folder: The copy of it.
        record: The scope, as the manifest has it; ``imported`` tells what is done by now.
        time_limit: What the person says; None lets limits grow with the number of resources.
        place: The temporary folder that the copy is in.
        root: The folder of the root module that calls the export; None where there is none, or a
            manifest's word for it is not enough.
        shared: What the scope shares with others, if anything.
    """

    source: Path
    folder: Path
    record: ScopeRecord
    time_limit: float | None = None
    place: Path = Path()
    shared: Whole | None = None
    root: Path | None = None

    @property
    def whole(self) -> Whole:
        """What the scope shares with others; the scope alone where it shares nothing."""
        return self.shared or Whole(self.source, self.folder, (self.record,))

    def limit(self, *, base: float, each: float, is_whole: bool = False) -> float:
        """How long an engine may take, in seconds; ``is_whole`` for one that works on all."""
        records = self.whole.records if is_whole else (self.record,)
        by_size = base + each * sum(len(record.resources) for record in records)
        return by_size if self.time_limit is None else self.time_limit

    def files(self, pattern: str) -> list[Path]:
        """The copied files of a pattern, sorted."""
        return sorted(self.folder.glob(pattern))


def folder_of(out_dir: Path, record: ScopeRecord) -> Path:
    """A scope's folder in the export in ``out_dir``."""
    return out_dir if record.path == HERE else out_dir / record.path


def copies(
    out_dir: Path, manifest: Manifest, records: Iterable[ScopeRecord], time_limit: float | None
) -> Iterator[Workspace]:
    """Copy the scopes of the export in ``out_dir``, each until the next one is asked for.

    Files that cannot be read are left out; the check of the files names them.
    """
    share = load_format(FormatName(manifest.format)).join
    if not share(manifest.scopes, manifest.files):
        for record in records:
            with _place() as place:
                yield copy(out_dir, manifest, record, place, time_limit)
        return
    with _place() as place:
        for path in manifest.files:
            _copy(out_dir, manifest, path, place / path)
        whole = Whole(out_dir, place, manifest.scopes)
        for record in records:
            source, folder = folder_of(out_dir, record), folder_of(place, record)
            now = as_they_stand(out_dir, record)
            yield Workspace(source, folder, now, time_limit, place, whole)


def copy(
    out_dir: Path, manifest: Manifest, record: ScopeRecord, place: Path, time_limit: float | None
) -> Workspace:
    """Copy one scope, which shares no file with another, to ``place``."""
    source = folder_of(out_dir, record)
    folder = place / _DEEP if manifest.format == FormatName.TERRAFORM else place
    folder.mkdir(parents=True, exist_ok=True)
    prefix = "" if record.path == HERE else f"{record.path}/"
    root = module_root.remembered_root(out_dir, manifest)
    for path in own_files(manifest, record):
        if not manifests.is_at_root(path):
            _copy(out_dir, manifest, f"{prefix}{path}", folder / path)
        elif root is not None and path.endswith(".tf"):
            _copy_from_root(out_dir / path, folder / Path(path).name, record.module)
    now = as_they_stand(out_dir, record)
    return Workspace(source, folder, now, time_limit, place, root=root)


@contextmanager
def _place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ses2iac-verify-") as place:
        # Terraform names files by their real path.
        yield Path(place).resolve()


def _copy_from_root(path: Path, to: Path, module: str) -> None:
    """What the export wrote for the root of a module, by the addresses that it has in the module.

    The copy is a root itself.
    """
    data = None if path.is_symlink() else read(path)
    if data is not None:
        text = data.decode("utf-8", "replace")
        for prefix in (f"module.{module}.", f"module.{module.partition('[')[0]}."):
            text = text.replace(prefix, "")
        to.write_text(text, encoding="utf-8")


def _copy(out_dir: Path, manifest: Manifest, path: str, to: Path) -> None:
    # No engine needs the names, and such a file may have any name.
    is_left = path in manifest.editable or is_linked(out_dir, path)
    data = None if is_left else read(out_dir / path)
    if data is not None:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
