"""Options about the names in code."""

import glob
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.unmanaged import PartOptions
from exporter.sources.selection import Selection


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

    @staticmethod
    def judged(source: PartOptions) -> Selection | None:
        """What was to be read, so that its names are stale where it is not there.

        None where other code holds some of it.

        Args:
            source: Where it was to be read from.
        """
        if source.unmanaged_by:
            return None
        selection = source.source().selection
        of_one = source.configuration_set
        if of_one is not None:
            # The raw answer of SES is of one set, and tells nothing of the others.
            selection = replace(selection, include=(glob.escape(of_one),))
        return selection
