"""The built wheel, installed in an empty environment and run elsewhere, renders every format."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from exporter import __version__
from exporter.formats.registry import FormatName
from tests.support import ISOLATED_AWS, ROOT, SAMPLES, tree


def _run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of this checkout, and the wheel that is built from it."""
    out = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out))
    _run(*build, str(ROOT), cwd=out, env=dict(os.environ))
    return out


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    """The wheel."""
    (built,) = dist.glob("*.whl")
    return built


def test_the_index_would_take_both(dist: Path) -> None:
    files = sorted(str(path) for path in dist.iterdir())
    assert len(files) == 2
    _run(sys.executable, "-m", "twine", "check", "--strict", *files, cwd=dist)


def test_the_source_distribution_can_be_judged(dist: Path) -> None:
    """Whoever packages it for a system runs the tests from it."""
    (archive,) = dist.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"LICENSE", "CHANGELOG.md", "Makefile", "constraints.txt", "tests/support.py"} <= names
    assert not [name for name in names if name.startswith((".venv", ".cdk-cli", "demo-output"))]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that holds the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("empty")
    _run(sys.executable, "-m", "venv", "venv", cwd=folder)
    binaries = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    _run(
        str(binaries / "python"),
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--constraint", str(ROOT / "constraints.txt"), str(wheel)),
        cwd=folder,
        env=dict(os.environ),
    )
    return binaries / "ses2iac"


def test_the_wheel_holds_code_and_templates_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    info = f"ses2iac-{__version__}.dist-info/"
    assert [name for name in names if not name.startswith(("exporter/", info))] == []
    templates = {name for name in names if name.startswith("exporter/templates/")}
    here = {
        f"exporter/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }
    assert templates == here


@pytest.mark.parametrize("format_name", FormatName)
def test_an_installed_command_renders(
    installed: Path, format_name: FormatName, tmp_path: Path
) -> None:
    source = SAMPLES / "shop"
    env = {"PATH": os.environ["PATH"], **ISOLATED_AWS}
    origin = ("--from", str(source / "snapshot.json"), "--stack-owned")
    export = ("export", format_name, *origin, "--out", "out")
    _run(str(installed), *export, cwd=tmp_path, env=env)
    assert tree(tmp_path / "out") == tree(source / format_name)


def test_the_demo_says_what_it_needs(installed: Path, tmp_path: Path) -> None:
    """The emulator is an extra, so that whoever only exports does not install a web server."""
    done = subprocess.run(
        [installed, "demo"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "error: the demo's emulator is not installed (no module flask)\n"
        "hint: pip install 'moto[server]'\n"
    )
