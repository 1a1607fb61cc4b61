"""A standard output or error that takes no more: an error for people, whatever prints."""

import subprocess
import sys
from pathlib import Path

import pytest

from exporter.cli.commands import SUMMARIES
from tests.functional.snapshots import orders, snapshot_file
from tests.support import ISOLATED_AWS, ROOT

FULL = Path("/dev/full")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full"),
]

FROM = ("--from", "account.json")
PRINTING: dict[str, tuple[str, ...]] = {
    "help": ("--help",),
    "no command": (),
    "version": ("--version",),
    "completion": ("--show-completion", "bash"),
    **{f"{name} --help": (name, "--help") for name in SUMMARIES},
    "scan": ("scan", *FROM),
    "scan, JSON": ("scan", *FROM, "--output", "json"),
    "scan, CSV": ("scan", *FROM, "--output", "csv"),
    "snapshot": ("snapshot", *FROM, "--out", "-"),
    "merge": ("merge", "account.json", "other.json", "--out", "-"),
    "graph": ("graph", *FROM),
    "report": ("report", *FROM, "--out", "-"),
    "lint": ("lint", *FROM),
    "lint, rules": ("lint", "--list-rules"),
    "lint, statistics": ("lint", *FROM, "--statistics"),
    "diff": ("diff", "account.json", "account.json"),
    "diff, JSON": ("diff", "account.json", "account.json", "--output", "json"),
    "templates list": ("templates", "list"),
    "templates show": ("templates", "show", "terraform/providers.tf"),
    "config show": ("config", "show"),
    "export --diff": ("export", "terraform", *FROM, "--out", "infra", "--diff"),
    "demo": ("demo",),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    snapshot_file(folder / "account.json", orders())
    snapshot_file(folder / "other.json", {**orders(), "Region": "us-east-1"})
    return folder


def started(
    *arguments: str, cwd: Path, full: str, unbuffered: bool = False
) -> "subprocess.CompletedProcess[str]":
    env = {**ISOLATED_AWS, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "COLUMNS": "80"}
    # The shell is the one that is named, whatever runs the tests.
    env["_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"] = "1"
    if unbuffered:
        env["PYTHONUNBUFFERED"] = "1"
    with FULL.open("w", encoding="utf-8") as device:
        return subprocess.run(
            [sys.executable, "-m", "exporter", *arguments],
            cwd=cwd,
            env=env,
            text=True,
            timeout=120,
            check=False,
            stdout=device if full == "stdout" else subprocess.PIPE,
            stderr=device if full == "stderr" else subprocess.PIPE,
        )


@pytest.mark.parametrize("name", PRINTING)
def test_stdout_takes_no_more(folder: Path, name: str) -> None:
    ran = started(*PRINTING[name], cwd=folder, full="stdout")
    assert ran.returncode == 1, ran
    assert ran.stderr.endswith("error: stdout: cannot be written: No space left on device\n")
    assert "fault" not in ran.stderr


@pytest.mark.parametrize("name", ["help", "version", "scan", "lint --help", "completion"])
def test_stdout_without_a_buffer_takes_no_more(folder: Path, name: str) -> None:
    ran = started(*PRINTING[name], cwd=folder, full="stdout", unbuffered=True)
    assert ran.stderr == "error: stdout: cannot be written: No space left on device\n"
    assert ran.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("scan", *FROM, "--include", "orders", "--include", "nothing"), 0),
        (("lint", *FROM), 3),
        (("scan", "--nothing"), 2),
        (("nothing",), 2),
        (("scan", "--from", "missing.json"), 1),
        (("export", "terraform", *FROM, "--out", "silent"), 0),
    ],
)
def test_stderr_that_takes_no_more_changes_no_exit_code(
    folder: Path, arguments: tuple[str, ...], code: int
) -> None:
    ran = started(*arguments, cwd=folder, full="stderr")
    assert ran.returncode == code, ran
