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
"""A pattern of names in one folder, without ``**`` and what Go reads otherwise than Python."""

_END = "END_OF_THE_TEMPLATE"


class _Nothing:
    """What a template can refer to beside its variables."""

    def lookup(self, _root: str, _name: str, shown: str, _wanted: str | None) -> Value:
        return Unknown(f"{shown} is not given to the template")

    def call(self, name: str, _given: list[Value]) -> Value:
        return Unknown(f"the function {name} cannot be evaluated")


def call(name: str, given: list[Value], tree: CodeTree, budget: Budget) -> Value:
    """The value of a call of a function that is not among those of ``functions``.

    Args:
        name: The function.
        given: Its arguments.
        tree: The files that it may read.
        budget: How much may be evaluated.
    """
    unknown = next((value for value in given if isinstance(value, Unknown)), None)
    function = FILE_FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"the function {name} cannot be evaluated")
    if unknown:
        return without_pattern(unknown)
    if not given or not isinstance(given[0], str):
        return Unknown(f"{name} of these values cannot be evaluated")
    return function(given, tree, budget)


def _text(path: str, tree: CodeTree) -> Value:
    found = tree.text(path)
    return Unknown(f"the file {path} cannot be read") if found is None else found


def _file(given: list[Value], tree: CodeTree, budget: Budget) -> Value:
    if len(given) != 1:
        return Failed("file takes one argument")
    found = _text(given[0], tree)
    if isinstance(found, str):
        # It may be data that code goes through, as much as it holds.
        budget.grant(20 * len(found), given[0])
    return found


def _fileexists(given: list[Value], tree: CodeTree, _budget: Budget) -> Value:
    # One that may not be read may be there.
    return True if tree.text(given[0]) is not None else _text(given[0], tree)


def _fileset(given: list[Value], tree: CodeTree, _budget: Budget) -> Value:
    pattern = given[1] if len(given) == 2 else None
    if not isinstance(pattern, str) or not _ONE_FOLDER.fullmatch(pattern):
        return Unknown("fileset of this pattern cannot be evaluated")
    names = tree.names(given[0])
    if names is None:
        return Unknown(f"the folder {given[0]} cannot be listed")
    return to_set([name for name in names if fnmatch.fnmatchcase(name, pattern)])


def _templatefile(given: list[Value], tree: CodeTree, budget: Budget) -> Value:
    text = _text(given[0], tree)
    names = given[1] if len(given) == 2 else None
    if isinstance(text, Unknown):
        return text
    if not isinstance(names, dict) or isinstance(names, Partial):
        return Unknown("templatefile of these values cannot be evaluated")
    return first_unknown(names) or _rendered(text, names, given[0], budget)


def _rendered(text: str, names: Mapping[str, Value], path: str, budget: Budget) -> Value:
    """A template, which is written as a heredoc is."""
    is_whole = text.endswith("\n")
    try:
        code = f"value = <<{_END}\n{text}{'' if is_whole else chr(10)}{_END}\n"
        expression = parse(code, path).attributes["value"]
    except (ExporterError, KeyError):
        return Unknown(f"the template {path} cannot be evaluated")
    value = evaluate(expression, names, _Nothing(), budget)
    if isinstance(value, str) and not is_whole:
        return value.removesuffix("\n")
    return value


FILE_FUNCTIONS: Final[Mapping[str, Callable[[list[Value], CodeTree, Budget], Value]]] = {
    "file": _file,
    "fileexists": _fileexists,
    "fileset": _fileset,
    "templatefile": _templatefile,
}
