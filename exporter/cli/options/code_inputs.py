"""Options about a CloudFormation template that a command reads: its stack and parameter values."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import typer

from exporter.cli.options.variables import VariableOptions
from exporter.formats.code_inputs import CodeInputs
from exporter.support.errors import UsageError

CODE_PANEL = "CloudFormation templates"
_STACK = re.compile(
    r"(arn:[^:]+:cloudformation:[^:]*:[0-9]*:stack/)?(?P<name>[A-Za-z][A-Za-z0-9-]{0,127})(?(1)/.+)"
)
code_option = partial(typer.Option, rich_help_panel=CODE_PANEL)


@dataclass(frozen=True)
class StackOptions:
    """The stack that a template is for."""

    stack_name: Annotated[
        str | None,
        code_option(metavar="NAME", help="The name of the stack that a template file describes."),
    ] = None
    parameter: Annotated[
        list[str] | None,
        code_option(metavar="KEY=VALUE", help="A template parameter's value; repeatable."),
    ] = None

    def stack_given_to(self, inputs: CodeInputs) -> CodeInputs:
        """Add the stack's name and parameter values to the inputs.

        Raises:
            UsageError: if a parameter has no value, or no stack can have this name.
        """
        parameters = dict(_split(self.parameter or ()))
        name = None if self.stack_name is None else _stack_name(self.stack_name)
        return replace(inputs, stack_name=name, parameters=parameters)


@dataclass(frozen=True)
class CodeOptions(StackOptions, VariableOptions):
    """The inputs of the code that a command reads, in any language."""

    def given_to(self, inputs: CodeInputs) -> CodeInputs:
        """Add the values of variables and parameters, and the stack's name, to the inputs.

        Raises:
            UsageError: if a variable or a parameter has no value.
        """
        return self.stack_given_to(super().given_to(inputs))


def _stack_name(given: str) -> str:
    """Return a stack's name, given that or its ARN, which CloudFormation calls its ID."""
    found = _STACK.fullmatch(given)
    if found is None:
        raise UsageError(
            f"{given!r} is not a valid stack name",
            hint="pass its name (a letter, then letters, digits and hyphens) or its ARN",
        )
    return found["name"]


def _split(parameters: Iterable[str]) -> Iterable[tuple[str, str]]:
    for parameter in parameters:
        key, separator, value = parameter.partition("=")
        if not key or not separator:
            raise UsageError(f"--parameter {parameter}: no value", hint="use --parameter KEY=VALUE")
        yield key, value
