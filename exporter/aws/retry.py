"""One call of SES: in its turn, and made again after what passes."""

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
"""Tries, however few AWS_MAX_ATTEMPTS allows: a bad answer is more often chance than not."""


@dataclass
class Tally:
    """How many calls were made, and how many of them were throttled."""

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
        attempts: How often a call is made when it fails for a reason that passes; a throttled one
            twice as often.
    """

    attempts: int
    tally: Tally
    stop: threading.Event

    def __call__(self, call: Callable[[], Any], pace: Pace) -> dict[str, codec.Json]:
        """Make a call; gives the answer's own JSON.

        ``call`` makes one attempt, without retries of botocore's own.

        Raises:
            StoppedError: when the run ends before there is an answer.
        """
        throttled = failed = 0
        while True:
            sent = pace.turn()
            try:
                answer: dict[str, codec.Json] = call()[RAW]
            except AWS_ERRORS as error:
                refused = errors.is_throttled(error)
                self.tally.count(throttled=refused)
                if refused:
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
                return answer

    def _back_off(self, failed: int) -> None:
        """Wait longer after each failure, and not all lanes alike."""
        longest = min(0.25 * 2**failed, 8.0)
        if self.stop.wait(longest * (0.5 + random.random() / 2)):
            raise StoppedError
