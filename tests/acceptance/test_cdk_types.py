"""Pyright, at its strictest and with the types of aws-cdk-lib, minds nothing in exported code."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT, Engines

pytestmark = pytest.mark.engine("cdk")

APPS = sorted(
    path.parent
    for folder in ("samples", "tests/golden")
    for path in (ROOT / folder).glob("*/cdk/app.py")
)


def judged(engines: Engines, folder: Path) -> dict[str, int]:
    """How many errors and warnings each app below a folder has."""
    python = engines.cdk_python()
    strict = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        # An app of its own each, with modules of the same names.
        "executionEnvironments": [{"root": each.name} for each in sorted(folder.iterdir())],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(strict))
    command = [python, "-m", "basedpyright", "--outputjson", "--pythonpath", python]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if "No module named" in ran.stderr:
        engines.missing("basedpyright", "'make engines' installs it beside aws-cdk-lib")
    report = json.loads(ran.stdout)
    assert report["summary"]["filesAnalyzed"] == len(list(folder.rglob("*.py")))
    found: dict[str, int] = {}
    for each in report["generalDiagnostics"]:
        name = f"{Path(each['file']).relative_to(folder)}: {each['message']}"
        found[name] = found.get(name, 0) + 1
    return found


def test_pyright_minds_nothing(engines: Engines, tmp_path: Path) -> None:
    for app in APPS:
        shutil.copytree(app, tmp_path / f"{app.parent.name}")
    assert judged(engines, tmp_path) == {}


def test_pyright_finds_what_is_wrong(engines: Engines, tmp_path: Path) -> None:
    shutil.copytree(APPS[0], tmp_path / "app")
    module = tmp_path / "app/ses_stack.py"
    module.write_text(module.read_text().replace("enabled=True", 'enabled="yes"', 1))
    (found,) = judged(engines, tmp_path)
    assert found.startswith("app/ses_stack.py: ")
