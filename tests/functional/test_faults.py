"""Through faults: the whole result, or an exact list of what is missing; never a shorter one.

Every run is of a seed (``tests.faulty``). A run that is partial is then resumed without faults, and
has to give the very bytes of a run that never met one.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from exporter.aws import rate_limit, session
from exporter.aws.action_queue import ActionQueue
from tests import faulty
from tests.fakes import Answer, plain_set
from tests.faulty import BY_CHANCE, CALLER, FaultyAws, Place, Sets, World, stormy
from tests.support import IS_LONG, Ran, ses2iac

pytestmark = pytest.mark.slow

Capsys = pytest.CaptureFixture[str]
Env = pytest.MonkeyPatch
Names = set[tuple[str, str, str]]
"""Account, region and set; an empty set is all of a region."""

HERE, THERE = (CALLER, "eu-west-1"), (CALLER, "us-east-1")
SEEDS = 68 if IS_LONG else 20
"""Runs at each rate."""


@pytest.fixture(scope="module")
def aws() -> Iterator[FaultyAws]:
    with FaultyAws() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: Env) -> None:
    """Nobody waits: what is tested is what comes out, and not when."""

    def hasty(**options: Any) -> Config:
        return Config(**{**options, "read_timeout": 0.4})

    monkeypatch.setattr(session, "Config", hasty)
    monkeypatch.setattr(rate_limit, "_SLOWEST", 0.004)


class Desk:
    """A folder, and a world to read into a file there."""

    def __init__(self, aws: FaultyAws, monkeypatch: Env, capsys: Capsys, folder: Path) -> None:
        self._aws = aws
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        folder.mkdir(exist_ok=True)
        self.out = folder / "out.json"
        self.partial = folder / "out.json.partial"

    def snapshot(self, world: World, *options: str, attempts: int = 3) -> Ran:
        """Run the command."""
        for name, value in self._aws.enter(world).items():
            self._monkeypatch.setenv(name, value)
        self._monkeypatch.setenv("AWS_MAX_ATTEMPTS", str(attempts))
        regions = sorted({region for _, region in world.sets})
        named = [] if "--all-regions" in options else [f"--region={name}" for name in regions]
        return ses2iac(self._capsys, "snapshot", f"--out={self.out}", *named, *options)

    def whole(self, world: World) -> bytes:
        """The fault-free result, which is left nowhere."""
        ran = self.snapshot(World(world.sets, page_size=world.page_size))
        assert (ran.code, self.partial.exists()) == (0, False), ran.err
        data = self.out.read_bytes()
        self.out.unlink()
        return data


@pytest.fixture
def desk(aws: FaultyAws, monkeypatch: Env, capsys: Capsys, tmp_path: Path) -> Desk:
    return Desk(aws, monkeypatch, capsys, tmp_path)


def sets(number: int, first: str = "a") -> Sets:
    return {f"{first}{n}": plain_set(*(f"d{d}" for d in range(n % 3))) for n in range(number)}


def held(data: bytes) -> dict[tuple[str, str, str], Any]:
    """The sets of a snapshot."""
    return {
        (scope["AccountId"], scope["Region"], found["ConfigurationSetName"]): found
        for scope in json.loads(data)["Scopes"]
        for found in scope["ConfigurationSets"]
    }


def entries(path: Path) -> list[dict[str, Any]]:
    """What the lines of a partial file say."""
    return [json.loads(line.partition(" ")[2]) for line in path.read_text().splitlines()]


def said_missing(err: str) -> list[str]:
    """What stderr lists as not read; where several share a reason, one line names all of them."""
    found: list[str] = []
    for line in err.splitlines():
        if line.startswith("  hint: "):
            continue
        if line.startswith("  "):
            # Of a place, the reason stands in the table's next column.
            found.append(re.split("  +", line.strip())[0])
        elif many := re.match(
            r"warning: (?:(account .*?): )?\d+ configuration sets: not read: .*: (.*)", line
        ):
            place = f"{many[1]}: " if many[1] else ""
            found += [f"{place}{name}" for name in many[2].split(", ")]
        elif one := re.match(r"warning: (.*?): not read: ", line):
            found.append(one[1])
    return found


def named(what: str, world: World) -> tuple[str, str, str]:
    """What a list of the missing means by its words."""
    if found := re.fullmatch(r"account (\d+), region ([a-z0-9-]+)(?:: (.*))?", what):
        return found[1], found[2], found[3] or ""
    ((account, region),) = world.sets
    return account, region, what


def check_partial(desk: Desk, ran: Ran, world: World, whole: bytes) -> None:
    """The result and what is missing are together all there is, and have nothing in common."""
    rows = entries(desk.partial)[-1]
    assert rows["Kind"] == "ended"
    listed = [row["What"] for row in rows["Missing"]]
    assert sorted(listed) == sorted(said_missing(ran.err))
    missing = {named(what, world) for what in listed}
    assert missing
    everything, result = held(whole), held(desk.out.read_bytes())
    absent = {key for key in everything if key in missing or (*key[:2], "") in missing}
    assert result == {key: found for key, found in everything.items() if key not in absent}
    assert not {key for key in missing if key[2]} - everything.keys()
    assert f"partial: {counted(missing)} could not be read" in ran.err


def counted(missing: Names) -> str:
    places = sum(not name for *_, name in missing)
    alone = len(missing) - places
    parts = [f"{alone} configuration set{'s' * (alone != 1)}"] if alone else []
    shown = "account and region" if places == 1 else "accounts and regions"
    return " and ".join(parts + ([f"{places} {shown}"] if places else []))


def check(desk: Desk, ran: Ran, world: World, whole: bytes) -> None:
    """One run with faults; what is not whole is then resumed without any."""
    if ran.code == 0:
        assert desk.out.read_bytes() == whole
        assert said_missing(ran.err) == []
        assert not desk.partial.exists()
        return
    if ran.code == 4:
        check_partial(desk, ran, world, whole)
    else:
        assert ran.code == 1, ran.err
        assert ran.err.startswith("error: ") or "\nerror: " in ran.err
        assert "this is a fault in ses2iac" not in ran.err
        assert not desk.out.exists()
    resumed = desk.snapshot(World(world.sets, page_size=world.page_size), "--resume")
    assert resumed.code == 0, resumed.err
    assert desk.out.read_bytes() == whole
    assert not desk.partial.exists()


# Chance
# -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3])
def test_a_run_is_whole_or_says_exactly_what_is_missing(
    aws: FaultyAws,
    monkeypatch: Env,
    capsys: Capsys,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    rate: float,
) -> None:
    codes: list[int] = []
    worlds: dict[int, tuple[dict[Place, Sets], bytes]] = {}
    for seed in range(SEEDS):
        # Sizes and the number of regions take turns; the seed is what differs.
        shape = seed % 6
        desk = Desk(aws, monkeypatch, capsys, tmp_path / f"{seed}")
        if shape not in worlds:
            there = {HERE: sets(3 + shape % 4)} | ({THERE: sets(4, "b")} if shape > 3 else {})
            worlds[shape] = there, desk.whole(World(there))
        there, whole = worlds[shape]
        world = World(there, stormy(seed, rate))
        ran = desk.snapshot(world, attempts=3 + 3 * (seed % 2))
        codes.append(ran.code)
        try:
            check(desk, ran, world, whole)
        except AssertionError as error:
            error.add_note(f"seed {seed} at rate {rate}: exit {ran.code}\n{ran.err}")
            raise
    record_property("exit codes", str(Counter(map(int, codes))))
    assert len(codes) == SEEDS
    # Faults that are always mended, or never, would show nothing of the other kind.
    assert 0 in codes
    assert rate < 0.3 or 4 in codes


@pytest.mark.parametrize("kind", BY_CHANCE)
@pytest.mark.parametrize("action", [faulty.LIST, faulty.OPTIONS, faulty.DESTINATIONS])
def test_one_fault_of_each_kind_costs_nothing(desk: Desk, kind: str, action: str) -> None:
    """The first answer of the action is bad, the next one right."""
    there = {HERE: sets(3)}
    whole = desk.whole(World(there))
    ran = desk.snapshot(World(there, once(action, kind)))
    assert (ran.code, desk.out.read_bytes()) == (0, whole)
    assert ran.err.startswith(f"wrote {desk.out}: ")


def once(action: str, kind: str) -> faulty.Weather:
    """A fault for the first call of an action."""
    left = [kind]
    lock = threading.Lock()

    def weather(call: faulty.Call) -> str | None:
        with lock:
            return left.pop() if call.action == action and left else None

    return weather


def always(kind: str, **about: str) -> faulty.Weather:
    """A fault for every call that is about this."""
    return lambda call: kind if all(getattr(call, k) == v for k, v in about.items()) else None


@pytest.mark.parametrize("kind", [*BY_CHANCE, "denied"])
@pytest.mark.parametrize("action", [faulty.OPTIONS, faulty.DESTINATIONS])
def test_a_set_that_always_fails_is_listed(desk: Desk, kind: str, action: str) -> None:
    there = {HERE: sets(4)}
    whole = desk.whole(World(there))
    world = World(there, always(kind, action=action, about="a2"))
    ran = desk.snapshot(world)
    assert (ran.code, said_missing(ran.err)) == (4, ["a2"])
    check(desk, ran, world, whole)


@pytest.mark.parametrize("kind", [*BY_CHANCE, "denied", "expired", "rejected"])
def test_a_region_that_always_fails_is_listed(desk: Desk, kind: str) -> None:
    there = {HERE: sets(3), THERE: sets(3, "b")}
    whole = desk.whole(World(there))
    world = World(there, always(kind, region=THERE[1], action=faulty.LIST))
    ran = desk.snapshot(world)
    assert (ran.code, said_missing(ran.err)) == (4, [f"account {CALLER}, region {THERE[1]}"])
    check(desk, ran, world, whole)


@pytest.mark.parametrize("kind", ["500", "denied", "expired"])
def test_where_nothing_can_be_read_nothing_is_written(desk: Desk, kind: str) -> None:
    there = {HERE: sets(3), THERE: sets(3, "b")}
    desk.out.write_text("what was there")
    ran = desk.snapshot(World(there, always(kind, action=faulty.OPTIONS)))
    assert (ran.code, desk.out.read_text()) == (1, "what was there")
    assert "none of 2 accounts and regions could be read" in ran.err
    assert not desk.partial.exists()


@pytest.mark.parametrize("after", range(2, 18, 2))
def test_a_token_that_expires_on_the_way(desk: Desk, after: int) -> None:
    """The listing, or what was not read by then, fails at once; the rest stays."""
    there = {HERE: sets(6)}
    whole = desk.whole(World(there))
    world = World(there, expires_after=after)
    ran = desk.snapshot(world)
    # Identity, three pages, and two calls for each of six sets, which are whole by pairs.
    assert ran.code in ({1} if after < 6 else {0} if after >= 16 else {1, 4})
    assert ran.code == 0 or "the credentials have expired" in ran.err
    check(desk, ran, world, whole)


# The account changes meanwhile
# -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_a_set_that_is_deleted_and_one_that_is_made_meanwhile(desk: Desk, rate: float) -> None:
    for seed in range(1 if rate == 0 else 10):
        there = sets(6)
        left = {name: found for name, found in there.items() if name != "a4"}
        whole = desk.whole(World({HERE: left}))
        world = World({HERE: there}, stormy(seed, rate))

        def change(call: faulty.Call, there: Sets = there) -> None:
            # Everything is listed by then, and the set is not read yet, or at most by one call.
            if call.action == faulty.OPTIONS:
                there.pop("a4", None)
                there.setdefault("zz", plain_set("new"))

        world.before = change
        ran = desk.snapshot(world, attempts=6)
        if ran.code == 0:
            assert desk.out.read_bytes() == whole
            assert "note: a4: deleted while it was being read; skipped\n" in ran.err
        elif ran.code == 4:
            assert not held(desk.out.read_bytes()).keys() - held(whole).keys()
        if ran.code:
            assert desk.snapshot(World(world.sets), "--resume").code == 0
            names = {name for *_, name in held(desk.out.read_bytes())}
            assert names == {*left, "zz"}
        desk.out.unlink()


def test_pages_that_go_in_a_circle_end(desk: Desk) -> None:
    there = {HERE: sets(5), THERE: sets(2, "b")}
    world = World(there)
    right = world.answer

    def circling(call: faulty.Call, asked: dict[str, str]) -> Any:
        answer = right(call, asked)
        if call.action != faulty.LIST or call.region != HERE[1]:
            return answer
        return Answer(200, answer.body.replace(b'"NextToken": "4"', b'"NextToken": "2"'))

    world.answer = circling  # type: ignore[assignment,method-assign]
    ran = desk.snapshot(world)
    assert (ran.code, said_missing(ran.err)) == (4, [f"account {CALLER}, region {HERE[1]}"])
    assert "the same pages over and over" in ran.err
    assert sum(call.action == faulty.LIST for call in world.calls) == 3


def test_a_deleted_set_is_not_why_the_others_are_missing(desk: Desk, monkeypatch: Env) -> None:
    """Two answers of one action at once: expired, and a set that was deleted.

    Whoever is heard first, the sets that were not read are not taken for deleted.
    """
    there = {HERE: sets(40)}
    heard = threading.Event()
    end, listen = ActionQueue.end, ActionQueue._response

    def end_late(queue: ActionQueue) -> None:
        end(queue)
        heard.wait(5)

    def answer(queue: ActionQueue, name: str) -> Any:
        found = listen(queue, name)
        if isinstance(found, Exception) and "NotFound" in str(found):
            threading.Timer(0.2, heard.set).start()
        return found

    monkeypatch.setattr(ActionQueue, "end", end_late)
    monkeypatch.setattr(ActionQueue, "_response", answer)
    gate = threading.Barrier(2)
    faults = {"a28": "expired", "a29": "gone"}

    def weather(call: faulty.Call) -> str | None:
        kind = faults.get(call.about) if call.action == faulty.OPTIONS else None
        if kind is None:
            return None
        gate.wait(10)
        if kind == "gone":
            # The other one has ended the queue by now, and is not heard of yet.
            threading.Event().wait(0.2)
        return kind

    world = World(there, weather, page_size=100)
    ran = desk.snapshot(world)
    assert ran.code == 4
    assert "the credentials have expired" in ran.err
    assert ran.err.count("deleted while it was being read") <= 1


# Going on
# -------------------------------------------------------------------------------------------------


def test_only_what_failed_is_called_for_again(desk: Desk) -> None:
    there = {HERE: sets(5), THERE: sets(3, "b")}
    whole = desk.whole(World(there))
    ran = desk.snapshot(World(there, always("500", about="a3")))
    assert ran.code == 4
    again = World(there)
    ran = desk.snapshot(again, "--retry-failed")
    assert (ran.code, desk.out.read_bytes(), desk.partial.exists()) == (0, whole, False)
    # The other region is whole and costs no call; of this one the listing and one set.
    assert {(c.action, c.region, c.about) for c in again.calls if c.action != faulty.IDENTITY} == {
        *((faulty.LIST, HERE[1], token) for token in ("", "2", "4")),
        (faulty.OPTIONS, HERE[1], "a3"),
        (faulty.DESTINATIONS, HERE[1], "a3"),
    }
    assert again.counted == {
        faulty.IDENTITY: 1,
        faulty.LIST: 3,
        faulty.OPTIONS: 1,
        faulty.DESTINATIONS: 1,
    }


def test_what_fails_again_is_still_missing(desk: Desk) -> None:
    there = {HERE: sets(5)}
    for options in ((), ("--retry-failed",), ("--resume",)):
        ran = desk.snapshot(World(there, always("500", about="a3")), *options)
        assert (ran.code, said_missing(ran.err)) == (4, ["a3"])
    kinds = [entry["Kind"] for entry in entries(desk.partial)]
    assert kinds == ["begun", *["read"] * 4, *["ended"] * 3]


def test_nothing_failed_where_there_is_no_partial_file(desk: Desk) -> None:
    ran = desk.snapshot(World({HERE: sets(1)}), "--retry-failed")
    assert ran.code == 1
    assert "so there is nothing to retry" in ran.err
    assert not desk.out.exists()


def test_resume_without_a_partial_file_reads_all(desk: Desk) -> None:
    ran = desk.snapshot(World({HERE: sets(1)}), "--resume")
    assert ran.code == 0
    assert ran.err.startswith(f"note: no {desk.partial}; reading from the start\n")


def test_another_selection_is_refused(desk: Desk) -> None:
    there = {HERE: sets(5)}
    desk.snapshot(World(there, always("500", about="a3")), "--include=a*")
    before = desk.partial.read_bytes()
    for options in ([], ["--include=a1"], ["--include=a*", "--exclude=a1"]):
        world = World(there)
        ran = desk.snapshot(world, "--resume", *options)
        assert (ran.code, world.calls) == (2, [])
        assert "was read with --include a*" in ran.err
        assert desk.partial.read_bytes() == before
    assert desk.snapshot(World(there), "--resume", "--include=a*").code == 0


# A damaged file
# -------------------------------------------------------------------------------------------------


def test_a_damaged_file_is_refused_and_left(desk: Desk) -> None:
    there = {HERE: sets(5)}
    desk.snapshot(World(there, always("500", about="a3")))
    whole_lines = desk.partial.read_bytes()
    desk.out.unlink()
    for damaged in (
        whole_lines.replace(b"ReputationMetricsEnabled", b"ReputationMetricsEnabIed", 1),
        whole_lines[10:],
        b"\n" + whole_lines,
        b"not ours\n",
    ):
        desk.partial.write_bytes(damaged)
        for option in ("--resume", "--retry-failed"):
            world = World(there)
            ran = desk.snapshot(world, option)
            assert (ran.code, world.calls, desk.out.exists()) == (1, [], False)
            assert "damaged: its content isn't what ses2iac wrote" in ran.err
            assert desk.partial.read_bytes() == damaged
    assert desk.snapshot(World(there)).code == 0
    assert not desk.partial.exists()


# A folder that does not take the file
# -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--resume",)])
def test_what_is_in_the_way_of_the_partial_file_is_said(
    desk: Desk, options: tuple[str, ...]
) -> None:
    desk.partial.mkdir()
    world = World({HERE: sets(1)})
    ran = desk.snapshot(world, *options)
    assert (ran.code, world.calls) == (1, [])
    assert ran.err.startswith(f"error: {desk.partial}: cannot be ")
    assert "fault in ses2iac" not in ran.err


def test_a_folder_that_is_a_file_is_said(desk: Desk) -> None:
    desk.out.parent.joinpath("file").write_text("")
    desk.out = desk.out.parent / "file" / "out.json"
    ran = desk.snapshot(World({HERE: sets(1)}))
    assert ran.code == 1
    assert "Not a directory" in ran.err
    assert "fault in ses2iac" not in ran.err
