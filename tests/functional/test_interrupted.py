"""What Ctrl-C leaves behind is said, and said truthfully."""

from typing import Any, NoReturn

import pytest

from exporter.cli.terminal import console
from exporter.support.signals import TerminatedError
from tests.functional.snapshots import Desk, orders, snapshot_file

SIGNALS = [(KeyboardInterrupt, 130, "interrupted"), (TerminatedError, 143, "terminated")]


@pytest.fixture
def origin(desk: Desk) -> str:
    return snapshot_file(desk.folder / "snapshot.json", orders())


@pytest.mark.parametrize(("error", "code", "how"), SIGNALS)
@pytest.mark.parametrize("command", ["scan", "graph", "lint", "export"])
def test_before_anything_is_written(
    desk: Desk,
    origin: str,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    error: type[BaseException],
    code: int,
    how: str,
) -> None:
    def stopped(*_arguments: Any, **_options: Any) -> NoReturn:
        raise error

    monkeypatch.setattr("exporter.sources.read.Source.read", stopped)
    more = ("terraform", "--out", str(desk.out)) if command == "export" else ()
    ran = desk.run(command, *more, "--from", origin)
    assert (ran.code, ran.err) == (code, f"{how}; nothing was written\n")
    assert not desk.out.exists()


def test_after_the_files_are_written(
    desk: Desk, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_text: str) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(console, "say", stopped)
    ran = desk.run("export", "terraform", "--from", origin, "--out", str(desk.out))
    assert ran.code == 130
    assert ran.err == f"interrupted; written so far: {desk.out}\n"
    assert (desk.out / "providers.tf").is_file()
    # The next run starts from nothing.
    ran = desk.run("scan", "--from", origin)
    assert (ran.code, ran.err) == (0, "")


def test_after_a_file_is_written(desk: Desk, origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_text: str) -> NoReturn:
        raise KeyboardInterrupt

    taken = str(desk.folder / "taken.json")
    monkeypatch.setattr(console, "say", stopped)
    ran = desk.run("snapshot", "--from", origin, "--out", taken)
    assert (ran.code, ran.err) == (130, f"interrupted; written so far: {taken}\n")


def test_amid_the_output(desk: Desk, origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_reading: Any) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("exporter.cli.scan.exit_code", stopped)
    ran = desk.run("scan", "--from", origin)
    assert (ran.code, ran.err) == (130, "interrupted; the output is not complete\n")
