"""Configuration sets as data (``--layout data``), as far as the formats have it alike."""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.formats.render_context import DestinationView, SetView
from exporter.formats.yaml_data import Data
from exporter.model.arns import TargetArn
from exporter.model.resources import EventDestination
from exporter.model.targets import TARGET_TYPES

TargetKeys = Mapping[TargetArn, str]
"""What the data calls each target."""


@dataclass(frozen=True)
class DestinationData:
    """An event destination, with its data; None where only comments are written."""

    view: DestinationView
    data: Data | None


@dataclass(frozen=True)
class SetData:
    """A configuration set with its data.

    Attributes:
        options: Its own; None where nothing is written of the set and of its destinations.
    """

    view: SetView
    options: Data | None
    destinations: tuple[DestinationData, ...]

    @property
    def is_commented(self) -> bool:
        """Whether there is anything to say of it or of a destination."""
        return bool(self.view.comments or any(each.view.comments for each in self.destinations))

    @property
    def has_destinations(self) -> bool:
        """Whether any of its destinations is written."""
        return any(each.data is not None for each in self.destinations)


def named_target(model: EventDestination, keys: TargetKeys) -> dict[str, dict[str, str]]:
    """The target of a destination by the keys of its ARNs: ``{sns_destination: {topic: KEY}}``.

    Empty for a kind of target that has no ARN.
    """
    target = model.target
    row = TARGET_TYPES.get(target.kind) if target is not None else None
    if target is None or row is None or not row.arns:
        return {}
    arns = ((name, of, getattr(target, name)) for name, of in row.arns.items())
    return {
        row.field: {
            name.removesuffix("_arn"): keys[TargetArn(of, arn)]
            for name, of, arn in arns
            if arn is not None
        }
    }
