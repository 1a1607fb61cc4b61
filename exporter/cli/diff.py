"""``ses2iac diff``."""

# Imports take half the time of a comparison, so each part is imported where it is needed.
# ruff: noqa: PLC0415

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.cli.options.diff import (
    AcceptOptions,
    Output,
    OutputOptions,
    TypeOptions,
    Unmanaged,
    VerdictOptions,
)
from exporter.cli.options.grouping import grouped
from exporter.cli.options.next_steps import next_steps
from exporter.cli.options.sources import AccountOptions
from exporter.cli.reading import say_identity
from exporter.cli.terminal import console
from exporter.cli.terminal.output import is_coloured, width
from exporter.diff.detect import STACK_PREFIX
from exporter.diff.model import Difference
from exporter.diff.side import Side
from exporter.formats.code_inputs import CodeInputs
from exporter.model.checkpoint import ReadObserver
from exporter.model.resources import Snapshot
from exporter.sources.read import LIVE, STDIN
from exporter.support.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from exporter.sources.read import Source

_MOST_GAPS = 12


@grouped
def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="The code or older state: 'live', 'stack:NAME', a snapshot, a folder "
            "(Terraform code, an export, cdk.out), a Terraform state or plan, or a "
            "template.",
            show_default=False,
        ),
    ],
    new: Annotated[
        str,
        typer.Argument(
            metavar="NEW", help="'live', or any other source that OLD can be.", show_default=False
        ),
    ],
    account: AccountOptions,
    types: TypeOptions,
    verdict: VerdictOptions,
    accepting: AcceptOptions,
    printing: OutputOptions,
    update: Annotated[
        bool, typer.Option("--update", help="Overwrite the snapshot OLD with the live settings.")
    ] = False,
) -> None:
    """Compare code with the live account, or any two sources."""
    from exporter.diff import acceptance
    from exporter.diff.compare import compare

    accepting.check()
    source = account.source_of(LIVE)
    before, after = _loaded(old, new, types, source)
    if update:
        _refuse_update(before, after, account)
    _refuse_commands(after, printing)
    difference = compare(
        before,
        after,
        unmanaged=verdict.unmanaged is Unmanaged.SHOW,
        selection=source.selection,
        ancestor=_ancestor(verdict, after, types.given_to(CodeInputs())),
    )
    difference = acceptance.configured(difference, source)
    output = printing.output
    if output is Output.UNIFIED:
        from exporter.reports.diff_unified import as_unified

        printed = as_unified(before, after, old, source.selection)
    elif output is Output.COMMANDS:
        from exporter.reports.diff_commands import as_commands

        printed = as_commands(before, after, difference, with_deletes=printing.with_deletes)
    else:
        steps = next_steps((old, new), (before, after), account, types)
        printed = _printed(difference, output, strict=verdict.strict, steps=steps)
    if printing.json_file is not None:
        _write_json(printing.json_file, difference, strict=verdict.strict)
    console.result(printed)
    if output is not Output.TEXT:
        _print_remarks(difference, output)
    if update and not difference.unread:
        _update(Path(old), before, after)
    if accepting.accept_current:
        _accept(difference, source, accepting)
        raise typer.Exit(ExitCode.PARTIAL if difference.unread else ExitCode.DONE)
    raise typer.Exit(_exit_code(difference, verdict))


def _loaded(old: str, new: str, types: TypeOptions, source: "Source") -> tuple[Side, Side]:
    """Read both sides.

    Raises:
        UsageError: if both are standard input, or an option does not apply to a side.
        ExporterError: if one cannot be read.
    """
    from exporter.diff.load import SideRequest, load_both

    if STDIN == old == new:
        raise UsageError("only one side can be standard input")
    observer = ReadObserver()
    if any(side == LIVE or side.startswith(STACK_PREFIX) for side in (old, new)):
        from exporter.cli.terminal.live_progress import progress

        say_identity(source)
        observer = ReadObserver(progress())
    inputs = types.given_to(CodeInputs())
    return load_both(
        SideRequest(old, types.old_type, source, observer, inputs),
        SideRequest(new, types.new_type, source, observer, inputs),
    )


def _ancestor(verdict: VerdictOptions, after: Side, inputs: CodeInputs) -> Side | None:
    from exporter.diff.load import load_ancestor

    return None if verdict.base is None else load_ancestor(verdict.base, after, inputs)


def _accept(difference: Difference, source: "Source", options: AcceptOptions) -> None:
    """Add the differences to the configuration file."""
    from exporter.diff import acceptance
    from exporter.sources import accept, trusted_config
    from exporter.sources.config import CONFIG_FILE

    file = trusted_config.chosen(source.config)
    path = file.path if file else source.config or Path(CONFIG_FILE)
    entries = acceptance.acceptances(difference, options.reason or "", options.until)
    console.say(accept.write(path, entries) if entries else "nothing to accept")


def _printed(
    difference: Difference, output: Output, *, strict: bool, steps: Iterable[tuple[str, str]]
) -> str:
    if output is Output.JSON:
        from exporter.reports.diff_document import as_json

        return as_json(difference, strict=strict)
    if output is Output.MARKDOWN:
        from exporter.reports.diff_markdown import as_markdown

        return as_markdown(difference)
    from exporter.reports.diff_text import as_text

    return as_text(difference, colour=is_coloured(), width=width(), strict=strict, next_steps=steps)


def _write_json(path: Path, difference: Difference, *, strict: bool) -> None:
    """Write the same comparison as JSON, so that a script need not read both sides again."""
    from exporter.reports.diff_document import as_json
    from exporter.support import transaction

    transaction.write_file(path, as_json(difference, strict=strict).encode())


def _print_remarks(difference: Difference, output: Output) -> None:
    """Print to stderr what the output does not contain: a patch can't say what wasn't compared."""
    from exporter.reports.diff_counts import counts_of, describe_coverage
    from exporter.reports.diff_gaps import gap_lines
    from exporter.support.text import shortened

    if output is Output.UNIFIED and not difference.coverage.is_whole:
        console.warn(f"{describe_coverage(counts_of(difference))}:")
        lines = list(gap_lines(difference))
        for line in shortened(lines, len(lines) if console.settings.verbose else _MOST_GAPS):
            console.warn_item(line)
    console.remarks((each.remark for each in difference.unread), difference.notes)


def _exit_code(difference: Difference, verdict: VerdictOptions) -> ExitCode:
    if difference.is_different(strict=verdict.strict, origins=verdict.origins):
        return ExitCode.DIFFERENT
    return ExitCode.DONE if difference.coverage.is_whole else ExitCode.PARTIAL


def _refuse_commands(after: Side, printing: OutputOptions) -> None:
    """Refuse commands for something that isn't an account, and an option without effect.

    Raises:
        UsageError: if NEW is not a live account or a snapshot, or ``--with-deletes`` has no effect.
    """
    if printing.output is not Output.COMMANDS:
        if printing.with_deletes:
            raise UsageError("--with-deletes needs --output commands")
    elif after.snapshot is None:
        raise UsageError(
            f"--output commands needs a live account as NEW, and {after.title} isn't one",
            hint="ses2iac diff CODE live --output commands",
        )


def _refuse_update(before: Side, after: Side, account: AccountOptions) -> None:
    """Refuse to overwrite anything but a snapshot, or to drop the sets that are not selected.

    Raises:
        UsageError: if OLD is not a snapshot, NEW is not live, or sets are selected.
    """
    if before.snapshot is None or before.is_live or not after.is_live:
        raise UsageError(
            "--update overwrites a snapshot with the live settings",
            hint="ses2iac diff FILE live --update",
        )
    if account.include or account.exclude:
        raise UsageError("--update with --include or --exclude would drop all other sets")


def _update(path: Path, before: Side, after: Side) -> None:
    """Replace the accounts and regions that were read; keep the others."""
    from exporter.sources import snapshot
    from exporter.support import transaction

    assert before.snapshot is not None
    assert after.snapshot is not None
    read = {(scope.account_id, scope.region) for scope in after.snapshot.scopes}
    others = [s for s in before.snapshot.scopes if (s.account_id, s.region) not in read]
    scopes = (*others, *after.snapshot.scopes)
    text = snapshot.dump(Snapshot(format_version=snapshot.FORMAT_VERSION, scopes=scopes))
    transaction.write_file(path, text.encode())
    console.say(f"{path}: updated from the live account")
