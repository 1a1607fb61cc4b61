"""``--unmanaged-by`` of the commands that take it."""

import glob
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from exporter.cli.options.code_inputs import CodeOptions, code_option
from exporter.cli.options.sources import SourceOptions, source_option
from exporter.cli.terminal import console
from exporter.formats.code_inputs import CodeInputs
from exporter.model.read_result import ReadResult
from exporter.support.errors import ExporterError
from exporter.support.text import count

if TYPE_CHECKING:
    from exporter.diff.unmanaged import Code
    from exporter.formats.base import Format
    from exporter.formats.manifest import Manifest
    from exporter.sources.selection import Selection

_MOST = 6
"""The most notes about the code to print."""


@dataclass(frozen=True)
class PartOptions(SourceOptions, CodeOptions):
    """The source of the configuration sets, and the code that already manages some of them."""

    unmanaged_by: Annotated[
        list[str] | None,
        source_option(
            metavar="DIR",
            help="Only what this code doesn't manage yet: any source that diff reads; "
            "repeatable.",
        ),
    ] = None

    def judged(self) -> "Selection | None":
        """Return what was selected: whether anything else still exists is unknown.

        None if other code manages some of it.
        """
        if self.unmanaged_by:
            return None
        selection = self.source().selection
        if self.configuration_set is None:
            return selection
        # AWS CLI output describes one set and tells nothing about the others.
        return replace(selection, include=(glob.escape(self.configuration_set),))

    def code(self, out: Path | None = None, manifest: "Manifest | None" = None) -> "ExistingCode":
        """Load the code of ``--unmanaged-by``; call this before reading a large account.

        Args:
            out: The folder that the command writes to.
            manifest: The manifest of the export in that folder.

        Raises:
            UsageError: if the code is in that folder, or isn't code.
            ExporterError: if it can't be read.
        """
        if not self.unmanaged_by:
            return ExistingCode()
        # Importing the readers of code takes a while.
        from exporter.diff import unmanaged  # noqa: PLC0415

        inputs = self.given_to(CodeInputs())
        code = unmanaged.load_code(self.unmanaged_by, self.source(), inputs)
        if out is not None:
            unmanaged.refuse_own(self.unmanaged_by, out, manifest)
        return ExistingCode(code)


@dataclass(frozen=True)
class ExportPartOptions(PartOptions):
    """The same for ``export``, where ``--stack-name`` names the stack that is written."""

    stack_name: Annotated[
        str | None,
        code_option(
            "--unmanaged-stack-name",
            metavar="NAME",
            help="The name of the stack that a template file of --unmanaged-by describes.",
        ),
    ] = None


@dataclass(frozen=True)
class ExistingCode:
    """The code of ``--unmanaged-by``; empty without that option."""

    code: "tuple[Code, ...]" = ()

    def refuse_same_stack(self, reading: ReadResult, format_: "Format", stack_name: str) -> None:
        """Refuse an export whose stack has the same name as that of an export in the code.

        Raises:
            ExporterError: naming that export.
        """
        if self.code and format_.has_stacks:
            from exporter.diff import unmanaged  # noqa: PLC0415

            unmanaged.refuse_same_stack(self.code, reading.scopes, stack_name)

    def leave(
        self, reading: ReadResult, *, configuration_sets: bool = True, strict: bool = False
    ) -> "Unmanaged":
        """Leave out what the code manages, and print notes, doubts and counts.

        Args:
            reading: What was read.
            configuration_sets: Whether the sets themselves count, or only their destinations.
            strict: Whether to raise if it is uncertain that the code doesn't manage some of it.

        Raises:
            ExporterError: if the code can't be read for one of the accounts and regions, or
                with ``strict``.
        """
        if not self.code:
            return Unmanaged(reading)
        from exporter.diff import unmanaged  # noqa: PLC0415

        result = unmanaged.leave(reading, self.code, configuration_sets=configuration_sets)
        console.remarks(notes=result.notes, most=_MOST)
        if result.doubts:
            doubt = unmanaged.doubt(result)
            if strict:
                raise doubt
            console.warn(f"{doubt}; {doubt.hint}:")
            for item in doubt.items:
                console.warn_item(item)
        is_done = result.reading.is_empty and not reading.is_empty
        if is_done:
            console.say(unmanaged.nothing_left(reading, self.code))
        else:
            console.say(result.line)
        return Unmanaged(result.reading, result.managed_by_code, is_done=is_done)


@dataclass(frozen=True)
class Unmanaged:
    """What no code manages.

    Attributes:
        reading: What was read, without what code manages.
        managed_by_code: By account and region: sets that code manages, and which code.
        is_done: Whether something was read, and code manages all of it.
    """

    reading: ReadResult
    managed_by_code: Mapping[tuple[str | None, str], Mapping[str, str]] = field(
        default_factory=dict
    )
    is_done: bool = False

    def is_nothing_for(self, out: Path, manifest: "Manifest | None", *, force: bool) -> bool:
        """Tell whether an export has nothing to do.

        Raises:
            ExporterError: if the folder has an export, which would become empty.
        """
        if not self.is_done:
            return False
        if manifest is None or self.reading.unread:
            return True
        if force:
            return False
        raise ExporterError(
            "other code already manages everything that was read, but this folder has an "
            f"export of {count(len(manifest.resources), 'resource')}",
            where=str(out),
            hint="remove one of the two, or drop --unmanaged-by; --force removes it from this "
            "folder's code without destroying it",
        )
