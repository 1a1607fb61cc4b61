"""Options that the manifest stores, and a later export repeats.

Otherwise, an export without the flags of the last one would change the code: it would add sets that
were excluded, and replace variables with ARNs.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporter.export import module_root
from exporter.formats.manifest import HERE, FileOption, Manifest, RepeatedOptions, digest
from exporter.support import regular_files
from exporter.support.text import listed

STACK = "stack:"


@dataclass(frozen=True)
class Repeated:
    """An option of the previous export.

    Attributes:
        key: Its key in the ``[export]`` table of ``ses2iac.toml``.
        value: Its value, as the command line parses it.
        flags: The option as a person would type it.
        note: A note on it; empty if there is none.
    """

    key: str
    value: Any
    flags: str
    note: str = ""


def of(folder: Path, manifest: Manifest) -> tuple[Repeated, ...]:
    """Return the options of the previous export that differ from the defaults.

    Files and folders are included only if they are below the export's folder, because a manifest
    may come from anybody.
    """
    options = manifest.options
    repeated = [_patterns("include", options.include), _patterns("exclude", options.exclude)]
    repeated.append(_unmanaged(folder, options))
    if not options.configuration_sets:
        repeated.append(Repeated("configuration-sets", False, "--no-configuration-sets"))
    if options.fragment:
        repeated.append(Repeated("fragment", True, "--fragment"))
    if options.outputs:
        repeated.append(Repeated("outputs", True, "--outputs"))
    if options.module and options.root:
        repeated.append(_root(folder, options))
    if options.stack_owned:
        repeated.append(Repeated("stack-owned", True, "--stack-owned"))
    for key, text in (
        ("references", options.references),
        ("layout", options.layout),
        ("stack-name", options.stack_name),
        ("name-pattern", options.name_pattern),
        ("module", options.module),
    ):
        repeated.append(Repeated(key, text, f"--{key} {_shown(text)}") if text else None)
    if options.replaces and _is_within(folder, options.replaces):
        path = str(folder / options.replaces)
        repeated.append(Repeated("replaces", path, f"--replaces {path}"))
    repeated.append(_file("map", folder, options.map_file, file_digest))
    repeated.append(_file("templates", folder, options.templates, folder_digest))
    return tuple(option for option in repeated if option is not None)


def _root(folder: Path, options: RepeatedOptions) -> Repeated | None:
    if not module_root.is_trusted(folder, options.root, options.module):
        return None
    path = os.path.normpath(folder / options.root)
    return Repeated("root", path, f"--root {path}")


def outside(folder: Path, manifest: Manifest) -> list[str]:
    """Return the flags of the previous export that aren't repeated: their files are outside."""
    options = manifest.options
    paths = [name for name in options.unmanaged_by if not name.startswith(STACK)]
    is_outside = options.unmanaged_outside or not all(_is_within(folder, path) for path in paths)
    flags = ["--unmanaged-by"] if is_outside else []
    if options.replaces is not None and not _is_within(folder, options.replaces):
        flags.append("--replaces")
    files = (("--map", options.map_file), ("--templates", options.templates))
    return flags + [flag for flag, file in files if file and not _is_within(folder, file.path)]


def _is_within(folder: Path, path: str) -> bool:
    """Whether a path is below a folder, after links are resolved."""
    return path == HERE or (bool(path) and bool(below(folder, folder / path)))


def _patterns(key: str, patterns: tuple[str, ...]) -> Repeated | None:
    if not patterns:
        return None
    flags = listed((f"--{key} {_shown(pattern)}" for pattern in patterns), 3, " ")
    return Repeated(key, list(patterns), flags)


def _shown(text: str) -> str:
    return text if text.replace("-", "").replace("_", "").isalnum() else f"'{text}'"


def _unmanaged(folder: Path, options: RepeatedOptions) -> Repeated | None:
    names = [
        name if name.startswith(STACK) else str(folder / name)
        for name in options.unmanaged_by
        if name.startswith(STACK) or _is_within(folder, name)
    ]
    flags = " ".join(f"--unmanaged-by {name}" for name in names)
    return Repeated("unmanaged-by", names, flags) if names else None


def _file(
    key: str, folder: Path, option: FileOption | None, digest_of: Callable[[Path], str]
) -> Repeated | None:
    if option is None or not _is_within(folder, option.path):
        return None
    path = folder / option.path
    changed = digest_of(path) != option.digest
    note = f"{path} has changed since the last export" if changed else ""
    return Repeated(key, str(path), f"--{key} {path}", note)


# What the manifest stores
# ---------------------------------------------------------------------


def file_option(
    folder: Path, path: Path | None, digest_of: Callable[[Path], str]
) -> FileOption | None:
    """Return what a manifest stores for an option that is a file or folder."""
    return FileOption(digest_of(path), below(folder, path)) if path is not None else None


def below(folder: Path, path: Path) -> str:
    """Return a path relative to a folder; empty if it isn't below it."""
    try:
        relative = path.resolve().relative_to(folder.resolve()).as_posix()
    except (ValueError, OSError):
        return ""
    return "" if relative == "." else relative


def replaced(folder: Path, path: Path | None) -> str | None:
    """Return what a manifest stores for ``--replaces``."""
    if path is None:
        return None
    return HERE if path.resolve() == folder.resolve() else below(folder, path)


def unmanaged(folder: Path, names: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """Return what a manifest stores for ``--unmanaged-by``.

    Returns:
        Stacks and paths below the export's folder, and the number of other paths.
    """
    stored = [name if name.startswith(STACK) else below(folder, Path(name)) for name in names]
    return tuple(filter(None, stored)), sum(not name for name in stored)


def file_digest(path: Path) -> str:
    """Return the digest of a file; empty if it can't be read."""
    try:
        return digest(regular_files.read(path))
    except OSError:
        return ""


def folder_digest(path: Path) -> str:
    """Return the digest of the files in a folder and their names; empty if it can't be read."""
    try:
        files = sorted(file for file in path.rglob("*") if file.is_file())
    except OSError:
        return ""
    lines = [f"{file.relative_to(path).as_posix()} {file_digest(file)}\n" for file in files]
    return digest("".join(lines).encode())
