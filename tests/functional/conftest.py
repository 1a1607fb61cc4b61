"""What many tests of whole commands begin with.

Nothing waits between two tries: how long the pauses are is for tests/unit/test_pacing.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.retries import standard

from exporter.aws import rate_limit, retry
from tests.fakes import FakeAws, plain_set
from tests.functional.snapshots import Desk


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(rate_limit, "SPACING", 0.001)
    monkeypatch.setattr(retry.Caller, "_back_off", lambda _self, _failed: None)
    monkeypatch.setattr(standard.ExponentialBackoff, "delay_amount", lambda *_: 0)


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Desk:
    """Somebody who exports into a folder."""
    return Desk(capsys, tmp_path)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """An account that holds what ``day_two.ACCOUNT`` holds."""
    sets = {
        "billing": plain_set(),
        "news": plain_set("all", "clicks"),
        "orders": plain_set("bounces"),
    }
    with FakeAws(sets) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake
