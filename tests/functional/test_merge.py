"""``ses2iac merge``: snapshots that were taken apart become one file."""

import io
import json
from itertools import permutations
from pathlib import Path

import pytest

from tests.functional.snapshots import Desk, configuration_set, orders, scope, snapshot_file
from tests.support import SAMPLES, load_snapshot, tree

OTHER = "210987654321"


@pytest.fixture
def desk(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(capsys, tmp_path)


def fleet(folder: Path) -> list[str]:
    """Three snapshots of two accounts, two of which share a scope."""
    snapshot_file(folder / "a.json", orders(), scope(region="us-east-1"))
    snapshot_file(folder / "b.json", scope(configuration_set("mail"), account=OTHER), orders())
    snapshot_file(folder / "c.json", scope(configuration_set("x"), region="eu-west-2"))
    return ["a.json", "b.json", "c.json"]


def test_what_is_written_and_said(desk: Desk) -> None:
    ran = desk.run("merge", *fleet(desk.folder), "--out", "all.json")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "wrote all.json: 3 configuration sets in 2 accounts and 3 regions\n"
    whole = load_snapshot(desk.folder / "all.json")
    assert [(found.account_id, found.region) for found in whole.scopes] == [
        ("123456789012", "eu-west-1"),
        ("123456789012", "eu-west-2"),
        ("123456789012", "us-east-1"),
        (OTHER, "eu-west-1"),
    ]


def test_quiet_says_nothing(desk: Desk) -> None:
    ran = desk.run("merge", "-q", *fleet(desk.folder), "--out", "all.json")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_any_order_gives_the_same_bytes_on_stdout_and_in_a_file(desk: Desk) -> None:
    files = fleet(desk.folder)
    printed = {desk.run("merge", *order, "--out", "-").out for order in permutations(files)}
    desk.run("merge", *files, files[0], "--out", "all.json")
    assert printed == {(desk.folder / "all.json").read_text(encoding="utf-8")}


def test_the_whole_is_what_snapshot_writes_of_it(desk: Desk) -> None:
    files = fleet(desk.folder)
    desk.run("merge", *files, "--out", "all.json")
    assert desk.run("snapshot", "--from", "all.json", "--out", "again.json").code == 0
    assert (desk.folder / "again.json").read_bytes() == (desk.folder / "all.json").read_bytes()
    desk.run("merge", "all.json", *files, "--out", "again.json")
    assert (desk.folder / "again.json").read_bytes() == (desk.folder / "all.json").read_bytes()


def test_one_of_the_files_may_be_the_output(desk: Desk) -> None:
    desk.run("merge", *fleet(desk.folder), "--out", "all.json")
    expected = (desk.folder / "all.json").read_bytes()
    desk.run("merge", "a.json", "b.json", "--out", "a.json")
    ran = desk.run("merge", "a.json", "c.json", "--out", "a.json")
    assert ran.code == 0
    assert (desk.folder / "a.json").read_bytes() == expected


def test_standard_input(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    files = fleet(desk.folder)
    expected = desk.run("merge", *files, "--out", "-").out
    data = (desk.folder / files[1]).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert desk.run("merge", files[0], "-", files[2], "--out", "-").out == expected


def test_fields_that_nobody_knows_survive(desk: Desk) -> None:
    new = {**orders(), "NewOfScope": {"b": [1, None]}}
    new["ConfigurationSets"][0]["NewOptions"] = {"Deep": {"a": 1.50}}
    whole = {"FormatVersion": 1, "NewOfFile": "x", "Scopes": [new]}
    (desk.folder / "new.json").write_text(json.dumps(whole), encoding="utf-8")
    snapshot_file(desk.folder / "other.json", scope(configuration_set("x"), account=OTHER))
    merged = json.loads(desk.run("merge", "new.json", "other.json", "--out", "-").out)
    assert merged["NewOfFile"] == "x"
    assert merged["Scopes"][0]["NewOfScope"] == {"b": [1, None]}
    assert merged["Scopes"][0]["ConfigurationSets"][0]["NewOptions"] == {"Deep": {"a": 1.5}}


def test_a_contradiction_names_what_changed(desk: Desk) -> None:
    shop, drifted = SAMPLES / "shop/snapshot.json", SAMPLES / "shop/drifted.json"
    (desk.folder / "now.json").write_bytes(drifted.read_bytes())
    (desk.folder / "then.json").write_bytes(shop.read_bytes())
    (desk.folder / "out.json").write_text("mine")
    before = tree(desk.folder)
    ran = desk.run("merge", "then.json", "now.json", "--out", "out.json")
    assert ran.code == 1
    where = "  account 123456789012, region eu-west-1: configuration set"
    assert ran.err.splitlines()[1:-1] == [
        f"{where} newsletter differs between now.json and then.json",
        f"{where} order-confirmations differs between now.json and then.json",
        f"{where} test-by-hand is in now.json, not in then.json",
    ]
    assert tree(desk.folder) == before


@pytest.mark.parametrize("files", [(), ("a.json",)], ids=["none", "one"])
def test_too_few(desk: Desk, files: tuple[str, ...]) -> None:
    fleet(desk.folder)
    ran = desk.run("merge", *files, "--out", "all.json")
    assert ran.code == 2
    said = "merge needs two or more snapshots" if files else "FILE... is missing"
    assert ran.err.startswith(f"error: {said}\n")


def test_a_hostile_name_is_shown_escaped(desk: Desk) -> None:
    name = "\x1b[31mred"
    snapshot_file(desk.folder / "a.json", scope(configuration_set(name)))
    snapshot_file(desk.folder / "b.json", scope())
    ran = desk.run("merge", "a.json", "b.json", "--out", "-")
    assert ran.code == 1
    assert r"\x1b[31mred" in ran.err
    assert "\x1b" not in ran.err
