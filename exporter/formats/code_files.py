"""List the files of code in a folder, and read them."""

import os
from collections.abc import Iterable
from pathlib import Path

from exporter.support import regular_files
from exporter.support.errors import ExporterError
from exporter.support.regular_files import readable

LARGEST_HCL = 10_000_000
"""Bytes of a Terraform file: nobody writes a larger one by hand."""

_CODE = (".tf", ".tf.json", ".tofu", ".tofu.json")
_VALUES = (".auto.tfvars", ".auto.tfvars.json")
_ALWAYS = ("terraform.tfvars", "terraform.tfvars.json")


def is_folder(path: Path) -> bool:
    """Whether a path is a folder.

    Raises:
        ExporterError: if the path can't be read.
    """
    with readable(path):
        return path.is_dir()


def listed(folder: Path) -> list[Path]:
    """List everything in a folder except folders, sorted by name.

    Raises:
        ExporterError: if the folder can't be listed.
    """
    with readable(folder), os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries if not entry.is_dir())


def content(path: Path) -> bytes:
    """Return the content of a file; links are followed within its repository.

    Raises:
        ExporterError: if it can't be read or isn't a regular file.
    """
    with readable(path):
        return regular_files.read_within(path)


def text(path: Path, largest: int | None = None, *, is_named: bool = False) -> str:
    """Return the text of a file.

    Args:
        path: The file.
        largest: The most bytes to accept; None for any size.
        is_named: Whether the command line names the file, so that links are followed anywhere.

    Raises:
        ExporterError: if it can't be read, is too large or isn't text.
    """
    with readable(path):
        if largest is not None and path.stat().st_size > largest:
            raise ExporterError(
                f"larger than {largest // 1_000_000} MB, and not written by ses2iac",
                where=str(path),
                hint="compare with a snapshot, or with the output of 'terraform show -json'",
            )
    reader = regular_files.read_named if is_named else regular_files.read_within
    return regular_files.text(path, reader)


def texts(
    paths: Iterable[Path], largest: int | None = None, *, is_named: bool = False
) -> dict[str, str]:
    """Return the texts of files by their names in messages; see ``text``."""
    return {regular_files.shown(path): text(path, largest, is_named=is_named) for path in paths}


def terraform_files(folder: Path) -> list[Path]:
    """Return the files that Terraform reads in a folder.

    Raises:
        ExporterError: if the folder can't be listed.
    """
    paths = listed(folder)
    names = {path.name for path in paths}
    return [
        path
        for path in paths
        if path.name in _ALWAYS
        or path.name.endswith(_VALUES)
        or (is_code(path) and _tofu_override(path.name) not in names)
    ]


def is_code(path: Path) -> bool:
    """Whether Terraform reads a file as code; it ignores names that start with a dot."""
    return path.name.endswith(_CODE) and not path.name.startswith(".")


def _tofu_override(name: str) -> str:
    """Return the name of the file that OpenTofu 1.8 and later reads instead of a ``.tf`` file."""
    stem, dot, ending = name.rpartition(".tf")
    return f"{stem}.tofu{ending}" if dot and ending in ("", ".json") else ""
