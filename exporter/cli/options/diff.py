"""The options of ``diff``."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.code_inputs import CodeOptions
from exporter.diff.detect import SideKind
from exporter.diff.model import Origin
from exporter.support.errors import UsageError


class Output(StrEnum):
    """The output formats of ``diff``."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    UNIFIED = "unified"
    COMMANDS = "commands"


class FailOn(StrEnum):
    """Which changes lead to exit code 3."""

    ANY = "any"
    DRIFT = "drift"
    PENDING = "pending"
    CONFLICT = "conflict"


class Unmanaged(StrEnum):
    """Whether to report resources that no code manages."""

    SHOW = "show"
    IGNORE = "ignore"


@dataclass(frozen=True)
class OutputOptions:
    """The output format, and the JSON file that is written as well."""

    output: Annotated[Output, typer.Option("--output", "-o", help="Output format.")] = Output.TEXT
    json_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the comparison as JSON to FILE."),
    ] = None
    with_deletes: Annotated[
        bool,
        typer.Option(
            "--with-deletes",
            help="With --output commands: print delete commands without commenting them out.",
        ),
    ] = False


_KINDS = f"{', '.join(list(SideKind)[:-1])} or {list(SideKind)[-1]}; by default detected"


@dataclass(frozen=True)
class TypeOptions(CodeOptions):
    """The kinds of the sides, if their content does not tell."""

    old_type: Annotated[
        SideKind | None, typer.Option(metavar="TYPE", help=f"What OLD is: {_KINDS}.")
    ] = None
    new_type: Annotated[
        SideKind | None,
        typer.Option(metavar="TYPE", help="What NEW is: same types."),
    ] = None


@dataclass(frozen=True)
class VerdictOptions:
    """What counts as a difference, and what is compared with ``--base``."""

    strict: Annotated[
        bool,
        typer.Option("--strict", help="Count what could not be compared as a difference."),
    ] = False
    unmanaged: Annotated[
        Unmanaged, typer.Option(help="Whether to report resources that no code manages.")
    ] = Unmanaged.SHOW
    base: Annotated[
        str | None,
        typer.Option(
            metavar="SIDE",
            help="The common ancestor of both sides (a state, a snapshot, the target branch's "
            "code); tells drift (NEW changed), pending (OLD changed) and conflict (both) "
            "apart.",
            show_default=False,
        ),
    ] = None
    fail_on: Annotated[
        list[FailOn] | None,
        typer.Option(
            metavar="drift|pending|conflict|any",
            help="Exit with 3 only for these changes; repeatable. Without --base, all count.",
            show_default="any",
        ),
    ] = None

    @property
    def origins(self) -> frozenset[Origin]:
        """The origins whose changes count; empty for all."""
        chosen = self.fail_on or [FailOn.ANY]
        return frozenset() if FailOn.ANY in chosen else frozenset(map(Origin, chosen))


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day (YYYY-MM-DD)") from None


@dataclass(frozen=True)
class AcceptOptions:
    """Whether to accept the differences from now on, why, and until when."""

    accept_current: Annotated[
        bool,
        typer.Option(
            "--accept-current",
            help="Accept the differences shown: add them to ses2iac.toml.",
        ),
    ] = False
    reason: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The reason for accepting them.", show_default=False),
    ] = None
    until: Annotated[
        date | None,
        typer.Option(
            parser=_day,
            metavar="DAY",
            help="The last day on which they are accepted (YYYY-MM-DD).",
            show_default=False,
        ),
    ] = None

    def check(self) -> None:
        """Refuse options that can't be combined.

        Raises:
            UsageError: if ``--accept-current`` has no reason, or the others lack it.
        """
        if self.accept_current and not (self.reason or "").strip():
            raise UsageError("--accept-current needs a reason", hint='add --reason "why"')
        if not self.accept_current and (self.reason is not None or self.until is not None):
            raise UsageError("--reason and --until need --accept-current")
