"""The account and region of each resource in a state or a plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from exporter.formats.terraform.names import SET_TYPES
from exporter.formats.terraform.recorded import Row
from exporter.model import arns

Place = tuple[str | None, str | None]
"""An account and a region, as far as they are said."""

NOWHERE: Place = (None, None)


class Places:
    """Which account and region each resource is in.

    A set says it by its ARN, and from the provider's version 6 on each resource its region; a plan
    says the region of a provider configuration. A destination of an older provider is where its set
    is, or where its target is, and what else there is where the other resources of its provider
    configuration are.

    Args:
        rows: All resources of SES.
        others: By provider configuration, the places that the ARNs of all its resources name.
    """

    def __init__(self, rows: list[Row], others: Mapping[str, set[Place]] | None = None) -> None:
        self._others = others or {}
        self._said = {_said(row) for row in rows}
        # The places of all, and of those of one set, each also by its provider alone.
        self._near: dict[tuple[str | None, str | None], set[Place]] = defaultdict(set)
        for row in rows:
            place = self._completed(_said(row))
            if place == NOWHERE:
                continue
            name, provider = str(row.set_name), str(row.provider)
            for of_set in (None, name) if row.kind in SET_TYPES else (None,):
                self._near[of_set, provider].add(place)
                self._near[of_set, None].add(place)

    def of(self, row: Row) -> Place | None:
        """The place of a resource; None when it could be one of several."""
        place = self._completed(_said(row))
        if None not in place:
            return place
        name, provider = str(row.set_name), str(row.provider)
        others = {other for other in self._others.get(provider, ()) if _agree(place, other)}
        if len(others) == 1 and (name, provider) not in self._near:
            return next(iter(others))
        for key in ((name, provider), (name, None), (None, provider), (None, None)):
            fitting = {other for other in self._near.get(key, ()) if _agree(place, other)}
            if len(fitting) > 1:
                # SES publishes to what is in its own region alone.
                regions = set(_target_regions(row.values))
                fitting = {other for other in fitting if other[1] in regions}
                return next(iter(fitting)) if len(fitting) == 1 else None
            if fitting:
                return next(iter(fitting))
        return place

    def _completed(self, place: Place) -> Place:
        """A place with what the only other one that it can be says."""
        whole = {other for other in self._said if None not in other and _agree(place, other)}
        return next(iter(whole)) if place != NOWHERE and len(whole) == 1 else place


def _target_regions(value: object) -> Iterator[str]:
    """The regions that the ARNs in a destination name; IAM has none."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _target_regions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _target_regions(item)
    else:
        region = _of_arn(value)[1]
        if region:
            yield region


def named_by(found: Iterable[tuple[str, object]]) -> dict[str, set[Place]]:
    """The places that the ARNs of resources name, by their provider configuration."""
    named: dict[str, set[Place]] = defaultdict(set)
    for provider, arn in found:
        place = _of_arn(arn)
        if None not in place:
            named[provider].add(place)
    return named


def _of_arn(arn: object) -> Place:
    parts = arns.split(arn)
    return (parts.account or None, parts.region or None) if parts else NOWHERE


def _said(row: Row) -> Place:
    account, of_arn = _of_arn(row.values.get("arn"))
    region = row.values.get("region")
    own = region if isinstance(region, str) and region else None
    return account, own or of_arn or row.region


def _agree(one: Place, other: Place) -> bool:
    return all(None in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True))
