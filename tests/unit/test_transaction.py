"""All files change or none does: every call that can fail, fails once; at every one the power goes.

A change is a few dozen calls of the operating system. Each test here repeats one change and breaks
it at the first call, then at the second, and so on until it gets through.
"""

import errno
import fcntl
import itertools
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from exporter.support import transaction, undo_key
from exporter.support.errors import ExporterError
from exporter.support.transaction import Change
from tests.support import ROOT

WRITING = frozenset({"chmod", "fsync", "link", "mkdir", "open", "rename", "replace", "rmdir"})
WRITING |= {"symlink", "unlink", "write"}
EVERY = WRITING | {"access", "listdir", "lstat", "scandir", "stat"}

STAGING = "ses2iac-staging"
JOURNAL = "journal.json"

Node = tuple[str, int, bytes]
State = dict[str, Node]


class StrangeError(BaseException):
    """Something that no ``except Exception`` catches."""


@contextmanager
def no_waiting_for_the_disk() -> Iterator[None]:
    """There are thousands of changes here, and no power is really cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture(autouse=True)
def _quickly() -> Iterator[None]:
    assert undo_key.signature(b"")
    with no_waiting_for_the_disk():
        yield


def state(folder: Path) -> State:
    """All that is below a folder: kinds, permissions, contents, where links lead."""
    return {p.relative_to(folder).as_posix(): _node(p) for p in sorted(folder.rglob("*"))}


def _node(path: Path) -> Node:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return ("link", 0, os.fsencode(path.readlink()))
    data = b"" if stat.S_ISDIR(mode) else path.read_bytes()
    return ("file" if stat.S_ISREG(mode) else "folder", stat.S_IMODE(mode), data)


def files(found: State) -> State:
    """Without the folders."""
    return {path: node for path, node in found.items() if node[0] != "folder"}


def staged(found: State) -> list[str]:
    """What is left of staging."""
    return [path for path in found if STAGING in path]


def without_staging(found: State) -> State:
    """What a person has there, whatever is left of staging."""
    return {path: node for path, node in found.items() if STAGING not in path}


# What is changed
# ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scenario:
    """A folder before a change, and the change.

    Attributes:
        build: Makes everything in an empty folder, the ``sandbox``.
        target: The folder that is changed, below the sandbox.
        write: The new files.
        remove: The files to delete.
        closed: Whether nothing can be written beside the target.
    """

    build: Callable[[Path], None]
    write: dict[str, bytes]
    remove: tuple[str, ...] = ()
    target: str = "infra"
    closed: bool = False

    @property
    def change(self) -> Change:
        return Change(self.write, self.remove)

    def surroundings(self) -> AbstractContextManager[None]:
        return no_access() if self.closed else nullcontext()

    def made_in(self, sandbox: Path) -> Path:
        """Build it in a new sandbox; gives the target."""
        sandbox.mkdir(parents=True)
        (sandbox / "neighbour.txt").write_bytes(b"not ours")
        self.build(sandbox)
        return sandbox / self.target

    def result_in(self, sandbox: Path) -> State:
        """The sandbox after the change, when nothing is in its way."""
        target = self.made_in(sandbox)
        with self.surroundings():
            transaction.apply(target, self.change)
        found = state(sandbox)
        assert not staged(found)
        assert {path: (target / path).read_bytes() for path in self.write} == self.write
        assert not [path for path in self.remove if (target / path).exists()]
        return found


@contextmanager
def no_access() -> Iterator[None]:
    """No folder can be written to, as far as ``os.access`` knows (to root, every one can)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "access", lambda *_args, **_options: False)
        yield


def _put(folder: Path, path: str, data: bytes, mode: int = 0o644) -> None:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    place.chmod(mode)


def _an_export(sandbox: Path) -> None:
    infra = sandbox / "infra"
    _put(infra, "replaced.tf", b"old", 0o640)
    _put(infra, "sub/replaced.tf", b"old in sub", 0o600)
    _put(infra, "emptied/gone.tf", b"the only one there", 0o604)
    _put(infra, "shared/gone.tf", b"not the only one there")
    _put(infra, "shared/backend.tf", b"a person's", 0o755)
    _put(infra, ".terraform/terraform.tfstate", b"{}", 0o600)
    (infra / "empty").mkdir(mode=0o700)
    (infra / "their-link.tf").symlink_to("shared/backend.tf")


def _nothing(sandbox: Path) -> None:
    assert sandbox.is_dir()


def _links(sandbox: Path) -> None:
    infra = sandbox / "infra"
    _put(infra, "elsewhere/real.tf", b"behind the link")
    (infra / "relative.tf").symlink_to("elsewhere/real.tf")
    (infra / "absolute.tf").symlink_to("/dev/null")
    (infra / "dangling.tf").symlink_to("nowhere")


_NEW = {
    "replaced.tf": b"new",
    "sub/replaced.tf": b"new in sub",
    "added.tf": b"added",
    "fresh/deep/added.tf": b"added in folders that are new",
}
_STALE = ("emptied/gone.tf", "shared/gone.tf")

SCENARIOS = {
    "export": Scenario(_an_export, _NEW, _STALE),
    "export in a closed folder": Scenario(
        _an_export, {"replaced.tf": b"new", "added.tf": b"added"}, _STALE[1:], closed=True
    ),
    "not a folder yet": Scenario(_nothing, _NEW),
    "not a folder above it either": Scenario(_nothing, _NEW, target="a/b/infra"),
    "symlinked files": Scenario(
        _links, dict.fromkeys(("absolute.tf", "dangling.tf", "relative.tf"), b"new")
    ),
}

scenarios = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)


# What goes wrong
# ----------------------------------------------------------------------------------


@dataclass
class Calls:
    """Stands before the calls of the operating system and acts at the n-th.

    Attributes:
        at: The number of the call, from 1.
        act: What happens instead of the call.
        names: Which functions of ``os`` count.
        lasting: Whether the same happens at every later call.
        broken: The call at which it happened, with its arguments.
        made: The calls that were made.
    """

    at: int
    act: Callable[["Calls"], None]
    names: frozenset[str] = EVERY
    lasting: bool = False
    broken: list[str] = field(default_factory=list)
    made: list[list[str]] = field(default_factory=list)
    count: int = 0

    @property
    def reached(self) -> bool:
        return self.count >= self.at

    @contextmanager
    def watched(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in self.names:
                patch.setattr(os, name, self._before(name, getattr(os, name)))
            patch.setattr(fcntl, "flock", self._before("flock", fcntl.flock))
            yield

    def _before(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            described = [name, *map(str, arguments)]
            if self.count == self.at:
                self.broken = described
            if self.count == self.at or (self.lasting and self.reached):
                self.act(self)
            self.made.append(described)
            return real(*arguments, **options)

        return call


def raising(error: BaseException) -> Callable[[Calls], None]:
    def act(_calls: Calls) -> None:
        raise error

    return act


def dead_after_renames(target: Path, count: int) -> Calls:
    """Nothing works any more once so many files of the target have been put in place."""
    place = f"{target}/"

    def act(calls: Calls) -> None:
        if sum(c[0] == "replace" and _leads_into(c[2], place) for c in calls.made) >= count:
            raise StrangeError

    return Calls(1, act, lasting=True)


def _leads_into(path: str, place: str) -> bool:
    return path.startswith(place) and STAGING not in path


def full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@dataclass(frozen=True, repr=False)
class Attempt:
    """A change that was broken at one call.

    Attributes:
        number: The call, from 1.
        at: That call.
        before: The calls before it.
        error: What the change raised.
        old: What stood there before, ...
        found: ... and after.
    """

    number: int
    at: list[str]
    before: list[list[str]]
    error: BaseException | None
    sandbox: Path
    target: Path
    old: State
    found: State

    @property
    def is_committed(self) -> bool:
        return is_committed(self.before, self.target)

    def __repr__(self) -> str:
        return f"call {self.number}, {self.at}, after {self.before[-1:]}"


def attempts(
    scenario: Scenario,
    folder: Path,
    act: Callable[[Calls], None],
    names: frozenset[str] = EVERY,
    *,
    lasting: bool = False,
) -> Iterator[Attempt]:
    """Break a change at its first call, its second, ... ; ends with the one that got through."""
    sandbox = None
    for number in itertools.count(1):
        if sandbox is None:
            sandbox = folder / str(number)
            target = scenario.made_in(sandbox)
            old = state(sandbox)
        calls = Calls(number, act, names, lasting)
        error: BaseException | None = None
        try:
            with scenario.surroundings(), calls.watched():
                transaction.apply(target, scenario.change)
        except BaseException as raised:  # noqa: BLE001 - each test has its own idea of which
            error = raised
        if not calls.reached:
            assert error is None
            return
        found = state(sandbox)
        before = calls.made[: number - 1]
        yield Attempt(number, calls.broken, before, error, sandbox, target, old, found)
        if lasting or found != old:
            sandbox = None


def is_committed(made: list[list[str]], target: Path) -> bool:
    """Whether the calls went past the point after which the new tree stands."""
    return any(
        (call[0] in ("rename", "replace") and call[2] == str(target))
        or (call[0] == "unlink" and call[1].endswith(f"/{JOURNAL}"))
        for call in made
    )


# An error at every call
# ---------------------------------------------------------------------------


@scenarios
def test_a_full_disk_at_any_call_changes_nothing(scenario: Scenario, tmp_path: Path) -> None:
    new = files(scenario.result_in(tmp_path / "new"))
    seen = 0
    for attempt in attempts(scenario, tmp_path, raising(full()), WRITING):
        if attempt.error is None:
            # What failed has another way, or is tidying up.
            assert files(without_staging(attempt.found)) == new, attempt
            continue
        assert isinstance(attempt.error, ExporterError), attempt
        assert "No space left on device" in attempt.error.what
        assert attempt.error.hint == "nothing was changed"
        assert attempt.found == attempt.old, attempt
        seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, KeyboardInterrupt) for name in SCENARIOS] + [("export", StrangeError)],
)
@pytest.mark.slow
def test_an_interrupt_at_any_call_leaves_the_old_tree_or_the_new(
    name: str, kind: type[BaseException], tmp_path: Path
) -> None:
    new = files(SCENARIOS[name].result_in(tmp_path / "new"))
    # Every call where it is a question of which line is interrupted, elsewhere of what is on disk.
    names = EVERY if name == "export" else WRITING
    for attempt in attempts(SCENARIOS[name], tmp_path, raising(kind()), names):
        assert isinstance(attempt.error, kind), attempt
        if attempt.is_committed:
            assert files(without_staging(attempt.found)) == new, attempt
        else:
            assert attempt.found == attempt.old, attempt


@pytest.mark.parametrize("name", ["export", "symlinked files"])
def test_a_disk_that_fails_for_good_is_mended_by_the_next_run(name: str, tmp_path: Path) -> None:
    """From the n-th call on nothing can be written, so undoing fails too."""
    scenario = SCENARIOS[name]
    new = scenario.result_in(tmp_path / "new")
    dead = raising(OSError(errno.EROFS, "gone"))
    for attempt in attempts(scenario, tmp_path, dead, WRITING, lasting=True):
        with scenario.surroundings():
            transaction.recover(attempt.target)
            found = without_staging(state(attempt.sandbox))
            assert files(found) in (files(attempt.old), files(new)), attempt
            transaction.apply(attempt.target, scenario.change)
        assert state(attempt.sandbox) == new, attempt


def test_a_signal_at_any_call_leaves_what_stood_there(tmp_path: Path) -> None:
    """Exit code 130 says that the folder is as it was."""
    # Where a script starts the tests in the background, Python finds SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    scenario = SCENARIOS["export"]
    new = files(scenario.result_in(tmp_path / "new"))

    def interrupt(_calls: Calls) -> None:
        signal.raise_signal(signal.SIGINT)

    for attempt in attempts(scenario, tmp_path, interrupt):
        assert isinstance(attempt.error, KeyboardInterrupt), attempt
        found = without_staging(attempt.found)
        # During a change a signal waits, so the last call is made although one arrives with it.
        if is_committed([*attempt.before, attempt.at], attempt.target):
            assert files(found) == new, attempt
        else:
            assert attempt.found == attempt.old, attempt


def test_a_signal_that_is_ignored_stops_nothing(tmp_path: Path) -> None:
    """As in the background of a script, where Ctrl-C is another program's matter."""
    scenario = SCENARIOS["export"]
    new = scenario.result_in(tmp_path / "new")
    target = scenario.made_in(tmp_path / "box")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        calls = Calls(1, lambda _calls: signal.raise_signal(signal.SIGINT), lasting=True)
        with calls.watched():
            transaction.apply(target, scenario.change)
    finally:
        signal.signal(signal.SIGINT, before)
    assert state(tmp_path / "box") == new


# A kill at every call
# -----------------------------------------------------------------------------


def kill_at_every_call(name: str, work: str) -> None:
    """Apply a scenario again and again, each time in a process that is killed one call later.

    Runs in a process of its own, because forking is safe only where there is a single thread.
    Leaves ``work/N/box``, and in ``work/N/calls.json`` the calls before the kill.
    """
    scenario = SCENARIOS[name]
    # Made once for each user, and not what is killed here.
    assert undo_key.signature(b"")
    for number in itertools.count(1):
        folder = Path(work) / str(number)
        target = scenario.made_in(folder / "box")
        child = os.fork()
        if child == 0:
            _apply_and_die(scenario, target, number, folder / "calls.json")
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


def _apply_and_die(scenario: Scenario, target: Path, number: int, log: Path) -> None:
    def die(calls: Calls) -> None:
        log.write_text(json.dumps(calls.made))
        os.kill(os.getpid(), signal.SIGKILL)

    calls = Calls(number, die, WRITING)
    try:
        with no_waiting_for_the_disk(), scenario.surroundings(), calls.watched():
            transaction.apply(target, scenario.change)
    except BaseException:  # noqa: BLE001 - a forked process must not return into its parent's code
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.slow
def test_after_a_kill_at_any_call_the_next_run_finds_the_old_tree_or_the_new(
    name: str, tmp_path: Path
) -> None:
    new = SCENARIOS[name].result_in(tmp_path / "new")
    SCENARIOS[name].made_in(tmp_path / "old")
    old = state(tmp_path / "old")
    call = f"from {__name__} import kill_at_every_call as k; k({name!r}, {str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", call], cwd=ROOT, check=True, timeout=120)
    for number in itertools.count(1):
        log = tmp_path / str(number) / "calls.json"
        if not log.exists():
            break
        made: list[list[str]] = json.loads(log.read_text())
        _check_killed(SCENARIOS[name], log.parent / "box", made, (old, new))
    assert number > 20  # it was killed in earnest


def _check_killed(
    scenario: Scenario, sandbox: Path, made: list[list[str]], trees: tuple[State, State]
) -> None:
    target = sandbox / scenario.target
    old, new = trees
    last = made[-1:]
    if not any(_changes_target(call, target) for call in made):
        _same(without_staging(state(sandbox)), old, last)
    expected = new if is_committed(made, target) else old
    if scenario.closed:
        # What kept the staging folder out of the parent may have ended by the next run.
        shutil.copytree(sandbox, sandbox.parent / "copy", symlinks=True)
        transaction.recover(sandbox.parent / "copy" / scenario.target)
        _same(without_staging(state(sandbox.parent / "copy")), expected, last)
    with scenario.surroundings():
        transaction.recover(target)
        _same(without_staging(state(sandbox)), expected, last)
        assert not transaction.recover(target)
        transaction.apply(target, scenario.change)
    assert state(sandbox) == new, last  # and nothing of the killed run is left


def _same(found: State, expected: State, last: list[list[str]]) -> None:
    # A killed run may leave empty folders above a target that it did not get to make, and those
    # that it emptied.
    assert files(found) == files(expected), last
    assert {path: node for path, node in found.items() if path in expected} == expected, last


def _changes_target(call: list[str], target: Path) -> bool:
    place = f"{target}/"
    moved = call[0] in ("rename", "replace") and _leads_into(f"{call[2]}/", place)
    return moved or (call[0] == "unlink" and _leads_into(call[1], place))


def test_an_undo_that_is_cut_off_at_any_call_is_finished_by_the_next(tmp_path: Path) -> None:
    scenario = SCENARIOS["export"]
    half = tmp_path / "half"
    target = scenario.made_in(half)
    old = state(half)
    with pytest.raises(StrangeError), dead_after_renames(target, 3).watched():
        transaction.apply(target, scenario.change)
    assert without_staging(state(half)) != old  # three files are new, the rest is old
    for number in itertools.count(1):
        sandbox = tmp_path / str(number)
        shutil.copytree(half, sandbox, symlinks=True)
        calls = Calls(number, raising(StrangeError()), WRITING, lasting=True)
        with calls.watched(), suppress(StrangeError):
            transaction.recover(sandbox / "infra")
        transaction.recover(sandbox / "infra")
        assert without_staging(state(sandbox)) == old, f"cut off at call {number}"
        if not calls.reached:
            break
    assert state(sandbox) == old


def test_recovering_where_nothing_happened_does_nothing(tmp_path: Path) -> None:
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    old = state(tmp_path)
    assert not transaction.recover(target)
    assert not transaction.recover(tmp_path / "never" / "was")
    assert state(tmp_path) == old


# What is kept, what is refused
# --------------------------------------------------------------------


def test_a_change_of_nothing_makes_nothing(tmp_path: Path) -> None:
    transaction.apply(tmp_path / "infra", Change({}))
    assert state(tmp_path) == {}


def test_permissions_are_kept_and_new_files_get_the_usual_ones(tmp_path: Path) -> None:
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    before = os.umask(0o027)
    try:
        transaction.apply(target, SCENARIOS["export"].change)
    finally:
        os.umask(before)
    found = state(target)
    assert found["replaced.tf"] == ("file", 0o640, b"new")
    assert found["sub/replaced.tf"] == ("file", 0o600, b"new in sub")
    assert found["added.tf"] == ("file", 0o640, b"added")
    assert found["fresh/deep"] == ("folder", 0o750, b"")


def test_what_a_person_has_there_is_kept(tmp_path: Path) -> None:
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    theirs = ("shared/backend.tf", ".terraform/terraform.tfstate", "empty", "their-link.tf")
    old = state(target)
    transaction.apply(target, SCENARIOS["export"].change)
    found = state(target)
    assert {path: found[path] for path in theirs} == {path: old[path] for path in theirs}
    assert "emptied" not in found  # held nothing but what was removed


def test_a_linked_folder_is_changed_where_it_leads(tmp_path: Path) -> None:
    real = SCENARIOS["export"].made_in(tmp_path / "real")
    link = tmp_path / "here" / "link"
    link.parent.mkdir()
    link.symlink_to(real)
    transaction.apply(link, SCENARIOS["export"].change)
    assert state(tmp_path / "real") == SCENARIOS["export"].result_in(tmp_path / "new")
    assert state(tmp_path / "here") == {"link": ("link", 0, os.fsencode(real))}


def test_a_link_to_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("infra")
    transaction.apply(tmp_path / "link", Change({"a.tf": b"a"}))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "infra" / "a.tf").read_bytes() == b"a"


def test_a_linked_file_is_replaced_and_what_it_leads_to_is_not(tmp_path: Path) -> None:
    found = SCENARIOS["symlinked files"].result_in(tmp_path / "box")
    assert found["infra/relative.tf"][::2] == ("file", b"new")
    assert found["infra/elsewhere/real.tf"][::2] == ("file", b"behind the link")


@pytest.mark.parametrize("path", ["../victim", "sub/../../victim", "{outside}/victim"])
@pytest.mark.parametrize("removing", [False, True], ids=["write", "remove"])
def test_a_path_that_leads_out_is_refused(path: str, removing: bool, tmp_path: Path) -> None:
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    outside = target.parent
    (outside / "victim").write_bytes(b"not ours")
    old = state(tmp_path)
    place = path.format(outside=outside)
    ours = {"replaced.tf": b"new"}
    change = Change(ours, (place,)) if removing else Change({**ours, place: b"new"})
    with pytest.raises((AssertionError, ExporterError)):
        transaction.apply(target, change)
    assert state(tmp_path) == old


@pytest.mark.parametrize("path", ["../victim", "{outside}/victim"])
@pytest.mark.parametrize("inside", [False, True], ids=["beside", "inside"])
def test_a_journal_that_leads_out_is_not_obeyed(path: str, inside: bool, tmp_path: Path) -> None:
    """A folder that was cloned can hold a journal that nobody's export wrote."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    victim = target.parent / "victim"
    victim.write_bytes(b"not ours")
    staging = target / f".{STAGING}" if inside else target.parent / f".infra.{STAGING}"
    journal = {"replaced": [], "created": [path.format(outside=target.parent)]}
    _put(staging, JOURNAL, json.dumps(journal).encode())
    with suppress(ExporterError):
        transaction.recover(target)
    assert victim.read_bytes() == b"not ours"


def test_a_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    """``infra/sub`` could be a link to anything."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    _put(tmp_path, "outside/replaced.tf", b"not ours")
    shutil.rmtree(target / "sub")
    (target / "sub").symlink_to(tmp_path / "outside")
    old = state(tmp_path)
    with pytest.raises(ExporterError):
        transaction.apply(target, SCENARIOS["export"].change)
    assert state(tmp_path) == old


def test_a_journal_does_not_reach_through_a_link(tmp_path: Path) -> None:
    """A clone can hold the link, the journal and the file that the journal 'puts back'."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    (tmp_path / "home").mkdir()
    (target / "home").symlink_to(tmp_path / "home")
    staging = target.parent / f".infra.{STAGING}"
    _put(staging, "old/home/.profile", b"run this")
    _put(staging, JOURNAL, b'{"replaced": ["home/.profile"], "created": []}')
    with suppress(ExporterError):
        transaction.recover(target)
    assert state(tmp_path / "home") == {}


def test_a_staging_folder_that_is_a_link_is_not_emptied(tmp_path: Path) -> None:
    """Where others may write too (``/tmp``), it could lead to anything."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    _put(tmp_path, "precious/thesis.txt", b"the only copy")
    (target.parent / f".infra.{STAGING}").symlink_to(tmp_path / "precious")
    with suppress(ExporterError):
        transaction.apply(target, SCENARIOS["export"].change)
    assert (tmp_path / "precious/thesis.txt").read_bytes() == b"the only copy"


def test_a_broken_journal_is_said_plainly(tmp_path: Path) -> None:
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    old = state(target)
    _put(target.parent / f".infra.{STAGING}", JOURNAL, b'{"replaced": [')
    with pytest.raises(ExporterError):
        transaction.recover(target)
    assert state(target) == old


def test_a_file_where_a_folder_has_to_be_is_no_dead_end(tmp_path: Path) -> None:
    """Neither this change nor the next may end half done because of it."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    _put(target, "fresh", b"a person's file, where a folder has to be")
    old = state(tmp_path)
    with pytest.raises(ExporterError):
        transaction.apply(target, SCENARIOS["export"].change)
    assert not transaction.recover(target)
    assert state(tmp_path) == old


def test_a_folder_where_a_file_has_to_be_changes_nothing(tmp_path: Path) -> None:
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    (target / "added.tf").mkdir()
    old = state(tmp_path)
    with pytest.raises(ExporterError):
        transaction.apply(target, SCENARIOS["export"].change)
    assert state(tmp_path) == old


def test_what_a_person_did_after_a_kill_is_not_undone(tmp_path: Path) -> None:
    """Days can lie between a killed run and the next."""
    scenario = SCENARIOS["export"]
    target = scenario.made_in(tmp_path / "box")
    dead = dead_after_renames(target, len(scenario.write))
    with pytest.raises(StrangeError), dead.watched():
        transaction.apply(target, scenario.change)
    _put(target, "replaced.tf", b"edited by a person")
    _put(target, "added.tf", b"edited by a person")
    with suppress(ExporterError):
        transaction.recover(target)
    assert (target / "replaced.tf").read_bytes() == b"edited by a person"
    assert (target / "added.tf").read_bytes() == b"edited by a person"


def test_a_write_that_takes_only_some_bytes_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    transaction.apply(tmp_path / "infra", Change({"a.tf": b"more than three"}))
    transaction.write_file(tmp_path / "s.json", b"more than three")
    assert (tmp_path / "infra/a.tf").read_bytes() == b"more than three"
    assert (tmp_path / "s.json").read_bytes() == b"more than three"


def test_files_are_on_disk_before_the_first_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut right after the rename leaves empty files."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    calls = Calls(0, raising(AssertionError()))
    with calls.watched():
        transaction.apply(target, SCENARIOS["export"].change)
    names = [call[0] for call in calls.made]
    first = names.index("replace")
    assert names[:first].count("fsync") == len(_NEW) + 1  # the journal is the other one
    assert "fsync" not in names[first:]


def test_nothing_is_made_beside_a_folder_whose_parent_is_closed(tmp_path: Path) -> None:
    scenario = SCENARIOS["export in a closed folder"]
    target = scenario.made_in(tmp_path / "box")
    calls = Calls(0, raising(AssertionError()))
    with scenario.surroundings(), calls.watched():
        transaction.apply(target, scenario.change)
    made = {call[1] for call in calls.made if call[0] in ("mkdir", "open")}
    assert str(target / f".{STAGING}") in made
    key = os.environ["XDG_STATE_HOME"]
    beside = {p for p in made if p.startswith("/") and str(target) not in p and key not in p}
    assert beside <= {str(target.parent)}  # which is there already


def test_without_hard_links_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every file system has them."""

    def none(*_arguments: object, **_options: object) -> None:
        raise PermissionError(errno.EPERM, "no hard links here")

    new = SCENARIOS["export"].result_in(tmp_path / "new")
    monkeypatch.setattr(os, "link", none)
    assert SCENARIOS["export"].result_in(tmp_path / "copied") == new
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    old = state(tmp_path / "box")
    last = [c for c in _replaces(tmp_path / "count", None) if STAGING not in c][-1]
    with pytest.raises(StrangeError):
        _replaces(tmp_path / "box", Path(last).name)
    assert target.is_dir()
    assert state(tmp_path / "box") == old


def _replaces(sandbox: Path, fail_at: str | None) -> list[str]:
    """Apply the scenario, failing at the rename to a name; gives where renames led."""
    scenario = SCENARIOS["export"]
    target = sandbox / "infra" if sandbox.exists() else scenario.made_in(sandbox)
    led: list[str] = []
    real = os.replace

    def replace(source: Path, place: Path) -> None:
        if Path(place).name == fail_at and STAGING not in str(place) and led[-1:] != ["failed"]:
            led.append("failed")
            raise StrangeError
        led.append(str(place))
        real(source, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", replace)
        transaction.apply(target, scenario.change)
    return led


# Two at once
# --------------------------------------------------------------------------------------

_HOLDING = """
import os, sys
from pathlib import Path
from exporter.support import transaction, undo_key

really = os.fsync
def fsync(descriptor):
    os.fsync = really
    print("in the middle", flush=True)
    sys.stdin.readline()
    really(descriptor)
os.fsync = fsync
transaction.apply(Path(sys.argv[1]), transaction.Change({"theirs.tf": b"theirs"}))
"""


@contextmanager
def another_process_writing(target: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that has begun a change there and goes on when it is told to."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDING, str(target)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "in the middle\n"
            yield process
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("exists", [True, False])
def test_of_two_at_once_the_second_is_told(exists: bool, tmp_path: Path) -> None:
    target = tmp_path / "infra"
    if exists:
        _put(target, "a.tf", b"old")
    with another_process_writing(target) as process:
        with pytest.raises(ExporterError, match="another export is writing to it"):
            transaction.apply(target, Change({"ours.tf": b"ours"}))
        process.communicate("go on\n", timeout=60)
        assert process.returncode == 0
    assert (target / "theirs.tf").read_bytes() == b"theirs"
    assert not (target / "ours.tf").exists()
    transaction.apply(target, Change({"ours.tf": b"ours"}))
    assert not staged(state(tmp_path))


def test_a_change_that_is_going_on_is_not_undone(tmp_path: Path) -> None:
    """A journal there can be another process's that has not finished."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    staging = target.parent / f".infra.{STAGING}"
    _put(staging, JOURNAL, b'{"replaced": [], "created": ["replaced.tf"]}')
    descriptor = os.open(staging, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(ExporterError, match="another export is writing to it"):
            transaction.recover(target)
    finally:
        os.close(descriptor)
    assert (target / "replaced.tf").exists()


def test_a_staging_folder_made_anew_between_opening_and_locking_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first ends and removes it, a third makes it again, and the second has the old one."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    old = state(target)
    staging = target.parent / f".infra.{STAGING}"
    lock = fcntl.flock
    theirs: list[int] = []

    def flock(descriptor: int, operation: int) -> None:
        if not theirs:
            staging.rmdir()
            staging.mkdir()
            _put(staging, "new/theirs.tf", b"theirs")
            theirs.append(os.open(staging, os.O_RDONLY))
            lock(theirs[0], fcntl.LOCK_EX)
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    try:
        with pytest.raises(ExporterError, match="another export is writing to it"):
            transaction.apply(target, SCENARIOS["export"].change)
        assert (staging / "new/theirs.tf").read_bytes() == b"theirs"
        assert state(target) == old
    finally:
        for descriptor in theirs:
            os.close(descriptor)


def test_a_staging_folder_that_another_has_just_locked_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that find none, one makes it and the other may be the first to lock it."""
    target = SCENARIOS["export"].made_in(tmp_path / "box")
    staging = target.parent / f".infra.{STAGING}"
    lock = fcntl.flock
    theirs: list[int] = []

    def flock(descriptor: int, operation: int) -> None:
        if not theirs:
            theirs.append(os.open(staging, os.O_RDONLY))
            lock(theirs[0], fcntl.LOCK_EX)
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    try:
        with pytest.raises(ExporterError, match="another export is writing to it"):
            transaction.apply(target, SCENARIOS["export"].change)
        assert staging.is_dir()
    finally:
        for descriptor in theirs:
            os.close(descriptor)


# One file
# -----------------------------------------------------------------------------------------


def test_one_file_at_every_call(tmp_path: Path) -> None:
    """A full disk or an interrupt leaves the old file, and nothing beside it."""
    for error, names in ((full(), WRITING), (KeyboardInterrupt(), EVERY)):
        for number in itertools.count(1):
            folder = tmp_path / type(error).__name__ / str(number)
            _put(folder, "s.json", b"old", 0o640)
            old = state(folder)
            calls = Calls(number, raising(error), names)
            with calls.watched(), suppress(ExporterError, KeyboardInterrupt):
                transaction.write_file(folder / "s.json", b"new")
            if not calls.reached:
                break
            assert state(folder) == old, f"{error!r} at call {number}, after {calls.made[-1:]}"
        assert state(folder) == {"s.json": ("file", 0o640, b"new")}


def kill_writing_one_file(work: str) -> None:
    """As ``kill_at_every_call``, for ``write_file``."""
    for number in itertools.count(1):
        folder = Path(work) / str(number)
        _put(folder, "s.json", b"old")
        child = os.fork()
        if child == 0:
            die = Calls(number, lambda _calls: os.kill(os.getpid(), signal.SIGKILL), WRITING)
            with die.watched():
                transaction.write_file(folder / "s.json", b"new")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


@pytest.mark.slow
def test_one_file_after_a_kill_at_every_call(tmp_path: Path) -> None:
    call = f"from {__name__} import kill_writing_one_file as k; k({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", call], cwd=ROOT, check=True, timeout=120)
    runs = sorted(tmp_path.iterdir(), key=lambda folder: int(folder.name))
    found = [(folder / "s.json").read_bytes() for folder in runs]
    assert len(found) > 5
    assert found == sorted(found, reverse=True)  # old up to one call, new from there on
    assert set(found) == {b"old", b"new"}


def test_one_file_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    _put(tmp_path, "real/s.json", b"old", 0o600)
    (tmp_path / "s.json").symlink_to("real/s.json")
    transaction.write_file(tmp_path / "s.json", b"new")
    assert (tmp_path / "s.json").is_symlink()
    assert state(tmp_path / "real") == {"s.json": ("file", 0o600, b"new")}


def test_one_new_file_gets_the_usual_permissions(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        transaction.write_file(tmp_path / "s.json", b"new")
    finally:
        os.umask(before)
    assert state(tmp_path) == {"s.json": ("file", 0o644, b"new")}


@pytest.mark.parametrize("path", ["folder", "missing/s.json", "file/s.json"])
def test_one_file_where_none_can_be(path: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"a file")
    old = state(tmp_path)
    with pytest.raises(ExporterError):
        transaction.write_file(tmp_path / path, b"new")
    assert state(tmp_path) == old


def test_what_is_no_regular_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    """As root, ``--out /dev/null`` would take the device away from the whole system."""
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)  # so that writing may succeed
    try:
        with suppress(ExporterError):
            transaction.write_file(tmp_path / "pipe", b"new")
        assert (tmp_path / "pipe").is_fifo()
    finally:
        os.close(reader)
