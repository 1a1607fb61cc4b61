"""How ``export`` writes code: its names, its looks, and over what."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.formats.layout import Layout
from exporter.formats.name_pattern import DEFAULT, NamePattern, parse
from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.formats.base import Format


@dataclass(frozen=True)
class WritingOptions:
    """How the code looks and names things, whether to write it to DIR at all, and over what."""

    layout: Annotated[
        Layout | None,
        typer.Option(
            help="Terraform and CDK: one file a kind of resource (the default), one a "
            "configuration set, or the sets as data.",
            show_default=False,
        ),
    ] = None
    own_stack_name: Annotated[
        str | None,
        typer.Option(
            "--stack-name",
            metavar="NAME",
            help="CloudFormation and CDK: the stack's name, ses-configuration-sets by default.",
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
    name_pattern: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="What new names in the code are made of: {set}, {destination}, {kind}, {account}, "
            "{region} and text; '{set}_{destination}' by default.",
            show_default=False,
        ),
    ] = None
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
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Overwrite what was edited or not written by ses2iac, and keep a copy of it.",
        ),
    ] = False
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; fail (exit 3) when DIR is out of date."),
    ] = False
    diff: Annotated[bool, typer.Option("--diff", help="The same, and print what would change.")] = (
        False
    )
    reset_options: Annotated[
        bool,
        typer.Option("--reset-options", help="Do not repeat the options of the last export."),
    ] = False

    def layout_for(self, format_: "Format") -> Layout:
        """The layout of an export.

        Raises:
            UsageError: when the format has none to choose from.
        """
        if self.layout is None:
            return Layout.RESOURCES
        if not format_.layouts:
            raise UsageError(
                f"--layout is not for {format_.title}, which has no layouts",
                hint="leave it out: the templates hold as much as CloudFormation takes",
            )
        if self.layout not in format_.layouts:
            raise UsageError(
                f"--layout {self.layout} is not for {format_.title}",
                hint=f"choose one of its own: {', '.join(format_.layouts)}",
            )
        return self.layout

    def stack_name_for(self, format_: "Format") -> str:
        """The name of the first stack; empty for the default.

        Raises:
            UsageError: when the format has no stacks, or CloudFormation would not take the name.
        """
        if self.own_stack_name is not None and not format_.has_stacks:
            raise UsageError(
                f"--stack-name is not for {format_.title}, which has no stacks",
                hint="leave it out; of a template that --unmanaged-by names, "
                "--unmanaged-stack-name says which stack it is",
            )
        from exporter.formats.stacks import chosen_name  # noqa: PLC0415 - --help does not need it

        return chosen_name(self.own_stack_name)

    @property
    def pattern(self) -> NamePattern:
        """What names in the code are made of.

        Raises:
            UsageError: when there can be no such names.
        """
        return DEFAULT if self.name_pattern is None else parse(self.name_pattern)

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
        rendered = replace(
            format_,
            render=partial(sandbox.render_with, own, name),
            join=partial(sandbox.join_with, own, name),
        )
        return rendered, tuple(catalogue.of_code(own, name, format_.read_back.suffix))
