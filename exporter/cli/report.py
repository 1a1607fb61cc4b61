"""``ses2iac report``."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.cli.options.code_inputs import CodeOptions
from exporter.cli.options.grouping import grouped
from exporter.cli.options.sources import WholeSetOptions
from exporter.cli.reading import exit_code, read, say_as_whom, say_unread, summary
from exporter.cli.terminal import console
from exporter.cli.terminal.live_progress import progress
from exporter.cli.terminal.output import write
from exporter.formats.code_inputs import CodeInputs
from exporter.model.checkpoint import ReadObserver
from exporter.model.read_result import ReadResult
from exporter.sources.read import LIVE, STDIN
from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.diff.model import Difference
    from exporter.formats.code_inputs import CodeInputs


@grouped
def report(
    source: WholeSetOptions,
    variables: CodeOptions,
    out: Annotated[str, typer.Option(metavar="FILE", help="Where to write; '-' is stdout.")],
    against: Annotated[
        str | None,
        typer.Option(
            metavar="OLD",
            help="Say what differs from this too: any side that diff reads.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write what is there as one HTML page, to look at, search and hand on."""
    from exporter.reports.html.findings import findings  # noqa: PLC0415 - with the page
    from exporter.reports.html.page import page  # noqa: PLC0415 - loads Jinja

    difference = None
    if against is None:
        whole = read(source)
    else:
        whole, difference = _compared(source, against, variables.given_to(CodeInputs()))
    selection = source.source().selection
    reading = replace(whole, scopes=tuple(map(selection.apply, whole.scopes)))
    if reading.is_empty:
        console.note(f"no configuration set in {reading.where}")
    text = page(reading, difference=difference, findings=findings(whole.scopes, selection))
    write(out, text, summary(reading))
    raise typer.Exit(exit_code(reading))


def _compared(
    options: WholeSetOptions, against: str, inputs: CodeInputs
) -> "tuple[ReadResult, Difference]":
    """Read both sides, each once.

    Raises:
        UsageError: when both are standard input.
    """
    from exporter.diff import acceptance  # noqa: PLC0415
    from exporter.diff.compare import compare  # noqa: PLC0415 - the loaders of code are many
    from exporter.diff.detect import STACK_PREFIX, SideKind  # noqa: PLC0415
    from exporter.diff.load import SideRequest, load_both  # noqa: PLC0415

    if against == STDIN == options.origin:
        raise UsageError("only one side can be standard input")
    source = options.source()
    if LIVE in (options.origin, against) or against.startswith(STACK_PREFIX):
        say_as_whom(source)
    observer = ReadObserver(progress())
    kind = SideKind.LIVE if options.origin == LIVE else SideKind.SNAPSHOT
    before, after = load_both(
        SideRequest(against, None, source, observer, inputs),
        SideRequest(options.origin, kind, source, observer),
    )
    # What is selected is chosen with an eye on both sides, so the whole of each is compared.
    found = acceptance.configured(compare(before, after, selection=source.selection), source)
    scopes = after.snapshot.scopes if after.snapshot else ()
    reading = ReadResult(tuple(map(source.selection.whole, scopes)), found.unread, found.notes)
    console.remarks(notes=found.notes)
    say_unread(found.unread)
    return reading, found
