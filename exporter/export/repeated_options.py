"""Options that a later export repeats, as the manifest remembers them.

Without this, a command without the flags of the last one would be another export: sets that were
left out would come in, and targets that were variables would be ARNs again.
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
    """An option that a previous export had.

    Attributes:
        key: Its key in the ``[export]`` table of ``ses2iac.toml``.
        value: Its value, as the command line takes it.
        flags: The same as somebody would type it.
    """

    key: str
    value: Any
    flags: str
    note: str = ""


def of(folder: Path, manifest: Manifest) -> tuple[Repeated, ...]:
    """What a previous export chose that is not the default.

    A file or folder is named again only where it is below the export's own folder: a manifest may
    come from anybody.
    """
    options = manifest.options
    found = [_patterns("include", options.include), _patterns("exclude", options.exclude)]
    found.append(_unmanaged(folder, options))
    if not options.configuration_sets:
        found.append(Repeated("configuration-sets", False, "--no-configuration-sets"))
    if options.fragment:
        found.append(Repeated("fragment", True, "--fragment"))
    if options.outputs:
        found.append(Repeated("outputs", True, "--outputs"))
    if options.module and options.root:
        found.append(_root(folder, options))
    if options.stack_owned:
        found.append(Repeated("stack-owned", True, "--stack-owned"))
    for key, text in (
        ("references", options.references),
        ("layout", options.layout),
        ("stack-name", options.stack_name),
        ("name-pattern", options.name_pattern),
        ("module", options.module),
    ):
        found.append(Repeated(key, text, f"--{key} {_shown(text)}") if text else None)
    if options.replaces and _is_within(folder, options.replaces):
        path = str(folder / options.replaces)
        found.append(Repeated("replaces", path, f"--replaces {path}"))
    found.append(_file("map", folder, options.map_file, file_digest))
    found.append(_file("templates", folder, options.templates, folder_digest))
    return tuple(each for each in found if each is not None)


def _root(folder: Path, options: RepeatedOptions) -> Repeated | None:
    if not module_root.may_be_repeated(folder, options.root, options.module):
        return None
    path = os.path.normpath(folder / options.root)
    return Repeated("root", path, f"--root {path}")


def outside(folder: Path, manifest: Manifest) -> list[str]:
    """The flags of a previous export whose files lie outside its folder, and are not repeated."""
    options = manifest.options
    paths = [each for each in options.unmanaged_by if not each.startswith(STACK)]
    is_left = options.unmanaged_outside or not all(_is_within(folder, each) for each in paths)
    found = ["--unmanaged-by"] if is_left else []
    if options.replaces is not None and not _is_within(folder, options.replaces):
        found.append("--replaces")
    files = (("--map", options.map_file), ("--templates", options.templates))
    return found + [flag for flag, each in files if each and not _is_within(folder, each.path)]


def _is_within(folder: Path, path: str) -> bool:
    """Whether a path leads below a folder; a link there may lead anywhere."""
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
        each if each.startswith(STACK) else str(folder / each)
        for each in options.unmanaged_by
        if each.startswith(STACK) or _is_within(folder, each)
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


# Remembering
# ---------------------------------------------------------------------------------


def file_option(
    folder: Path, path: Path | None, digest_of: Callable[[Path], str]
) -> FileOption | None:
    """What a manifest remembers of a file or folder that an option names."""
    return FileOption(digest_of(path), below(folder, path)) if path is not None else None


def below(folder: Path, path: Path) -> str:
    """A path from a folder on; empty when it is not below it."""
    try:
        found = path.resolve().relative_to(folder.resolve()).as_posix()
    except (ValueError, OSError):
        return ""
    return "" if found == "." else found


def replaced(folder: Path, path: Path | None) -> str | None:
    """What a manifest remembers of the code that an export takes the place of."""
    if path is None:
        return None
    return HERE if path.resolve() == folder.resolve() else below(folder, path)


def unmanaged(folder: Path, names: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """What a manifest remembers of ``--unmanaged-by``.

    Returns:
        Stacks, and paths below the export's folder; and how many others there are.
    """
    texts = list(names)
    found = [each if each.startswith(STACK) else below(folder, Path(each)) for each in texts]
    return tuple(filter(None, found)), sum(not each for each in found)


def file_digest(path: Path) -> str:
    """The digest of a file; empty when it cannot be read."""
    try:
        return digest(regular_files.read(path))
    except OSError:
        return ""


def folder_digest(path: Path) -> str:
    """The digest of the files in a folder, their names included."""
    try:
        files = sorted(each for each in path.rglob("*") if each.is_file())
    except OSError:
        return ""
    lines = [f"{each.relative_to(path).as_posix()} {file_digest(each)}\n" for each in files]
    return digest("".join(lines).encode())
