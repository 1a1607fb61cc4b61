"""``ses2iac report``."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.cli.options.code_inputs import CodeOptions
from exporter.cli.options.grouping import grouped
from exporter.cli.options.sources import WholeSetOptions
from exporter.cli.reading import exit_code, read, say_identity, say_unread, summary
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
    from exporter.sources.selection import Selection


@grouped
def report(
    source: WholeSetOptions,
    variables: CodeOptions,
    out: Annotated[str, typer.Option(metavar="FILE", help="Output file; '-' is stdout.")],
    against: Annotated[
        str | None,
        typer.Option(
            metavar="OLD",
            help="Also show differences from this: any source that diff reads.",
            show_default=False,
        ),
    ] = None,
    read_at: Annotated[
        str | None,
        typer.Option(
            "--read-at",
            metavar="TIME",
            help="The read time that the page shows (ISO 8601); for a live account, by default "
            "now.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a self-contained HTML report to search and share."""
    from exporter.reports.html.findings import findings  # noqa: PLC0415 - with the page
    from exporter.reports.html.overview import Origin  # noqa: PLC0415
    from exporter.reports.html.page import page  # noqa: PLC0415 - loads Jinja

    moment = _moment(read_at, source)
    difference = None
    if against is None:
        whole = read(source)
    else:
        whole, difference = _compared(source, against, variables.given_to(CodeInputs()))
    selection = source.source().selection
    reading = replace(whole, scopes=tuple(map(selection.apply, whole.scopes)))
    if reading.is_empty:
        console.note(f"no configuration set in {reading.where}")
    text = page(
        reading,
        difference=difference,
        findings=findings(whole.scopes, selection),
        origin=Origin(_source(source.origin), moment, _selected(selection, whole)),
    )
    write(out, text, summary(reading))
    raise typer.Exit(exit_code(reading))


def _moment(given: str | None, source: WholeSetOptions) -> datetime | None:
    """Return when the source was read: the given time, or now for a live account.

    Raises:
        UsageError: if the value is not a time.
    """
    if given is None:
        return datetime.now(UTC) if source.origin == LIVE else None
    try:
        moment = datetime.fromisoformat(given)
        # Without an offset it is UTC, like times in the API.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--read-at: {given!r} is not a time", hint="write it as 2026-11-28T09:30Z"
        ) from None


def _source(origin: str) -> str:
    """Name the source, without folders, which mean nothing to a reader elsewhere."""
    if origin == LIVE:
        return "live account"
    return "standard input" if origin == STDIN else Path(origin).name


def _selected(selection: "Selection", reading: ReadResult) -> str:
    """Describe what the page is limited to, by options or by the snapshot's own selection."""
    parts = [str(scope.selection) for scope in reading.scopes if scope.selection is not None]
    return " ".join(dict.fromkeys(filter(None, (*parts, str(selection)))))


def _compared(
    options: WholeSetOptions, against: str, inputs: CodeInputs
) -> "tuple[ReadResult, Difference]":
    """Read both sides once, and compare them.

    Raises:
        UsageError: if both are standard input.
    """
    from exporter.diff import acceptance  # noqa: PLC0415
    from exporter.diff.compare import compare  # noqa: PLC0415 - loads the readers of code
    from exporter.diff.detect import STACK_PREFIX, SideKind  # noqa: PLC0415
    from exporter.diff.load import SideRequest, load_both  # noqa: PLC0415

    if against == STDIN == options.origin:
        raise UsageError("only one side can be standard input")
    source = options.source()
    if LIVE in (options.origin, against) or against.startswith(STACK_PREFIX):
        say_identity(source)
    observer = ReadObserver(progress())
    kind = SideKind.LIVE if options.origin == LIVE else SideKind.SNAPSHOT
    before, after = load_both(
        SideRequest(against, None, source, observer, inputs),
        SideRequest(options.origin, kind, source, observer),
    )
    # compare() applies the selection itself, because it has to look at both sides.
    difference = acceptance.configured(compare(before, after, selection=source.selection), source)
    scopes = after.snapshot.scopes if after.snapshot else ()
    reading = ReadResult(
        tuple(map(source.selection.whole, scopes)), difference.unread, difference.notes
    )
    console.remarks(notes=difference.notes)
    say_unread(difference.unread)
    return reading, difference
