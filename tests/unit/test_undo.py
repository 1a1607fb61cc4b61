"""A journal is obeyed only where this user on this machine wrote it."""

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.support import transaction, undo_key
from exporter.support.errors import ExporterError
from exporter.support.transaction import Change
from tests.killed import kill_after
from tests.support import SAMPLES, ses2iac, tree

BESIDE, INSIDE = ".infra.ses2iac-staging", "infra/.ses2iac-staging"
PLACES = (BESIDE, INSIDE)


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key of a test is; two places, best first."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    # No power is cut here.
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    return tmp_path / "state" / "ses2iac" / "undo-key"


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    """A folder with an export in it."""
    place = tmp_path / "work" / "infra"
    place.mkdir(parents=True)
    (place / "a.tf").write_bytes(b"old a")
    (place / "b.tf").write_bytes(b"old b")
    (place / "mine.txt").write_bytes(b"keep me")
    return place


def killed(infra: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_after(Change({"a.tf": b"new a", "new.tf": b"new"}, ("b.tf",)), infra, monkeypatch)
    assert {*tree(infra)} == {"a.tf", "mine.txt", "new.tf"}
    assert (infra / "a.tf").read_bytes() == b"new a"


OLD = {"a.tf": b"old a", "b.tf": b"old b", "mine.txt": b"keep me"}
SAID = ("a.tf: restored", "b.tf: restored", "new.tf: removed")


def test_a_killed_run_is_undone_and_that_is_said(
    infra: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(infra, monkeypatch)
    assert transaction.is_unfinished(infra)
    assert transaction.recover(infra) == SAID
    assert not transaction.is_unfinished(infra)
    assert tree(infra.parent) == {f"infra/{path}": data for path, data in OLD.items()}
    assert transaction.recover(infra) == ()


def test_a_check_neither_undoes_it_nor_takes_it_for_an_export(
    infra: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    killed(infra, monkeypatch)
    before = tree(infra)
    shop = str(SAMPLES / "shop/snapshot.json")
    for option in ("--check", "--diff"):
        ran = ses2iac(capsys, "export", "terraform", "--from", shop, "--out", str(infra), option)
        assert ran.code == 1
        assert "an export into this folder was interrupted" in ran.err
        assert tree(infra) == before


def test_a_folder_that_was_moved_since_is_undone_too(
    infra: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    killed(infra, monkeypatch)
    moved = infra.parent.rename(tmp_path / "elsewhere")
    assert transaction.recover(moved / "infra") == SAID


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def forged(signature: str) -> bytes:
    """A journal by which ``theirs.tf`` was removed and ``mine.txt`` was made."""
    steps = [
        {"path": "theirs.tf", "new": None, "old": sha(b"run this")},
        {"path": "mine.txt", "new": sha(b"keep me"), "old": None},
    ]
    body = json.dumps({"steps": steps, "made": [], "modes": {}}).encode()
    return f"{signature}\n".encode() + body


def plant(infra: Path, place: str, journal: bytes) -> None:
    folder = infra.parent / place
    (folder / "old").mkdir(parents=True)
    (folder / "old" / "theirs.tf").write_bytes(b"run this")
    (folder / "journal.json").write_bytes(journal)


def refused(infra: Path, act: Callable[[], object]) -> None:
    """Nothing changes, and the journal is named."""
    before = tree(infra.parent)
    with pytest.raises(ExporterError, match="you didn't write it on this machine") as caught:
        act()
    assert "journal.json" in caught.value.where
    assert "then delete" in caught.value.hint
    assert tree(infra.parent) == before


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize(
    "journal",
    [
        forged(""),
        forged("0" * 64),
        forged("é"),
        forged(sha(b"")),
        forged("").partition(b"\n")[2],
        b"",
        b"{",
        b'{"steps":[{"path":"mine.txt","new":"x","replaces":false}],"made":[],"modes":{}}',
    ],
)
def test_a_journal_that_somebody_made_is_refused(
    infra: Path, place: str, has_key: bool, journal: bytes
) -> None:
    if has_key:
        assert undo_key.signature(b"")
    plant(infra, place, journal)
    refused(infra, lambda: transaction.recover(infra))
    refused(infra, lambda: transaction.apply(infra, Change({"a.tf": b"new"})))


def test_a_journal_of_another_user_is_refused(
    infra: Path, monkeypatch: pytest.MonkeyPatch, keys: Path
) -> None:
    killed(infra, monkeypatch)
    keys.unlink()
    refused(infra, lambda: transaction.recover(infra))
    assert undo_key.signature(b"")
    refused(infra, lambda: transaction.recover(infra))


def test_a_journal_that_was_edited_is_refused(infra: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(infra, monkeypatch)
    file = infra.parent / BESIDE / "journal.json"
    file.write_bytes(file.read_bytes().replace(b"new.tf", b"xyz.tf"))
    refused(infra, lambda: transaction.recover(infra))


def test_a_journal_that_is_a_link_is_not_read(
    infra: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    killed(infra, monkeypatch)
    file = infra.parent / BESIDE / "journal.json"
    file.rename(tmp_path / "journal.json")
    file.symlink_to(tmp_path / "journal.json")
    with pytest.raises(ExporterError, match="it is a link"):
        transaction.recover(infra)
    assert (infra / "a.tf").read_bytes() == b"new a"


def test_what_was_kept_and_changed_since_is_not_put_back(
    infra: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(infra, monkeypatch)
    kept = infra.parent / BESIDE / "old" / "a.tf"
    kept.unlink()
    kept.write_bytes(b"run this")
    assert transaction.recover(infra) == (
        "a.tf: not restored, because its backup has changed",
        *SAID[1:],
    )
    assert (infra / "a.tf").read_bytes() == b"new a"


# The key
# --------------------------------------------------------------------------------------


def test_the_key_is_the_users_alone(keys: Path) -> None:
    signed = undo_key.signature(b"x")
    assert undo_key.is_own(b"x", signed)
    assert not undo_key.is_own(b"y", signed)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.parent.stat().st_mode) == 0o700
    assert [path.name for path in keys.parent.iterdir()] == ["undo-key"]
    assert undo_key.signature(b"x") == signed


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
@pytest.mark.parametrize("which", ["key", "folder", "short", "link", "pipe"])
def test_a_key_that_others_may_know_is_not_used(keys: Path, tmp_path: Path, which: str) -> None:
    """A home folder that is a checkout can hold one, in the modes of git."""
    signed = undo_key.signature(b"x")
    if which == "key":
        keys.chmod(0o644)
    elif which == "folder":
        keys.parent.chmod(0o755)
    elif which == "short":
        keys.write_bytes(b"short")
    elif which == "link":
        keys.symlink_to(keys.rename(tmp_path / "key"))
    else:
        keys.unlink()
        os.mkfifo(keys, 0o600)
    assert not undo_key.is_own(b"x", signed)
    # Another one is made where that is possible.
    assert undo_key.is_own(b"x", undo_key.signature(b"x"))


def test_where_home_cannot_be_written_the_key_is_among_the_temporary_files(
    infra: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file" / "state"))
    killed(infra, monkeypatch)
    assert [path.name for path in (tmp_path / "temporary").iterdir()] == [f"ses2iac-{os.getuid()}"]
    assert transaction.recover(infra) == SAID


def test_without_a_place_for_a_key_an_export_works_and_a_killed_one_is_not_undone(
    infra: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file" / "state"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    transaction.apply(infra, Change({"a.tf": b"newer a"}))
    assert (infra / "a.tf").read_bytes() == b"newer a"
    killed(infra, monkeypatch)
    refused(infra, lambda: transaction.recover(infra))
    shutil.rmtree(infra.parent / BESIDE)
    assert transaction.recover(infra) == ()


@pytest.mark.parametrize("named", ["", "relative/state"])
def test_a_state_folder_that_is_not_absolute_is_in_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", named)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert undo_key.signature(b"x")
    assert (tmp_path / "home/.local/state/ses2iac/undo-key").is_file()
    assert not (tmp_path / "relative").exists()
