"""The stacks of our own CDK export, and the modules that add sets to them."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from exporter.formats.cdk import target_code
from exporter.formats.cdk.files import Folder, SourceFile, constant, keywords_of, without_docstring
from exporter.formats.cdk.target_code import Named, Targets
from exporter.formats.cloudformation.template_text import to_api
from exporter.formats.code_resource import CodeResource
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Model

Json = Any

_SET = "CfnConfigurationSet"
_DESTINATION = "CfnEventDestination"
_IMPORTS = frozenset(
    {
        "from typing import Any",
        "from aws_cdk import CfnResource, CfnTag, RemovalPolicy, Stack",
        "from aws_cdk import CfnResource, RemovalPolicy, Stack",
        "from aws_cdk import CfnTag, Stack",
        "from aws_cdk import Stack",
        f"from aws_cdk.aws_ses import {_SET}",
        f"from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as {_DESTINATION}",
        "from constructs import Construct",
    }
    | target_code.IMPORT_LINES
)
_IMPORT_OF_SET = r"from (configuration_sets\.\w+) import (add_\w+)"
_INIT = "self, scope: Construct, construct_id: str, **kwargs: Any"
_INIT_WITH_TARGETS = (
    "self, scope: Construct, construct_id: str, *, targets: SesTargets, **kwargs: Any"
)
_SUPER = "super().__init__(scope, construct_id, **kwargs)"
_RETAIN = """for resource in self.node.children:
    if isinstance(resource, CfnResource):
        resource.apply_removal_policy(RemovalPolicy.RETAIN)"""


class StackModule:
    """The module of one stack."""

    def __init__(
        self, file: SourceFile, class_name: str, folder: Folder, tokens: Mapping[str, str | None]
    ) -> None:
        self._file = file
        self._class_name = class_name
        self._folder = folder
        self._functions: dict[str, str] = {}
        self._named = Named()
        self._targets = Targets("self", tokens)
        """In the methods of the class."""
        self._given = Targets("stack", tokens)
        """In the functions of modules."""

    def read(self) -> Iterator[CodeResource]:
        """The resources, in order."""
        *imports, last = self._file.body() or [ast.Pass(lineno=1)]
        for node in imports:
            self._import(node)
        if not isinstance(last, ast.ClassDef) or last.name != self._class_name:
            raise self._file.refused(last, f"here stands the class {self._class_name}")
        head = ast.unparse(ast.ClassDef(last.name, last.bases, last.keywords, [ast.Pass()], []))
        if head != f"class {self._class_name}(Stack):\n    pass" or last.decorator_list:
            raise self._file.refused(last, f"here stands class {self._class_name}(Stack)")
        body = without_docstring(last.body)
        init, *methods = body or [ast.Pass(lineno=last.lineno)]
        called = self._init(init)
        names = [self._method_name(node) for node in methods]
        own = [name for name in called if name not in self._functions]
        if own != names or len(called) - len(own) != len(self._functions):
            raise self._file.refused(init, "__init__ calls every method once, in order")
        for method in methods:
            assert isinstance(method, ast.FunctionDef)
            yield from _Resources(self._file, self._targets).read(method)
        for name in called:
            if name in self._functions:
                module = self._folder.module(self._functions[name], self._file.name)
                takes_targets = called[name]
                yield from _set_module(module, name, self._given, takes_targets=takes_targets)

    def _import(self, node: ast.stmt) -> None:
        text = ast.unparse(node)
        function = re.fullmatch(_IMPORT_OF_SET, text)
        if function is not None:
            self._functions[function[2]] = function[1]
        elif text == target_code.IMPORT_TARGETS:
            self._named = self._folder.targets(self._file.name)
            self._targets.take("self._targets", self._named)
            self._given.take("targets", self._named)
        elif text not in _IMPORTS and not target_code.MAP_IMPORT.fullmatch(text):
            raise self._file.refused(node, "an import or a statement of its own")

    def _init(self, node: ast.stmt) -> dict[str, bool]:
        """The methods and functions that ``__init__`` calls, and whether with the targets."""
        if not isinstance(node, ast.FunctionDef) or node.name != "__init__":
            raise self._file.refused(node, "here stands __init__")
        is_given = self._named.is_given
        arguments = _INIT_WITH_TARGETS if is_given else _INIT
        if ast.unparse(node.args) != arguments or node.decorator_list or len(node.body) < 2:
            raise self._file.refused(node, "__init__ is another one")
        first, *calls, last = node.body
        self._file.expect(first, _SUPER)
        self._file.expect(last, _RETAIN)
        if is_given and not self._functions:
            self._file.expect(calls.pop(0) if calls else last, target_code.KEEP_TARGETS)
        if self._named.names and not is_given:
            self._file.expect(calls.pop(0) if calls else last, target_code.MAKE_TARGETS)
        while calls and self._targets.take_import(calls[0]):
            del calls[0]
        found: dict[str, bool] = {}
        for call in calls:
            text = ast.unparse(call)
            method = re.fullmatch(r"self\.(_add_\w+)\(\)", text)
            function = re.fullmatch(r"(add_\w+)\(self(, targets)?\)", text)
            if method is not None and method[1] not in found:
                found[method[1]] = False
            elif function is not None and function[1] in {*self._functions} - {*found}:
                found[function[1]] = function[2] is not None
            else:
                raise self._file.refused(call, "__init__ calls nothing else than the methods below")
        return found

    def _method_name(self, node: ast.stmt) -> str:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list:
            returns = node.returns is not None and ast.unparse(node.returns) == "None"
            if ast.unparse(node.args) == "self" and returns:
                return node.name
        raise self._file.refused(node, "here stands a method that adds a set")


def _set_module(
    file: SourceFile, name: str, targets: Targets, *, takes_targets: bool
) -> Iterator[CodeResource]:
    """What the module of a set adds to the stack that imports it."""
    *imports, last = file.body() or [ast.Pass(lineno=1)]
    for node in imports:
        text = ast.unparse(node)
        if text not in _IMPORTS and not target_code.MAP_IMPORT.fullmatch(text):
            raise file.refused(node, "an import or a statement of its own")
    if not isinstance(last, ast.FunctionDef) or last.name != name or last.decorator_list:
        raise file.refused(last, f"here stands the function {name}")
    returns = last.returns is not None and ast.unparse(last.returns) == "None"
    arguments = "stack: Stack, targets: SesTargets" if takes_targets else "stack: Stack"
    if ast.unparse(last.args) != arguments or not returns:
        raise file.refused(last, f"{name} is another one")
    yield from _Resources(file, targets).read(last)


class _Resources:
    """The statements that add a set and its destinations to a stack.

    Args:
        file: Where they stand.
        targets: What the expressions there can refer to, and what the stack is called.
    """

    def __init__(self, file: SourceFile, targets: Targets) -> None:
        self._file = file
        self._targets = targets

    def read(self, method: ast.FunctionDef) -> Iterator[CodeResource]:
        """The resources of one set, in order."""
        own_set: str | None = None
        for statement in method.body:
            match statement:
                case ast.Assign([ast.Name("configuration_set")], ast.Call() as call) if (
                    own_set is None
                ):
                    found = self._construct(call, None)
                    if found.identity.event_destination is not None:
                        raise self._file.refused(statement, "here a set is made")
                    own_set = found.identity.configuration_set
                case ast.Expr(ast.Call() as call):
                    found = self._construct(call, own_set)
                case _:
                    raise self._file.refused(statement, "here a set or a destination is made")
            yield found

    def _construct(self, call: ast.Call, own_set: str | None) -> CodeResource:
        match call:
            case ast.Call(
                ast.Name(str(kind)),
                [ast.Name(str(receiver)), ast.Constant(str(logical_id))],
                keywords,
            ) if kind in (_SET, _DESTINATION) and receiver == self._targets.stack:
                values = keywords_of(self._file, keywords)
                read = self._set if kind == _SET else self._destination
                return read(call, logical_id, values, own_set)
        raise self._file.refused(call, "here a set or a destination is made")

    def _set(
        self, call: ast.Call, logical_id: str, values: dict[str, ast.expr], _own: str | None
    ) -> CodeResource:
        name = self._name(call, values.pop("name", None))
        if {"options_known", "event_destinations"} & set(values):
            raise self._file.refused(call, "a set has no such argument")
        api = self._object(values, ConfigurationSet, _SET)
        return CodeResource(logical_id, self._file.at(call.lineno), Identity(name), api)

    def _destination(
        self, call: ast.Call, logical_id: str, values: dict[str, ast.expr], own_set: str | None
    ) -> CodeResource:
        if set(values) != {"configuration_set_name", "event_destination"}:
            raise self._file.refused(call, "a destination has its set and its definition")
        set_node, inner = values["configuration_set_name"], values["event_destination"]
        if ast.unparse(set_node) == "configuration_set.ref" and own_set is not None:
            set_name = own_set
        else:
            set_name = self._name(call, set_node)
        owner = f"{_DESTINATION}.EventDestinationProperty"
        arguments = self._property(inner, owner)
        name = self._name(inner, arguments.pop("name", None))
        api = self._object(arguments, EventDestination, _DESTINATION)
        where = self._file.at(call.lineno)
        return CodeResource(logical_id, where, Identity(set_name, name), api)

    def _name(self, node: ast.expr, value: ast.expr | None) -> str:
        name = constant(self._file, value) if value is not None else None
        if not isinstance(name, str) or not name:
            raise self._file.refused(value or node, "a name is a text")
        return name

    def _property(self, node: ast.expr, expected: str) -> dict[str, ast.expr]:
        """The arguments of a property's class."""
        if not isinstance(node, ast.Call) or node.args or ast.unparse(node.func) != expected:
            raise self._file.refused(node, f"here stands {expected}")
        return keywords_of(self._file, node.keywords)

    def _object(
        self, values: Mapping[str, ast.expr], model: type[Model], owner: str
    ) -> dict[str, Json]:
        """Arguments in the API's spelling; they have the names of the models' fields."""
        fields = _fields(model)
        found: dict[str, Json] = {}
        for name, value in values.items():
            if name not in fields:
                raise self._file.refused(value, f"{name} is no argument of ours")
            api_name, below, many = fields[name]
            if name in target_code.ARN_ARGUMENTS:
                found[api_name] = self._targets.value(value)
                continue
            read = self._reader(api_name, below, owner)
            if many and not isinstance(value, ast.List):
                raise self._file.refused(value, f"{name} is a list")
            api = (
                [read(each) for each in value.elts] if isinstance(value, ast.List) else read(value)
            )
            found[api_name] = to_api(api, api_name)
        return found

    def _reader(
        self, api_name: str, below: type[Model] | None, owner: str
    ) -> Callable[[ast.expr], Json]:
        """What reads one value of a field."""
        if below is None:
            return lambda node: constant(self._file, node)
        inner = below
        kind = _IRREGULAR.get(api_name, f"{owner}.{api_name}Property").format(owner)
        return lambda node: self._object(self._property(node, kind), inner, owner)


_IRREGULAR = {"DimensionConfigurations": "{}.DimensionConfigurationProperty", "Tags": "CfnTag"}


@cache
def _fields(model: type[Model]) -> dict[str, tuple[str, type[Model] | None, bool]]:
    """Each field of a model: its API name, the model below it, and whether it is a list."""
    hints = get_type_hints(model)
    found = {}
    for info in codec.fields_of(model):
        hint = hints[info.name]
        options = get_args(hint) or (hint,)
        first = options[0]
        many = get_origin(hint) is tuple or get_origin(first) is tuple
        inner = get_args(first)[0] if get_origin(first) is tuple else first
        is_model = isinstance(inner, type) and issubclass(inner, Model)
        found[info.name] = (info.encode_name, inner if is_model else None, many)
    return found
