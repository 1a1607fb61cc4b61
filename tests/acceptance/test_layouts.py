"""The real engines judge exports with one file a configuration set, by ``ses2iac verify``."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Account
from tests.support import ROOT, Engines, ses2iac_process

SOURCE = ROOT / "tests/golden/per_set/snapshot.json"


def results(out: str) -> dict[str, Any]:
    return {check["Check"]: check["Result"] for check in json.loads(out)["Checks"]}


@pytest.mark.engine("terraform")
def test_terraform_plans_to_import_every_set_from_its_own_file(
    engines: Engines, ministack_account: Account, tmp_path: Path
) -> None:
    env = {**ministack_account.environment, **engines.terraform().environment}
    out = str(tmp_path / "infra")
    for layout in ("resources", "per-set"):
        ran = ses2iac_process("export", "terraform", "--out", out, "--layout", layout, env=env)
        assert ran.code == 0, ran.err
    ran = ses2iac_process("verify", out, "--output", "json", env=env)
    assert ran.code == 0, ran.out + ran.err
    assert results(ran.out) == dict.fromkeys(
        ("files", "fmt", "init", "validate", "schema", "plan", "values"), "passed"
    )
    ran = ses2iac_process("diff", out, "live", env=env)
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.engine("cdk")
def test_cdk_makes_the_same_of_modules(engines: Engines, tmp_path: Path) -> None:
    out = str(tmp_path / "infra")
    more = ("--from", str(SOURCE), "--layout", "per-set")
    assert ses2iac_process("export", "cdk", "--out", out, *more).code == 0
    python = engines.cdk_python()
    ran = ses2iac_process("verify", out, "--offline", "--python", python, "--output", "json")
    assert ran.code == 0, ran.out + ran.err
    passed = {check for check, result in results(ran.out).items() if result == "passed"}
    assert passed == {"files", "compile", "format", "synth", "resources"}
