"""Evaluate the expressions that a CDK export writes for ARNs of targets, without running them."""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from exporter.formats.cdk.files import SourceFile, Statements
from exporter.formats.code_resource import Unknown
from exporter.model.targets import ARN_TYPES

TARGETS_MODULE = "ses_targets"
TARGETS_CLASS = "SesTargets"
IMPORT_TARGETS = f"from {TARGETS_MODULE} import {TARGETS_CLASS}"
_CALLS: Final = [each.cdk_import for each in ARN_TYPES if each.cdk_import]
IMPORT_LINES: Final = frozenset(each.statement for each in _CALLS)
MAP_IMPORT = r"import aws_cdk as cdk|from aws_cdk import aws_[a-z0-9]+"
"""Imports that expressions of ``--map`` may need."""

KEEP_TARGETS = "self._targets = targets"
MAKE_TARGETS = f"targets = {TARGETS_CLASS}(self)"

_ATTRIBUTES: Final = {each.class_name: each for each in _CALLS}
_CONFIGURATION = f"@dataclass(frozen=True)\nclass {TARGETS_CLASS}"
_IMPORTS_OF_TARGETS = "|".join(
    ["from dataclasses import dataclass", "from aws_cdk import Stack"]
    + [re.escape(each.statement) for each in _CALLS]
)


@dataclass(frozen=True)
class NamedTargets:
    """The targets that the module ``ses_targets`` names.

    Attributes:
        arns: The ARN of each, by the attribute of ``SesTargets``, such as ``bounces.topic_arn``.
        is_passed: The app creates them and passes them to the stack; otherwise the stack does.
    """

    arns: Mapping[str, str] = field(default_factory=dict)
    is_passed: bool = False

    def below(self, owner: str) -> dict[str, str]:
        """Return the ARNs by expression, where ``owner`` is the instance of ``SesTargets``."""
        return {f"{owner}.{name}": arn for name, arn in self.arns.items()}


@dataclass
class Targets:
    """The ARNs that the code of a stack, or of a function that takes one, can refer to.

    Attributes:
        stack: The variable of the stack: ``self`` or ``stack``.
        tokens: The stack's ``partition``, ``region`` and ``account``, if known.
        known: The ARNs by expression.
    """

    stack: str
    tokens: Mapping[str, str | None]
    known: dict[str, str]

    def take_import(self, node: ast.stmt) -> bool:
        """Add a resource that the stack imports; return False if the statement isn't an import."""
        attribute = _imported(node, self.stack) or self._portable(node)
        if attribute is None or not attribute[0].startswith("_"):
            return False
        name = f"self.{attribute[0]}"
        if name in self.known:
            return False
        self.known[name] = attribute[1]
        return True

    def _portable(self, node: ast.stmt) -> tuple[str, str] | None:
        """The name and the ARN of an attribute that is a portable ARN."""
        match node:
            case ast.Assign([ast.Attribute(ast.Name("self"), str(name))], ast.JoinedStr(parts)):
                arn = _joined(parts, self._token)
                return (name, arn) if isinstance(arn, str) else None
        return None

    def value(self, node: ast.expr) -> str | Unknown:
        """Return the ARN of an expression; ``Unknown`` if only a synthesis can evaluate it."""
        text = ast.unparse(node)
        if text in self.known:
            return self.known[text]
        match node:
            case ast.Constant(str(value)):
                return value
            case ast.JoinedStr(parts):
                return _joined(parts, self._token)
        return Unknown(f"only cdk synth can evaluate {text[:60]}")

    def _token(self, node: ast.expr) -> str | None:
        match node:
            case ast.Attribute(ast.Name(owner), name) if owner == self.stack:
                return self.tokens.get(name)
        return None


def _imported(node: ast.stmt, stack: str) -> tuple[str, str] | None:
    """``x.topic_arn`` and the ARN, for ``self.x = Topic.from_topic_arn(stack, "X", ARN)``."""
    match node:
        case ast.Assign(
            [ast.Attribute(ast.Name("self"), str(variable))],
            ast.Call(
                ast.Attribute(ast.Name(str(class_name)), str(method)),
                [ast.Name(owner), ast.Constant(str()), ast.Constant(str(arn))],
                [],
            ),
        ) if (
            class_name in _ATTRIBUTES and owner == stack
        ):
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
                part_text = token(value)
                if part_text is None:
                    return Unknown(f"only cdk synth can evaluate {ast.unparse(value)[:60]}")
                text += part_text
            case _:
                return Unknown("only cdk synth can evaluate it")
    return text


def import_targets(prefix: str) -> str:
    """Return the import of ``SesTargets``; ``prefix`` precedes the module's name."""
    return IMPORT_TARGETS.replace("from ", f"from {prefix}")


def constants_in(file: SourceFile) -> dict[str, str]:
    """Return the ARNs in the module of targets by the names of their constants.

    Raises:
        ExporterError: when it has any other statement.
    """
    code = Statements(file, file.tree.body)
    constants = code.constants()
    if code.left:
        raise code.refused("expected a constant with the ARN of a target")
    return constants


def named_in(file: SourceFile) -> NamedTargets:
    """Return the targets that the class in the module of targets names.

    Raises:
        ExporterError: when the module was edited in a way that no export writes.
    """
    code = Statements(file, file.tree.body)
    while code.take(_IMPORTS_OF_TARGETS):
        pass
    class_head, body = code.body_of(f"class {TARGETS_CLASS}", _CONFIGURATION)
    is_passed = class_head == _CONFIGURATION
    read: Callable[[ast.stmt], tuple[str, str] | None] = _field
    expected = "expected a field with the ARN of a target as its default"
    if not is_passed:
        _, body = Statements(file, body).body_of("def __init__(self, stack: Stack) -> None")
        read = partial(_imported, stack="stack")
        expected = "expected a target imported by its ARN"
    arns: dict[str, str] = {}
    for node in body:
        pair = read(node)
        if pair is None:
            raise file.refused(node, expected)
        arns[pair[0]] = pair[1]
    return NamedTargets(arns, is_passed=is_passed)


def _field(node: ast.stmt) -> tuple[str, str] | None:
    """The name and the default of a field of the dataclass."""
    match node:
        case ast.AnnAssign(ast.Name(name), ast.Name("str"), ast.Constant(str(value)), 1):
            return name, value
    return None
