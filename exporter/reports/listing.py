"""The rows of ``scan``, one per event destination, as JSON and CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from exporter.model import arns, codec
from exporter.model.resources import (
    CloudWatchDestination,
    ConfigurationSet,
    EventDestination,
    EventType,
    KinesisFirehoseDestination,
    Scope,
)
from exporter.support.text import printable

_FORMULA = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""The first characters of a cell that a spreadsheet takes for a formula, with their wide forms."""
_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")


class Row(msgspec.Struct, frozen=True, rename="pascal"):
    """One event destination, or a configuration set without any (other fields are null then).

    ``target`` is the target's ARN, or CloudWatch dimensions as ``NAME=SOURCE:DEFAULT``.
    """

    account_id: str | None
    region: str
    configuration_set: str
    event_destination: str | None = None
    enabled: bool | None = None
    kind: str | None = None
    target: str | None = None
    iam_role_arn: str | None = None
    matching_event_types: tuple[str, ...] | None = None


def rows(scopes: Iterable[Scope]) -> Iterator[Row]:
    """Yield the rows of accounts and regions, in order."""
    for scope in scopes:
        for set_ in scope.configuration_sets:
            if not set_.event_destinations:
                yield Row(scope.account_id, scope.region, set_.name)
            for destination in set_.event_destinations:
                yield _row(scope, set_, destination)


def as_json(scopes: Iterable[Scope]) -> Iterator[str]:
    """Yield the rows as a JSON array of objects, row by row."""
    end = "[]\n"
    for row in rows(scopes):
        # A list of one row, without its closing bracket.
        text = codec.pretty([row]).removesuffix("\n]\n")
        yield text if end == "[]\n" else f",{text.removeprefix('[')}"
        end = "\n]\n"
    yield end


def as_csv(scopes: Iterable[Scope]) -> Iterator[str]:
    """Yield the rows as CSV with a header (RFC 4180, lines end with a newline), line by line.

    Event types are joined by spaces. Control characters are escaped, and text that looks like a
    formula gets a leading ``'``, so that terminals and spreadsheets don't interpret them.
    """
    header: list[object] = [field.encode_name for field in msgspec.structs.fields(Row)]
    yield _csv_line(header)
    for row in rows(scopes):
        yield _csv_line([_cell(value) for value in msgspec.structs.astuple(row)])


def _csv_line(cells: Sequence[object]) -> str:
    r"""Format one line; with ``\r\n`` as line end, the writer quotes cells that contain either."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"


def short_target(scope: Scope, destination: EventDestination) -> str:
    """Return a short name of the target: the name in its ARN, if it is in the same scope."""
    target = destination.target
    if isinstance(target, CloudWatchDestination):
        return dimensions(target)
    if target is None or target.arn is None:
        return "?"
    arn = arns.split(target.arn)
    here = (scope.partition, scope.region, scope.account_id)
    if arn and (arn.partition, arn.region, arn.account) == here:
        return arn.name
    return target.arn


def dimensions(target: CloudWatchDestination) -> str:
    """Return the names of a metric's dimensions."""
    return ", ".join(d.dimension_name for d in target.dimension_configurations) or "no dimension"


def kind_of(destination: EventDestination) -> str:
    """Return the kind of the target; for a kind that the models don't have, the API's name."""
    if destination.target is not None:
        return str(destination.target.kind)
    return destination.unknown_targets[0].name


def describe_events(
    types: Sequence[EventType], words: Mapping[EventType, str] | None = None
) -> str:
    """List event types: ``all``, ``all but ...``, or a list; ``words`` replaces their names."""
    missing = [kind for kind in EventType if kind not in types]
    is_known = all(kind.is_known for kind in types)
    if is_known and not missing:
        return "all"
    is_most = is_known and len(missing) <= 2
    shown = ", ".join(
        (words or {}).get(kind, kind.lower()) for kind in (missing if is_most else types)
    )
    return f"all but {shown}" if is_most else shown


def _row(scope: Scope, set_: ConfigurationSet, destination: EventDestination) -> Row:
    target = destination.target
    role = target.iam_role_arn if isinstance(target, KinesisFirehoseDestination) else None
    return Row(
        account_id=scope.account_id,
        region=scope.region,
        configuration_set=set_.name,
        event_destination=destination.name,
        enabled=destination.enabled,
        kind=kind_of(destination),
        target=_full_target(destination),
        iam_role_arn=role,
        matching_event_types=tuple(map(str, destination.matching_event_types)),
    )


def _full_target(destination: EventDestination) -> str:
    target = destination.target
    if isinstance(target, CloudWatchDestination):
        return " ".join(
            f"{d.dimension_name}={d.dimension_value_source}:{d.default_dimension_value}"
            for d in target.dimension_configurations
        )
    return target.arn or "" if target else destination.unknown_targets[0].value


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return _harmless(" ".join(value))
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    shown = printable(text)
    is_formula = _FORMULA.match(shown) and not _NUMBER.fullmatch(shown)
    return f"'{shown}" if is_formula else shown
