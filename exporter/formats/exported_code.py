"""One scope of an export in its folder, and how a format reads it back."""

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
        inputs: What the code needs from outside, if it is read like other people's code.
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
        """Return the texts of the files that the export wrote, by their names in messages.

        Raises:
            ExporterError: if one is missing that a person should not delete.
        """
        present = []
        for path in self._own:
            if not path.endswith(suffix):
                continue
            if is_there(self.folder / path):
                present.append(self.folder / path)
            elif self._in_manifest(path) in {*self.manifest.files} - self.manifest.deletable:
                raise ExporterError(
                    "is missing, and the export wrote it",
                    where=regular_files.shown(self.folder / path),
                    hint="restore it, or compare with the code that replaced it",
                )
        return code_files.texts(present)

    def shared_texts(self, names: Iterable[str]) -> dict[str, str]:
        """Return the texts of files that the export's accounts and regions share; see ``texts``.

        Raises:
            ExporterError: if one is missing.
        """
        return code_files.texts(self.out_dir / name for name in names)

    @property
    def import_files(self) -> set[str]:
        """The names, as in ``texts``, of the files that only import resources."""
        own = (path for path in self._own if self._in_manifest(path) in self.manifest.imports)
        return {regular_files.shown(self.folder / path) for path in own}

    @property
    def others(self) -> list[Path]:
        """The files in the scope's folder that aren't part of the export."""
        own = {self.out_dir / path for path in (*self.manifest.files, *self.manifest.editable)}
        return [path for path in code_files.listed(self.folder) if path not in own]

    @property
    def _own(self) -> list[str]:
        return export_files.own_files(self.manifest, self.record)

    def _in_manifest(self, path: str) -> str:
        return path if self.record.path == HERE else f"{self.record.path}/{path}"


@dataclass(frozen=True)
class Beside:
    """Files next to an export's own that concern SES too.

    Attributes:
        code: Files that the format's tool reads together with the export's.
        has_values: Whether there are files with values for variables.
        not_read: Code that may describe sets, and is not read.
    """

    code: tuple[str, ...] = ()
    has_values: bool = False
    not_read: tuple[Unresolved, ...] = ()


def nothing_beside(_code: ExportedCode) -> Beside:
    """``ReadBack.beside`` of a format whose tool reads only the export's own files."""
    return Beside()


@dataclass(frozen=True)
class ReadBack:
    """How a format's own code is read.

    Attributes:
        suffix: The suffix of its code files.
        resource: The first line of a resource; the group ``label`` is its name, and the group
            ``type``, if there is one, comes before it in its address.
        destination: The lines of an event destination, with its ``label``. Strings never span
            lines, so no name can look like the end of the lines.
        read: Reads what the export wrote.
        read_edited: Reads code that somebody has edited since.
        leaves_open: Whether the tool leaves a value alone, by its API path, if the code doesn't
            set it.
        beside: Finds other files that concern SES next to the export's.
    """

    suffix: str
    resource: re.Pattern[str]
    destination: re.Pattern[str]
    read: Callable[[ExportedCode], Loaded]
    read_edited: Callable[[ExportedCode], Loaded]
    leaves_open: Callable[[str], bool]
    beside: Callable[[ExportedCode], Beside]
