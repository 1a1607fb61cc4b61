"""How the code of an export looks: options of ``ses2iac export``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.errors import UsageError
from exporter.render.layout import Layout

if TYPE_CHECKING:
    from exporter.render.base import Format


@dataclass(frozen=True)
class RenderingOptions:
    """How the code looks."""

    layout: Annotated[
        Layout | None,
        typer.Option(
            help="Terraform and CDK: one file a kind of resource (the default), or one a "
            "configuration set.",
            show_default=False,
        ),
    ] = None

    def layout_for(self, format_: "Format") -> Layout:
        """The layout of an export.

        Raises:
            UsageError: when the format has none to choose from.
        """
        if self.layout is None:
            return Layout.RESOURCES
        if self.layout not in format_.layouts:
            raise UsageError(
                f"--layout is not for {format_.title}, which has no layouts",
                hint="leave it out: the templates hold as much as CloudFormation takes",
            )
        return self.layout
