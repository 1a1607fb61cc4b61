"""``verify`` starts what lies in DIR only where a person made it, and gives away no credentials."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.snapshots import orders
from tests.functional.test_verify import TERRAFORM, Bench, bench, posix
from tests.support import ISOLATED_AWS

__all__ = ["bench"]

pytestmark = [
    posix,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not on PATH"),
]

PYTHON = f"""#!/bin/sh
env > "$SEEN"
exec {sys.executable} "$@"
"""
"""A Python that says that it ran, and with what."""

PROGRAMS = {"cdk": ".venv/bin/python", "terraform": ".terraform/providers/provider"}


@pytest.fixture
def seen(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program in DIR tells that it ran; Terraform tells it for its providers."""
    path = bench.folder / "seen"
    monkeypatch.setenv("SEEN", str(path))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted-key")
    record = 'case "$*" in *-plugin-dir*) env > "$SEEN" ;; esac\n'
    bench.program("terraform", TERRAFORM + record)
    return path


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def export(bench: Bench, to: str) -> str:
    """An export with a program in it; gives the program's path in DIR."""
    bench.export(orders(), to=to)
    program = PROGRAMS[to]
    bench.put(program, PYTHON)
    (bench.out / program).chmod(0o755)
    return program


def top(bench: Bench, ignored: str) -> None:
    """Make DIR a part of a repository that ignores something."""
    git(bench.out, "init", "--quiet")
    (bench.out / ".gitignore").write_text(f"{ignored}\n")


@pytest.mark.slow
@pytest.mark.parametrize("to", PROGRAMS)
@pytest.mark.parametrize(
    "how",
    ["no repository", "not ignored", "tracked", "tracked beside", "link", "repository in it"],
)
def test_what_may_have_come_with_the_code_is_not_started(
    bench: Bench, seen: Path, to: str, how: str
) -> None:
    program = export(bench, to)
    whole = Path(program).parts[0]
    if how != "no repository":
        top(bench, "*.log" if how == "not ignored" else whole)
    if how == "tracked":
        git(bench.out, "add", "--force", program)
    elif how == "tracked beside":
        bench.put(f"{whole}/lib/theirs.pth", "import os")
        git(bench.out, "add", "--force", f"{whole}/lib")
    elif how == "link":
        (bench.out / ".gitignore").write_text("theirs\n")
        (bench.out / whole).rename(bench.out / "theirs")
        (bench.out / whole).symlink_to("theirs")
        git(bench.out, "add", "--force", whole)
    elif how == "repository in it":
        (bench.out / ".gitignore").unlink()
        git(bench.out / whole, "init", "--quiet")
    ran = bench.verify("--offline")
    assert not seen.exists()
    named = program if to == "cdk" else ".terraform/providers"
    assert ran.err == (
        f"note: {bench.out / named} is not used: git doesn't ignore it, so it may have "
        "come with the code; use it with --trust-dir\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("to", PROGRAMS)
def test_what_git_ignores_and_does_not_track_is_started(
    bench: Bench, seen: Path, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = export(bench, to)
    top(bench, Path(program).parts[0])
    monkeypatch.setenv("GIT_DIR", str(bench.folder / "nowhere"))
    assert bench.verify("--offline").err == ""
    assert seen.exists()


@pytest.mark.slow
@pytest.mark.parametrize("to", PROGRAMS)
def test_what_is_asked_for_is_started(bench: Bench, seen: Path, to: str) -> None:
    export(bench, to)
    assert bench.verify("--offline", "--trust-dir").err == ""
    assert seen.exists()


@pytest.mark.slow
def test_a_python_that_is_named_is_started(bench: Bench, seen: Path) -> None:
    program = export(bench, "cdk")
    assert bench.verify("--offline", "--python", str(bench.out / program)).err == ""
    assert seen.exists()


@pytest.mark.slow
def test_a_repository_that_names_programs_to_start_starts_none(bench: Bench, seen: Path) -> None:
    """An archive can bring a configuration of git."""
    export(bench, "cdk")
    top(bench, "*.log")
    bench.put("spy", f'#!/bin/sh\necho spied > "{seen}"\n')
    (bench.out / "spy").chmod(0o755)
    git(bench.out, "config", "core.fsmonitor", str(bench.out / "spy"))
    bench.verify("--offline")
    assert not seen.exists()


CHECKS = ("version", "fmt", "init", "validate", "providers", "plan", "show")


def test_only_plan_gets_what_is_for_aws(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.export(orders())
    folder = bench.folder / "environments"
    folder.mkdir()
    monkeypatch.setenv("SEEN", str(folder))
    bench.program("terraform", TERRAFORM.replace("\ncase", '\nenv > "$SEEN/$1"\ncase', 1))
    bench.verify("--offline", "--profile", "production")
    found = {path.name: path.read_text() for path in folder.iterdir()}
    assert {*found} == {*CHECKS} - {"plan", "show"}
    assert [name for name, text in found.items() if "\nAWS_" in f"\n{text}"] == []


@pytest.mark.slow
@pytest.mark.parametrize("to", ["cdk", "cloudformation"])
def test_python_and_cfn_lint_get_nothing_for_aws(
    bench: Bench, seen: Path, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module on the path of Python tells what each of them has."""
    bench.export(orders(), to=to)
    spy = bench.folder / "spy"
    spy.mkdir()
    (spy / "sitecustomize.py").write_text(
        "import os\n"
        "found = ' '.join(name for name in os.environ if name.startswith('AWS_'))\n"
        f"open({str(seen)!r}, 'a').write(found + '\\n')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(spy))
    for name, value in {**ISOLATED_AWS, "AWS_SESSION_TOKEN": "planted"}.items():
        monkeypatch.setenv(name, value)
    bench.verify("--offline")
    assert seen.read_text().splitlines()
    assert {*seen.read_text().splitlines()} == {""}
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "planted-key"
