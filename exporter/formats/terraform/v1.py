"""Resources of the SES API v1 as what they are in SES: its sets and destinations are those of v2.

The arguments are those of ``aws_ses_configuration_set`` and ``aws_ses_event_destination`` (AWS
provider 5.100), with the provider's defaults; values are spelled as ``SES API v1 Reference`` does.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.terraform.names import V1_DESTINATION_TYPE, V1_SET_TYPE

Json = Any

_BEYOND_SET = Unknown(f"{V1_SET_TYPE} does not manage it", UnknownCause.IGNORED)
_UNWRITTEN = Unknown(
    f"{V1_SET_TYPE} leaves it as it is where the block is not written", UnknownCause.IGNORED
)

CANNOT_HOLD_TYPES = frozenset({"DELIVERY_DELAY", "SUBSCRIPTION"})
CANNOT_HOLD_TARGETS = frozenset({"EventBridgeDestination", "PinpointDestination"})


def as_v2(kind: str, values: Mapping[str, Json]) -> dict[str, Json]:
    """The values of a v1 resource in the spelling of the API v2.

    Args:
        kind: Its type.
        values: Its arguments and blocks, each name in the API's manner (``TlsPolicy``); any may be
            ``Unknown``.
    """
    return _OF_TYPE[kind](values)


def _of_set(values: Mapping[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {
        "DeliveryOptions": _delivery(values.get("DeliveryOptions")),
        "ReputationOptions": {
            "ReputationMetricsEnabled": values.get("ReputationMetricsEnabled", False)
        },
        "SendingOptions": {"SendingEnabled": values.get("SendingEnabled", True)},
    }
    tracking = values.get("TrackingOptions")
    if isinstance(tracking, Mapping):
        tracking = {**tracking, "HttpsPolicy": _BEYOND_SET}
    if tracking is not None:
        found["TrackingOptions"] = tracking
    for name in ("SuppressionOptions", "Tags", "VdmOptions"):
        found[name] = _BEYOND_SET
    return found


def _delivery(value: Json) -> Json:
    if value is None:
        return _UNWRITTEN
    if not isinstance(value, Mapping):
        return value
    return {
        "TlsPolicy": _spelled(value.get("TlsPolicy", "Optional")),
        "MaxDeliverySeconds": _BEYOND_SET,
        "SendingPoolName": _BEYOND_SET,
    }


def _of_destination(values: Mapping[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {"Enabled": values.get("Enabled", False)}
    types = values.get("MatchingTypes")
    if types is not None:
        found["MatchingEventTypes"] = _each(types, _spelled)
    if "SnsDestination" in values:
        found["SnsDestination"] = values["SnsDestination"]
    if "KinesisDestination" in values:
        names = {"StreamArn": "DeliveryStreamArn", "RoleArn": "IamRoleArn"}
        found["KinesisFirehoseDestination"] = _renamed(values["KinesisDestination"], names)
    if "CloudwatchDestination" in values:
        dimensions = _each(values["CloudwatchDestination"], _dimension)
        found["CloudWatchDestination"] = (
            dimensions
            if isinstance(dimensions, Unknown)
            else {"DimensionConfigurations": dimensions}
        )
    return found


def _dimension(value: Json) -> Json:
    names = {
        "DimensionName": "DimensionName",
        "ValueSource": "DimensionValueSource",
        "DefaultValue": "DefaultDimensionValue",
    }
    found = _renamed(value, names)
    if isinstance(found, dict) and "DimensionValueSource" in found:
        found["DimensionValueSource"] = _spelled(found["DimensionValueSource"])
    return found


def _renamed(value: Json, names: Mapping[str, str]) -> Json:
    if not isinstance(value, Mapping):
        return value
    return {names.get(name, name): inner for name, inner in value.items()}


def _each(value: Json, one: Callable[[Json], Json]) -> Json:
    return [one(item) for item in value] if isinstance(value, list) else value


def _spelled(value: Json) -> Json:
    """``renderingFailure`` is ``RENDERING_FAILURE`` in v2, ``Require`` is ``REQUIRE``."""
    if isinstance(value, Unknown):
        # What is known of it in part is spelled otherwise.
        return Unknown(value.reason, value.cause)
    if not isinstance(value, str):
        return value
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value).upper()


_OF_TYPE: Mapping[str, Callable[[Mapping[str, Json]], dict[str, Json]]] = {
    V1_SET_TYPE: _of_set,
    V1_DESTINATION_TYPE: _of_destination,
}


def cannot_hold(values: Mapping[str, Json]) -> list[str]:
    """What of a live destination no v1 resource can hold, as words.

    Args:
        values: The destination in the API's spelling.
    """
    targets = [name for name in CANNOT_HOLD_TARGETS if name in values]
    types: Iterable[Json] = values.get("MatchingEventTypes") or ()
    known = types if isinstance(types, list) else ()
    return [*sorted(targets), *sorted(CANNOT_HOLD_TYPES.intersection(known))]
