"""Progress of reading live accounts, on a terminal: a line for each, and the time left."""

import os
import sys
import threading
import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.text import Text

from exporter.cli.terminal import console
from exporter.support.progress import Progress
from exporter.support.text import count

_MOST_LINES = 8
_LONG_LISTING = 10_000
"""SES's default quota of configuration sets in a region."""


def progress() -> Progress:
    """Return a progress: one that is shown if stderr is a terminal."""
    return TerminalProgress() if is_wanted() else Progress()


def is_wanted() -> bool:
    """Tell whether to show progress: on a capable terminal, unless ``--quiet``."""
    on_terminal = sys.stderr is not None and sys.stderr.isatty()
    return on_terminal and not console.settings.quiet and os.environ.get("TERM") != "dumb"


@dataclass
class _Scope:
    total: int
    began: float = field(default_factory=time.monotonic)
    done: int = 0

    def to_go(self, now: float) -> float | None:
        """Return the seconds left; None before the first set is read."""
        if not self.done:
            return None
        return (now - self.began) / self.done * (self.total - self.done)


class TerminalProgress(Progress):
    """A line for each account and region that takes longest, and one for all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scopes: dict[str, _Scope] = {}
        self._listed: dict[str, int] = {}
        self._all = self._finished = 0
        self._live = Live(
            console=Console(stderr=True),
            get_renderable=self._shown,
            transient=True,
            refresh_per_second=4,
        )

    def start(self, scopes: int) -> None:
        """Show the progress."""
        self._all = scopes
        self._live.start()

    def listed(self, scope: str, names: int) -> None:
        """Show how many names are listed so far."""
        with self._lock:
            self._listed[scope] = names

    def enter(self, scope: str, total: int) -> None:
        """Add a line, if there is room."""
        with self._lock:
            self._listed.pop(scope, None)
            self._scopes[scope] = _Scope(total)
        self._live.refresh()

    def advance(self, scope: str) -> None:
        """Count a set."""
        with self._lock:
            self._scopes[scope].done += 1

    def leave(self, scope: str) -> None:
        """Remove the line."""
        with self._lock:
            self._finished += 1
            self._scopes.pop(scope, None)
            self._listed.pop(scope, None)

    def stop(self) -> None:
        """Remove the progress."""
        self._live.stop()

    def _shown(self) -> Text:
        now = time.monotonic()
        with self._lock:
            finished, scopes, listed = self._finished, dict(self._scopes), dict(self._listed)
        longest = sorted(scopes.items(), key=lambda item: item[1].done - item[1].total)
        lines = [_listing(title, names) for title, names in listed.items()]
        lines += [_line(title, scope, now) for title, scope in longest]
        del lines[_MOST_LINES:]
        if self._all > 1:
            lines.append(self._overall(finished, scopes, now))
        return Text("\n".join(lines), no_wrap=True, overflow="ellipsis")

    def _overall(self, finished: int, scopes: dict[str, _Scope], now: float) -> str:
        """Describe the progress of all of them.

        The time finished is the longest one's; it is unknown until all have begun.
        """
        text = f"{finished} of {self._all} accounts and regions read"
        if scopes:
            text += f", {len(scopes)} being read"
        times = [scope.to_go(now) for scope in scopes.values()]
        known = [seconds for seconds in times if seconds is not None]
        if known and len(known) == len(times) and finished + len(scopes) == self._all:
            text += f", {_duration(max(known))} to go"
        return text


def _line(title: str, scope: _Scope, now: float) -> str:
    to_go = scope.to_go(now)
    left = "" if to_go is None else f", {_duration(to_go)} to go"
    return f"{title}: {scope.done} of {count(scope.total, 'configuration set')}{left}"


def _listing(title: str, names: int) -> str:
    """Describe a listing that is not complete."""
    text = f"{title}: {count(names, 'configuration set')} listed so far"
    long = f", a long list: SES allows {_LONG_LISTING:,} by default"
    return text + long if names > _LONG_LISTING else text


def _duration(seconds: float) -> str:
    """Format a time: ``40 s``, ``12 min``, ``2 h 50 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
