"""Signals: what they end, and what they must wait for."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from exporter.support.errors import ExitCode
from exporter.support.signals import TerminatedError, deferred, exit_code, install
from tests.support import ROOT

BOTH = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    """The handlers of a program, whoever runs the tests; pytest's own are back afterwards."""
    before = {number: signal.getsignal(number) for number in BOTH}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    install()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in BOTH]


def cut_off(*numbers: int, done: list[str], error: BaseException | None = None) -> None:
    """Signals arrive in the middle of a block."""
    with deferred():
        for number in numbers:
            signal.raise_signal(number)
        if error:
            raise error
        done.append("the rest of the block")


def test_a_termination_unwinds_the_stack() -> None:
    with pytest.raises(TerminatedError):
        signal.raise_signal(signal.SIGTERM)


def test_a_termination_is_nothing_that_code_handles_by_mistake() -> None:
    assert not issubclass(TerminatedError, Exception)


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (TerminatedError(), 143)], ids=["INT", "TERM"]
)
def test_the_exit_code_is_a_shells(error: BaseException, code: int) -> None:
    assert exit_code(error) == code
    assert exit_code(error) in (ExitCode.INTERRUPTED, ExitCode.TERMINATED)


@pytest.mark.parametrize(
    ("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, TerminatedError)]
)
def test_a_signal_waits_for_the_end_of_the_block(
    number: signal.Signals, error: type[BaseException]
) -> None:
    before = handlers()
    done: list[str] = []
    with pytest.raises(error):
        cut_off(number, done=done)
    assert done == ["the rest of the block"]
    assert handlers() == before


def test_without_a_signal_nothing_happens() -> None:
    before = handlers()
    with deferred():
        assert handlers() != before
    assert handlers() == before


def test_the_first_of_several_signals_acts() -> None:
    with pytest.raises(TerminatedError):
        cut_off(signal.SIGTERM, signal.SIGINT, signal.SIGTERM, done=[])


def test_an_error_in_the_block_comes_out_and_the_handlers_are_back() -> None:
    before = handlers()
    with pytest.raises(ZeroDivisionError):
        cut_off(done=[], error=ZeroDivisionError())
    assert handlers() == before


def test_a_signal_goes_before_an_error_of_the_block() -> None:
    before = handlers()
    with pytest.raises(KeyboardInterrupt) as caught:
        cut_off(signal.SIGINT, done=[], error=ZeroDivisionError())
    assert isinstance(caught.value.__context__, ZeroDivisionError)
    assert handlers() == before


def test_blocks_within_blocks_wait_for_the_outermost() -> None:
    done: list[str] = []

    def nested() -> None:
        with deferred():
            cut_off(signal.SIGINT, done=done)
            done.append("the rest of the outer one")

    with pytest.raises(KeyboardInterrupt):
        nested()
    assert done == ["the rest of the block", "the rest of the outer one"]


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As under ``nohup``, or in the background of a shell script."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with deferred():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_handler_of_the_program_around_it_is_called_late_and_once() -> None:
    called = []

    def theirs(number: int, _frame: FrameType | None) -> None:
        called.append(number)

    signal.signal(signal.SIGINT, theirs)
    with deferred():
        signal.raise_signal(signal.SIGINT)
        assert called == []
    assert called == [signal.SIGINT]


def test_a_thread_may_not_touch_handlers_and_does_its_work_all_the_same() -> None:
    """Python gives signals to the main thread alone."""
    before = handlers()
    done = []

    def work() -> None:
        with deferred():
            done.append(handlers() == before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


_BLOCK = """
import os, signal, sys
from exporter.support.signals import deferred
{install}
with deferred():
    os.kill(os.getpid(), signal.{signal})
    print("the rest of the block", flush=True)
print("not reached", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", BOTH, ids=lambda number: number.name)
def test_a_process_that_handles_nothing_dies_of_the_signal_itself(number: signal.Signals) -> None:
    """Its parent sees a death by signal, not an exit code of ours."""
    code = _BLOCK.format(
        install=f"signal.signal(signal.{number.name}, signal.SIG_DFL)", signal=number.name
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-number, "the rest of the block\n")
