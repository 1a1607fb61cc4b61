"""A shape for each kind of target, drawn in a field of 28 by 28."""

from collections.abc import Mapping

from exporter.model.resources import TargetKind
from exporter.reports.graph.model import OTHER

_PATHS: Mapping[str, str] = {
    # A stadium, bars of a chart, an arrow into a vessel, a hexagon, a pin; like Mermaid's shapes.
    TargetKind.SNS: "M9 5h10a9 9 0 0 1 0 18h-10a9 9 0 0 1 0 -18zM9 14h10",
    TargetKind.CLOUDWATCH: "M4 4v20h20M9 20v-6M14 20v-12M19 20v-9",
    TargetKind.FIREHOSE: "M9 6h16l-6 16h-16zM10 14h9",
    TargetKind.EVENTBRIDGE: "M8 4h12l6 10l-6 10h-12l-6 -10z",
    TargetKind.PINPOINT: "M14 25l-8 -11a9 9 0 1 1 16 0zM14 7v6",
    OTHER: "M4 4h20v20h-20zM8 4v20M20 4v20",
}


def large(look: str, x: float, y: float) -> str:
    """The shape of a target."""
    return _drawn(look, f"translate({x:.1f} {y:.1f})")


def small(look: str, x: float, y: float) -> str:
    """The same in a legend."""
    return _drawn(look, f"translate({x:.1f} {y:.1f}) scale(.57)")


def _drawn(look: str, transform: str) -> str:
    return f'<path class="icon" transform="{transform}" d="{_PATHS[look]}"/>'
