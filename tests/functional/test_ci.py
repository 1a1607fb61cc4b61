"""The GitHub action's steps, run by a shell as far as they can without GitHub."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter import __version__
from exporter.demo.account import seed
from exporter.demo.emulator import Emulator
from tests.support import ROOT, SAMPLES, Ran, ses2iac

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="the action's steps are for bash"),
    pytest.mark.slow,
]

GH = """#!/usr/bin/env bash
# A stand-in: lists one comment where FOUND is set, and keeps what it is called with.
printf '%s\\n' "$*" >>"$CALLS"
case "$*" in
  *--paginate*) [ -z "${FOUND:-}" ] || echo "$FOUND" ;;
  *)
    for word in "$@"; do
      case "$word" in body=@*) cat "${word#body=@}" >"$CALLS.body" ;; esac
    done ;;
esac
"""


def _steps() -> dict[str, Any]:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return {step["name"]: step for step in action["runs"]["steps"] if "name" in step}


@pytest.fixture
def bench(tmp_path: Path) -> "Bench":
    return Bench(tmp_path)


class Bench:
    """A runner's folder, variables and programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        programs = folder / "bin"
        programs.mkdir()
        (programs / "gh").write_text(GH, encoding="utf-8")
        (programs / "gh").chmod(0o755)
        ours = Path(sys.executable).parent
        self.env = {
            "PATH": f"{programs}{os.pathsep}{ours}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(folder),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_REPOSITORY": "shop/mail",
            "CALLS": str(folder / "calls"),
        }

    def step(self, name: str, **variables: str) -> Ran:
        """Run one step of the action with the inputs that it would get."""
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", _steps()[name]["run"]],
            cwd=self.folder,
            env={**self.env, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps left for later ones."""
        lines = (self.folder / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def calls(self) -> list[str]:
        """What `gh` was asked."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []


def _variables(name: str) -> set[str]:
    return set(_steps()[name].get("env", {}))


def test_each_step_gets_the_variables_that_its_script_needs() -> None:
    assert _variables("Compare") == {"OLD", "NEW", "REGION", "OPTIONS"}
    assert _variables("Comment") == {"GH_TOKEN", "PULL_REQUEST", "REPORT", "RESULT", "OLD"}
    assert _variables("Judge") == {"FAIL_ON", "RESULT"}


SHOP = str(SAMPLES / "shop/terraform")


@pytest.mark.parametrize(
    ("options", "result"),
    [("", "same"), ("--exclude nothing --strict", "different"), ("--no-such-option", "failed")],
)
def test_the_result_is_what_the_command_says(
    bench: Bench, options: str, result: str, tmp_path: Path
) -> None:
    # Without its manifest it is anybody's code, whose format can't hold everything: --strict.
    code = str(tmp_path / "infra")
    shutil.copytree(SHOP, code, ignore=shutil.ignore_patterns(".ses2iac.json"))
    with Emulator() as emulator:
        seed(emulator)
        env = emulator.environment()
        ran = bench.step(
            "Compare", OLD=code, NEW="live", REGION="eu-west-1", OPTIONS=options, **env
        )
    assert ran.code == 0, ran.err
    assert bench.outputs["result"] == result
    report = Path(bench.outputs["report"]).read_text()
    assert (bench.folder / "summary").read_text() == report
    assert bool(report) == (result != "failed")


def _comment(bench: Bench, result: str, **more: str) -> None:
    report = bench.folder / "report.md"
    report.write_text("**1 changed**\n")
    ran = bench.step(
        "Comment",
        GH_TOKEN="token",
        PULL_REQUEST="7",
        REPORT=str(report),
        RESULT=result,
        OLD="infra",
        **more,
    )
    assert ran.code == 0, ran.err


def test_a_difference_is_a_comment(bench: Bench) -> None:
    _comment(bench, "different")
    assert bench.calls[0].startswith("api --paginate repos/shop/mail/issues/7/comments --jq ")
    assert bench.calls[1].startswith("api --method POST repos/shop/mail/issues/7/comments --field")
    body = (bench.folder / "calls.body").read_text()
    assert body == "<!-- ses2iac infra -->\n**1 changed**\n"


def test_the_comment_that_stands_is_kept_up_to_date(bench: Bench) -> None:
    _comment(bench, "same", FOUND="99")
    assert bench.calls[1].startswith(
        "api --method PATCH repos/shop/mail/issues/comments/99 --field"
    )


def test_no_difference_is_no_comment(bench: Bench) -> None:
    _comment(bench, "same")
    assert len(bench.calls) == 1


def test_a_failure_says_where_to_look(bench: Bench) -> None:
    _comment(bench, "failed")
    assert "the log of the job says why" in (bench.folder / "calls.body").read_text()


@pytest.mark.parametrize(
    ("result", "fail_on", "code"),
    [
        ("same", "different", 0),
        ("different", "different", 1),
        ("different", "error", 0),
        ("partial", "error", 1),
        ("failed", "error", 1),
        ("different", "never", 1),
    ],
)
def test_the_caller_chooses_what_fails(bench: Bench, result: str, fail_on: str, code: int) -> None:
    assert bench.step("Judge", RESULT=result, FAIL_ON=fail_on).code == code


def test_the_hook_runs_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    words = hook["entry"].split()[1:]
    source, out = str(SAMPLES / "shop/snapshot.json"), str(tmp_path / "infra")
    arguments = ("terraform", "--from", source, "--out", out)
    assert ses2iac(capsys, *words, *arguments).code == 3
    assert not (tmp_path / "infra").exists()
    assert ses2iac(capsys, "export", *arguments).code == 0
    assert ses2iac(capsys, *words, *arguments).code == 0
    file = tmp_path / "infra/event_destinations.tf"
    file.write_text(file.read_text().replace("BOUNCE", "CLICK"))
    ran = ses2iac(capsys, *words, *arguments, "--diff")
    assert ran.code == 3
    assert '-    matching_event_types = ["CLICK"' in ran.out
    assert "CLICK" in file.read_text()


RELEASE = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("tag", "changelog", "code"),
    [
        ("v{version}", "# Changelog\n\n## {version} - 2026-12-01\n", 0),
        ("v{version}", "# Changelog\n\n## Unreleased\n", 1),
        ("v999.0.0", "# Changelog\n\n## {version} - 2026-12-01\n", 1),
    ],
)
def test_a_release_is_of_the_version_that_its_tag_names(
    tmp_path: Path, tag: str, changelog: str, code: int
) -> None:
    (step,) = (each for each in RELEASE["jobs"]["build"]["steps"] if "name" in each)
    package = tmp_path / "exporter"
    package.mkdir()
    (package / "__init__.py").write_text((ROOT / "exporter/__init__.py").read_text())
    (tmp_path / "CHANGELOG.md").write_text(changelog.format(version=__version__))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "GITHUB_REF_NAME": tag.format(version=__version__)},
        check=False,
    )
    assert ran.returncode == code


def test_only_the_job_that_publishes_has_a_token() -> None:
    jobs = RELEASE["jobs"]
    assert RELEASE["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert not any("permissions" in jobs[name] for name in jobs if name != "publish")
