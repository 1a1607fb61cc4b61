"""``[[accept]]``: remove the differences that the configuration accepts, and list them."""

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
    """Remove what the configuration file accepts today.

    Args:
        difference: The difference.
        source: The source that was compared, with its configuration file.

    Raises:
        ExporterError: if the configuration file is invalid.
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
    """Remove what the entries accept.

    Args:
        difference: The difference.
        entries: The entries.
        today: Today's date.
        where: The file of the entries, for notes.
        is_whole: Whether everything was compared, without a selection, so that unused entries can
            be reported.
    """
    acceptor = _Acceptor(tuple(entries), today)
    scopes = tuple(acceptor.rest(scope) for scope in difference.scopes)
    notes = (*difference.notes, *acceptor.notes(where, is_whole=is_whole))
    return replace(difference, scopes=scopes, notes=notes, accepted=tuple(acceptor.accepted))


def acceptances(difference: Difference, reason: str, until: date | None) -> tuple[Acceptance, ...]:
    """Return an entry for each difference and each gap.

    Args:
        difference: The difference to accept.
        reason: The reason.
        until: The last day on which the entries apply.
    """
    several = len(difference.scopes) > 1
    entries: dict[tuple[Any, ...], Acceptance] = {}
    for scope in difference.scopes:
        key = (scope.account_id, scope.region) if several else (None, None)
        for name, what, value in _differences(scope):
            entry = Acceptance(name, what, reason, value, until, *key)
            entries[name, what, *key] = entry
    for unresolved in difference.unresolved:
        name = _name(unresolved)
        entries[name, NOT_COMPARED] = Acceptance(name, NOT_COMPARED, reason, None, until)
    return tuple(entries.values())


def _differences(scope: ScopeDifference) -> Iterator[tuple[str, str, Any]]:
    for change in scope.changes:
        for what, value in _parts(change):
            yield str(change.resource), what, value
    for resource in scope.gaps:
        yield str(resource), NOT_COMPARED, ABSENT


def _parts(change: Change) -> Iterator[tuple[str, Any]]:
    """Yield the parts of a change that can be accepted, with the value on the newer side."""
    if isinstance(change, Changed):
        yield from ((value.path, value.new) for value in change.values)
    elif isinstance(change, Added):
        yield ADDED, dict(change.values)
    elif isinstance(change, Removed):
        yield REMOVED, ABSENT
    else:
        yield RENAMED, str(change.new)


def _name(unresolved: Unresolved) -> str:
    return unresolved.what or unresolved.where


class _Acceptor:
    """Removes what is accepted, and records which entries were used."""

    def __init__(self, entries: tuple[Acceptance, ...], today: date) -> None:
        self._entries = entries
        self._today = today
        # By index, because two entries may be equal.
        self._used: set[int] = set()
        self._outdated: dict[int, str] = {}
        self.accepted: list[Accepted] = []

    def rest(self, scope: ScopeDifference) -> ScopeDifference:
        """Return a scope without what is accepted."""
        rest = [self._rest_of_change(scope, change) for change in scope.changes]
        changes = tuple(change for change in rest if change is not None)
        return replace(
            scope,
            changes=changes,
            accepted=len(scope.changes) - len(changes),
            not_compared=tuple(gap for gap in scope.not_compared if self._keeps(scope, gap)),
            unresolved=tuple(
                each for each in scope.unresolved if not self._accepts_unresolved(scope, each)
            ),
        )

    def _rest_of_change(self, scope: ScopeDifference, change: Change) -> Change | None:
        name = str(change.resource)
        rest = [part for part in _parts(change) if not self._accepts(scope, name, *part)]
        if not isinstance(change, Changed):
            return change if rest else None
        paths = {path for path, _ in rest}
        values = tuple(value for value in change.values if value.path in paths)
        return replace(change, values=values) if values else None

    def _keeps(self, scope: ScopeDifference, item: NotCompared) -> bool:
        return not item.is_gap or not self._accepts(scope, str(item.resource), NOT_COMPARED, ABSENT)

    def _accepts_unresolved(self, scope: ScopeDifference, unresolved: Unresolved) -> bool:
        return self._accepts(scope, _name(unresolved), NOT_COMPARED, ABSENT, is_of_scope=False)

    def _accepts(
        self,
        scope: ScopeDifference,
        name: str,
        what: str,
        value: Any,
        *,
        is_of_scope: bool = True,
    ) -> bool:
        """Whether an entry accepts a difference; the last one that applies counts."""
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
                accepted = Accepted(title, name, what, value, entry.reason, entry.until)
                self.accepted += [] if accepted in self.accepted else [accepted]
                return True
        return False

    def notes(self, where: str, *, is_whole: bool) -> Iterator[str]:
        """Yield notes on outdated and unused entries."""
        for index, reason in sorted(self._outdated.items()):
            yield f"{where}:{self._entries[index].line}: {reason}"
        lines = [e.line for index, e in enumerate(self._entries) if index not in self._used]
        if is_whole and lines:
            at = listed(map(str, lines), _MOST_LINES)
            yield f"{where}: unused [[accept]] entries, safe to delete: line {at}"
