"""The root module that calls an export, which ``--module`` names: where it is, and who says so.

Import blocks have to stand in it. Its folder is remembered by the way that leads there from the
export's own folder. A manifest may come from anybody, and files are written where it says: the way
is taken from it only where it leads to the folder above, to one of the same repository, in which
whoever edits the manifest may write anyway, or to code that calls the module itself. Everything
else the person says again.
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
"""The way to the folder above, which is the default."""


def may_be_written(out_dir: Path, path: str, files: Collection[str], module: str) -> bool:
    """Whether a file of the previous export may be removed, as far as its place is concerned.

    ``files`` are those that are written now: where the root is no other one, it is known.
    ``module`` is the one of the previous export.
    """
    if not is_at_root(path):
        return True
    folder = path.rpartition("/")[0]
    known = {each.rpartition("/")[0] for each in files if is_at_root(each)}
    return folder in known or may_be_repeated(out_dir, folder, module)


def apply(out_dir: Path, change: Change) -> None:
    """Change the files of an export, those in the root that calls it before the others.

    Both change, or neither does: what was done in the root is undone when the rest fails.

    Raises:
        ExporterError: when it cannot be done.
    """
    folder = next((p.rpartition("/")[0] for p in _paths(change) if is_at_root(p)), "")
    there, here = _part(change, folder), _part(change, "")
    if not folder:
        transaction.apply(out_dir, change)
        return
    transaction.apply(out_dir / folder, there)
    try:
        transaction.apply(out_dir, here)
    except BaseException:
        transaction.apply(out_dir / folder, _undone(there))
        raise


def _paths(change: Change) -> Iterator[str]:
    yield from change.write
    yield from change.remove


def _part(change: Change, folder: str) -> Change:
    """What a change does in the folder of the root, by the names there; empty for all the rest."""

    def name(path: str) -> str | None:
        if not folder:
            return None if is_at_root(path) else path
        above, _, last = path.rpartition("/")
        return last if is_at_root(path) and above == folder else None

    return Change(
        {own: data for path, data in change.write.items() if (own := name(path))},
        tuple(own for path in change.remove if (own := name(path))),
        {own: data for path, data in change.expected.items() if (own := name(path))},
        {own: name(path) or path for own_, path in change.mode_of.items() if (own := name(own_))},
    )


def _undone(change: Change) -> Change:
    """The change that brings back what another one replaced or removed."""
    before = {path: change.expected.get(path) for path in (*change.write, *change.remove)}
    return Change(
        {path: data for path, data in before.items() if data is not None},
        tuple(path for path, data in before.items() if data is None),
    )


def above(out_dir: Path) -> Path:
    """The folder above that of an export, which may not be there yet."""
    return out_dir.parent if out_dir.name not in ("", ABOVE) else out_dir.resolve().parent


def place(out_dir: Path, path: str) -> Path:
    """Where a file of an export stands, whose folder may not be there yet."""
    at = out_dir / path
    return Path(os.path.normpath(out_dir.resolve() / path)) if is_at_root(path) else at


def shown(out_dir: Path, path: str) -> str:
    """The path of a file of an export, as a person sees it."""
    return os.path.normpath(out_dir / path) if is_at_root(path) else str(out_dir / path)


def way(out_dir: Path, root: Path | None) -> str:
    """The way from the folder of an export to that of the root, as a path; empty without one."""
    if root is None:
        return ""
    return Path(os.path.relpath(root.resolve(), out_dir.resolve())).as_posix()


def remembered(out_dir: Path, root: Path | None) -> str:
    """The same as a manifest remembers it: empty for the folder above too."""
    found = way(out_dir, root)
    return "" if found == ABOVE else found


def may_be_repeated(out_dir: Path, way_there: str, module: str) -> bool:
    """Whether a manifest's word is enough for where the root of a module is."""
    if way_there in ("", ABOVE) and not os.path.lexists(out_dir / ".git"):
        return True
    root = out_dir / (way_there or ABOVE)
    return regular_files.is_in_repository(root, out_dir) or _calls(root, module, out_dir)


def _calls(root: Path, module: str, out_dir: Path) -> bool:
    """Whether the code in a folder calls a module of a name that is, or holds, the export."""
    name, folder = module.partition(".module.")[0].partition("[")[0], out_dir.resolve()
    found = (
        (root / source).resolve()
        for path in sorted((*root.glob("*.tf"), *root.glob("*.tf.json")))
        for source in _sources(path, name)
    )
    return any(folder.is_relative_to(each) for each in found)


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
    """The root that a manifest names; None without one, and where its word is not enough."""
    way_there = manifest.options.root
    module = manifest.options.module
    if not module or not may_be_repeated(out_dir, way_there, module):
        return None
    return out_dir / way_there if way_there else above(out_dir)


def refuse_unknown(out_dir: Path, manifest: Manifest) -> None:
    """Refuse to guess the root where the last export had another than a manifest may name.

    Raises:
        UsageError: when it had.
    """
    if not may_be_repeated(out_dir, manifest.options.root, manifest.options.module):
        raise UsageError(
            f"{out_dir}: its last export used a --root outside the repository",
            hint="give --root again, or set it in ses2iac.toml; a manifest is not trusted for this",
        )


def refuse_several(folders: Iterable[str]) -> None:
    """Refuse one module for several accounts and regions: each has a folder of its own.

    Raises:
        UsageError: when there is a scope that does not have the export's own folder.
    """
    if any(folder != HERE for folder in folders):
        raise UsageError(
            "--module takes one account and region, and this export has several",
            hint="export them one at a time, each as its own module (--region)",
        )


def check(out_dir: Path, root: Path) -> None:
    """Refuse what is no root of a module in ``out_dir``.

    Raises:
        UsageError: when it is no folder, or the module's own.
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
