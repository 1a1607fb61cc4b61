"""The options of ``diff``."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.code_inputs import CodeOptions
from exporter.diff.detect import SideKind
from exporter.diff.model import Origin
from exporter.support.errors import UsageError


class Output(StrEnum):
    """How the difference is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    UNIFIED = "unified"
    COMMANDS = "commands"


class FailOn(StrEnum):
    """Whose changes make the exit code 3."""

    ANY = "any"
    DRIFT = "drift"
    PENDING = "pending"
    CONFLICT = "conflict"


class Unmanaged(StrEnum):
    """What becomes of resources that exist and stand in no code."""

    SHOW = "show"
    IGNORE = "ignore"


@dataclass(frozen=True)
class OutputOptions:
    """How the difference is printed, and what is written beside."""

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


@dataclass(frozen=True)
class TypeOptions(CodeOptions):
    """What the sides are, where their content does not say it."""

    old_type: Annotated[
        SideKind | None, typer.Option(help="The kind of OLD; by default detected from its content.")
    ] = None
    new_type: Annotated[
        SideKind | None, typer.Option(help="The kind of NEW; by default detected from its content.")
    ] = None


@dataclass(frozen=True)
class VerdictOptions:
    """What counts as a difference, and whose it is."""

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
            help="Exit with 3 only for these changes; repeatable. Without --base, all count.",
            show_default="any",
        ),
    ] = None

    @property
    def origins(self) -> frozenset[Origin]:
        """Whose changes count; none for everybody's."""
        chosen = self.fail_on or [FailOn.ANY]
        return frozenset() if FailOn.ANY in chosen else frozenset(map(Origin, chosen))


@dataclass(frozen=True)
class AcceptOptions:
    """What is accepted from now on."""

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
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DAY",
            help="The last day on which they are accepted.",
            show_default=False,
        ),
    ] = None

    def check(self) -> None:
        """Refuse options that do not go together.

        Raises:
            UsageError: saying which.
        """
        if self.accept_current and not (self.reason or "").strip():
            raise UsageError("--accept-current needs a reason", hint='add --reason "why"')
        if not self.accept_current and (self.reason is not None or self.until is not None):
            raise UsageError("--reason and --until need --accept-current")
