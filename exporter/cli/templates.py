"""``ses2iac templates``: what there is to take the place of, for ``export --templates DIR``."""

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
    """List, show or copy the templates that exports are made with."""


@grouped
def list_() -> None:
    """List the templates, with what each of them makes."""
    console.listed(list(zip(catalogue.names(), catalogue.TEMPLATES.values(), strict=True)))


@grouped
def show(
    name: Annotated[
        str, typer.Argument(help="The template, with or without .jinja.", show_default=False)
    ],
) -> None:
    """Print a template."""
    for found in catalogue.matching(name):
        console.result(catalogue.text(found))


@grouped
def eject(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to copy them.", show_default=False)
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Templates, or a format for all of its own; all by default.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Copy templates to DIR, to be edited and named by 'export --templates DIR'."""
    undone = transaction.recover(folder)
    if undone:
        console.undone(str(folder), undone)
    written = catalogue.eject(folder, names or [], force=force)
    for path in written:
        console.detail(f"wrote {path}")
    console.say(f"{folder}: {count(len(written), 'template')}")


SUBCOMMANDS = {"list": list_, "show": show, "eject": eject}
