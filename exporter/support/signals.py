"""Signals: an end that cleans up, and no end in the middle of a change."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from exporter.support.errors import ExitCode


class TerminatedError(BaseException):
    """SIGTERM arrived. Not an ``Exception``, so that only cleaning up is done on its way."""


def install() -> None:
    """Let SIGTERM unwind the stack as SIGINT does, so that temporary files are removed."""
    signal.signal(signal.SIGTERM, _terminate)


def exit_code(error: BaseException) -> ExitCode:
    """The exit code of a run that a signal ended."""
    terminated = isinstance(error, TerminatedError)
    return ExitCode.TERMINATED if terminated else ExitCode.INTERRUPTED


@contextmanager
def deferred() -> Iterator[list[int]]:
    """Hold back SIGINT and SIGTERM until the block has ended, and let the first one act then.

    Gives the list of those that have arrived, so that the block can undo what it did.
    """
    arrived: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield arrived
        return

    def remember(number: int, _frame: FrameType | None) -> None:
        arrived.append(number)

    # What is ignored (in a background job, say), or handled outside of Python, stays so.
    ignored = (signal.SIG_IGN, None)
    numbers = [n for n in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(n) not in ignored]
    before = {number: signal.signal(number, remember) for number in numbers}
    try:
        yield arrived
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if arrived:
            signal.raise_signal(arrived[0])


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise TerminatedError
