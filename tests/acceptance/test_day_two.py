"""After the first export, on ministack with the real Terraform: nothing alive is put at risk.

``tests/functional/test_day_two_model.py`` runs the same sequences, many more of them, on a model.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.model.resources import Scope
from tests.acceptance.conftest import Account
from tests.day_two.accounts import BotoAccount
from tests.day_two.bench import Bench
from tests.day_two.machine import DayTwo
from tests.day_two.real import RealTerraform
from tests.day_two.running import run_sequences
from tests.day_two.scenarios import SCENARIOS
from tests.support import IS_LONG, Engines, Ran, ses2iac_process

pytestmark = pytest.mark.engine("terraform")

SEQUENCES = int(os.environ.get("SES2IAC_DAY_TWO_SEQUENCES", "2" if IS_LONG else "1"))
SCOPE = Scope(account_id="000000000000", partition="aws", region="eu-west-1")


@pytest.fixture
def bench(engines: Engines, changing_account: Account, tmp_path: Path) -> Callable[[], Bench]:
    """Makes a bench with an empty account, an empty folder and Terraform."""
    terraform, environment = engines.terraform(), changing_account.environment

    def command(*arguments: str) -> Ran:
        env = {**environment, **terraform.environment, "PATH": os.environ["PATH"]}
        return ses2iac_process(*arguments, env=env, timeout=300)

    def make() -> Bench:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        account = BotoAccount(changing_account.sesv2)
        account.clear()
        engine = RealTerraform(terraform, folder / "infra", environment)
        return Bench(account, engine, folder, SCOPE, command)

    return make


def test_no_later_export_puts_anything_alive_at_risk(bench: Callable[[], Bench]) -> None:
    run_sequences(bench, SEQUENCES, steps=8, every=4)


@pytest.mark.parametrize("name", ["narrower", "renamed_and_left_out"])
def test_scenario(bench: Callable[[], Bench], name: str) -> None:
    SCENARIOS[name](DayTwo(bench(), every=0))


def test_verify_says_what_the_plan_says(bench: Callable[[], Bench]) -> None:
    """The check that people have in CI is green where the plan is, and red where it is not."""
    place = bench()
    person = DayTwo(place, every=0)
    person.begin(is_imported=True)
    person.create("gamma", "bounces")
    person.export()
    ran = place.run("verify", str(place.infra))
    place.must(ran.code == 0, ran.out + ran.err)
    place.must("2 to import, 0 to add, 0 to change, 0 to destroy" in _flat(ran.out), ran.out)
    person.delete("imports.tf")
    planned = place.engine.plan()
    place.must(len(planned.changes) == 2, "\n".join(planned.lines))
    ran = place.run("verify", str(place.infra))
    place.must(ran.code == 1, ran.out + ran.err)
    place.must("2 to add" in _flat(ran.out), ran.out)


def _flat(text: str) -> str:
    return " ".join(text.split())
