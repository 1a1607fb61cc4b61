"""CloudFormation templates to models: YAML with short tags, or JSON such as CDK synthesizes.

Names are those of the resource schemas of ``AWS::SES::ConfigurationSet`` and
``AWS::SES::ConfigurationSetEventDestination``.
"""

import json
import re
from collections.abc import Hashable, Mapping
from typing import Any

import yaml

from exporter import wire
from exporter.errors import ExporterError
from exporter.loaders.code import CodeResource
from exporter.models import ConfigurationSet, EventDestination
from exporter.naming import Identity
from exporter.render.cloudformation import DESTINATION_TYPE, SET_TYPE

Json = Any


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads short tags as the functions that they stand for, and refuses a key that comes twice.

    PyYAML's loader in C is some ten times as fast; an installation without it reads the same.
    """


def _function(loader: Any, suffix: str, node: yaml.Node) -> Json:
    """``!Ref X`` is ``{"Ref": "X"}``, ``!Sub X`` is ``{"Fn::Sub": "X"}`` (user guide)."""
    value: Json
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Hashable, Json]:
    loader.flatten_mapping(node)
    found: dict[Hashable, Json] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag.startswith("!"):
            raise yaml.constructor.ConstructorError(
                None, None, "a key is not a text", key_node.start_mark
            )
        # As it is written: to CloudFormation every key is a text, `on` and 0123 too.
        key = key_node.value
        if key in found:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} comes twice", key_node.start_mark
            )
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_multi_constructor("!", _function)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
# A date is text to CloudFormation; as YAML 1.1 would have it, it is no JSON.
_Loader.add_constructor(
    "tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node)
)


def parse(text: str, where: str) -> dict[str, Json]:
    """A template.

    Args:
        text: YAML or JSON.
        where: Its file, for messages.

    Raises:
        ExporterError: when it is no template, with file and line.
    """
    try:
        template = _json(text)
        if template is None:
            template = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ExporterError(f"not YAML: {error.problem}", where=f"{where}{line}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ExporterError(f"not YAML: {reason}", where=where) from None
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise ExporterError("not a CloudFormation template: it has no Resources", where=where)
    return template


def _json(text: str) -> Json | None:
    """A text that is JSON, read as such: YAML 1.1 takes some of its characters for others.

    Returns:
        None when it is none, or names a key twice: the YAML reader then tells where.
    """

    def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text, object_pairs_hook=unique)
    except ValueError:
        return None


def resources(
    template: Mapping[str, Json], where: str
) -> tuple[list[CodeResource], list[ExporterError]]:
    """The configuration sets and event destinations that a template describes.

    Args:
        template: From ``parse``.
        where: Its file, for messages.

    Returns:
        The resources, and what is wrong with those that are none, with file and logical id.
    """
    declared: dict[str, Json] = template["Resources"]
    names = {
        logical_id: resource["Properties"].get("Name")
        for logical_id, resource in declared.items()
        if _is(resource, SET_TYPE)
    }
    found: list[CodeResource] = []
    wrong: list[ExporterError] = []
    for logical_id, resource in declared.items():
        place = f"{where}: {logical_id}"
        try:
            if _is(resource, SET_TYPE):
                found.append(_set(logical_id, resource["Properties"], place))
            elif _is(resource, DESTINATION_TYPE):
                found.append(_destination(logical_id, resource["Properties"], names, place))
        except ExporterError as error:
            wrong.append(error)
    return found, wrong


def _is(resource: Json, type_: str) -> bool:
    has_properties = isinstance(resource, dict) and isinstance(resource.get("Properties"), dict)
    return has_properties and resource.get("Type") == type_


def _set(logical_id: str, properties: Json, where: str) -> CodeResource:
    if "ConfigurationSetName" in properties:
        raise ExporterError("a set has no property ConfigurationSetName, only Name", where=where)
    api = {"ConfigurationSetName" if n == "Name" else n: v for n, v in properties.items()}
    model = _decode(_to_api(api), ConfigurationSet, where)
    return CodeResource(logical_id, Identity(model.name), model)


def _destination(
    logical_id: str, properties: Json, names: Mapping[str, Json], where: str
) -> CodeResource:
    set_name = properties.get("ConfigurationSetName")
    if isinstance(set_name, dict) and set(set_name) == {"Ref"}:
        set_name = names.get(str(set_name["Ref"]))
    if not isinstance(set_name, str):
        raise ExporterError("its ConfigurationSetName leads to no name", where=where)
    model = _decode(_to_api(properties.get("EventDestination")), EventDestination, where)
    return CodeResource(logical_id, Identity(set_name, model.name), model)


def _decode(api: Json, model: type[wire.M], where: str) -> wire.M:
    try:
        return wire.decode(api, model)
    except wire.MalformedError as error:
        raise ExporterError(f"does not describe a resource: {error}", where=where) from None


_SPELLING = {
    "TopicARN": "TopicArn",
    "IAMRoleARN": "IamRoleArn",
    "DeliveryStreamARN": "DeliveryStreamArn",
}
_CAMEL_CASE = {"MatchingEventTypes", "DimensionValueSource"}
"""Properties whose values CloudFormation documents in camel case; it takes both spellings."""


def _to_api(value: Json, name: str = "") -> Json:
    """Properties in the API's spelling."""
    if isinstance(value, dict):
        return {_SPELLING.get(key, key): _to_api(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_to_api(item, name) for item in value]
    if name in _CAMEL_CASE and isinstance(value, str):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value).upper()
    return value
