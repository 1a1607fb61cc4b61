"""Evaluate CloudFormation's intrinsic functions, as far as a template alone allows.

A value that depends on anything else (another resource's attribute, another stack, a parameter
without a value) becomes an ``Unknown`` with the reason, as deep in the value as possible. The
functions are those of the intrinsic function reference (CloudFormation user guide).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NoReturn

from exporter.formats.cloudformation import attributes, generated_names, parameters
from exporter.formats.cloudformation.names import SET_TYPE
from exporter.formats.cloudformation.serverless import variable_unknown, without_variables
from exporter.formats.cloudformation.template_context import Context, Json, UnknowableError
from exporter.formats.cloudformation.texts import common, joined, literal, text_of
from exporter.formats.code_resource import Unknown
from exporter.formats.unresolved import ANY_NAME

# Values
# --------------------------------------------------------------------------------------------


def resolve(value: Json, context: Context) -> Json:
    """Evaluate every function in a value.

    Returns:
        JSON in which any value may be ``Unknown``; None if nothing is left (``AWS::NoValue``).

    Raises:
        ExporterError: when the evaluation takes too many steps.
    """
    if isinstance(value, str):
        return literal(value)
    if not isinstance(value, dict | list):
        return value
    try:
        with context.deeper():
            context.spend(len(value) + 1)
            if isinstance(value, list):
                return _present(resolve(item, context) for item in value)
            return _resolve_object(value, context)
    except UnknowableError as error:
        return error.unknown


def _resolve_object(value: Mapping[str, Json], context: Context) -> Json:
    function = next((key for key in value if key == "Ref" or key.startswith("Fn::")), None)
    if function is None:
        resolved = {key: resolve(item, context) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not None}
    if len(value) > 1:
        raise UnknowableError(f"{function} has other keys next to it, which cannot be evaluated")
    work = FUNCTIONS.get(function)
    if work is None:
        raise UnknowableError(f"{function} cannot be evaluated")
    return work(value[function], context)


def _present(items: Iterable[Json]) -> list[Json]:
    return [item for item in items if item is not None]


def _list(value: Json, context: Context) -> list[Json]:
    """A literal list, or the list that a function returns; its items may be unknown."""
    resolved = resolve(value, context)
    if isinstance(resolved, Unknown):
        raise UnknowableError(resolved.reason)
    if not isinstance(resolved, list):
        raise UnknowableError("a function needs a list here")
    return resolved


def _arguments(value: Json, function: str, *numbers: int) -> list[Json]:
    if isinstance(value, list) and len(value) in numbers:
        return value
    raise UnknowableError(f"{function} does not have the arguments that it takes")


# References
# ----------------------------------------------------------------------------------------


def _ref(name: Json, context: Context) -> Json:
    if not isinstance(name, str):
        raise UnknowableError("Ref has no name")
    return context.once("Ref", name, _referred)


def _referred(name: str, context: Context) -> Json:
    if name.startswith("AWS::"):
        return parameters.pseudo(name, context)
    if name in context.parameters:
        return parameters.parameter(name, context)
    if name not in context.resources:
        raise UnknowableError(f"refers to {name}, which the template doesn't have")
    kind = context.type_of(name)
    if kind == SET_TYPE:
        return _set_name(name, context)
    if not attributes.is_known_type(kind):
        raise UnknowableError(f"refers to {name}, which cannot be evaluated")
    _refuse_absent(name, context)
    return attributes.ref(name, kind, lambda: _properties(name, context), context)


def _refuse_absent(logical_id: str, context: Context) -> None:
    if is_declared(logical_id, context) is False:
        raise UnknowableError(f"refers to {logical_id}, which its condition leaves out")


def _properties(logical_id: str, context: Context) -> Mapping[str, Json]:
    resolved = resolve(context.resources[logical_id].get("Properties"), context)
    if isinstance(resolved, Unknown):
        raise UnknowableError(resolved.reason, resolved.pattern)
    return resolved if isinstance(resolved, dict) else {}


def _set_name(logical_id: str, context: Context) -> Json:
    """``Ref`` of a configuration set returns its name."""
    _refuse_absent(logical_id, context)
    physical = context.physical_id(logical_id) if context.around.is_deployed else None
    if physical is not None:
        return physical
    try:
        name = _properties(logical_id, context).get("Name")
    except UnknowableError as error:
        name = error.unknown
    if name is None:
        return generated_names.set_name(logical_id, context)
    if not isinstance(name, Unknown):
        return name
    return generated_names.known_set_name(logical_id, context) or name


def _get_att(argument: Json, context: Context) -> Json:
    parts = argument if isinstance(argument, list) else str(argument).split(".", 1)
    parts = [resolve(part, context) for part in parts]
    if len(parts) != 2 or not all(isinstance(part, str) for part in parts):
        raise UnknowableError("refers to an attribute, which cannot be evaluated")
    return context.once("Fn::GetAtt", ".".join(parts), _attribute)


def _attribute(named: str, context: Context) -> Json:
    logical_id, _, name = named.partition(".")
    kind = context.type_of(logical_id)
    if name.startswith("Outputs.") and context.open_nested is not None:
        return _output(name.removeprefix("Outputs."), context.open_nested(logical_id, context))
    if not attributes.is_known_type(kind):
        raise UnknowableError(f"refers to {named}, which cannot be evaluated")
    _refuse_absent(logical_id, context)
    properties = _properties(logical_id, context)
    return attributes.attribute(logical_id, kind, name, lambda: properties, context)


def _output(name: str, nested: Context) -> Json:
    """The value of a nested stack's output."""
    declared = nested.outputs.get(name)
    if not isinstance(declared, dict):
        raise UnknowableError(f"the nested template has no output {name}")
    return resolve(declared.get("Value"), nested)


def _import_value(argument: Json, context: Context) -> Json:
    name = text_of(resolve(argument, context))
    around = context.around
    exported = around.exported(name, around.account_id, around.region)
    if exported is not None and not isinstance(exported, Unknown):
        return exported
    value = around.deployment.imported(name) if around.deployment is not None else None
    if value is not None:
        return literal(value)
    if exported is not None:
        return exported
    raise UnknowableError("it is imported from another stack")


# Texts and lists
# -----------------------------------------------------------------------------------

_PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
_NESTED_PLACEHOLDER = re.compile(r"\$\{[^{}]*\$\{")


def _sub(argument: Json, context: Context) -> Json:
    text, own = (argument, {}) if isinstance(argument, str) else _arguments(argument, "Fn::Sub", 2)
    if not isinstance(text, str) or not isinstance(own, dict):
        raise UnknowableError("Fn::Sub does not have the arguments that it takes")
    if _NESTED_PLACEHOLDER.search(text):
        whole = without_variables(text)
        raise UnknowableError(variable_unknown().reason, getattr(whole, "pattern", ANY_NAME))
    return joined(_substituted(text, own, context))


def _substituted(text: str, own: Mapping[str, Json], context: Context) -> Iterator[Json]:
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        yield text[end : match.start()]
        end = match.end()
        name = match[1]
        context.spend(1)
        if name.startswith("!"):
            yield f"${{{name[1:]}}}"
        elif name in own:
            yield resolve(own[name], context)
        else:
            yield _placeholder(name, context)
    yield text[end:]


def _placeholder(name: str, context: Context) -> Json:
    """The value of a placeholder of ``Fn::Sub``; the rest of the text is known even if it isn't."""
    try:
        if ":" in name and not name.startswith("AWS::"):
            return variable_unknown()
        return _get_att(name, context) if "." in name else _ref(name, context)
    except UnknowableError as error:
        return error.unknown


def _join(argument: Json, context: Context) -> Json:
    delimiter, items = _arguments(argument, "Fn::Join", 2)
    return joined(_list(items, context), text_of(resolve(delimiter, context)))


def _split(argument: Json, context: Context) -> Json:
    delimiter, text = _arguments(argument, "Fn::Split", 2)
    mark = text_of(resolve(delimiter, context))
    if not mark:
        raise UnknowableError("Fn::Split has no delimiter")
    parts = text_of(resolve(text, context)).split(mark)
    context.spend(len(parts))
    return parts


def _select(argument: Json, context: Context) -> Json:
    which, items = _arguments(argument, "Fn::Select", 2)
    number = text_of(resolve(which, context))
    values = _list(items, context)
    if not re.fullmatch(r"[0-9]{1,6}", number) or int(number) >= len(values):
        raise UnknowableError(f"Fn::Select finds no item {number[:20]} in a list of {len(values)}")
    return values[int(number)]


def _find_in_map(argument: Json, context: Context) -> Json:
    name, first, second, *rest = _arguments(argument, "Fn::FindInMap", 3, 4)
    keys = [text_of(resolve(key, context)) for key in (name, first, second)]
    value: Json = context.mappings
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if value is None and rest and isinstance(rest[0], dict) and "DefaultValue" in rest[0]:
        return resolve(rest[0]["DefaultValue"], context)
    if value is None:
        raise UnknowableError(f"the mapping has no {'.'.join(keys)}")
    return resolve(value, context)


# Conditions
# ----------------------------------------------------------------------------------------


def is_created(resource: Mapping[str, Json], context: Context) -> bool | Unknown:
    """Return whether the condition of a resource is true; without one, it is always created."""
    name = resource.get("Condition")
    if name is None:
        return True
    try:
        return _condition(name, context)
    except UnknowableError as error:
        return error.unknown


def is_declared(logical_id: str, context: Context) -> bool | Unknown:
    """Whether the template creates a resource; if that is unknown, whether the stack has it."""
    verdict = is_created(context.resources[logical_id], context)
    deployment = context.around.deployment
    if isinstance(verdict, Unknown) and deployment is not None and context.around.is_deployed:
        has = deployment.has(logical_id)
        return verdict if has is None else has
    return verdict


def _condition(name: Json, context: Context) -> bool | Unknown:
    if not isinstance(name, str):
        raise UnknowableError("its condition has no name")
    verdict: bool | Unknown = context.once("Condition", name, _named_condition)
    return verdict


def _named_condition(name: str, context: Context) -> bool | Unknown:
    if name not in context.conditions:
        raise UnknowableError(f"the template has no condition {name}")
    verdict = _verdict(context.conditions[name], context)
    if isinstance(verdict, Unknown):
        return Unknown(f"the condition {name} is unknown: {verdict.reason}")
    return verdict


def _verdict(value: Json, context: Context) -> bool | Unknown:
    try:
        with context.deeper():
            context.spend(1)
            pairs = list(value.items()) if isinstance(value, dict) else []
            function, argument = pairs[0] if len(pairs) == 1 else ("no function", None)
            test = _TESTS.get(function, _fails(f"{function} in a condition cannot be evaluated"))
            return test(argument, context)
    except UnknowableError as error:
        return error.unknown


def _equals(argument: Json, context: Context) -> bool:
    left, right = (resolve(side, context) for side in _arguments(argument, "Fn::Equals", 2))
    return text_of(left) == text_of(right)


def _all_or_any(decisive: bool, function: str) -> Callable[[Json, Context], bool | Unknown]:
    """``Fn::And`` or ``Fn::Or``: one decisive verdict is enough, whatever the unknown ones are."""

    def work(argument: Json, context: Context) -> bool | Unknown:
        if not isinstance(argument, list) or not argument:
            raise UnknowableError(f"{function} does not have the arguments that it takes")
        verdicts = [_verdict(item, context) for item in argument]
        if decisive in verdicts:
            return decisive
        unknown = (verdict for verdict in verdicts if isinstance(verdict, Unknown))
        return next(unknown, not decisive)

    return work


def _not(argument: Json, context: Context) -> bool | Unknown:
    (inner,) = _arguments(argument, "Fn::Not", 1)
    verdict = _verdict(inner, context)
    return verdict if isinstance(verdict, Unknown) else not verdict


_TESTS: Mapping[str, Callable[[Json, Context], bool | Unknown]] = {
    "Condition": _condition,
    "Fn::And": _all_or_any(False, "Fn::And"),
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::Or": _all_or_any(True, "Fn::Or"),
}
"""The functions of conditions."""


def _if(argument: Json, context: Context) -> Json:
    name, one, other = _arguments(argument, "Fn::If", 3)
    verdict = _condition(name, context)
    if isinstance(verdict, Unknown):
        return _either(resolve(one, context), resolve(other, context), verdict)
    return resolve(one if verdict else other, context)


def _either(one: Json, other: Json, why: Unknown) -> Json:
    """The parts that two branches have in common; the rest is unknown."""
    if one is other or (type(one) is type(other) and one == other):
        return one
    if isinstance(one, dict) and isinstance(other, dict):
        names = [*one, *(name for name in other if name not in one)]
        return {name: _either(one.get(name), other.get(name), why) for name in names}
    if isinstance(one, str) and isinstance(other, str):
        return Unknown(why.reason, pattern=common(one, other))
    return why


def _fails(reason: str) -> Callable[[Json, Context], NoReturn]:
    def work(_argument: Json, _context: Context) -> NoReturn:
        raise UnknowableError(reason)

    return work


_NOT_EVALUATED = ("Fn::Base64", "Fn::Cidr", "Fn::Length", "Fn::ToJsonString")

FUNCTIONS: Mapping[str, Callable[[Json, Context], Json]] = {
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _fails("the availability zones are known at deployment only"),
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::Transform": _fails("Fn::Transform runs a macro at deployment"),
    "Ref": _ref,
    **{name: _fails(f"{name} cannot be evaluated") for name in _NOT_EVALUATED},
}
"""The functions of values; a value with any other is unknown."""
