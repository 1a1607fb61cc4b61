"""CloudFormation templates to models: YAML with short tags, or JSON such as CDK synthesizes.

Names are those of the resource schemas of ``AWS::SES::ConfigurationSet`` and
``AWS::SES::ConfigurationSetEventDestination``.
"""

import json
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from exporter.formats.cloudformation.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.code_resource import CodeResource
from exporter.model import codec
from exporter.model.resources import ConfigurationSet, EventDestination
from exporter.support.errors import ExporterError

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
# A date is text to CloudFormation, and so is a lone `=` (a delimiter); as YAML 1.1 would have
# them, they are no JSON.
for _text in ("timestamp", "value"):
    _Loader.add_constructor(
        f"tag:yaml.org,2002:{_text}", lambda loader, node: loader.construct_scalar(node)
    )

_DEEPEST = 100
"""Levels of a document; some thousands of them, and PyYAML's composer in C ends the process."""
_TOO_DEEP = f"nested more than {_DEEPEST} levels deep"

MOST_NODES = 100_000
"""Values of a document with every alias written out."""

_SHORT_TAGS = frozenset(
    {
        *("And", "Base64", "Cidr", "Condition", "Contains", "EachMemberEquals", "EachMemberIn"),
        *("Equals", "FindInMap", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Length", "Not"),
        *("Or", "Ref", "RefAll", "Select", "Split", "Sub", "ToJsonString", "Transform"),
        *("ValueOf", "ValueOfAll"),
    }
)
"""The functions of the template reference, those of rules and of language extensions too."""

_YAML_TAGS = frozenset(
    {"bool", "float", "int", "map", "merge", "null", "seq", "str", "timestamp", "value"}
)


@dataclass(frozen=True)
class Source:
    """A template and where its parts stand.

    Attributes:
        template: As ``parse`` gives it.
        lines: The line of each logical id of its ``Resources``; empty for JSON.
    """

    template: dict[str, Json]
    lines: Mapping[str, int] = field(default_factory=dict)


def parse(text: str, where: str) -> dict[str, Json]:
    """A template.

    Args:
        text: YAML or JSON.
        where: Its file, for messages.

    Raises:
        ExporterError: when it is no template, with file and line.
    """
    return _source(text, where, strict=False).template


def read(text: str, where: str) -> Source:
    """A template that anybody may have written.

    Beside what ``parse`` refuses, so are a short tag that CloudFormation does not have, and aliases
    that make much of little.

    Args:
        text: YAML or JSON.
        where: Its file, for messages.

    Raises:
        ExporterError: when it is no template, with file and line.
    """
    return _source(text, where, strict=True)


def _source(text: str, where: str, *, strict: bool) -> Source:
    try:
        template = _json(text)
        source = Source(template) if template is not None else _yaml(text, where, strict=strict)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        # PyYAML 6.0.4 has a limit of its own, and may meet it first as it reads ahead.
        is_deep = "maximum nesting depth" in str(error.problem)
        what = _TOO_DEEP if is_deep else f"not YAML: {error.problem}"
        raise ExporterError(what, where=f"{where}{line}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ExporterError(f"not YAML: {reason}", where=where) from None
    template = source.template
    if strict and isinstance(template, dict) and template.get("Resources", {}) is None:
        # As our own export of an empty account has it.
        template["Resources"] = {}
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise ExporterError("not a CloudFormation template: it has no Resources", where=where)
    return source


def _yaml(text: str, where: str, *, strict: bool) -> Source:
    _refuse_depth(text, where)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Source({})
        if strict:
            _Nodes(where).count(node)
        lines = _resource_lines(node)
        return Source(loader.construct_document(node), lines)
    finally:
        loader.dispose()


def _refuse_depth(text: str, where: str) -> None:
    loader = _Loader(text)
    depth = 0
    try:
        while loader.check_event():
            event = loader.get_event()
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                at = f"{where}:{event.start_mark.line + 1}"
                raise ExporterError(_TOO_DEEP, where=at)
    finally:
        loader.dispose()


class _Nodes:
    """Counts the values of a document as if no alias were in it, and refuses tags on the way."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._known: dict[int, int] = {}

    def count(self, node: yaml.Node) -> int:
        """How many values a node is.

        Raises:
            ExporterError: when they are too many, or a tag is none of CloudFormation's.
        """
        known = self._known.get(id(node))
        if known == 0:
            raise ExporterError("an alias stands within what it repeats", where=self._at(node))
        if known is not None:
            return known
        self._refuse_tag(node)
        # Zero while it is being counted.
        self._known[id(node)] = 0
        total = 1 + sum(map(self.count, _below(node)))
        if total > MOST_NODES:
            said = f"its aliases stand for more than {MOST_NODES:,} values"
            raise ExporterError(said, where=self._at(node))
        self._known[id(node)] = total
        return total

    def _refuse_tag(self, node: yaml.Node) -> None:
        tag = node.tag
        standard = tag.removeprefix("tag:yaml.org,2002:")
        if standard in _YAML_TAGS or (tag.startswith("!") and tag[1:] in _SHORT_TAGS):
            return
        shown = tag if tag.startswith("!") else f"!!{standard}"
        hint = "where a tool replaces it before deployment, give the template that the tool makes"
        raise ExporterError(
            f"{shown} is no tag that CloudFormation has", where=self._at(node), hint=hint
        )

    def _at(self, node: yaml.Node) -> str:
        return f"{self._where}:{node.start_mark.line + 1}"


def _below(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return []


def _resource_lines(document: yaml.Node) -> dict[str, int]:
    """The line of each logical id; before construction, which writes merged keys into the nodes."""
    pairs = document.value if isinstance(document, yaml.MappingNode) else []
    found = (v for k, v in pairs if k.value == "Resources" and isinstance(v, yaml.MappingNode))
    resources = next(found, None)
    names = [name for name, _ in resources.value] if resources is not None else []
    return {
        name.value: name.start_mark.line + 1 for name in names if isinstance(name, yaml.ScalarNode)
    }


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
    model = _decode(to_api(api), ConfigurationSet, where)
    return CodeResource.of_set(logical_id, where, model)


def _destination(
    logical_id: str, properties: Json, names: Mapping[str, Json], where: str
) -> CodeResource:
    set_name = properties.get("ConfigurationSetName")
    if isinstance(set_name, dict) and set(set_name) == {"Ref"}:
        set_name = names.get(str(set_name["Ref"]))
    if not isinstance(set_name, str):
        raise ExporterError("its ConfigurationSetName leads to no name", where=where)
    model = _decode(to_api(properties.get("EventDestination")), EventDestination, where)
    return CodeResource.of_destination(logical_id, where, set_name, model)


def _decode(api: Json, model: type[codec.M], where: str) -> codec.M:
    try:
        found = codec.decode(api, model)
    except codec.MalformedError as error:
        raise ExporterError(f"does not describe a resource: {error}", where=where) from None
    # No export writes one: somebody has made a mistake, which no linter sees.
    for path, value in codec.unknown_values(found):
        reason = f"does not describe a resource: unknown value {str(value)!r} (at {path})"
        raise ExporterError(reason, where=where)
    return found


_SPELLING = {
    "TopicARN": "TopicArn",
    "IAMRoleARN": "IamRoleArn",
    "DeliveryStreamARN": "DeliveryStreamArn",
}
_CAMEL_CASE = {"MatchingEventTypes", "DimensionValueSource"}
"""Properties whose values CloudFormation documents in camel case; it takes both spellings."""


def to_api(value: Json, name: str = "") -> Json:
    """Properties in the API's spelling; what is no JSON is left as it is.

    Args:
        value: A property's value.
        name: Its property.
    """
    if isinstance(value, dict):
        return {_SPELLING.get(key, key): to_api(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [to_api(item, name) for item in value]
    if name in _CAMEL_CASE and isinstance(value, str):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value).upper()
    return value
