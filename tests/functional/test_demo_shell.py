"""``python -m exporter.demo COMMAND``: any command in the demo's account."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from exporter.demo import __main__ as entrance
from tests.support import ROOT, Ran, ses2iac

pytestmark = pytest.mark.slow

NOT_INSTALLED = (
    "error: the demo's emulator is not installed (no module flask)\n"
    "hint: pip install 'moto[server]'\n"
)


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


def test_a_shell_sees_the_account_too(tmp_path: Path) -> None:
    shell = tmp_path / "shell"
    shell.write_text(f'#!/bin/sh\n"{sys.executable}" -m exporter scan\nexit 3\n')
    shell.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "exporter", "demo", "--shell"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "AWS_PROFILE": "of-a-person", "SHELL": str(shell)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("Opened a shell in the made-up account 123456789012; ")
    assert "6 configuration sets, 12 event destinations, 1 disabled" in done.stdout


def test_the_shell_finds_ses2iac_outside_its_environment(tmp_path: Path) -> None:
    shell = tmp_path / "shell"
    shell.write_text("#!/bin/sh\nexec ses2iac scan --include password-reset\n")
    shell.chmod(0o755)
    done = subprocess.run(
        [sysconfig.get_path("scripts") + "/ses2iac", "demo", "--shell"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "SHELL": str(shell)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1 configuration set, 1 event destination, 0 disabled" in done.stdout


def test_without_its_extra_both_entrances_say_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "flask", None)
    for module in ("exporter.demo.emulator", "exporter.demo.account"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    assert entrance.main(["sh"]) == 1
    assert capsys.readouterr().err == NOT_INSTALLED
    for options in ((), ("--shell",)):
        assert ses2iac(capsys, "demo", *options) == Ran(1, "", NOT_INSTALLED)


def test_a_signal_ends_the_command_and_leaves_no_traceback(tmp_path: Path) -> None:
    ran = demo("sh", "-c", "kill -INT $$", cwd=tmp_path)
    assert (ran.code, ran.err) == (130, "")


def test_the_exit_code_is_that_of_the_command(tmp_path: Path) -> None:
    assert demo(sys.executable, "-c", "raise SystemExit(3)", cwd=tmp_path).code == 3


def test_what_cannot_be_run_is_said(tmp_path: Path) -> None:
    usage = "usage: python -m exporter.demo COMMAND [ARGUMENT]...\n"
    assert demo(cwd=tmp_path) == Ran(2, "", usage)
    denied = f"error: {tmp_path} cannot be started: Permission denied\n"
    assert demo(str(tmp_path), cwd=tmp_path) == Ran(126, "", denied)
    missing = "error: no-such-program: command not found\n"
    assert demo("no-such-program", cwd=tmp_path) == Ran(127, "", missing)
