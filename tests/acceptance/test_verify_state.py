"""``verify`` with the real Terraform: by a state, and without one by the imports that were done."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Account, create_demo, with_provider
from tests.support import Engines, Terraform, ministack, ses2iac_process

pytestmark = pytest.mark.engine("terraform, ministack")

NEW = "came-later"
LEAVES = "order-confirmations"


@dataclass(frozen=True)
class Bench:
    """An account and what judges it."""

    account: Account
    terraform: Terraform

    @property
    def environment(self) -> dict[str, str]:
        """The variables of ``ses2iac verify``."""
        return {**self.account.environment, **self.terraform.environment}

    def export(self, folder: Path, *options: str) -> None:
        """Export the account."""
        command = ("export", "terraform", "--out", str(folder), *options)
        ran = ses2iac_process(*command, env=self.account.environment)
        assert ran.code == 0, ran.err

    def apply(self, folder: Path) -> None:
        """Import what the folder describes."""
        for arguments in (("init", "-backend=false"), ("apply", "-auto-approve")):
            ran = self.terraform.run(
                folder, *arguments, "-input=false", "-no-color", env=self.account.environment
            )
            assert ran.code == 0, ran.out + ran.err

    def verify(self, folder: Path, *options: str, code: int) -> dict[str, Any]:
        """The checks by name."""
        command = ("verify", str(folder), "--output", "json", *options)
        ran = ses2iac_process(*command, env=self.environment, timeout=600)
        assert ran.code == code, ran.out + ran.err
        return {check["Check"]: check for check in json.loads(ran.out)["Checks"]}


@pytest.fixture(scope="module")
def bench(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The demo account, in an emulator of its own: tests change it."""
    terraform = engines.terraform()
    with (
        ministack(engines.ministack(), tmp_path_factory.mktemp("ministack")) as url,
        with_provider(Account(url), terraform) as account,
    ):
        create_demo(account.sesv2)
        yield Bench(account, terraform)


@pytest.fixture(scope="module")
def applied(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export that was applied, and its import file deleted; tests work on copies."""
    folder = tmp_path_factory.mktemp("applied") / "infra"
    bench.export(folder)
    bench.apply(folder)
    (folder / "imports.tf").unlink()
    return folder


@pytest.fixture
def folder(applied: Path, tmp_path: Path) -> Path:
    """A copy of the export, with its local state."""
    return Path(shutil.copytree(applied, tmp_path / "infra", symlinks=True))


@pytest.fixture
def state(folder: Path) -> Path:
    """The state, kept apart from the folder as if it came from ``terraform state pull``."""
    return Path(shutil.move(folder / "terraform.tfstate", folder.parent / "pulled.tfstate"))


def test_without_a_state_the_imports_that_are_done_come_back(
    bench: Bench, folder: Path, state: Path
) -> None:
    assert state.exists()
    plan = bench.verify(folder, code=0)["plan"]
    assert plan["Said"] == (
        "18 to import, 0 to add, 0 to change, 0 to destroy; 18 imports added back, because "
        "their file was deleted after the import"
    )
    assert plan["Hint"].startswith("use --state FILE ")


def test_by_a_state_nothing_comes_back(bench: Bench, folder: Path, state: Path) -> None:
    said = "0 to import, 0 to add, 0 to change, 0 to destroy; 18 already in the state"
    checks = bench.verify(folder, "--state", str(state), code=0)
    assert (checks["plan"]["Said"], checks["plan"]["Hint"]) == (said, "")
    assert checks["values"]["Said"] == "18 resources as live"
    # The folder's own state serves unasked.
    shutil.copy(state, folder / "terraform.tfstate")
    assert bench.verify(folder, code=0)["plan"]["Said"] == said


def test_what_was_never_handed_out_is_named(bench: Bench, folder: Path, state: Path) -> None:
    """The real plan would create what exists, and the apply would fail."""
    bench.account.sesv2.create_configuration_set(ConfigurationSetName=NEW)
    try:
        bench.export(folder, "--no-imports")
        for options, imports in ((), 18), (("--state", str(state)), 0):
            plan = bench.verify(folder, *options, code=1)["plan"]
            assert plan["Said"].startswith(f"{imports} to import, 1 to add, 0 to change, 0 to d")
            assert plan["Items"] == [
                "create aws_sesv2_configuration_set.came_later",
                "not imported: aws_sesv2_configuration_set.came_later; export again to "
                "write its import",
            ]
        bench.export(folder)
        plan = bench.verify(folder, "--state", str(state), code=0)["plan"]
        assert plan["Said"].startswith("1 to import, 0 to add, 0 to change, 0 to destroy; 18 alr")
        plan = bench.verify(folder, code=0)["plan"]
        assert plan["Said"].startswith("19 to import, 0 to add, 0 to change, 0 to destroy; 18 imp")
    finally:
        bench.account.sesv2.delete_configuration_set(ConfigurationSetName=NEW)


def test_what_left_the_code_is_forgotten(bench: Bench, folder: Path, state: Path) -> None:
    bench.export(folder, "--exclude", LEAVES)
    departed = (folder / "removed.tf").read_text().count("\nremoved {")
    assert departed > 1
    plan = bench.verify(folder, "--state", str(state), code=0)["plan"]
    assert plan["Said"] == (
        f"0 to import, 0 to add, 0 to change, 0 to destroy, {departed} to forget; "
        f"{18 - departed} already in the state"
    )
    assert bench.verify(folder, code=0)["plan"]["Said"].startswith(
        f"{18 - departed} to import, 0 to add, 0 to change, 0 to destroy; {18 - departed} imports"
    )
    # Deleted before the apply: Terraform would destroy what is alive.
    (folder / "removed.tf").unlink()
    plan = bench.verify(folder, "--state", str(state), code=1)["plan"]
    assert f"{departed} to destroy" in plan["Said"]
    assert f"delete aws_sesv2_configuration_set.{LEAVES.replace('-', '_')}" in plan["Items"]
    assert plan["Hint"].startswith("restore removed.tf")


def test_what_was_renamed_is_moved(bench: Bench, folder: Path, state: Path) -> None:
    names = folder / "names.toml"
    old, new = 'order-confirmations = "order_confirmations"', 'order-confirmations = "orders"'
    assert names.read_text().count(old) == 1
    names.write_text(names.read_text().replace(old, new))
    bench.export(folder)
    said = "0 to import, 0 to add, 0 to change, 0 to destroy; 18 already in the state"
    assert bench.verify(folder, "--state", str(state), code=0)["plan"]["Said"] == said
    # Deleted before the apply: Terraform would create what exists and destroy it.
    (folder / "moved.tf").unlink()
    plan = bench.verify(folder, "--state", str(state), code=1)["plan"]
    assert plan["Said"].startswith(
        "0 to import, 1 to add, 0 to change, 1 to destroy; 17 already in the state"
    )
    assert plan["Items"] == [
        "delete aws_sesv2_configuration_set.order_confirmations",
        "create aws_sesv2_configuration_set.orders",
        "not imported: aws_sesv2_configuration_set.orders",
    ]


def test_what_only_the_state_knows_is_destroyed_unless_other_code_declares_it(
    bench: Bench, folder: Path, state: Path
) -> None:
    held = json.loads(state.read_text())
    first = next(r for r in held["resources"] if r["type"] == "aws_sesv2_configuration_set")
    held["resources"].append({**first, "name": "forgotten"})
    state.write_text(json.dumps(held))
    plan = bench.verify(folder, "--state", str(state), code=1)["plan"]
    assert plan["Items"] == ["delete aws_sesv2_configuration_set.forgotten"]
    (folder / "own.tf").write_text(
        'resource "aws_sesv2_configuration_set" "forgotten" {\n'
        f'  configuration_set_name = "{first["instances"][0]["attributes"]["id"]}"\n}}\n'
    )
    assert bench.verify(folder, "--state", str(state), code=0)["plan"]["Result"] == "passed"


def test_the_state_of_another_account_is_refused(bench: Bench, folder: Path, state: Path) -> None:
    state.write_text(state.read_text().replace(":000000000000:", ":111111111111:"))
    ran = ses2iac_process(
        "verify", str(folder), "--state", str(state), env=bench.environment, timeout=600
    )
    assert (ran.code, ran.out) == (1, "")
    assert "a state of another account or region" in ran.err
    assert "account 111111111111" in ran.err
