"""Custom resources that call SES: CDK's ``AwsCustomResource``, which holds its calls as JSON.

``Create`` and ``Update`` are texts such as ``{"service": "SESV2", "action":
"createConfigurationSetEventDestination", "parameters": {...}}`` (aws-cdk-lib, module
``custom_resources``).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exporter.formats.cloudformation.intrinsics import resolve
from exporter.formats.cloudformation.template_context import Context, UnknowableError
from exporter.formats.cloudformation.template_text import to_api
from exporter.formats.code_resource import Unknown
from exporter.formats.unresolved import ANY_NAME, NamePattern, Reach, a_destination, a_set

Json = Any

_OF_A_DESTINATION = {"EventDestination", "EventDestinationName"}
_OPTION_ACTION = re.compile(r"putConfigurationSet\w+Options", re.ASCII)


@dataclass(frozen=True)
class Call:
    """A call of SES that a custom resource makes.

    Attributes:
        title: The service and the action, for people.
        set_name: The set that it concerns; ``Unknown`` where it is not known.
        destination_name: The destination that it makes or changes; None for the set itself.
        values: What it makes, in the API's spelling; None where it does not say all of that.
    """

    title: str
    set_name: str | Unknown
    destination_name: str | Unknown | None
    values: dict[str, Json] | None

    @property
    def reach(self) -> Reach:
        """What it may be."""
        of_set = pattern(self.set_name)
        if self.destination_name is None:
            return a_set(of_set)
        return a_destination(of_set, pattern(self.destination_name))


def pattern(name: Json) -> NamePattern:
    """What is known of a name."""
    if isinstance(name, Unknown):
        return name.pattern
    return NamePattern.of_name(name) if isinstance(name, str) else ANY_NAME


def is_custom(kind: str) -> bool:
    """Whether a resource type is one of custom resources."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def call_of(declared: Mapping[str, Json], context: Context) -> Call | None:
    """The call of SES that a custom resource makes; None when it makes none that is known.

    Args:
        declared: The resource.
        context: Of its template.
    """
    properties = declared.get("Properties")
    if not isinstance(properties, dict):
        return None
    calls = [
        _call(properties[when], context) for when in ("Create", "Update") if when in properties
    ]
    known = [call for call in calls if call is not None]
    if not known:
        return _by_properties(properties, context)
    first, last = known[0], known[-1]
    if first.values is None or last.values is None or first.values == last.values:
        return first if first.values is not None else last
    return Call(first.title, first.set_name, first.destination_name, None)


def _by_properties(properties: Mapping[str, Json], context: Context) -> Call | None:
    """What a custom resource of somebody's own concerns, by the names that it is given."""
    if "ConfigurationSetName" not in properties or not _OF_A_DESTINATION & properties.keys():
        return None
    resolved = resolve(properties, context)
    if not isinstance(resolved, dict):
        return None
    inner = resolved.get("EventDestination")
    name = resolved.get("EventDestinationName") or (
        inner.get("Name") if isinstance(inner, dict) else None
    )
    # Its set may be there already, or be made by it; its destinations are what it is about.
    return Call(
        "a function of its own",
        _name(resolved.get("ConfigurationSetName")),
        _name(name),
        None,
    )


def _name(value: Json) -> str | Unknown:
    if isinstance(value, str | Unknown):
        return value
    return Unknown("it is not given")


def _call(written: Json, context: Context) -> Call | None:
    call = _parsed(written, context)
    service = str(call.get("service", "")).lower().removeprefix("@aws-sdk/client-")
    action = str(call.get("action", ""))
    action = (action[:1].lower() + action[1:]).removesuffix("Command")
    if service not in ("ses", "sesv2"):
        return None
    parameters = call.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    title = f"{call['service']}.{call['action']}"
    if action in (
        "createConfigurationSetEventDestination",
        "updateConfigurationSetEventDestination",
    ):
        return _destination_call(title, parameters)
    if action == "createConfigurationSet":
        return _set_call(title, parameters)
    if _OPTION_ACTION.fullmatch(action):
        return Call(title, _name(parameters.get("ConfigurationSetName")), None, None)
    return None


def _destination_call(title: str, parameters: Mapping[str, Json]) -> Call:
    """Of either API: the older one has the name in the destination and types in lower case."""
    definition = parameters.get("EventDestination")
    values = to_api(definition) if isinstance(definition, dict) else None
    own = values.pop("Name", None) if values is not None else None
    if values is not None and "SNSDestination" in values:
        values["SnsDestination"] = values.pop("SNSDestination")
    name = parameters.get("EventDestinationName", own)
    return Call(title, _name(parameters.get("ConfigurationSetName")), _name(name), values)


def _set_call(title: str, parameters: Mapping[str, Json]) -> Call:
    inner = parameters.get("ConfigurationSet")
    if isinstance(inner, dict):
        return Call(title, _name(inner.get("Name")), None, {})
    values = {name: v for name, v in parameters.items() if name != "ConfigurationSetName"}
    return Call(title, _name(parameters.get("ConfigurationSetName")), None, values)


def _parsed(written: Json, context: Context) -> dict[str, Json]:
    """A call's JSON, in which what is unknown is ``Unknown``; empty where it is none."""
    text, unknowns = _text(written, context)
    try:
        found = json.loads(text) if text is not None else None
    except (ValueError, RecursionError):
        return {}
    filled = _filled(found, unknowns)
    return filled if isinstance(filled, dict) else {}


_MARK = "\ue000"
"""Stands, with a number, in place of what is unknown; no text of AWS has it."""
_ENCODED = {"TRUE:BOOLEAN": True, "FALSE:BOOLEAN": False}
"""How aws-cdk-lib wrote booleans before its version 2."""
_PLACE = re.compile(rf"{_MARK}([0-9]+){_MARK}")


def _text(written: Json, context: Context) -> tuple[str | None, list[Unknown]]:
    """A text with marks in place of its unknown parts, and these."""
    unknowns: list[Unknown] = []
    return "".join(_parts(written, context, unknowns)), unknowns


def _parts(written: Json, context: Context, unknowns: list[Unknown]) -> Iterator[str]:
    """What a text is made of; ``Fn::Join`` as CDK writes it is taken apart."""
    is_join = isinstance(written, dict) and list(written) == ["Fn::Join"]
    arguments = written["Fn::Join"] if is_join else None
    if isinstance(arguments, list) and len(arguments) == 2 and arguments[0] == "":
        for part in arguments[1] if isinstance(arguments[1], list) else ():
            yield from _parts(part, context, unknowns)
        return
    try:
        found = resolve(written, context)
    except UnknowableError as error:
        found = error.unknown
    if isinstance(found, str):
        yield found
        return
    unknowns.append(found if isinstance(found, Unknown) else Unknown("it is not a string"))
    yield f"{_MARK}{len(unknowns) - 1}{_MARK}"


def _filled(value: Json, unknowns: list[Unknown]) -> Json:
    if isinstance(value, dict):
        return {name: _filled(item, unknowns) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, unknowns) for item in value]
    if not isinstance(value, str) or _MARK not in value:
        return _ENCODED.get(value, value) if isinstance(value, str) else value
    pieces = _PLACE.split(value)
    known, marks = pieces[::2], [unknowns[int(number)] for number in pieces[1::2]]
    whole = NamePattern.of_name(known[0])
    for unknown, behind in zip(marks, known[1:], strict=True):
        whole = whole + unknown.pattern + NamePattern.of_name(behind)
    return Unknown(marks[0].reason, pattern=whole)
