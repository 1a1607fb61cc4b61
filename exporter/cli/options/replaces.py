"""``--replaces`` of ``export``."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.formats.base import Format

OPTION = "--replaces"


@dataclass(frozen=True)
class ReplacesOptions:
    """The code that an export takes the place of."""

    replaces: Annotated[
        Path | None,
        typer.Option(
            OPTION,
            metavar="DIR",
            help="Terraform: take over what this code manages by the SES API v1; MIGRATE.md lists "
            "what to delete and rename there.",
            show_default=False,
        ),
    ] = None

    def folder_for(self, format_: "Format") -> Path | None:
        """The folder.

        Raises:
            UsageError: when the format is not Terraform, which alone has resources of both APIs.
        """
        if self.replaces is not None and not format_.can_move:
            raise UsageError(
                f"{OPTION} is not for {format_.title}, which knows one API of SES only",
                hint="leave it out; 'ses2iac export terraform' has it",
            )
        return self.replaces
