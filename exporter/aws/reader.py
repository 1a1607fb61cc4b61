"""Read live configuration sets and event destinations of any number of accounts and regions.

They are read in parallel, each at its own pace: SES throttles per account and region.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from exporter.aws.discovery import Discovered, discover
from exporter.aws.errors import is_closed_region
from exporter.aws.rate_limit import StoppedError
from exporter.aws.region_reader import (
    AccountRegion,
    AccountRegionError,
    ScopeReading,
    SetsToRead,
    read_scope,
)
from exporter.aws.retry import Caller, Tally
from exporter.aws.workers import in_parallel
from exporter.model import codec
from exporter.model.account_query import AccountQuery
from exporter.model.checkpoint import ReadObserver
from exporter.model.read_result import Evidence, ReadFailure, ReadResult, ReadStats
from exporter.support.errors import ExporterError
from exporter.support.remarks import Said


def read_live(
    queries: Sequence[AccountQuery],
    request: SetsToRead,
    observer: ReadObserver | None = None,
) -> ReadResult:
    """Read accounts and regions.

    Returns:
        What was read, with failures for what could not be read, and notes for sets that were
        deleted meanwhile.

    Raises:
        ExporterError: if nothing can be read: no credentials, no region, no permission to list,
            no endpoint.
    """
    codec.prepare_for_threads()
    began = time.monotonic()
    run = _Run(request, observer or ReadObserver(), threading.Event())
    try:
        discovered = discover(queries, run.stop)
        run.read(discovered.account_regions)
    finally:
        run.stop.set()
        run.observer.progress.stop()
    tally = run.tally
    effort = ReadStats(tally.calls, tally.throttled, time.monotonic() - began)
    return replace(run.joined(discovered), effort=effort)


class _Run:
    def __init__(self, request: SetsToRead, observer: ReadObserver, stop: threading.Event) -> None:
        self.observer = observer
        self.stop = stop
        self.tally = Tally()
        self._request = request
        self._outcomes: dict[tuple[str, str], ScopeReading | AccountRegionError] = {}
        self._closed: set[tuple[str, str]] = set()

    def read(self, account_regions: Sequence[AccountRegion]) -> None:
        self.observer.progress.start(len(account_regions))
        in_parallel((partial(self._read_one, each) for each in account_regions), self.stop)

    def _read_one(self, account_region: AccountRegion) -> None:
        """Read one account and region; an error becomes its outcome."""
        complete = self.observer.checkpoint.known.complete.get(account_region.key)
        if complete is not None:
            self._outcomes[account_region.key] = ScopeReading(
                complete, in_account=len(complete.configuration_sets)
            )
        else:
            caller = Caller(account_region.connection.attempts, self.tally, self.stop)
            try:
                self._outcomes[account_region.key] = read_scope(
                    account_region, self._request, caller, self.observer
                )
            except StoppedError:
                return
            except AccountRegionError as error:
                self._outcomes[account_region.key] = error
                if _is_closed(account_region, error):
                    self._closed.add(account_region.key)
        self.observer.progress.leave(account_region.title)

    def joined(self, discovered: Discovered) -> ReadResult:
        outcomes = [(where, self._outcomes[where.key]) for where in discovered.account_regions]
        readings = [(where, each) for where, each in outcomes if isinstance(each, ScopeReading)]
        failed = [(where, each) for where, each in outcomes if isinstance(each, AccountRegionError)]
        if not readings:
            raise _nothing_read(failed, discovered.unread)
        several = len(outcomes) + len(discovered.unread) > 1
        closed = [where for where, _ in failed if where.key in self._closed]
        unread = [_unread(where, error) for where, error in failed if where not in closed]
        notes: list[Said] = [*discovered.notes, *_closed_notes(closed)]
        for where, reading in readings:
            title = where.title if several else ""
            unread += [replace(failure, place=title) for failure in reading.unread]
            notes += [replace(note, place=title) for note in reading.notes]
        return ReadResult(
            tuple(reading.scope for _, reading in readings),
            (*discovered.unread, *unread),
            tuple(notes),
            in_account=sum(reading.in_account for _, reading in readings),
            evidence={
                where.key: Evidence(reading.scope, reading.listed) for where, reading in readings
            },
        )


def _is_closed(account_region: AccountRegion, error: AccountRegionError) -> bool:
    """Tell whether the account can't use a region that the user did not name."""
    if account_region.is_asked_for or error.cause is None or not is_closed_region(error.cause):
        return False
    try:
        # Credentials that were revoked meanwhile lead to the same error.
        account_region.home.account()
    except ExporterError:
        return False
    return True


def _closed_notes(account_regions: Sequence[AccountRegion]) -> Iterator[str]:
    regions: dict[str, list[str]] = defaultdict(list)
    for account_region in account_regions:
        regions[account_region.account.account_id].append(account_region.connection.region)
    for account_id, names in regions.items():
        yield f"account {account_id}: not enabled, or closed by its organization: " + ", ".join(
            names
        )


def _unread(account_region: AccountRegion, error: AccountRegionError) -> ReadFailure:
    account_id, region = account_region.key
    return ReadFailure("", error.what, error.hint, account_id, region, account_region.title)


def _nothing_read(
    failed: Sequence[tuple[AccountRegion, AccountRegionError]], unread: Sequence[ReadFailure]
) -> ExporterError:
    if len(failed) == 1 and not unread:
        return failed[0][1]
    items = [f"{failure.place}: {failure.reason}" for failure in unread]
    items += [f"{account_region.title}: {error.what}" for account_region, error in failed]
    hint = next((error.hint for _, error in failed if error.hint), "")
    return ExporterError(
        f"none of {len(items)} accounts and regions could be read",
        hint=hint,
        items=items,
    )
