"""Nothing waits between two tries: how long the pauses are is for tests/unit/test_pacing.py."""

import pytest
from botocore.retries import standard

from exporter.aws import rate_limit, retry


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(rate_limit, "SPACING", 0.001)
    monkeypatch.setattr(retry.Caller, "_back_off", lambda _self, _failed: None)
    monkeypatch.setattr(standard.ExponentialBackoff, "delay_amount", lambda *_: 0)
