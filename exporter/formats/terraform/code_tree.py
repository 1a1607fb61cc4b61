"""Terraform code on disk as a ``CodeTree`` (``hcl/tree.py``)."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from exporter.formats import code_files
from exporter.support import regular_files
from exporter.support.errors import ExporterError


class FolderTree:
    """A root module in a folder, and the other files in its repository.

    Args:
        root: The folder, or a single file as the whole module.
        without: The names of files to leave out.
        within: The folder of those files; by default the root.
    """

    def __init__(
        self, root: Path, without: Collection[str] = (), within: Path | None = None
    ) -> None:
        self._is_file = not code_files.is_folder(root)
        self._root = root.parent if self._is_file else root
        self._file = root
        self._without = without
        self._within = (within or self._root).resolve()

    def code(self, folder: str) -> Mapping[str, str] | None:
        """See ``CodeTree``."""
        if self._is_file and folder == ".":
            return code_files.texts([self._file], code_files.LARGEST_HCL, is_named=True)
        path = Path(os.path.normpath(self._root / folder)) if folder != "." else self._root
        if not path.is_dir():
            return None
        files = code_files.terraform_files(path)
        if path.resolve() == self._within:
            files = [file for file in files if file.name not in self._without]
        return code_files.texts(files, code_files.LARGEST_HCL)

    def names(self, folder: str) -> list[str] | None:
        """See ``CodeTree``; a folder outside the repository isn't listed."""
        folder_path = self._root / folder
        try:
            if not regular_files.is_in_repository(folder_path, self._root):
                return None
            return [path.name for path in code_files.listed(folder_path)]
        except (ExporterError, OSError, ValueError):
            return None

    def shown(self, path: str) -> str:
        """See ``CodeTree``."""
        return regular_files.shown(self._root / path)

    def text(self, path: str) -> str | None:
        """See ``CodeTree``; a file outside the repository isn't read."""
        file = self._root / path
        try:
            if not regular_files.is_in_repository(file, self._root):
                return None
            if file.stat().st_size > code_files.LARGEST_HCL:
                return None
            return regular_files.text(file)
        except (ExporterError, OSError, ValueError):
            return None
