"""Many sequences of account changes, exports and applies, on a small model of Terraform.

The same sequences, fewer of them, run on the real Terraform in ``tests/acceptance``.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import botocore.loaders
import pytest

from exporter.model.resources import Scope
from tests.day_two.accounts import FakeAccount
from tests.day_two.bench import Bench
from tests.day_two.machine import DayTwo
from tests.day_two.model import ModelTerraform
from tests.day_two.running import run_sequences
from tests.day_two.scenarios import SCENARIOS
from tests.fakes import ACCOUNT_ID, REGION, FakeAws
from tests.support import IS_LONG, Ran, ses2iac

pytestmark = pytest.mark.slow

SEQUENCES = int(os.environ.get("SES2IAC_DAY_TWO_MODEL_SEQUENCES", "100" if IS_LONG else "30"))
SCOPE = Scope(account_id=ACCOUNT_ID, partition="aws", region=REGION)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """An account to which every command leads."""
    # Every session reads megabytes of service descriptions; one reading serves them all.
    shared = botocore.loaders.create_loader()
    monkeypatch.setattr("botocore.loaders.create_loader", lambda *_: shared)
    with FakeAws({}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


@pytest.fixture
def bench(
    server: FakeAws, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[[], Bench]:
    """Makes a bench with an empty account, an empty folder and the model."""

    def command(*arguments: str) -> Ran:
        server.requests.clear()  # many requests are taken for a reader that goes in a circle
        return ses2iac(capsys, *arguments)

    def make() -> Bench:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        account = FakeAccount(server)
        engine = ModelTerraform(folder / "infra", account, SCOPE)
        return Bench(account, engine, folder, SCOPE, command)

    return make


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(bench: Callable[[], Bench], name: str) -> None:
    SCENARIOS[name](DayTwo(bench(), every=1))


def test_no_later_export_puts_anything_alive_at_risk(bench: Callable[[], Bench]) -> None:
    run_sequences(bench, SEQUENCES, steps=16, every=3)
