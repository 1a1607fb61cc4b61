"""``docs/commands.md`` from the commands and the help of their options.

``make docs`` writes it anew; a test compares it with what the commands say today.
"""

# ruff: noqa: E501 - the text has the width of the other documents

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

from exporter.cli.commands import SUMMARIES, load
from exporter.cli.help import argument, usage, value_of
from tests.support import ROOT

FILE = ROOT / "docs" / "commands.md"

INTRO = """\
# Every command

<!-- Written by `make docs` from the code: edit the help of the options, or tests/command_docs.py. -->

The `--help` of each command. [The command line](cli.md) explains patterns, layouts, what `diff` reads and `verify` checks, and the
exit codes.
"""

OTHER = "Options"
"""The heading of options that stand in no panel."""


def text() -> str:
    """The whole document."""
    parts = [INTRO]
    for name in SUMMARIES:
        command = load(name)
        parts.append(_command(f"ses2iac {name}", command, "##"))
        for part, below in getattr(command, "commands", {}).items():
            parts.append(_command(f"ses2iac {name} {part}", below, "###"))
    return "\n".join(parts)


def _command(name: str, command: Any, heading: str) -> str:
    parameters = [each for each in command.params if not getattr(each, "hidden", False)]
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    options = [each for each in parameters if each.param_type_name == "option"]
    lines = [f"{heading} {name}\n", f"{_prose(inspect.cleandoc(command.help or ''))}\n"]
    if not getattr(command, "commands", {}):
        lines.append(f"```\n{usage(name, command)}\n```\n")
    rows = [(f"`{argument(each)}`", _cell(each.help)) for each in arguments]
    if rows:
        lines.append(_table(("argument", "meaning"), rows))
    for panel, members in _panels(options).items():
        rows = [(_option(each), _meaning(each)) for each in members]
        lines.append(_table((panel.lower(), "meaning"), rows))
    return "\n".join(lines)


def _panels(options: list[Any]) -> dict[str, list[Any]]:
    """The options by the panel that ``--help`` shows them in."""
    found: dict[str, list[Any]] = {}
    for each in options:
        if each.name != "help":
            found.setdefault(getattr(each, "rich_help_panel", None) or OTHER, []).append(each)
    return found


def _option(option: Any) -> str:
    names = [name for name in (*option.opts, *option.secondary_opts) if name.strip()]
    return _cell(", ".join(f"`{name} {value_of(option)}".rstrip() + "`" for name in names))


def _meaning(option: Any) -> str:
    said = _cell(option.help)
    default = option.default
    shown = getattr(default, "value", default)
    if option.is_flag or not isinstance(shown, str) or not option.show_default:
        return said
    return f"{said} By default: `{shown}`."


def _prose(help_text: str) -> str:
    """Help as a paragraph: the markup of ``rich`` and what follows a form feed is left out."""
    return _cell(help_text.partition("\f")[0]).replace("\\|", "|")


def _cell(help_text: str | None) -> str:
    plain = re.sub(r"(?<!\\)\[/?[a-z][a-z ]*\]", "", help_text or "").replace("\\[", "[")
    return " ".join(plain.split()).replace("|", "\\|")


def _table(heading: tuple[str, ...], rows: list[tuple[str, str]]) -> str:
    return "".join(_lines(heading, rows))


def _lines(heading: tuple[str, ...], rows: list[tuple[str, str]]) -> Iterator[str]:
    for line in (heading, ("---",) * len(heading), *rows):
        yield "| " + " | ".join(line) + " |\n"


def main() -> None:
    """Write the document anew."""
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
