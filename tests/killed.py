"""Runs that were killed in the middle of changing files."""

from pathlib import Path
from typing import Any

import pytest

from exporter.support import transaction, undo_log


def kill_after(change: transaction.Change, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave what a run leaves that was killed after its last change, before it was done."""
    carry_out = transaction._carry_out

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    def carry_out_and_die(*arguments: Any) -> None:
        carry_out(*arguments)
        patch.setattr(undo_log, "undo", die)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(transaction, "_carry_out", carry_out_and_die)
        with pytest.raises(KeyboardInterrupt):
            transaction.apply(folder, change)
