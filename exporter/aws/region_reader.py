"""Read the configuration sets of one account and region.

``ListConfigurationSets`` returns the names. Each set takes one ``GetConfigurationSet``, if its
options are needed, and one ``GetConfigurationSetEventDestinations``, never one per destination. SES
throttles each action separately, so the two run in parallel.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from exporter.aws import errors, response_check
from exporter.aws.action_queue import ActionQueue, Response
from exporter.aws.paging import every_page
from exporter.aws.rate_limit import Limits, Pace
from exporter.aws.retry import Caller
from exporter.aws.session import AWS_ERRORS, Account, Connection
from exporter.model import codec
from exporter.model.checkpoint import ReadObserver
from exporter.model.read_result import ReadFailure
from exporter.model.resources import ConfigurationSet, Scope
from exporter.support.errors import ExporterError
from exporter.support.remarks import Remark
from exporter.support.text import count

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


@dataclass(frozen=True)
class AccountRegion:
    """An account and region to read.

    Attributes:
        home: The same credentials in a region where they are valid.
        is_asked_for: Whether the user named the region, instead of asking for all.
    """

    connection: Connection
    account: Account
    home: Connection
    is_asked_for: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """The account id and the region."""
        return self.account.account_id, self.connection.region

    @property
    def title(self) -> str:
        """What messages call it."""
        return f"account {self.account.account_id}, region {self.connection.region}"


@dataclass(frozen=True)
class SetsToRead:
    """Which sets of an account and region to read, and how much of each.

    Attributes:
        includes: Tells by its name whether to read a set; the others cost no call.
        options: Whether to read the sets' options and tags, too, or only their destinations.
    """

    includes: Callable[[str], bool] = lambda _name: True
    options: bool = True


@dataclass(frozen=True)
class ScopeReading:
    """The result of reading one account and region.

    Attributes:
        in_account: The number of its sets, read or not.
        listed: The names of all its sets; None if this run did not list them.
    """

    scope: Scope
    unread: tuple[ReadFailure, ...] = ()
    notes: tuple[Remark, ...] = ()
    in_account: int = 0
    listed: frozenset[str] | None = None


class AccountRegionError(ExporterError):
    """Nothing of an account and region can be read.

    Args:
        cause: The exception from botocore; None if the error has another cause.
    """

    def __init__(self, error: ExporterError, cause: Exception | None) -> None:
        super().__init__(error.what, where=error.where, hint=error.hint, items=error.items)
        self.cause = cause


def read_scope(
    account_region: AccountRegion, request: SetsToRead, caller: Caller, observer: ReadObserver
) -> ScopeReading:
    """Read an account and region.

    Raises:
        AccountRegionError: if nothing of it can be read.
        ExporterError: if the checkpoint can't be written.
        StoppedError: if the run ends first.
    """
    try:
        client = account_region.connection.ses()
    except ExporterError as error:
        raise AccountRegionError(error, None) from error
    try:
        limits = Limits()
        names = _list_names(client, account_region, caller, observer, limits)
        included = sorted({name for name in names if request.includes(name)})
        sets = _Sets(account_region, included, caller, observer)
        sets.read(_actions(client, options=request.options), limits)
        listed = _listed_after(client, account_region, caller, limits) if sets.not_found else names
    finally:
        client.close()
    configuration_sets, unread, notes = sets.results(listed)
    if unread and not configuration_sets:
        raise _all_unread(account_region, sets, unread)
    scope = Scope(
        account_id=account_region.account.account_id,
        partition=account_region.account.partition,
        region=account_region.connection.region,
        configuration_sets=tuple(configuration_sets),
    )
    if not unread:
        observer.checkpoint.complete(scope)
    latest = names if isinstance(listed, AccountRegionError) else listed
    return ScopeReading(scope, tuple(unread), tuple(notes), len(latest), frozenset(latest))


def _listed_after(
    client: "SESV2Client", account_region: AccountRegion, caller: Caller, limits: Limits
) -> list[str] | AccountRegionError:
    """List the names again, after a response that a listed set does not exist.

    Only a listing proves that a set was deleted: a single response may be wrong.
    """
    try:
        return _list_names(client, account_region, caller, ReadObserver(), limits)
    except AccountRegionError as error:
        return error


def _actions(client: "SESV2Client", *, options: bool) -> tuple[Callable[[str], Any], ...]:
    """Return the calls to make for each set; each returns a part of it."""

    def get_set(name: str) -> Any:
        return client.get_configuration_set(ConfigurationSetName=name)

    def get_destinations(name: str) -> Any:
        return client.get_configuration_set_event_destinations(ConfigurationSetName=name)

    return (get_set, get_destinations) if options else (get_destinations,)


def _all_unread(
    account_region: AccountRegion, sets: "_Sets", unread: list[ReadFailure]
) -> AccountRegionError:
    first = unread[0]
    summary = f"none of {count(len(unread), 'configuration set')} could be read: "
    what = first.reason if sets.has_lost_access else summary + first.reason
    return AccountRegionError(
        ExporterError(what, where=account_region.title, hint=first.hint), None
    )


def _list_names(
    client: "SESV2Client",
    account_region: AccountRegion,
    caller: Caller,
    observer: ReadObserver,
    limits: Limits,
) -> list[str]:
    pace = Pace(limits, caller.stop)

    def list_page(token: str) -> tuple[dict[str, None], str]:
        page: Any = {"NextToken": token} if token else {}
        response = caller(partial(client.list_configuration_sets, **page), pace)
        names = [_name(name) for name in cast("list[Any]", response.get("ConfigurationSets", []))]
        # Any other value than a text or nothing would end the listing early.
        next_token = response.get("NextToken")
        return dict.fromkeys(names), "" if next_token is None else _text(next_token)

    try:
        names = every_page(
            "ses:ListConfigurationSets",
            list_page,
            partial(observer.progress.listed, account_region.title),
        )
    except AWS_ERRORS as error:
        raise AccountRegionError(errors.explain(error, account_region.title), error) from error
    pace.done()
    return list(names)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise response_check.other_value(value, "a string")
    return value


def _name(value: object) -> str:
    name = _text(value)
    if not name:
        raise errors.BadResponseError("the response has a configuration set without a name")
    return name


class _Sets:
    """The sets of one account and region, while their actions are called in parallel."""

    def __init__(
        self,
        account_region: AccountRegion,
        names: Iterable[str],
        caller: Caller,
        observer: ReadObserver,
    ) -> None:
        self._account_region = account_region
        self._names = tuple(names)
        self._caller = caller
        self._observer = observer
        self._lock = threading.Lock()
        self._parts: dict[str, dict[int, Response]] = defaultdict(dict)
        self._outcomes: dict[str, ConfigurationSet | Exception] = {}
        self._queues: tuple[ActionQueue, ...] = ()
        self._end: Exception | None = None

    @property
    def has_lost_access(self) -> bool:
        """Whether the credentials became invalid during the run."""
        return self._end is not None and errors.is_fatal(self._end)

    def read(self, actions: Sequence[Callable[[str], Any]], limits: Limits) -> None:
        """Read the sets that the checkpoint does not have."""
        known = self._observer.checkpoint.known.sets.get(self._account_region.key, {})
        self._outcomes = {name: known[name] for name in self._names if name in known}
        names = [name for name in self._names if name not in known]
        self._observer.progress.enter(self._account_region.title, len(names))
        self._queues = tuple(
            ActionQueue(
                names,
                call,
                self._caller,
                Pace(limits, self._caller.stop, tries=index == 0),
                partial(self._take_response, index),
            )
            for index, call in enumerate(actions)
        )
        for queue in self._queues:
            queue.start()
        for queue in self._queues:
            queue.join()
        for queue in self._queues:
            if queue.fault is not None:
                raise queue.fault

    def _take_response(self, index: int, name: str, response: Response) -> None:
        """Store one response about a set; the last one completes it."""
        with self._lock:
            parts = self._parts[name]
            parts[index] = response
            is_whole = len(parts) == len(self._queues)
            if is_whole:
                del self._parts[name]
        # Only the error that ended a queue: later, a thread may still receive "not found".
        end = self._queues[index].ended_by
        if end is not None:
            self._end = self._end or end
            for queue in self._queues:
                queue.end()
        if not is_whole:
            return
        outcome = _joined(name, [parts[number] for number in sorted(parts)])
        self._outcomes[name] = outcome
        if isinstance(outcome, ConfigurationSet):
            self._observer.checkpoint.read(self._account_region.key, outcome)
        self._observer.progress.advance(self._account_region.title)

    @property
    def not_found(self) -> list[str]:
        """The sets that were listed but then, according to SES, did not exist."""
        return [name for name in self._names if errors.is_not_found(self._outcome(name))]

    def results(
        self, listed: Collection[str] | AccountRegionError
    ) -> tuple[list[ConfigurationSet], list[ReadFailure], list[Remark]]:
        """Return sets, failures, and a note for each set that was deleted meanwhile."""
        remaining = self._names if isinstance(listed, AccountRegionError) else frozenset(listed)
        sets: list[ConfigurationSet] = []
        unread: list[ReadFailure] = []
        notes: list[Remark] = []
        for name in self._names:
            outcome = self._outcome(name)
            if isinstance(outcome, ConfigurationSet):
                sets.append(outcome)
            elif errors.is_not_found(outcome) and name not in remaining:
                notes.append(Remark(name, "deleted while it was being read; skipped"))
            else:
                error = _reason(outcome, listed)
                account_id, region = self._account_region.key
                unread.append(ReadFailure(name, error.what, error.hint, account_id, region))
        return sets, unread, notes

    def _outcome(self, name: str) -> ConfigurationSet | Exception:
        """Return a set, or the reason why there is none: a call failed, or the run ended first."""
        if name in self._outcomes:
            return self._outcomes[name]
        parts = self._parts.get(name, {}).values()
        failed = next((part for part in parts if isinstance(part, Exception)), None)
        return failed or self._end or errors.BadResponseError("not read")


def _reason(outcome: Exception, listed: object) -> ExporterError:
    if isinstance(outcome, ExporterError):
        return outcome
    if not errors.is_not_found(outcome):
        return errors.explain(outcome, "")
    problem = errors.explain(outcome, "").what.rstrip(".")
    if isinstance(listed, AccountRegionError):
        return ExporterError(
            f"{problem}; it may have been deleted, but the sets could not be listed again: "
            f"{listed.what}",
            hint=listed.hint,
        )
    return ExporterError(f"{problem}, but SES still lists it", hint="try again in a minute")


def _joined(name: str, responses: Sequence[Response]) -> ConfigurationSet | Exception:
    failed = [response for response in responses if isinstance(response, Exception)]
    if failed:
        return min(failed, key=lambda error: not errors.is_not_found(error))
    whole: dict[str, codec.Json] = {}
    for response in responses:
        whole |= cast("dict[str, codec.Json]", response)
    if len(responses) == 1:
        whole |= {"ConfigurationSetName": name, "OptionsKnown": False}
    returned = whole.get("ConfigurationSetName")
    if returned != name:
        return errors.BadResponseError(f"ses:GetConfigurationSet returned {returned!r} instead")
    try:
        return codec.decode(whole, ConfigurationSet)
    except codec.MalformedError as error:
        return ExporterError(
            f"this version of ses2iac does not understand the response from SES: {error}",
            hint="upgrade ses2iac, or report this error",
        )
