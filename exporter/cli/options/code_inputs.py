"""What a person says of code that they name: of templates the stack, and values of parameters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import typer

from exporter.cli.options.variables import VariableOptions
from exporter.formats.code_inputs import CodeInputs
from exporter.support.errors import UsageError

CODE_PANEL = "CloudFormation templates"
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
        """Inputs of code with what is said of templates.

        Raises:
            UsageError: when a parameter has no value.
        """
        parameters = dict(_split(self.parameter or ()))
        return replace(inputs, stack_name=self.stack_name, parameters=parameters)


@dataclass(frozen=True)
class CodeOptions(StackOptions, VariableOptions):
    """What code that a command names is given, whatever its language."""

    def given_to(self, inputs: CodeInputs) -> CodeInputs:
        """Inputs of code with all that is said of it.

        Raises:
            UsageError: when a variable or a parameter has no value.
        """
        return self.stack_given_to(super().given_to(inputs))


def _split(given: Iterable[str]) -> Iterable[tuple[str, str]]:
    for each in given:
        key, separator, value = each.partition("=")
        if not key or not separator:
            raise UsageError(f"--parameter {each}: no value", hint="use --parameter KEY=VALUE")
        yield key, value
