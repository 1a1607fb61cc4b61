"""Options for how ``export`` writes code: layout, names, and what it overwrites."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.formats.layout import Layout
from exporter.formats.name_pattern import DEFAULT, LabelPattern, parse
from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.formats.base import Format


@dataclass(frozen=True)
class WritingOptions:
    """The code's layout and names, whether to write it, and what to overwrite."""

    layout: Annotated[
        Layout | None,
        typer.Option(
            help="Terraform and CDK: one file per resource type (the default), one per "
            "configuration set, or the sets as data.",
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
        typer.Option("--outputs/--no-outputs", help="Also write the names of the sets as outputs."),
    ] = False
    gitignore: Annotated[
        bool,
        typer.Option(
            "--gitignore",
            help="Terraform and CDK: write a .gitignore if DIR has none.",
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
        """Return the layout of an export.

        Raises:
            UsageError: if the format does not have it.
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
        """Tell whether to write the names of the sets as outputs.

        Raises:
            UsageError: if the sets are not written.
        """
        if self.outputs and not configuration_sets:
            raise UsageError(
                "--outputs needs the sets, which --no-configuration-sets omits",
                hint="add --no-outputs",
            )
        return self.outputs

    def gitignore_for(self, format_: "Format") -> bool:
        """Tell whether to write a ``.gitignore``.

        Raises:
            UsageError: if the format's tools leave no files to ignore.
        """
        if self.gitignore and not format_.ignored:
            raise UsageError(
                f"--gitignore does not apply to {format_.title}, whose tools leave no files in DIR",
                hint="drop it",
            )
        return self.gitignore

    def stack_name_for(self, format_: "Format") -> str:
        """Return the name of the first stack; empty for the default.

        Raises:
            UsageError: if the format has no stacks, or CloudFormation does not allow the name.
        """
        if self.own_stack_name is not None and not format_.has_stacks:
            raise UsageError(
                f"--stack-name does not apply to {format_.title}, which has no stacks",
                hint="drop it; for a template passed to --unmanaged-by, use --unmanaged-stack-name",
            )
        from exporter.formats.stacks import chosen_name  # noqa: PLC0415 - --help does not need it

        return chosen_name(self.own_stack_name)

    @property
    def pattern(self) -> LabelPattern:
        """The pattern for names in the code.

        Raises:
            UsageError: if it is invalid.
        """
        return DEFAULT if self.name_pattern is None else parse(self.name_pattern)

    def own_templates(self, format_: "Format") -> "tuple[Format, tuple[str, ...]]":
        """Return the format with custom templates, and the names of those that generate code.

        Raises:
            ExporterError: if they can't be read, or have names that no built-in template has.
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
