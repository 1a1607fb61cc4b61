"""Whole accounts, each format judged by its own engines through ``ses2iac verify``.

Three of them: the demo's, one of generated configurations side by side, and one of 130 sets, which
are two pages of the listing and two stacks.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exporter.diff.model import Tree
from exporter.diff.side import of_scope
from exporter.formats import manifest as manifests
from exporter.formats.cloudformation.render import FORMAT
from exporter.formats.fidelity import assess
from exporter.formats.registry import FormatName
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, Scope
from tests.acceptance import accounts
from tests.acceptance.conftest import Account, create_demo
from tests.support import Engines, Ran, ministack, ses2iac_process

pytestmark = pytest.mark.engine("terraform, cdk, ministack")


@dataclass(frozen=True)
class Exported:
    """An account, what it holds, and an export of it to each format.

    ``sets`` and ``destinations`` are how many it holds.
    """

    name: str
    account: Account
    folder: Path
    before: tuple[ConfigurationSet, ...]

    def resources(self, to: FormatName) -> int:
        """How many resources an export has."""
        found = manifests.load(self.folder / to)
        assert found is not None
        return len(found.resources)


def _create(name: str, client: Any) -> None:
    if name == "demo":
        create_demo(client)
    elif name == "generated":
        accounts.create(client, accounts.generated())
    else:
        accounts.create(client, accounts.many_sets(130))


@pytest.fixture(scope="module", params=["demo", "generated", "130-sets"])
def exported(
    request: pytest.FixtureRequest, engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exported]:
    """One of the accounts, exported to every format."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    with ministack(engines.ministack(), tmp_path_factory.mktemp("ministack")) as url:
        account = Account(url)
        _create(name, account.sesv2)
        for to in FormatName:
            ran = ses2iac_process("export", to, "--out", str(folder / to), env=account.environment)
            assert ran.code == 0, ran.err
        yield Exported(name, account, folder, accounts.read(account.sesv2))


def _verify(
    exported: Exported, to: FormatName | Path, *options: str, env: dict[str, str] | None = None
) -> tuple[Ran, dict[str, Any]]:
    """What ``verify`` finds: what it did, and its checks by name."""
    ran = ses2iac_process(
        *("verify", str(exported.folder / to), "--output", "json", *options),
        env={**exported.account.environment, **(env or {})},
        timeout=900,
    )
    assert ran.out, ran.err
    return ran, {check["Check"]: check for check in json.loads(ran.out)["Checks"]}


def _results(checks: dict[str, Any]) -> dict[str, str]:
    return {name: check["Result"] for name, check in checks.items()}


def test_terraform_only_imports(exported: Exported, engines: Engines) -> None:
    terraform = engines.terraform()
    ran, checks = _verify(
        exported, FormatName.TERRAFORM, "--require", "all", env=terraform.environment
    )
    assert set(_results(checks).values()) == {"passed"}, ran.out
    assert list(checks) == ["files", "fmt", "init", "validate", "schema", "plan", "values"]
    number = exported.resources(FormatName.TERRAFORM)
    said = f"{number} to import, 0 to add, 0 to change, 0 to destroy"
    assert checks["plan"]["Said"] == said
    assert ran.code == 0


def test_an_older_terraform_reads_the_same(
    ministack_account: Account, engines: Engines, tmp_path: Path
) -> None:
    """The code asks for Terraform 1.5; this is the oldest that can be had."""
    out = tmp_path / "infra"
    ran = ses2iac_process(
        "export", "terraform", "--out", str(out), env=ministack_account.environment
    )
    assert ran.code == 0, ran.err
    path = f"{engines.old_terraform()}{os.pathsep}{os.environ['PATH']}"
    env = {**engines.terraform().environment, "PATH": path}
    ran, checks = _verify(
        Exported("demo", ministack_account, tmp_path, ()), out, "--require", "all", env=env
    )
    assert set(_results(checks).values()) == {"passed"}, ran.out
    assert checks["plan"]["Version"].startswith("1.6.")


def test_cloudformation_is_linted_and_as_live(exported: Exported) -> None:
    ran, checks = _verify(exported, FormatName.CLOUDFORMATION, "--require", "cfn-lint")
    assert _results(checks) == {
        "files": "passed",
        "lint": "passed",
        "template": "passed",
        "values": "passed",
        # An emulator's answer has no list of what can be imported.
        "import": "not run",
    }
    assert checks["import"]["Said"] == "CloudFormation did not report what it can import there"
    assert ran.code == 0


def test_cdk_makes_the_same(exported: Exported, engines: Engines) -> None:
    ran, checks = _verify(
        exported, FormatName.CDK, "--python", engines.cdk_python(), "--require", "aws-cdk-lib"
    )
    results = _results(checks)
    assert results.pop("import") == "not run"
    assert set(results.values()) == {"passed"}, ran.out
    assert list(results) == ["files", "compile", "format", "synth", "resources", "values"]


def _is_same(env: dict[str, str], *sides: str) -> None:
    """Nothing differs, nothing is left open or unknown; what a format cannot hold may be there."""
    ran = ses2iac_process("diff", *sides, "--output", "json", env=env, timeout=600)
    assert ran.out, ran.err
    found = json.loads(ran.out)
    assert found["Different"] is False, ran.out
    whys = {aside["Why"] for scope in found["Scopes"] for aside in scope["NotCompared"]}
    assert whys <= {"not comparable"}
    assert sum(scope["Same"] for scope in found["Scopes"]) > 0
    assert ran.code == 0


@pytest.mark.parametrize("to", FormatName)
def test_an_export_is_what_is_live(exported: Exported, to: FormatName) -> None:
    _is_same(exported.account.environment, str(exported.folder / to), "live")


# The others hold nothing that this does not; the pages of the documentation apply the demo's.
@pytest.mark.parametrize("exported", ["generated"], indirect=True)
def test_what_terraform_says_is_what_is_live(
    exported: Exported, engines: Engines, tmp_path: Path
) -> None:
    """Its plan, its state after the import, and its code read as anybody's."""
    terraform = engines.terraform()
    folder = tmp_path / "infra"
    shutil.copytree(exported.folder / "terraform", folder)
    env = exported.account.environment
    for arguments in (
        ("init", "-backend=false", "-input=false"),
        ("plan", "-input=false", "-out=plan.bin"),
        ("apply", "-input=false", "-auto-approve", "plan.bin"),
    ):
        ran = terraform.run(folder, *arguments, env=env)
        assert ran.code == 0, ran.out + ran.err
        if arguments[0] == "plan":
            shown = terraform.run(folder, "show", "-json", "plan.bin")
            (tmp_path / "plan.json").write_text(shown.out)
    (tmp_path / "state.json").write_text(terraform.run(folder, "show", "-json").out)
    _is_same(env, str(tmp_path / "plan.json"), "live")
    _is_same(env, str(tmp_path / "state.json"), "live")
    _is_same(env, str(folder / "terraform.tfstate"), "live")
    _is_same(env, str(folder), "live", "--old-type", "terraform")


def test_what_cdk_synthesizes_is_what_is_live(
    exported: Exported, engines: Engines, tmp_path: Path
) -> None:
    folder = tmp_path / "infra"
    shutil.copytree(exported.folder / "cdk", folder)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CDK_OUTDIR": str(folder / "cdk.out"),
        "CDK_VALIDATION": "false",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }
    command = [engines.cdk_python(), "app.py"]
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True, timeout=300)
    _no_difference(exported.account.environment, str(folder / "cdk.out"), "live")
    rest = tmp_path / "rest"
    options = ("--unmanaged-by", str(folder / "cdk.out"), "--out", str(rest))
    ran = ses2iac_process("export", "terraform", *options, env=exported.account.environment)
    assert ran.code == 0, ran.err
    in_cdk, in_terraform = _held(exported.folder / "cdk"), _held(exported.folder / "terraform")
    left = _held(rest) if rest.exists() else set()
    assert left == in_terraform - in_cdk


def _held(folder: Path) -> set[tuple[str, str]]:
    """What an export holds, from its manifest: sets and destinations by name."""
    manifest = json.loads((folder / ".ses2iac.json").read_text())
    (found,) = manifest["Scopes"]
    return {(r["ConfigurationSet"], r.get("EventDestination", "")) for r in found["Resources"]}


def _nothing_unmanaged(env: dict[str, str], side: str, out: Path) -> None:
    """All that is live is in this code."""
    options = ("--unmanaged-by", side, "--out", str(out))
    ran = ses2iac_process("export", "terraform", *options, env=env, timeout=600)
    assert ran.code == 0, ran.err
    assert f"nothing left to export: {side} manages all of " in ran.err
    assert not out.exists()


def _no_difference(env: dict[str, str], *sides: str) -> None:
    """Nothing differs; what a template leaves open may be there."""
    ran = ses2iac_process("diff", *sides, "--output", "json", env=env, timeout=600)
    assert ran.out, ran.err
    assert json.loads(ran.out)["Different"] is False, ran.out
    assert ran.code == 0


def _settings(scope: Scope) -> dict[Identity, Tree]:
    """What a template holds of a scope; an option that says nothing it leaves out."""
    held = assess(scope, FORMAT.judge, configuration_sets=True).scope
    return {who: item.values for who, item in of_scope(held).items.items()}


def test_templates_deploy_to_what_was_exported(
    exported: Exported, engines: Engines, tmp_path: Path
) -> None:
    """A template is a complete description: from nothing, it makes what was read."""
    folder = exported.folder / FormatName.CLOUDFORMATION
    with ministack(engines.ministack(), tmp_path) as url:
        account = Account(url)
        client, s3 = account.client("cloudformation"), account.client("s3")
        location: Any = {"LocationConstraint": accounts.REGION}
        s3.create_bucket(Bucket="templates", CreateBucketConfiguration=location)
        for template in sorted(folder.glob("template*.yaml")):
            # Through a bucket, as those must that are larger than a request.
            s3.put_object(Bucket="templates", Key=template.name, Body=template.read_bytes())
            client.create_stack(
                StackName=template.stem.replace("template", "made"),
                TemplateURL=f"{url}/templates/{template.name}",
            )
        states = {stack["StackStatus"] for stack in client.describe_stacks()["Stacks"]}
        assert states == {"CREATE_COMPLETE"}
        after = accounts.read(account.sesv2)
        if len(list(folder.glob("template*.yaml"))) == 1:
            _no_difference(account.environment, "stack:made", "live")
            _nothing_unmanaged(account.environment, "stack:made", tmp_path / "rest")
            _no_difference(account.environment, str(folder / "template.yaml"), "live")
            ran = ses2iac_process("diff", "stack:none", "live", env=account.environment)
            assert ran.code == 1
            assert "region eu-west-1: there is no stack none\n" in ran.err
    found = _settings(accounts.account(after))
    assert found == _settings(accounts.account(exported.before))
    assert len(found) == exported.resources(FormatName.CLOUDFORMATION)
