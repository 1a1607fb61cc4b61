"""Make one call to SES: paced, and repeated after temporary errors."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exporter.aws import errors
from exporter.aws.rate_limit import Pace, StoppedError
from exporter.aws.response_check import RAW
from exporter.aws.session import AWS_ERRORS
from exporter.model import codec

_LEAST = 3
"""Attempts to make even if AWS_MAX_ATTEMPTS is lower: most bad responses are chance."""


@dataclass
class Tally:
    """Counts calls, and those of them that were throttled."""

    calls: int = 0
    throttled: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, *, throttled: bool) -> None:
        """Count one call."""
        with self._lock:
            self.calls += 1
            self.throttled += throttled


@dataclass(frozen=True)
class Caller:
    """How calls are made in one account and region.

    Attributes:
        attempts: How often to make a call that fails with a temporary error; a throttled call is
            made twice as often.
    """

    attempts: int
    tally: Tally
    stop: threading.Event

    def __call__(self, call: Callable[[], Any], pace: Pace) -> dict[str, codec.Json]:
        """Make a call and return the response's own JSON.

        ``call`` makes one attempt, without botocore's retries.

        Raises:
            StoppedError: if the run ends first.
        """
        throttled = failed = 0
        while True:
            sent = pace.turn()
            try:
                response: dict[str, codec.Json] = call()[RAW]
            except AWS_ERRORS as error:
                is_throttled = errors.is_throttled(error)
                self.tally.count(throttled=is_throttled)
                if is_throttled:
                    pace.throttled(sent)
                    throttled += 1
                    if throttled >= 2 * max(self.attempts, _LEAST):
                        raise
                    continue
                failed += 1
                if not errors.is_passing(error) or failed >= max(self.attempts, _LEAST):
                    raise
                self._back_off(failed)
            else:
                self.tally.count(throttled=False)
                pace.answered()
                return response

    def _back_off(self, failed: int) -> None:
        """Wait longer after each failure, with jitter so that queues don't retry together."""
        longest = min(0.25 * 2**failed, 8.0)
        if self.stop.wait(longest * (0.5 + random.random() / 2)):
            raise StoppedError
