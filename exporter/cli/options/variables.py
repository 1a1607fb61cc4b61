"""Options about Terraform code that a command reads: the values of its variables."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from exporter.formats.code_inputs import CodeInputs
from exporter.support.errors import UsageError

VARIABLES_PANEL = "Terraform code"
_variable_option = partial(typer.Option, rich_help_panel=VARIABLES_PANEL)

_ENVIRONMENT = ("TF_VAR_", "TF_WORKSPACE", "TF_DATA_DIR")


@dataclass(frozen=True)
class VariableOptions:
    """Values of variables, as Terraform's options of the same names."""

    var: Annotated[
        list[str] | None,
        _variable_option(
            "--var",
            metavar="NAME=VALUE",
            help="A Terraform variable's value; repeatable.",
        ),
    ] = None
    var_file: Annotated[
        list[Path] | None,
        _variable_option(
            "--var-file",
            metavar="FILE",
            help="A file of variable values (*.tfvars, *.tfvars.json); repeatable.",
        ),
    ] = None

    def given_to(self, inputs: CodeInputs) -> CodeInputs:
        """Add these values and those from the environment to the inputs.

        Raises:
            UsageError: if one has no name or no value.
        """
        return replace(
            inputs,
            variables=dict(_split(self.var or ())),
            var_files=tuple(self.var_file or ()),
            environment={k: v for k, v in os.environ.items() if k.startswith(_ENVIRONMENT)},
        )


def _split(variables: Iterable[str]) -> Iterator[tuple[str, str]]:
    for variable in variables:
        name, separator, value = variable.partition("=")
        if not name or not separator:
            raise UsageError(f"--var {variable}: no value", hint="use --var NAME=VALUE")
        yield name, value
