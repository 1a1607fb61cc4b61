"""CloudFormation's intrinsic functions, evaluated as far as a template alone allows.

What depends on anything else (another resource's attribute, another stack, a parameter without a
value) becomes an ``Unknown`` that says why, at the deepest place possible. The functions are those
of the intrinsic function reference of the CloudFormation user guide.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NoReturn

from exporter.formats.cloudformation.template_context import Context, Json, UnknowableError
from exporter.formats.code_resource import Unknown
from exporter.model.resources import partition_of

_LONGEST = 100_000
"""Characters of a text that functions make; no property of SES is near."""

# Values
# --------------------------------------------------------------------------------------------


def resolve(value: Json, context: Context) -> Json:
    """A value with every function evaluated.

    Returns:
        JSON with ``Unknown`` leaves; None when nothing is left (``AWS::NoValue``).

    Raises:
        ExporterError: when the template is too much to evaluate.
    """
    if isinstance(value, str):
        return _literal(value)
    if not isinstance(value, dict | list):
        return value
    try:
        with context.deeper():
            context.spend(len(value) + 1)
            if isinstance(value, list):
                return _present(resolve(item, context) for item in value)
            return _resolve_object(value, context)
    except UnknowableError as error:
        return Unknown(str(error))


def _resolve_object(value: Mapping[str, Json], context: Context) -> Json:
    function = next((key for key in value if key == "Ref" or key.startswith("Fn::")), None)
    if function is None:
        resolved = {key: resolve(item, context) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not None}
    if len(value) > 1:
        raise UnknowableError(f"{function} stands among other keys, which cannot be evaluated")
    work = FUNCTIONS.get(function)
    if work is None:
        raise UnknowableError(f"{function} cannot be evaluated")
    return work(value[function], context)


def _present(items: Iterable[Json]) -> list[Json]:
    return [item for item in items if item is not None]


def _literal(text: str) -> str | Unknown:
    if "{{resolve:" in text:
        return Unknown("a dynamic reference is looked up at deployment")
    return text


def _text(value: Json) -> str:
    """A resolved value as CloudFormation puts it into a text."""
    if isinstance(value, Unknown):
        raise UnknowableError(value.reason)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise UnknowableError("a function takes a text where something else stands")


def _list(value: Json, context: Context) -> list[Json]:
    """A list that is written out or that a function makes; its items may be unknown."""
    resolved = resolve(value, context)
    if isinstance(resolved, Unknown):
        raise UnknowableError(resolved.reason)
    if not isinstance(resolved, list):
        raise UnknowableError("a function takes a list where something else stands")
    return resolved


def _joined(parts: Iterable[str], delimiter: str = "") -> Json:
    kept: list[str] = []
    length = 0
    for part in parts:
        kept.append(part)
        length += len(part) + len(delimiter)
        if length > _LONGEST:
            raise UnknowableError(f"it is a text of more than {_LONGEST:,} characters")
    return _literal(delimiter.join(kept))


def _arguments(value: Json, function: str, *numbers: int) -> list[Json]:
    if isinstance(value, list) and len(value) in numbers:
        return value
    raise UnknowableError(f"{function} does not have the arguments that it takes")


# References
# ----------------------------------------------------------------------------------------


def _ref(name: Json, context: Context) -> Json:
    if not isinstance(name, str):
        raise UnknowableError("Ref does not name anything")
    return context.once("Ref", name, _referred)


def _referred(name: str, context: Context) -> Json:
    if name.startswith("AWS::"):
        return _pseudo(name, context)
    if name in context.parameters:
        return _parameter(name, context)
    if name in context.sets:
        return _set_name(name, context)
    if name in context.declared:
        raise UnknowableError(f"refers to {name}, which cannot be evaluated")
    raise UnknowableError(f"refers to {name}, which the template does not have")


def _parameter(name: str, context: Context) -> Json:
    declared = context.parameters[name]
    if not isinstance(declared, dict):
        raise UnknowableError(f"the parameter {name} is not declared as one")
    kind = str(declared.get("Type", "String"))
    if kind.startswith("AWS::SSM::Parameter::Value"):
        raise UnknowableError(f"the parameter {name} is looked up in SSM")
    value: Json = context.given.get(name)
    if value is None and str(declared.get("NoEcho", "")).lower() == "true":
        # A stack does not tell it, and it need not be the default.
        raise UnknowableError(f"the parameter {name} is hidden (NoEcho)")
    if value is None:
        value = declared.get("Default")
    if value is None:
        raise UnknowableError(f"the parameter {name} has no default")
    text = _text(value)
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [_literal(item.strip()) for item in text.split(",")]
    return _literal(text)


def _set_name(logical_id: str, context: Context) -> Json:
    """``Ref`` of a configuration set gives its name."""
    declared = context.sets[logical_id]
    if is_there(declared, context) is False:
        raise UnknowableError(f"refers to {logical_id}, which its condition leaves out")
    properties = resolve(declared.get("Properties"), context)
    if isinstance(properties, Unknown):
        return properties
    name = properties.get("Name") if isinstance(properties, dict) else None
    if name is None:
        raise UnknowableError(f"{logical_id} has no Name, so CloudFormation makes one up")
    return name


def _account_id(context: Context) -> str:
    if context.account_id is None:
        raise UnknowableError("the account is not known")
    return context.account_id


def _region(context: Context) -> str:
    if context.region is None:
        raise UnknowableError("the region is not known")
    return context.region


_URL_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
}


def _url_suffix(context: Context) -> str:
    partition = partition_of(_region(context))
    if partition not in _URL_SUFFIXES:
        raise UnknowableError(f"the URL suffix of {partition} is not known")
    return _URL_SUFFIXES[partition]


_PSEUDO: Mapping[str, Callable[[Context], Json]] = {
    "AWS::AccountId": _account_id,
    "AWS::Region": _region,
    "AWS::Partition": lambda context: partition_of(_region(context)),
    "AWS::URLSuffix": _url_suffix,
    "AWS::NoValue": lambda _context: None,
}


def _pseudo(name: str, context: Context) -> Json:
    if name in context.given:
        return context.given[name]
    if name not in _PSEUDO:
        raise UnknowableError(f"{name} is known at deployment only")
    return _PSEUDO[name](context)


def _get_att(argument: Json, _context: Context) -> Json:
    parts = argument if isinstance(argument, list) else [argument]
    shown = ".".join(part for part in parts if isinstance(part, str))
    raise UnknowableError(f"refers to {shown or 'an attribute'}, which cannot be evaluated")


# Texts and lists
# -----------------------------------------------------------------------------------

_PLACE = re.compile(r"\$\{([^{}]*)\}")


def _sub(argument: Json, context: Context) -> Json:
    text, own = (argument, {}) if isinstance(argument, str) else _arguments(argument, "Fn::Sub", 2)
    if not isinstance(text, str) or not isinstance(own, dict):
        raise UnknowableError("Fn::Sub does not have the arguments that it takes")
    return _joined(_substituted(text, own, context))


def _substituted(text: str, own: Mapping[str, Json], context: Context) -> Iterator[str]:
    end = 0
    for place in _PLACE.finditer(text):
        yield text[end : place.start()]
        end = place.end()
        name = place[1]
        context.spend(1)
        if name.startswith("!"):
            yield f"${{{name[1:]}}}"
        elif name in own:
            yield _text(resolve(own[name], context))
        elif "." in name:
            _get_att(name, context)
        else:
            yield _text(_ref(name, context))
    yield text[end:]


def _join(argument: Json, context: Context) -> Json:
    delimiter, items = _arguments(argument, "Fn::Join", 2)
    return _joined(map(_text, _list(items, context)), _text(resolve(delimiter, context)))


def _split(argument: Json, context: Context) -> Json:
    delimiter, text = _arguments(argument, "Fn::Split", 2)
    mark = _text(resolve(delimiter, context))
    if not mark:
        raise UnknowableError("Fn::Split has no delimiter")
    parts = _text(resolve(text, context)).split(mark)
    context.spend(len(parts))
    return parts


def _select(argument: Json, context: Context) -> Json:
    which, items = _arguments(argument, "Fn::Select", 2)
    number = _text(resolve(which, context))
    found = _list(items, context)
    if not re.fullmatch(r"[0-9]{1,6}", number) or int(number) >= len(found):
        raise UnknowableError(f"Fn::Select finds no item {number[:20]} in a list of {len(found)}")
    return found[int(number)]


def _find_in_map(argument: Json, context: Context) -> Json:
    name, first, second, *rest = _arguments(argument, "Fn::FindInMap", 3, 4)
    keys = [_text(resolve(key, context)) for key in (name, first, second)]
    found: Json = context.mappings
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if found is None and rest and isinstance(rest[0], dict) and "DefaultValue" in rest[0]:
        return resolve(rest[0]["DefaultValue"], context)
    if found is None:
        raise UnknowableError(f"the mapping has no {'.'.join(keys)}")
    return resolve(found, context)


# Conditions
# ----------------------------------------------------------------------------------------


def is_there(resource: Mapping[str, Json], context: Context) -> bool | Unknown:
    """Whether the condition of a resource holds; a resource without one is there."""
    name = resource.get("Condition")
    if name is None:
        return True
    try:
        return _condition(name, context)
    except UnknowableError as error:
        return Unknown(str(error))


def _condition(name: Json, context: Context) -> bool | Unknown:
    if not isinstance(name, str):
        raise UnknowableError("its condition has no name")
    found: bool | Unknown = context.once("Condition", name, _named_condition)
    return found


def _named_condition(name: str, context: Context) -> bool | Unknown:
    if name not in context.conditions:
        raise UnknowableError(f"the template has no condition {name}")
    verdict = _verdict(context.conditions[name], context)
    if isinstance(verdict, Unknown):
        return Unknown(f"the condition {name} is open: {verdict.reason}")
    return verdict


def _verdict(value: Json, context: Context) -> bool | Unknown:
    try:
        with context.deeper():
            context.spend(1)
            pairs = list(value.items()) if isinstance(value, dict) else []
            function, argument = pairs[0] if len(pairs) == 1 else ("no function", None)
            test = _TESTS.get(function, _unsaid(f"{function} in a condition cannot be evaluated"))
            return test(argument, context)
    except UnknowableError as error:
        return Unknown(str(error))


def _equals(argument: Json, context: Context) -> bool:
    left, right = (resolve(side, context) for side in _arguments(argument, "Fn::Equals", 2))
    return _text(left) == _text(right)


def _several(decisive: bool, function: str) -> Callable[[Json, Context], bool | Unknown]:
    """``Fn::And`` and ``Fn::Or``: one verdict decides, whatever the unknown ones would be."""

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
    "Fn::And": _several(False, "Fn::And"),
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::Or": _several(True, "Fn::Or"),
}
"""The functions of conditions."""


def _if(argument: Json, context: Context) -> Json:
    name, one, other = _arguments(argument, "Fn::If", 3)
    verdict = _condition(name, context)
    if isinstance(verdict, Unknown):
        return _either(resolve(one, context), resolve(other, context), verdict)
    return resolve(one if verdict else other, context)


def _either(one: Json, other: Json, why: Unknown) -> Json:
    """What two branches agree in; the rest is unknown."""
    if one is other or (type(one) is type(other) and one == other):
        return one
    if isinstance(one, dict) and isinstance(other, dict):
        names = [*one, *(name for name in other if name not in one)]
        return {name: _either(one.get(name), other.get(name), why) for name in names}
    return why


def _unsaid(reason: str) -> Callable[[Json, Context], NoReturn]:
    def work(_argument: Json, _context: Context) -> NoReturn:
        raise UnknowableError(reason)

    return work


_NEVER = ("Fn::Base64", "Fn::Cidr", "Fn::Length", "Fn::ToJsonString")

FUNCTIONS: Mapping[str, Callable[[Json, Context], Json]] = {
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _unsaid("the availability zones are known at deployment only"),
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _unsaid("it is imported from another stack"),
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::Transform": _unsaid("Fn::Transform runs a macro at deployment"),
    "Ref": _ref,
    **{name: _unsaid(f"{name} cannot be evaluated") for name in _NEVER},
}
"""The functions of values; any other is unknown by its name."""
