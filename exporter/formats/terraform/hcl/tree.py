"""The files that code consists of, and those that it reads (``file``)."""

import posixpath
from collections.abc import Mapping
from typing import Protocol


class CodeTree(Protocol):
    """Access to files by their path relative to a root module."""

    def code(self, folder: str) -> Mapping[str, str] | None:
        """Return the code and the values of variables in a folder.

        Args:
            folder: Its path (``modules/mail``); ``.`` is the root module.

        Returns:
            The texts by path, as the user sees it; None if there is no such folder.

        Raises:
            ExporterError: when a file exists and can't be read.
        """
        ...

    def text(self, path: str) -> str | None:
        """Return the text of any file; None if it doesn't exist or can't be read."""
        ...

    def names(self, folder: str) -> list[str] | None:
        """Return the names of the files in a folder; None if it can't be listed."""
        ...

    def shown(self, path: str) -> str:
        """Return a path as the user sees it."""
        ...


class RootAlone:
    """The files of a root module, without any other module.

    Args:
        files: The texts of its code by path, as the user sees it.
        data: The texts of the files that the code reads, by path relative to the root module.
    """

    def __init__(self, files: Mapping[str, str], data: Mapping[str, str] | None = None) -> None:
        self._files = files
        self._data = data or {}

    def code(self, folder: str) -> Mapping[str, str] | None:
        """Return its code; there is no other folder."""
        return self._files if folder == "." else None

    def text(self, path: str) -> str | None:
        """Return the text of a data file."""
        return self._data.get(posixpath.normpath(path))

    def names(self, _folder: str) -> list[str] | None:
        """Return None: no folder can be listed."""
        return None

    def shown(self, path: str) -> str:
        """Return the path unchanged."""
        return path
