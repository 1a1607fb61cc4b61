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
from exporter.lint.registry import RULES
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


HELPS = [("--help",), *((name, "--help") for name in SUMMARIES), ("config", "show", "--help")]


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("arguments", HELPS, ids=" ".join)
def test_help_fits_the_terminal(
    arguments: tuple[str, ...],
    columns: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = ses2iac(capsys, *arguments)
    assert (ran.code, ran.err) == (0, "")
    options, _, _ = ran.out.partition("Examples:")
    assert all(len(line) <= columns for line in options.partition("First steps:")[0].splitlines())
    assert "<" not in options.replace("<name>", "")
    assert "\x1b" not in ran.out
    assert "\N{NO-BREAK SPACE}" not in ran.out


def test_what_is_required_comes_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = ses2iac(capsys, "export", "--help").out
    headings = [line for line in said.splitlines() if line.endswith(":") and line[0] != " "]
    assert headings[:4] == ["Arguments:", "Required options:", "Source:", "Options:"]
    assert headings[-2:] == ["Output options:", "Examples:"]
    assert "Usage: ses2iac export FORMAT --out DIR [OPTIONS]\n" in said
    assert "\n      --strict            " in said
    assert "\n  -q, --quiet             " in said


MISTAKES = {
    "export teraform --out x": (
        "FORMAT: 'teraform' is not one of terraform, cloudformation, cdk",
        "did you mean terraform?",
    ),
    "exprot": ("no such command: exprot", "did you mean 'ses2iac export'?"),
    "frobnicate": ("no such command: frobnicate", "see 'ses2iac --help'"),
    "config shw": ("no such command: shw", "did you mean 'ses2iac config show'?"),
    "demo --bogus": ("no such option: --bogus", "see 'ses2iac demo --help'"),
    "diff a b --until 2026-13-01": (
        "--until: '2026-13-01' is not a day (YYYY-MM-DD)",
        "see 'ses2iac diff --help'",
    ),
    "export terraform --outt x": ("no such option: --outt", "did you mean --out DIR?"),
    "export terraform --output x": ("no such option: --output", "did you mean --out DIR?"),
    "export terraform -o x": ("no such option: -o", "did you mean --out DIR?"),
    "snapshot --output x": ("no such option: --output", "did you mean --out FILE?"),
    "scan --out x": (
        "no such option: --out",
        "did you mean --output table|json|csv? 'ses2iac scan' prints its result: write it to a "
        "file with '> FILE'",
    ),
    "scan --output x.json": (
        "--output: 'x.json' is not one of table, json, csv",
        "write it to a file with '> FILE'",
    ),
    "graph --output x.svg": (
        "--output: 'x.svg' is not one of mermaid, dot, svg",
        "write it to a file with --out FILE",
    ),
    "scan --output jsn": (
        "--output: 'jsn' is not one of table, json, csv",
        "did you mean json?",
    ),
    "lint --fail-on eror": (
        "--fail-on: 'eror' is not one of error, warning, info, never",
        "did you mean error?",
    ),
    "export terraform": ("--out is missing", "ses2iac export FORMAT --out DIR [OPTIONS]"),
    "export": ("FORMAT is missing", "ses2iac export FORMAT --out DIR [OPTIONS]"),
    "scan --region": ("--region needs a value", "see 'ses2iac scan --help'"),
    "scan more": ("unexpected argument: more", "see 'ses2iac scan --help'"),
    "verify x --time-limit soon": (
        "--time-limit: Input should be a valid number, unable to parse string as a number",
        "see 'ses2iac verify --help'",
    ),
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_names_what_is_meant(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = ses2iac(capsys, *line.split())
    error, hint = MISTAKES[line]
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: {error}\nhint: {hint}\n")


@pytest.mark.parametrize("command", ["scan", "lint", "graph", "diff", "verify", "config show"])
def test_the_short_name_of_output(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "  -o, --output " in ses2iac(capsys, *command.split(), "--help").out


def test_the_short_name_of_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert ses2iac(capsys, "-V") == ses2iac(capsys, "--version")


def test_the_rules_of_lint_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    ran = ses2iac(capsys, "lint", "--list-rules")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == [rule.id for rule in RULES]
    assert "topic-missing               error: An SNS topic does not exist (with --" in ran.out


def test_findings_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sets = (configuration_set(f"set-{number}") for number in range(12))
    origin = snapshot_file(tmp_path / "s.json", scope(*sets))
    ran = ses2iac(capsys, "lint", "--from", origin, "--statistics", "--select", "set-*")
    assert ran.code == 3
    assert ran.out == (
        "12  warning  set-without-destinations\n\n12 warnings in 12 configuration sets\n"
    )
    ran = ses2iac(capsys, "lint", "--from", origin, "--statistics", "--output", "json")
    assert ran.code == 2
