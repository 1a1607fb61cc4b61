"""Other people's code in the folder of an export, as far as the export must know it.

Each format reads it once for each scope (``Format.beside``), before anything is rendered. It
reaches the renderer in the ``ScopeFacts``, and the checks of the export too.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import CodeResource
from exporter.formats.references import Expression
from exporter.formats.replaced_code import ReplacedCode
from exporter.formats.unresolved import Unresolved
from exporter.model.identities import Identity
from exporter.model.resources import Scope

Version = tuple[int, ...]


@dataclass(frozen=True)
class ExportFolder:
    """The folder that a scope is exported to.

    Attributes:
        own: The files there, below the folder, that the previous export wrote.
        scope: What is exported to it.
        inputs: What is known beside the code.
        replaces: The folder of the code that the export takes the place of.
        is_fragment: Whether it is code of a module that others call.
        module: The address of that module in ``root``, without ``module.``: ``mail``.
        root: The folder of the root module that calls it; None where that is not known.
    """

    path: Path
    own: frozenset[str]
    scope: Scope
    inputs: CodeInputs = field(default_factory=CodeInputs)
    replaces: Path | None = None
    is_fragment: bool = False
    module: str = ""
    root: Path | None = None

    @property
    def root_there(self) -> Path | None:
        """The folder of the root that calls the module; None without one, or before there is."""
        return self.root if self.module and self.root is not None and self.root.is_dir() else None


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
class Refusal:
    """Why nothing can be exported beside the code: an error that is to be raised."""

    what: str
    where: str
    hint: str


@dataclass(frozen=True)
class Configured:
    """How other people's code configures the engine, as far as the export goes by it.

    Attributes:
        versions: Where it says which versions are needed; empty when it does not.
        provider: Where it says how the account is reached; empty when it does not.
        name: The configuration that the resources have to name; empty for the default one.
        default_tags: The tags that it gives to every resource.
        tags_where: Where it says that.
        imported: The addresses that it imports itself, from the root module on, each with the
            place.
        notes: What must be said of it.
        refusal: Why the export does not fit it.
    """

    versions: str = ""
    provider: str = ""
    name: str = ""
    default_tags: Mapping[str, str] = field(default_factory=dict)
    tags_where: str = ""
    imported: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refusal: Refusal | None = None


NOT_CONFIGURED = Configured()


@dataclass(frozen=True)
class CodeBeside:
    """What other people's code in the folder of an export says.

    Attributes:
        folder: The folder.
        files: The names of files there that the export did not write.
        declared: What they declare.
        engine: What is said there of the version of the format's engine.
        configured: How they configure the engine.
        resources: The sets and destinations that they describe and whose names are known.
        labels: The labels of the resources of these types that they declare, or lead away from,
            each by an identity that nothing in SES has.
        references: Where they refer to sets and destinations of the types that the export writes,
            and by which address, as it is written.
        names: How code in the folder refers to the name of a set that they describe.
        outside: Those that the root describes, outside of the module that the export is.
        older: Those that they describe under a type that the export never writes.
        unresolved: What may be some, and can't be told.
        replaced: What of the code that ``--replaces`` names can be replaced.
    """

    folder: Path = Path()
    files: frozenset[str] = frozenset()
    declared: tuple[Declared, ...] = ()
    engine: tuple[VersionConstraint, ...] = ()
    configured: Configured = NOT_CONFIGURED
    resources: tuple[CodeResource, ...] = ()
    labels: Mapping[Identity, str] = field(default_factory=dict)
    references: tuple[Declared, ...] = ()
    names: Mapping[str, Expression] = field(default_factory=dict)
    outside: tuple[CodeResource, ...] = ()
    older: tuple[CodeResource, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    replaced: ReplacedCode | None = None

    def declares(self, name: str) -> bool:
        """Whether something of a name is declared."""
        return any(each.name == name for each in self.declared)

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
