"""Whose change is it? Told by what both sides were once: their common ancestor."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from exporter.diff.model import (
    Change,
    Changed,
    NotCompared,
    NotComparedReason,
    Origin,
    Renamed,
    ScopeDifference,
    ValueChange,
)
from exporter.diff.scope_comparison import ScopeComparison
from exporter.diff.scope_pairs import same_place
from exporter.diff.side import Side, SideScope
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError
from exporter.support.remarks import Said

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


class Lineage:
    """The ancestor of two sides.

    Args:
        ancestor: What both were once.
        old: The older side, that of the code.
        new: The newer one, that of the account.
        is_named: Whether somebody named it; else the older side brings it along.
    """

    def __init__(self, ancestor: Side, old: Side, new: Side, *, is_named: bool) -> None:
        self._ancestor = ancestor
        self._old, self._new = old, new
        self._is_named = is_named
        self._orphans: list[str] = []
        self._labelled = 0

    @classmethod
    def of(cls, named: Side | None, old: Side, new: Side) -> "Lineage | None":
        """The ancestor that was named, or that the older side brings along.

        An untouched export says what was read when it was written: from then on only SES changed.
        A plan says what stood in the state.
        """
        if named is not None:
            return cls(named, old, new, is_named=True)
        own = old if old.is_remembered else old.before
        return None if own is None or new.is_code else cls(own, old, new, is_named=False)

    @property
    def title(self) -> str:
        """The ancestor in words; empty where it told nothing."""
        return self._ancestor.title if self._labelled else ""

    def labelled(
        self, compared: ScopeDifference, scopes: tuple[SideScope, SideScope]
    ) -> ScopeDifference:
        """The same difference, in which each change has its origin.

        Args:
            compared: What differs.
            scopes: The older and the newer side's scope.
        """
        base = self._base(*scopes)
        if base is None:
            self._orphans.append(compared.title)
            return compared
        self._labelled += 1
        if self._ancestor is self._old:
            return replace(compared, changes=tuple(map(_drift, compared.changes)))
        origins = _Origins(self._ancestor, base, (self._old, self._new), scopes)
        return replace(compared, changes=tuple(map(origins.labelled, compared.changes)))

    def notes(self) -> Iterator[Said]:
        """What must be said of it.

        Raises:
            ExporterError: when somebody named it, and it is of another account or region.
        """
        if not self._is_named:
            return
        yield from self._ancestor.notes
        orphans = ", ".join(self._orphans)
        if orphans and not self._labelled:
            titles = ", ".join(scope.title for scope in self._ancestor.scopes)
            raise ExporterError(
                f"is of {titles or 'no account and region'}, but the comparison is of {orphans}",
                where=f"--base {self._ancestor.title}",
                hint="pass the common ancestor of both sides: a state, a snapshot or the target "
                "branch's code",
            )
        if orphans:
            said = "so it is unknown who made the changes there"
            yield f"{self._ancestor.title} has nothing of {orphans}, {said}"

    def _base(self, one: SideScope, other: SideScope) -> SideScope | None:
        """The scope that two come from; None where there is none for sure."""
        scopes = self._ancestor.scopes
        fitting = [s for s in scopes if same_place(s, one) and same_place(s, other)]
        return fitting[0] if len(fitting) == 1 else None


def _drift(change: Change) -> Change:
    """A change of the account, where the code is what it was."""
    if isinstance(change, Changed):
        values = (replace(value, origin=Origin.DRIFT) for value in change.values)
        return replace(change, values=tuple(values))
    return replace(change, origin=Origin.DRIFT)


class _Origins:
    """Whose change each is, in one account and region."""

    def __init__(
        self,
        ancestor: Side,
        base: SideScope,
        sides: tuple[Side, Side],
        scopes: tuple[SideScope, SideScope],
    ) -> None:
        self._code = _moves(ancestor, sides[0], base, scopes[0], is_code=True)
        self._account = _moves(ancestor, sides[1], base, scopes[1], is_code=False)

    def labelled(self, change: Change) -> Change:
        """The same change with its origin."""
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
