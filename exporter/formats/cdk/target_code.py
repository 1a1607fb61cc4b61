"""What our CDK export writes in place of a target's ARN, evaluated without running it."""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from exporter.formats.code_resource import Unknown
from exporter.model.targets import ARN_TYPES, TARGET_TYPES

TARGETS_MODULE = "ses_targets"
TARGETS_CLASS = "SesTargets"
IMPORT_TARGETS = f"from {TARGETS_MODULE} import {TARGETS_CLASS}"
_CALLS: Final = [each.cdk_import for each in ARN_TYPES if each.cdk_import]
IMPORT_LINES: Final = frozenset({IMPORT_TARGETS, *(each.statement for each in _CALLS)})
MAP_IMPORT = re.compile(r"import aws_cdk as cdk|from aws_cdk import aws_[a-z0-9]+")
"""What an expression of a map may need."""

ARN_ARGUMENTS: Final = frozenset(name for row in TARGET_TYPES.values() for name in row.arns)
KEEP_TARGETS = "self._targets = targets"
MAKE_TARGETS = f"targets = {TARGETS_CLASS}(self)"

_ATTRIBUTES: Final = {each.class_name: each for each in _CALLS}


@dataclass(frozen=True)
class Named:
    """What the module of targets gives names to.

    Attributes:
        names: ARNs by what stands behind ``targets.``.
        is_given: Whether a stack is given them, as fields; otherwise it imports them itself.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    is_given: bool = False


@dataclass
class Targets:
    """What the expressions of a stack, or of a function that is given one, can refer to.

    Attributes:
        stack: What the stack is called.
        tokens: What its ``partition``, ``region`` and ``account`` are, if known.
        known: The ARN that each expression stands for.
    """

    stack: str
    tokens: Mapping[str, str | None] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def take(self, owner: str, named: Named) -> None:
        """Note what the module of targets gives names to, and what holds it."""
        self.known |= {f"{owner}.{name}": arn for name, arn in named.names.items()}

    def take_import(self, node: ast.stmt) -> bool:
        """Note a resource that the stack imports; whether the statement is one."""
        found = _imported(node, self.stack)
        if found is None or not found[0].startswith("_"):
            return False
        name = f"self.{found[0]}"
        if name in self.known:
            return False
        self.known[name] = found[1]
        return True

    def value(self, node: ast.expr) -> str | Unknown:
        """The ARN that an expression stands for; unknown where only a synthesis tells it."""
        text = ast.unparse(node)
        if text in self.known:
            return self.known[text]
        match node:
            case ast.Constant(str(value)):
                return value
            case ast.JoinedStr(parts):
                return _joined(parts, self._token)
        return Unknown(f"only the synthesis tells what {text[:60]} is")

    def _token(self, node: ast.expr) -> str | None:
        match node:
            case ast.Attribute(ast.Name(owner), name) if owner == self.stack:
                return self.tokens.get(name)
        return None


def _imported(node: ast.stmt, stack: str) -> tuple[str, str] | None:
    """The attribute's attribute and the ARN of ``self.x = Topic.from_topic_arn(stack, ...)``."""
    match node:
        case ast.Assign(
            [ast.Attribute(ast.Name("self"), str(variable))],
            ast.Call(
                ast.Attribute(ast.Name(str(class_name)), str(method)),
                [ast.Name(owner), ast.Constant(str()), ast.Constant(str(arn))],
                [],
            ),
        ) if class_name in _ATTRIBUTES and owner == stack:
            call = _ATTRIBUTES[class_name]
            if call.method == method:
                return f"{variable}.{call.attribute}", arn
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


def named_in(body: list[ast.stmt]) -> Named | None:
    """What the module of targets gives names to; None when it is another module.

    Args:
        body: Its statements below the docstring.
    """
    *imports, last = body or [ast.Pass()]
    texts = [ast.unparse(node) for node in imports]
    match last:
        case ast.ClassDef(name, [], [], [ast.Expr(ast.Constant(str())), *rest], decorators) if (
            name == TARGETS_CLASS
        ):
            pass
        case _:
            return None
    if [ast.unparse(each) for each in decorators] == ["dataclass(frozen=True)"]:
        is_ours = texts == ["from dataclasses import dataclass"]
        fields = _fields(rest) if is_ours else None
        return Named(fields, is_given=True) if fields is not None else None
    if decorators or not {*texts} <= IMPORT_LINES | {"from aws_cdk import Stack"}:
        return None
    found = _imports(rest)
    return Named(found) if found else None


def _fields(statements: list[ast.stmt]) -> dict[str, str] | None:
    """The fields of the configuration dataclass and their defaults."""
    found: dict[str, str] = {}
    for statement in statements:
        match statement:
            case ast.AnnAssign(ast.Name(name), ast.Name("str"), ast.Constant(str(value)), 1):
                found[name] = value
            case _:
                return None
    return found


def _imports(statements: list[ast.stmt]) -> dict[str, str] | None:
    """What the class that imports resources into a stack makes in its ``__init__``."""
    match statements:
        case [ast.FunctionDef("__init__", arguments, body, [], ast.Constant(None))] if (
            ast.unparse(arguments) == "self, stack: Stack"
        ):
            pass
        case _:
            return None
    pairs = [_imported(node, "stack") for node in body]
    found = dict(pair for pair in pairs if pair is not None)
    return found if len(found) == len(pairs) else None
