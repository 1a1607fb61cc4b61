"""The Python files of our own CDK export, parsed and never run."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from exporter.formats.cdk import target_code
from exporter.formats.cdk.target_code import Named
from exporter.support.errors import ExporterError

Json = Any

ADVICE = "where it was edited, synthesize it (npx aws-cdk@2 synth) and name its cdk.out instead"


@dataclass(frozen=True)
class Folder:
    """What ``app.py`` stands in."""

    files: Mapping[str, str]
    path: PurePosixPath

    def module(self, module: str, importer: str) -> "SourceFile":
        """A module that another one imports."""
        name = str(self.path / f"{module.replace('.', '/')}.py")
        if name not in self.files:
            raise ExporterError(f"{importer} imports {module}, which is missing", where=name)
        return parsed(self.files, name)

    def targets(self, importer: str) -> Named:
        """What the module of targets names."""
        file = self.module(target_code.TARGETS_MODULE, importer)
        found = target_code.named_in(file.body())
        if found is None:
            raise file.refused(file.tree, f"here stands {target_code.TARGETS_CLASS}, and its ARNs")
        return found


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

    def expect(self, node: ast.AST, text: str) -> None:
        """That a statement is this one."""
        if ast.unparse(node) != text:
            raise self.refused(node, f"here stands {text.splitlines()[0]!r}")

    def body(self) -> list[ast.stmt]:
        """The statements below the docstring."""
        return without_docstring(self.tree.body)


def parsed(files: Mapping[str, str], name: str) -> SourceFile:
    """One of the files.

    Raises:
        ExporterError: when it is no Python.
    """
    try:
        return SourceFile(name, ast.parse(files[name]))
    except SyntaxError as error:
        where = f"{name}:{error.lineno or 1}"
        raise ExporterError(f"not Python: {error.msg}", where=where, hint=ADVICE) from None
    except ValueError as error:
        raise ExporterError(f"not Python: {error}", where=name, hint=ADVICE) from None
    except (RecursionError, MemoryError):
        raise ExporterError("nested too deeply", where=name, hint=ADVICE) from None


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
