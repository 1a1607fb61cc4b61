"""What was not compared, grouped by cause."""

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
        reason: Why, as a sentence without a subject.
        places: The resources: file and line, and address or name.
        hint: What to do, if anything helps.
    """

    reason: str
    places: tuple[str, ...]
    hint: str = ""


def gaps_of(difference: Difference) -> list[Gap]:
    """Return the causes, in the order of the code and then of names."""
    by_cause: dict[tuple[str, str], list[str]] = {}
    for reason, hint, place in _places(difference):
        by_cause.setdefault((reason, hint), []).append(place)
    return [
        Gap(reason, tuple(dict.fromkeys(places)), hint)
        for (reason, hint), places in by_cause.items()
    ]


def gap_lines(difference: Difference) -> Iterator[str]:
    """Yield a line for each cause, with its first places."""
    for gap in gaps_of(difference):
        places = listed(map(spelled, gap.places), _MOST_PLACES)
        yield f"{gap.reason}: {places}" + (f" (hint: {gap.hint})" if gap.hint else "")


def accepted_lines(difference: Difference) -> Iterator[str]:
    """Yield a line for entry difference or gap that the configuration accepts."""
    several = len(difference.scopes) > 1
    for entry in difference.accepted:
        scope = f"{entry.scope}: " if several and entry.scope else ""
        until = f" (until {entry.until})" if entry.until else ""
        yield f"{scope}{entry.name} {entry.property}: {entry.reason}{until}"


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
