"""What the configuration accepts leaves the differences, and is listed apart."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from exporter.diff.model import (
    ABSENT,
    Accepted,
    Added,
    Change,
    Changed,
    Difference,
    NotCompared,
    Removed,
    ScopeDifference,
)
from exporter.formats.unresolved import Unresolved
from exporter.sources import trusted_config
from exporter.sources.accept import ADDED, NOT_COMPARED, REMOVED, RENAMED, Acceptance
from exporter.sources.read import Source
from exporter.support.text import listed

_MOST_LINES = 10


def configured(difference: Difference, source: Source) -> Difference:
    """Take out of a difference what the configuration file accepts today.

    Args:
        difference: What differs.
        source: What was compared, and which configuration file holds.

    Raises:
        ExporterError: when the configuration file is wrong.
    """
    file = trusted_config.chosen(source.config)
    if file is None or not file.accept:
        return difference
    is_whole = not source.selection and not source.target.regions
    today = datetime.now(UTC).date()
    return accept(difference, file.accept, today, str(file.path), is_whole=is_whole)


def accept(
    difference: Difference,
    entries: Iterable[Acceptance],
    today: date,
    where: str,
    *,
    is_whole: bool,
) -> Difference:
    """Take out of a difference what is accepted.

    Args:
        difference: What differs.
        entries: What is accepted.
        today: The day on which it is.
        where: The file of the entries, for notes.
        is_whole: Whether all was compared that the entries may be about, so that one that is good
            for nothing can be told.
    """
    sieve = _Sieve(tuple(entries), today)
    scopes = tuple(sieve.rest(scope) for scope in difference.scopes)
    notes = (*difference.notes, *sieve.notes(where, is_whole=is_whole))
    return replace(difference, scopes=scopes, notes=notes, accepted=tuple(sieve.accepted))


def acceptances(difference: Difference, reason: str, until: date | None) -> tuple[Acceptance, ...]:
    """An entry for each difference and each gap.

    Args:
        difference: What is to be accepted.
        reason: Why.
        until: The last day on which it holds.
    """
    several = len(difference.scopes) > 1
    found: dict[tuple[Any, ...], Acceptance] = {}
    for scope in difference.scopes:
        place = (scope.account_id, scope.region) if several else (None, None)
        for name, what, value in _differences(scope):
            entry = Acceptance(name, what, reason, value, until, *place)
            found[name, what, *place] = entry
    for each in difference.unresolved:
        name = _name(each)
        found[name, NOT_COMPARED] = Acceptance(name, NOT_COMPARED, reason, None, until)
    return tuple(found.values())


def _differences(scope: ScopeDifference) -> Iterator[tuple[str, str, Any]]:
    for change in scope.changes:
        for what, value in _parts(change):
            yield str(change.resource), what, value
    for who in scope.gaps:
        yield str(who), NOT_COMPARED, ABSENT


def _parts(change: Change) -> Iterator[tuple[str, Any]]:
    """What of a change can be accepted by itself, and the newer side's value there."""
    if isinstance(change, Changed):
        yield from ((value.path, value.new) for value in change.values)
    elif isinstance(change, Added):
        yield ADDED, dict(change.values)
    elif isinstance(change, Removed):
        yield REMOVED, ABSENT
    else:
        yield RENAMED, str(change.new)


def _name(each: Unresolved) -> str:
    return each.what or each.where


class _Sieve:
    """Takes out what is accepted, and remembers what each entry was good for."""

    def __init__(self, entries: tuple[Acceptance, ...], today: date) -> None:
        self._entries = entries
        self._today = today
        # By the place of the entry among them: two may be alike.
        self._used: set[int] = set()
        self._outdated: dict[int, str] = {}
        self.accepted: list[Accepted] = []

    def rest(self, scope: ScopeDifference) -> ScopeDifference:
        """A scope without what is accepted."""
        found = [self._change(scope, change) for change in scope.changes]
        changes = tuple(change for change in found if change is not None)
        return replace(
            scope,
            changes=changes,
            accepted=len(scope.changes) - len(changes),
            not_compared=tuple(each for each in scope.not_compared if self._keeps(scope, each)),
            unresolved=tuple(e for e in scope.unresolved if not self._takes_unresolved(scope, e)),
        )

    def _change(self, scope: ScopeDifference, change: Change) -> Change | None:
        name = str(change.resource)
        left = [p for p in _parts(change) if not self._takes(scope, name, *p)]
        if not isinstance(change, Changed):
            return change if left else None
        paths = {path for path, _ in left}
        values = tuple(value for value in change.values if value.path in paths)
        return replace(change, values=values) if values else None

    def _keeps(self, scope: ScopeDifference, each: NotCompared) -> bool:
        return not each.is_gap or not self._takes(scope, str(each.resource), NOT_COMPARED, ABSENT)

    def _takes_unresolved(self, scope: ScopeDifference, each: Unresolved) -> bool:
        return self._takes(scope, _name(each), NOT_COMPARED, ABSENT, is_of_scope=False)

    def _takes(
        self,
        scope: ScopeDifference,
        name: str,
        what: str,
        value: Any,
        *,
        is_of_scope: bool = True,
    ) -> bool:
        """Whether an entry accepts something; the last one that is about it counts."""
        for index, entry in reversed(list(enumerate(self._entries))):
            about = entry.concerns(name, scope.account_id, scope.region)
            if not about or entry.property != what:
                continue
            self._used.add(index)
            if entry.has_ended(self._today):
                self._outdated[index] = f"{name} {what} was accepted until {entry.until}"
            elif not entry.holds_value(value):
                self._outdated[index] = f"{name} {what} differs from the accepted value"
            else:
                title = scope.title if is_of_scope else ""
                found = Accepted(title, name, what, value, entry.reason, entry.until)
                self.accepted += [] if found in self.accepted else [found]
                return True
        return False

    def notes(self, where: str, *, is_whole: bool) -> Iterator[str]:
        """Which entries hold no more, and which were good for nothing."""
        for index, said in sorted(self._outdated.items()):
            yield f"{where}:{self._entries[index].line}: {said}"
        lines = [e.line for index, e in enumerate(self._entries) if index not in self._used]
        if is_whole and lines:
            at = listed(map(str, lines), _MOST_LINES)
            yield f"{where}: unused [[accept]] entries, safe to delete: line {at}"
