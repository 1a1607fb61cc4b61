"""The text of ``--help``: plain sections that read well at 60 columns and in a pipe.

Typer's own help is drawn as tables, which leave the text a third of a narrow terminal.
"""

import inspect
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from exporter.cli.options.grouping import OUTPUT_PANEL
from exporter.cli.options.sources import SOURCE_PANEL
from exporter.cli.terminal import console

_NARROWEST, _WIDEST = 40, 100
_COLUMN = 26
"""Where the second column begins."""
_ARGUMENTS, _COMMANDS = "Arguments", "Commands"
_REQUIRED, _OPTIONS = "Required options", "Options"
_FIRST = (_REQUIRED, SOURCE_PANEL, _OPTIONS)


class PlainHelp:
    """A mixin for command classes: prints help as plain text."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        columns = shutil.get_terminal_size().columns
        width = max(_NARROWEST, min(columns, _WIDEST))
        formatter.write("\n".join(_lines(self, ctx, width)))

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Parse; also set the context of errors that aren't about a parameter."""
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc]
        except Exception as error:
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def get_help_option(self, ctx: Any) -> Any:
        """Return ``--help``, which reports a standard output that can't be written to."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.callback = _print_help
            option.help = "Show this help."
        return option


def value_of(option: Any) -> str:
    """Return what follows an option: ``DIR``, ``table|json``; empty for a flag."""
    if option.is_flag:
        return ""
    if option.metavar:
        return str(option.metavar)
    annotation = option.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "|".join(str(choice.value) for choice in annotation)
    return str(option.name).upper()


def argument(parameter: Any) -> str:
    """Return an argument as the usage line shows it."""
    shown = str(parameter.metavar or parameter.name.upper())
    return shown if parameter.required or shown.startswith("[") else f"[{shown}]"


def usage(name: str, command: Any) -> str:
    """Return the usage line of a command: its arguments and required options."""
    if getattr(command, "commands", None):
        return f"{name} COMMAND [OPTIONS]"
    arguments = [
        argument(parameter)
        for parameter in command.params
        if parameter.param_type_name == "argument"
    ]
    required = [
        f"{parameter.opts[0]} {value_of(parameter)}"
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.required
    ]
    return " ".join([name, *arguments, *required, "[OPTIONS]"])


def _print_help(ctx: Any, _option: Any, requested: bool) -> None:
    if requested and not ctx.resilient_parsing:
        console.result(f"{ctx.get_help()}\n")
        ctx.exit()


def _lines(command: Any, ctx: Any, width: int) -> Iterator[str]:
    about = inspect.cleandoc(command.help or "").partition("\f")[0]
    for paragraph in about.split("\n\n"):
        yield from textwrap.wrap(paragraph, width)
        yield ""
    yield from textwrap.wrap(
        f"Usage: {usage(ctx.command_path, command)}", width, subsequent_indent=" " * 4
    )
    for heading, rows in _sections(command, ctx):
        yield ""
        yield console.styled(f"{heading}:", console.BOLD)
        for name, description in rows:
            yield from _row(name, description, width)
    if command.epilog:
        yield ""
        heading, *examples = command.epilog.splitlines()
        yield console.styled(heading, console.BOLD)
        yield from examples


Rows = dict[str, list[tuple[str, str]]]
"""By section: names, each with its description."""


def _sections(command: Any, ctx: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    yield from _arguments_and_commands(command, ctx).items()
    yield from sorted(_options(command, ctx).items(), key=lambda section: _rank(section[0]))


def _arguments_and_commands(command: Any, ctx: Any) -> Rows:
    rows: Rows = {}
    for parameter in command.get_params(ctx):
        if parameter.param_type_name == "argument":
            rows.setdefault(_ARGUMENTS, []).append((argument(parameter), parameter.help or ""))
    for name, subcommand in getattr(command, "commands", {}).items():
        panel = getattr(subcommand, "rich_help_panel", None)
        heading = panel if isinstance(panel, str) else _COMMANDS
        rows.setdefault(heading, []).append((name, (subcommand.help or "").partition("\n")[0]))
    return rows


def _options(command: Any, ctx: Any) -> Rows:
    rows: Rows = {}
    for parameter in command.get_params(ctx):
        if parameter.param_type_name == "option" and not parameter.hidden:
            panel = _REQUIRED if parameter.required else parameter.rich_help_panel
            heading = panel if isinstance(panel, str) else _OPTIONS
            rows.setdefault(heading, []).append((_names(parameter), _description(parameter)))
    return rows


def _rank(heading: str) -> int:
    """Required options first, those that every command has last, others in their own order."""
    if heading in _FIRST:
        return _FIRST.index(heading)
    return len(_FIRST) + (heading == OUTPUT_PANEL)


def _names(option: Any) -> str:
    """``-q, --quiet``, ``--out DIR``, ``--imports/--no-imports``."""
    short = [name for name in option.opts if not name.startswith("--")]
    names = [name for name in option.opts if name.startswith("--")]
    shown = ", ".join([*short, "/".join([*names, *option.secondary_opts])])
    # Long names line up, with or without a short one before them.
    return f"{'' if short else '    '}{shown} {value_of(option)}".rstrip()


def _description(option: Any) -> str:
    text = option.help or ""
    default = getattr(option.default, "value", option.default)
    if option.is_flag or not option.show_default or not isinstance(default, str):
        return text
    # A no-break space keeps it on one line.
    return f"{text} [default:\N{NO-BREAK SPACE}{default}]"


def _row(name: str, description: str, width: int) -> Sequence[str]:
    """Format a name and its description; a long name has its own line."""
    column = min(_COLUMN, width // 3)
    lines = textwrap.wrap(description, width - column, break_on_hyphens=False)
    wrapped = [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]
    indent = " " * column
    head = f"  {name}"
    if len(head) + 2 > column or not wrapped:
        names = textwrap.wrap(head, width, subsequent_indent=" " * 8, break_on_hyphens=False)
        return [*map(_name, names), *(indent + line for line in wrapped)]
    first, *rest = wrapped
    gap = " " * (column - len(head))
    return [f"{_name(head)}{gap}{first}", *(indent + line for line in rest)]


def _name(text: str) -> str:
    return console.styled(text, console.CYAN)
