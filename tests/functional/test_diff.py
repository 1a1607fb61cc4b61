"""``ses2iac diff``: sides, outputs, exit codes, and what it writes."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exporter.demo.account import seed
from exporter.demo.emulator import Emulator
from tests.fakes import FakeAws, plain_set
from tests.support import ROOT, SAMPLES, ses2iac, ses2iac_process, tree

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


def test_strict_counts_what_could_not_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Without its manifest an export is anybody's code, and its format can't hold everything.
    code = str(tmp_path / "infra")
    shutil.copytree(SHOP / "terraform", code, ignore=shutil.ignore_patterns(".ses2iac.json"))
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
        f"{infra}: contains code that the export did not write, so it is read as hand-written code"
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("more.tf.json", '{"resource": {"aws_sesv2_configuration_set": {"z": {}}}}'),
        ("providers_override.tf", 'provider "aws" {\n  default_tags {\n  }\n}\n'),
        ("m.tf", 'module\t"a" {\n  source = "./x"\n}\n'),
        ("old.tf", 'resource "aws_ses_configuration_set" "a" {\n}\n'),
    ],
)
def test_what_stands_beside_an_export_is_never_missed(
    name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHOP / "terraform", tmp_path / "infra")
    infra = tmp_path / "infra"
    (infra / "folder.tf").mkdir()
    (infra / ".hidden.tf").write_text("}{")
    assert _report(capsys, str(infra), SAME, code=0)["Notes"] == []
    (infra / name).write_text(text)
    notes = _report(capsys, str(infra), SAME, "--strict", code=3)["Notes"]
    assert notes[0] == (
        f"{infra}: contains code that the export did not write, so it is read as hand-written code"
    )


def test_a_template_beside_an_export_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "infra"
    shutil.copytree(SHOP / "cloudformation", folder)
    (folder / "net.yaml").write_text("Resources:\n  A:\n    Type: AWS::EC2::VPC\n")
    assert _report(capsys, str(folder), SAME, code=0)["Notes"] == []
    more = "Resources:\n  A:\n    Type: AWS::SES::ConfigurationSet\n"
    (folder / "more.yaml").write_text(more)
    report = _report(capsys, str(folder), SAME, code=4)
    assert report["Counts"]["NotWorkedOut"] == 1
    assert report["Coverage"]["NotCompared"] == 1
    assert report["Unresolved"] == [
        {
            "At": f"{folder}/more.yaml",
            "Reason": "not read, because the export did not write it",
            "Hint": "compare it separately",
        }
    ]


def test_an_export_whose_template_is_gone_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "infra"
    shutil.copytree(SHOP / "cloudformation", folder)
    (folder / "template.yaml").rename(folder / "ses.yaml")
    ran = ses2iac(capsys, "diff", str(folder), SAME)
    assert ran.code == 1
    assert "template.yaml: is missing, and the export wrote it" in " ".join(ran.err.split())


UNREADABLE = {
    "missing.tf": (),
    "missing": ("--old-type", "terraform"),
    "missing.json": ("--old-type", "snapshot"),
    "pipe.tf": (),
    "pipe.json": (),
    "pipe.snapshot": ("--old-type", "snapshot"),
    "code": (),
    "code/": ("--old-type", "terraform"),
    "templates": (),
    "templates/": ("--old-type", "cloudformation"),
    "assembly": (),
    "export": (),
    "/dev/zero": (),
    "dangling": (),
}


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("side", UNREADABLE)
def test_only_files_are_read(side: str, tmp_path: Path) -> None:
    for name in ("code", "templates", "assembly", "export", "dangling"):
        (tmp_path / name).mkdir()
    pipes = ("pipe.tf", "pipe.json", "pipe.snapshot", "code/a.tf", "templates/a.yaml")
    for name in (*pipes, "assembly/a.template.json", "export/.ses2iac.json"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "dangling/a.tf").symlink_to("nowhere")
    stack = {"templateFile": "a.template.json"}
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": stack,
    }
    manifest = {"version": "1", "artifacts": {"a": artifact}}
    (tmp_path / "assembly/manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "assembly/cdk.out").write_text("{}")
    # In a process of its own: what is not refused would wait forever.
    ran = ses2iac_process("diff", side, SAME, *UNREADABLE[side], cwd=tmp_path, timeout=30)
    assert ran.code == 1, ran.out + ran.err
    assert "cannot be read: " in " ".join(ran.err.split())


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="open files have no names")
@pytest.mark.parametrize("side", ["/dev/stdin", "/dev/fd/0"])
def test_a_pipe_of_the_shell_is_read(side: str) -> None:
    command = [sys.executable, "-m", "exporter", "diff", side, SAME]
    data = Path(SAME).read_bytes()
    for more in ((), ("--old-type", "snapshot")):
        subprocess.run([*command, *more], input=data, check=True, cwd=ROOT, timeout=60)
    template = (SHOP / "cloudformation/template.yaml").read_bytes()
    types = ("--old-type", "cloudformation")
    subprocess.run([*command, *types], input=template, check=True, cwd=ROOT, timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize("file", [".ses2iac.json", "configuration_sets.tf"])
def test_an_export_is_not_checked_against_pipes(file: str, tmp_path: Path) -> None:
    shutil.copytree(SHOP / "terraform", tmp_path / "infra")
    (tmp_path / "infra" / file).unlink()
    os.mkfifo(tmp_path / "infra" / file)
    check = ("export", "terraform", "--from", SAME, "--out", "infra", "--check")
    ran = ses2iac_process(*check, cwd=tmp_path, timeout=30)
    assert ran.code == 1
    assert "is a pipe, not a file" in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\ufeff \n", "is empty"),
        ("[]", "is not a kind of file that diff reads"),
        ("5", "is not a kind of file that diff reads"),
        ("null", "is not a kind of file that diff reads"),
        ("hello", "is not a kind of file that diff reads"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"Resources":' * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_no_side_is_told_what_one_is(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "side").write_text(text, encoding="utf-8")
    ran = ses2iac(capsys, "diff", str(tmp_path / "side"), SAME)
    assert ran.code == 1
    words = " ".join(ran.err.split())
    assert f"side: {said}" in words
    assert "hint: pass 'live', 'stack:NAME', a snapshot" in words


def test_a_byte_order_mark_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ses.json"
    file.write_bytes(b"\xef\xbb\xbf" + Path(SAME).read_bytes())
    assert _changes(_report(capsys, str(file), SAME, code=0)) == []


def test_a_name_that_is_no_text_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = str(tmp_path / "a") + b"\xff.json".decode("utf-8", "surrogateescape")
    try:
        shutil.copy(SAME, name)
    except OSError:
        pytest.skip("names are texts on this file system")
    assert _report(capsys, name, DRIFTED, code=3)["Old"].endswith("a\\xff.json")
    for output in ("text", "markdown", "unified"):
        assert ses2iac(capsys, "diff", name, DRIFTED, "--output", output).code == 3


def test_an_unreadable_template_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.yaml", "b.yaml"):
        shutil.copy(SHOP / "cloudformation/template.yaml", tmp_path / name)

    def denied(path: Path) -> bytes:
        # Root may read everything, and tests may run as root.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr("exporter.support.regular_files.read", denied)
    for options in ((), ("--old-type", "cloudformation")):
        ran = ses2iac(capsys, "diff", str(tmp_path), SAME, *options)
        assert ran.code == 1
        assert "a.yaml: cannot be read: Permission denied" in " ".join(ran.err.split())


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
    place = tmp_path / "state" / "ses.json"
    place.parent.mkdir()
    shutil.copy(SAME, place)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    ran = ses2iac(capsys, "diff", str(place), DRIFTED, "--output", "unified")
    assert ran.code == 3
    (tmp_path / "patch").write_text(ran.out)
    subprocess.run(["git", "apply", "patch"], cwd=tmp_path, check=True)
    assert place.read_bytes() == Path(DRIFTED).read_bytes()
    assert ses2iac(capsys, "diff", SAME, SAME, "--output", "unified").out == ""


def test_unified_obeys_the_selection(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--include", "order*", "--output", "unified")
    ran = ses2iac(capsys, "diff", SAME, DRIFTED, *options)
    assert ran.code == 3
    assert "test-by-hand" not in ran.out
    assert ran.out.count("\n@@") > 0
    assert ses2iac(capsys, "diff", SAME, DRIFTED, "--include", "pass*", *options[2:]).out == ""


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


def test_code_of_a_region_that_was_not_asked_for_is_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text("""\
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"
}
resource "aws_sesv2_configuration_set" "us" {
  provider               = aws.us
  configuration_set_name = "us"
}
""")
    with FakeAws({"orders": plain_set("bounces")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        one = ("--region", "eu-west-1", "--include", "orders", "--include", "us")
        ran = ses2iac(capsys, "diff", str(tmp_path), "live", *one, "--exclude", "*/*")
    assert ran.code == 4
    assert ran.out.startswith("compared 1 of 2 resources; 1 not compared\n")
    assert "not compared: region us-east-1 was not read; add --region us-east-1\n" in ran.out
    assert "aws_sesv2_configuration_set.us)" in ran.out


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
        # A difference is worth more than a gap, and accepting it makes nothing whole.
        other = tmp_path / "other.json"
        other.write_text(file.read_text().replace('"bounces"', '"bounced"'))
        assert ses2iac(capsys, "diff", str(other), "live").code == 3
        monkeypatch.chdir(tmp_path)
        accept = ("--accept-current", "--reason", "why")
        assert ses2iac(capsys, "diff", str(other), "live", *accept).code == 4
        assert ses2iac(capsys, "diff", str(other), "live").code == 4
    report = json.loads(ran.out)
    assert ran.code == 4
    assert [each["ConfigurationSet"] for each in report["Unread"]] == ["news"]
    # What was not read is not gone, and nothing is written.
    assert _changes(report) == []
    assert file.read_bytes() == before


def test_a_set_that_is_gone_may_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ses.json"
    with FakeAws({"orders": plain_set("bounces"), "news": plain_set("opens")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        assert ses2iac(capsys, "snapshot", "--out", str(file)).code == 0
    with FakeAws({"orders": plain_set("bounces")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        report = _report(capsys, str(file), "live", "--include", "news", code=3)
        assert [who for _, *who in _changes(report)] == [["news", None], ["news", "opens"]]
        ran = ses2iac(capsys, "diff", str(file), "live", "--include", "nope")
        assert ran.code == 1
        assert "--include nope matches none of 2 configuration sets" in " ".join(ran.err.split())


@pytest.mark.slow
def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, exporter.cli\n"
        "exporter.cli.run(['--help'])\n"
        "heavy = {'boto3', 'jinja2', 'yaml', 'pygohcl', 'tree_sitter', 'black'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
