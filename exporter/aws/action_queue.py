"""One action, called for one configuration set after the other."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from exporter.aws import errors
from exporter.aws.rate_limit import Pace, StoppedError
from exporter.aws.retry import Caller
from exporter.aws.session import AWS_ERRORS
from exporter.model import codec

Answer = dict[str, codec.Json] | Exception
"""What SES answered, or what was raised instead."""

_GIVEN_UP = 5
"""Sets in a row whose every attempt failed for a reason that should pass; then it does not."""


class ActionQueue:
    """An action, in as many threads as its pace takes.

    They are daemons, so that an interrupt need not wait for an answer.

    Args:
        call: Makes one attempt for a set.
        caller: Makes it again where that helps.
        on_answer: Is given every set's answer, by any thread.
    """

    def __init__(
        self,
        names: Iterable[str],
        call: Callable[[str], Any],
        caller: Caller,
        pace: Pace,
        on_answer: Callable[[str, Answer], None],
    ) -> None:
        self._names: Iterator[str] = iter(tuple(names))
        self._make = call
        self._caller = caller
        self._pace = pace
        self._on_answer = on_answer
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._in_vain = 0
        self._is_over = False
        self.ended_by: Exception | None = None
        """The answer after which no further call was worth making."""
        self.fault: Exception | None = None
        """What is no answer but a mistake in this program."""

    def start(self) -> None:
        """Begin, with one thread."""
        thread = threading.Thread(target=self._work, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def join(self) -> None:
        """Wait until all is done, or the run was stopped."""
        at = 0
        while at < len(self._threads):
            # With a time limit, as Windows hears of an interrupt in between only.
            self._threads[at].join(timeout=0.5)
            at += not self._threads[at].is_alive()

    def end(self) -> None:
        """Make no further call; those under way still answer."""
        self._is_over = True

    def _next(self) -> str | None:
        with self._lock:
            return None if self._is_over else next(self._names, None)

    def _work(self) -> None:
        try:
            while (name := self._next()) is not None:
                self._on_answer(name, self._answer(name))
                if len(self._threads) < self._pace.at_once:
                    self.start()
            self._pace.done()
        except StoppedError:
            return
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits for the queue
            self.fault = error
            self.end()

    def _answer(self, name: str) -> Answer:
        try:
            answer = self._caller(lambda: self._make(name), self._pace)
        except AWS_ERRORS as error:
            passing = errors.is_throttled(error) or errors.is_passing(error)
            self._in_vain = self._in_vain + 1 if passing else 0
            if errors.is_fatal(error) or self._in_vain >= _GIVEN_UP:
                self.ended_by = self.ended_by or error
                self.end()
            return error
        self._in_vain = 0
        return answer
