"""A snapshot says which part of the account it is."""

import json
from pathlib import Path

from tests.functional.snapshots import Desk, Json, configuration_set, orders, scope, snapshot_file


def part(desk: Desk, of: str, *options: str) -> str:
    file = str(desk.folder / "part.json")
    assert desk.run("snapshot", "--from", of, "--out", file, *options).code == 0
    return file


def selection(file: str) -> Json | None:
    document = json.loads(Path(file).read_text(encoding="utf-8"))
    found: Json | None = document["Scopes"][0].get("Selection")
    return found


def test_it_records_the_selection_that_made_it(desk: Desk) -> None:
    whole = snapshot_file(
        desk.folder / "whole.json",
        scope(configuration_set("news"), orders()["ConfigurationSets"][0]),
    )
    assert selection(part(desk, whole)) is None
    file = part(desk, whole, "--include", "o*", "--exclude", "x")
    assert selection(file) == {"Include": ["o*"], "Exclude": ["x"]}
    ran = desk.run("scan", "--from", file)
    assert f"note: {file}: incomplete: made with --include o* --exclude x\n" in ran.err
    again = part(desk, file, "--exclude", "*/more")
    assert selection(again) == {"Include": ["o*"], "Exclude": ["x", "*/more"]}


def test_a_part_does_not_look_like_another_account(desk: Desk) -> None:
    """None of the earlier sets is in it, as somebody selected others."""
    before = scope(configuration_set("news"), configuration_set("offers"))
    desk.export(before)
    both = scope(*before["ConfigurationSets"], configuration_set("orders"))
    whole = snapshot_file(desk.folder / "whole.json", both)
    file = part(desk, whole, "--include", "orders")
    ran = desk.run("export", "terraform", "--from", file, "--out", str(desk.out))
    assert ran.code == 0
    assert "not proven to be gone from SES: news, offers." in ran.err
    assert desk.read("removed.tf").count("destroy = false") == 2


def test_two_parts_of_one_account_do_not_merge(desk: Desk) -> None:
    whole = snapshot_file(desk.folder / "whole.json", orders())
    file = part(desk, whole, "--include", "*")
    merged = desk.run("merge", whole, file, "--out", str(desk.folder / "m.json"))
    assert merged.code == 1
    assert "field Selection" in merged.err
