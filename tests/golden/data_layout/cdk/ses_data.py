# Written by ses2iac from Amazon SES.
"""Creates Amazon SES configuration sets from YAML data."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from aws_cdk import CfnTag, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"


def add_configuration_sets(stack: Stack, file: str, targets: Mapping[str, str]) -> None:
    """Add the configuration sets and event destinations in a YAML file next to this module.

    The file refers to targets by key; ``targets`` maps the keys to ARNs.
    """
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    sets: dict[str, dict[str, Any]] = yaml.safe_load(text) or {}
    for name, options in sets.items():
        destinations: dict[str, dict[str, Any]] = options.pop("event_destinations", {})
        set_name = name
        if not options.pop("destinations_only", False):
            set_name = _add_set(stack, name, options).ref
        for destination, values in destinations.items():
            CfnEventDestination(
                stack,
                values.pop("logical_id", _logical_id(name, destination)),
                configuration_set_name=set_name,
                event_destination={
                    "name": destination,
                    **_properties(_with_arns(values, targets)),
                },
            )


def _add_set(stack: Stack, name: str, options: dict[str, Any]) -> CfnConfigurationSet:
    tags: dict[str, str] = options.pop("tags", {})
    return CfnConfigurationSet(
        stack,
        options.pop("logical_id", _logical_id(name)),
        name=name,
        tags=[CfnTag(key=key, value=value) for key, value in tags.items()] or None,
        **{option: _properties(value) for option, value in options.items()},
    )


def _logical_id(*names: str) -> str:
    """Join the words of the names in camel case: `eu-mail`, `sns` become `EuMailSns`."""
    words = re.findall(r"[A-Za-z0-9]+", " ".join(names))
    return "".join(word[:1].upper() + word[1:] for word in words)


def _with_arns(values: dict[str, Any], targets: Mapping[str, str]) -> dict[str, Any]:
    """Replace the keys of targets with their ARNs."""
    found = dict(values)
    for kind in (
        "event_bridge_destination",
        "kinesis_firehose_destination",
        "sns_destination",
    ):
        if kind in found:
            keys: dict[str, str] = found[kind]
            found[kind] = {f"{of}_arn": targets[key] for of, key in keys.items()}
    return found


def _properties(value: Json) -> Any:
    """Convert property names to the camel case that constructs take, such as `topicArn`."""
    if isinstance(value, list):
        return [_properties(item) for item in value]
    if isinstance(value, dict):
        return {_camel_case(key): _properties(item) for key, item in value.items()}
    return value


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
