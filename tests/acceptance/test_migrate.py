"""From the SES API v1 to v2 with the real Terraform: imports, and removals from state alone."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Account
from tests.acceptance.migrating import migrate
from tests.acceptance.v1_bridge import v1_of
from tests.acceptance.v1_roots import PLAIN, ROOTS
from tests.support import Engines, Ran, Terraform, ministack, ses2iac_process, tree

pytestmark = pytest.mark.engine("terraform")


@dataclass(frozen=True)
class World:
    """An account, its two APIs, and what leads Terraform there."""

    terraform: Terraform
    account: Account
    environment: dict[str, str]

    def run(self, folder: Path, *arguments: str) -> Ran:
        """Run Terraform; any failure fails the test."""
        ran = self.terraform.run(folder, *arguments, "-no-color", env=self.environment)
        assert ran.code == 0, ran.out + ran.err
        return ran

    def apply(self, folder: Path) -> None:
        """Apply what a folder holds."""
        self.terraform.lend_provider(folder)
        self.run(folder, "init", "-input=false")
        self.run(folder, "apply", "-auto-approve", "-input=false", "-parallelism=3")

    def plan(self, folder: Path) -> Any:
        """What a plan says, as Terraform tells it in JSON."""
        self.run(folder, "plan", "-input=false", "-out=planned")
        return json.loads(self.run(folder, "show", "-json", "planned").out)

    def live(self, *names: str) -> str:
        """What is live, as a snapshot, of sets whose names begin so."""
        chosen = [flag for name in names for flag in ("--include", f"{name}-*")]
        ran = self.ses2iac("snapshot", *chosen, "--out", "-")
        assert ran.code == 0, ran.err
        return ran.out

    def ses2iac(self, *arguments: str) -> Ran:
        """Run the command against the account."""
        return ses2iac_process(*arguments, env=self.account.environment)


@pytest.fixture(scope="module")
def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    terraform = engines.terraform()
    place = tmp_path_factory.mktemp("migrate")
    with ministack(engines.ministack(), place) as url:
        account = Account(url)
        with v1_of(account.sesv2) as v1:
            environment = {**account.environment, "AWS_ENDPOINT_URL_SES": v1}
            with terraform.provider(environment) as attached:
                yield World(terraform, account, {**environment, **attached})


def lay_out(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def actions(plan: Any) -> Counter[str]:
    """How many resources a plan does what to; one that is imported as it is counts as that."""
    found: Counter[str] = Counter()
    for each in plan["resource_changes"]:
        change = each["change"]
        done = "import " if "importing" in change else ""
        found[done + "+".join(change["actions"])] += 1
    del found["no-op"]
    return found


def number_of(live: str) -> int:
    """How many resources a snapshot holds."""
    sets = [found for scope in json.loads(live)["Scopes"] for found in scope["ConfigurationSets"]]
    return sum(1 + len(found.get("EventDestinations", ())) for found in sets)


def renamed(files: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """The files of a root with other names in SES, as all are in one account."""
    return {name: text.replace(old, new) for name, text in files.items()}


def changed_outputs(plan: Any) -> set[str]:
    return {
        name
        for name, change in plan.get("output_changes", {}).items()
        if change["actions"] != ["no-op"]
    }


@pytest.mark.parametrize("name", ROOTS)
def test_only_imports_and_removals_then_nothing(world: World, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    lay_out(folder, ROOTS[name])
    world.apply(folder)
    live, before = world.live(name), tree(folder)
    exported = world.ses2iac(
        "export", "terraform", "--include", f"{name}-*", "--out", str(folder), "--replaces",
        str(folder),
    )  # fmt: skip
    assert exported.code == 0, exported.err
    after = tree(folder)
    assert {path: after[path] for path in before} == before

    guide = (folder / "MIGRATE.md").read_text(encoding="utf-8")
    assert "## Decide" not in guide
    too_early = world.terraform.run(folder, "plan", "-no-color", env=world.environment)
    assert "Error: Removed resource still exists" in too_early.err
    migrate(folder, guide)
    number = number_of(live)
    plan = world.plan(folder)
    assert actions(plan) == {"import no-op": number, "forget": number}
    assert changed_outputs(plan) == set()

    world.run(folder, "apply", "-input=false", "planned")
    for done in ("imports.tf", "removed.tf", "MIGRATE.md"):
        (folder / done).unlink()
    assert actions(world.plan(folder)) == {}
    assert world.live(name) == live
    again = world.ses2iac("export", "terraform", "--out", str(folder), "--check")
    assert again.code == 0, again.out + again.err


def test_into_another_root_the_old_state_forgets_last(world: World, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    lay_out(old, renamed(PLAIN, "plain-", "moving-"))
    world.apply(old)
    live = world.live("moving")
    exported = world.ses2iac(
        "export", "terraform", "--include", "moving-*", "--out", str(new), "--replaces", str(old)
    )
    assert exported.code == 0, exported.err
    assert not (new / "removed.tf").exists()
    world.apply(new)
    guide = (new / "MIGRATE.md").read_text(encoding="utf-8")
    assert "## Decide" not in guide
    migrate(old, guide)
    (old / "removed.tf").write_text(guide.partition("```hcl\n")[2].partition("```")[0])
    plan = world.plan(old)
    assert actions(plan) == {"forget": number_of(live)}
    assert changed_outputs(plan) == set()
    world.run(old, "apply", "-input=false", "planned")
    (old / "removed.tf").unlink()
    (new / "imports.tf").unlink()
    assert actions(world.plan(old)) == actions(world.plan(new)) == {}
    assert world.live("moving") == live


def test_into_a_module_of_the_same_root(world: World, tmp_path: Path) -> None:
    root, out = tmp_path / "root", tmp_path / "root/ses"
    root.mkdir()
    lay_out(root, renamed(PLAIN, "plain-", "inner-"))
    world.apply(root)
    live = world.live("inner")
    exported = world.ses2iac(
        "export", "terraform", "--include", "inner-*", "--out", str(out), "--module", "ses",
        "--replaces", str(root),
    )  # fmt: skip
    assert exported.code == 0, exported.err
    with (root / "main.tf").open("a", encoding="utf-8") as main:
        main.write('module "ses" {\n  source = "./ses"\n}\n')
    guide = (root / "ses_ses_MIGRATE.md").read_text(encoding="utf-8")
    assert "## Decide" not in guide
    migrate(root, guide)
    world.run(root, "get")
    plan = world.plan(root)
    number = number_of(live)
    assert actions(plan) == {"import no-op": number, "forget": number}
    assert changed_outputs(plan) == set()
    world.run(root, "apply", "-input=false", "planned")
    for done in root.glob("ses_ses_*"):
        done.unlink()
    assert actions(world.plan(root)) == {}
    assert world.live("inner") == live
