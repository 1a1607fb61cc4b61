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
"""How many notes are said of the code."""


@dataclass(frozen=True)
class PartOptions(SourceOptions, CodeOptions):
    """Where configuration comes from, and which code holds some of it already."""

    unmanaged_by: Annotated[
        list[str] | None,
        source_option(
            metavar="DIR",
            help="Export only what this code doesn't manage yet: any source that diff reads; "
            "repeatable.",
        ),
    ] = None

    def judged(self) -> "Selection | None":
        """What was to be read: of all else it is unknown whether it is there.

        None where code holds some of it.
        """
        if self.unmanaged_by:
            return None
        selection = self.source().selection
        if self.configuration_set is None:
            return selection
        # The raw answer of SES is of one set, and tells nothing of the others.
        return replace(selection, include=(glob.escape(self.configuration_set),))

    def code(self, out: Path | None = None, manifest: "Manifest | None" = None) -> "CodeThere":
        """Read the code, before a large account is.

        Args:
            out: What the command writes to.
            manifest: The one of the export that stands there.

        Raises:
            UsageError: when it is what the command writes to, or no code.
            ExporterError: when it cannot be read.
        """
        if not self.unmanaged_by:
            return CodeThere()
        # The readers of code take a while to load.
        from exporter.diff import unmanaged  # noqa: PLC0415

        inputs = self.given_to(CodeInputs())
        code = unmanaged.load_code(self.unmanaged_by, self.source(), inputs)
        if out is not None:
            unmanaged.refuse_own(self.unmanaged_by, out, manifest)
        return CodeThere(code)


@dataclass(frozen=True)
class ExportPartOptions(PartOptions):
    """The same for ``export``, whose ``--stack-name`` is the name of its own stack."""

    stack_name: Annotated[
        str | None,
        code_option(
            "--unmanaged-stack-name",
            metavar="NAME",
            help="The name of the stack that a template file of --unmanaged-by describes.",
        ),
    ] = None


@dataclass(frozen=True)
class CodeThere:
    """Code that holds something already; none when nobody named any."""

    code: "tuple[Code, ...]" = ()

    def refuse_same_stack(self, reading: ReadResult, format_: "Format", stack_name: str) -> None:
        """Refuse an export whose stack has the name of that of an export among the code.

        Raises:
            ExporterError: saying which one.
        """
        if self.code and format_.has_stacks:
            from exporter.diff import unmanaged  # noqa: PLC0415

            unmanaged.refuse_same_stack(self.code, reading.scopes, stack_name)

    def leave(
        self, reading: ReadResult, *, configuration_sets: bool = True, strict: bool = False
    ) -> "Left":
        """What it leaves of a reading; what must be said of it is said.

        Args:
            reading: What was read.
            configuration_sets: Whether the sets themselves count, or only their destinations.
            strict: Whether it is an error that code may hold some of it after all.

        Raises:
            ExporterError: when it cannot be read for one of the accounts and regions.
        """
        if not self.code:
            return Left(reading)
        from exporter.diff import unmanaged  # noqa: PLC0415

        found = unmanaged.leave(reading, self.code, configuration_sets=configuration_sets)
        console.remarks(notes=found.notes, most=_MOST)
        if found.doubts:
            doubt = unmanaged.doubt(found)
            if strict:
                raise doubt
            console.warn(f"{doubt}; {doubt.hint}:")
            for item in doubt.items:
                console.warn_item(item)
        is_done = found.reading.is_empty and not reading.is_empty
        if is_done:
            console.say(unmanaged.nothing_left(reading, self.code))
        else:
            console.say(found.line)
        return Left(found.reading, found.managed_by_code, is_done=is_done)


@dataclass(frozen=True)
class Left:
    """What no code holds.

    Attributes:
        reading: It, in the shape of what was read.
        managed_by_code: By account and region, which sets stand in code, and in which.
        is_done: Whether there was something, and code holds all of it.
    """

    reading: ReadResult
    managed_by_code: Mapping[tuple[str | None, str], Mapping[str, str]] = field(
        default_factory=dict
    )
    is_done: bool = False

    def is_nothing_for(self, out: Path, manifest: "Manifest | None", *, force: bool) -> bool:
        """Whether an export has nothing to do.

        Raises:
            ExporterError: when the folder holds an export that all of it would vanish from.
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
