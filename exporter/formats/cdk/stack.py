"""The stacks of our own CDK export, and the modules that add sets to them."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from exporter.formats.cdk import target_code
from exporter.formats.cdk.files import Folder, SourceFile, Statements, constant, head, keywords_of
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
_IMPORT = "|".join([*map(re.escape, sorted(_IMPORTS)), target_code.MAP_IMPORT])
_IMPORT_OF_SET = r"from {}(configuration_sets\.\w+) import (add_\w+)"
_INIT = "def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None"
_INIT_WITH_TARGETS = _INIT.replace("**kwargs", "*, targets: SesTargets, **kwargs")
_SUPER = "super().__init__(scope, construct_id, **kwargs)"
_RETAIN = """for resource in self.node.children:
    if isinstance(resource, CfnResource):
        resource.apply_removal_policy(RemovalPolicy.RETAIN)"""


def read(
    file: SourceFile, class_name: str, folder: Folder, tokens: Mapping[str, str | None]
) -> Iterator[CodeResource]:
    """The resources of a stack's module, in order.

    Raises:
        ExporterError: when it holds anything that our export does not write.
    """
    code = Statements(file, file.tree.body)
    functions: dict[str, str] = {}
    named = Named()
    of_set = _IMPORT_OF_SET.format(re.escape(folder.here))
    import_targets = target_code.import_targets(folder.here)
    while found := code.take(f"{_IMPORT}|{re.escape(import_targets)}|{of_set}"):
        if found[1] is not None:
            functions[found[2]] = found[1]
        elif found[0] == import_targets:
            named = target_code.named_in(folder.module(target_code.TARGETS_MODULE, file.name))
    _, body = code.body_of(f"class {class_name}(Stack)")
    init, *methods = body or [ast.Pass(lineno=1)]
    targets = Targets("self", tokens, named.below("self._targets"))
    calls = _calls(file, init, functions, named, targets)
    bodies = dict(_method(file, node) for node in methods)
    own = [name for name in calls if name not in functions]
    if own != [*bodies] or len(calls) - len(own) != len(functions):
        raise file.refused(init, "__init__ calls every method once, in order")
    for name in own:
        yield from _Resources(file, targets).read(bodies[name])
    for name in filter(functions.__contains__, calls):
        module = folder.module(functions[name], file.name)
        given = Targets("stack", tokens, named.below("targets"))
        above = f"{folder.here}." if folder.here else ""
        yield from _of_module(module, name, given, above, takes_targets=calls[name])


def _calls(
    file: SourceFile, init: ast.stmt, functions: Mapping[str, str], named: Named, targets: Targets
) -> dict[str, bool]:
    """The methods and functions that ``__init__`` calls, and whether with the targets."""
    if not isinstance(init, ast.FunctionDef) or init.name != "__init__":
        raise file.refused(init, "here stands __init__")
    if head(init) != (_INIT_WITH_TARGETS if named.is_given else _INIT):
        raise file.refused(init, "__init__ is another one")
    code = Statements(file, init.body)
    code.expect(_SUPER)
    if named.is_given and not functions:
        code.expect(target_code.KEEP_TARGETS)
    if named.arns and not named.is_given:
        code.expect(target_code.MAKE_TARGETS)
    while code.left and targets.take_import(code.left[0]):
        del code.left[0]
    found: dict[str, bool] = {}
    while call := code.take(r"self\.(_add_\w+)\(\)|(add_\w+)\(self(, targets)?\)"):
        name = call[1] or call[2]
        if name in found or (call[2] and name not in functions):
            raise file.refused(code.taken, "__init__ calls what is imported or stands below, once")
        found[name] = call[3] is not None
    code.need(re.escape(_RETAIN), "__init__ calls nothing else than the methods below")
    if code.left:
        raise code.refused("__init__ ends above")
    return found


def _method(file: SourceFile, node: ast.stmt) -> tuple[str, list[ast.stmt]]:
    if isinstance(node, ast.FunctionDef) and head(node) == f"def {node.name}(self) -> None":
        return node.name, node.body
    raise file.refused(node, "here stands a method that adds a set")


def _of_module(
    file: SourceFile, name: str, targets: Targets, above: str, *, takes_targets: bool
) -> Iterator[CodeResource]:
    """What the module of a set adds to the stack; ``above`` leads from it to the targets."""
    code = Statements(file, file.tree.body)
    import_targets = re.escape(target_code.import_targets(above))
    while code.take(f"{_IMPORT}|{import_targets}"):
        pass
    arguments = "stack: Stack, targets: SesTargets" if takes_targets else "stack: Stack"
    _, body = code.body_of(f"def {name}({arguments}) -> None")
    yield from _Resources(file, targets).read(body)


class _Resources:
    """The statements that add a set and its destinations to a stack."""

    def __init__(self, file: SourceFile, targets: Targets) -> None:
        self._file = file
        self._targets = targets

    def read(self, body: list[ast.stmt]) -> Iterator[CodeResource]:
        own_set: str | None = None
        for statement in body:
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
