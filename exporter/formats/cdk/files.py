"""The Python files of our own CDK export, parsed and never run."""

import ast
import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from exporter.support.errors import ExporterError

Json = Any

ADVICE = "where it was edited, synthesize it (npx aws-cdk@2 synth) and name its cdk.out instead"


@dataclass(frozen=True)
class SourceFile:
    """A parsed module."""

    name: str
    tree: ast.Module

    def refused(self, node: ast.AST, what: str) -> ExporterError:
        """That a statement is none of ours."""
        line = getattr(node, "lineno", 1)
        return ExporterError(f"not as ses2iac writes it: {what}", where=self.at(line), hint=ADVICE)

    def at(self, line: int) -> str:
        """A line of the module."""
        return f"{self.name}:{line}"


@dataclass(frozen=True)
class Folder:
    """What ``app.py`` stands in, or a package of it.

    Attributes:
        here: What stands before its modules where they import each other.
    """

    files: Mapping[str, str]
    path: PurePosixPath
    here: str = ""

    def module(self, module: str, importer: str) -> SourceFile:
        """A module that another one imports.

        Raises:
            ExporterError: when it is missing, or no Python.
        """
        name = str(self.path / f"{module.replace('.', '/')}.py")
        if name not in self.files:
            raise ExporterError(f"{importer} imports {module}, which is missing", where=name)
        try:
            return SourceFile(name, ast.parse(self.files[name]))
        except SyntaxError as error:
            where = f"{name}:{error.lineno or 1}"
            raise ExporterError(f"not Python: {error.msg}", where=where, hint=ADVICE) from None
        except ValueError as error:
            raise ExporterError(f"not Python: {error}", where=name, hint=ADVICE) from None
        except (RecursionError, MemoryError):
            raise ExporterError("nested too deeply", where=name, hint=ADVICE) from None


class Statements:
    """The statements below a docstring, taken one by one as ``ast.unparse`` writes them.

    Each method raises an ``ExporterError`` that names the line of what our export does not write.
    """

    def __init__(self, file: SourceFile, body: list[ast.stmt]) -> None:
        self.file = file
        self.left = without_docstring(body)
        self.taken: ast.stmt = ast.Pass(lineno=1)

    def refused(self, what: str) -> ExporterError:
        """That something else stands where the next statement is."""
        return self.file.refused(self.left[0] if self.left else self.file.tree, what)

    def take(self, pattern: str) -> re.Match[str] | None:
        """Take the next statement if it is one of a pattern."""
        found = re.fullmatch(pattern, ast.unparse(self.left[0])) if self.left else None
        if found is not None:
            self.taken, *self.left = self.left
        return found

    def need(self, pattern: str, what: str) -> re.Match[str]:
        """Take the next statement, which must be one of a pattern."""
        found = self.take(pattern)
        if found is None:
            raise self.refused(what)
        return found

    def expect(self, text: str) -> None:
        """Take the next statement, which must be this one."""
        first = repr(text.splitlines()[0])
        self.need(re.escape(text), f"here stands {first}" if self.left else f"{first} is missing")

    def constants(self) -> dict[str, str]:
        """Take the constants that come next: upper-case names, each of a text."""
        found: dict[str, str] = {}
        while self.left:
            match self.left[0]:
                case ast.Assign([ast.Name(name)], ast.Constant(str(value))) if name.isupper():
                    found[name] = value
                    del self.left[0]
                case _:
                    break
        return found

    def body_of(self, *heads: str) -> tuple[str, list[ast.stmt]]:
        """Which of these classes or functions is all that is left, and its body."""
        if len(self.left) > 1:
            raise self.refused("an import or a statement of its own")
        node = self.left[0] if self.left else ast.Pass(lineno=1)
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and head(node) in heads:
            return head(node), without_docstring(node.body)
        raise self.file.refused(node, f"here stands {heads[0].splitlines()[-1]}")


def head(node: ast.stmt) -> str:
    """A class or function without its body; any other statement as a whole."""
    if not isinstance(node, ast.ClassDef | ast.FunctionDef):
        return ast.unparse(node)
    bare = copy.copy(node)
    bare.body = [ast.Pass()]
    return ast.unparse(bare).removesuffix(":\n    pass")


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a module, class or function below its docstring."""
    match body:
        case [ast.Expr(ast.Constant(str())), *rest]:
            return rest
    return body


def keywords_of(file: SourceFile, keywords: list[ast.keyword]) -> dict[str, ast.expr]:
    """The arguments of a call by their names.

    Raises:
        ExporterError: when one has no name, or comes twice.
    """
    found: dict[str, ast.expr] = {}
    for keyword in keywords:
        if keyword.arg is None or keyword.arg in found:
            raise file.refused(keyword.value, "an argument without a name, or one that comes twice")
        found[keyword.arg] = keyword.value
    return found


def constant(file: SourceFile, node: ast.expr) -> Json:
    """A text, number or truth value that is written out."""
    match node:
        case ast.Constant(value) if isinstance(value, str | int):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))):
            return -value
    raise file.refused(node, f"{ast.unparse(node)[:60]!r} is not written out")
