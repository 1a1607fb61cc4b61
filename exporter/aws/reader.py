"""Live configuration sets and event destinations, of as many accounts and regions as are asked for.

Places are read side by side, each at its own pace: SES counts calls by account and region.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from exporter.aws.discovery import Places, places_of
from exporter.aws.errors import is_closed_region
from exporter.aws.rate_limit import StoppedError
from exporter.aws.region_reader import Place, PlaceError, ScopeReading, Wanted, read_scope
from exporter.aws.retry import Caller, Tally
from exporter.aws.workers import in_parallel
from exporter.model import codec
from exporter.model.account_query import Target
from exporter.model.checkpoint import Told
from exporter.model.read_result import Effort, Evidence, Reading, Unread
from exporter.support.errors import ExporterError
from exporter.support.text import count


def read_live(
    targets: Sequence[Target],
    wanted: Wanted,
    told: Told | None = None,
) -> Reading:
    """Read accounts and regions.

    Args:
        targets: Which, and as whom.
        wanted: What of them.
        told: Who hears of what is read, and what of it is known from an earlier run.

    Returns:
        What was read; what could not be read is listed in it, sets that vanished meanwhile are
        noted.

    Raises:
        ExporterError: when nothing can be read: no credentials, no region, no permission to list,
            no endpoint.
    """
    codec.prepare_for_threads()
    began = time.monotonic()
    run = _Run(wanted, told or Told(), threading.Event())
    try:
        places = places_of(targets, run.stop)
        run.read(places.found)
    finally:
        run.stop.set()
        run.told.progress.stop()
    tally = run.tally
    effort = Effort(tally.calls, tally.throttled, time.monotonic() - began)
    return replace(run.joined(places), effort=effort)


class _Run:
    """One reading of several places."""

    def __init__(self, wanted: Wanted, told: Told, stop: threading.Event) -> None:
        self.told = told
        self.stop = stop
        self.tally = Tally()
        self._wanted = wanted
        self._outcomes: dict[tuple[str, str], ScopeReading | PlaceError] = {}
        self._closed: set[tuple[str, str]] = set()

    def read(self, places: Sequence[Place]) -> None:
        """Read them all.

        Raises:
            ExporterError: when what was read cannot be kept.
        """
        self.told.progress.start(len(places))
        in_parallel((partial(self._read_one, place) for place in places), self.stop)

    def _read_one(self, place: Place) -> None:
        """Read one; what makes that impossible is its outcome."""
        complete = self.told.journal.known.complete.get(place.key)
        if complete is not None:
            self._outcomes[place.key] = ScopeReading(
                complete, in_account=len(complete.configuration_sets)
            )
        else:
            caller = Caller(place.connection.attempts, self.tally, self.stop)
            try:
                self._outcomes[place.key] = read_scope(place, self._wanted, caller, self.told)
            except StoppedError:
                return
            except PlaceError as error:
                self._outcomes[place.key] = error
                if _is_closed(place, error):
                    self._closed.add(place.key)
        self.told.progress.leave(place.title)

    def joined(self, places: Places) -> Reading:
        """All of it as one.

        Raises:
            ExporterError: when nothing could be read.
        """
        outcomes = [(place, self._outcomes[place.key]) for place in places.found]
        read = [(place, found) for place, found in outcomes if isinstance(found, ScopeReading)]
        failed = [(place, error) for place, error in outcomes if isinstance(error, PlaceError)]
        if not read:
            raise _nothing_read(failed, places.unread)
        several = len(outcomes) + len(places.unread) > 1
        closed = [place for place, _ in failed if place.key in self._closed]
        unread = [_unread(place, error) for place, error in failed if place not in closed]
        notes = [*places.notes, *_closed_notes(closed)]
        for place, found in read:
            where = place.title if several else ""
            unread += [replace(each, place=where) for each in found.unread]
            notes += [f"{where}: {note}" if where else note for note in found.notes]
        return Reading(
            tuple(found.scope for _, found in read),
            (*places.unread, *unread),
            tuple(notes),
            in_account=sum(found.in_account for _, found in read),
            evidence={place.key: Evidence(found.scope, found.listed) for place, found in read},
        )


def _is_closed(place: Place, error: PlaceError) -> bool:
    """Whether a region that nobody asked for by its name is none of the account's."""
    if place.is_asked_for or error.cause is None or not is_closed_region(error.cause):
        return False
    try:
        # Credentials that were withdrawn meanwhile are rejected just like that.
        place.home.account()
    except ExporterError:
        return False
    return True


def _closed_notes(places: Sequence[Place]) -> Iterator[str]:
    regions: dict[str, list[str]] = defaultdict(list)
    for place in places:
        regions[place.account.account_id].append(place.connection.region)
    for account_id, names in regions.items():
        yield f"account {account_id}: not enabled, or closed by its organization: " + ", ".join(
            names
        )


def _unread(place: Place, error: PlaceError) -> Unread:
    account_id, region = place.key
    return Unread("", error.what, error.hint, account_id, region, place.title)


def _nothing_read(
    failed: Sequence[tuple[Place, PlaceError]], unread: Sequence[Unread]
) -> ExporterError:
    if len(failed) == 1 and not unread:
        return failed[0][1]
    items = [f"{each.place}: {each.reason}" for each in unread]
    items += [f"{place.title}: {error.what}" for place, error in failed]
    hint = next((error.hint for _, error in failed if error.hint), "")
    return ExporterError(
        f"none of {count(len(items), 'place')} could be read",
        hint=hint,
        items=items,
    )
