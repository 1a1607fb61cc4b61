"""Serve the demo account while a command runs."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from exporter.support.errors import ExporterError
from exporter.support.installing import install_command

ACCOUNT_ID = "123456789012"
"""The account's id, also in its ARNs."""

_CANNOT_START = 126
_NO_SUCH_PROGRAM = 127
"""A shell's exit codes."""


def _do_nothing() -> None:
    """Do nothing."""


@contextmanager
def account() -> Iterator[None]:
    """Serve the account, with ``AWS_`` variables set for it and all others removed.

    Raises:
        ExporterError: if the emulator is not installed.
    """
    try:
        from exporter.demo.account import seed  # noqa: PLC0415 - needs an extra
        from exporter.demo.emulator import Emulator  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise ExporterError(
            f"the demo's emulator is not installed (no module {missing.name})",
            hint=install_command("'moto[server]'"),
        ) from None
    before = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    # First, because boto3 would look for the profile in the user's variables.
    for name in before:
        del os.environ[name]
    try:
        with Emulator(ACCOUNT_ID) as emulator:
            os.environ.update(emulator.environment())
            seed(emulator)
            yield
    finally:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(before)


def run(command: Sequence[str], begins: Callable[[], None] = _do_nothing) -> int:
    """Run a command in the account, and return its exit code.

    ``begins`` is called when the account is served.

    Raises:
        ExporterError: if the emulator is not installed.
        ProgramError: if the command can't be started.
    """
    with account(), _interrupts_for_the_command():
        begins()
        try:
            code = subprocess.run(command, check=False).returncode  # noqa: S603
        except FileNotFoundError:
            raise ProgramError(f"{command[0]}: command not found", _NO_SUCH_PROGRAM) from None
        except OSError as error:
            what = f"{command[0]} cannot be started: {error.strerror}"
            raise ProgramError(what, _CANNOT_START) from None
    return code if code >= 0 else 128 - code


class ProgramError(ExporterError):
    """A command that can't be started, with a shell's exit code for it."""

    def __init__(self, what: str, code: int) -> None:
        super().__init__(what)
        self.code = code


@contextmanager
def _interrupts_for_the_command() -> Iterator[None]:
    """Leave Ctrl-C to the command, with a handler: an ignored signal would be ignored there too."""
    before = signal.signal(signal.SIGINT, _on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _on_interrupt(_number: int, _frame: FrameType | None) -> None:
    """Continue; the command decides what to do."""
