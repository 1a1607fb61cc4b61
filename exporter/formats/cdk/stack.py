"""Read back the stacks of a CDK export, and the modules that add sets to them."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from exporter.formats.cdk import data_source, target_code
from exporter.formats.cdk.arguments import (
    ARN_ARGUMENTS,
    Argument,
    arguments_of,
    is_of,
    missing_from,
    noun_of,
)
from exporter.formats.cdk.files import Folder, SourceFile, Statements, head, keywords_of, literal
from exporter.formats.cdk.target_code import NamedTargets, Targets
from exporter.formats.cloudformation.template_text import to_api
from exporter.formats.code_resource import CodeResource
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Model

Json = Any

_SET = "CfnConfigurationSet"
_DESTINATION = "CfnEventDestination"
_IMPORT_LINES = frozenset(
    {
        "from typing import Any",
        f"from aws_cdk.aws_ses import {_SET}",
        f"from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as {_DESTINATION}",
        "from constructs import Construct",
    }
    | target_code.IMPORT_LINES
)
_IMPORT = "|".join(
    [
        *map(re.escape, sorted(_IMPORT_LINES)),
        r"from aws_cdk import (?:(?:CfnOutput|CfnResource|CfnTag|RemovalPolicy|Stack)(?:, |$))+",
        target_code.MAP_IMPORT,
    ]
)
_IMPORT_OF_SET = r"from {}(configuration_sets\.\w+) import (add_\w+)"
_INIT = "def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None"
_INIT_WITH_TARGETS = _INIT.replace("**kwargs", "*, targets: SesTargets, **kwargs")
_SUPER = "super().__init__(scope, construct_id, **kwargs)"
_OUTPUTS_OF_DATA = """for resource in self.node.children:
    if isinstance(resource, CfnConfigurationSet):
        name = f'{resource.node.id}Name'
        while self.node.try_find_child(name):
            name += 'Output'
        CfnOutput(self, name, value=resource.ref)"""
_RETAIN = """for resource in self.node.children:
    if isinstance(resource, CfnResource):
        resource.apply_removal_policy(RemovalPolicy.RETAIN)"""
_EXPECTED_CONSTRUCT = "expected a configuration set or an event destination"


def read(
    file: SourceFile, class_name: str, folder: Folder, tokens: Mapping[str, str | None]
) -> Iterator[CodeResource]:
    """Yield the resources of a stack in order.

    Args:
        file: The module of the stack.
        class_name: The stack's class.
        folder: The files of the export.
        tokens: The stack's ``partition``, ``region`` and ``account``, if known.

    Raises:
        ExporterError: when the code has anything that an export does not write.
    """
    code = Statements(file, file.tree.body)
    functions: dict[str, str] = {}
    named = NamedTargets()
    of_set = _IMPORT_OF_SET.format(re.escape(folder.prefix))
    import_targets = target_code.import_targets(folder.prefix)
    import_data = data_source.import_of(folder.prefix)
    is_data = False
    while statement := code.take(f"{_IMPORT}|{re.escape(import_targets)}|{of_set}|{import_data}"):
        if statement[1] is not None:
            functions[statement[2]] = statement[1]
        elif re.fullmatch(import_data, statement[0]):
            is_data = True
        elif statement[0] == import_targets:
            named = target_code.named_in(folder.module(target_code.TARGETS_MODULE, file.name))
    constants = code.constants()
    _, body = code.body_of(f"class {class_name}(Stack)")
    init, *methods = body or [ast.Pass(lineno=1)]
    targets = Targets("self", tokens, {**constants, **named.below("self._targets")})
    begun = _after_targets(file, init, functions, named, targets)
    if is_data:
        yield from data_source.read(begun, folder, targets)
        begun.take(re.escape(_OUTPUTS_OF_DATA))
        _expect_end(begun)
        if methods:
            raise file.refused(methods[0], "unexpected statement after __init__")
        return
    calls = _calls(begun, functions)
    bodies = dict(_method(file, node) for node in methods)
    method_calls = [name for name in calls if name not in functions]
    if method_calls != [*bodies] or len(calls) - len(method_calls) != len(functions):
        what = "__init__ must call each method and imported function once, in order"
        raise file.refused(init, what)
    for name in method_calls:
        yield from _Resources(file, targets).read(bodies[name])
    for name in filter(functions.__contains__, calls):
        module = folder.module(functions[name], file.name)
        of_module = Targets("stack", tokens, named.below("targets"))
        yield from _of_module(module, name, of_module, folder, takes_targets=calls[name])


def _after_targets(
    file: SourceFile,
    init: ast.stmt,
    functions: Mapping[str, str],
    named: NamedTargets,
    targets: Targets,
) -> Statements:
    """The statements of ``__init__`` below those that give the stack its targets."""
    if not isinstance(init, ast.FunctionDef) or init.name != "__init__":
        raise file.refused(init, "expected __init__")
    expected = _INIT_WITH_TARGETS if named.is_passed else _INIT
    if head(init) != expected:
        raise file.refused(init, f"expected {expected}")
    code = Statements(file, init.body)
    code.expect(_SUPER)
    if named.is_passed and not functions:
        code.expect(target_code.KEEP_TARGETS)
    if named.arns and not named.is_passed:
        code.expect(target_code.MAKE_TARGETS)
    while code.left and targets.take_import(code.left[0]):
        del code.left[0]
    return code


def _expect_end(code: Statements) -> None:
    """Check that ``__init__`` ends with the loop that retains all resources."""
    expected = "expected a call that adds a set, or the loop with RemovalPolicy.RETAIN"
    code.need(re.escape(_RETAIN), expected)
    code.end("the loop with RemovalPolicy.RETAIN")


def _calls(code: Statements, functions: Mapping[str, str]) -> dict[str, bool]:
    """The methods and functions that ``__init__`` calls, and whether it passes the targets."""
    calls: dict[str, bool] = {}
    while call := code.take(r"self\.(_add_\w+)\(\)|(add_\w+)\(self(, targets)?\)"):
        name = call[1] or call[2]
        if name in calls:
            raise code.file.refused(code.taken, f"{name} is called twice")
        if call[2] and name not in functions:
            raise code.file.refused(code.taken, f"{name} is not imported")
        calls[name] = call[3] is not None
    _expect_end(code)
    return calls


def _method(file: SourceFile, node: ast.stmt) -> tuple[str, list[ast.stmt]]:
    if isinstance(node, ast.FunctionDef) and head(node) == f"def {node.name}(self) -> None":
        return node.name, node.body
    raise file.refused(node, "expected a method without parameters that adds a set")


def _of_module(
    file: SourceFile, name: str, targets: Targets, folder: Folder, *, takes_targets: bool
) -> Iterator[CodeResource]:
    """The resources that the module of a set adds to the stack that imports it."""
    code = Statements(file, file.tree.body)
    prefix = f"{folder.prefix}." if folder.prefix else ""
    import_targets = re.escape(target_code.import_targets(prefix))
    import_constants = (
        rf"from {re.escape(prefix)}{target_code.TARGETS_MODULE} import ([A-Z0-9_, ]+)"
    )
    while statement := code.take(f"{_IMPORT}|{import_targets}|{import_constants}"):
        if statement[1] is not None:
            known = target_code.constants_in(folder.module(target_code.TARGETS_MODULE, file.name))
            names = statement[1].split(", ")
            targets.known |= {each: known[each] for each in names if each in known}
    arguments = "stack: Stack, targets: SesTargets" if takes_targets else "stack: Stack"
    _, body = code.body_of(f"def {name}({arguments}) -> None")
    yield from _Resources(file, targets).read(body)


class _Resources:
    """Reads the statements that add a set and its destinations to a stack."""

    def __init__(self, file: SourceFile, targets: Targets) -> None:
        self._file = file
        self._targets = targets

    def read(self, body: list[ast.stmt]) -> Iterator[CodeResource]:
        """Yield the resources in order; outputs describe none."""
        own_set: str | None = None
        for statement in body:
            match statement:
                case ast.Assign([ast.Name("configuration_set")], ast.Call() as call) if (
                    own_set is None
                ):
                    resource = self._construct(call, None)
                    if resource.identity.event_destination is not None:
                        raise self._file.refused(statement, f"expected {_SET}")
                    own_set = resource.identity.configuration_set
                    yield resource
                case ast.Expr(ast.Call() as call):
                    if own_set is None or not self._is_output(call):
                        yield self._construct(call, own_set)
                case _:
                    raise self._file.refused(statement, _EXPECTED_CONSTRUCT)

    def _is_output(self, call: ast.Call) -> bool:
        """Whether a call outputs the name of the set."""
        pattern = rf"CfnOutput\({self._targets.stack}, '\w+', value=configuration_set\.ref\)"
        return re.fullmatch(pattern, ast.unparse(call)) is not None

    def _construct(self, call: ast.Call, own_set: str | None) -> CodeResource:
        match call:
            case ast.Call(
                ast.Name(str(kind)),
                [ast.Name(str(receiver)), ast.Constant(str(logical_id))],
                keywords,
            ) if (
                kind in (_SET, _DESTINATION) and receiver == self._targets.stack
            ):
                values = keywords_of(self._file, keywords)
                read = self._set if kind == _SET else self._destination
                return read(call, logical_id, values, own_set)
        raise self._file.refused(call, _EXPECTED_CONSTRUCT)

    def _set(
        self, call: ast.Call, logical_id: str, values: dict[str, ast.expr], _own: str | None
    ) -> CodeResource:
        name = self._name(call, values.pop("name", None))
        api = self._object(values, ConfigurationSet, _SET, _SET)
        return CodeResource(logical_id, self._file.at(call.lineno), Identity(name), api)

    def _destination(
        self, call: ast.Call, logical_id: str, values: dict[str, ast.expr], own_set: str | None
    ) -> CodeResource:
        if set(values) != {"configuration_set_name", "event_destination"}:
            what = f"{_DESTINATION} takes configuration_set_name and event_destination"
            raise self._file.refused(call, what)
        set_node, inner = values["configuration_set_name"], values["event_destination"]
        if ast.unparse(set_node) == "configuration_set.ref" and own_set is not None:
            set_name = own_set
        else:
            set_name = self._name(call, set_node, "configuration_set_name")
        title = "EventDestinationProperty"
        arguments = self._property(inner, f"{_DESTINATION}.{title}")
        name = self._name(inner, arguments.pop("name", None))
        api = self._object(arguments, EventDestination, _DESTINATION, title)
        where = self._file.at(call.lineno)
        return CodeResource(logical_id, where, Identity(set_name, name), api)

    def _name(self, node: ast.expr, value: ast.expr | None, argument: str = "name") -> str:
        name = literal(self._file, value) if value is not None else None
        if not isinstance(name, str) or not name:
            raise self._file.refused(value or node, f"{argument} must be a non-empty string")
        return name

    def _property(self, node: ast.expr, expected: str) -> dict[str, ast.expr]:
        if not isinstance(node, ast.Call) or node.args or ast.unparse(node.func) != expected:
            raise self._file.refused(node, f"expected {expected}(...) with named arguments")
        return keywords_of(self._file, node.keywords)

    def _object(
        self, values: Mapping[str, ast.expr], model: type[Model], construct: str, title: str
    ) -> dict[str, Json]:
        """Arguments in the API's spelling.

        Args:
            values: The arguments of a construct or of a property.
            model: The API's model of it.
            construct: The class of the construct.
            title: The class of the construct or of the property, for messages.
        """
        arguments = arguments_of(model)
        api: dict[str, Json] = {}
        for name, value in values.items():
            if name not in arguments:
                raise self._file.refused(value, f"{name!r} is not an argument of {title}")
            argument = arguments[name]
            if name in ARN_ARGUMENTS:
                api[argument.api_name] = self._targets.value(value)
                continue
            read = self._reader(name, argument, construct)
            if not argument.is_list:
                item = read(value)
            elif isinstance(value, ast.List):
                item = [read(each) for each in value.elts]
            else:
                raise self._file.refused(value, f"{name} must be a list")
            api[argument.api_name] = to_api(item, argument.api_name)
        return api

    def _reader(self, name: str, argument: Argument, construct: str) -> Callable[[ast.expr], Json]:
        """What reads the value of an argument, or an item of its list."""
        model = argument.model
        if model is None:
            return lambda node: self._literal(node, argument, name)
        title = _PROPERTY_CLASSES.get(argument.api_name, f"{argument.api_name}Property")
        path = title if title == "CfnTag" else f"{construct}.{title}"

        def read(node: ast.expr) -> Json:
            values = self._property(node, path)
            if missing := missing_from(values, model):
                raise self._file.refused(node, f"{title} requires {missing[0]}")
            return self._object(values, model, construct, title)

        return read

    def _literal(self, node: ast.expr, argument: Argument, name: str) -> Json:
        value = literal(self._file, node)
        if not is_of(value, argument.kind):
            what = f"an item of {name}" if argument.is_list else name
            raise self._file.refused(node, f"{what} must be {noun_of(argument.kind)}")
        return value


_PROPERTY_CLASSES = {
    "DimensionConfigurations": "DimensionConfigurationProperty",
    "Tags": "CfnTag",
}
"""The classes of properties that aren't named after their argument."""
