"""A resource of which one thing is to be said of every value (``ignore_changes = all``)."""

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
"""What the provider's resources hold, in the API's spelling."""


def all_unknown(kind: str, unknown: Unknown) -> dict[str, Any]:
    """The values of a set or a destination, of which each is unknown for one reason."""
    return dict.fromkeys(_VALUES[kind], unknown)
