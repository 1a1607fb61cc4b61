"""The values that a root module's variables get from outside, in Terraform's precedence."""

from collections.abc import Mapping

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.terraform.hcl.syntax import Block, Expression, parse
from exporter.formats.terraform.hcl.variables import (
    LiteralValue,
    is_tfvars,
    normal,
    precedence,
    read_tfvars_json,
)
from exporter.support import regular_files

ENVIRONMENT_PREFIX = "TF_VAR_"

_PLAIN_TYPES = frozenset({"string", "number", "bool"})


def root_values(
    variables: Mapping[str, Block], files: Mapping[str, str], inputs: CodeInputs
) -> dict[str, Expression | LiteralValue]:
    """Return the values of a root module's variables.

    ``TF_VAR_NAME``, then the files of the folder, ``--var-file``, ``--var``: the last one wins
    (Terraform language reference, "Variable Definition Precedence").

    Args:
        variables: The ``variable`` blocks by name.
        files: The texts of the folder's files by path, as the user sees it.
        inputs: The environment and the command's options.

    Raises:
        ExporterError: when a file can't be read, or a value isn't an expression.
    """
    values: dict[str, Expression | LiteralValue] = {}
    for name, text in inputs.environment.items():
        if name.startswith(ENVIRONMENT_PREFIX):
            variable = name.removeprefix(ENVIRONMENT_PREFIX)
            values |= _from_text(variable, text, variables.get(variable), name)
    for path in sorted(filter(is_tfvars, files), key=precedence):
        values |= _in_file(files[path], path)
    for file in inputs.var_files:
        shown = regular_files.shown(file)
        with regular_files.readable(file):
            values |= _in_file(regular_files.text(file, regular_files.read_named), shown)
    for name, text in inputs.variables.items():
        values |= _from_text(name, text, variables.get(name), f"--var {name}")
    return values


def _in_file(text: str, path: str) -> Mapping[str, Expression | LiteralValue]:
    return read_tfvars_json(text, path) if path.endswith(".json") else parse(text, path).attributes


def _from_text(
    name: str, text: str, variable: Block | None, where: str
) -> dict[str, Expression | LiteralValue]:
    """Return a value on its own: an expression if the variable has a complex type."""
    type_ = variable.body.attributes.get("type") if variable is not None else None
    if type_ is None or type_.source.text_of(type_.node).strip('"') in _PLAIN_TYPES:
        return {name: LiteralValue(normal(text))}
    expression = parse(f"value = {text}", where).attributes.get("value")
    return {} if expression is None else {name: expression}
