"""One account's region: which configuration sets it has, and what they are.

``ListConfigurationSets`` gives the names; each set takes one ``GetConfigurationSet``, where its
options are wanted, and one ``GetConfigurationSetEventDestinations``, never one per destination. SES
throttles each action by itself, so the two run side by side.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from exporter.aws import errors
from exporter.aws.action_queue import ActionQueue, Answer
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
    """An account's region that is to be read.

    Attributes:
        home: The same credentials where they are known to be good.
        is_asked_for: Whether the region was named, and not only one of all.
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
        """In words."""
        return f"account {self.account.account_id}, region {self.connection.region}"


@dataclass(frozen=True)
class SetsToRead:
    """Which sets of an account and region are read, and how much of each.

    Attributes:
        includes: Says by its name whether a set is to be read; the others cost no call.
        options: Whether the sets' own options and tags are, and not only their destinations.
    """

    includes: Callable[[str], bool] = lambda _name: True
    options: bool = True


@dataclass(frozen=True)
class ScopeReading:
    """What came of one account and region.

    Attributes:
        in_account: How many sets there are.
        listed: The names of all sets, where this run listed them.
    """

    scope: Scope
    unread: tuple[ReadFailure, ...] = ()
    notes: tuple[Remark, ...] = ()
    in_account: int = 0
    listed: frozenset[str] | None = None


class AccountRegionError(ExporterError):
    """Nothing of an account and region can be read.

    Args:
        cause: What botocore raised; None when it was something else.
    """

    def __init__(self, error: ExporterError, cause: Exception | None) -> None:
        super().__init__(error.what, where=error.where, hint=error.hint, items=error.items)
        self.cause = cause


def read_scope(
    account_region: AccountRegion, request: SetsToRead, caller: Caller, observer: ReadObserver
) -> ScopeReading:
    """Read an account and region.

    Raises:
        AccountRegionError: when nothing of it can be read.
        ExporterError: when what was read cannot be kept.
        StoppedError: when the run ends before.
    """
    try:
        client = account_region.connection.ses()
    except ExporterError as error:
        raise AccountRegionError(error, None) from error
    try:
        limits = Limits()
        names = _list_names(client, account_region, caller, observer, limits)
        chosen = sorted({name for name in names if request.includes(name)})
        sets = _Sets(account_region, chosen, caller, observer)
        sets.read(_actions(client, options=request.options), limits)
        listed = _listed_after(client, account_region, caller, limits) if sets.not_found else names
    finally:
        client.close()
    found, unread, notes = sets.results(listed)
    if unread and not found:
        raise _all_unread(account_region, sets, unread)
    scope = Scope(
        account_id=account_region.account.account_id,
        partition=account_region.account.partition,
        region=account_region.connection.region,
        configuration_sets=tuple(found),
    )
    if not unread:
        observer.journal.complete(scope)
    now = names if isinstance(listed, AccountRegionError) else listed
    return ScopeReading(scope, tuple(unread), tuple(notes), len(now), frozenset(now))


def _listed_after(
    client: "SESV2Client", account_region: AccountRegion, caller: Caller, limits: Limits
) -> list[str] | AccountRegionError:
    """The names once more, after an answer that a listed set does not exist.

    Only a listing proves that a set is gone: one answer of several may be wrong.
    """
    try:
        return _list_names(client, account_region, caller, ReadObserver(), limits)
    except AccountRegionError as error:
        return error


def _actions(client: "SESV2Client", *, options: bool) -> tuple[Callable[[str], Any], ...]:
    """What is called for each set; each answers with a part of it."""

    def of_set(name: str) -> Any:
        return client.get_configuration_set(ConfigurationSetName=name)

    def of_destinations(name: str) -> Any:
        return client.get_configuration_set_event_destinations(ConfigurationSetName=name)

    return (of_set, of_destinations) if options else (of_destinations,)


def _all_unread(
    account_region: AccountRegion, sets: "_Sets", unread: list[ReadFailure]
) -> AccountRegionError:
    first = unread[0]
    none = f"none of {count(len(unread), 'configuration set')} could be read: "
    what = first.reason if sets.is_lost else none + first.reason
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

    def ask(token: str) -> tuple[dict[str, None], str]:
        page: Any = {"NextToken": token} if token else {}
        answer = caller(partial(client.list_configuration_sets, **page), pace)
        names = [_text(name) for name in cast("list[Any]", answer.get("ConfigurationSets", []))]
        return dict.fromkeys(names), _text(answer.get("NextToken") or "")

    try:
        names = every_page(
            "ses:ListConfigurationSets",
            ask,
            partial(observer.progress.listed, account_region.title),
        )
    except AWS_ERRORS as error:
        raise AccountRegionError(errors.explain(error, account_region.title), error) from error
    pace.done()
    return list(names)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise errors.BadAnswerError(f"the response has {value!r} instead of a string")
    return value


class _Sets:
    """The sets of one account and region, while their actions are called side by side."""

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
        self._parts: dict[str, dict[int, Answer]] = defaultdict(dict)
        self._outcomes: dict[str, ConfigurationSet | Exception] = {}
        self._queues: tuple[ActionQueue, ...] = ()
        self._end: Exception | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the credentials were lost on the way."""
        return self._end is not None and errors.is_fatal(self._end)

    def read(self, actions: Sequence[Callable[[str], Any]], limits: Limits) -> None:
        """Read all that is not known yet."""
        known = self._observer.journal.known.sets.get(self._account_region.key, {})
        self._outcomes = {name: known[name] for name in self._names if name in known}
        names = [name for name in self._names if name not in known]
        self._observer.progress.enter(self._account_region.title, len(names))
        self._queues = tuple(
            ActionQueue(
                names,
                call,
                self._caller,
                Pace(limits, self._caller.stop, tries=index == 0),
                partial(self._take_answer, index),
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

    def _take_answer(self, index: int, name: str, answer: Answer) -> None:
        """One of the answers about a set; the last one makes it whole."""
        with self._lock:
            parts = self._parts[name]
            parts[index] = answer
            is_whole = len(parts) == len(self._queues)
            if is_whole:
                del self._parts[name]
        # Not just any answer after the end: another thread may hear of a deleted set then.
        end = self._queues[index].ended_by
        if end is not None:
            self._end = self._end or end
            for queue in self._queues:
                queue.end()
        if not is_whole:
            return
        outcome = _joined(name, [parts[at] for at in sorted(parts)])
        self._outcomes[name] = outcome
        if isinstance(outcome, ConfigurationSet):
            self._observer.journal.read(self._account_region.key, outcome)
        self._observer.progress.advance(self._account_region.title)

    @property
    def not_found(self) -> list[str]:
        """The sets that were listed, and of which SES then said that they do not exist."""
        return [name for name in self._names if errors.is_not_found(self._outcome(name))]

    def results(
        self, listed: Collection[str] | AccountRegionError
    ) -> tuple[list[ConfigurationSet], list[ReadFailure], list[Remark]]:
        """What was read, what could not be, and a note for each set that vanished meanwhile."""
        still_there = self._names if isinstance(listed, AccountRegionError) else frozenset(listed)
        found: list[ConfigurationSet] = []
        unread: list[ReadFailure] = []
        notes: list[Remark] = []
        for name in self._names:
            outcome = self._outcome(name)
            if isinstance(outcome, ConfigurationSet):
                found.append(outcome)
            elif errors.is_not_found(outcome) and name not in still_there:
                notes.append(Remark(name, "deleted while it was being read; skipped"))
            else:
                error = _reason(outcome, listed)
                account_id, region = self._account_region.key
                unread.append(ReadFailure(name, error.what, error.hint, account_id, region))
        return found, unread, notes

    def _outcome(self, name: str) -> ConfigurationSet | Exception:
        """A set, or why there is none: a call of it failed, or the reading ended before it."""
        if name in self._outcomes:
            return self._outcomes[name]
        parts = self._parts.get(name, {}).values()
        failed = next((each for each in parts if isinstance(each, Exception)), None)
        return failed or self._end or errors.BadAnswerError("not read")


def _reason(outcome: Exception, listed: object) -> ExporterError:
    if isinstance(outcome, ExporterError):
        return outcome
    if not errors.is_not_found(outcome):
        return errors.explain(outcome, "")
    said = errors.explain(outcome, "").what.rstrip(".")
    if isinstance(listed, AccountRegionError):
        return ExporterError(
            f"{said}; it may have been deleted, but the sets could not be listed again: "
            f"{listed.what}",
            hint=listed.hint,
        )
    return ExporterError(f"{said}, but SES still lists it", hint="try again in a minute")


def _joined(name: str, answers: Sequence[Answer]) -> ConfigurationSet | Exception:
    failed = [each for each in answers if isinstance(each, Exception)]
    if failed:
        return min(failed, key=lambda error: not errors.is_not_found(error))
    whole: dict[str, codec.Json] = {}
    for answer in answers:
        whole |= cast("dict[str, codec.Json]", answer)
    if len(answers) == 1:
        whole |= {"ConfigurationSetName": name, "OptionsKnown": False}
    answered = whole.get("ConfigurationSetName")
    if answered != name:
        return errors.BadAnswerError(f"ses:GetConfigurationSet returned {answered!r} instead")
    try:
        return codec.decode(whole, ConfigurationSet)
    except codec.MalformedError as error:
        return ExporterError(
            f"this version of ses2iac does not understand the response from SES: {error}",
            hint="upgrade ses2iac, or report this error",
        )
