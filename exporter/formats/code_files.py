"""Files of code: which a folder holds, and their content."""

import os
from collections.abc import Iterable
from pathlib import Path

from exporter.support import regular_files
from exporter.support.errors import ExporterError
from exporter.support.regular_files import readable

LARGEST_HCL = 10_000_000
"""Bytes of a file of Terraform code that somebody may have written."""

_CODE = (".tf", ".tf.json", ".tofu", ".tofu.json")
_VALUES = (".auto.tfvars", ".auto.tfvars.json")
_ALWAYS = ("terraform.tfvars", "terraform.tfvars.json")


def is_folder(path: Path) -> bool:
    """Whether a path is that of a folder.

    Raises:
        ExporterError: when nobody may know it.
    """
    with readable(path):
        return path.is_dir()


def listed(folder: Path) -> list[Path]:
    """Whatever stands in a folder and is no folder, in order of the names.

    Raises:
        ExporterError: when it cannot be listed.
    """
    with readable(folder), os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries if not entry.is_dir())


def content(path: Path) -> bytes:
    """The content of a file in a folder; links are followed within its repository.

    Raises:
        ExporterError: when it cannot be read, or is no regular file.
    """
    with readable(path):
        return regular_files.read_within(path)


def text(path: Path, largest: int | None = None, *, is_named: bool = False) -> str:
    """The text of a file.

    At most ``largest`` bytes are read. Where the command line names the file, links are followed
    wherever they lead.

    Raises:
        ExporterError: when it cannot be read, is too large or no text.
    """
    with readable(path):
        if largest is not None and path.stat().st_size > largest:
            raise ExporterError(
                f"larger than {largest // 1_000_000} MB, and not an export of ours",
                where=str(path),
                hint="compare with a snapshot, or with the output of 'terraform show -json'",
            )
    reader = regular_files.read_named if is_named else regular_files.read_within
    return regular_files.text(path, reader)


def texts(
    paths: Iterable[Path], largest: int | None = None, *, is_named: bool = False
) -> dict[str, str]:
    """The texts of files by their names; see ``text``."""
    return {regular_files.shown(path): text(path, largest, is_named=is_named) for path in paths}


def terraform_files(folder: Path) -> list[Path]:
    """What Terraform reads of a folder.

    Raises:
        ExporterError: when it cannot be listed.
    """
    found = listed(folder)
    names = {path.name for path in found}
    return [
        path
        for path in found
        if path.name in _ALWAYS
        or path.name.endswith(_VALUES)
        or (is_code(path) and _of_tofu(path.name) not in names)
    ]


def is_code(path: Path) -> bool:
    """Whether a file is one of Terraform code; what begins with a dot it takes for a backup."""
    return path.name.endswith(_CODE) and not path.name.startswith(".")


def _of_tofu(name: str) -> str:
    """The file of OpenTofu (1.8 and later) that takes the place of one of Terraform."""
    stem, dot, ending = name.rpartition(".tf")
    return f"{stem}.tofu{ending}" if dot and ending in ("", ".json") else ""
