"""``python -m exporter.demo COMMAND``: any command in the demo's account."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, Ran

pytestmark = pytest.mark.slow


def demo(*command: str, cwd: Path) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "exporter.demo", *command],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "AWS_PROFILE": "of-a-person", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def test_a_command_sees_the_account_and_none_of_the_persons_own(tmp_path: Path) -> None:
    ran = demo(sys.executable, "-m", "exporter", "scan", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "account 123456789012, region eu-west-1" in ran.out
    assert "6 configuration sets, 12 event destinations, 1 disabled" in ran.out


def test_the_exit_code_is_that_of_the_command(tmp_path: Path) -> None:
    assert demo(sys.executable, "-c", "raise SystemExit(3)", cwd=tmp_path).code == 3


def test_what_cannot_be_run_is_said(tmp_path: Path) -> None:
    usage = "usage: python -m exporter.demo COMMAND [ARGUMENT]...\n"
    assert demo(cwd=tmp_path) == Ran(2, "", usage)
    missing = "error: no program no-such-program\n"
    assert demo("no-such-program", cwd=tmp_path) == Ran(127, "", missing)
