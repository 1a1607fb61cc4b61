"""A resource whose values are all unknown for the same reason (``ignore_changes = all``)."""

from collections.abc import Mapping
from typing import Any

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE

_VALUES: Mapping[str, tuple[str, ...]] = {
    SET_TYPE: (
        "DeliveryOptions",
        "ReputationOptions",
        "SendingOptions",
        "SuppressionOptions",
        "Tags",
        "TrackingOptions",
        "VdmOptions",
    ),
    DESTINATION_TYPE: (
        "CloudWatchDestination",
        "Enabled",
        "EventBridgeDestination",
        "KinesisFirehoseDestination",
        "MatchingEventTypes",
        "PinpointDestination",
        "SnsDestination",
    ),
}
"""The values of the provider's resources, in the API's spelling."""


def all_unknown(kind: str, unknown: Unknown) -> dict[str, Any]:
    """Return the values of a set or a destination, all of them ``unknown``."""
    return dict.fromkeys(_VALUES[kind], unknown)
