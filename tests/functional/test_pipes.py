"""A named pipe is refused at once by every option that reads a file; the shell's are read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.snapshots import orders
from tests.support import ses2iac, ses2iac_process

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")

COMMANDS = {
    "--from": ("scan", "--from", "pipe"),
    "--config": ("config", "show", "--config", "pipe"),
    "--config of a reading": ("scan", "--config", "pipe"),
    "--names": ("export", "terraform", "--from", "s.json", "--out", "out", "--names", "pipe"),
    "--map": ("export", "terraform", "--from", "s.json", "--out", "out", "--map", "pipe"),
    "--include": ("scan", "--from", "s.json", "--include", "@pipe"),
    "merge": ("merge", "pipe", "s.json", "--out", "m.json"),
    "diff": ("diff", "pipe", "s.json"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    text = json.dumps({"FormatVersion": 1, "Scopes": [orders()]})
    Path("s.json").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("option", COMMANDS)
def test_a_named_pipe_is_not_waited_for(folder: Path, option: str) -> None:
    ran = ses2iac_process(*COMMANDS[option], cwd=folder)
    assert ran.code == 1, ran
    assert "pipe" in ran.err
    assert "is a pipe, not a file" in ran.err


@pytest.mark.slow
def test_what_the_shell_opens_is_read(folder: Path) -> None:
    data = Path("s.json").read_bytes()
    command = [sys.executable, "-m", "exporter", "scan", "--from"]
    for name in ("-", "/dev/stdin"):
        ran = subprocess.run([*command, name], input=data, capture_output=True, check=False)
        assert (ran.returncode, b"orders" in ran.stdout) == (0, True), ran


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--from", "-"),
        ("export", "cdk", "--from", "-", "--out", "app"),
        ("diff", "-", "s.json"),
        ("merge", "-", "s.json", "--out", "-"),
        ("scan", "--from", "s.json", "--unmanaged-by", "-"),
    ],
)
def test_a_closed_standard_input_is_said(
    folder: Path,
    arguments: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As where a job starts it with ``<&-``."""
    monkeypatch.setattr(sys, "stdin", None)
    ran = ses2iac(capsys, *arguments)
    said = "error: standard input: is closed\nhint: pipe a file into it\n"
    assert (ran.code, ran.err) == (1, said)
