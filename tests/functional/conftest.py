"""What many tests of whole commands begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeAws, plain_set
from tests.functional.snapshots import Desk


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
