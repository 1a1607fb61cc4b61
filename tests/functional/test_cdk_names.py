"""Names in exported CDK code: readable, and nothing that a linter minds."""

import ast
import builtins
import json
import subprocess
import sys
from pathlib import Path

import black
import pytest

from tests.functional.snapshots import Desk, configuration_set, destination, scope, sns

NAMES = ("2fa", "Billing-Invoices", "Default", "a_b", "billing_invoices", "default", "tenant-001")
ACCOUNT = scope(
    *(
        configuration_set(name, destination("1st", sns("2fa.bounces")))
        for name in (*NAMES, "class", "list", "tenant-2", "tenant-10", "import")
    )
)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["resources", "per-set"])
@pytest.mark.parametrize("references", ["literal", "portable", "variables", "data"])
def test_linters_mind_nothing(desk: Desk, layout: str, references: str) -> None:
    desk.export(ACCOUNT, to="cdk", options=("--layout", layout, "--references", references))
    if layout == "per-set":
        modules = sorted(path.stem for path in (desk.out / "configuration_sets").glob("*.py"))
        assert modules == [
            "__init__",
            "a_b",
            "billing_invoices_791bb7bb",
            "billing_invoices_cf05ba15",
            "class_",
            "default",
            "default_21b111cb",
            "import_",
            "list",
            "set_2fa",
            "tenant_001",
            "tenant_10",
            "tenant_2",
        ]
    for path in desk.out.rglob("*.py"):
        assert black.format_str(path.read_text(), mode=black.Mode()) == path.read_text(), path
        assert _bound(path).isdisjoint(dir(builtins))
    rules = "A,E,F,I,N,SLF,W"
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", rules]
    ran = subprocess.run([*command, "."], cwd=desk.out, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert desk.run("diff", str(desk.out), str(desk.out)).code == 0


def _bound(path: Path) -> set[str]:
    """The names that a module gives to something."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    targets = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return functions | targets


@pytest.mark.parametrize("references", ["variables", "data"])
def test_what_other_modules_use_is_not_private(desk: Desk, references: str) -> None:
    desk.export(ACCOUNT, to="cdk", options=("--layout", "per-set", "--references", references))
    text = desk.read("configuration_sets/set_2fa.py")
    assert "targets.target_2fa_bounces_topic" in text
    assert "targets._" not in text


def test_an_export_over_an_older_one_removes_its_modules(desk: Desk) -> None:
    """Its manifest says which they are; logical ids stay."""
    desk.export(ACCOUNT, to="cdk", options=("--layout", "per-set"))
    manifest = json.loads(desk.read(".ses2iac.json"))
    names = desk.read("names.toml")
    ids = {each["Address"] for each in manifest["Scopes"][0]["Resources"]}
    old, new = "configuration_sets/_2fa.py", "configuration_sets/set_2fa.py"
    (desk.out / new).rename(desk.out / old)
    manifest["Files"][old] = manifest["Files"].pop(new)
    desk.put(".ses2iac.json", json.dumps(manifest))
    desk.export(ACCOUNT, to="cdk")
    assert not (desk.out / old).exists()
    assert (desk.out / new).exists()
    again = json.loads(desk.read(".ses2iac.json"))
    assert {each["Address"] for each in again["Scopes"][0]["Resources"]} == ids
    assert desk.read("names.toml") == names
