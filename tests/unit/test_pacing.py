"""The pace of calls, against a quota that is simulated: no test here waits for anything."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from exporter.aws.rate_limit import SPACING, Limits, Pace, StoppedError


@dataclass
class Clock:
    """A time that passes only when somebody waits."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Stop(threading.Event):
    """An end of the run for which nobody really waits."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.waited = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        assert timeout >= 0
        self.waited += timeout
        self._clock.now += timeout
        return self.is_set()


class Changed(threading.Condition):
    """What the actions know together, for which nobody really waits either."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self._clock.now += timeout
        return False


@dataclass
class Bucket:
    """A quota: ``rate`` calls a second, and no more than ``burst`` at once; 0 has no limit."""

    rate: float
    burst: float = 1.0
    tokens: float = 1.0
    at: float = 0.0

    def take(self, now: float) -> bool:
        if not self.rate:
            return True
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class Action:
    """One action of SES as one thread calls it; an answer takes its time to come and to go."""

    clock: Clock
    pace: Pace
    bucket: Bucket
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    latency: Callable[[random.Random], float] = lambda chance: chance.uniform(0.02, 0.04)
    throttled: int = 0
    calls: int = 0
    sent: list[float] = field(default_factory=list)
    others_every: float = 0.0
    """Somebody else calls so often, until ``others_until``."""
    others_until: float = 0.0
    others_at: float = 0.0

    def read(self, sets: int) -> float:
        """Read so many sets; the seconds that it took."""
        began = self.clock.now
        for _ in range(sets):
            while not self.call():
                pass
        return self.clock.now - began

    def call(self) -> bool:
        """Make a call; whether it was answered."""
        sent = self.pace.turn()
        self.calls += 1
        self.sent.append(sent)
        self.clock.now += self.latency(self.chance)
        while self.others_every and self.others_at < min(self.clock.now, self.others_until):
            self.bucket.take(self.others_at)
            self.others_at += self.others_every * self.chance.uniform(0.8, 1.2)
        taken = self.bucket.take(self.clock.now)
        self.clock.now += 0.005
        if taken:
            self.pace.answered()
        else:
            self.throttled += 1
            self.pace.throttled(sent)
        return taken


def action(
    rate: float, limits: Limits | None = None, *, seed: int = 1, tries: bool = True
) -> Action:
    clock = Clock()
    shared = limits or Limits()
    shared.changed = Changed(clock)
    pace = Pace(shared, Stop(clock), tries=tries, clock=clock)
    return Action(clock, pace, Bucket(rate), random.Random(seed))


@pytest.mark.parametrize("seed", range(50))
def test_the_documented_quota_is_used_up_and_seldom_overdrawn(seed: int) -> None:
    """Thirty sets: a listing, and two actions of which only one tries the quota out."""
    limits = Limits()
    listing = action(1.0, limits, seed=seed)
    listing.read(1)
    listing.pace.done()
    options = action(1.0, limits, seed=seed + 100)
    took = options.read(30)
    destinations = action(1.0, limits, seed=seed + 200, tries=False)
    took_too = destinations.read(30)
    assert max(took, took_too) <= 1.05 * 30 + 1
    actions = (listing, options, destinations)
    assert sum(a.throttled for a in actions) <= 0.02 * sum(a.calls for a in actions)


@pytest.mark.parametrize("seed", range(20))
def test_an_action_that_does_not_try_is_never_throttled(seed: int) -> None:
    """Not even while nobody has found out yet whether SES throttles."""
    for limits in (Limits(), Limits(throttles=True)):
        waiting = action(1.0, limits, seed=seed, tries=False)
        assert waiting.read(30) <= 1.05 * 30 + 1
        assert waiting.throttled == 0


def test_without_throttling_nobody_waits() -> None:
    free = action(0.0)
    took = free.read(500)
    stop = free.pace._stop
    assert isinstance(stop, Stop)
    assert stop.waited == 0
    assert free.pace.spacing == 0
    assert took == pytest.approx(sum([0.035] * 500), rel=0.05)
    assert free.pace.at_once == 8


def test_more_at_once_only_when_nothing_throttles() -> None:
    free, strict = action(0.0), action(1.0)
    seen = []
    for _ in range(40):
        seen.append(free.pace.at_once)
        free.call()
        strict.call()
        assert strict.pace.at_once == 1
    assert seen == sorted(seen)
    assert (seen[0], seen[3], seen[-1]) == (1, 1, 8)


def test_only_one_action_tries_it_out() -> None:
    """The other one keeps to the documented rate until the first one knows."""
    limits = Limits()
    waiting = action(0.0, limits, tries=False)
    waiting.read(5)
    gaps = [after - before for before, after in zip(waiting.sent, waiting.sent[1:], strict=False)]
    assert all(gap >= SPACING - 1e-6 for gap in gaps)
    trying = action(0.0, limits)
    trying.read(3)
    assert limits.throttles is None
    trying.read(1)
    assert limits.throttles is False
    before = waiting.clock.now
    waiting.read(100)
    assert waiting.clock.now - before <= 100 * 0.05


def test_what_one_finds_slows_the_others_too() -> None:
    limits = Limits()
    trying = action(1.0, limits)
    trying.read(3)
    assert limits.throttles
    other = action(1.0, limits)
    other.read(30)
    assert other.throttled == 0
    assert other.pace.spacing == SPACING


@pytest.mark.parametrize("answers", [0, 1])
def test_too_little_was_seen_to_know(answers: int) -> None:
    limits = Limits()
    short = action(0.0, limits)
    short.read(answers)
    short.pace.done()
    assert limits.throttles is None


def test_two_answers_close_together_are_enough_at_the_end() -> None:
    limits = Limits()
    short = action(0.0, limits)
    short.read(2)
    short.pace.done()
    assert limits.throttles is False


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("rate", "within"), [(2.0, 150), (5.0, 170), (20.0, 210)])
def test_a_raised_quota_is_found(seed: int, rate: float, within: int) -> None:
    """After so many calls it makes more than half of those that SES allows."""
    raised = action(rate, seed=seed)
    raised.bucket.tokens = 0
    raised.bucket.at = raised.clock.now
    raised.read(within)
    assert raised.pace.spacing <= 1.8 / rate
    throttled = raised.throttled
    raised.read(300)
    assert raised.throttled - throttled <= 0.03 * 300


def test_trials_that_fail_become_rare() -> None:
    """SES allows no more than is documented: one throttled answer at each trial."""
    strict = action(1.0)
    strict.read(1000)
    assert strict.throttled <= 1 + 4
    assert strict.clock.now - 1000 <= 1000 * SPACING * 1.02


@pytest.mark.parametrize("seed", range(10))
def test_others_who_call_slow_it_and_it_recovers(seed: int) -> None:
    """Somebody takes all of the quota that they can for five minutes."""
    shared = action(1.0, seed=seed)
    shared.read(20)
    pace, throttled, calls = shared.pace, shared.throttled, shared.calls
    until = shared.clock.now + 300
    shared.others_every, shared.others_at, shared.others_until = 0.9, shared.clock.now, until
    slowest = 0.0
    while shared.clock.now < until:
        shared.call()
        slowest = max(slowest, pace.spacing)
    assert slowest > SPACING
    # It makes way, and still something is read.
    assert shared.throttled - throttled <= 50
    assert (shared.calls - calls) - (shared.throttled - throttled) >= 30
    shared.read(100)
    assert pace.spacing <= SPACING
    before = shared.throttled
    assert shared.read(90) <= 1.05 * 90 + 1
    assert shared.throttled - before <= 2


def test_it_is_never_slower_than_a_call_in_five_seconds() -> None:
    hopeless = action(1.0)
    hopeless.bucket.tokens = -10_000
    for _ in range(100):
        hopeless.call()
    assert hopeless.pace.spacing <= 5


def test_a_throttled_call_that_was_under_way_slows_nothing_more() -> None:
    limits = Limits()
    several = action(0.0, limits)
    several.read(20)
    sent = [several.pace.turn() for _ in range(4)]
    several.clock.now += 0.03
    for at in sent:
        several.pace.throttled(at)
    assert several.pace.spacing == SPACING
    before = several.clock.now
    assert several.pace.turn() >= before + SPACING - 1e-6


def test_a_run_that_ended_makes_no_further_call() -> None:
    clock = Clock()
    stop = Stop(clock)
    for tries in (True, False):
        pace = Pace(Limits(), stop, tries=tries, clock=clock)
        pace.turn()
        stop.set()
        with pytest.raises(StoppedError):
            pace.turn()
        stop.clear()


def test_an_end_wakes_who_waits() -> None:
    """With a real clock: the wait for a turn ends with the run, not after five seconds."""
    stop = threading.Event()
    pace = Pace(Limits(throttles=True), stop)
    pace.turn()
    pace.throttled(pace._last)
    pace.throttled(pace._last)
    ended = threading.Event()

    def wait() -> None:
        try:
            while True:
                pace.turn()
        except StoppedError:
            ended.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    stop.set()
    assert ended.wait(20)
    thread.join()
