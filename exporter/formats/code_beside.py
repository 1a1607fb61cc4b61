"""Other people's code in the folder of an export: what the export has to know about it.

Each format reads it once for each scope (``Format.beside``), before anything is rendered. The
renderer and the export's checks get it in ``ScopeFacts``.
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
        own: The files in it that the previous export wrote.
        scope: What is exported to it.
        inputs: What the code needs from outside to be evaluated.
        replaces: The folder of the code that the export replaces.
        is_fragment: Whether its code is part of a module that others call.
        module: The address of that module in ``root``, without ``module.``: ``mail``.
        root: The folder of the root module that calls it; None if it isn't known.
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
        """The folder of the root module, if there is one and it exists."""
        return self.root if self.module and self.root is not None and self.root.is_dir() else None


@dataclass(frozen=True)
class Declared:
    """Something that a file of code declares, and that no other file of the folder may declare.

    Attributes:
        name: Its name in the language: ``aws_sns_topic.mail``, ``var.region``.
        where: The file and line, for messages.
        file: The file's name.
    """

    name: str
    where: str
    file: str


@dataclass(frozen=True)
class VersionConstraint:
    """A constraint on the version of a tool.

    Attributes:
        text: The line with the constraint.
        where: The file and line.
        file: The file's name if it is code; empty if it is a version manager's.
        admits: Whether it allows a version, or a later one.
    """

    text: str
    where: str
    file: str
    admits: Callable[[Version], bool]


@dataclass(frozen=True)
class Refusal:
    """Why nothing can be exported next to the code: an error to raise."""

    what: str
    where: str
    hint: str


@dataclass(frozen=True)
class Configured:
    """How other people's code configures the tool, as far as it matters to the export.

    Attributes:
        versions: Where it requires versions; empty if it doesn't.
        provider: Where it configures a provider; empty if it doesn't.
        name: The provider configuration that the resources must refer to; empty for the default.
        default_tags: The tags that it gives to every resource.
        tags_where: Where it sets them.
        imported: The addresses that its own code imports, from the root module on, each with the
            file and line.
        notes: Notes to print about it.
        refusal: Why nothing can be exported next to it; None if it can.
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
    """Other people's code in the folder of an export.

    Attributes:
        folder: The folder.
        files: The names of the files there that the export did not write.
        declared: What they declare.
        version_constraints: Those there on the format's tool.
        configured: How they configure the tool.
        resources: The sets and destinations that they describe, if their names are known.
        labels: The labels of the resources of these types that they declare, or lead away
            from, by identities that nothing in SES has.
        references: Where they refer to sets and destinations of the types that the export writes;
            the name is the address as they write it.
        names: How code in the folder refers to the names of the sets that they describe.
        outside: The sets and destinations that the root module describes, outside the module that
            the export is.
        older: Those that they describe with a type that the export never writes.
        unresolved: Code that may describe some, and can't be evaluated.
        replaced: The parts that can be replaced of the code that ``--replaces`` names.
    """

    folder: Path = Path()
    files: frozenset[str] = frozenset()
    declared: tuple[Declared, ...] = ()
    version_constraints: tuple[VersionConstraint, ...] = ()
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
        """Whether something with this name is declared, in a file that no export wrote."""
        return any(
            declared.name == name and declared.file in self.files for declared in self.declared
        )

    def refusing(
        self, needed: Version, without: Collection[str] | None = None
    ) -> VersionConstraint | None:
        """Return the first constraint that allows neither a version nor a later one, if any.

        Args:
            needed: The version.
            without: Code files whose constraints don't count, and then those of version managers
                don't either; None counts all.
        """
        for constraint in self.version_constraints:
            counts = without is None or (constraint.file and constraint.file not in without)
            if counts and not constraint.admits(needed):
                return constraint
        return None


def no_code_beside(_folder: ExportFolder) -> CodeBeside:
    """``Format.beside`` of a format whose tool reads only the export's own files."""
    return CodeBeside()
