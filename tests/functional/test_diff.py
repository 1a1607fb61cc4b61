"""``ses2iac diff``: sides, outputs, exit codes, and what it writes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exporter.demo.account import seed
from exporter.demo.emulator import Emulator
from tests.fakes import FakeAws, plain_set
from tests.support import ROOT, SAMPLES, ses2iac, tree

SHOP = SAMPLES / "shop"
SAME = str(SHOP / "snapshot.json")
DRIFTED = str(SHOP / "drifted.json")


def _report(capsys: Any, *arguments: str, code: int) -> Any:
    ran = ses2iac(capsys, "diff", *arguments, "--output", "json")
    assert ran.code == code, ran.out + ran.err
    return json.loads(ran.out)


def _changes(report: Any) -> list[tuple[str, str, str | None]]:
    return [
        (change["Change"], change["ConfigurationSet"], change.get("EventDestination"))
        for scope in report["Scopes"]
        for change in scope["Changes"]
    ]


DRIFT = [
    ("removed", "newsletter", "complaints"),
    ("changed", "order-confirmations", "bounces"),
    ("changed", "order-confirmations", "data-lake"),
    ("added", "test-by-hand", None),
    ("added", "test-by-hand", "me"),
]


@pytest.mark.parametrize("side", ["terraform", "cloudformation", "cdk", "snapshot.json"])
def test_drift_is_the_same_from_every_side(side: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = _report(capsys, str(SHOP / side), DRIFTED, code=3)
    assert _changes(report) == DRIFT
    assert report["Different"] is True


@pytest.mark.parametrize("side", ["terraform", "cloudformation", "cdk", "snapshot.json"])
def test_nothing_differs_from_its_source(side: str, capsys: pytest.CaptureFixture[str]) -> None:
    for sides in ((str(SHOP / side), SAME), (SAME, str(SHOP / side))):
        report = _report(capsys, *sides, code=0)
        assert _changes(report) == []
        assert {a["Why"] for s in report["Scopes"] for a in s["NotCompared"]} <= {"not comparable"}


@pytest.mark.parametrize("old", ["terraform", "cloudformation", "cdk"])
@pytest.mark.parametrize("new", ["terraform", "cloudformation", "cdk"])
def test_code_against_code(old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _changes(_report(capsys, str(SHOP / old), str(SHOP / new), code=0)) == []


def test_the_other_way_round_all_is_turned(capsys: pytest.CaptureFixture[str]) -> None:
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    report = _report(capsys, DRIFTED, SAME, code=3)
    assert _changes(report) == [(turned[what], *who) for what, *who in DRIFT]


def test_what_exists_in_no_code_may_be_ignored(capsys: pytest.CaptureFixture[str]) -> None:
    code = str(SHOP / "terraform")
    report = _report(capsys, code, DRIFTED, "--unmanaged", "ignore", code=3)
    assert _changes(report) == DRIFT[:3]
    # Two snapshots are no code, and hide nothing.
    assert _changes(_report(capsys, SAME, DRIFTED, "--unmanaged", "ignore", code=3)) == DRIFT


def test_a_selection_counts_on_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    report = _report(capsys, SAME, DRIFTED, "--include", "order-confirmations", code=3)
    assert _changes(report) == DRIFT[1:3]
    assert _changes(_report(capsys, SAME, DRIFTED, "--include", "password*", code=0)) == []


def test_strict_counts_what_could_not_be_compared(capsys: pytest.CaptureFixture[str]) -> None:
    code = str(SHOP / "terraform")
    assert _report(capsys, code, SAME, code=0)["Different"] is False
    assert _report(capsys, code, SAME, "--strict", code=3)["Different"] is True


def test_edited_code_is_read_as_anybodys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHOP / "terraform", tmp_path / "infra")
    file = tmp_path / "infra/event_destinations.tf"
    text = file.read_text(encoding="utf-8")
    reference = "aws_sesv2_configuration_set.order_confirmations.configuration_set_name"
    assert reference in text
    file.write_text(
        'locals {\n  set = "order-confirmations"\n}\n\n'
        + text.replace(reference, "local.set").replace('["BOUNCE", "COMPLAINT"]', '["BOUNCE"]'),
        encoding="utf-8",
    )
    report = _report(capsys, str(tmp_path / "infra"), SAME, code=3)
    assert _changes(report) == [("changed", "order-confirmations", "bounces")]
    assert "edited since the export" in report["Notes"][0]


def test_what_a_person_wrote_beside_an_export_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHOP / "terraform", tmp_path / "infra")
    infra = str(tmp_path / "infra")
    (tmp_path / "infra/backend.tf").write_text('terraform {\n  backend "s3" {}\n}\n')
    assert _report(capsys, infra, SAME, code=0)["Notes"] == []
    (tmp_path / "infra/mine.tf").write_text(
        'resource "aws_sesv2_configuration_set" "test" {\n'
        '  configuration_set_name = "test-by-hand"\n}\n'
    )
    report = _report(capsys, infra, DRIFTED, code=3)
    expected = [each for each in DRIFT if each != ("added", "test-by-hand", None)]
    assert _changes(report) == expected
    assert report["Notes"] == [
        f"{infra}: holds more code than the export wrote, so read as anybody's code"
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_a_template_is_meant_for_the_account_that_it_is_compared_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, turned: bool
) -> None:
    text = (SHOP / "cloudformation/template.yaml").read_text(encoding="utf-8")
    literal = "arn:aws:sns:eu-west-1:123456789012:mail-bounces-old"
    assert text.count(literal) == 1
    pseudo = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:mail-bounces-old"
    file = tmp_path / "template.yaml"
    file.write_text(text.replace(literal, f'!Sub "{pseudo}"'), encoding="utf-8")
    sides = (SAME, str(file)) if turned else (str(file), SAME)
    report = _report(capsys, *sides, code=0)
    whys = {aside["Why"] for scope in report["Scopes"] for aside in scope["NotCompared"]}
    assert "unknown" not in whys
    file.write_text(file.read_text().replace("bounces-old", "bounces-new"), encoding="utf-8")
    sides = (SAME, str(file)) if turned else (str(file), SAME)
    assert _changes(_report(capsys, *sides, code=3)) == [("changed", "password_reset", "failed")]


def test_code_that_describes_nothing_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_sns_topic" "mail" {\n  name = "mail"\n}\n')
    report = _report(capsys, str(tmp_path), SAME, code=3)
    assert {what for what, _, _ in _changes(report)} == {"added"}
    assert "describes no configuration set" in report["Notes"][0]


def test_unified_is_what_git_applies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = ses2iac(capsys, "diff", SAME, DRIFTED, "--output", "unified")
    assert ran.code == 3
    place = tmp_path / SAME.lstrip("/")
    place.parent.mkdir(parents=True)
    shutil.copy(SAME, place)
    (tmp_path / "patch").write_text(ran.out)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "patch"], cwd=tmp_path, check=True)
    assert place.read_bytes() == Path(DRIFTED).read_bytes()
    assert ses2iac(capsys, "diff", SAME, SAME, "--output", "unified").out == ""


def test_update_writes_what_is_live(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ses.json"
    shutil.copy(DRIFTED, file)
    with Emulator() as emulator:
        seed(emulator)
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        ran = ses2iac(capsys, "diff", str(file), "live", "--update")
        assert ran.code == 3
        assert "2 removed" in ran.out
        assert file.read_bytes() == Path(SAME).read_bytes()
        assert ses2iac(capsys, "diff", str(file), "live", "--update").code == 0
        # Code and live, and the folder of the code is left alone.
        before = tree(SHOP)
        assert ses2iac(capsys, "diff", str(SHOP / "cdk"), "live").code == 0
        assert tree(SHOP) == before


def test_other_accounts_of_a_snapshot_stay_when_one_is_updated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = json.loads((SAMPLES / "minimal/snapshot.json").read_text())
    other["Scopes"][0]["AccountId"] = "210987654321"
    both = json.loads(Path(SAME).read_text())
    both["Scopes"] += other["Scopes"]
    file = tmp_path / "ses.json"
    file.write_text(json.dumps(both))
    with Emulator() as emulator:
        seed(emulator)
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        ran = ses2iac(capsys, "diff", str(file), "live", "--update")
    assert ran.code == 0
    assert "account 210987654321" in ran.out + ran.err
    kept = json.loads(file.read_text())["Scopes"]
    assert [scope["AccountId"] for scope in kept] == ["123456789012", "210987654321"]


def test_sets_that_cannot_be_read_make_it_partial(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeAws({"orders": plain_set("bounces"), "news": plain_set("opens")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        file = tmp_path / "ses.json"
        assert ses2iac(capsys, "snapshot", "--out", str(file)).code == 0
        fake.script("set news", "denied")
        before = file.read_bytes()
        ran = ses2iac(capsys, "diff", str(file), "live", "--update", "--output", "json")
    report = json.loads(ran.out)
    assert ran.code == 4
    assert [each["ConfigurationSet"] for each in report["Unread"]] == ["news"]
    # What was not read is not gone, and nothing is written.
    assert _changes(report) == []
    assert file.read_bytes() == before


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, exporter.cli\n"
        "exporter.cli.run(['--help'])\n"
        "heavy = {'boto3', 'jinja2', 'yaml', 'pygohcl', 'tree_sitter', 'black'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
