"""Parse CloudFormation templates: YAML with short tags, or JSON such as CDK synthesizes.

Names are those of the resource schemas of ``AWS::SES::ConfigurationSet`` and
``AWS::SES::ConfigurationSetEventDestination``.
"""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from exporter.formats.cloudformation import template_yaml
from exporter.formats.cloudformation.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.cloudformation.serverless import PACKAGE_HINT
from exporter.formats.cloudformation.template_yaml import Source
from exporter.formats.code_resource import CodeResource
from exporter.model import codec
from exporter.model.resources import ConfigurationSet, EventDestination
from exporter.support.errors import ExporterError

Json = Any


def parse(text: str, where: str) -> dict[str, Json]:
    """Parse a template that ses2iac wrote.

    Args:
        text: YAML or JSON.
        where: Its file, for messages.

    Raises:
        ExporterError: when it isn't a template, with file and line.
    """
    return _source(text, where, strict=False).template


def read(text: str, where: str) -> Source:
    """Parse a template that anybody may have written.

    Unlike ``parse``, it refuses tags that CloudFormation lacks, and aliases that expand a small
    document into a huge one.

    Args:
        text: YAML or JSON.
        where: Its file, for messages.

    Raises:
        ExporterError: when it isn't a template, with file and line.
    """
    return _source(text, where, strict=True)


def _source(text: str, where: str, *, strict: bool) -> Source:
    try:
        template = _json(text)
        if template is not None:
            source = Source(template)
        else:
            source = template_yaml.read(text, where, strict=strict)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _not_json(text, where) or template_yaml.not_yaml(error, where) from None
    template = source.template
    if strict and isinstance(template, dict) and template.get("Resources", {}) is None:
        # As in the export of an empty account.
        template["Resources"] = {}
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        is_serverless = isinstance(template, dict) and {"service", "provider"} <= template.keys()
        raise ExporterError(
            "not a CloudFormation template: it has no Resources",
            where=where,
            hint=PACKAGE_HINT if is_serverless else "",
        )
    return source


def _not_json(text: str, where: str) -> ExporterError | None:
    """Return the error for a text that begins like JSON and isn't; None for any other text."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return ExporterError(f"not JSON: {error.msg}", where=f"{where}:{error.lineno}")
    except RecursionError:
        return None
    return None


def _json(text: str) -> Json | None:
    """Read JSON as such, because YAML 1.1 reads some of its characters differently.

    Returns:
        None if it isn't JSON or repeats a key, which the YAML reader reports with a line.
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
    """Return the configuration sets and event destinations of a template that ses2iac wrote.

    Args:
        template: A template from ``parse``.
        where: Its file, for messages.

    Returns:
        The resources, and an error for each that is invalid, with file and logical id.
    """
    declared: dict[str, Json] = template["Resources"]
    names = {
        logical_id: resource["Properties"].get("Name")
        for logical_id, resource in declared.items()
        if _is(resource, SET_TYPE)
    }
    valid: list[CodeResource] = []
    errors: list[ExporterError] = []
    for logical_id, resource in declared.items():
        place = f"{where}: {logical_id}"
        try:
            if _is(resource, SET_TYPE):
                valid.append(_set(logical_id, resource["Properties"], place))
            elif _is(resource, DESTINATION_TYPE):
                valid.append(_destination(logical_id, resource["Properties"], names, place))
        except ExporterError as error:
            errors.append(error)
    return valid, errors


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
        raise ExporterError("its ConfigurationSetName does not lead to a name", where=where)
    model = _decode(to_api(properties.get("EventDestination")), EventDestination, where)
    return CodeResource.of_destination(logical_id, where, set_name, model)


def _decode(api: Json, model: type[codec.M], where: str) -> codec.M:
    try:
        decoded = codec.decode(api, model)
    except codec.MalformedError as error:
        raise ExporterError(f"does not describe a resource: {error}", where=where) from None
    # No export writes one: it is a mistake that no linter reports.
    for path, value in codec.unknown_values(decoded):
        reason = f"does not describe a resource: unknown value {str(value)!r} (at {path})"
        raise ExporterError(reason, where=where)
    return decoded


_SPELLING = {
    "TopicARN": "TopicArn",
    "IAMRoleARN": "IamRoleArn",
    "DeliveryStreamARN": "DeliveryStreamArn",
}
_CAMEL_CASE = {"MatchingEventTypes", "DimensionValueSource"}
"""Properties whose values CloudFormation documents in camel case; it accepts both spellings."""


def to_api(value: Json, name: str = "") -> Json:
    """Return properties in the API's spelling; ``Unknown`` values stay.

    Args:
        value: The value of a property, or an object of properties.
        name: The property.
    """
    return codec.respelled(value, _SPELLING, _CAMEL_CASE, name)
