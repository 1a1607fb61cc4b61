"""Live configuration sets and event destinations, read with as few calls as SES allows.

``ListConfigurationSets`` gives the names; each set takes one ``GetConfigurationSet`` and one
``GetConfigurationSetEventDestinations``, never one per destination. SES throttles each action by
itself (one request per second per action, account and region), so the two run side by side, each in
a thread of its own.
"""

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from exporter import wire
from exporter.aws import faults
from exporter.aws.answers import RAW
from exporter.aws.session import AWS_ERRORS, Access, Connection
from exporter.errors import ExporterError
from exporter.models import ConfigurationSet, Scope
from exporter.progress import Progress
from exporter.reading import Reading, Unread
from exporter.wording import count

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_BAD_ANSWER_TRIES = 3
_THROTTLED_TRIES = 4


def read_live(
    access: Access,
    wanted: Callable[[str], bool] = lambda _name: True,
    progress: Progress | None = None,
) -> Reading:
    """Read one account in one region.

    Args:
        access: Which account and region.
        wanted: Says by its name whether a set is to be read; the others cost no call.
        progress: Is told how many sets there are and of each one that is done.

    Returns:
        What was read; sets that could not be read are listed in it, sets that vanished meanwhile
        are noted.

    Raises:
        ExporterError: when nothing can be read: no credentials, no region, no permission to list,
            no endpoint.
    """
    connection = Connection(access)
    account = connection.account()
    client = connection.ses()
    where = f"account {account.account_id}, region {connection.region}"
    names = _list_names(client, where)
    chosen = sorted({name for name in names if wanted(name)})
    outcomes = _read_sets(client, chosen, progress or Progress())
    found, unread, notes = _sorted_out(chosen, outcomes, where)
    if unread and not found:
        raise ExporterError(
            f"none of {count(len(chosen), 'configuration set')} could be read: {unread[0].reason}",
            where=where,
            hint=unread[0].hint,
        )
    scope = Scope(
        account_id=account.account_id,
        partition=account.partition,
        region=connection.region,
        configuration_sets=tuple(found),
    )
    return Reading((scope,), tuple(unread), tuple(notes), in_account=len(names))


def _sorted_out(
    names: list[str], outcomes: list["Outcome"], where: str
) -> tuple[list[ConfigurationSet], list[Unread], list[str]]:
    """What was read, what could not be, and a note for each set that vanished meanwhile.

    Raises:
        ExporterError: when the credentials were lost on the way: then nothing read is complete.
    """
    found: list[ConfigurationSet] = []
    unread: list[Unread] = []
    notes: list[str] = []
    for name, outcome in zip(names, outcomes, strict=True):
        if isinstance(outcome, ConfigurationSet):
            found.append(outcome)
        elif faults.is_not_found(outcome):
            notes.append(f"{name}: deleted while it was being read; skipped")
        elif faults.is_fatal(outcome):
            raise faults.explain(outcome, where) from outcome
        else:
            error = outcome if isinstance(outcome, ExporterError) else faults.explain(outcome, "")
            unread.append(Unread(name, error.what, error.hint))
    return found, unread, notes


def _list_names(client: "SESV2Client", where: str) -> list[str]:
    """Every configuration set's name, page by page until no token is left.

    Raises:
        ExporterError: when the listing fails, or its pages go in a circle.
    """
    names: list[str] = []
    seen: set[str] = set()
    token = ""
    try:
        while True:
            page: Any = {"NextToken": token} if token else {}
            answer = _call(partial(client.list_configuration_sets, **page))
            page_of_names = _expect(answer.get("ConfigurationSets", []), list)
            names += [_expect(name, str) for name in page_of_names]
            token = _expect(answer.get("NextToken") or "", str)
            if not token:
                return names
            if token in seen:
                raise faults.BadAnswerError("the pages of ses:ListConfigurationSets go in a circle")
            seen.add(token)
    except AWS_ERRORS as error:
        raise faults.explain(error, where) from error


Outcome = ConfigurationSet | Exception


def _read_sets(client: "SESV2Client", names: list[str], progress: Progress) -> list[Outcome]:
    """Read every set, the two actions side by side.

    An error takes the place of a set that could not be read.
    """
    progress.start(len(names))
    lost = threading.Event()
    options = _Lane(
        names, lost, lambda name: client.get_configuration_set(ConfigurationSetName=name)
    )
    destinations = _Lane(
        names,
        lost,
        lambda name: client.get_configuration_set_event_destinations(ConfigurationSetName=name),
        progress.advance,
    )
    try:
        for lane in (options, destinations):
            lane.start()
        for lane in (options, destinations):
            lane.join()
    finally:
        lost.set()
        progress.stop()
    return [_outcome(name, options.answers, destinations.answers) for name in names]


class _Lane(threading.Thread):
    """One action, called for one set after the other.

    A daemon, so that an interrupt need not wait for it.
    """

    def __init__(
        self,
        names: list[str],
        lost: threading.Event,
        call: Callable[[str], Any],
        done: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(daemon=True)
        self._names = names
        self._lost = lost
        self._read = call
        self._done = done
        self.answers: dict[str, wire.Json | Exception] = {}

    def run(self) -> None:
        for name in self._names:
            if self._lost.is_set():
                return
            try:
                self.answers[name] = _call(partial(self._read, name))
            except Exception as error:  # noqa: BLE001 - handed to the main thread, which judges it
                self.answers[name] = error
                if faults.is_fatal(error):
                    self._lost.set()
            self._done()


def _outcome(name: str, options: dict[str, Any], destinations: dict[str, Any]) -> Outcome:
    answers = [lane[name] for lane in (options, destinations) if name in lane]
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    for error in sorted(errors, key=faults.is_not_found, reverse=True):
        if not isinstance(error, AWS_ERRORS):
            raise error
        return error
    if len(answers) < 2:
        return faults.BadAnswerError("not read, because an earlier call lost the connection")
    return _build(name, *answers)


def _build(name: str, options: wire.Json, destinations: wire.Json) -> Outcome:
    """One set from SES's two answers about it."""
    answered = options.get("ConfigurationSetName")
    if answered != name:
        return faults.BadAnswerError(f"ses:GetConfigurationSet answered for {answered!r}")
    merged = {**options, **destinations}
    try:
        return wire.decode(merged, ConfigurationSet)
    except wire.MalformedError as error:
        return ExporterError(
            f"SES answered something that this version of ses2iac does not understand: {error}",
            hint="look for a newer version of ses2iac, or report it with that line",
        )


def _call(call: Callable[[], Any]) -> dict[str, wire.Json]:
    """One call, tried again after a bad answer, and when botocore gave up on throttling.

    Returns:
        The answer's own JSON.
    """
    bad = throttled = 0
    while True:
        try:
            answer: dict[str, wire.Json] = call()[RAW]
        except faults.BadAnswerError:
            bad += 1
            if bad == _BAD_ANSWER_TRIES:
                raise
            time.sleep(0.2 * bad)
        except AWS_ERRORS as error:
            throttled += 1
            if not faults.is_throttled(error) or throttled == _THROTTLED_TRIES:
                raise
            time.sleep(2 * throttled * (0.5 + random.random()))
        else:
            return answer


def _expect(value: object, kind: type) -> Any:
    if not isinstance(value, kind):
        raise faults.BadAnswerError(f"the answer held {value!r} in place of a {kind.__name__}")
    return value
