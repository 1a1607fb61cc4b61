"""``ses2iac templates``: the built-in templates, which ``export --templates DIR`` can replace."""

from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.terminal import console
from exporter.formats import catalogue
from exporter.support import transaction
from exporter.support.text import count


@grouped
def templates() -> None:
    """List, show or copy the templates that exports use."""


@grouped
def list_() -> None:
    """List the templates and what each one generates."""
    console.listed(list(zip(catalogue.names(), catalogue.TEMPLATES.values(), strict=True)))


@grouped
def show(
    name: Annotated[
        str, typer.Argument(help="The template, with or without .jinja.", show_default=False)
    ],
) -> None:
    """Print a template."""
    for template in catalogue.matching(name):
        console.result(catalogue.text(template))


@grouped
def eject(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to copy them to.", show_default=False)
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Templates to copy, or a format for all of its templates; by default all.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    """Copy templates to DIR, to edit and use with 'export --templates DIR'."""
    undone = transaction.recover(folder)
    if undone:
        console.undone(str(folder), undone)
    written = catalogue.eject(folder, names or [], force=force)
    for path in written:
        console.detail(f"wrote {path}")
    console.say(f"{folder}: {count(len(written), 'template')}")


SUBCOMMANDS = {"list": list_, "show": show, "eject": eject}
