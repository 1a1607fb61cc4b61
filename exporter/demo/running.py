"""The made-up account, served as long as somebody works in it."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from exporter.support.errors import ExporterError

ACCOUNT_ID = "123456789012"
"""The account's id, which its ARNs hold too."""

_CANNOT_START = 126
_NO_SUCH_PROGRAM = 127
"""As a shell has them."""


def _nothing_said() -> None:
    """Say nothing."""


@contextmanager
def account() -> Iterator[None]:
    """Serve the account; only these ``AWS_`` variables are set, so that nothing else is used.

    Raises:
        ExporterError: when the emulator is not installed.
    """
    try:
        from exporter.demo.account import seed  # noqa: PLC0415 - an extra, loaded when asked for
        from exporter.demo.emulator import Emulator  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise ExporterError(
            f"the demo's emulator is not installed (no module {missing.name})",
            hint="pip install 'moto[server]'",
        ) from None
    before = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    # Before the account is made: boto3 would look for a profile that the person has set.
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


def run(command: Sequence[str], begins: Callable[[], None] = _nothing_said) -> int:
    """Run a command in the account; gives its exit code. ``begins`` is called once it is served.

    Raises:
        ExporterError: when the emulator is not installed.
        ProgramError: when the command cannot be started.
    """
    with account(), _left_to_the_command():
        begins()
        try:
            code = subprocess.run(command, check=False).returncode  # noqa: S603
        except FileNotFoundError:
            raise ProgramError(f"{command[0]}: command not found", _NO_SUCH_PROGRAM) from None
        except OSError as error:
            said = f"{command[0]} cannot be started: {error.strerror}"
            raise ProgramError(said, _CANNOT_START) from None
    return code if code >= 0 else 128 - code


class ProgramError(ExporterError):
    """A command that cannot be started, with the exit code that a shell gives it."""

    def __init__(self, what: str, code: int) -> None:
        super().__init__(what)
        self.code = code


@contextmanager
def _left_to_the_command() -> Iterator[None]:
    """Leave Ctrl-C to the command; a handler, as what is ignored here would be ignored there."""
    before = signal.signal(signal.SIGINT, _nothing)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Go on."""
