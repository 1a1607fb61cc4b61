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
            help="Terraform and CDK: one file per resource type (the default) or per "
            "configuration set.",
            show_default=False,
        ),
    ] = None
    own_stack_name: Annotated[
        str | None,
        typer.Option(
            "--stack-name",
            metavar="NAME",
            help="CloudFormation and CDK: the stack's name; by default ses-configuration-sets.",
            show_default=False,
        ),
    ] = None
    outputs: Annotated[
        bool,
        typer.Option("--outputs/--no-outputs", help="Write outputs too: the names of the sets."),
    ] = False
    gitignore: Annotated[
        bool,
        typer.Option(
            "--gitignore",
            help="Terraform and CDK: write a .gitignore, where DIR has none.",
        ),
    ] = False
    templates: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Templates that replace the built-in ones of the same name; see 'templates "
            "eject'.",
            show_default=False,
        ),
    ] = None
    name_pattern: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="Pattern for new names in the code: {set}, {destination}, {kind}, {account}, "
            "{region} and text; '{set}_{destination}' by default.",
            show_default=False,
        ),
    ] = None
    names: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the names in this file; by default names.toml in DIR.",
            show_default=False,
        ),
    ] = None
    prune_names: Annotated[
        bool, typer.Option("--prune-names", help="Drop names of resources that no longer exist.")
    ] = False
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Overwrite files that were edited or not written by ses2iac; keeps a copy.",
        ),
    ] = False
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; exit with 3 if DIR is out of date."),
    ] = False
    diff: Annotated[
        bool, typer.Option("--diff", help="Like --check, and print what would change.")
    ] = False
    reset_options: Annotated[
        bool,
        typer.Option("--reset-options", help="Don't reuse the options of the last export."),
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
                f"--layout does not apply to {format_.title}, which has no layouts",
                hint="drop it: each template is as large as CloudFormation allows",
            )
        if self.layout not in format_.layouts:
            raise UsageError(
                f"--layout {self.layout} does not apply to {format_.title}",
                hint=f"choose one of {', '.join(format_.layouts)}",
            )
        return self.layout

    def outputs_for(self, *, configuration_sets: bool) -> bool:
        """Whether the names of the sets are outputs.

        Raises:
            UsageError: when no set is written.
        """
        if self.outputs and not configuration_sets:
            raise UsageError(
                "--outputs is for the names of sets, and --no-configuration-sets writes none",
                hint="add --no-outputs",
            )
        return self.outputs

    def gitignore_for(self, format_: "Format") -> bool:
        """Whether to write a ``.gitignore``.

        Raises:
            UsageError: when the format's tools leave nothing to be ignored.
        """
        if self.gitignore and not format_.ignored:
            raise UsageError(
                f"--gitignore is not for {format_.title}, whose tools leave nothing in DIR",
                hint="leave it out",
            )
        return self.gitignore

    def stack_name_for(self, format_: "Format") -> str:
        """The name of the first stack; empty for the default.

        Raises:
            UsageError: when the format has no stacks, or CloudFormation would not take the name.
        """
        if self.own_stack_name is not None and not format_.has_stacks:
            raise UsageError(
                f"--stack-name does not apply to {format_.title}, which has no stacks",
                hint="drop it; for a template passed to --unmanaged-by, use "
                "--unmanaged-stack-name",
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
