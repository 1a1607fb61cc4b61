"""One scope of an export as it stands in its folder, and what a format reads of it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from exporter.formats import code_files, export_files
from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import Loaded
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.unresolved import Unresolved
from exporter.support import regular_files
from exporter.support.below import is_there
from exporter.support.errors import ExporterError


@dataclass(frozen=True)
class ExportedCode:
    """The files of one scope of an export.

    Attributes:
        inputs: What a person says of the code, for where it is read as anybody's.
    """

    out_dir: Path
    manifest: Manifest
    record: ScopeRecord
    inputs: CodeInputs = field(default_factory=CodeInputs)

    @property
    def folder(self) -> Path:
        """The scope's own folder."""
        return self.out_dir / self.record.path

    def texts(self, suffix: str) -> dict[str, str]:
        """The files of code that the export wrote, by their names as a person sees them.

        Raises:
            ExporterError: when one is missing that nobody was told to delete.
        """
        found = []
        for path in self._own:
            if not path.endswith(suffix):
                continue
            if is_there(self.folder / path):
                found.append(self.folder / path)
            elif self._in_manifest(path) in {*self.manifest.files} - self.manifest.deletable:
                raise ExporterError(
                    "is missing, and the export wrote it",
                    where=regular_files.shown(self.folder / path),
                    hint="restore it, or name as a side what took its place",
                )
        return code_files.texts(found)

    def shared_texts(self, names: Iterable[str]) -> dict[str, str]:
        """Files in the export's folder that its accounts and regions share; see ``texts``.

        Raises:
            ExporterError: when one is missing.
        """
        return code_files.texts(self.out_dir / name for name in names)

    @property
    def import_files(self) -> set[str]:
        """The names, as in ``texts``, of files that only serve the import."""
        own = (path for path in self._own if self._in_manifest(path) in self.manifest.imports)
        return {regular_files.shown(self.folder / path) for path in own}

    @property
    def others(self) -> list[Path]:
        """What stands in the scope's folder and is no file of the export."""
        own = {self.out_dir / path for path in (*self.manifest.files, *self.manifest.editable)}
        return [path for path in code_files.listed(self.folder) if path not in own]

    @property
    def _own(self) -> list[str]:
        return export_files.own_files(self.manifest, self.record)

    def _in_manifest(self, path: str) -> str:
        return path if self.record.path == HERE else f"{self.record.path}/{path}"


@dataclass(frozen=True)
class Beside:
    """What stands beside the files of an export and is about the same.

    Attributes:
        code: Files that the format's engine reads together with them.
        has_values: Whether there are files that give their variables values.
        not_read: Files that may hold sets, and are not read.
    """

    code: tuple[str, ...] = ()
    has_values: bool = False
    not_read: tuple[Unresolved, ...] = ()


def nothing_beside(_code: ExportedCode) -> Beside:
    """For a format to which nothing beside an export's own files means anything."""
    return Beside()


@dataclass(frozen=True)
class ReadBack:
    """How a format's own code is read.

    Attributes:
        suffix: How the names of its files of code end.
        resource: How a resource begins in them; the group ``label`` is its name, and ``type``,
            where there is one, stands before that in its address.
        destination: The lines of an event destination, with its ``label``. Every string is on one
            line, so that no name looks like the end of them.
        read: Reads what the export wrote.
        read_edited: The same where somebody has edited it since.
        leaves_open: Whether the engine leaves a value alone, by its API path, that somebody's code
            does not name.
        beside: What stands beside the export's files.
    """

    suffix: str
    resource: re.Pattern[str]
    destination: re.Pattern[str]
    read: Callable[[ExportedCode], Loaded]
    read_edited: Callable[[ExportedCode], Loaded]
    leaves_open: Callable[[str], bool]
    beside: Callable[[ExportedCode], Beside]
