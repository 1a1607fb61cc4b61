"""Options about the names in code."""

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options import SourceOptions
from exporter.names_choice import NamesChoice
from exporter.selection import Selection


@dataclass(frozen=True)
class NamesOptions:
    """Where names are kept, and which go."""

    names: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the names in this file; by default in names.toml in DIR.",
            show_default=False,
        ),
    ] = None
    prune_names: Annotated[
        bool, typer.Option("--prune-names", help="Drop the names of what is not there any more.")
    ] = False

    def chosen(self, source: SourceOptions) -> NamesChoice:
        """The choice that the options describe.

        Args:
            source: What was to be read.
        """
        of_one = source.configuration_set
        selection = Selection(
            # The raw answer of SES is of one set, and tells nothing of the others.
            (glob.escape(of_one),) if of_one is not None else tuple(source.include or ()),
            tuple(source.exclude or ()),
        )
        return NamesChoice(self.names, self.prune_names, selection)
