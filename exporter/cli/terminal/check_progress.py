"""Show on a terminal which check ``verify`` is running."""

from collections.abc import Callable

from rich.console import Console
from rich.status import Status

from exporter.cli.terminal.live_progress import TerminalProgress, is_wanted
from exporter.verify.results import Result
from exporter.verify.run import Watcher


def watcher() -> Watcher:
    """Return a watcher: one that shows progress if stderr is a terminal."""
    return _TerminalWatcher() if is_wanted() else Watcher()


class _TerminalWatcher(Watcher):
    def __init__(self) -> None:
        super().__init__(_PausingProgress(self.pause))
        self._status: Status | None = None

    def begins(self, check: str) -> None:
        self._status = Status(f"{check} ...", console=Console(stderr=True))
        self._status.start()

    def ended(self, result: Result) -> None:  # noqa: ARG002 - the table shows it
        self.pause()

    def pause(self) -> None:
        """Stop the status line, so that a reader can show its own: rich has one at a time."""
        if self._status is not None:
            self._status.stop()


class _PausingProgress(TerminalProgress):
    def __init__(self, pause: Callable[[], None]) -> None:
        super().__init__()
        self._pause = pause

    def start(self, scopes: int) -> None:
        self._pause()
        super().start(scopes)
