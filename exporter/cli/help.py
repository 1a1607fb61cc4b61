"""What ``--help`` prints: sections of plain text that read well at 60 columns and in a pipe.

Typer draws tables, which give the text a third of a narrow terminal.
"""

import inspect
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from exporter.cli.options.grouping import SAYING_PANEL
from exporter.cli.options.sources import SOURCE_PANEL
from exporter.cli.terminal import console

_NARROWEST, _WIDEST = 40, 100
_COLUMN = 26
"""Where the meaning begins of what is short enough."""
_ARGUMENTS, _COMMANDS = "Arguments", "Commands"
_REQUIRED, _OPTIONS = "Required options", "Options"
_FIRST = (_REQUIRED, SOURCE_PANEL, _OPTIONS)


class PlainHelp:
    """A command that prints its help as plain text; a part of its class."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        columns = shutil.get_terminal_size().columns
        width = max(_NARROWEST, min(columns, _WIDEST))
        formatter.write("\n".join(_lines(self, ctx, width)))

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Parse; an error that is about no parameter tells the command all the same."""
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc]
        except Exception as error:
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def get_help_option(self, ctx: Any) -> Any:
        """``--help``, which says when standard output takes no more."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.callback = _print_help
            option.help = "Show this help."
        return option


def value_of(option: Any) -> str:
    """What stands behind an option: ``DIR``, ``table|json``; empty behind a flag."""
    if option.is_flag:
        return ""
    if option.metavar:
        return str(option.metavar)
    taken = option.type_descriptor.annotation
    if isinstance(taken, type) and issubclass(taken, Enum):
        return "|".join(str(choice.value) for choice in taken)
    return str(option.name).upper()


def argument(each: Any) -> str:
    """An argument as the usage has it."""
    shown = str(each.metavar or each.name.upper())
    return shown if each.required or shown.startswith("[") else f"[{shown}]"


def usage(name: str, command: Any) -> str:
    """How a command is called: its arguments, and the options that it must have."""
    if getattr(command, "commands", None):
        return f"{name} COMMAND [OPTIONS]"
    arguments = [argument(each) for each in command.params if each.param_type_name == "argument"]
    needed = [
        f"{each.opts[0]} {value_of(each)}"
        for each in command.params
        if each.param_type_name == "option" and each.required
    ]
    return " ".join([name, *arguments, *needed, "[OPTIONS]"])


def _print_help(ctx: Any, _option: Any, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
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
        for name, meaning in rows:
            yield from _row(name, meaning, width)
    if command.epilog:
        yield ""
        heading, *examples = command.epilog.splitlines()
        yield console.styled(heading, console.BOLD)
        yield from examples


Rows = dict[str, list[tuple[str, str]]]
"""What each section lists: a name and its meaning."""


def _sections(command: Any, ctx: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    yield from _words(command, ctx).items()
    yield from sorted(_options(command, ctx).items(), key=lambda each: _rank(each[0]))


def _words(command: Any, ctx: Any) -> Rows:
    """Arguments and commands."""
    rows: Rows = {}
    for each in command.get_params(ctx):
        if each.param_type_name == "argument":
            rows.setdefault(_ARGUMENTS, []).append((argument(each), each.help or ""))
    for name, below in getattr(command, "commands", {}).items():
        panel = getattr(below, "rich_help_panel", None)
        heading = panel if isinstance(panel, str) else _COMMANDS
        rows.setdefault(heading, []).append((name, (below.help or "").partition("\n")[0]))
    return rows


def _options(command: Any, ctx: Any) -> Rows:
    rows: Rows = {}
    for each in command.get_params(ctx):
        if each.param_type_name == "option" and not each.hidden:
            panel = _REQUIRED if each.required else each.rich_help_panel
            heading = panel if isinstance(panel, str) else _OPTIONS
            rows.setdefault(heading, []).append((_names(each), _meaning(each)))
    return rows


def _rank(heading: str) -> int:
    """What must be given first, what every command has last, the others as they come."""
    if heading in _FIRST:
        return _FIRST.index(heading)
    return len(_FIRST) + (heading == SAYING_PANEL)


def _names(option: Any) -> str:
    """``-q, --quiet``, ``--out DIR``, ``--imports/--no-imports``."""
    short = [name for name in option.opts if not name.startswith("--")]
    names = [name for name in option.opts if name.startswith("--")]
    shown = ", ".join([*short, "/".join([*names, *option.secondary_opts])])
    # An option with no short name begins where the others have their long one.
    return f"{'' if short else '    '}{shown} {value_of(option)}".rstrip()


def _meaning(option: Any) -> str:
    said = option.help or ""
    default = getattr(option.default, "value", option.default)
    if option.is_flag or not option.show_default or not isinstance(default, str):
        return said
    # A space that does not break keeps it on one line.
    return f"{said} [default:\N{NO-BREAK SPACE}{default}]"


def _row(name: str, meaning: str, width: int) -> Sequence[str]:
    """A name and its meaning; a long name has a line of its own."""
    column = min(_COLUMN, width // 3)
    lines = textwrap.wrap(meaning, width - column, break_on_hyphens=False)
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
