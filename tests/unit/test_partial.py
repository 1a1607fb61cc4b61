"""``FILE.partial``: what is in it is as it was written, or is refused."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.model.read_result import ReadFailure
from exporter.model.resources import ConfigurationSet, Scope
from exporter.sources import checkpoint_file as partial_file
from exporter.sources.checkpoint_file import CheckpointFile
from exporter.sources.selection import Selection
from exporter.support.errors import ExporterError, UsageError

Env = pytest.MonkeyPatch

ACCOUNT = "123456789012"
HERE, THERE = (ACCOUNT, "eu-west-1"), (ACCOUNT, "us-east-1")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A partial file as a partial run leaves it: every kind of line is in it."""
    path = tmp_path_factory.mktemp("written") / "x.partial"
    found = [ConfigurationSet(configuration_set_name=f"größe-{n}") for n in range(3)]
    with CheckpointFile(path, Selection(("g*",)), resume=False) as file:
        for each in found:
            file.read(HERE, each)
        scope = Scope(account_id=ACCOUNT, partition="aws", region=HERE[1])
        file.complete(scope)
        file.complete(Scope(account_id=ACCOUNT, partition="aws", region=THERE[1]))
        file.ended([ReadFailure("größe-3", "no", "", ACCOUNT, HERE[1])])
    return path.read_bytes()


def recalled(folder: Path, data: bytes) -> CheckpointFile:
    path = folder / "x.partial"
    path.write_bytes(data)
    return CheckpointFile(path, Selection(("g*",)), resume=True)


def state(file: CheckpointFile) -> tuple[Any, ...]:
    known = file.known
    return dict(known.sets), known.complete, known.has_ended


in_one_folder = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@in_one_folder
@given(where=st.integers(0, 10_000), bits=st.integers(1, 255))
def test_a_byte_that_flipped_is_noticed(
    written: bytes, tmp_path: Path, where: int, bits: int
) -> None:
    where %= len(written)
    data = bytearray(written)
    data[where] ^= bits
    if where == len(written) - 1:
        # Without its end the last line is what a kill leaves.
        assert state(recalled(tmp_path, bytes(data))) == state(
            recalled(tmp_path, written[: written.rindex(b"\n", 0, -1) + 1])
        )
    else:
        with pytest.raises(ExporterError, match="damaged"):
            recalled(tmp_path, bytes(data))


@pytest.mark.parametrize("end", [b"\r", b"\x0b", b"\x1c", b"\n", b"\xc2\x85", b""])
def test_a_line_that_ends_elsewhere_is_noticed(written: bytes, tmp_path: Path, end: bytes) -> None:
    for number in range(written.count(b"\n") - 1):
        lines = written.splitlines(keepends=True)
        lines[number] = lines[number][:-1] + end
        if end != b"\n":
            with pytest.raises(ExporterError, match="damaged"):
                recalled(tmp_path, b"".join(lines))
        lines = written.splitlines(keepends=True)
        lines[number] = lines[number][:30] + (end or b"\n") + lines[number][31:]
        with pytest.raises(ExporterError, match="damaged"):
            recalled(tmp_path, b"".join(lines))


@in_one_folder
@given(data=st.data())
def test_lines_that_moved_or_left_are_noticed(
    written: bytes, tmp_path: Path, data: st.DataObject
) -> None:
    lines = written.splitlines(keepends=True)
    changed = data.draw(st.lists(st.sampled_from(lines), max_size=len(lines) + 1))
    kept = 0
    while kept < len(changed) and changed[kept] == lines[kept]:
        kept += 1
    if kept == len(changed):
        # What is left is what an earlier kill would have left, and it is as it was written.
        recalled(tmp_path, b"".join(changed))
    else:
        with pytest.raises(ExporterError, match=f"damaged.*|line {kept + 1}"):
            recalled(tmp_path, b"".join(changed))


def test_an_unfinished_last_line_is_dropped(written: bytes, tmp_path: Path) -> None:
    ends = [n + 1 for n, byte in enumerate(written) if byte == ord("\n")]
    for length in [*range(0, len(written), 23), *ends, *(end - 1 for end in ends)]:
        whole = max([end for end in ends if end <= length], default=0)
        file = recalled(tmp_path, written[:length])
        assert state(file) == state(recalled(tmp_path, written[:whole]))
        # It goes on behind what is whole.
        (tmp_path / "x.partial").write_bytes(written[:length])
        file = CheckpointFile(tmp_path / "x.partial", Selection(("g*",)), resume=True)
        with file:
            file.read(HERE, ConfigurationSet(configuration_set_name="a-new-one"))
        again = CheckpointFile(tmp_path / "x.partial", Selection(("g*",)), resume=True)
        assert "a-new-one" in again.known.sets[HERE]
        assert (tmp_path / "x.partial").read_bytes().startswith(written[:whole])


def test_another_selection_is_a_mistake_of_the_command_line(written: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.partial").write_bytes(written)
    with pytest.raises(UsageError):
        CheckpointFile(tmp_path / "x.partial", Selection(), resume=True)


def test_a_write_that_fails_leaves_no_half_line_before_the_next(
    tmp_path: Path, monkeypatch: Env
) -> None:
    """A full disk may take half a line, and the next line when somebody has made room."""
    path = tmp_path / "x.partial"
    write = os.write
    full = [False]

    def some(descriptor: int, data: bytes) -> int:
        if full[0]:
            if len(data) < 20:
                full[0] = False
                raise OSError(28, "No space left on device")
            return write(descriptor, data[:-15])
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", some)
    with CheckpointFile(path, Selection(), resume=False) as file:
        file.read(HERE, ConfigurationSet(configuration_set_name="a"))
        full[0] = True
        with pytest.raises(ExporterError, match="No space left"):
            file.read(HERE, ConfigurationSet(configuration_set_name="b"))
        file.read(HERE, ConfigurationSet(configuration_set_name="c"))
    again = CheckpointFile(path, Selection(), resume=True)
    assert set(again.known.sets[HERE]) == {"a", "c"}


def test_nothing_read_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "x.partial"
    with CheckpointFile(path, Selection(), resume=False) as file:
        file.ended([ReadFailure("a", "no")])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_a_file_that_is_gone_on_from_stays_though_nothing_more_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.partial"
    with CheckpointFile(path, Selection(), resume=False) as file:
        file.read(HERE, ConfigurationSet(configuration_set_name="a"))
    before = path.read_bytes()
    with CheckpointFile(path, Selection(), resume=True) as file:
        assert file.total == 1
    assert path.read_bytes() == before


def test_what_comes_after_the_end_is_not_written(tmp_path: Path) -> None:
    """A thread that is left behind may still hear an answer."""
    path = tmp_path / "x.partial"
    with CheckpointFile(path, Selection(), resume=False) as file:
        file.read(HERE, ConfigurationSet(configuration_set_name="a"))
    before = path.read_bytes()
    file.read(HERE, ConfigurationSet(configuration_set_name="b"))
    assert path.read_bytes() == before


def test_a_newer_version_is_not_taken_for_damage(tmp_path: Path, monkeypatch: Env) -> None:
    path = tmp_path / "x.partial"
    monkeypatch.setattr(partial_file, "FORMAT_VERSION", 2)
    with CheckpointFile(path, Selection(), resume=False) as file:
        file.read(HERE, ConfigurationSet(configuration_set_name="a"))
    monkeypatch.undo()
    with pytest.raises(ExporterError, match="has version 2"):
        CheckpointFile(path, Selection(), resume=True)


@pytest.mark.skipif(os.name == "nt", reason="files are not locked there")
@pytest.mark.parametrize("resume", [False, True])
def test_two_runs_do_not_share_a_file(written: bytes, tmp_path: Path, resume: bool) -> None:
    path = tmp_path / "s.json.partial"
    path.write_bytes(written)
    with CheckpointFile(path, Selection(("g*",)), resume=True):
        before = path.read_bytes()
        with (
            pytest.raises(ExporterError, match="another run is writing to it"),
            CheckpointFile(path, Selection(("g*",)), resume=resume),
        ):
            pass
        assert path.read_bytes() == before
    with CheckpointFile(path, Selection(("g*",)), resume=resume):
        pass
