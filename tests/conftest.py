"""What every test gets: no AWS account of the person who runs them, and no network but loopback."""

import atexit
import os
import shutil
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import ISOLATED_AWS, SHAPES, Engines

_STATE = Path(tempfile.mkdtemp(prefix="ses2iac-tests-"))
atexit.register(shutil.rmtree, _STATE, ignore_errors=True)


class _Quick:
    """Keeps programs that need a second to start out of ``make quick``."""

    test = ""
    """The test that runs, if it is one of ``make quick``."""

    @classmethod
    def audit(cls, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse to start a Python."""
        if cls.test and event == "subprocess.Popen":
            program = Path(os.fsdecode(arguments[0] or arguments[1][0])).name
            if program.startswith("python") or program in _PYTHONS:
                raise AssertionError(f"{cls.test} starts {program}: mark it pytest.mark.slow")


_PYTHONS = ("black", "cfn-lint", "ses2iac")
"""Programs that are a Python as well."""

sys.addaudithook(_Quick.audit)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many shapes of other people's code are read exactly."""
    found: dict[str, Counter[str]] = {}
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, verdict in report.user_properties:
            if name.startswith(SHAPES):
                found.setdefault(name, Counter())[str(verdict)] += 1
    for name, tally in found.items():
        terminalreporter.write_line(
            f"{name}: {tally['exact']} of {tally.total()} exact, {tally['partly']} partly, "
            f"{tally['wrong']} wrong"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Know which test runs, while its fixtures are made too."""
    is_quick = item.get_closest_marker("slow") is None and "acceptance" not in item.path.parts
    _Quick.test = item.name if is_quick else ""
    try:
        return (yield)
    finally:
        _Quick.test = ""


@pytest.fixture(autouse=True)
def _no_personal_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Shut off configuration files, credentials, profiles and instance metadata."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in ISOLATED_AWS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    # Not below the folder of the test, whose content many tests compare.
    monkeypatch.setenv("XDG_STATE_HOME", str(_STATE))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at once when a test of ours reaches out."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        is_internet = self.family in (socket.AF_INET, socket.AF_INET6)
        if is_internet and not address[0].startswith(("127.", "::1")):
            raise AssertionError(f"a test wants to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Engines:
    """The programs that judge what is rendered; a missing one skips the test, in CI it fails it."""
    return Engines(tmp_path_factory.mktemp("engines"))
