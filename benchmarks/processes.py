"""Processes to measure: each with a clean environment, from its start to its exit."""

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
    """What a process took.

    Attributes:
        code: Its exit code.
        seconds: From its start to its exit.
        cpu: Seconds of processor time, its children's included.
        mib: Its peak memory.
        said: What it wrote to stderr.
    """

    code: int
    seconds: float
    cpu: float
    mib: float
    said: str

    def check(self) -> "Usage":
        """Itself, when it is done.

        Raises:
            FailedError: with its last words, when it failed.
        """
        if self.code:
            last = " ".join(self.said.split())[-300:]
            raise FailedError(f"exit code {self.code}: {last}")
        return self


class FailedError(Exception):
    """A process that was to be measured failed."""


def measured(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    first_line: bool = False,
) -> Usage:
    """Run a command in an empty folder, with nothing of the person's AWS configuration.

    Args:
        command: The program and its arguments.
        environment: Variables beside those that every process needs.
        first_line: Whether to read only the first line of its output and leave, as ``head -1``.
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
        said = errors.read().decode(errors="replace")
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return Usage(
        process.returncode, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / unit, said
    )


def clean(home: str, more: Mapping[str, str]) -> dict[str, str]:
    """The variables of a process that is to find no configuration but what it is told."""
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {
        **keep,
        "HOME": home,
        "PYTHONPATH": str(ROOT),
        "AWS_CONFIG_FILE": str(Path(home, "no-config")),
        "AWS_SHARED_CREDENTIALS_FILE": str(Path(home, "no-credentials")),
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


@dataclass(frozen=True)
class Stats:
    """What the server saw.

    Attributes:
        calls: By action, how many were ``answered`` and ``throttled``.
        scopes: Accounts x regions that SES was called in.
        seconds: Between the first and the last call of SES.
    """

    calls: Mapping[str, Mapping[str, int]]
    scopes: int
    seconds: float

    @property
    def total(self) -> int:
        """All calls, of every service."""
        return sum(sum(outcomes.values()) for outcomes in self.calls.values())

    @property
    def ses(self) -> int:
        """The calls of SES."""
        return sum(sum(outcomes.values()) for action, outcomes in self._ses)

    @property
    def throttled(self) -> int:
        """The refused calls."""
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
        """The variables under which any AWS client talks to it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
        }

    def stats(self) -> Stats:
        """What was called since the start or the last reset."""
        seen = self._ask("GET", "/stats")
        return Stats(seen["calls"], seen["scopes"], seen["last"] - seen["first"])

    def reset(self) -> None:
        """Forget what was called."""
        self._ask("POST", "/reset")

    def _ask(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """A benchmark server in a process of its own, on a free port."""
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
