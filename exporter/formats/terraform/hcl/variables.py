"""The values that a root module's variables are given, in the order of Terraform."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.terraform.hcl.syntax import Block, Expression, parse
from exporter.formats.terraform.hcl.types import Value, number
from exporter.support import regular_files
from exporter.support.errors import ExporterError

_FIRST = ("terraform.tfvars", "terraform.tfvars.json")


@dataclass(frozen=True)
class Given:
    """A value that stands in JSON; texts are no templates there."""

    value: Value


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
        return {name: Given(_normal(text))}
    return dict(_one(parse(f"value = {text}", where), name))


def _one(body: Any, name: str) -> Iterator[tuple[str, Expression]]:
    if "value" in body.attributes:
        yield name, body.attributes["value"]


def is_given(path: str) -> bool:
    """Whether a file gives variables their values."""
    return path.endswith((".tfvars", ".tfvars.json"))


def precedence(path: str) -> tuple[int, str]:
    """terraform.tfvars, its JSON, *.auto.tfvars and their JSON by name, then any other."""
    name = PurePosixPath(path).name
    if name in _FIRST:
        return _FIRST.index(name), path
    return (2 if name.endswith((".auto.tfvars", ".auto.tfvars.json")) else 3, path)


def given(text: str, path: str) -> dict[str, Given]:
    """The values in a ``*.tfvars.json``.

    Raises:
        ExporterError: when it is no JSON object, or gives one variable twice.
    """
    try:
        found = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_object,
            parse_int=number,
            parse_float=number,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise ExporterError(f"not JSON: {error}", where=path) from None
    if not isinstance(found, dict):
        raise ExporterError("not a JSON object, as the values of variables are", where=path)
    return {name: Given(_normal(value)) for name, value in found.items()}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} comes twice")
    return found


def _normal(value: Value) -> Value:
    """A value with its texts as Terraform keeps them."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, dict):
        return {_normal(name): _normal(item) for name, item in value.items()}
    return value


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
