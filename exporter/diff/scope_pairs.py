"""Which scopes of two sides belong together: those of one account and region."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exporter.diff.side import Side, SideScope
from exporter.formats.unresolved import NamePattern, Reach, Unresolved


def same_place(one: SideScope, other: SideScope) -> bool:
    """Whether two scopes can be the same account and region; what is not said may be any."""
    accounts = {one.account_id, other.account_id} - {None}
    regions = {one.region, other.region} - {None}
    return len(accounts) <= 1 and len(regions) <= 1


def pairs(old: Side, new: Side) -> Iterator[tuple[SideScope, SideScope]]:
    """The scopes that belong together; one alone on each side does, whatever it says of itself.

    What a side has alone stands beside an empty scope, unless the other one was read live and so
    holds only what was asked for.
    """
    if len(old.scopes) == 1 and len(new.scopes) == 1:
        yield old.scopes[0], new.scopes[0]
        return
    before, after = _settled(old.scopes, new.scopes), _settled(new.scopes, old.scopes)
    left = list(after)
    for one in before:
        other = next((scope for scope in left if same_place(one, scope)), None)
        if other is not None:
            left.remove(other)
            yield one, other
        elif not new.is_live:
            yield one, _empty(one)
    for other in left:
        if not old.is_live:
            yield _empty(other), other


def _empty(place: SideScope) -> SideScope:
    return SideScope(place.account_id, place.region, {}, partition=place.partition)


def _settled(scopes: Sequence[SideScope], others: Sequence[SideScope]) -> list[SideScope]:
    """The scopes of a side, each at one place.

    A scope that may be of several places of the other side is of none of them for sure: what it
    holds is unresolved in each.
    """
    vague = [scope for scope in scopes if _is_vague(scope, scopes, others)]
    sure = [scope for scope in scopes if not any(scope is each for each in vague)]
    for scope in vague:
        for other in others:
            if same_place(scope, other):
                _spread(scope, other, sure)
        if not any(same_place(scope, other) for other in others):
            sure.append(scope)
    return sure


def _is_vague(scope: SideScope, scopes: Sequence[SideScope], others: Sequence[SideScope]) -> bool:
    if None not in (scope.account_id, scope.region):
        return False
    places = [other for other in others if same_place(scope, other)]
    rivals = [
        each for each in scopes if each is not scope and any(same_place(each, o) for o in places)
    ]
    return len(places) > 1 or any(_says_more(each, scope) for each in rivals)


def _says_more(one: SideScope, other: SideScope) -> bool:
    """Whether one scope says more of its place than another; of two alike both are vague."""
    return _said(one) >= _said(other)


def _said(scope: SideScope) -> int:
    return (scope.account_id is not None) + (scope.region is not None)


def _spread(scope: SideScope, other: SideScope, sure: list[SideScope]) -> None:
    """Put what a vague scope holds into the scope that is compared with another one."""
    found = tuple(_unresolved(scope))
    index = next((i for i, each in enumerate(sure) if same_place(each, other)), None)
    if index is None:
        sure.append(replace(_empty(other), unresolved=found))
    else:
        sure[index] = replace(sure[index], unresolved=(*sure[index].unresolved, *found))


def _unresolved(scope: SideScope) -> Iterator[Unresolved]:
    what = "region" if scope.region is None else "account"
    for who, item in scope.items.items():
        where, _, address = item.at.rpartition(" ")
        names = map(NamePattern.of_name, who.names)
        is_set = who.event_destination is None
        yield Unresolved(
            where,
            address or str(who),
            f"its {what} is unknown",
            reach=Reach(is_set, not is_set, *names),
        )
    yield from scope.unresolved
