"""Our own CDK export to what it describes, read without running it.

Only the statements of ``templates/cdk`` are understood, as they were written: what any other
Python does, only its synthesis can tell.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import Any, get_args, get_origin, get_type_hints

from exporter import wire
from exporter.errors import ExporterError
from exporter.loaders import cdk_targets
from exporter.loaders.cdk_targets import Named, Targets
from exporter.loaders.cloudformation import to_api
from exporter.loaders.code import Described, Loaded
from exporter.loaders.template import joined
from exporter.models import ConfigurationSet, EventDestination, Model
from exporter.naming import Identity

Json = Any

_ADVICE = "where it was edited, synthesize it (npx aws-cdk@2 synth) and name its cdk.out instead"

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
    | cdk_targets.IMPORT_LINES
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


def load(files: Mapping[str, str], partition: str | None = None) -> Loaded:
    """What an untouched CDK export describes.

    Args:
        files: Its files by path, ``app.py`` and the modules beside and below it among them.
        partition: What it is for, where it does not say it.

    Raises:
        ExporterError: when a file is missing, or holds anything that our export does not write.
    """
    apps = [name for name in files if PurePosixPath(name).name == "app.py"]
    if len(apps) != 1:
        said = "no app.py" if not apps else f"{len(apps)} files app.py"
        raise ExporterError(f"not a CDK export of ours: {said}", hint=_ADVICE)
    try:
        return _load(files, apps[0], partition)
    except RecursionError:
        # A sum of thousands of terms is valid Python, and as deep as it is long.
        where = str(PurePosixPath(apps[0]).parent)
        raise ExporterError("nested too deeply", where=where, hint=_ADVICE) from None


def _load(files: Mapping[str, str], app_name: str, partition: str | None) -> Loaded:
    app = _App(_parsed(files, app_name))
    app.read()
    folder = _Folder(files, PurePosixPath(app_name).parent)
    tokens = {"partition": partition, "region": app.region, "account": app.account_id}
    parts = [Loaded((), (), app.account_id, app.region)]
    for module, class_name in app.stacks:
        stack = _Stack(folder.module(module, app_name), class_name, folder, tokens)
        parts.append(Loaded(tuple(stack.read()), (), app.account_id, app.region))
    return joined(parts)


@dataclass(frozen=True)
class _Folder:
    """What ``app.py`` stands in."""

    files: Mapping[str, str]
    path: PurePosixPath

    def module(self, module: str, importer: str) -> "_File":
        """A module that another one imports."""
        name = str(self.path / f"{module.replace('.', '/')}.py")
        if name not in self.files:
            raise ExporterError(f"{importer} imports {module}, which is missing", where=name)
        return _parsed(self.files, name)

    def targets(self, importer: str) -> Named:
        """What the module of targets names."""
        file = self.module(cdk_targets.TARGETS_MODULE, importer)
        found = cdk_targets.named_in(file.body())
        if found is None:
            raise file.refused(file.tree, f"here stands {cdk_targets.TARGETS_CLASS}, and its ARNs")
        return found


@dataclass(frozen=True)
class _File:
    """A parsed module."""

    name: str
    tree: ast.Module

    def refused(self, node: ast.AST, what: str) -> ExporterError:
        """That a statement is none of ours."""
        line = getattr(node, "lineno", 1)
        return ExporterError(f"not as ses2iac writes it: {what}", where=self.at(line), hint=_ADVICE)

    def at(self, line: int) -> str:
        """A line of the module."""
        return f"{self.name}:{line}"

    def expect(self, node: ast.AST, text: str) -> None:
        """That a statement is this one."""
        if ast.unparse(node) != text:
            raise self.refused(node, f"here stands {text.splitlines()[0]!r}")

    def body(self) -> list[ast.stmt]:
        """The statements below the docstring."""
        return _without_docstring(self.tree.body)


def _parsed(files: Mapping[str, str], name: str) -> _File:
    try:
        return _File(name, ast.parse(files[name]))
    except SyntaxError as error:
        where = f"{name}:{error.lineno or 1}"
        raise ExporterError(f"not Python: {error.msg}", where=where, hint=_ADVICE) from None
    except ValueError as error:
        raise ExporterError(f"not Python: {error}", where=name, hint=_ADVICE) from None
    except (RecursionError, MemoryError):
        raise ExporterError("nested too deeply", where=name, hint=_ADVICE) from None


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(ast.Constant(str())), *rest]:
            return rest
    return body


# app.py
# --------------------------------------------------------------------------------------------


@dataclass
class _App:
    """The app: which stacks there are, and where they go."""

    file: _File
    account_id: str | None = None
    region: str | None = None
    has_targets: bool = False
    stacks: list[tuple[str, str]] = field(default_factory=list)
    _imported: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        """Take it apart; every statement must be one of ours, in our order."""
        statements = iter(self.file.body())
        self._is(next(statements, None), "import aws_cdk as cdk")
        statement = next(statements, None)
        while isinstance(statement, ast.ImportFrom):
            if ast.unparse(statement) == cdk_targets.IMPORT_TARGETS:
                self.has_targets = True
            else:
                self._import(statement)
            statement = next(statements, None)
        self._is(statement, "app = cdk.App()")
        self._environment(next(statements, None))
        if self.has_targets:
            self._is(next(statements, None), f"targets = {cdk_targets.TARGETS_CLASS}()")
        statement = next(statements, None)
        while statement is not None and ast.unparse(statement) != "app.synth()":
            self._stack(statement)
            statement = next(statements, None)
        self._is(statement, "app.synth()")
        for more in statements:
            raise self.file.refused(more, "nothing stands below app.synth()")
        if len(self.stacks) != len(self._imported):
            raise self.file.refused(self.file.tree, "every stack that is imported is made, once")

    def _is(self, node: ast.stmt | None, text: str) -> None:
        if node is None:
            raise self.file.refused(self.file.tree, f"{text!r} is missing")
        self.file.expect(node, text)

    def _import(self, node: ast.ImportFrom) -> None:
        match node:
            case ast.ImportFrom(str(module), [ast.alias(str(name), None)], 0):
                if re.fullmatch(r"ses_stack\w*", module) and name not in self._imported:
                    self._imported[name] = module
                    return
        raise self.file.refused(node, "an import of something else than our stacks")

    def _environment(self, node: ast.stmt | None) -> None:
        match node:
            case ast.Assign(
                [ast.Name("environment")],
                ast.Call(ast.Attribute(ast.Name("cdk"), "Environment"), [], keywords),
            ):
                values = _keywords(self.file, keywords)
                texts = {
                    name: _constant(self.file, _default(name, value))
                    for name, value in values.items()
                }
                if set(texts) in ({"account", "region"}, {"region"}) and all(
                    isinstance(text, str) for text in texts.values()
                ):
                    self.account_id = texts.get("account")
                    self.region = texts["region"]
                    return
        raise self.file.refused(node or self.file.tree, "here stands the environment")

    def _stack(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(
                ast.Call(
                    ast.Name(name),
                    [ast.Name("app"), ast.Constant(str())],
                    [*targets, ast.keyword("env", ast.Name("environment"))],
                )
            ) if name in self._imported and [ast.unparse(each) for each in targets] == (
                ["targets=targets"] if self.has_targets else []
            ):
                self.stacks.append((self._imported[name], name))
                return
        raise self.file.refused(node, "here a stack is made")


def _default(name: str, node: ast.expr) -> ast.expr:
    """What a value of the environment is when the app's context does not give another."""
    match node:
        case ast.BoolOp(ast.Or(), [given, default]) if (
            ast.unparse(given) == f"app.node.try_get_context('{name}')"
        ):
            return default
    return node


# Stacks
# --------------------------------------------------------------------------------------------


class _Stack:
    """The module of one stack."""

    def __init__(
        self, file: _File, class_name: str, folder: _Folder, tokens: Mapping[str, str | None]
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

    def read(self) -> Iterator[Described]:
        """The resources, in order."""
        *imports, last = self._file.body() or [ast.Pass(lineno=1)]
        for node in imports:
            self._import(node)
        if not isinstance(last, ast.ClassDef) or last.name != self._class_name:
            raise self._file.refused(last, f"here stands the class {self._class_name}")
        head = ast.unparse(ast.ClassDef(last.name, last.bases, last.keywords, [ast.Pass()], []))
        if head != f"class {self._class_name}(Stack):\n    pass" or last.decorator_list:
            raise self._file.refused(last, f"here stands class {self._class_name}(Stack)")
        body = _without_docstring(last.body)
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
        elif text == cdk_targets.IMPORT_TARGETS:
            self._named = self._folder.targets(self._file.name)
            self._targets.take("self._targets", self._named)
            self._given.take("targets", self._named)
        elif text not in _IMPORTS and not cdk_targets.MAP_IMPORT.fullmatch(text):
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
            self._file.expect(calls.pop(0) if calls else last, cdk_targets.KEEP_TARGETS)
        if self._named.names and not is_given:
            self._file.expect(calls.pop(0) if calls else last, cdk_targets.MAKE_TARGETS)
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
    file: _File, name: str, targets: Targets, *, takes_targets: bool
) -> Iterator[Described]:
    """What the module of a set adds to the stack that imports it."""
    *imports, last = file.body() or [ast.Pass(lineno=1)]
    for node in imports:
        text = ast.unparse(node)
        if text not in _IMPORTS and not cdk_targets.MAP_IMPORT.fullmatch(text):
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

    def __init__(self, file: _File, targets: Targets) -> None:
        self._file = file
        self._targets = targets

    def read(self, method: ast.FunctionDef) -> Iterator[Described]:
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

    def _construct(self, call: ast.Call, own_set: str | None) -> Described:
        match call:
            case ast.Call(
                ast.Name(str(kind)),
                [ast.Name(str(receiver)), ast.Constant(str(logical_id))],
                keywords,
            ) if (
                kind in (_SET, _DESTINATION) and receiver == self._targets.stack
            ):
                values = _keywords(self._file, keywords)
                read = self._set if kind == _SET else self._destination
                return read(call, logical_id, values, own_set)
        raise self._file.refused(call, "here a set or a destination is made")

    def _set(
        self, call: ast.Call, logical_id: str, values: dict[str, ast.expr], _own: str | None
    ) -> Described:
        name = self._name(call, values.pop("name", None))
        if {"options_known", "event_destinations"} & set(values):
            raise self._file.refused(call, "a set has no such argument")
        api = self._object(values, ConfigurationSet, _SET)
        return Described(logical_id, self._file.at(call.lineno), Identity(name), api)

    def _destination(
        self, call: ast.Call, logical_id: str, values: dict[str, ast.expr], own_set: str | None
    ) -> Described:
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
        return Described(logical_id, where, Identity(set_name, name), api)

    def _name(self, node: ast.expr, value: ast.expr | None) -> str:
        name = _constant(self._file, value) if value is not None else None
        if not isinstance(name, str) or not name:
            raise self._file.refused(value or node, "a name is a text")
        return name

    def _property(self, node: ast.expr, expected: str) -> dict[str, ast.expr]:
        """The arguments of a property's class."""
        if not isinstance(node, ast.Call) or node.args or ast.unparse(node.func) != expected:
            raise self._file.refused(node, f"here stands {expected}")
        return _keywords(self._file, node.keywords)

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
            if name in cdk_targets.ARN_ARGUMENTS:
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
            return lambda node: _constant(self._file, node)
        inner = below
        kind = _IRREGULAR.get(api_name, f"{owner}.{api_name}Property").format(owner)
        return lambda node: self._object(self._property(node, kind), inner, owner)


_IRREGULAR = {"DimensionConfigurations": "{}.DimensionConfigurationProperty", "Tags": "CfnTag"}


@cache
def _fields(model: type[Model]) -> dict[str, tuple[str, type[Model] | None, bool]]:
    """Each field of a model: its API name, the model below it, and whether it is a list."""
    hints = get_type_hints(model)
    found = {}
    for info in wire.fields_of(model):
        hint = hints[info.name]
        options = get_args(hint) or (hint,)
        first = options[0]
        many = get_origin(hint) is tuple or get_origin(first) is tuple
        inner = get_args(first)[0] if get_origin(first) is tuple else first
        is_model = isinstance(inner, type) and issubclass(inner, Model)
        found[info.name] = (info.encode_name, inner if is_model else None, many)
    return found


def _keywords(file: _File, keywords: list[ast.keyword]) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for keyword in keywords:
        if keyword.arg is None or keyword.arg in found:
            raise file.refused(keyword.value, "an argument without a name, or one that comes twice")
        found[keyword.arg] = keyword.value
    return found


def _constant(file: _File, node: ast.expr) -> Json:
    """A text, number or truth value that is written out."""
    match node:
        case ast.Constant(value) if isinstance(value, str | int):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int(value))):
            return -value
    raise file.refused(node, f"{ast.unparse(node)[:60]!r} is not written out")
