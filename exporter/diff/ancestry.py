"""Whose change is it? Told by what both sides were once: their common ancestor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from exporter.diff.model import (
    Change,
    Changed,
    NotCompared,
    NotComparedReason,
    Origin,
    Renamed,
    ValueChange,
)
from exporter.diff.scope_comparison import ScopeComparison
from exporter.diff.side import Side, SideScope
from exporter.model.identities import Identity

_WHOLE = ""
"""The path of a resource as a whole."""


@dataclass(frozen=True)
class _Moves:
    """What of one side is not as in the ancestor.

    Attributes:
        paths: The paths that differ, by resource.
        unknown: The paths of which that cannot be told.
    """

    paths: Mapping[Identity, frozenset[str]]
    unknown: Mapping[Identity, frozenset[str]]

    def has(self, who: Identity, path: str) -> bool:
        """Whether a value moved, or what it is a part of, or a part of it."""
        return any(_meet(path, other) for other in self.paths.get(who, ()))

    def may_have(self, who: Identity, path: str) -> bool:
        """Whether that cannot be told."""
        return any(_meet(path, other) for other in self.unknown.get(who, ()))


def _meet(one: str, other: str) -> bool:
    return _is_within(one, other) or _is_within(other, one)


def _is_within(path: str, whole: str) -> bool:
    return whole in ("", path) or path.startswith((f"{whole}.", f"{whole}["))


class Ancestry:
    """The ancestor of one scope of two sides.

    Args:
        ancestor: What both were once.
        base: Its scope.
        sides: The older side, that of the code, and the newer one, that of the account.
        scopes: Their scopes.
    """

    def __init__(
        self,
        ancestor: Side,
        base: SideScope,
        sides: tuple[Side, Side],
        scopes: tuple[SideScope, SideScope],
    ) -> None:
        self._code = _moves(ancestor, sides[0], base, scopes[0], is_code=True)
        self._account = _moves(ancestor, sides[1], base, scopes[1], is_code=False)

    def labelled(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """The same changes, each with its origin."""
        return tuple(map(self._labelled, changes))

    def _labelled(self, change: Change) -> Change:
        who = change.resource
        if isinstance(change, Changed):
            return replace(change, values=tuple(self._of_value(who, v) for v in change.values))
        names = (who, change.new) if isinstance(change, Renamed) else (who,)
        return replace(change, origin=self._origin(names, _WHOLE))

    def _of_value(self, who: Identity, value: ValueChange) -> ValueChange:
        return replace(value, origin=self._origin((who,), value.path))

    def _origin(self, names: Iterable[Identity], path: str) -> Origin | None:
        """Both moved, one did while the other did not for sure, or it cannot be told."""
        names = tuple(names)
        code = any(self._code.has(who, path) for who in names)
        account = any(self._account.has(who, path) for who in names)
        if code and account:
            return Origin.CONFLICT
        if code and not any(self._account.may_have(who, path) for who in names):
            return Origin.PENDING
        if account and not any(self._code.may_have(who, path) for who in names):
            return Origin.DRIFT
        return None


def _moves(
    ancestor: Side, side: Side, base: SideScope, scope: SideScope, *, is_code: bool
) -> _Moves:
    comparison = ScopeComparison(ancestor, side, base, scope, unmanaged=True)
    paths: dict[Identity, set[str]] = {}
    for change in comparison.changes():
        moved = [v.path for v in change.values] if isinstance(change, Changed) else [_WHOLE]
        paths.setdefault(change.resource, set()).update(moved)
    unknown: dict[Identity, set[str]] = {}
    for each in comparison.not_compared:
        if is_code and _was_open(each):
            paths.setdefault(each.resource, set()).add(each.path)
        elif each.why is NotComparedReason.UNKNOWN:
            unknown.setdefault(each.resource, set()).add(each.path)
    return _Moves(_frozen(paths), _frozen(unknown))


def _was_open(each: NotCompared) -> bool:
    """Whether the ancestor's code left a value open.

    A difference at that place is one of code that says it now: whoever wrote that changed it.
    """
    return each.why is NotComparedReason.LEFT_OPEN and bool(each.path)


def _frozen(found: Mapping[Identity, set[str]]) -> dict[Identity, frozenset[str]]:
    return {who: frozenset(paths) for who, paths in found.items()}
