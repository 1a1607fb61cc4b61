"""``--stack-owned`` of ``export``."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

from exporter.cli.options.sources import source_option
from exporter.cli.terminal import console
from exporter.diff import ownership
from exporter.diff.ownership import StackOwned
from exporter.formats.loading import load_format
from exporter.formats.manifest import Manifest
from exporter.formats.registry import FormatName
from exporter.formats.stacks import is_own_stack
from exporter.model.read_result import ReadResult
from exporter.support.errors import ExporterError
from exporter.support.text import count, inventory, listed

OPTION = "--stack-owned"
_FEW, _MOST_STACKS, _MOST_NAMES = 12, 6, 5


@dataclass(frozen=True)
class StackOwnedOptions:
    """Whether to export sets that a CloudFormation stack owns."""

    stack_owned: Annotated[
        bool,
        source_option(
            "--stack-owned/--no-stack-owned",
            help="Also export sets that a CloudFormation stack owns.",
        ),
    ] = False

    def leave(
        self,
        reading: ReadResult,
        format_: FormatName,
        manifest: Manifest | None,
        *,
        tags_skipped: bool,
        stack_name: str = "",
    ) -> "Rest":
        """Leave out the sets that other stacks own, except those that the export has already.

        Prints what is left out. ``tags_skipped``: tags of a live account were not read, because
        nothing else needs them. ``stack_name``: the name of the export's first stack; empty for
        the default.
        """
        if tags_skipped and not self.stack_owned:
            _say_unknown(reading)
        scopes = reading.scopes
        if load_format(format_).has_stacks:
            scopes = ownership.without_own_tags(scopes, partial(is_own_stack, first=stack_name))
        owned: tuple[StackOwned, ...] = ()
        if not self.stack_owned:
            exported = ownership.exported_sets(manifest, format_)
            scopes, owned = ownership.leave_stack_owned(scopes, exported)
            _warn(owned, many=len(scopes) > 1)
        rest = replace(reading, scopes=scopes)
        left_out = frozenset(name for stack in owned for name in stack.sets)
        return Rest(rest, left_out, is_nothing=bool(owned) and rest.is_empty)


@dataclass(frozen=True)
class Rest:
    """The sets that no other stack owns.

    Attributes:
        left_out: The names of the sets that were left out.
        is_nothing: Whether stacks own everything that was selected.
    """

    reading: ReadResult
    left_out: frozenset[str]
    is_nothing: bool

    def ends(self, out: Path, manifest: Manifest | None, *, force: bool) -> bool:
        """Tell whether an export has nothing to do, and print that.

        Raises:
            ExporterError: if the folder has an export, which would become empty.
        """
        if not self.is_nothing:
            return False
        nothing = "CloudFormation stacks own everything selected"
        if manifest is None or self.reading.unread:
            console.say(f"{nothing}; nothing written to {out}")
            return True
        if force:
            return False
        raise ExporterError(
            f"{nothing}, but this folder has an export of "
            f"{count(len(manifest.resources), 'resource')}",
            where=str(out),
            hint=f"check the selection; {OPTION} exports what stacks own too",
        )


def _warn(owned: tuple[StackOwned, ...], *, many: bool) -> None:
    """Print what is left out: a few names one per line, many on the line of their stack."""
    is_whole = console.settings.verbose or sum(1 + len(stack.sets) for stack in owned) <= _FEW
    for stack in owned[: len(owned) if is_whole else _MOST_STACKS]:
        where = f"{stack.scope}: " if many else ""
        resources = inventory(len(stack.sets), stack.destinations)
        warning = (
            f"{where}left out {resources} owned by the CloudFormation stack {stack.stack}; "
            f"{OPTION} exports them:"
        )
        console.warn(warning if is_whole else f"{warning} {listed(stack.sets, _MOST_NAMES)}")
        for name in stack.sets if is_whole else ():
            console.warn_item(name)
    if not is_whole and len(owned) > _MOST_STACKS:
        more = count(len(owned) - _MOST_STACKS, "more stack")
        console.warn(f"left out what {more} own; -v shows all of them")


def _say_unknown(reading: ReadResult) -> None:
    """Print a note if owners are unknown."""
    sets = [set_ for scope in reading.scopes for set_ in scope.configuration_sets]
    if any(not set_.options_known for set_ in sets):
        console.note(
            "the sets' tags are unknown, so sets owned by CloudFormation stacks can't be "
            f"left out; silence this with {OPTION}"
        )
