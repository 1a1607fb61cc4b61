"""Pair the scopes of two sides by account and region."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exporter.diff.side import Side, SideScope
from exporter.formats.unresolved import NamePattern, Reach, Unresolved


def same_place(one: SideScope, other: SideScope) -> bool:
    """Whether two scopes may be the same account and region; unknown ones may be any."""
    accounts = {one.account_id, other.account_id} - {None}
    regions = {one.region, other.region} - {None}
    return len(accounts) <= 1 and len(regions) <= 1


def is_only_pair(old: Side, new: Side) -> bool:
    """Whether each side has one scope; these two are compared whatever their places."""
    return len(old.scopes) == 1 and len(new.scopes) == 1


def pairs(old: Side, new: Side) -> Iterator[tuple[SideScope, SideScope]]:
    """Yield the pairs of scopes; if each side has only one, these two are a pair in any case.

    A scope without a partner is paired with an empty one, unless the other side is live and so has
    only the requested accounts and regions.
    """
    if is_only_pair(old, new):
        yield old.scopes[0], new.scopes[0]
        return
    before, after = _settled(old.scopes, new.scopes), _settled(new.scopes, old.scopes)
    unpaired = list(after)
    for one in before:
        other = next((scope for scope in unpaired if same_place(one, scope)), None)
        if other is not None:
            unpaired.remove(other)
            yield one, other
        elif not new.is_live:
            yield one, _empty(one)
    for other in unpaired:
        if not old.is_live:
            yield _empty(other), other


def unread_scopes(old: Side, new: Side) -> Iterator[tuple[Side, SideScope]]:
    """Yield the scopes of a side for which the other side, a live one, was not read."""
    if is_only_pair(old, new):
        return
    for side, live in ((old, new), (new, old)):
        for scope in side.scopes if live.is_live else ():
            if not any(same_place(scope, other) for other in live.scopes):
                yield side, scope


def _empty(scope: SideScope) -> SideScope:
    return SideScope(scope.account_id, scope.region, {}, partition=scope.partition)


def _settled(scopes: Sequence[SideScope], others: Sequence[SideScope]) -> list[SideScope]:
    """Return the scopes of a side, each of which fits at most one of the other side.

    If a scope may be any of several on the other side, its resources become unresolved in each.
    """
    vague = [scope for scope in scopes if _is_vague(scope, scopes, others)]
    sure = [scope for scope in scopes if not any(scope is each for each in vague)]
    for scope in vague:
        for other in others:
            if same_place(scope, other):
                _add_unresolved(scope, other, sure)
        if not any(same_place(scope, other) for other in others):
            sure.append(scope)
    return sure


def _is_vague(scope: SideScope, scopes: Sequence[SideScope], others: Sequence[SideScope]) -> bool:
    if None not in (scope.account_id, scope.region):
        return False
    partners = [other for other in others if same_place(scope, other)]
    rivals = [
        each for each in scopes if each is not scope and any(same_place(each, o) for o in partners)
    ]
    # If two know equally much about their account and region, both are vague.
    return len(partners) > 1 or any(_known(rival) >= _known(scope) for rival in rivals)


def _known(scope: SideScope) -> int:
    """Count what is known: the account, the region, or both."""
    return (scope.account_id is not None) + (scope.region is not None)


def _add_unresolved(scope: SideScope, other: SideScope, sure: list[SideScope]) -> None:
    """Add the resources of a vague scope, unresolved, to the scope that is paired with another."""
    unresolved = tuple(_unresolved(scope))
    index = next((i for i, each in enumerate(sure) if same_place(each, other)), None)
    if index is None:
        sure.append(replace(_empty(other), unresolved=unresolved))
    else:
        sure[index] = replace(sure[index], unresolved=(*sure[index].unresolved, *unresolved))


def _unresolved(scope: SideScope) -> Iterator[Unresolved]:
    what = "region" if scope.region is None else "account"
    for identity, item in scope.items.items():
        where, _, address = item.at.rpartition(" ")
        names = map(NamePattern.of_name, identity.names)
        is_set = identity.event_destination is None
        yield Unresolved(
            where,
            address or str(identity),
            f"its {what} is unknown",
            reach=Reach(is_set, not is_set, *names),
        )
    yield from scope.unresolved
