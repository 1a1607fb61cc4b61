"""The root module that calls an export made with ``--module``, and which of its paths to trust.

Import blocks have to be in the root module, so an export also writes files there. The manifest
remembers its folder as a path relative to the export's, but a manifest may come from anybody. Its
path is used only if it is the parent folder, a folder of the same repository (whoever edits the
manifest may write there anyway), or has code that calls the module. Otherwise people have to pass
``--root`` again.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from exporter.formats.export_files import read
from exporter.formats.manifest import HERE, Manifest, is_at_root
from exporter.support import regular_files, transaction
from exporter.support.errors import UsageError
from exporter.support.transaction import Change

ABOVE = ".."
"""The path of the parent folder, which is the default."""


def is_removable(out_dir: Path, path: str, files: Collection[str], module: str) -> bool:
    """Whether the folder of a previous export's file is trusted, so that the file may be removed.

    Args:
        out_dir: The folder of the export.
        path: The path of the file in the manifest.
        files: The files of the present export, whose folders are trusted.
        module: The ``--module`` of the previous export.
    """
    if not is_at_root(path):
        return True
    folder = path.rpartition("/")[0]
    known = {file.rpartition("/")[0] for file in files if is_at_root(file)}
    return folder in known or is_trusted(out_dir, folder, module)


def apply(out_dir: Path, change: Change) -> None:
    """Change the files of an export, first those in the root module.

    If the rest fails, the changes in the root module are undone.

    Raises:
        ExporterError: if a file can't be changed.
    """
    folder = next((p.rpartition("/")[0] for p in _paths(change) if is_at_root(p)), "")
    in_root, in_export = _part(change, folder), _part(change, "")
    if not folder:
        transaction.apply(out_dir, change)
        return
    transaction.apply(out_dir / folder, in_root)
    try:
        transaction.apply(out_dir, in_export)
    except BaseException:
        transaction.apply(out_dir / folder, _undone(in_root))
        raise


def _paths(change: Change) -> Iterator[str]:
    yield from change.write
    yield from change.remove


def _part(change: Change, folder: str) -> Change:
    """Return the part of a change in the root module's folder; the rest if ``folder`` is empty."""

    def name(path: str) -> str | None:
        if not folder:
            return None if is_at_root(path) else path
        above, _, last = path.rpartition("/")
        return last if is_at_root(path) and above == folder else None

    return Change(
        {own: data for path, data in change.write.items() if (own := name(path))},
        tuple(own for path in change.remove if (own := name(path))),
        {own: data for path, data in change.expected.items() if (own := name(path))},
        {own: name(path) or path for new, path in change.mode_of.items() if (own := name(new))},
    )


def _undone(change: Change) -> Change:
    """Return the change that undoes another one."""
    before = {path: change.expected.get(path) for path in (*change.write, *change.remove)}
    return Change(
        {path: data for path, data in before.items() if data is not None},
        tuple(path for path, data in before.items() if data is None),
    )


def above(out_dir: Path) -> Path:
    """Return the parent folder of an export's folder, which may not exist yet."""
    return out_dir.parent if out_dir.name not in ("", ABOVE) else out_dir.resolve().parent


def path_of(out_dir: Path, path: str) -> Path:
    """Return the path of a file of an export, whose folder may not exist yet."""
    if is_at_root(path):
        return Path(os.path.normpath(out_dir.resolve() / path))
    return out_dir / path


def shown(out_dir: Path, path: str) -> str:
    """Return the path of a file of an export, for messages."""
    return os.path.normpath(out_dir / path) if is_at_root(path) else str(out_dir / path)


def relative_path(out_dir: Path, root: Path | None) -> str:
    """Return the root module's path relative to an export's folder; empty if there is none."""
    if root is None:
        return ""
    return Path(os.path.relpath(root.resolve(), out_dir.resolve())).as_posix()


def remembered(out_dir: Path, root: Path | None) -> str:
    """Return the same path as a manifest stores it: empty for the parent folder, too."""
    path = relative_path(out_dir, root)
    return "" if path == ABOVE else path


def is_trusted(out_dir: Path, relative_root: str, module: str) -> bool:
    """Whether to trust the path of the root module in a manifest."""
    if relative_root in ("", ABOVE) and not os.path.lexists(out_dir / ".git"):
        return True
    root = out_dir / (relative_root or ABOVE)
    return regular_files.is_in_repository(root, out_dir) or _calls(root, module, out_dir)


def _calls(root: Path, module: str, out_dir: Path) -> bool:
    """Whether code in a folder calls the module, from a source that is or contains the export."""
    name, folder = module.partition(".module.")[0].partition("[")[0], out_dir.resolve()
    sources = (
        (root / source).resolve()
        for path in sorted((*root.glob("*.tf"), *root.glob("*.tf.json")))
        for source in _sources(path, name)
    )
    return any(folder.is_relative_to(source) for source in sources)


def _sources(path: Path, name: str) -> Iterator[str]:
    from exporter.formats.terraform.hcl.syntax import blocks_of  # noqa: PLC0415 - its parser

    try:
        blocks = blocks_of((read(path) or b"").decode(), path.name)
    except UnicodeDecodeError:
        return
    for block in blocks:
        if block.type == "module" and block.labels == (name,) and block.local_source:
            yield block.local_source


def remembered_root(out_dir: Path, manifest: Manifest) -> Path | None:
    """Return the root module in a manifest; None if there is none, or its path isn't trusted."""
    relative_root = manifest.options.root
    module = manifest.options.module
    if not module or not is_trusted(out_dir, relative_root, module):
        return None
    return out_dir / relative_root if relative_root else above(out_dir)


def refuse_unknown(out_dir: Path, manifest: Manifest) -> None:
    """Refuse to export without ``--root`` if the path in the manifest isn't trusted.

    Raises:
        UsageError: if it isn't.
    """
    if not is_trusted(out_dir, manifest.options.root, manifest.options.module):
        raise UsageError(
            f"{out_dir}: its last export used a --root outside the repository",
            hint="give --root again, or set it in ses2iac.toml; a manifest is not trusted for this",
        )


def refuse_several(folders: Iterable[str]) -> None:
    """Refuse one module for several accounts and regions, because each has its own folder.

    Raises:
        UsageError: if a scope has a folder below the export's.
    """
    if any(folder != HERE for folder in folders):
        raise UsageError(
            "--module takes one account and region, and this export has several",
            hint="export them one at a time, each as its own module (--region)",
        )


def check(out_dir: Path, root: Path) -> None:
    """Refuse a folder that can't be the root module of the module in ``out_dir``.

    Raises:
        UsageError: if it isn't a folder, or is the module's.
    """
    if not root.is_dir() and root != above(out_dir):
        raise UsageError(
            f"--root {root} is not a folder", hint="name the folder of the root module"
        )
    if root.resolve() == out_dir.resolve():
        raise UsageError(
            "--root and --out are the same folder",
            hint="a module needs its own folder; drop --module to write a root module",
        )
