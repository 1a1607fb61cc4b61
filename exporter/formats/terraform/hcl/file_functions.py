"""Functions that read files beside the code, such as ``file`` and ``templatefile``."""

import fnmatch
import re
from collections.abc import Callable, Mapping
from typing import Final

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.resolver import Budget
from exporter.formats.terraform.hcl.syntax import parse
from exporter.formats.terraform.hcl.tree import CodeTree
from exporter.formats.terraform.hcl.types import (
    Failed,
    Partial,
    Value,
    first_unknown,
    to_set,
    without_pattern,
)
from exporter.formats.terraform.hcl.values import evaluate
from exporter.support.errors import ExporterError

_ONE_FOLDER = re.compile(r"(?!.*\*\*)[A-Za-z0-9._*-]+")
"""A pattern of names in one folder, without ``**`` and what means something else in Python."""

_END = "END_OF_THE_TEMPLATE"


class _TemplateResolver:
    """A template can refer only to its variables."""

    def lookup(self, _root: str, _name: str, shown: str, _attribute: str | None) -> Value:
        return Unknown(f"{shown} is not given to the template")

    def call(self, name: str, _arguments: list[Value]) -> Value:
        return Unknown(f"the function {name} cannot be evaluated")


def call(name: str, arguments: list[Value], tree: CodeTree, budget: Budget) -> Value:
    """Call a function that reads files; any other is ``Unknown``.

    Args:
        name: The function.
        arguments: Its arguments.
        tree: The files that it may read.
        budget: How much may still be evaluated.
    """
    unknown = next((value for value in arguments if isinstance(value, Unknown)), None)
    function = FILE_FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"the function {name} cannot be evaluated")
    if unknown:
        return without_pattern(unknown)
    if not arguments or not isinstance(arguments[0], str):
        return Unknown(f"{name} of these values cannot be evaluated")
    return function(arguments, tree, budget)


def _text(path: str, tree: CodeTree) -> Value:
    content = tree.text(path)
    return Unknown(f"the file {path} cannot be read") if content is None else content


def _file(arguments: list[Value], tree: CodeTree, budget: Budget) -> Value:
    if len(arguments) != 1:
        return Failed("file takes one argument")
    content = _text(arguments[0], tree)
    if isinstance(content, str):
        # Code may loop over the content, so the budget grows with its size.
        budget.grant(20 * len(content), arguments[0])
    return content


def _fileexists(arguments: list[Value], tree: CodeTree, _budget: Budget) -> Value:
    # A file that can't be read may exist.
    return True if tree.text(arguments[0]) is not None else _text(arguments[0], tree)


def _fileset(arguments: list[Value], tree: CodeTree, _budget: Budget) -> Value:
    pattern = arguments[1] if len(arguments) == 2 else None
    if not isinstance(pattern, str) or not _ONE_FOLDER.fullmatch(pattern):
        return Unknown("fileset of this pattern cannot be evaluated")
    names = tree.names(arguments[0])
    if names is None:
        return Unknown(f"the folder {arguments[0]} cannot be listed")
    return to_set([name for name in names if fnmatch.fnmatchcase(name, pattern)])


def _templatefile(arguments: list[Value], tree: CodeTree, budget: Budget) -> Value:
    text = _text(arguments[0], tree)
    variables = arguments[1] if len(arguments) == 2 else None
    if isinstance(text, Unknown):
        return text
    if not isinstance(variables, dict) or isinstance(variables, Partial):
        return Unknown("templatefile of these values cannot be evaluated")
    return first_unknown(variables) or _rendered(text, variables, arguments[0], budget)


def _rendered(text: str, variables: Mapping[str, Value], path: str, budget: Budget) -> Value:
    """Evaluate a template, which has the syntax of a heredoc."""
    ends_line = text.endswith("\n")
    try:
        code = f"value = <<{_END}\n{text}{'' if ends_line else chr(10)}{_END}\n"
        expression = parse(code, path).attributes["value"]
    except (ExporterError, KeyError):
        return Unknown(f"the template {path} cannot be evaluated")
    value = evaluate(expression, variables, _TemplateResolver(), budget)
    if isinstance(value, str) and not ends_line:
        return value.removesuffix("\n")
    return value


FILE_FUNCTIONS: Final[Mapping[str, Callable[[list[Value], CodeTree, Budget], Value]]] = {
    "file": _file,
    "fileexists": _fileexists,
    "fileset": _fileset,
    "templatefile": _templatefile,
}
