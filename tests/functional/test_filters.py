"""Patterns on tags and targets, and ``--unmanaged-by``, through the command line."""

import json
from pathlib import Path

import pytest

from tests.fakes import IDENTITY, LIST, plain_set
from tests.functional.snapshots import (
    ACCOUNT,
    Desk,
    configuration_set,
    destination,
    raw_answer,
    scope,
    snapshot_file,
)
from tests.functional.test_live_reader import account, names, scope_of
from tests.support import ses2iac, tree
from tests.unit.test_assembly import a_destination, a_set, stack
from tests.unit.test_assembly import write as write_assembly

Capsys = pytest.CaptureFixture[str]

BUS = {
    "EventBridgeDestination": {
        "EventBusArn": "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    }
}
SHOP = scope(
    configuration_set("news", "opens", Tags=[{"Key": "team", "Value": "mail"}]),
    configuration_set("orders", "bounces", destination("bus", BUS, on=False)),
)
FORMATS = ("terraform", "cloudformation", "cdk")


def held(folder: Path) -> list[str]:
    """What an export holds, from its manifest."""
    manifest = json.loads((folder / ".ses2iac.json").read_text())
    return [
        "/".join(filter(None, (r["ConfigurationSet"], r.get("EventDestination", ""))))
        for each in manifest["Scopes"]
        for r in each["Resources"]
    ]


# Patterns


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--include", "tag:team=m*"], ["news", "news/opens"]),
        (["--include", "kind:eventbridge"], ["orders", "orders/bus"]),
        (["--include", "disabled"], ["orders", "orders/bus"]),
        (["--exclude", "target:arn:aws:sns:*"], ["news", "orders", "orders/bus"]),
    ],
)
def test_an_export_of_what_is_chosen(desk: Desk, options: list[str], expected: list[str]) -> None:
    assert desk.export(SHOP, options=tuple(options)).err.count("warning") == 0
    assert held(desk.out) == expected


def test_a_file_of_patterns(desk: Desk) -> None:
    file = desk.folder / "mine.txt"
    file.write_text("# ours\nnews\nkind:eventbridge\n")
    desk.export(SHOP, options=("--include", f"@{file}"))
    assert held(desk.out) == ["news", "news/opens", "orders", "orders/bus"]


@pytest.mark.parametrize(
    ("pattern", "per_set"), [("tag:team=mail", 2), ("kind:sns", 1), ("orders", 1)]
)
def test_tags_are_read_where_a_pattern_needs_them(
    monkeypatch: pytest.MonkeyPatch, capsys: Capsys, tmp_path: Path, pattern: str, per_set: int
) -> None:
    sets = {"orders": plain_set("bounces")}
    with account(monkeypatch, sets) as fake:
        bare = ("export", "terraform", "--no-configuration-sets", "--out", str(tmp_path / "out"))
        ran = ses2iac(capsys, *bare, "--exclude", "news", "--exclude", pattern, "--include", "*")
        assert "not read" not in ran.err
        read = sum(fake.calls.values()) - fake.calls[IDENTITY] - fake.calls[LIST]
    # An excluded set is not read at all.
    assert read == (0 if pattern == "orders" else per_set)


def test_a_set_of_any_name_is_read_for_an_attribute(
    monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    sets = {name: plain_set("bounces") for name in ("orders", "news", "other")}
    with account(monkeypatch, sets):
        found = scope_of(capsys, "--include", "kind:sns", "--exclude", "n*")
    assert names(found) == ["orders", "other"]


def test_tags_that_were_not_read_are_an_error(desk: Desk) -> None:
    answer = raw_answer(desk.folder / "answer.json", destination("a"))
    source = ("--from", answer, "--configuration-set", "orders", "--region", "eu-west-1")
    ran = desk.run("scan", *source, "--include", "tag:team=mail")
    assert ran.code == 1
    assert "--include tag:team=mail needs the tags of 1 configuration set" in ran.err
    assert desk.run("scan", *source, "--include", "kind:sns").code == 0


def test_a_difference_is_of_what_either_side_has(desk: Desk) -> None:
    old = snapshot_file(desk.folder / "old.json", SHOP)
    changed = scope(
        SHOP["ConfigurationSets"][0],
        configuration_set("orders", destination("bounces", on=False), destination("bus", BUS)),
    )
    new = snapshot_file(desk.folder / "new.json", changed)
    ran = desk.run("diff", old, new, "--include", "disabled", "--output", "json")
    assert ran.code == 3
    assert "bounces" in ran.out
    assert "bus" in ran.out
    ran = desk.run("diff", old, new, "--include", "kind:eventbridge", "--output", "unified")
    assert "bounces" not in "".join(x for x in ran.out.splitlines() if x[:1] in "+-")
    assert desk.run("diff", old, new, "--include", "tag:team=mail").code == 0


# Unmanaged


@pytest.mark.parametrize("to", FORMATS)
def test_an_account_is_adopted_piece_by_piece(desk: Desk, to: str) -> None:
    desk.export(SHOP, options=("--include", "news", "--include", "orders", "--exclude", "*/bus"))
    first, second = desk.out, desk.folder / "second"
    source = ("--from", str(desk.folder / "snapshot.json"))
    rest = ("export", to, *source, "--unmanaged-by", str(first))
    ran = desk.run(*rest, "--out", str(second))
    assert ran.code == 0
    assert "orders: managed by" in ran.err
    assert "were not read" not in ran.err
    assert held(second) == ["orders/bus"]

    # Again, it adds nothing, and the two hold all.
    before = tree(second)
    assert "up to date" in desk.run(*rest, "--out", str(second)).err
    assert tree(second) == before
    third = desk.folder / "third"
    ran = desk.run(*rest, "--unmanaged-by", str(second), "--out", str(third))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("nothing left to export: ")
    assert ran.err.endswith("manage all of 2 configuration sets, 3 event destinations\n")
    assert not third.exists()
    ran = desk.run(*rest, "--unmanaged-by", str(second), "--out", str(third), "--check")
    assert ran.code == 0


@pytest.mark.parametrize("to", FORMATS)
def test_any_format_is_left_out(desk: Desk, to: str) -> None:
    desk.export(SHOP, options=("--include", "orders"), to=to)
    source = ("--from", str(desk.folder / "snapshot.json"))
    ran = desk.run("scan", *source, "--unmanaged-by", str(desk.out), "--output", "json")
    assert ran.code == 0
    assert "orders" not in ran.out
    assert "news" in ran.out


@pytest.mark.parametrize(
    ("region", "left"),
    [
        ("eu-west-1", ["news/opens", "orders", "orders/bounces", "orders/bus"]),
        ("eu-west-2", ["news", "news/opens", "orders", "orders/bounces", "orders/bus"]),
    ],
)
def test_what_an_assembly_holds_is_left_out(desk: Desk, region: str, left: list[str]) -> None:
    resources = {"News": a_set("news"), "Bus": a_destination({"Ref": "News"})}
    folder = desk.folder / "cdk.out"
    write_assembly(folder, {"Mail": stack(f"aws://{ACCOUNT}/{region}")}, a=resources)
    ran = desk.export(SHOP, options=("--unmanaged-by", str(folder)))
    assert held(desk.out) == left
    assert ("so it manages nothing of what was read" in ran.err) is (region == "eu-west-2")


def test_only_destinations_count_where_only_they_are_wanted(desk: Desk) -> None:
    desk.export(SHOP, options=("--no-configuration-sets",))
    source = ("--from", str(desk.folder / "snapshot.json"))
    rest = ("export", "terraform", *source, "--unmanaged-by", str(desk.out))
    ran = desk.run(*rest, "--no-configuration-sets", "--out", str(desk.folder / "a"))
    assert ran.err.startswith("nothing left to export")
    assert desk.run(*rest, "--out", str(desk.folder / "b")).code == 0
    assert held(desk.folder / "b") == ["news", "orders"]


@pytest.mark.parametrize("spelling", ["infra", "./infra/", "infra/event_destinations.tf"])
def test_a_folder_does_not_lose_what_it_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    desk.export(SHOP)
    monkeypatch.chdir(desk.folder)
    before = tree(desk.out)
    options = ("--from", "snapshot.json", "--out", "infra", "--unmanaged-by", spelling)
    ran = desk.run("export", "terraform", *options, "--force")
    assert ran.code == 2
    assert "export to another folder" in ran.err
    assert tree(desk.out) == before


def test_accounts_and_regions_are_kept_apart(desk: Desk) -> None:
    here, there = SHOP, scope(*SHOP["ConfigurationSets"], region="us-east-1")
    desk.export(here, options=("--include", "orders"))
    both = snapshot_file(desk.folder / "both.json", here, there)
    rest = desk.folder / "rest"
    options = ("--from", both, "--unmanaged-by", str(desk.out), "--out", str(rest))
    assert desk.run("export", "terraform", *options).code == 0
    assert sorted(set(held(rest))) == [
        "news",
        "news/opens",
        "orders",
        "orders/bounces",
        "orders/bus",
    ]
    assert held(rest).count("orders/bus") == 1

    other = snapshot_file(desk.folder / "other.json", there)
    ran = desk.run("scan", "--from", other, "--unmanaged-by", str(desk.out))
    assert "region eu-west-1, so it manages nothing of what was read" in ran.err
    assert "orders" in ran.out


CODE = """
resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"
}
resource "aws_sesv2_configuration_set" "other" {
  configuration_set_name = var.name
}
"""


def test_what_is_not_worked_out_is_said(desk: Desk) -> None:
    (desk.folder / "code").mkdir()
    (desk.folder / "code/main.tf").write_text(CODE)
    one = snapshot_file(desk.folder / "one.json", SHOP)
    ran = desk.run("scan", "--from", one, "--unmanaged-by", str(desk.folder / "code"))
    assert "main.tf" in ran.err
    said = "warning: the code passed to --unmanaged-by may already manage some of what is left"
    assert said in ran.err
    # A second owner is no matter of taste: quiet or not, it is said.
    export = ("export", "terraform", "--from", one, "--unmanaged-by", str(desk.folder / "code"))
    ran = desk.run(*export, "--out", str(desk.out), "--quiet")
    assert (ran.code, said in ran.err) == (0, True)
    ran = desk.run(*export, "--out", str(desk.folder / "strict"), "--strict")
    assert (ran.code, "main.tf:5: " in ran.err) == (1, True)
    assert not (desk.folder / "strict").exists()
    # What no set that is left can be is not mentioned.
    (desk.folder / "code/main.tf").write_text(CODE.replace("var.name", '"x-${var.name}"'))
    ran = desk.run(*export, "--out", str(desk.folder / "strict"), "--strict")
    assert (ran.code, "may hold" in ran.err) == (0, False), ran.err
    (desk.folder / "code/main.tf").write_text(CODE)
    both = snapshot_file(
        desk.folder / "both.json", SHOP, scope(*SHOP["ConfigurationSets"], region="us-east-1")
    )
    ran = desk.run("scan", "--from", both, "--unmanaged-by", str(desk.folder / "code"))
    assert "left out of all 2 that it may belong to" in ran.err


def test_an_export_is_not_emptied_for_other_code(desk: Desk) -> None:
    desk.export(SHOP)
    copy = snapshot_file(desk.folder / "all.json", SHOP)
    before = tree(desk.out)
    options = ("--from", copy, "--unmanaged-by", copy, "--out", str(desk.out))
    ran = desk.run("export", "terraform", *options)
    assert ran.code == 1
    assert "other code already manages everything that was read" in ran.err
    assert tree(desk.out) == before
    assert desk.run("export", "terraform", *options, "--force").code == 0
    assert not (desk.out / "event_destinations.tf").exists()


def test_a_template_of_the_region_that_is_read(desk: Desk) -> None:
    template = {
        "Resources": {
            "Set": {
                "Type": "AWS::SES::ConfigurationSet",
                "Properties": {"Name": {"Fn::Sub": "mail-${AWS::Region}"}},
            }
        }
    }
    file = desk.folder / "template.json"
    file.write_text(json.dumps(template))
    source = snapshot_file(
        desk.folder / "snapshot.json",
        scope(configuration_set("mail-eu-west-1", "a")),
        scope(configuration_set("mail-us-east-1"), region="us-east-1"),
    )
    ran = desk.run("scan", "--from", source, "--unmanaged-by", str(file), "--output", "csv")
    assert "mail-us-east-1" not in ran.out
    assert "mail-eu-west-1" in ran.out
