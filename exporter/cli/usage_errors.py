"""Mistakes on the command line, said as all other errors are: what is wrong, and what to type."""

import re
from typing import Any

from exporter.cli.help import usage, value_of
from exporter.support.errors import UsageError
from exporter.support.redaction import redacted
from exporter.support.text import did_you_mean, nearest

_NOT_ONE_OF = re.compile(r"'(?P<given>.*?)' is not one of (?P<known>.*?)\.?$", re.DOTALL)
_VALUE_ERROR = "Value error, "

_CLEARER = (
    (re.compile(r"^Option '(\S+)' requires an argument$"), r"\1 needs a value"),
    (re.compile(r"^Got unexpected extra arguments?.*? \((.*)\)$"), r"unexpected argument: \1"),
)
"""What Click says, and what to say."""

_OUT = "--out"
_TO_A_FILE = {True: "--out FILE", False: "'> FILE'"}

_MIXED_UP = {
    "--out": "--output",
    "--output": "--out",
    "-o": "--out",
}
"""What somebody means who types an option that only other commands have."""


def explained(error: Any) -> UsageError:
    """Click's error in our words.

    Click is a package of its own or a part of Typer, by Typer's version, so that its errors are
    told apart by what they hold.
    """
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "ses2iac"
    see = f"see '{path} --help'"
    if hasattr(error, "possibilities"):
        return _no_such_option(str(error.option_name), ctx, see)
    parameter = getattr(error, "param", None)
    if parameter is not None and not error.message:
        hint = see if ctx is None else usage(path, ctx.command)
        return UsageError(f"{_title(parameter)} is missing", hint=hint)
    message = redacted(error.message).removeprefix(_VALUE_ERROR).rstrip(".")
    if parameter is None:
        for pattern, words in _CLEARER:
            message = pattern.sub(words, message)
        return UsageError(message[:1].lower() + message[1:], hint=see)
    return _bad_value(message, parameter, ctx, see)


def no_such_command(name: str, known: list[str], path: str) -> UsageError:
    """The error for a command that there is not."""
    near = nearest(name, known)
    return UsageError(
        f"no such command: {name}",
        hint=did_you_mean(f"'{path} {near}'" if near else "") or f"see '{path} --help'",
    )


def _title(parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    return str(parameter.opts[0] if is_option else parameter.metavar or parameter.name.upper())


def _no_such_option(name: str, ctx: Any, see: str) -> UsageError:
    options = {} if ctx is None else _options(ctx.command)
    meant = _MIXED_UP.get(name, "")
    if meant not in options:
        meant = nearest(name, [each for each in options if each.startswith("--")])
    if not meant:
        return UsageError(f"no such option: {name}", hint=see)
    option = options[meant]
    shown = f"{meant} {value_of(option)}".rstrip()
    hint = f"did you mean {shown}?"
    if name == "--out":
        hint += f" '{ctx.command_path}' prints its result: write it to a file with '> FILE'"
    return UsageError(f"no such option: {name}", hint=hint)


def _options(command: Any) -> dict[str, Any]:
    options = [each for each in command.params if each.param_type_name == "option"]
    return {name: each for each in options for name in (*each.opts, *each.secondary_opts)}


def _bad_value(message: str, parameter: Any, ctx: Any, see: str) -> UsageError:
    title = _title(parameter)
    found = _NOT_ONE_OF.search(message)
    if found is None:
        return UsageError(message, where=title, hint=see)
    given, known = found["given"], re.findall(r"'([^']+)'", found["known"])
    is_file = title == "--output" and not given.isalpha()
    near = "" if is_file else nearest(given, known)
    hint = did_you_mean(near) or see
    if is_file:
        hint = f"write it to a file with {_TO_A_FILE[_OUT in _options(ctx.command)]}"
    return UsageError(f"{given!r} is not one of {', '.join(known)}", where=title, hint=hint)
