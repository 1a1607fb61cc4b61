"""Call one action for each configuration set."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from exporter.aws import errors
from exporter.aws.rate_limit import Pace, StoppedError
from exporter.aws.retry import Caller
from exporter.aws.session import AWS_ERRORS
from exporter.model import codec

Response = dict[str, codec.Json] | Exception
"""The response from SES, or the exception that was raised instead."""

_MOST_FAILURES = 5
"""After this many sets in a row that failed with temporary errors, the error isn't temporary."""


class ActionQueue:
    """Calls an action in as many threads as its pace allows.

    The threads are daemons, so that an interrupt need not wait for a response.

    Args:
        call: Makes one attempt for a set.
        caller: Repeats attempts that may succeed later.
        on_response: Gets each set's response, in any thread.
    """

    def __init__(
        self,
        names: Iterable[str],
        call: Callable[[str], Any],
        caller: Caller,
        pace: Pace,
        on_response: Callable[[str, Response], None],
    ) -> None:
        self._names: Iterator[str] = iter(tuple(names))
        self._call = call
        self._caller = caller
        self._pace = pace
        self._on_response = on_response
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._failures = 0
        self._is_over = False
        self.ended_by: Exception | None = None
        """The error that ended the queue, because further calls would fail too."""
        self.fault: Exception | None = None
        """Any other exception, which is a bug."""

    def start(self) -> None:
        """Start a thread."""
        thread = threading.Thread(target=self._work, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def join(self) -> None:
        """Wait until all sets are done, or the run is stopped."""
        finished = 0
        while finished < len(self._threads):
            # With a timeout, because Windows handles an interrupt only between waits.
            self._threads[finished].join(timeout=0.5)
            finished += not self._threads[finished].is_alive()

    def end(self) -> None:
        """Make no further calls; responses to calls under way still arrive."""
        self._is_over = True

    def _next(self) -> str | None:
        with self._lock:
            return None if self._is_over else next(self._names, None)

    def _work(self) -> None:
        try:
            while (name := self._next()) is not None:
                self._on_response(name, self._response(name))
                if len(self._threads) < self._pace.at_once:
                    self.start()
            self._pace.done()
        except StoppedError:
            return
        except Exception as error:  # noqa: BLE001 - raised by the thread that waits for the queue
            self.fault = error
            self.end()

    def _response(self, name: str) -> Response:
        try:
            response = self._caller(lambda: self._call(name), self._pace)
        except AWS_ERRORS as error:
            is_temporary = errors.is_throttled(error) or errors.is_passing(error)
            self._failures = self._failures + 1 if is_temporary else 0
            if errors.is_fatal(error) or self._failures >= _MOST_FAILURES:
                self.ended_by = self.ended_by or error
                self.end()
            return error
        self._failures = 0
        return response
