"""What the reports for programs have in common."""

from collections.abc import Iterable

import msgspec
from msgspec import UNSET, UnsetType

from exporter.model.read_result import ReadFailure

FORMAT_VERSION = 1

Text = str | UnsetType
"""Left out where there is nothing to say."""


class Struct(msgspec.Struct, frozen=True, rename="pascal"):
    """A part of a report, its keys in the spelling of the API."""


class UnreadRow(Struct, frozen=True):
    """A set that could not be read; without a name, a whole account and region."""

    configuration_set: Text
    reason: str
    hint: Text = UNSET
    place: Text = UNSET


def unread_rows(unread: Iterable[ReadFailure]) -> tuple[UnreadRow, ...]:
    """What could not be read."""
    return tuple(
        UnreadRow(
            configuration_set=each.name or UNSET,
            reason=each.reason,
            hint=each.hint or UNSET,
            place=each.place or UNSET,
        )
        for each in unread
    )
