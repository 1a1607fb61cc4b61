"""Copies of an export for tools to work in, and their time limits."""

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
from exporter.verify.imports import with_current_imports

_DEEP = "of/this/export"
"""The path of Terraform's copy below ``top``: modules may be next to it (``../topics``)."""


@dataclass(frozen=True)
class Whole:
    """A copy of the files that several accounts and regions of an export share.

    Attributes:
        source: The folder of these files.
        folder: The copy of it.
        records: The entries of these accounts and regions in the manifest.
        ran: The output of tools that ran on all of it, by name, to run them only once.
    """

    source: Path
    folder: Path
    records: tuple[ScopeRecord, ...]
    ran: dict[str, Ran] = field(default_factory=dict)


@dataclass(frozen=True)
class Workspace:
    """One scope of an export, with a copy of its files.

    Only files that the export wrote are copied. A person's own files (a backend, other resources)
    are not checked.

    Attributes:
        source: The scope's folder.
        folder: The copy of it.
        record: The scope's entry in the manifest, with ``imported`` brought up to date.
        time_limit: The limit from the command line; None for one by the number of resources.
        top: The temporary folder that contains the copy.
        root: The folder of the root module that calls the export; None if there is none, or the
            path in the manifest isn't trusted.
        shared: The files that the scope shares with others; None if there are none.
    """

    source: Path
    folder: Path
    record: ScopeRecord
    time_limit: float | None = None
    top: Path = Path()
    shared: Whole | None = None
    root: Path | None = None

    @property
    def whole(self) -> Whole:
        """The files that the scope shares with others, or its own if it shares none."""
        return self.shared or Whole(self.source, self.folder, (self.record,))

    def limit(self, *, base: float, each: float, is_whole: bool = False) -> float:
        """Return the time limit of a tool in seconds; ``is_whole`` if it works on all scopes."""
        records = self.whole.records if is_whole else (self.record,)
        by_size = base + each * sum(len(record.resources) for record in records)
        return by_size if self.time_limit is None else self.time_limit

    def files(self, pattern: str) -> list[Path]:
        """Return the copied files that match a glob pattern, sorted."""
        return sorted(self.folder.glob(pattern))


def folder_of(out_dir: Path, record: ScopeRecord) -> Path:
    """Return the folder of a scope."""
    return out_dir if record.path == HERE else out_dir / record.path


def copies(
    out_dir: Path, manifest: Manifest, records: Iterable[ScopeRecord], time_limit: float | None
) -> Iterator[Workspace]:
    """Yield copies of the scopes; each exists until the next one is requested.

    Files that can't be read are omitted; the ``files`` check reports them.
    """
    share = load_format(FormatName(manifest.format)).join
    if not share(manifest.scopes, manifest.files):
        for record in records:
            with _temporary_dir() as top:
                yield copy(out_dir, manifest, record, top, time_limit)
        return
    with _temporary_dir() as top:
        for path in manifest.files:
            _copy(out_dir, manifest, path, top / path)
        whole = Whole(out_dir, top, manifest.scopes)
        for record in records:
            source, folder = folder_of(out_dir, record), folder_of(top, record)
            now = with_current_imports(out_dir, record)
            yield Workspace(source, folder, now, time_limit, top, whole)


def copy(
    out_dir: Path, manifest: Manifest, record: ScopeRecord, top: Path, time_limit: float | None
) -> Workspace:
    """Copy a scope that shares no files with others to ``top``."""
    source = folder_of(out_dir, record)
    folder = top / _DEEP if manifest.format == FormatName.TERRAFORM else top
    folder.mkdir(parents=True, exist_ok=True)
    prefix = "" if record.path == HERE else f"{record.path}/"
    root = module_root.remembered_root(out_dir, manifest)
    for path in own_files(manifest, record):
        if not manifests.is_at_root(path):
            _copy(out_dir, manifest, f"{prefix}{path}", folder / path)
        elif root is not None and path.endswith(".tf"):
            _copy_from_root(out_dir / path, folder / Path(path).name, record.module)
    current = with_current_imports(out_dir, record)
    return Workspace(source, folder, current, time_limit, top, root=root)


@contextmanager
def _temporary_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ses2iac-verify-") as top:
        # Resolved, because Terraform prints real paths.
        yield Path(top).resolve()


def _copy_from_root(path: Path, to: Path, module: str) -> None:
    """Copy a file of the root module, with addresses relative to the module that it calls.

    The copy of the module is a root module itself.
    """
    data = None if path.is_symlink() else read(path)
    if data is not None:
        text = data.decode("utf-8", "replace")
        for prefix in (f"module.{module}.", f"module.{module.partition('[')[0]}."):
            text = text.replace(prefix, "")
        to.write_text(text, encoding="utf-8")


def _copy(out_dir: Path, manifest: Manifest, path: str, to: Path) -> None:
    # Tools don't need names files, which may have any file name.
    is_skipped = path in manifest.editable or is_linked(out_dir, path)
    data = None if is_skipped else read(out_dir / path)
    if data is not None:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
