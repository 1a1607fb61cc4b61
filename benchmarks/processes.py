"""Measure processes, each in a clean environment, from start to exit."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.server import Settings

ROOT = Path(__file__).resolve().parent.parent
OURS = (sys.executable, "-m", "exporter")


@dataclass(frozen=True)
class Usage:
    """The resources that a process used.

    Attributes:
        code: Its exit code.
        seconds: The time from start to exit.
        cpu: Seconds of processor time, including child processes.
        mib: Its peak memory.
        stderr: Its stderr.
    """

    code: int
    seconds: float
    cpu: float
    mib: float
    stderr: str

    def check(self) -> "Usage":
        """Return itself if the process succeeded.

        Raises:
            FailedError: with the end of its stderr, if it failed.
        """
        if self.code:
            last = " ".join(self.stderr.split())[-300:]
            raise FailedError(f"exit code {self.code}: {last}")
        return self


class FailedError(Exception):
    """A measured process failed."""


def measured(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    first_line: bool = False,
) -> Usage:
    """Run a command in an empty folder, without the user's AWS configuration.

    Args:
        command: The program and its arguments.
        environment: Variables in addition to those that every process needs.
        first_line: Whether to read only the first line of its output, like ``head -1``.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=clean(folder, environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if first_line else subprocess.DEVNULL,
            stderr=errors,
        )
        if process.stdout is not None:
            process.stdout.readline()
            process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        stderr = errors.read().decode(errors="replace")
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return Usage(
        process.returncode, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / unit, stderr
    )


def clean(home: str, more: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a process that must not find any other configuration."""
    inherited = {
        name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ
    }
    return {
        **inherited,
        "HOME": home,
        "PYTHONPATH": str(ROOT),
        "AWS_CONFIG_FILE": str(Path(home, "no-config")),
        "AWS_SHARED_CREDENTIALS_FILE": str(Path(home, "no-credentials")),
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


@dataclass(frozen=True)
class Stats:
    """The calls that the server received.

    Attributes:
        calls: By action, the numbers of ``answered`` and ``throttled`` calls.
        scopes: The number of accounts and regions in which SES was called.
        seconds: The time between the first and the last call to SES.
    """

    calls: Mapping[str, Mapping[str, int]]
    scopes: int
    seconds: float

    @property
    def total(self) -> int:
        """The number of calls to all services."""
        return sum(sum(outcomes.values()) for outcomes in self.calls.values())

    @property
    def ses(self) -> int:
        """The number of calls to SES."""
        return sum(sum(outcomes.values()) for action, outcomes in self._ses)

    @property
    def throttled(self) -> int:
        """The number of throttled calls."""
        return sum(outcomes["throttled"] for _, outcomes in self._ses)

    @property
    def _ses(self) -> list[tuple[str, Mapping[str, int]]]:
        others = {"GetCallerIdentity", "AssumeRole", "ListAccounts"}
        return [item for item in self.calls.items() if item[0] not in others]


@dataclass(frozen=True)
class Server:
    """A running benchmark server."""

    url: str
    process: "subprocess.Popen[str]"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which any AWS client uses it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
        }

    def stats(self) -> Stats:
        """Return the calls since the start or the last reset."""
        stats = self._request("GET", "/stats")
        return Stats(stats["calls"], stats["scopes"], stats["last"] - stats["first"])

    def reset(self) -> None:
        """Forget all calls."""
        self._request("POST", "/reset")

    def _request(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """Run a benchmark server in a separate process, on a free port."""
    options = [f"--{name}={value}" for name, value in asdict(settings).items()]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            yield Server(process.stdout.readline().strip(), process)
        finally:
            process.terminate()
