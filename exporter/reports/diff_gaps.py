"""What was not compared, by its cause: said once for the cause, not for each resource."""

from collections.abc import Iterator
from dataclasses import dataclass

from exporter.diff.model import Difference
from exporter.reports.diff_counts import heading_of
from exporter.support.text import listed, spelled

_MOST_PLACES = 6


@dataclass(frozen=True)
class Gap:
    """One cause.

    Attributes:
        reason: Why, as a sentence without its subject.
        places: What it concerns: file and line, and address or name.
        hint: What helps, if something does.
    """

    reason: str
    places: tuple[str, ...]
    hint: str = ""


def gaps_of(difference: Difference) -> list[Gap]:
    """What keeps the coverage from being whole, in order of the code and then of the names."""
    found: dict[tuple[str, str], list[str]] = {}
    for reason, hint, place in _places(difference):
        found.setdefault((reason, hint), []).append(place)
    return [
        Gap(reason, tuple(dict.fromkeys(places)), hint) for (reason, hint), places in found.items()
    ]


def gap_lines(difference: Difference) -> Iterator[str]:
    """A line for each cause, with the first places that it concerns."""
    for gap in gaps_of(difference):
        places = listed(map(spelled, gap.places), _MOST_PLACES)
        yield f"{gap.reason}: {places}" + (f" (hint: {gap.hint})" if gap.hint else "")


def accepted_lines(difference: Difference) -> Iterator[str]:
    """A line for each difference or gap that the configuration accepts."""
    several = len(difference.scopes) > 1
    for each in difference.accepted:
        scope = f"{each.scope}: " if several and each.scope else ""
        until = f" (until {each.until})" if each.until else ""
        yield f"{scope}{each.name} {each.property}: {each.reason}{until}"


def _places(difference: Difference) -> Iterator[tuple[str, str, str]]:
    for each in difference.unresolved:
        yield each.reason, each.hint, f"{each.where} {each.what}".strip()
    several = len(difference.scopes) > 1
    for scope in difference.scopes:
        heading = f"{heading_of(difference, scope)}: " if several else ""
        for gap in scope.gaps.values():
            path = f" {gap.path}" if gap.path else ""
            at = f" ({gap.at})" if gap.at else ""
            yield gap.reason, "", f"{heading}{gap.resource}{path}{at}"
