"""Convert resources of the SES API v1 to v2: both manage the same sets and destinations.

The arguments and defaults are those of ``aws_ses_configuration_set`` and
``aws_ses_event_destination`` (AWS provider 5.100), the spelling of values is that of the SES API v1
Reference.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.terraform.names import V1_DESTINATION_TYPE, V1_SET_TYPE
from exporter.model import codec

Json = Any

_NOT_MANAGED = Unknown(f"{V1_SET_TYPE} does not manage it", UnknownCause.IGNORED)
_NOT_MANAGED_WITHOUT_BLOCK = Unknown(
    f"{V1_SET_TYPE} leaves it unchanged without that block", UnknownCause.IGNORED
)

UNSUPPORTED_TYPES = frozenset({"DELIVERY_DELAY", "SUBSCRIPTION"})
UNSUPPORTED_TARGETS = frozenset({"EventBridgeDestination", "PinpointDestination"})


def as_v2(kind: str, values: Mapping[str, Json]) -> dict[str, Json]:
    """Return the values of a v1 resource in the spelling of the API v2.

    Args:
        kind: Its type.
        values: Its arguments and blocks, with names as in the API (``TlsPolicy``); any value may be
            ``Unknown``.
    """
    return _OF_TYPE[kind](values)


def _of_set(values: Mapping[str, Json]) -> dict[str, Json]:
    result: dict[str, Json] = {
        "DeliveryOptions": _delivery(values.get("DeliveryOptions")),
        "ReputationOptions": {
            "ReputationMetricsEnabled": values.get("ReputationMetricsEnabled", False)
        },
        "SendingOptions": {"SendingEnabled": values.get("SendingEnabled", True)},
    }
    tracking = values.get("TrackingOptions")
    if isinstance(tracking, Mapping):
        tracking = {**tracking, "HttpsPolicy": _NOT_MANAGED}
    if tracking is not None:
        result["TrackingOptions"] = tracking
    for name in ("SuppressionOptions", "Tags", "VdmOptions"):
        result[name] = _NOT_MANAGED
    return result


def _delivery(value: Json) -> Json:
    if value is None:
        return _NOT_MANAGED_WITHOUT_BLOCK
    if not isinstance(value, Mapping):
        return value
    return {
        "TlsPolicy": _upper_snake(value.get("TlsPolicy", "Optional")),
        "MaxDeliverySeconds": _NOT_MANAGED,
        "SendingPoolName": _NOT_MANAGED,
    }


def _of_destination(values: Mapping[str, Json]) -> dict[str, Json]:
    result: dict[str, Json] = {"Enabled": values.get("Enabled", False)}
    types = values.get("MatchingTypes")
    if types is not None:
        result["MatchingEventTypes"] = _map_list(types, _upper_snake)
    if "SnsDestination" in values:
        result["SnsDestination"] = values["SnsDestination"]
    if "KinesisDestination" in values:
        names = {"StreamArn": "DeliveryStreamArn", "RoleArn": "IamRoleArn"}
        result["KinesisFirehoseDestination"] = _renamed(values["KinesisDestination"], names)
    if "CloudwatchDestination" in values:
        dimensions = _map_list(values["CloudwatchDestination"], _dimension)
        result["CloudWatchDestination"] = (
            dimensions
            if isinstance(dimensions, Unknown)
            else {"DimensionConfigurations": dimensions}
        )
    return result


def _dimension(value: Json) -> Json:
    names = {
        "DimensionName": "DimensionName",
        "ValueSource": "DimensionValueSource",
        "DefaultValue": "DefaultDimensionValue",
    }
    result = _renamed(value, names)
    if isinstance(result, dict) and "DimensionValueSource" in result:
        result["DimensionValueSource"] = _upper_snake(result["DimensionValueSource"])
    return result


def _renamed(value: Json, names: Mapping[str, str]) -> Json:
    if not isinstance(value, Mapping):
        return value
    return {names.get(name, name): inner for name, inner in value.items()}


def _map_list(value: Json, convert: Callable[[Json], Json]) -> Json:
    return [convert(item) for item in value] if isinstance(value, list) else value


def _upper_snake(value: Json) -> Json:
    """Convert ``renderingFailure`` to ``RENDERING_FAILURE``, and ``Require`` to ``REQUIRE``."""
    if isinstance(value, Unknown):
        # Drop the pattern: it has the spelling of v1.
        return Unknown(value.reason, value.cause)
    return codec.upper_snake(value) if isinstance(value, str) else value


_OF_TYPE: Mapping[str, Callable[[Mapping[str, Json]], dict[str, Json]]] = {
    V1_SET_TYPE: _of_set,
    V1_DESTINATION_TYPE: _of_destination,
}


def unsupported_values(values: Mapping[str, Json]) -> list[str]:
    """Return the targets and event types of a live destination that v1 resources don't support.

    Args:
        values: The destination in the API's spelling.
    """
    targets = [name for name in UNSUPPORTED_TARGETS if name in values]
    types: Iterable[Json] = values.get("MatchingEventTypes") or ()
    known = types if isinstance(types, list) else ()
    return [*sorted(targets), *sorted(UNSUPPORTED_TYPES.intersection(known))]
