"""The values that a root module's variables are given, in the order of Terraform."""

from collections.abc import Iterator, Mapping

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.terraform.hcl.syntax import Block, Body, Expression, parse
from exporter.formats.terraform.hcl.variables import Given, given, is_given, normal, precedence
from exporter.support import regular_files

ENVIRONMENT_PREFIX = "TF_VAR_"

_PLAIN_TYPES = frozenset({"string", "number", "bool"})


def root_values(
    variables: Mapping[str, Block], files: Mapping[str, str], inputs: CodeInputs
) -> dict[str, Expression | Given]:
    """The values that the variables of a root module are given from outside.

    ``TF_VAR_NAME``, then the files of the folder, ``--var-file``, ``--var``: the last one wins
    (Terraform language reference, "Variable Definition Precedence").

    Args:
        variables: The blocks ``variable``, by name.
        files: The files of the folder: path as the user sees it -> text.
        inputs: What the command was given.

    Raises:
        ExporterError: when a file cannot be read, or a value is no expression.
    """
    found: dict[str, Expression | Given] = {}
    for name, text in inputs.environment.items():
        if name.startswith(ENVIRONMENT_PREFIX):
            own = name.removeprefix(ENVIRONMENT_PREFIX)
            found |= _written(own, text, variables.get(own), name)
    for path in sorted(filter(is_given, files), key=precedence):
        found |= _in_file(files[path], path)
    for file in inputs.var_files:
        shown = regular_files.shown(file)
        with regular_files.readable(file):
            found |= _in_file(regular_files.text(file, regular_files.read_named), shown)
    for name, text in inputs.variables.items():
        found |= _written(name, text, variables.get(name), f"--var {name}")
    return found


def _in_file(text: str, path: str) -> Mapping[str, Expression | Given]:
    return given(text, path) if path.endswith(".json") else parse(text, path).attributes


def _written(
    name: str, text: str, variable: Block | None, where: str
) -> dict[str, Expression | Given]:
    """A value that stands alone: an expression where the variable is of a type with parts."""
    type_ = variable.body.attributes.get("type") if variable is not None else None
    if type_ is None or type_.source.text_of(type_.node).strip('"') in _PLAIN_TYPES:
        return {name: Given(normal(text))}
    return dict(_one(parse(f"value = {text}", where), name))


def _one(body: Body, name: str) -> Iterator[tuple[str, Expression]]:
    if "value" in body.attributes:
        yield name, body.attributes["value"]
