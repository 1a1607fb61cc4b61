"""Find the account and region of each resource in a state or a plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from exporter.formats.terraform.names import SET_TYPES
from exporter.formats.terraform.recorded import Record
from exporter.model import arns

PartialScope = tuple[str | None, str | None]
"""An account and a region; None where unknown."""

UNKNOWN_SCOPE: PartialScope = (None, None)


class RecordedScopes:
    """Finds the account and region of each resource.

    A set has them in its ARN, and since version 6 of the provider each resource has its region; a
    plan has the region of a provider configuration. A destination of an older provider is in the
    scope of its set or its target, and any other resource in the scope of the other resources of
    its provider configuration.

    Args:
        records: All SES resources.
        by_provider: The scopes in the ARNs of all resources, by provider configuration.
    """

    def __init__(
        self, records: list[Record], by_provider: Mapping[str, set[PartialScope]] | None = None
    ) -> None:
        self._by_provider = by_provider or {}
        self._known = {_own_scope(record) for record in records}
        # By set name and provider configuration; None stands for any.
        self._scopes: dict[tuple[str | None, str | None], set[PartialScope]] = defaultdict(set)
        for record in records:
            scope = self._completed(_own_scope(record))
            if scope == UNKNOWN_SCOPE:
                continue
            name, provider = str(record.set_name), str(record.provider)
            for set_name in (None, name) if record.kind in SET_TYPES else (None,):
                self._scopes[set_name, provider].add(scope)
                self._scopes[set_name, None].add(scope)

    def of(self, record: Record) -> PartialScope | None:
        """Return the scope of a resource; None if it could be one of several."""
        scope = self._completed(_own_scope(record))
        if None not in scope:
            return scope
        name, provider = str(record.set_name), str(record.provider)
        others = {other for other in self._by_provider.get(provider, ()) if _agree(scope, other)}
        if len(others) == 1 and (name, provider) not in self._scopes:
            return next(iter(others))
        for key in ((name, provider), (name, None), (None, provider), (None, None)):
            candidates = {other for other in self._scopes.get(key, ()) if _agree(scope, other)}
            if len(candidates) > 1:
                # SES publishes only to targets in its own region.
                regions = set(_arn_regions(record.values))
                candidates = {other for other in candidates if other[1] in regions}
                return next(iter(candidates)) if len(candidates) == 1 else None
            if candidates:
                return next(iter(candidates))
        return scope

    def _completed(self, scope: PartialScope) -> PartialScope:
        """Fill in a scope if only one complete scope agrees with it."""
        complete = {other for other in self._known if None not in other and _agree(scope, other)}
        return next(iter(complete)) if scope != UNKNOWN_SCOPE and len(complete) == 1 else scope


def _arn_regions(value: object) -> Iterator[str]:
    """Yield the regions of the ARNs in a destination; those of IAM have none."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _arn_regions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _arn_regions(item)
    else:
        region = _arn_scope(value)[1]
        if region:
            yield region


def scopes_by_provider(
    arns_by_provider: Iterable[tuple[str, object]],
) -> dict[str, set[PartialScope]]:
    """Return the scopes in the ARNs of resources, by provider configuration."""
    scopes: dict[str, set[PartialScope]] = defaultdict(set)
    for provider, arn in arns_by_provider:
        scope = _arn_scope(arn)
        if None not in scope:
            scopes[provider].add(scope)
    return scopes


def _arn_scope(arn: object) -> PartialScope:
    parts = arns.split(arn)
    return (parts.account or None, parts.region or None) if parts else UNKNOWN_SCOPE


def _own_scope(record: Record) -> PartialScope:
    account, arn_region = _arn_scope(record.values.get("arn"))
    region = record.values.get("region")
    own_region = region if isinstance(region, str) and region else None
    return account, own_region or arn_region or record.region


def _agree(one: PartialScope, other: PartialScope) -> bool:
    return all(None in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True))
