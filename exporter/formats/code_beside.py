"""Other people's code in the folder of an export, as far as the export must know it.

Each format reads it once for each scope (``Format.beside``), before anything is rendered. It
reaches the renderer in the ``ScopeFacts``, and the checks of the export too.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from exporter.formats.code_resource import CodeResource
from exporter.model.resources import Scope

Version = tuple[int, ...]


@dataclass(frozen=True)
class ExportFolder:
    """The folder that a scope is exported to.

    Attributes:
        own: The files there, below the folder, that the previous export wrote.
        scope: What is exported to it.
    """

    path: Path
    own: frozenset[str]
    scope: Scope


@dataclass(frozen=True)
class Declared:
    """Something that a file of code declares, of which there may be one in a folder.

    Attributes:
        name: What the language calls it: ``aws_sns_topic.mail``, ``var.region``.
        where: The file and line, for messages.
        file: The file's name.
    """

    name: str
    where: str
    file: str


@dataclass(frozen=True)
class VersionConstraint:
    """What somebody says of the version of an engine.

    Attributes:
        text: The line that says it.
        where: The file and line.
        file: The file's name, where it is code; empty where it is meant for a version manager.
        admits: Whether it admits a version, or a later one.
    """

    text: str
    where: str
    file: str
    admits: Callable[[Version], bool]


@dataclass(frozen=True)
class CodeBeside:
    """What other people's code in the folder of an export says.

    Attributes:
        folder: The folder.
        declared: What it declares.
        engine: What is said there of the version of the format's engine.
        resources: The sets and destinations that it describes and whose names are known.
    """

    folder: Path = Path()
    declared: tuple[Declared, ...] = ()
    engine: tuple[VersionConstraint, ...] = ()
    resources: tuple[CodeResource, ...] = ()

    def refusing(
        self, needed: Version, without: Collection[str] | None = None
    ) -> VersionConstraint | None:
        """What admits no version of the engine as new as one that is needed.

        ``without`` are files of code that do not count; None counts what is meant for version
        managers too.
        """
        for each in self.engine:
            is_counted = without is None or (each.file and each.file not in without)
            if is_counted and not each.admits(needed):
                return each
        return None


def no_code_beside(_folder: ExportFolder) -> CodeBeside:
    """For a format to which nothing beside an export's own files means anything."""
    return CodeBeside()
