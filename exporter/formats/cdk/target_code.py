"""What our CDK export writes in place of a target's ARN, evaluated without running it."""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from exporter.formats.cdk.files import SourceFile, Statements
from exporter.formats.code_resource import Unknown
from exporter.model.targets import ARN_TYPES, TARGET_TYPES

TARGETS_MODULE = "ses_targets"
TARGETS_CLASS = "SesTargets"
IMPORT_TARGETS = f"from {TARGETS_MODULE} import {TARGETS_CLASS}"
_CALLS: Final = [each.cdk_import for each in ARN_TYPES if each.cdk_import]
IMPORT_LINES: Final = frozenset(each.statement for each in _CALLS)
MAP_IMPORT = r"import aws_cdk as cdk|from aws_cdk import aws_[a-z0-9]+"
"""What an expression of a map may need."""

ARN_ARGUMENTS: Final = frozenset(name for row in TARGET_TYPES.values() for name in row.arns)
KEEP_TARGETS = "self._targets = targets"
MAKE_TARGETS = f"targets = {TARGETS_CLASS}(self)"

_ATTRIBUTES: Final = {each.class_name: each for each in _CALLS}
_CONFIGURATION = f"@dataclass(frozen=True)\nclass {TARGETS_CLASS}"
_IMPORTS_OF_TARGETS = "|".join(
    ["from dataclasses import dataclass", "from aws_cdk import Stack"]
    + [re.escape(each.statement) for each in _CALLS]
)


@dataclass(frozen=True)
class Named:
    """What the module of targets gives names to.

    Attributes:
        arns: By what stands behind ``targets.``.
        is_given: Whether a stack is given them, as fields; otherwise it imports them itself.
    """

    arns: Mapping[str, str] = field(default_factory=dict)
    is_given: bool = False

    def below(self, owner: str) -> dict[str, str]:
        """The same by the expressions of code in which ``owner`` holds them."""
        return {f"{owner}.{name}": arn for name, arn in self.arns.items()}


@dataclass
class Targets:
    """What the expressions of a stack, or of a function that is given one, can refer to.

    Attributes:
        tokens: What its ``partition``, ``region`` and ``account`` are, if known.
        known: The ARN that each expression stands for.
    """

    stack: str
    tokens: Mapping[str, str | None]
    known: dict[str, str]

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


def import_targets(here: str) -> str:
    """The statement that imports the class; ``here`` is what stands before the module's name."""
    return IMPORT_TARGETS.replace("from ", f"from {here}")


def named_in(file: SourceFile) -> Named:
    """What the module of targets gives names to.

    Raises:
        ExporterError: when it is another module.
    """
    code = Statements(file, file.tree.body)
    while code.take(_IMPORTS_OF_TARGETS):
        pass
    found, body = code.body_of(f"class {TARGETS_CLASS}", _CONFIGURATION)
    read: Callable[[ast.stmt], tuple[str, str] | None] = _field
    if found != _CONFIGURATION:
        _, body = Statements(file, body).body_of("def __init__(self, stack: Stack) -> None")
        read = partial(_imported, stack="stack")
    arns: dict[str, str] = {}
    for node in body:
        pair = read(node)
        if pair is None:
            raise file.refused(node, "here stands what receives events, and its ARN")
        arns[pair[0]] = pair[1]
    return Named(arns, is_given=found == _CONFIGURATION)


def _field(node: ast.stmt) -> tuple[str, str] | None:
    """A field of the configuration dataclass, and its default."""
    match node:
        case ast.AnnAssign(ast.Name(name), ast.Name("str"), ast.Constant(str(value)), 1):
            return name, value
    return None
