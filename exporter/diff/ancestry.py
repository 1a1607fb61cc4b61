"""Find out which side made each change, by comparing both with their common ancestor."""

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
"""The path of a whole resource."""


@dataclass(frozen=True)
class _SideChanges:
    """What has changed on one side since the ancestor.

    Attributes:
        paths: The paths that differ, by resource.
        unknown: The paths that could not be compared, by resource.
    """

    paths: Mapping[Identity, frozenset[str]]
    unknown: Mapping[Identity, frozenset[str]]

    def has(self, identity: Identity, path: str) -> bool:
        """Whether a value has changed, or a part of it, or a value that contains it."""
        return any(_overlap(path, other) for other in self.paths.get(identity, ()))

    def may_have(self, identity: Identity, path: str) -> bool:
        """Whether it is unknown if a value has changed."""
        return any(_overlap(path, other) for other in self.unknown.get(identity, ()))


def _overlap(one: str, other: str) -> bool:
    return _is_within(one, other) or _is_within(other, one)


def _is_within(path: str, whole: str) -> bool:
    return whole in ("", path) or path.startswith((f"{whole}.", f"{whole}["))


class Lineage:
    """The common ancestor of two sides.

    Args:
        ancestor: The ancestor.
        old: The older side, the code.
        new: The newer side, the account.
        is_named: Whether ``--base`` gave it; otherwise it comes from the older side.
    """

    def __init__(self, ancestor: Side, old: Side, new: Side, *, is_named: bool) -> None:
        self._ancestor = ancestor
        self._old, self._new = old, new
        self._is_named = is_named
        self._orphans: list[str] = []
        self._labelled = 0

    @classmethod
    def of(cls, named: Side | None, old: Side, new: Side) -> "Lineage | None":
        """Return the ancestor from ``--base``, or that of the older side; None if there is none.

        An unedited export has the values that were read for it, so only SES has changed since. A
        plan contains the state that it was made from.
        """
        if named is not None:
            return cls(named, old, new, is_named=True)
        own = old if old.is_remembered else old.before
        return None if own is None or new.is_code else cls(own, old, new, is_named=False)

    @property
    def title(self) -> str:
        """The ancestor in words; empty if it was not used."""
        return self._ancestor.title if self._labelled else ""

    def labelled(
        self, compared: ScopeDifference, scopes: tuple[SideScope, SideScope]
    ) -> ScopeDifference:
        """Return the difference with the origin of each change.

        Args:
            compared: The difference.
            scopes: The scopes of the older and the newer side.
        """
        base = self._base(*scopes)
        if base is None:
            self._orphans.append(compared.title)
            return compared
        self._labelled += 1
        if self._ancestor is self._old:
            return replace(compared, changes=tuple(map(_as_drift, compared.changes)))
        origins = _Origins(self._ancestor, base, (self._old, self._new), scopes)
        return replace(compared, changes=tuple(map(origins.labelled, compared.changes)))

    def notes(self) -> Iterator[Said]:
        """Yield notes on the ancestor.

        Raises:
            ExporterError: if ``--base`` is of another account or region.
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
            yield (
                f"{self._ancestor.title} has nothing of {orphans}, so it is unknown who made the "
                "changes there"
            )

    def _base(self, one: SideScope, other: SideScope) -> SideScope | None:
        """Return the ancestor's scope for two scopes; None if there isn't exactly one."""
        scopes = self._ancestor.scopes
        fitting = [s for s in scopes if same_place(s, one) and same_place(s, other)]
        return fitting[0] if len(fitting) == 1 else None


def _as_drift(change: Change) -> Change:
    """Label a change as made in the account."""
    if isinstance(change, Changed):
        values = (replace(value, origin=Origin.DRIFT) for value in change.values)
        return replace(change, values=tuple(values))
    return replace(change, origin=Origin.DRIFT)


class _Origins:
    """The origins of changes in one account and region."""

    def __init__(
        self,
        ancestor: Side,
        base: SideScope,
        sides: tuple[Side, Side],
        scopes: tuple[SideScope, SideScope],
    ) -> None:
        self._code = _side_changes(ancestor, sides[0], base, scopes[0], is_code=True)
        self._account = _side_changes(ancestor, sides[1], base, scopes[1], is_code=False)

    def labelled(self, change: Change) -> Change:
        """Return a change with its origin."""
        identity = change.resource
        if isinstance(change, Changed):
            return replace(change, values=tuple(self._of_value(identity, v) for v in change.values))
        names = (identity, change.new) if isinstance(change, Renamed) else (identity,)
        return replace(change, origin=self._origin(names, _WHOLE))

    def _of_value(self, identity: Identity, value: ValueChange) -> ValueChange:
        return replace(value, origin=self._origin((identity,), value.path))

    def _origin(self, names: Iterable[Identity], path: str) -> Origin | None:
        """Return which side changed; None if one did, but the other may have, too."""
        names = tuple(names)
        code = any(self._code.has(identity, path) for identity in names)
        account = any(self._account.has(identity, path) for identity in names)
        if code and account:
            return Origin.CONFLICT
        if code and not any(self._account.may_have(identity, path) for identity in names):
            return Origin.PENDING
        if account and not any(self._code.may_have(identity, path) for identity in names):
            return Origin.DRIFT
        return None


def _side_changes(
    ancestor: Side, side: Side, base: SideScope, scope: SideScope, *, is_code: bool
) -> _SideChanges:
    comparison = ScopeComparison(ancestor, side, base, scope, unmanaged=True)
    paths: dict[Identity, set[str]] = {}
    for change in comparison.changes():
        changed = [v.path for v in change.values] if isinstance(change, Changed) else [_WHOLE]
        paths.setdefault(change.resource, set()).update(changed)
    unknown: dict[Identity, set[str]] = {}
    for item in comparison.not_compared:
        if is_code and _was_open(item):
            paths.setdefault(item.resource, set()).add(item.path)
        elif item.why is NotComparedReason.UNKNOWN:
            unknown.setdefault(item.resource, set()).add(item.path)
    return _SideChanges(_frozen(paths), _frozen(unknown))


def _was_open(item: NotCompared) -> bool:
    """Whether the ancestor's code left a value open: if the code has it now, the code changed."""
    return item.why is NotComparedReason.LEFT_OPEN and bool(item.path)


def _frozen(by_resource: Mapping[Identity, set[str]]) -> dict[Identity, frozenset[str]]:
    return {resource: frozenset(paths) for resource, paths in by_resource.items()}
