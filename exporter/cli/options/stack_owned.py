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
    """What becomes of sets that a CloudFormation stack owns."""

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
        """What is left of a reading without the sets of other stacks; what goes is said.

        What the export in the folder holds already, it keeps. ``tags_skipped`` says that a live
        account was not asked for tags that nothing else needs. ``stack_name`` is that of the
        export's first stack; empty for the default.
        """
        if tags_skipped and not self.stack_owned:
            _say_unknown(reading)
        scopes = reading.scopes
        if load_format(format_).has_stacks:
            scopes = ownership.without_own_tags(scopes, partial(is_own_stack, first=stack_name))
        owned: tuple[StackOwned, ...] = ()
        if not self.stack_owned:
            held = ownership.held_sets(manifest, format_)
            scopes, owned = ownership.leave_stack_owned(scopes, held)
            _warn(owned, many=len(scopes) > 1)
        rest = replace(reading, scopes=scopes)
        left_out = frozenset(name for each in owned for name in each.sets)
        return Rest(rest, left_out, is_nothing=bool(owned) and rest.is_empty)


@dataclass(frozen=True)
class Rest:
    """What is left of a reading.

    Attributes:
        left_out: The names of the sets that went.
        is_nothing: Whether stacks own all that was selected.
    """

    reading: ReadResult
    left_out: frozenset[str]
    is_nothing: bool

    def ends(self, out: Path, manifest: Manifest | None, *, force: bool) -> bool:
        """Whether an export has nothing to do; that is said.

        Raises:
            ExporterError: when the folder holds an export that all of it would vanish from.
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
    """Say what goes: a few names one a line, many of them on the line of their stack."""
    is_whole = console.settings.verbose or sum(1 + len(each.sets) for each in owned) <= _FEW
    for each in owned[: len(owned) if is_whole else _MOST_STACKS]:
        where = f"{each.scope}: " if many else ""
        counted = inventory(len(each.sets), each.destinations)
        said = (
            f"{where}left out {counted} owned by the CloudFormation stack {each.stack}; "
            f"{OPTION} exports them:"
        )
        console.warn(said if is_whole else f"{said} {listed(each.sets, _MOST_NAMES)}")
        for name in each.sets if is_whole else ():
            console.warn_item(name)
    if not is_whole and len(owned) > _MOST_STACKS:
        more = count(len(owned) - _MOST_STACKS, "more stack")
        console.warn(f"left out what {more} own; -v shows all of them")


def _say_unknown(reading: ReadResult) -> None:
    """Say it where nobody can tell the owners."""
    sets = [found for scope in reading.scopes for found in scope.configuration_sets]
    if any(not found.options_known for found in sets):
        console.note(
            "the sets' tags are unknown, so sets owned by CloudFormation stacks can't be "
            f"left out; silence this with {OPTION}"
        )
