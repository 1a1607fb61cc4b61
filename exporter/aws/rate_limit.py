"""How fast calls follow each other.

SES allows each control-plane action once a second in an account and region (service quotas of
the SES Developer Guide), and a quota can be raised. A client
that waits 1.03 s between two calls is not throttled; one that tries every second is, at every
jitter of the network.

Libraries for limiting rates keep to a rate that is known before; here the rate has to be found out,
and a wait has to end when the run does. So this is code of our own.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SPACING = 1.03
"""Seconds between two calls of one action: 3 % under the documented rate."""

_SLOWEST = 5.0
_MOST_AT_ONCE = 8
_ANSWERS_TO_BELIEVE = 4
_ANSWERS_TO_RECOVER = 10
_ANSWERS_OF_A_TRIAL = 10
_ANSWERS_BETWEEN_TRIALS = 100


class StoppedError(Exception):
    """The run has ended; no further call is to be made."""


@dataclass
class Limits:
    """Whether an account's region throttles; None until the first answers have shown it.

    One action tries it out, call by call and without waiting, for all of them.
    """

    throttles: bool | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)

    def learn(self, *, throttles: bool) -> None:
        """Keep what was seen first."""
        with self.changed:
            if self.throttles is None:
                self.throttles = throttles
                self.changed.notify_all()


class Pace:
    """The pace of one action in one account and region.

    Without waiting until SES throttles, then a call each ``SPACING``; slower while even that is
    throttled, and faster when a trial, once in a hundred answers or rarer, shows that SES allows
    it.

    Args:
        tries: Whether this is the action that tries out whether SES throttles.
    """

    def __init__(
        self,
        limits: Limits,
        stop: threading.Event,
        *,
        tries: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._stop = stop
        self._tries = tries
        self._clock = clock
        self._lock = threading.Lock()
        self._spacing = 0.0
        self._proven = SPACING
        self._on_trial = False
        self._answers_to_trial = _ANSWERS_BETWEEN_TRIALS
        self._answers = 0
        self._last = float("-inf")
        self._not_before = float("-inf")
        self._slowed = float("-inf")
        self._wary_for = 0
        self._is_first = True

    @property
    def spacing(self) -> float:
        """Seconds from one call to the next; 0 while nothing throttles."""
        return self._spacing

    @property
    def at_once(self) -> int:
        """How many calls may be under way: one, and more the longer nothing throttles."""
        if self._spacing or self._limits.throttles is not False:
            return 1
        return min(1 + self._answers // 4, _MOST_AT_ONCE)

    def turn(self) -> float:
        """Wait until a call may be made.

        Returns:
            The time of the call, which ``throttled`` wants to know.

        Raises:
            StoppedError: when the run ends before that.
        """
        if not self._tries:
            self._await_knowledge()
        with self._lock:
            if self._limits.throttles and not self._spacing:
                self._spacing = SPACING
            now = self._clock()
            at = max(now, self._last + self._spacing, self._not_before)
            self._last = at
        if self._stop.wait(at - now) if at > now else self._stop.is_set():
            raise StoppedError
        return at

    def _await_knowledge(self) -> None:
        """While nobody knows whether SES throttles, keep to what it allows for sure."""
        with self._limits.changed:
            while self._limits.throttles is None and not self._stop.is_set():
                left = self._last + SPACING - self._clock()
                if left <= 0:
                    return
                self._limits.changed.wait(min(left, 0.5))

    def answered(self) -> None:
        """An answer came that is no throttling."""
        with self._lock:
            self._answers += 1
            if self._is_first:
                # The first call opened a connection and arrived late; the second one must not be
                # too close behind it.
                self._is_first = False
                self._last = max(self._last, self._clock())
            if self._spacing:
                self._quicken()
            is_open = not self._spacing and self._answers >= _ANSWERS_TO_BELIEVE
        if is_open and self._tries:
            self._limits.learn(throttles=False)

    def done(self) -> None:
        """No further call follows; even two answers in a row tell something."""
        if self._tries and self._answers > 1 and not self._spacing:
            self._limits.learn(throttles=False)

    def _quicken(self) -> None:
        self._wary_for = max(0, self._wary_for - 1)
        if self._on_trial:
            if self._answers >= _ANSWERS_OF_A_TRIAL:
                self._on_trial, self._proven = False, self._spacing
                self._answers_to_trial = self._answers = 0
        elif self._spacing > self._proven:
            if self._answers >= _ANSWERS_TO_RECOVER:
                self._spacing = max(self._proven, self._spacing * 0.8)
                self._answers = 0
        elif self._answers >= self._answers_to_trial:
            self._on_trial, self._spacing = True, self._proven * 0.7
            self._answers = 0

    def throttled(self, sent: float) -> None:
        """SES refused a call as one too many."""
        with self._lock:
            if sent >= self._slowed:
                # Calls that were under way when the pace was slowed say nothing of the new one.
                self._slow()
            self._answers = 0
            self._slowed = self._clock()
            self._not_before = max(self._not_before, self._slowed + self._spacing)
        self._limits.learn(throttles=True)

    def _slow(self) -> None:
        if self._on_trial:
            self._on_trial, self._spacing = False, self._proven
            self._answers_to_trial = 2 * max(_ANSWERS_BETWEEN_TRIALS, self._answers_to_trial)
        elif not self._spacing:
            self._spacing = self._proven
        elif self._wary_for:
            self._spacing = min(self._spacing * 1.5, _SLOWEST)
            self._proven = min(self._proven * 1.2, SPACING)
        else:
            # Once is chance: a call that was late, and the next one close behind it.
            self._wary_for = _ANSWERS_TO_RECOVER
