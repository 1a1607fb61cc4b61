"""Shared parts of the JSON reports."""

from collections.abc import Iterable

import msgspec
from msgspec import UNSET, UnsetType

from exporter.model.read_result import ReadFailure

FORMAT_VERSION = 1

Text = str | UnsetType
"""Omitted if empty."""


class Struct(msgspec.Struct, frozen=True, rename="pascal"):
    """A part of a report, with keys spelled as in the API."""


class UnreadRow(Struct, frozen=True):
    """A set that could not be read; without a name, a whole account and region."""

    configuration_set: Text
    reason: str
    hint: Text = UNSET
    place: Text = UNSET


def unread_rows(unread: Iterable[ReadFailure]) -> tuple[UnreadRow, ...]:
    """Return the rows for what could not be read."""
    return tuple(
        UnreadRow(
            configuration_set=failure.name or UNSET,
            reason=failure.reason,
            hint=failure.hint or UNSET,
            place=failure.place or UNSET,
        )
        for failure in unread
    )
