"""The commands, each imported only when it runs."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from exporter.cli.examples import EXAMPLES, epilog
from exporter.cli.help import PlainHelp
from exporter.cli.options.configured import ConfiguredCommand
from exporter.cli.usage_errors import no_such_command

SUMMARIES: Mapping[str, str] = {
    "scan": "List configuration sets and their event destinations.",
    "snapshot": "Save an account's settings to one JSON file.",
    "merge": "Merge snapshots into one.",
    "export": "Generate Terraform, CloudFormation or CDK code, with imports.",
    "graph": "Draw which events go from which configuration set to which target.",
    "report": "Write a self-contained HTML report to search and share.",
    "diff": "Compare code with the live account, or any two sources.",
    "lint": "Find settings that are wrong or risky.",
    "templates": "List, show or copy the templates that exports use.",
    "verify": "Check an export with its format's own tools, without changing anything.",
    "config": "Show the options that ses2iac.toml and an earlier export set.",
    "demo": "Try it without AWS: scan and export a made-up account.",
}
"""Each command's line in ``--help``: the first line of its docstring, without importing it."""

PANELS: Mapping[str, tuple[str, ...]] = {
    "Look": ("scan", "graph", "report", "lint", "diff"),
    "Generate code": ("export", "verify", "templates", "config"),
    "Keep": ("snapshot", "merge"),
    "Try it out": ("demo",),
}
"""The commands by purpose, as ``--help`` groups them."""


class Command(PlainHelp, TyperCommand):
    """A command."""


class Group(PlainHelp, TyperGroup):
    """A command with subcommands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command to run.

        Raises:
            UsageError: if the command does not exist; suggests the closest one.
        """
        name = args[0]
        if not name.startswith("-") and name not in self.commands and not ctx.resilient_parsing:
            raise no_such_command(name, list(self.commands), ctx.command_path)
        return super().resolve_command(ctx, args)


class _Export(PlainHelp, ConfiguredCommand):
    """``export``, which reads defaults of its options from files."""


_CLASSES: Mapping[str, type[TyperCommand]] = {"export": _Export}
"""The commands that need a class other than ``Command``."""


class Commands(Group):
    """The commands of ``SUMMARIES``; module ``exporter.cli.NAME`` has the function ``NAME``.

    The module of a command with subcommands lists them in ``SUBCOMMANDS``.
    """

    def __init__(self, *, commands: Any = None, **settings: Any) -> None:
        placeholders = {
            name: TyperCommand(name, help=SUMMARIES[name], rich_help_panel=panel)
            for panel, names in PANELS.items()
            for name in names
        }
        super().__init__(commands={**(commands or {}), **placeholders}, **settings)

    def resolve_command(self, ctx: Any, args: Sequence[str]) -> Any:
        """Find the command to run, and replace its placeholder with the real command."""
        name, command, rest = super().resolve_command(ctx, list(args))
        if name is None or name not in SUMMARIES:
            return name, command, rest
        self.commands[name] = load(name)
        return name, self.commands[name], rest


def load(name: str) -> Any:
    """Import one command, ready to run."""
    app = typer.Typer(
        cls=Group, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    module = import_module(f"exporter.cli.{name}")
    function = getattr(module, name)
    subcommands = getattr(module, "SUBCOMMANDS", {})
    examples = epilog("Examples", EXAMPLES[name])
    if subcommands:
        app.callback(no_args_is_help=True, epilog=examples)(function)
        for subcommand, run in subcommands.items():
            app.command(subcommand, cls=Command)(run)
    else:
        app.command(name, cls=_CLASSES.get(name, Command), epilog=examples)(function)
    return typer.main.get_command(app)
