"""Options of ``export`` for how code refers to targets."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.formats.references import ReferenceMode, ReferenceOptions
from exporter.formats.registry import FormatName
from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.formats.base import Format

PANEL = "Target references"


@dataclass(frozen=True)
class ReferenceFlags:
    """How the code refers to targets."""

    references: Annotated[
        ReferenceMode,
        typer.Option(
            metavar="MODE",
            help="literal: the ARN. portable: without a fixed account and region. variables: "
            "one variable, parameter or field per target. data: looked up (not "
            "CloudFormation).",
            rich_help_panel=PANEL,
        ),
    ] = ReferenceMode.LITERAL
    map_: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Your own expressions for targets, by ARN or glob (TOML).",
            rich_help_panel=PANEL,
            show_default=False,
        ),
    ] = None

    def choice(self, format_: "Format") -> ReferenceOptions:
        """Return the options for a format, with the map loaded.

        Raises:
            UsageError: if the format does not support the mode or maps.
            ExporterError: if the map can't be read.
        """
        if self.references not in format_.reference_modes:
            raise UsageError(
                f"--references={self.references}: {format_.title} has {_NONE[self.references]}",
                hint=f"use {_others(format_)}, or map targets to imported values with --map FILE",
            )
        if self.map_ is None:
            return ReferenceOptions(self.references)
        if format_.parse_expression is None:
            raise UsageError(f"--map does not apply to {format_.title}", hint="drop --map")
        from exporter.formats.target_map import load  # noqa: PLC0415 - loads parsers

        return ReferenceOptions(self.references, load(self.map_, FormatName(format_.name)))


_NONE = {
    ReferenceMode.LITERAL: "no literal ARNs",
    ReferenceMode.PORTABLE: "no variables for account and region",
    ReferenceMode.VARIABLES: "no variables",
    ReferenceMode.DATA: "no data sources",
}


def _others(format_: "Format") -> str:
    modes = [mode for mode in format_.reference_modes if mode is not ReferenceMode.LITERAL]
    return " or ".join(modes or [ReferenceMode.LITERAL])
