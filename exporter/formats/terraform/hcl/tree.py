"""Where code finds the files of its modules, and those that ``file`` reads."""

import posixpath
from collections.abc import Mapping
from typing import Protocol


class CodeTree(Protocol):
    """Files below and beside the folder of a root module, by their path from there."""

    def code(self, folder: str) -> Mapping[str, str] | None:
        """The files of code in a folder, and its values of variables.

        Args:
            folder: Its path from the root module (``modules/mail``); ``.`` is the root module.

        Returns:
            The path as the user sees it -> the text; None when there is no such folder.

        Raises:
            ExporterError: when a file is there and cannot be read.
        """
        ...

    def text(self, path: str) -> str | None:
        """The text of any file; None when it is not there or cannot be read."""
        ...

    def names(self, folder: str) -> list[str] | None:
        """The names of the files in a folder; None when it may not be listed."""
        ...

    def shown(self, path: str) -> str:
        """A path as the user sees it."""
        ...


class RootAlone:
    """A root module of which only the files are known.

    Args:
        files: The path as the user sees it -> the text.
        data: The texts of files that the code reads, by their paths from the folder on.
    """

    def __init__(self, files: Mapping[str, str], data: Mapping[str, str] | None = None) -> None:
        self._files = files
        self._data = data or {}

    def code(self, folder: str) -> Mapping[str, str] | None:
        """Its own files."""
        return self._files if folder == "." else None

    def text(self, path: str) -> str | None:
        """That of a file of data."""
        return self._data.get(posixpath.normpath(path))

    def names(self, _folder: str) -> list[str] | None:
        """Nothing."""
        return None

    def shown(self, path: str) -> str:
        """The path."""
        return path
