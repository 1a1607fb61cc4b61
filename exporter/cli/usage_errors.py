"""Turn Click's usage errors into ours: what is wrong, and what to type instead."""

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
"""Click's messages, and clearer ones."""

_OUT = "--out"
_TO_A_FILE = {True: "--out FILE", False: "'> FILE'"}

_MIXED_UP = {
    "--out": "--output",
    "--output": "--out",
    "-o": "--out",
}
"""The option that a user means who types one that only other commands have."""


def explained(error: Any) -> UsageError:
    """Convert one of Click's errors.

    They are told apart by their attributes, not their classes, because some versions of Typer
    bundle Click and others depend on it.
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
        for pattern, replacement in _CLEARER:
            message = pattern.sub(replacement, message)
        return UsageError(message[:1].lower() + message[1:], hint=see)
    return _bad_value(message, parameter, ctx, see)


def no_such_command(name: str, known: list[str], path: str) -> UsageError:
    """Return the error for an unknown command, with the closest known one."""
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
        # Without dashes, which make any two options alike.
        words = [option.removeprefix("--") for option in options if option.startswith("--")]
        near = nearest(name.lstrip("-"), words)
        meant = f"--{near}" if near else ""
    if not meant:
        return UsageError(f"no such option: {name}", hint=see)
    option = options[meant]
    shown = f"{meant} {value_of(option)}".rstrip()
    hint = f"did you mean {shown}?"
    if name == "--out":
        hint += f" '{ctx.command_path}' prints its result: write it to a file with '> FILE'"
    return UsageError(f"no such option: {name}", hint=hint)


def _options(command: Any) -> dict[str, Any]:
    options = [param for param in command.params if param.param_type_name == "option"]
    return {name: option for option in options for name in (*option.opts, *option.secondary_opts)}


def _bad_value(message: str, parameter: Any, ctx: Any, see: str) -> UsageError:
    title = _title(parameter)
    match = _NOT_ONE_OF.search(message)
    if match is None:
        return UsageError(message, where=title, hint=see)
    value, known = match["given"], re.findall(r"'([^']+)'", match["known"])
    is_file = title == "--output" and not value.isalpha()
    near = "" if is_file else nearest(value, known)
    hint = did_you_mean(near) or see
    if is_file:
        hint = f"write it to a file with {_TO_A_FILE[_OUT in _options(ctx.command)]}"
    return UsageError(f"{value!r} is not one of {', '.join(known)}", where=title, hint=hint)
