"""What Terraform makes of import, moved and removed blocks: the rules that later exports rest on.

Each example is planned by the real Terraform and by the model that ``tests/functional`` uses.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from exporter.model.identities import Identity
from exporter.model.resources import Scope
from tests.acceptance.conftest import Account
from tests.day_two.accounts import PLAIN, BotoAccount
from tests.day_two.model import ModelTerraform
from tests.day_two.plans import Action, Change, Planned
from tests.day_two.real import STATE, RealTerraform
from tests.support import Engines, Terraform

pytestmark = pytest.mark.engine("terraform")

SET = "aws_sesv2_configuration_set"
SCOPE = Scope(account_id="000000000000", partition="aws", region="eu-west-1")
VERSIONS = """\
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}
"""


def resource(label: str, name: str | None = None) -> str:
    """The code of a set that is alive as it is."""
    return f"""
resource "{SET}" "{label}" {{
  configuration_set_name = "{name or label}"

  reputation_options {{
    reputation_metrics_enabled = true
  }}

  sending_options {{
    sending_enabled = true
  }}
}}
"""


def imported(label: str, name: str | None = None) -> str:
    """An import block."""
    return f'\nimport {{\n  to = {SET}.{label}\n  id = "{name or label}"\n}}\n'


def moved(old: str, new: str) -> str:
    """A moved block."""
    return f"\nmoved {{\n  from = {SET}.{old}\n  to   = {SET}.{new}\n}}\n"


def removed(label: str, *, destroy: bool = False) -> str:
    """A removed block."""
    word = str(destroy).lower()
    return (
        f"\nremoved {{\n  from = {SET}.{label}\n\n  lifecycle {{\n    destroy = {word}\n  }}\n}}\n"
    )


def planned(*changes: tuple[Action, str] | tuple[Action, str, str]) -> Planned:
    """A plan; of a change the third is the import id, or where the resource stood."""
    found = []
    for action, label, *more in changes:
        moved_from = more[0] if more and action is not Action.IMPORT else ""
        found.append(
            Change(
                action,
                f"{SET}.{label}",
                f"{SET}.{moved_from}" if moved_from else "",
                more[0] if more and action is Action.IMPORT else "",
            )
        )
    return Planned(tuple(sorted(found)))


def refused(*summaries: str) -> Planned:
    """A plan that is an error."""
    return Planned((), summaries)


@dataclass(frozen=True)
class Example:
    """State, code, and what the plan is. The sets ``a`` and ``z`` are alive."""

    shows: str
    held: Mapping[str, str]
    code: str
    plan: Planned


EXAMPLES = (
    Example("an import", {}, resource("a") + imported("a"), planned((Action.IMPORT, "a", "a"))),
    Example("no import", {}, resource("a"), planned((Action.CREATE, "a"))),
    Example("nothing to do", {"a": "a"}, resource("a"), planned()),
    Example("an import of what state holds", {"a": "a"}, resource("a") + imported("a"), planned()),
    Example(
        "an import of what state holds by an id that does not exist",
        {"a": "a"},
        resource("a") + imported("a", "nonsense"),
        planned(),
    ),
    Example(
        "an import of what is gone",
        {},
        resource("a", "gone") + imported("a", "gone"),
        refused("Cannot import non-existent remote object"),
    ),
    Example(
        "an import into nothing",
        {},
        imported("a"),
        refused("Configuration for import target does not exist"),
    ),
    Example(
        "two imports to one address",
        {},
        resource("a") + imported("a") + imported("a"),
        refused(f'Duplicate import configuration for "{SET}.a"'),
    ),
    Example("code without its resource", {"a": "a"}, "", planned((Action.DELETE, "a"))),
    Example("code without what is gone", {"a": "gone"}, "", planned()),
    Example("what is gone", {"a": "gone"}, resource("a", "gone"), planned((Action.CREATE, "a"))),
    Example(
        "another set under the same address",
        {"a": "a"},
        resource("a", "b"),
        planned((Action.REPLACE, "a")),
    ),
    Example(
        "a move and an import of the same, state holds it",
        {"a": "a"},
        resource("b", "a") + moved("a", "b") + imported("b", "a"),
        planned((Action.MOVE, "b", "a")),
    ),
    Example(
        "a move and an import of the same, the move was applied",
        {"b": "a"},
        resource("b", "a") + moved("a", "b") + imported("b", "a"),
        planned(),
    ),
    Example(
        "a move and an import of the same, state holds neither",
        {},
        resource("b", "a") + moved("a", "b") + imported("b", "a"),
        planned((Action.IMPORT, "b", "a")),
    ),
    Example(
        "a chain of moves",
        {"a": "a"},
        resource("c", "a") + moved("a", "b") + moved("b", "c"),
        planned((Action.MOVE, "c", "a")),
    ),
    Example(
        "an import to an address that was moved",
        {"a": "a"},
        resource("b", "a") + moved("a", "b") + imported("a"),
        refused("Moved object still exists"),
    ),
    Example(
        "a move from what is declared",
        {},
        resource("a") + resource("b", "z") + moved("a", "b"),
        refused("Moved object still exists"),
    ),
    Example(
        "two moves to one address",
        {},
        resource("c", "a") + moved("a", "c") + moved("b", "c"),
        refused("Ambiguous move statements"),
    ),
    Example(
        "two moves from one address",
        {},
        resource("b", "a") + resource("c", "z") + moved("a", "b") + moved("a", "c"),
        refused("Ambiguous move statements"),
    ),
    Example("a move to nothing", {"a": "a"}, moved("a", "b"), planned((Action.DELETE, "b", "a"))),
    Example("removed", {"a": "a"}, removed("a"), planned((Action.FORGET, "a"))),
    Example("removed twice", {"a": "a"}, removed("a") * 2, planned((Action.FORGET, "a"))),
    Example(
        "removed, and to be destroyed",
        {"a": "a"},
        removed("a", destroy=True),
        planned((Action.DELETE, "a")),
    ),
    Example(
        "removed, state does not hold it",
        {},
        resource("z") + imported("z") + removed("a"),
        planned((Action.IMPORT, "z", "z")),
    ),
    Example(
        "removed, and gone from SES", {"a": "gone"}, removed("a"), planned((Action.FORGET, "a"))
    ),
    Example(
        "removed beside its resource",
        {"a": "a"},
        resource("a") + removed("a"),
        refused("Removed resource still exists"),
    ),
    Example(
        "removed at both addresses of a move, state holds the old one",
        {"a": "a"},
        removed("a") + removed("b"),
        planned((Action.FORGET, "a")),
    ),
    Example(
        "removed at both addresses of a move, state holds the new one",
        {"b": "a"},
        removed("a") + removed("b"),
        planned((Action.FORGET, "b")),
    ),
    Example(
        "removed after a move",
        {"a": "a"},
        moved("a", "b") + removed("b"),
        planned((Action.FORGET, "b", "a")),
    ),
    Example(
        "moved from what is removed",
        {"a": "a"},
        resource("b", "a") + moved("a", "b") + removed("a"),
        planned((Action.MOVE, "b", "a")),
    ),
)


@dataclass(frozen=True)
class Bench:
    """The real Terraform, an account, and the state of an import of the set ``a``."""

    terraform: Terraform
    account: Account
    state: str

    def engine(self, folder: Path) -> RealTerraform:
        """Terraform in a folder."""
        return RealTerraform(self.terraform, folder, self.account.environment)

    def plan(self, folder: Path, held: Mapping[str, str], code: str) -> Planned:
        """The plan of a root module."""
        self.lay_out(folder, held, code)
        return self.engine(folder).plan()

    def lay_out(self, folder: Path, held: Mapping[str, str], code: str) -> None:
        """Make a root module, and a state that holds sets at these labels."""
        folder.mkdir()
        (folder / "main.tf").write_text(VERSIONS + code)
        state = json.loads(self.state)
        [template] = state["resources"]
        shown = json.dumps(template["instances"])
        state["resources"] = [
            {**template, "name": label, "instances": json.loads(shown.replace('"a"', f'"{name}"'))}
            for label, name in held.items()
        ]
        (folder / STATE).write_text(json.dumps(state))


@pytest.fixture(scope="module")
def bench(
    engines: Engines, changing_account: Account, tmp_path_factory: pytest.TempPathFactory
) -> Bench:
    account = BotoAccount(changing_account.sesv2)
    account.clear()
    for name in ("a", "z"):
        account.call("create_configuration_set", ConfigurationSetName=name, **PLAIN)
    folder = tmp_path_factory.mktemp("state")
    (folder / "main.tf").write_text(VERSIONS + resource("a") + imported("a"))
    terraform = engines.terraform()
    engine = RealTerraform(terraform, folder, changing_account.environment)
    engine.plan()
    engine.apply()
    return Bench(terraform, changing_account, (folder / STATE).read_text())


PLANNED = tuple(each for each in EXAMPLES if not each.plan.errors)
REFUSED = tuple(each for each in EXAMPLES if each.plan.errors)
_LABEL = re.compile(rf'({SET}(?:\.|" "))(?=\w)')


@pytest.fixture(scope="module")
def side_by_side(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """One plan of all examples that have one: they do not touch each other, and a plan is slow."""
    code = "".join(
        _LABEL.sub(rf"\g<1>e{number}_", each.code) for number, each in enumerate(PLANNED)
    )
    held = {
        f"e{number}_{label}": name
        for number, each in enumerate(PLANNED)
        for label, name in each.held.items()
    }
    return bench.plan(tmp_path_factory.mktemp("examples") / "infra", held, code)


def model(bench: Bench, example: Example, folder: Path) -> Planned:
    """The plan of the model."""
    folder.mkdir(exist_ok=True)
    (folder / "main.tf").write_text(VERSIONS + example.code)
    held = {f"{SET}.{label}": Identity(name) for label, name in example.held.items()}
    account = BotoAccount(bench.account.sesv2)
    return ModelTerraform(folder, account, SCOPE, held).plan()


@pytest.mark.parametrize("number", range(len(PLANNED)), ids=[each.shows for each in PLANNED])
def test_terraform_and_the_model_plan_the_same(
    bench: Bench, side_by_side: Planned, number: int, tmp_path: Path
) -> None:
    assert not side_by_side.errors
    place = f"{SET}.e{number}_"
    found = [
        replace(
            each,
            address=each.address.replace(place, f"{SET}."),
            previous=each.previous.replace(place, f"{SET}."),
        )
        for each in side_by_side.changes
        if each.address.startswith(place)
    ]
    expected = PLANNED[number].plan
    assert Planned(tuple(sorted(found))) == expected
    assert model(bench, PLANNED[number], tmp_path / "infra") == expected


@pytest.mark.parametrize("example", REFUSED, ids=lambda each: each.shows)
def test_terraform_and_the_model_refuse_the_same(
    bench: Bench, example: Example, tmp_path: Path
) -> None:
    folder = tmp_path / "infra"
    assert bench.plan(folder, example.held, example.code) == example.plan
    assert model(bench, example, folder) == example.plan


def test_what_is_forgotten_is_said_and_stays(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "infra"
    bench.lay_out(folder, {"a": "a", "b": "gone"}, removed("a") + removed("b"))
    environment = bench.account.environment
    engine = bench.engine(folder)
    before = BotoAccount(bench.account.sesv2).dump()
    assert [each.action for each in engine.plan().changes] == [Action.FORGET] * 2
    text = bench.terraform.run(folder, "plan", "-input=false", "-no-color", env=environment).out
    said = " ".join(text.split())
    assert f"{SET}.a will no longer be managed by Terraform, but will not be destroyed" in said
    assert "Plan: 0 to add, 0 to change, 0 to destroy." in said
    plan = bench.terraform.run(folder, "show", "-json", "day-two.tfplan", env=environment)
    changes = {
        each["address"]: (each["change"]["actions"], each["action_reason"])
        for each in json.loads(plan.out)["resource_changes"]
    }
    assert changes == {
        f"{SET}.{label}": (["forget"], "delete_because_no_resource_config") for label in "ab"
    }
    engine.apply()
    assert engine.state() == {}
    assert BotoAccount(bench.account.sesv2).dump() == before
    # An import brings back what was forgotten.
    (folder / "main.tf").write_text(VERSIONS + resource("a") + imported("a"))
    assert engine.plan() == planned((Action.IMPORT, "a", "a"))


def test_a_file_of_removed_blocks_may_ask_for_a_later_terraform(
    bench: Bench, tmp_path: Path
) -> None:
    folder = tmp_path / "infra"
    bench.lay_out(folder, {"a": "a"}, "")
    file = folder / "removed.tf"
    file.write_text('terraform {\n  required_version = ">= 1.7"\n}\n' + removed("a"))
    assert bench.engine(folder).plan() == planned((Action.FORGET, "a"))
    file.write_text(file.read_text().replace("1.7", "99.7"))
    assert bench.engine(folder).plan().errors == ("Unsupported Terraform Core version",)
