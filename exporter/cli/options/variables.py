"""What a person says of Terraform code that they name: the values of its variables."""

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
    """The values of variables, as Terraform takes them."""

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
        """Inputs of code with these values, and those of the environment.

        Raises:
            UsageError: when one has no name or no value.
        """
        return replace(
            inputs,
            variables=dict(_split(self.var or ())),
            var_files=tuple(self.var_file or ()),
            environment={k: v for k, v in os.environ.items() if k.startswith(_ENVIRONMENT)},
        )


def _split(given: Iterable[str]) -> Iterator[tuple[str, str]]:
    for each in given:
        name, separator, value = each.partition("=")
        if not name or not separator:
            raise UsageError(f"--var {each}: no value", hint="use --var NAME=VALUE")
        yield name, value
