"""The work of a command grows as the account does, on a folder that stands too.

Calls are counted, not seconds, which hang on the machine: what is done for each resource may not
grow with the number of resources.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from benchmarks.account import PER_SET, snapshot
from exporter.formats.registry import FormatName
from exporter.formats.terraform import moves
from exporter.model.identities import Identity
from tests.functional.snapshots import snapshot_file
from tests.support import ses2iac

pytestmark = pytest.mark.slow

SMALL, LARGE = 20 * PER_SET, 80 * PER_SET
MOST = 1.1
"""How much more one resource may cost in the large account."""


def calls(action: Callable[[], object]) -> int:
    """How often an action calls a function, of Python or of C."""
    found = 0

    def count(_frame: FrameType, event: str, _of: Any) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return found


COMMANDS = {
    "export": ("export", "{format}", "--from", "{new}", "--out", "{out}", "--quiet"),
    "check": ("export", "{format}", "--from", "{old}", "--out", "{out}", "--check"),
    "diff": ("diff", "{out}", "{new}"),
    "unmanaged": ("scan", "--from", "{new}", "--unmanaged-by", "{out}"),
    "lint": ("lint", "--from", "{new}"),
    "report": ("report", "--from", "{new}", "--out", "{folder}/page.html"),
}


def counted(
    capsys: pytest.CaptureFixture[str], folder: Path, format_: FormatName, command: str, size: int
) -> int:
    """The calls of a command in a folder that holds an export of an account of that size."""
    place = folder / f"{size}"
    place.mkdir()
    account: Any = snapshot(size)
    old = snapshot_file(place / "old.json", account["Scopes"][0])
    # One destination in ten differs, so that there is something to say.
    for number, found in enumerate(account["Scopes"][0]["ConfigurationSets"]):
        found["EventDestinations"][0]["Enabled"] = number % 2 == 0
    new = snapshot_file(place / "new.json", account["Scopes"][0])
    names = {"format": format_, "old": old, "new": new, "out": place / "out", "folder": place}
    made = ses2iac(capsys, "export", format_, "--from", old, "--out", str(place / "out"))
    assert made.code == 0, made.err
    arguments = [each.format(**names) for each in COMMANDS[command]]
    codes: list[int] = []
    found = calls(lambda: codes.append(ses2iac(capsys, *arguments).code))
    assert codes[0] in (0, 3)
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_work_grows_with_the_account(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Before what is counted, as it loads modules and templates.
    for format_ in FormatName:
        counted(capsys, tmp_path, format_, command, PER_SET)
        small, middle, large = (
            counted(capsys, tmp_path, format_, command, size)
            for size in (SMALL, (SMALL + LARGE) // 2, LARGE)
        )
        assert large - middle <= MOST * (middle - small), format_
        for each in tmp_path.iterdir():
            each.rename(tmp_path.parent / f"{tmp_path.name}-{format_}-{each.name}")


class Counting(dict[Identity, str]):
    """Addresses that count how often they are gone through."""

    walks = 0

    def values(self) -> Any:
        self.walks += 1
        return super().values()

    def items(self) -> Any:
        self.walks += 1
        return super().items()

    def __iter__(self) -> Iterator[Identity]:
        self.walks += 1
        return super().__iter__()


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_addresses_are_gone_through_once(size: int) -> None:
    """A set of them is built by one call of C, whatever their number."""
    addresses = Counting({Identity(f"s{n}"): f"t.s{n}" for n in range(size)})
    stood = {Identity(f"s{n}"): (f"t.s{n}-old", f"t.s{n}") for n in range(size)}
    assert moves.former(stood, addresses) == {who: at[:1] for who, at in stood.items()}
    assert moves.reused(stood, addresses) == []
    assert addresses.walks <= 3
