"""Options about the names in code."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer


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
