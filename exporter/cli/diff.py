"""``ses2iac diff``."""

# Starting takes half the time of a comparison, so each part is imported where it is needed.
# ruff: noqa: PLC0415

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.options.sources import AccountOptions
from exporter.cli.options.variables import VariableOptions
from exporter.cli.reading import say_as_whom
from exporter.cli.terminal import console
from exporter.cli.terminal.output import is_coloured, width
from exporter.diff.detect import STACK_PREFIX, SideKind
from exporter.diff.model import Difference
from exporter.diff.side import Side
from exporter.formats.code_inputs import CodeInputs
from exporter.model.checkpoint import ReadObserver
from exporter.model.resources import Snapshot
from exporter.sources.read import LIVE, STDIN
from exporter.support.errors import ExitCode, UsageError


class Output(StrEnum):
    """How the difference is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    UNIFIED = "unified"


class Unmanaged(StrEnum):
    """What becomes of resources that exist and stand in no code."""

    SHOW = "show"
    IGNORE = "ignore"


@dataclass(frozen=True)
class TypeOptions(VariableOptions):
    """What the sides are, where their content does not say it."""

    old_type: Annotated[
        SideKind | None, typer.Option(help="What OLD is; by default its content says.")
    ] = None
    new_type: Annotated[
        SideKind | None, typer.Option(help="What NEW is; by default its content says.")
    ] = None


@grouped
def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="The code, or the older state: 'live', 'stack:NAME', a snapshot, a folder of "
            "Terraform code, of an export or of cdk.out, a Terraform state or plan, a template.",
            show_default=False,
        ),
    ],
    new: Annotated[
        str,
        typer.Argument(
            metavar="NEW", help="'live', or the newer one of the same.", show_default=False
        ),
    ],
    account: AccountOptions,
    types: TypeOptions,
    output: Annotated[Output, typer.Option(help="How to print it.")] = Output.TEXT,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="What could not be compared counts as a difference."),
    ] = False,
    unmanaged: Annotated[
        Unmanaged, typer.Option(help="Whether what exists in no code is a difference.")
    ] = Unmanaged.SHOW,
    update: Annotated[
        bool, typer.Option("--update", help="Write what is live to the snapshot OLD.")
    ] = False,
) -> None:
    """Compare live settings with code, or code with code."""
    from exporter.diff.compare import compare
    from exporter.diff.load import SideRequest, load_both

    if STDIN == old == new:
        raise UsageError("only one side can be standard input")
    source = account.source_of(LIVE)
    told = ReadObserver()
    if any(side == LIVE or side.startswith(STACK_PREFIX) for side in (old, new)):
        from exporter.cli.terminal.live_progress import progress

        say_as_whom(source)
        told = ReadObserver(progress())
    inputs = types.given_to(CodeInputs())
    before, after = load_both(
        SideRequest(old, types.old_type, source, told, inputs),
        SideRequest(new, types.new_type, source, told, inputs),
    )
    if update:
        _refuse_update(before, after, account)
    found = compare(
        before, after, unmanaged=unmanaged is Unmanaged.SHOW, selection=source.selection
    )
    if output is Output.UNIFIED:
        from exporter.reports.diff_unified import as_unified

        printed = as_unified(before, after, old, source.selection)
    else:
        printed = _printed(found, output, strict=strict)
    console.result(printed)
    if output is not Output.TEXT:
        _say_beside(found)
    if update and not found.unread:
        _update(Path(old), before, after)
    raise typer.Exit(_exit_code(found, strict=strict))


def _printed(found: Difference, output: Output, *, strict: bool) -> str:
    if output is Output.JSON:
        from exporter.reports.diff_document import as_json

        return as_json(found, strict=strict)
    if output is Output.MARKDOWN:
        from exporter.reports.diff_markdown import as_markdown

        return as_markdown(found)
    from exporter.reports.diff_text import as_text

    return as_text(found, colour=is_coloured(), width=width(), strict=strict)


def _say_beside(found: Difference) -> None:
    """What a pipe's reader would not see."""
    for note in found.notes:
        console.note(note)
    for unread in found.unread:
        console.warn(unread.line)


def _exit_code(found: Difference, *, strict: bool) -> ExitCode:
    if found.is_different(strict=strict):
        return ExitCode.DIFFERENT
    return ExitCode.DONE if found.coverage.is_whole else ExitCode.PARTIAL


def _refuse_update(before: Side, after: Side, account: AccountOptions) -> None:
    """Refuse to replace what is no snapshot, or to leave out of one what was not asked for.

    Raises:
        UsageError: saying why.
    """
    if before.snapshot is None or before.is_live or not after.is_live:
        raise UsageError(
            "--update rewrites a snapshot with what is live",
            hint="ses2iac diff FILE live --update",
        )
    if account.include or account.exclude:
        raise UsageError("--update with --include or --exclude would drop all other sets")


def _update(path: Path, before: Side, after: Side) -> None:
    """Put what was read in the place of the same account and region, and keep all else."""
    from exporter.sources import snapshot
    from exporter.support import transaction

    assert before.snapshot is not None
    assert after.snapshot is not None
    read = {(scope.account_id, scope.region) for scope in after.snapshot.scopes}
    kept = [s for s in before.snapshot.scopes if (s.account_id, s.region) not in read]
    scopes = (*kept, *after.snapshot.scopes)
    text = snapshot.dump(Snapshot(format_version=snapshot.FORMAT_VERSION, scopes=scopes))
    transaction.write_file(path, text.encode())
    console.say(f"{path}: written as live")
