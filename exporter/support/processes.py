"""Find other programs, and run them with a time limit."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from exporter.support import signals

_POSIX = os.name == "posix"


class EngineError(Exception):
    """A program did not start, hung or crashed; the message says which and how.

    Args:
        is_slow: Whether more time might have helped.
    """

    def __init__(self, message: str, *, is_slow: bool = False) -> None:
        super().__init__(message)
        self.is_slow = is_slow


@dataclass(frozen=True)
class Ran:
    """The exit code and output of a program."""

    code: int
    out: str
    err: str


def run(
    command: Sequence[str],
    folder: Path,
    limit: float,
    env: Mapping[str, str] | None = None,
    name: str = "",
) -> Ran:
    """Run a program until it ends.

    After ``limit`` seconds it is stopped, together with its child processes. ``env`` is its whole
    environment; by default, ours without AWS variables. Messages call it ``name``.

    Raises:
        EngineError: if it can't be started, is stopped, or is ended by a signal.
    """
    name = name or Path(command[0]).name
    # Files, not pipes: a grandchild that keeps a pipe open would keep us waiting.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = None
        try:
            # A signal between start and assignment would leave a process that nobody stops.
            with signals.deferred():
                process = subprocess.Popen(  # noqa: S603 - no shell; callers choose the program
                    command,
                    cwd=folder,
                    env=without_aws() if env is None else env,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=_POSIX,
                )
            code = process.wait(limit)
        except OSError as error:
            raise EngineError(f"{command[0]} cannot be started: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            message = f"{name} did not finish within {limit:g} s and was stopped"
            raise EngineError(message, is_slow=True) from None
        finally:
            if process is not None:
                _stop(process)
        ran = Ran(code, _text(out), _text(err))
    if code < 0:
        tail = ran.err.strip().splitlines()[-1:]
        detail = f": {tail[0]}" if tail else ""
        raise EngineError(f"{name} was killed by {_signal_name(-code)}{detail}")
    return ran


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Kill a program and its child processes; they have nothing to save."""
    if _POSIX:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def find(*names: str) -> str | None:
    """Return the absolute path of the first of these programs that is on PATH."""
    for name in names:
        program = shutil.which(name)
        if program:
            # Not resolved: a virtual environment's python must be run through its link.
            return os.path.abspath(program)  # noqa: PTH100
    return None


def environment(drop: Sequence[str] = (), **more: str) -> dict[str, str]:
    """Return our environment without variables that begin with one of ``drop``, plus ``more``."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(tuple(drop) or ("\0",))}
    return {**inherited, **more}


def without_aws(drop: Sequence[str] = (), **more: str) -> dict[str, str]:
    """Return the same for a program that does not call AWS: it gets no credentials."""
    return environment((*drop, "AWS_"), **more)


def shortened(text: str, folder: Path, lines: int = 12) -> list[str]:
    """Return a program's output without empty lines, frames and the working folder's path."""
    plain = text.replace(f"{folder}{os.sep}", "").replace(str(folder), ".")
    output = [line for line in (line.strip("│╷╵ \t\r") for line in plain.splitlines()) if line]
    if len(output) > lines:
        return [*output[:lines], f"... and {len(output) - lines} more lines"]
    return output
