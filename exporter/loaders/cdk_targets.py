"""What our CDK export writes in place of a target's ARN, worked out without running it."""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from exporter.loaders.code import Unknown
from exporter.references.cdk import IMPORTS

TARGETS_MODULE = "ses_targets"
TARGETS_CLASS = "SesTargets"
IMPORT_TARGETS = f"from {TARGETS_MODULE} import {TARGETS_CLASS}"
IMPORT_LINES: Final = frozenset(
    {
        IMPORT_TARGETS,
        *(f"from aws_cdk.{each.module} import {each.class_name}" for each in IMPORTS.values()),
    }
)
MAP_IMPORT = re.compile(r"import aws_cdk as cdk|from aws_cdk import aws_[a-z0-9]+")
"""What an expression of a map may need."""

ARN_ARGUMENTS: Final = frozenset(
    {"topic_arn", "delivery_stream_arn", "iam_role_arn", "event_bus_arn"}
)
KEEP_TARGETS = "self._targets = targets"

_ATTRIBUTES: Final = {each.class_name: each for each in IMPORTS.values()}


@dataclass
class Targets:
    """What the expressions of a stack can refer to.

    Attributes:
        tokens: What ``self.partition``, ``self.region`` and ``self.account`` are, if known.
        fields: The defaults of the configuration dataclass.
        imported: The ARN that each attribute of a resource that the stack imports is.
    """

    tokens: Mapping[str, str | None] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)

    def take_import(self, node: ast.stmt) -> bool:
        """Note an imported resource; whether the statement is one."""
        match node:
            case ast.Assign(
                [ast.Attribute(ast.Name("self"), str(variable))],
                ast.Call(
                    ast.Attribute(ast.Name(str(class_name)), str(method)),
                    [ast.Name("self"), ast.Constant(str()), ast.Constant(str(arn))],
                    [],
                ),
            ) if class_name in _ATTRIBUTES and variable.startswith("_"):
                call = _ATTRIBUTES[class_name]
                name = f"self.{variable}.{call.attribute}"
                if call.method == method and name not in self.imported:
                    self.imported[name] = arn
                    return True
        return False

    def value(self, node: ast.expr) -> str | Unknown:
        """The ARN that an expression stands for; unknown where only a synthesis tells it."""
        text = ast.unparse(node)
        if text in self.imported:
            return self.imported[text]
        match node:
            case ast.Constant(str(value)):
                return value
            case ast.JoinedStr(parts):
                return _joined(parts, self._token)
            case ast.Attribute(ast.Attribute(ast.Name("self"), "_targets"), name) if (
                name in self.fields
            ):
                return self.fields[name]
        return Unknown(f"only the synthesis tells what {text[:60]} is")

    def _token(self, node: ast.expr) -> str | None:
        match node:
            case ast.Attribute(ast.Name("self"), name):
                return self.tokens.get(name)
        return None


def _joined(parts: list[ast.expr], token: Callable[[ast.expr], str | None]) -> str | Unknown:
    text = ""
    for part in parts:
        match part:
            case ast.Constant(str(value)):
                text += value
            case ast.FormattedValue(value, -1, None):
                found = token(value)
                if found is None:
                    return Unknown(f"only the synthesis tells what {ast.unparse(value)[:60]} is")
                text += found
            case _:
                return Unknown("only the synthesis tells what it is")
    return text


def fields_of(body: list[ast.stmt]) -> dict[str, str] | None:
    """The defaults in the module of the configuration dataclass; None when it is another module.

    Args:
        body: Its statements below the docstring.
    """
    match body:
        case [ast.ImportFrom("dataclasses", [ast.alias("dataclass", None)], 0), last]:
            pass
        case _:
            return None
    match last:
        case ast.ClassDef(name, [], [], [ast.Expr(ast.Constant(str())), *rest], [decorator]):
            if name != TARGETS_CLASS or ast.unparse(decorator) != "dataclass(frozen=True)":
                return None
        case _:
            return None
    found: dict[str, str] = {}
    for statement in rest:
        match statement:
            case ast.AnnAssign(ast.Name(name), ast.Name("str"), ast.Constant(str(value)), 1):
                found[name] = value
            case _:
                return None
    return found
