"""The real Terraform follows a renamed resource: it is moved, and nothing else happens."""

from pathlib import Path

import pytest

from tests.acceptance.conftest import Account, with_provider
from tests.support import Engines, Terraform, ses2iac_process

pytestmark = pytest.mark.engine("terraform")

NAMES = ("first_name", "second_name", "third_name")


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


def test_state_at_any_former_address_is_moved_and_nothing_else(
    terraform: Terraform, ministack_account: Account, tmp_path: Path
) -> None:
    with with_provider(ministack_account, terraform) as account:
        _follow(terraform, account.environment, tmp_path / "infra")


def _follow(terraform: Terraform, account: dict[str, str], folder: Path) -> None:
    """Export, rename, apply and plan, in turn."""

    def export() -> None:
        ran = ses2iac_process("export", "terraform", "--out", str(folder), env=account)
        assert ran.code == 0, ran.err

    def run(*arguments: str) -> str:
        ran = terraform.run(folder, *arguments, "-no-color", env=account)
        assert ran.code == 0, ran.out + ran.err
        return ran.out

    def rename(new: str) -> None:
        lines = (folder / "names.toml").read_text().splitlines(keepends=True)
        at = lines.index("[configuration_sets]\n") + 1
        lines[at] = f'{lines[at].partition(" = ")[0]} = "{new}"\n'
        (folder / "names.toml").write_text("".join(lines))
        export()

    export()
    run("init", "-backend=false", "-input=false")
    rename(NAMES[0])
    (folder / "moved.tf").unlink()  # nothing was applied yet
    export()
    run("apply", "-input=false", "-auto-approve", "-parallelism=1")
    at_first = (folder / "terraform.tfstate").read_bytes()
    rename(NAMES[1])
    one_step = run("plan", "-input=false")
    assert "0 to add, 0 to change, 0 to destroy" in one_step, one_step
    assert f"{NAMES[0]} has moved to" in " ".join(one_step.split()), one_step
    assert "will be" not in one_step, one_step
    run("apply", "-input=false", "-auto-approve", "-parallelism=1")
    at_second = (folder / "terraform.tfstate").read_bytes()
    rename(NAMES[2])
    for state, old in ((at_first, NAMES[0]), (at_second, NAMES[1])):
        (folder / "terraform.tfstate").write_bytes(state)
        shown = run("plan", "-input=false")
        assert "0 to add, 0 to change, 0 to destroy" in shown, shown
        assert "to import" not in shown, shown
        assert f"{old} has moved to" in " ".join(shown.split()), shown
        assert "will be" not in shown, shown
    assert terraform.run(folder, "fmt", "-check", "-diff").out == ""
    # Without the file, the same plan would be another one.
    (folder / "moved.tf").unlink()
    ran = terraform.run(folder, "plan", "-input=false", "-no-color", env=account)
    assert "has moved to" not in ran.out
    assert "1 to import" in ran.out or "to add" in ran.out, ran.out + ran.err
