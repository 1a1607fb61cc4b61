"""Where code finds the files of its modules, and those that ``file`` reads."""

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
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def code(self, folder: str) -> Mapping[str, str] | None:
        """Its own files."""
        return self._files if folder == "." else None

    def text(self, _path: str) -> str | None:
        """Nothing."""
        return None

    def names(self, _folder: str) -> list[str] | None:
        """Nothing."""
        return None

    def shown(self, path: str) -> str:
        """The path."""
        return path
