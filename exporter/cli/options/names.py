"""Options about the names in code."""

import glob
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.unmanaged import PartOptions
from exporter.export.names_policy import NamesPolicy


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

    def chosen(self, source: PartOptions) -> NamesPolicy:
        """The choice that the options describe.

        Args:
            source: What was to be read.
        """
        if source.unmanaged_by:
            return NamesPolicy(self.names, self.prune_names, None)
        selection = source.source().selection
        of_one = source.configuration_set
        if of_one is not None:
            # The raw answer of SES is of one set, and tells nothing of the others.
            selection = replace(selection, include=(glob.escape(of_one),))
        return NamesPolicy(self.names, self.prune_names, selection)
