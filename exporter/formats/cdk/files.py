"""The Python files of a CDK export, parsed but never run."""

import ast
import copy
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from exporter.support.errors import ExporterError

Json = Any

SYNTHESIZE = "run npx aws-cdk@2 synth and give its cdk.out instead of this folder"
ADVICE = f"ses2iac reads only statements that it writes itself; {SYNTHESIZE}"


@dataclass(frozen=True)
class SourceFile:
    """A parsed module."""

    name: str
    tree: ast.Module

    def refused(self, node: ast.AST, what: str) -> ExporterError:
        """Return the error for a statement that no export writes."""
        where = self.at(getattr(node, "lineno", 1))
        what = f"can't be read without running the app: {what}"
        return ExporterError(what, where=where, hint=ADVICE)

    def at(self, line: int) -> str:
        """Return a line of the module, for messages."""
        return f"{self.name}:{line}"


@dataclass(frozen=True)
class Folder:
    """The folder of ``app.py``, or a package in it.

    Attributes:
        files: All files of the export by path.
        path: The folder.
        prefix: What precedes the names of its modules where they import each other.
    """

    files: Mapping[str, str]
    path: PurePosixPath
    prefix: str = ""

    def module(self, module: str, importer: str) -> SourceFile:
        """Parse a module that another one imports.

        Raises:
            ExporterError: when it is missing, or isn't valid Python.
        """
        name = str(self.path / f"{module.replace('.', '/')}.py")
        if name not in self.files:
            hint = f"restore it, or remove it from {importer}"
            raise ExporterError(f"is missing, and {importer} imports it", where=name, hint=hint)
        try:
            with warnings.catch_warnings():
                # An invalid escape sequence in a string is a warning, which would go to stderr.
                warnings.simplefilter("ignore")
                return SourceFile(name, ast.parse(self.files[name]))
        except SyntaxError as error:
            where = f"{name}:{error.lineno or 1}"
            what = f"invalid Python: {error.msg}"
            raise ExporterError(what, where=where, hint="fix the line") from None
        except ValueError as error:
            hint = "fix or restore the file"
            raise ExporterError(f"invalid Python: {error}", where=name, hint=hint) from None
        except (RecursionError, MemoryError):
            raise ExporterError("nested too deeply", where=name, hint=ADVICE) from None


class Statements:
    """The statements below a docstring, taken one by one as ``ast.unparse`` writes them.

    Methods raise an ``ExporterError`` that names the line of a statement that no export writes.
    """

    def __init__(self, file: SourceFile, body: list[ast.stmt]) -> None:
        self.file = file
        self.left = without_docstring(body)
        self.taken: ast.stmt = ast.Pass(lineno=1)

    def refused(self, what: str) -> ExporterError:
        """Return the error for the next statement."""
        return self.file.refused(self.left[0] if self.left else self.file.tree, what)

    def take(self, pattern: str) -> re.Match[str] | None:
        """Take the next statement if it matches a pattern."""
        match = re.fullmatch(pattern, ast.unparse(self.left[0])) if self.left else None
        if match is not None:
            self.taken, *self.left = self.left
        return match

    def need(self, pattern: str, what: str) -> re.Match[str]:
        """Take the next statement, which must match a pattern; ``what`` is the error."""
        match = self.take(pattern)
        if match is None:
            raise self.refused(what)
        return match

    def expect(self, text: str) -> None:
        """Take the next statement, which must be this one."""
        first_line = repr(text.splitlines()[0])
        self.need(
            re.escape(text), f"expected {first_line}" if self.left else f"{first_line} is missing"
        )

    def end(self, what: str) -> None:
        """Check that no statement is left; ``what`` is the last one that belongs here."""
        if self.left:
            raise self.refused(f"unexpected {_shown(self.left[0])} after {what}")

    def constants(self) -> dict[str, str]:
        """Take the constants that come next: upper-case names, each of a string."""
        constants: dict[str, str] = {}
        while self.left:
            match self.left[0]:
                case ast.Assign([ast.Name(name)], ast.Constant(str(value))) if name.isupper():
                    constants[name] = value
                    del self.left[0]
                case _:
                    break
        return constants

    def body_of(self, *heads: str) -> tuple[str, list[ast.stmt]]:
        """Return the only class or function left, one of ``heads``, and its body."""
        if len(self.left) > 1:
            raise self.refused(f"unexpected {_shown(self.left[0])}")
        node = self.left[0] if self.left else ast.Pass(lineno=1)
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and head(node) in heads:
            return head(node), without_docstring(node.body)
        raise self.file.refused(node, f"expected {heads[0].splitlines()[-1]}")


def _shown(node: ast.stmt) -> str:
    """The first line of a statement, for messages."""
    return repr(ast.unparse(node).splitlines()[0][:60])


def head(node: ast.stmt) -> str:
    """Return a class or function without its body; any other statement as a whole."""
    if not isinstance(node, ast.ClassDef | ast.FunctionDef):
        return ast.unparse(node)
    bare = copy.copy(node)
    bare.body = [ast.Pass()]
    return ast.unparse(bare).removesuffix(":\n    pass")


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a module, class or function below its docstring."""
    match body:
        case [ast.Expr(ast.Constant(str())), *rest]:
            return rest
    return body


def keywords_of(file: SourceFile, keywords: list[ast.keyword]) -> dict[str, ast.expr]:
    """Return the arguments of a call by name.

    Raises:
        ExporterError: when one has no name, or appears twice.
    """
    values: dict[str, ast.expr] = {}
    for keyword in keywords:
        if keyword.arg is None:
            raise file.refused(keyword.value, f"unexpected **{ast.unparse(keyword.value)[:60]}")
        if keyword.arg in values:
            raise file.refused(keyword.value, f"the argument {keyword.arg} appears twice")
        values[keyword.arg] = keyword.value
    return values


def literal(file: SourceFile, node: ast.expr) -> Json:
    """Return the value of a literal string, number or boolean.

    Raises:
        ExporterError: when it is any other expression.
    """
    match node:
        case ast.Constant(value) if isinstance(value, str | int):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))):
            return -value
    raise file.refused(node, f"{ast.unparse(node)[:60]!r} is not a literal value")
