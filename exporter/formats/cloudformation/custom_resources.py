"""Custom resources that call SES, such as CDK's ``AwsCustomResource``, whose calls are JSON.

``Create`` and ``Update`` are strings such as ``{"service": "SESV2", "action":
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
    """A call to SES by a custom resource.

    Attributes:
        title: The service and the action, for messages.
        set_name: The set that it is about.
        destination_name: The destination that it creates or changes; None for the set itself.
        values: What it creates, in the API's spelling; None if that isn't completely known.
    """

    title: str
    set_name: str | Unknown
    destination_name: str | Unknown | None
    values: dict[str, Json] | None

    @property
    def reach(self) -> Reach:
        """The resources that it may create or change."""
        set_pattern = pattern(self.set_name)
        if self.destination_name is None:
            return a_set(set_pattern)
        return a_destination(set_pattern, pattern(self.destination_name))


def pattern(name: Json) -> NamePattern:
    """Return what is known about a name."""
    if isinstance(name, Unknown):
        return name.pattern
    return NamePattern.of_name(name) if isinstance(name, str) else ANY_NAME


def is_custom(kind: str) -> bool:
    """Whether a resource type is a custom resource."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def call_of(declared: Mapping[str, Json], context: Context) -> Call | None:
    """Return the call to SES by a custom resource; None if it makes no known one.

    Args:
        declared: The resource.
        context: The context of its template.
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
    """A call with unknown values, if a custom resource has properties named as the API's are."""
    if "ConfigurationSetName" not in properties or not _OF_A_DESTINATION & properties.keys():
        return None
    resolved = resolve(properties, context)
    if not isinstance(resolved, dict):
        return None
    inner = resolved.get("EventDestination")
    name = resolved.get("EventDestinationName") or (
        inner.get("Name") if isinstance(inner, dict) else None
    )
    # It may create its set too, or not; it is about the destination.
    return Call(
        "its own function",
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
    """A call of either API; the older one has the name in the destination, and lower-case types."""
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
    """A call's JSON, in which any value may be ``Unknown``; empty if it isn't valid JSON."""
    text, unknowns = _text(written, context)
    try:
        call = json.loads(text) if text is not None else None
    except (ValueError, RecursionError):
        return {}
    filled = _filled(call, unknowns)
    return filled if isinstance(filled, dict) else {}


_MARK = "\ue000"
"""With a number, a placeholder for an unknown value; no text of AWS has this character."""
_ENCODED = {"TRUE:BOOLEAN": True, "FALSE:BOOLEAN": False}
"""Booleans as aws-cdk-lib 1 writes them."""
_PLACEHOLDER = re.compile(rf"{_MARK}([0-9]+){_MARK}")


def _text(written: Json, context: Context) -> tuple[str | None, list[Unknown]]:
    """A text with placeholders for its unknown parts, and these parts."""
    unknowns: list[Unknown] = []
    return "".join(_parts(written, context, unknowns)), unknowns


def _parts(written: Json, context: Context, unknowns: list[Unknown]) -> Iterator[str]:
    """The parts of a text; those of ``Fn::Join``, as CDK writes it, one by one."""
    is_join = isinstance(written, dict) and list(written) == ["Fn::Join"]
    arguments = written["Fn::Join"] if is_join else None
    if isinstance(arguments, list) and len(arguments) == 2 and arguments[0] == "":
        for part in arguments[1] if isinstance(arguments[1], list) else ():
            yield from _parts(part, context, unknowns)
        return
    try:
        value = resolve(written, context)
    except UnknowableError as error:
        value = error.unknown
    if isinstance(value, str):
        yield value
        return
    unknowns.append(value if isinstance(value, Unknown) else Unknown("it is not a string"))
    yield f"{_MARK}{len(unknowns) - 1}{_MARK}"


def _filled(value: Json, unknowns: list[Unknown]) -> Json:
    if isinstance(value, dict):
        return {name: _filled(item, unknowns) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, unknowns) for item in value]
    if not isinstance(value, str) or _MARK not in value:
        return _ENCODED.get(value, value) if isinstance(value, str) else value
    pieces = _PLACEHOLDER.split(value)
    known, marks = pieces[::2], [unknowns[int(number)] for number in pieces[1::2]]
    text = NamePattern.of_name(known[0])
    for unknown, after in zip(marks, known[1:], strict=True):
        text = text + unknown.pattern + NamePattern.of_name(after)
    return Unknown(marks[0].reason, pattern=text)
