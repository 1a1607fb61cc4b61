"""What every format provides, and what comes out of it."""

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
    """What a file of an export is for, and so what a person may do with it."""

    CODE = "code"
    """It describes resources; nobody edits or deletes it."""
    IMPORT = "import"
    """It only serves the import; a person deletes it when that is done."""
    MOVES = "moves"
    """It only tells where resources stood before; a person deletes it when it was applied."""
    REMOVALS = "removals"
    """It only tells what has left the code; a person deletes it when it was applied."""
    NAMES = "names"
    """It holds the names; a person may edit it, and what they wrote is kept."""

    @property
    def is_deletable(self) -> bool:
        """Whether a person deletes the file once it was applied."""
        return self in (FileRole.IMPORT, FileRole.MOVES, FileRole.REMOVALS)


@dataclass(frozen=True)
class RenderedFile:
    """A file of an export.

    Attributes:
        path: Where it goes: relative to the scope's folder, or to the export's once it is written.
            One of the root module that calls the export has the way to that before its name.
        text: Its content; of a file that a person may edit it already holds what they wrote.
        imports: The resources whose import it hands out: deleting it says that it is done.
    """

    path: str
    text: str
    role: FileRole = FileRole.CODE
    imports: tuple[Identity, ...] = ()

    @cached_property
    def data(self) -> bytes:
        """Its bytes."""
        return self.text.encode()


@dataclass(frozen=True)
class Rendering:
    """The files of one scope, and where each resource stands in the code.

    Attributes:
        files: In the order in which a person would read them.
        addresses: The Terraform address or the logical id of each resource.
        stacks: For formats with stacks, the number (from 1) of the stack that holds each
            configuration set.
        former: For formats that can move resources, the addresses from which each is moved, the
            oldest first.
        keyed: What has no name in code, as data has it by its live name.
        imported: What other code imports, so that these files don't.
        mapped_by: The patterns of those lines of the map that some target met.
        notes: What is to be said of it.
        warnings: The same, where its engine will do more than the person asked for.
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
    """What a format is given beside the plan.

    Attributes:
        imported: What needs no import: an earlier one was handed out, and is done.
        before: What the stacks hold once the import is done; None where that is the code itself.
        departed: What left the code and may be alive, with the addresses at which state may hold
            it.
        replacement: What of other code the export takes the place of.
    """

    options: ExportOptions = field(default_factory=ExportOptions)
    facts: ScopeFacts = field(default_factory=ScopeFacts)
    imported: frozenset[Identity] = frozenset()
    before: RenderContext | None = None
    departed: Mapping[Identity, tuple[str, ...]] = field(default_factory=dict)
    replacement: Replacement | None = None

    @property
    def described(self) -> dict[Identity, DescribedResource]:
        """What a person's own code describes and is to be imported there."""
        return {who: e for who, e in self.facts.described.items() if who not in self.imported}

    @property
    def previous(self) -> PreviousExport:
        """What the previous export decided."""
        return self.facts.previous


def says_nothing_later(_path: str, _effect: Effect) -> str:
    """For a format of whose engine there is nothing to say: see ``Format.later``."""
    return ""


Joiner = Callable[[Iterable[ScopeRecord], Collection[str]], list[RenderedFile]]
"""Makes the files that accounts and regions share, from their records and all other files."""


def nothing_shared(_records: Iterable[ScopeRecord], _paths: Collection[str]) -> list[RenderedFile]:
    """For a format in which every account and region stands alone: see ``Format.join``."""
    return []


def own_folder(scope: Scope) -> str:
    """The folder of an account and region that stands alone: see ``Format.folder``."""
    return f"{scope.account_id or 'unknown-account'}/{scope.region}"


def everywhere(_region: str) -> str:
    """For a format that can be deployed in every region: see ``Format.scope_fault``."""
    return ""


def clashes_with_nothing(_found: CodeBeside, _rendering: Rendering) -> None:
    """For a format whose files are on their own: see ``Format.refuse_clashes``."""


@dataclass(frozen=True)
class Format:
    """An output format. Nothing here has a default: a new format decides each.

    Attributes:
        name: Its name on the command line.
        title: Its name in sentences.
        style: How it names resources.
        supports: What its templates write, and nothing else.
        rule: What its engine or language cannot hold of these, with the reason.
        render: Makes its files.
        read_back: How its code is read back, for ``diff`` and ``report``.
        parse_expression: Refuses, with a ``ValueError``, what is no expression of its language;
            None where it takes no map.
        checked: Takes the name and the text of a file of its code that somebody's templates made;
            gives the text as the format's own would be, or raises an ``ExporterError``.
        language: The name of its language, for such errors.
        reference_modes: What may stand in place of a target's ARN.
        checks: The module in ``verify/`` whose ``checks`` judge an export.
        later: What its engine does to a live value that it cannot express.
        keeps_empty: Whether an option that is there and says nothing is another one to its engine
            than an absent one.
        can_move: Whether it can be told where a renamed resource stood before, and to forget one
            that left the code.
        scope_fault: Why nothing of a region can be deployed with it; empty when it can.
        has_stacks: Whether its resources belong to stacks of CloudFormation.
        folder: The folder of an account and region that does not have the export for itself.
        join: Makes the files that several accounts and regions share; none where nothing is shared.
        beside: What other people's code in the folder of an export says.
        refuse_clashes: Refuses, with an ``ExporterError``, files that its engine would not take
            beside that code.
        layouts: Which layouts there are to choose from; none where its files are given.
        ignored: What its tools leave beside the code, as lines of a ``.gitignore``.
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
        """What it does not write: what its rule refuses, and whatever it does not name."""
        return denying(self.rule, self.supports, self.title)
