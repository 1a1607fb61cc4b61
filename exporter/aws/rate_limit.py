"""How fast calls follow each other.

SES allows each control-plane action once per second, account and region (SES Developer Guide,
service quotas); the quota can be raised. A client that waits 1.03 s between two calls is not
throttled; one that calls every second is, with every jitter of the network.

Rate limiting libraries need to know the rate; here it has to be measured, and a wait has to end
when the run does.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SPACING = 1.03
"""Seconds between two calls of one action: 3 % slower than the documented rate."""

_SLOWEST = 5.0
_MOST_AT_ONCE = 8
_RESPONSES_TO_BELIEVE = 4
_RESPONSES_TO_RECOVER = 10
_RESPONSES_OF_A_TRIAL = 10
_RESPONSES_BETWEEN_TRIALS = 100


class StoppedError(Exception):
    """The run has ended; make no further call."""


@dataclass
class Limits:
    """Whether SES throttles in an account and region; None until the first responses show it.

    One action finds out for all of them, by calls one after the other without waiting.
    """

    throttles: bool | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)

    def learn(self, *, throttles: bool) -> None:
        """Keep the first observation."""
        with self.changed:
            if self.throttles is None:
                self.throttles = throttles
                self.changed.notify_all()


class Pace:
    """The pace of one action in one account and region.

    No waiting until SES throttles; then one call per ``SPACING``, slower while even that is
    throttled, and faster if a trial, once in a hundred responses or less often, shows that SES
    allows it.

    Args:
        tries: Whether this is the action that finds out whether SES throttles.
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
        self._responses_to_trial = _RESPONSES_BETWEEN_TRIALS
        self._responses = 0
        self._last = float("-inf")
        self._not_before = float("-inf")
        self._slowed = float("-inf")
        self._cautious_for = 0
        self._is_first = True

    @property
    def spacing(self) -> float:
        """Seconds from one call to the next; 0 until SES throttles."""
        return self._spacing

    @property
    def at_once(self) -> int:
        """How many calls may be under way: one, and more the longer SES doesn't throttle."""
        if self._spacing or self._limits.throttles is not False:
            return 1
        return min(1 + self._responses // 4, _MOST_AT_ONCE)

    def turn(self) -> float:
        """Wait until a call may be made.

        Returns:
            The time of the call, to pass to ``throttled``.

        Raises:
            StoppedError: if the run ends first.
        """
        if not self._tries:
            self._await_limits()
        with self._lock:
            if self._limits.throttles and not self._spacing:
                self._spacing = SPACING
            now = self._clock()
            due = max(now, self._last + self._spacing, self._not_before)
            self._last = due
        if self._stop.wait(due - now) if due > now else self._stop.is_set():
            raise StoppedError
        return due

    def _await_limits(self) -> None:
        """Call at the documented rate until it is known whether SES throttles."""
        with self._limits.changed:
            while self._limits.throttles is None and not self._stop.is_set():
                remaining = self._last + SPACING - self._clock()
                if remaining <= 0:
                    return
                self._limits.changed.wait(min(remaining, 0.5))

    def answered(self) -> None:
        """Record a response that is not throttling."""
        with self._lock:
            self._responses += 1
            if self._is_first:
                # The first call had to open a connection and arrived late; the second one must
                # not follow too closely.
                self._is_first = False
                self._last = max(self._last, self._clock())
            if self._spacing:
                self._speed_up()
            is_open = not self._spacing and self._responses >= _RESPONSES_TO_BELIEVE
        if is_open and self._tries:
            self._limits.learn(throttles=False)

    def done(self) -> None:
        """Record that no further call follows; even two responses in a row show something."""
        if self._tries and self._responses > 1 and not self._spacing:
            self._limits.learn(throttles=False)

    def _speed_up(self) -> None:
        self._cautious_for = max(0, self._cautious_for - 1)
        if self._on_trial:
            if self._responses >= _RESPONSES_OF_A_TRIAL:
                self._on_trial, self._proven = False, self._spacing
                self._responses_to_trial = self._responses = 0
        elif self._spacing > self._proven:
            if self._responses >= _RESPONSES_TO_RECOVER:
                self._spacing = max(self._proven, self._spacing * 0.8)
                self._responses = 0
        elif self._responses >= self._responses_to_trial:
            self._on_trial, self._spacing = True, self._proven * 0.7
            self._responses = 0

    def throttled(self, sent: float) -> None:
        """Record that SES throttled the call of this time."""
        with self._lock:
            if sent >= self._slowed:
                # Calls under way when the pace was slowed tell nothing about the new pace.
                self._slow_down()
            self._responses = 0
            self._slowed = self._clock()
            self._not_before = max(self._not_before, self._slowed + self._spacing)
        self._limits.learn(throttles=True)

    def _slow_down(self) -> None:
        if self._on_trial:
            self._on_trial, self._spacing = False, self._proven
            self._responses_to_trial = 2 * max(_RESPONSES_BETWEEN_TRIALS, self._responses_to_trial)
        elif not self._spacing:
            self._spacing = self._proven
        elif self._cautious_for:
            self._spacing = min(self._spacing * 1.5, _SLOWEST)
            self._proven = min(self._proven * 1.2, SPACING)
        else:
            # Once is chance: a late call, with the next one close behind it.
            self._cautious_for = _RESPONSES_TO_RECOVER
