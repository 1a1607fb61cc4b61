"""Shapes and colours for each kind of target."""

from collections.abc import Mapping

from exporter.model.targets import TARGET_TYPES, Icon
from exporter.reports.graph.model import OTHER

ICONS: Mapping[str, Icon] = {
    **{kind: row.icon for kind, row in TARGET_TYPES.items()},
    OTHER: Icon(
        path="M4 4h20v20h-20zM8 4v20M20 4v20",
        dot="component",
        mermaid=("[[", "]]"),
        fill="#eeeeee",
        stroke="#555555",
        text="#222222",
        light="#555555",
        dark="#b8b8b8",
    ),
}
"""The icon of each look."""


def large(look: str, x: float, y: float) -> str:
    """Return the shape of a target."""
    return _drawn(look, f"translate({x:.1f} {y:.1f})")


def small(look: str, x: float, y: float) -> str:
    """Return the shape for the legend."""
    return _drawn(look, f"translate({x:.1f} {y:.1f}) scale(.57)")


def _drawn(look: str, transform: str) -> str:
    return f'<path class="icon" transform="{transform}" d="{ICONS[look].path}"/>'
