"""Configuration sets as data (``--layout data``): what the formats share."""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.formats.render_context import DestinationView, SetView
from exporter.formats.yaml_data import Data
from exporter.model.arns import TargetArn
from exporter.model.resources import EventDestination
from exporter.model.targets import TARGET_TYPES

TargetKeys = Mapping[TargetArn, str]
"""The key of each target in the data."""


@dataclass(frozen=True)
class DestinationData:
    """An event destination with its data; None if only comments are written."""

    view: DestinationView
    data: Data | None


@dataclass(frozen=True)
class SetData:
    """A configuration set with its data.

    Attributes:
        options: The set's options; None if neither the set nor a destination is written.
    """

    view: SetView
    options: Data | None
    destinations: tuple[DestinationData, ...]

    @property
    def is_commented(self) -> bool:
        """Whether there are comments on it or on a destination."""
        return bool(
            self.view.comments
            or any(destination.view.comments for destination in self.destinations)
        )

    @property
    def has_destinations(self) -> bool:
        """Whether any of its destinations is written."""
        return any(destination.data is not None for destination in self.destinations)


def named_target(model: EventDestination, keys: TargetKeys) -> dict[str, dict[str, str]]:
    """Return a destination's target, with keys for its ARNs: ``{sns_destination: {topic: KEY}}``.

    Empty for a kind of target without an ARN.
    """
    target = model.target
    row = TARGET_TYPES.get(target.kind) if target is not None else None
    if target is None or row is None or not row.arns:
        return {}
    arns = ((name, arn_type, getattr(target, name)) for name, arn_type in row.arns.items())
    return {
        row.field: {
            name.removesuffix("_arn"): keys[TargetArn(arn_type, arn)]
            for name, arn_type, arn in arns
            if arn is not None
        }
    }
