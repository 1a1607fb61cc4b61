"""What every format provides, what it is given and what it returns."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from exporter.formats.code_beside import CodeBeside, ExportFolder
from exporter.formats.exported_code import ReadBack
from exporter.formats.fidelity import Effect, Judge, Later
from exporter.formats.labels import Style
from exporter.formats.layout import Layout
from exporter.formats.manifest import ScopeRecord
from exporter.formats.options import ExportOptions
from exporter.formats.references import ReferenceMode
from exporter.formats.render_context import RenderContext
from exporter.formats.replaced_code import Replacement
from exporter.formats.scope_facts import DescribedResource, PreviousExport, ScopeFacts
from exporter.formats.supported import Supported, denying
from exporter.model.identities import Identity
from exporter.model.resources import Scope


class FileRole(StrEnum):
    """What a file of an export is for, which decides what a person may do with it."""

    CODE = "code"
    """Describes resources; not to be edited or deleted."""
    IMPORT = "import"
    """Imports resources; a person deletes it after the import."""
    MOVES = "moves"
    """Moves resources to new addresses; a person deletes it once it is applied."""
    REMOVALS = "removals"
    """Makes state forget resources that left the code; a person deletes it once it is applied."""
    NAMES = "names"
    """Lists the names in code; a person may edit it, and the next export keeps the edits."""

    @property
    def is_deletable(self) -> bool:
        """Whether a person deletes the file once it is applied."""
        return self in (FileRole.IMPORT, FileRole.MOVES, FileRole.REMOVALS)


@dataclass(frozen=True)
class RenderedFile:
    """A file of an export.

    Attributes:
        path: Relative to the scope's folder, and to the export's once it is written. For a file of
            the root module that calls the export, it starts with the path to that module.
        text: Its content; for a file that a person may edit, with their edits.
        imports: The resources that it imports; deleting the file marks their import as done.
    """

    path: str
    text: str
    role: FileRole = FileRole.CODE
    imports: tuple[Identity, ...] = ()

    @cached_property
    def data(self) -> bytes:
        """Its content as bytes."""
        return self.text.encode()


@dataclass(frozen=True)
class Rendering:
    """The files of one scope, and the address of each resource in the code.

    Attributes:
        files: In the order in which a person would read them.
        addresses: The Terraform address or logical id of each resource.
        next_steps: The commands to run next.
        stacks: For formats with stacks, the number (from 1) of each configuration set's stack.
        former: For formats that can move resources, the addresses that each moves from, oldest
            first.
        keyed: Resources without a name in code, because the data lists them by their live name.
        imported: Resources that other code imports, so these files don't.
        mapped_by: The patterns of ``--map`` that matched a target.
        notes: Notes to print.
        warnings: Notes that the tool will do more than the person asked for.
    """

    files: tuple[RenderedFile, ...]
    addresses: Mapping[Identity, str]
    next_steps: tuple[str, ...]
    stacks: Mapping[str, int] = field(default_factory=dict)
    former: Mapping[Identity, tuple[str, ...]] = field(default_factory=dict)
    keyed: frozenset[Identity] = frozenset()
    imported: frozenset[Identity] = frozenset()
    mapped_by: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RenderInputs:
    """What a format is given besides the resources.

    Attributes:
        imported: Resources whose import an earlier export wrote, and which is done.
        before: What the stacks contain right after the import; None if that is the code itself.
        departed: Resources that left the code but may still exist, with the addresses at which
            state may have them.
        replacement: The blocks of other code that the export replaces.
    """

    options: ExportOptions = field(default_factory=ExportOptions)
    facts: ScopeFacts = field(default_factory=ScopeFacts)
    imported: frozenset[Identity] = frozenset()
    before: RenderContext | None = None
    departed: Mapping[Identity, tuple[str, ...]] = field(default_factory=dict)
    replacement: Replacement | None = None

    @property
    def described(self) -> dict[Identity, DescribedResource]:
        """Resources that a person's own code describes, and that are still to be imported."""
        return {
            identity: resource
            for identity, resource in self.facts.described.items()
            if identity not in self.imported
        }

    @property
    def previous(self) -> PreviousExport:
        """What the previous export decided."""
        return self.facts.previous


def no_later_effect(_path: str, _effect: Effect) -> str:
    """``Format.later`` of a format whose tool leaves such values alone."""
    return ""


Joiner = Callable[[Iterable[ScopeRecord], Collection[str]], list[RenderedFile]]
"""Makes the files that accounts and regions share, from their records and all other paths."""


def no_shared_files(_records: Iterable[ScopeRecord], _paths: Collection[str]) -> list[RenderedFile]:
    """``Format.join`` of a format whose accounts and regions share no files."""
    return []


def scope_folder(scope: Scope) -> str:
    """``Format.folder`` of a format whose accounts and regions share no files."""
    return f"{scope.account_id or 'unknown-account'}/{scope.region}"


def any_region(_region: str) -> str:
    """``Format.scope_fault`` of a format that can be deployed in every region."""
    return ""


def no_clashes(_beside: CodeBeside, _rendering: Rendering) -> None:
    """``Format.refuse_clashes`` of a format whose tool reads no other files."""


@dataclass(frozen=True)
class Format:
    """An output format. Nothing has a default: a new format decides each.

    Attributes:
        name: Its name on the command line.
        title: Its name in sentences.
        style: How it names resources.
        supports: The values that its templates write.
        rule: Which of these its tool or language can't express, and why.
        render: Makes its files.
        read_back: Reads its code back, for ``diff`` and ``report``.
        parse_expression: Raises ``ValueError`` for text that isn't an expression of its language;
            None if it has no ``--map``.
        checked: Takes the name and text of a code file made with custom templates; returns the
            text formatted as its own files are, or raises ``ExporterError``.
        language: The name of its language, for those errors.
        reference_modes: The values of ``--references`` that it supports.
        checks: The module in ``verify/`` whose ``checks`` check an export.
        later: What its tool does to a live value that it can't express.
        keeps_empty: Whether its tool tells an empty option from an absent one.
        can_move: Whether its tool can move a renamed resource, and forget one that left the code.
        scope_fault: Why it can't deploy in a region; empty if it can.
        has_stacks: Whether its resources belong to CloudFormation stacks.
        folder: The folder of an account and region, where an export has several.
        join: Makes the files that several accounts and regions share.
        beside: Reads other people's code in the folder of an export.
        refuse_clashes: Raises ``ExporterError`` for files that its tool can't read next to that
            code.
        layouts: The layouts to choose from; empty if it has only one.
        ignored: What its tools write next to the code, as lines of a ``.gitignore``.
    """

    name: str
    title: str
    style: Style
    supports: Supported
    rule: Judge
    render: Callable[[RenderContext, RenderInputs], Rendering]
    read_back: ReadBack
    parse_expression: Callable[[str], None] | None
    checked: Callable[[str, str], str]
    language: str
    reference_modes: tuple[ReferenceMode, ...]
    checks: str
    later: Later
    keeps_empty: bool
    can_move: bool
    has_stacks: bool
    scope_fault: Callable[[str], str]
    folder: Callable[[Scope], str]
    join: Joiner
    beside: Callable[[ExportFolder], CodeBeside]
    refuse_clashes: Callable[[CodeBeside, Rendering], None]
    layouts: tuple[Layout, ...]
    ignored: tuple[str, ...]

    @cached_property
    def judge(self) -> Judge:
        """Its rule, which also refuses every value that its templates don't write."""
        return denying(self.rule, self.supports, self.title)
