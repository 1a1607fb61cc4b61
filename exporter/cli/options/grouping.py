"""Groups of options that a command takes as one parameter, and the group of every command."""

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Annotated, Any, get_type_hints

import typer

from exporter.cli.terminal import console

OUTPUT_PANEL = "Output options"
_output_option = partial(typer.Option, rich_help_panel=OUTPUT_PANEL)


@dataclass(frozen=True)
class VerbosityOptions:
    """How much a command prints."""

    quiet: Annotated[
        bool, _output_option("--quiet", "-q", help="Print only results, warnings and errors.")
    ] = False
    verbose: Annotated[bool, _output_option("--verbose", "-v", help="Print more detail.")] = False
    debug: Annotated[bool, _output_option("--debug", help="Print tracebacks of errors.")] = False

    def apply(self) -> None:
        """Turn on the settings whose flags were given."""
        console.settings.quiet |= self.quiet
        console.settings.verbose |= self.verbose
        console.settings.debug |= self.debug


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take dataclasses of options.

    Typer sees one parameter per field; the command gets the dataclasses. Every command gets the
    ``VerbosityOptions`` as well.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, type[Any]] = {
        name: hint
        for name, hint in hints.items()
        if isinstance(hint, type) and dataclasses.is_dataclass(hint)
    }
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        if parameter.name in groups:
            parameters += _fields(groups[parameter.name])
        else:
            parameters.append(parameter.replace(annotation=hints[parameter.name]))
    parameters += _fields(VerbosityOptions)

    @wraps(command)
    def expanded(**values: Any) -> None:
        _take(VerbosityOptions, values).apply()
        built = {name: _take(group, values) for name, group in groups.items()}
        command(**values, **built)

    signature = inspect.Signature([p.replace(kind=p.KEYWORD_ONLY) for p in parameters])
    expanded.__signature__ = signature  # type: ignore[attr-defined]
    expanded.__annotations__ = {p.name: p.annotation for p in parameters}
    return expanded


def _fields(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in dataclasses.fields(group)
    ]


def _take(group: type[Any], values: dict[str, Any]) -> Any:
    return group(**{field.name: values.pop(field.name) for field in dataclasses.fields(group)})
