"""Whatever ends a run: no half file, nothing that was read is lost, and no thread holds it up."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import plain_set
from tests.faulty import CALLER, IDENTITY, Call, FaultyAws, World
from tests.support import ISOLATED_AWS, ROOT, ses2iac

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send"),
    pytest.mark.slow,
]

Capsys = pytest.CaptureFixture[str]
Env = pytest.MonkeyPatch

THERE = {(CALLER, "eu-west-1"): {f"s{n}": plain_set("a", "b") for n in range(7)}}
ALL_CALLS = 1 + 4 + 2 * 7
"""Identity, four pages, and two calls for each set."""
ANSWER = 0.01
PROMPTLY = 25
"""Seconds, a guard against hanging; where a server here holds an answer back, it is for longer."""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Moment:
    """Waits for one of the calls that arrive, and a little longer."""

    def __init__(self, number: int) -> None:
        self.reached = threading.Event()
        self._left = number
        self._lock = threading.Lock()

    def __call__(self, _call: Call) -> None:
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                self.reached.set()
        time.sleep(ANSWER)


@pytest.fixture(scope="module")
def aws() -> Iterator[FaultyAws]:
    with FaultyAws() as running:
        yield running


@pytest.fixture(scope="module")
def whole(aws: FaultyAws, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What an undisturbed run writes."""
    folder = tmp_path_factory.mktemp("whole")
    with started(aws, World(THERE), folder) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert [path.name for path in folder.iterdir()] == ["out.json"]
    return (folder / "out.json").read_bytes()


def started(
    aws: FaultyAws, world: World, folder: Path, *options: str, **more: Any
) -> "subprocess.Popen[str]":
    """Start a snapshot in a process of its own.

    A shell that starts the tests in the background makes them ignore SIGINT, and what they start
    would too, were it not for a handler here.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "exporter", "snapshot", "--out", "out.json", *options],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                **ISOLATED_AWS,
                **aws.enter(world),
            },
            cwd=folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **more,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def resumed(
    aws: FaultyAws, monkeypatch: Env, capsys: Capsys, folder: Path, *options: str
) -> tuple[World, str]:
    """Go on in this process; the world that was asked, and what was said."""
    world = World(THERE)
    for name, value in aws.enter(world).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    ran = ses2iac(capsys, "snapshot", "--out", "out.json", "--resume", *options)
    assert ran.code == 0, ran.err
    return world, ran.err


FORKING = """
import json, os, signal, sys
import exporter.aws.reader, exporter.cli.terminal.live_progress
import exporter.cli.snapshot, exporter.sources.checkpoint_file
from exporter.aws import session
for service in ("sts", "sesv2"):
    session._session(None, "eu-west-1").client(service).close()
for line in sys.stdin:
    folder, variables = json.loads(line)
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(variables)
        for number in (1, 2):
            os.dup2(os.open(f"../said-{number}", os.O_CREAT | os.O_WRONLY), number)
        sys.argv[1:] = ["snapshot", "--out", "out.json"]
        exporter.cli.main()
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""A program that has all loaded: fifty times a second and a half would be too long."""


class Run:
    """A snapshot in a process of its own, forked from one that has loaded the program already."""

    def __init__(self, aws: FaultyAws, world: World, folder: Path, forking: Any) -> None:
        self._folder = folder
        self._forking = forking
        variables = {"PATH": os.environ["PATH"], **ISOLATED_AWS, **aws.enter(world)}
        forking.stdin.write(json.dumps([str(folder), variables]) + "\n")
        forking.stdin.flush()
        self._pid = int(forking.stdout.readline())

    def end(self, number: int) -> tuple[int, str, str]:
        """Send a signal; the exit code, and what was said."""
        os.kill(self._pid, number)
        code = int(self._forking.stdout.readline())
        out, err = (self._folder.parent / f"said-{n}" for n in (1, 2))
        return code, out.read_text(), err.read_text()


@pytest.fixture(scope="module")
def forking() -> "Iterator[subprocess.Popen[str]]":
    with subprocess.Popen(
        [sys.executable, "-c", FORKING],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **ISOLATED_AWS},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def stopped(
    aws: FaultyAws, folder: Path, chance: random.Random, number: int, forking: Any = None
) -> tuple[int, str, World]:
    """Send a signal at a random moment of the reading; the exit code, stderr, and the world."""
    at = chance.randint(1, ALL_CALLS)
    moment = Moment(at)
    world = World(THERE, before=moment)
    late = chance.uniform(0, 3 * ANSWER)
    if forking is not None:
        run = Run(aws, world, folder, forking)
        assert moment.reached.wait(60)
        time.sleep(late)
        sent = time.monotonic()
        code, out, err = run.end(number)
        assert time.monotonic() - sent < PROMPTLY
        assert out == ""
        return code, err, world
    with started(aws, world, folder) as process:
        try:
            assert moment.reached.wait(60)
            time.sleep(late)
            process.send_signal(number)
            sent = time.monotonic()
            out, err = process.communicate(timeout=60)
            assert time.monotonic() - sent < PROMPTLY
        finally:
            process.kill()
    assert out == ""
    return process.returncode, err, world


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_moment(
    aws: FaultyAws,
    whole: bytes,
    monkeypatch: Env,
    capsys: Capsys,
    tmp_path: Path,
    forking: Any,
    number: signal.Signals,
    seed: int,
) -> None:
    """Every fifth is a process from its very start."""
    folder = tmp_path / "work"
    folder.mkdir()
    chance = random.Random(f"{seed} {number}")
    code, err, world = stopped(aws, folder, chance, number, forking if seed % 5 else None)
    out, partial = folder / "out.json", folder / "out.json.partial"
    # A run may have been over already: the last calls are followed by little but the end of Python,
    # which says in its own way that it was interrupted.
    is_over = len(world.calls) == ALL_CALLS and err.startswith("wrote out.json: ")
    assert code == CODES[number] or (is_over and code in (0, 1, -number))
    assert is_over or "Traceback" not in err
    assert "fault in ses2iac" not in err
    # A file that was made in this very moment may be left with a name of its own.
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".out.json.")}
    assert names <= {"out.json", "out.json.partial"}
    assert not out.exists() or out.read_bytes() == whole
    if code != CODES[number]:
        assert out.exists()
        assert not partial.exists()
        return
    kept = partial.read_bytes().count(b'"Kind":"read"') if partial.exists() else 0
    # Once all is read nothing of that is said.
    if 0 < kept < 7:
        word = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}[number]
        assert err == (
            "out.json.partial: what was read so far; continue with --resume\n"
            f"{word}; written so far: out.json.partial\n"
        )
    again, said = resumed(aws, monkeypatch, capsys, folder)
    assert out.read_bytes() == whole
    assert not partial.exists()
    # What was kept is not asked for a second time.
    asked = {call.about for call in again.calls if call.action.startswith("ses:GetConf")}
    assert len(asked) == 7 - kept
    assert not kept or said.startswith("note: resuming from out.json.partial: ")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_program_loads(
    aws: FaultyAws, tmp_path: Path, number: signal.Signals, seed: int
) -> None:
    """Before it has said a word to anybody: the shell then shows 130 and 143 too."""
    chance = random.Random(f"{seed} {number} loading")
    with started(aws, World(THERE), tmp_path) as process:
        time.sleep(chance.uniform(0, 0.4))
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    # In its very first moments Python itself ends with 1, before a line of ours has run.
    is_early = process.returncode == 1 and "exporter" not in err
    assert process.returncode in (-number, CODES[number]) or is_early
    assert out == ""
    assert not list(tmp_path.iterdir())


def test_an_answer_that_does_not_come_holds_nobody(aws: FaultyAws, tmp_path: Path) -> None:
    """Threads that wait for SES are left behind."""
    for number, code in CODES.items():
        arrived, over = threading.Event(), threading.Event()

        def hold(
            call: Call, arrived: threading.Event = arrived, over: threading.Event = over
        ) -> None:
            if call.action != IDENTITY:
                arrived.set()
                over.wait(30)

        with started(aws, World(THERE, before=hold), tmp_path) as process:
            assert arrived.wait(60)
            process.send_signal(number)
            process.communicate(timeout=PROMPTLY)
        over.set()
        assert process.returncode == code
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("seed", range(4))
def test_a_run_that_is_killed_is_gone_on_from(
    aws: FaultyAws,
    whole: bytes,
    monkeypatch: Env,
    capsys: Capsys,
    tmp_path: Path,
    seed: int,
) -> None:
    """Even where the last line was only half written."""
    chance = random.Random(f"{seed} kill")
    code, err, _ = stopped(aws, tmp_path, chance, signal.SIGKILL)
    partial = tmp_path / "out.json.partial"
    assert code in (-signal.SIGKILL, 0)
    assert err == "" or err.startswith("wrote out.json: ")
    if partial.exists():
        data = partial.read_bytes()
        begin = data.rstrip(b"\n").rfind(b"\n") + 1
        partial.write_bytes(data[: chance.randint(begin, len(data))])
        assert not (tmp_path / "out.json").exists() or (
            (tmp_path / "out.json").read_bytes() == whole
        )
    resumed(aws, monkeypatch, capsys, tmp_path)
    assert (tmp_path / "out.json").read_bytes() == whole
    assert not partial.exists()


# A full disk
# -------------------------------------------------------------------------------------------------


def limited(size: int) -> Any:
    """What keeps a process from making files larger than this: a full disk that needs no root."""
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("part", [0.1, 0.5])
def test_no_room_for_what_is_read(
    aws: FaultyAws, whole: bytes, monkeypatch: Env, capsys: Capsys, tmp_path: Path, part: float
) -> None:
    out = tmp_path / "out.json"
    out.write_text("the old one")
    size = int(len(whole) * part)
    with started(aws, World(THERE), tmp_path, preexec_fn=limited(size)) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert "error: out.json.partial: cannot be written: File too large\nhint: " in err
    assert out.read_text() == "the old one"
    assert {path.name for path in tmp_path.iterdir()} <= {"out.json", "out.json.partial"}
    resumed(aws, monkeypatch, capsys, tmp_path)
    assert out.read_bytes() == whole


def test_no_room_for_the_result(
    aws: FaultyAws, monkeypatch: Env, capsys: Capsys, tmp_path: Path
) -> None:
    """All was read and is kept; what is then missing is room, and not SES."""

    def full(_descriptor: int, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "out.json"
    out.write_text("the old one")
    for name, value in aws.enter(World(THERE)).items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as patch:
        patch.setattr("exporter.support.transaction._write_durably", full)
        ran = ses2iac(capsys, "snapshot", "--out", str(out))
    assert (ran.code, out.read_text()) == (1, "the old one")
    assert f"error: {out}: cannot be written: No space left on device\nhint: " in ran.err
    assert {path.name for path in tmp_path.iterdir()} == {"out.json", "out.json.partial"}
    world, _ = resumed(aws, monkeypatch, capsys, tmp_path)
    assert [call.action for call in world.calls] == [IDENTITY]
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


ON_A_SMALL_DISK = """
mount -t tmpfs -o size=12k none "$1" || exit 99
cd "$1" && printf old > out.json
"$2" -m exporter snapshot --out out.json
echo "code $?"; ls -A; cat out.json
"""


def test_a_disk_that_is_full(aws: FaultyAws, tmp_path: Path) -> None:
    """A real one, of three pages, where this machine lets us make it."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root of Linux can make a small disk")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", ON_A_SMALL_DISK, "sh", str(tmp_path), sys.executable],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            **ISOLATED_AWS,
            **aws.enter(World(THERE)),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "code" not in done.stdout:
        pytest.skip(f"no small disk can be made: {done.stderr}")
    assert done.stdout.splitlines() in (
        ["code 1", "out.json", "old"],
        ["code 1", "out.json", "out.json.partial", "old"],
    )
    assert "cannot be written: No space left on device\nhint: " in done.stderr
