"""How the code of an export looks: options of ``ses2iac export``."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.formats.layout import Layout
from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.formats.base import Format


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
    templates: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Templates that take the place of those of the same name; see 'templates eject'.",
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

    def own_templates(self, format_: "Format") -> "tuple[Format, tuple[str, ...]]":
        """The format with the person's templates, and the names of those that make its code.

        Raises:
            ExporterError: when they cannot be read, or are none of ours.
        """
        if self.templates is None:
            return format_, ()
        from exporter.formats import catalogue, sandbox  # noqa: PLC0415 - loads Jinja
        from exporter.formats.registry import FormatName  # noqa: PLC0415

        own = catalogue.load_own(self.templates)
        name = FormatName(format_.name)
        rendered = replace(format_, render=partial(sandbox.render_with, own, name))
        return rendered, tuple(catalogue.of_code(own, name, format_.read_back.suffix))
