"""What ``--help`` and the shell's completion say: grouped, with examples that hold."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from exporter.cli import app
from exporter.cli.commands import PANELS, SUMMARIES
from exporter.cli.examples import EXAMPLES, FIRST_STEPS
from tests.functional.snapshots import configuration_set, destination, scope, snapshot_file
from tests.support import ROOT, ses2iac

LINES = [(name, line) for name, lines in EXAMPLES.items() for line in lines]


def test_every_command_has_a_panel_and_examples() -> None:
    grouped = [name for names in PANELS.values() for name in names]
    assert sorted(grouped) == sorted(SUMMARIES) == sorted(EXAMPLES)


@pytest.mark.parametrize(("name", "line"), [*LINES, *((None, line) for line in FIRST_STEPS)])
def test_an_example_is_a_line_that_the_command_takes(name: str | None, line: str) -> None:
    program, *words = shlex.split(line)
    assert program == "ses2iac"
    # Whole on a terminal of 80 columns, with what frames it.
    assert len(line) <= 78 or name == "snapshot"
    taken(typer.main.get_command(app), "ses2iac", words)


def taken(command: Any, name: str, words: list[str]) -> None:
    """Go down to the command that is meant; each takes its own words, or raises."""
    context = command.make_context(name, list(words))
    if isinstance(command, TyperGroup):
        below, found, rest = command.resolve_command(context, words)
        taken(found, str(below), rest)


def test_an_example_can_fail() -> None:
    with pytest.raises(Exception, match="--nothing"):
        taken(typer.main.get_command(app), "ses2iac", ["scan", "--nothing"])


@pytest.mark.parametrize("name", SUMMARIES)
def test_the_examples_stand_below_the_options(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    said = ses2iac(capsys, name, "--help").out
    assert all(line in said for line in EXAMPLES[name])
    assert "[/bold]" not in said


def completed(words: str, folder: Path) -> list[str]:
    """What bash is offered for the last word."""
    env = {
        "_SES2IAC_COMPLETE": "complete_bash",
        "COMP_WORDS": f"ses2iac {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    # As the installed command does; "python -m" has another name.
    code = "import sys; sys.argv = ['ses2iac']; from exporter.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **env, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stderr == ""
    return ran.stdout.split()


@pytest.mark.slow
def test_sets_of_the_last_snapshot_are_completed(tmp_path: Path) -> None:
    old = scope(configuration_set("old"))
    new = scope(configuration_set("orders", destination("bounces")), configuration_set("news"))
    for age, (name, each) in enumerate({"b.json": new, "a.json": old}.items()):
        path = Path(snapshot_file(tmp_path / name, each))
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    (tmp_path / "c.json").write_text("no snapshot")
    assert completed("scan --include o", tmp_path) == ["orders"]
    assert completed("scan --include orders/", tmp_path) == ["orders/bounces"]
    assert completed("export terraform --exclude ne", tmp_path) == ["news"]
    assert completed("scan --from a.json --include o", tmp_path) == ["old"]
    assert completed("scan --include kind:s", tmp_path) == ["kind:sns"]


@pytest.mark.slow
def test_without_a_snapshot_nothing_is_completed_and_nothing_said(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"Scopes": [1]}')
    assert completed("scan --include o", tmp_path) == []
    assert completed("scan --from gone.json --include o", tmp_path) == []
