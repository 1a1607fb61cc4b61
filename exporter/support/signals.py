"""Handle signals: clean up before the process ends, and don't end in the middle of a change."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from exporter.support.errors import ExitCode


class TerminatedError(BaseException):
    """SIGTERM arrived. Not an ``Exception``, so that only cleanup code handles it."""


def install() -> None:
    """Let SIGTERM unwind the stack as SIGINT does, so that temporary files are removed."""
    signal.signal(signal.SIGTERM, _terminate)


def exit_code(error: BaseException) -> ExitCode:
    """Return the exit code of a run that was ended by a signal."""
    terminated = isinstance(error, TerminatedError)
    return ExitCode.TERMINATED if terminated else ExitCode.INTERRUPTED


@contextmanager
def deferred() -> Iterator[list[int]]:
    """Delay SIGINT and SIGTERM until the block has ended, then raise the first one.

    Yields the list of signals that have arrived, so that the block can undo its work.
    """
    arrived: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield arrived
        return

    def remember(number: int, _frame: FrameType | None) -> None:
        arrived.append(number)

    # Signals that are ignored (in a background job, say) or handled outside Python stay so.
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
