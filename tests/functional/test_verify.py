"""``ses2iac verify`` from the outside: its report, what it reads and runs, and what it leaves."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import boto3
import pytest

from exporter import __version__
from exporter.demo.account import SYSTEM_TAGS, seed
from exporter.demo.emulator import Emulator
from exporter.formats.cloudformation import template_text
from exporter.formats.manifest import MANIFEST_FILE
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE
from tests.fakes import FakeAws, plain_set
from tests.functional.snapshots import (
    ACCOUNT,
    Desk,
    configuration_set,
    orders,
    scope,
    snapshot_file,
    touched,
)
from tests.support import ISOLATED_AWS, ROOT, Ran, tree

pytestmark = pytest.mark.slow

Json = Any

VERSION = (
    '{"terraform_version": "1.11.4", "provider_selections": {"registry/hashicorp/aws": "5.1"}}'
)
VALID = '{"valid": true, "diagnostics": []}'
SCHEMA = json.dumps(
    {
        "provider_schemas": {
            "registry.terraform.io/hashicorp/aws": {
                "resource_schemas": {SET_TYPE: {"block": {}}, DESTINATION_TYPE: {"block": {}}}
            }
        }
    }
)
TERRAFORM = f"""#!/bin/sh
case "$1" in
version)
    echo '{VERSION}'
    ;;
validate)
    echo '{VALID}'
    ;;
providers)
    echo '{SCHEMA}'
    ;;
esac
"""
"""A Terraform that finds nothing wrong."""

HAS_CDK = """#!/usr/bin/env python3
import os, pathlib, shutil, sys, time
if "version_info" in sys.argv[2:3][0] if len(sys.argv) > 2 else "":
    print("3.12.4\\n2.200.0")
elif sys.argv[1] == "app.py":
    out = pathlib.Path(os.environ["CDK_OUTDIR"])
    out.mkdir()
    for path in pathlib.Path(os.environ["ASSEMBLY"]).iterdir():
        shutil.copy(path, out)
"""
"""A Python with aws-cdk-lib whose synthesis gives what stands in the folder ``ASSEMBLY``."""

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are scripts with a #! line")


class Bench(Desk):
    """A desk with stand-ins for the engines."""

    @property
    def bin(self) -> Path:
        """The first folder on PATH."""
        return self.folder / "bin"

    @property
    def temporary(self) -> Path:
        """Where temporary files go."""
        return self.folder / "temporary"

    def program(self, name: str, text: str) -> None:
        """Put a program on PATH."""
        path = self.bin / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def verify(self, *options: str) -> Ran:
        """Judge what was exported; nothing may stay behind, whatever comes of it."""
        before = touched(self.out)
        ran = self.run("verify", str(self.out), *options)
        assert touched(self.out) == before
        assert list(self.temporary.iterdir()) == []
        return ran

    def report(self, *options: str, code: int = 0) -> Json:
        """What it says as JSON."""
        ran = self.verify("--output", "json", *options)
        assert (ran.code, ran.err) == (code, ""), ran.out
        return json.loads(ran.out)


@pytest.fixture
def bench(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Bench:
    desk = Bench(capsys, tmp_path)
    desk.bin.mkdir()
    desk.temporary.mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join([str(desk.bin), os.environ["PATH"]]))
    monkeypatch.setenv("TMPDIR", str(desk.temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(desk.temporary))
    return desk


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An empty account to which every command leads."""
    with Emulator() as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield running


def outcomes(report: Json) -> dict[str, str]:
    """How each check of a report ended."""
    return {check["Check"]: check["Result"] for check in report["Checks"]}


def check(report: Json, name: str) -> Json:
    """One check of a report."""
    [found] = [each for each in report["Checks"] if each["Check"] == name]
    return found


# The report
# ----------------------------------------------------------------------------------------


def test_the_report_of_an_offline_template(bench: Bench) -> None:
    bench.export(orders(), to="cloudformation")
    report = bench.report("--offline")
    for row in report["Checks"]:
        seconds = row.pop("Seconds")
        assert isinstance(seconds, float)
        assert seconds == round(seconds, 1) >= 0
    plain = {"Path": ".", "Items": [], "Hint": ""}
    own = {**plain, "Tool": "ses2iac", "Version": __version__}
    offline = {"Result": "not run", "Said": "--offline was given"}
    assert report == {
        "FormatVersion": 1,
        "Format": "cloudformation",
        "Passed": True,
        "Checks": [
            {**own, "Check": "files", "Result": "passed", "Said": "3 files as exported"},
            {
                **plain,
                "Check": "lint",
                "Tool": "cfn-lint",
                "Version": metadata.version("cfn-lint"),
                "Result": "passed",
                "Said": "no finding for eu-west-1",
            },
            {
                **own,
                "Check": "template",
                "Result": "passed",
                "Said": "2 resources in 1 template, within the limits",
            },
            {**own, "Check": "values", **offline},
            {
                **plain,
                "Check": "import",
                "Tool": "aws",
                "Version": "cloudformation",
                **offline,
            },
        ],
        "Resources": [],
    }


def test_the_report_of_a_failure(bench: Bench) -> None:
    bench.export(orders(), to="cloudformation")
    bench.put("IMPORT.md", "do it by hand\n")
    report = bench.report("--offline", code=1)
    assert report["Passed"] is False
    files = check(report, "files")
    assert files["Result"] == "failed"
    assert files["Items"] == ["IMPORT.md: edited since the export"]
    assert files["Hint"]


def test_a_required_tool_that_is_missing_is_no_pass(bench: Bench) -> None:
    """The report and the exit code say the same."""
    bench.export(orders(), to="cloudformation")
    ran = bench.verify("--offline", "--output", "json", "--require", "aws")
    report = json.loads(ran.out)
    assert (ran.code, report["Passed"]) == (1, False)
    assert "failed" not in outcomes(report).values()
    assert ran.err == (
        "error: required but missing: aws; not run:\n  values: --offline was given\n  "
        "import: --offline was given\n"
    )


def test_the_demo_account_passes_live(bench: Bench, emulator: Emulator) -> None:
    seed(emulator)
    whole = ("--stack-owned", "--out", str(bench.out))
    assert bench.run("export", "cloudformation", *whole).code == 0
    held = json.loads(bench.read(MANIFEST_FILE))["Scopes"][0]["Resources"]
    report = bench.report()
    assert report["Passed"] is True
    assert set(outcomes(report).values()) == {"passed"}
    assert check(report, "values")["Said"] == f"{len(held)} resources as live"
    said = f"{len(held) - 1} importable, 1 already in a stack"
    assert check(report, "import")["Said"] == said
    expected = []
    for each in held:
        owner, name = each["ConfigurationSet"], each.get("EventDestination")
        row = {"Path": ".", "LogicalId": each["Address"], "Stack": ""}
        if owner in SYSTEM_TAGS:
            assert name is None
            stack = SYSTEM_TAGS[owner]["aws:cloudformation:stack-name"]
            row |= {"Readiness": "already in a stack", "Stack": stack, "Identifier": {}}
        else:
            by = {"Id": name, "ConfigurationSetName": owner} if name else {"Name": owner}
            row |= {"Readiness": "importable", "Identifier": by}
        expected.append({**row, "Resource": f"{owner}/{name}" if name else owner})
    assert report["Resources"] == expected
    assert len(expected) > 10


def test_a_change_in_the_account_is_a_difference(bench: Bench, emulator: Emulator) -> None:
    seed(emulator)
    assert bench.run("export", "cloudformation", "--out", str(bench.out)).code == 0
    first = json.loads(bench.read(MANIFEST_FILE))["Scopes"][0]["Resources"][0]
    name = first["ConfigurationSet"]
    client: Any = boto3.client("sesv2", region_name="eu-west-1")
    client.put_configuration_set_sending_options(ConfigurationSetName=name, SendingEnabled=False)
    values = check(bench.report(code=1), "values")
    assert values["Said"] == "1 difference between code and account"
    assert values["Items"] == [
        f"{name}: SendingOptions.SendingEnabled: code has true, live is false"
    ]


def test_a_long_list_is_cut_until_detail_is_wanted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [configuration_set(f"s{n}", *(f"d{m}" for m in range(9))) for n in range(3)]
    bench.export(scope(*many), to="cloudformation")
    with FakeAws({}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        short, long = bench.verify(), bench.verify("--verbose")
    assert short.code == long.code == 1
    assert short.out.count("gone from the account") == 20
    assert "and 10 more (--verbose shows them)" in short.out
    assert long.out.count("gone from the account") == 30
    assert "--verbose" not in long.out


def test_the_table_is_as_wide_as_the_terminal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.export(orders(), to="cloudformation")
    monkeypatch.setenv("COLUMNS", "70")
    narrow = bench.verify("--offline").out
    monkeypatch.setenv("COLUMNS", "200")
    wide = bench.verify("--offline").out
    assert max(map(len, narrow.splitlines())) <= 70 < max(map(len, wide.splitlines()))
    assert "within the limits" in wide


# Which scopes
# --------------------------------------------------------------------------------------


def two_regions(bench: Bench) -> None:
    """Export to a folder for each region."""
    bench.export(
        orders(),
        scope(configuration_set("alerts", "a", "b"), region="us-east-1"),
        to="cloudformation",
    )


def test_every_scope_is_judged_in_its_own_folder(bench: Bench) -> None:
    two_regions(bench)
    report = bench.report("--offline")
    one, other = f"{ACCOUNT}/eu-west-1", f"{ACCOUNT}/us-east-1"
    assert [each["Path"] for each in report["Checks"]] == [".", *[one] * 4, *[other] * 4]
    said = {each["Path"]: each["Said"] for each in report["Checks"] if each["Check"] == "lint"}
    assert said == {one: "no finding for eu-west-1", other: "no finding for us-east-1"}


def test_the_table_names_every_scope(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    two_regions(bench)
    monkeypatch.setenv("COLUMNS", "200")
    ran = bench.verify("--offline")
    assert [line for line in ran.out.splitlines() if "CloudFormation export" in line] == [
        "CloudFormation export",
        f"{ACCOUNT}/eu-west-1: CloudFormation export, account {ACCOUNT}, region eu-west-1, "
        "2 resources",
        f"{ACCOUNT}/us-east-1: CloudFormation export, account {ACCOUNT}, region us-east-1, "
        "3 resources",
    ]
    assert ran.out.splitlines()[-1] == "5 passed, 4 not run"


def test_a_region_chooses_its_scopes(bench: Bench) -> None:
    two_regions(bench)
    report = bench.report("--offline", "--region", "us-east-1")
    lint = check(report, "lint")
    assert (lint["Said"], lint["Path"]) == ("no finding for us-east-1", f"{ACCOUNT}/us-east-1")
    assert len(report["Checks"]) == 5


def test_a_region_that_is_not_there_is_an_error(bench: Bench) -> None:
    two_regions(bench)
    ran = bench.verify("--offline", "--region", "eu-north-1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"error: {bench.out}: has nothing of region eu-north-1\nhint: it has eu-west-1, "
        "us-east-1\n"
    )


# What is asked and said
# -------------------------------------------------------------------------------


def test_offline_asks_nobody(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.export(orders(), to="cloudformation")
    with FakeAws({"orders": plain_set("bounces")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        bench.report("--offline")
        assert fake.requests == []
        bench.verify()
        assert fake.requests != []


def test_the_region_is_the_exports_own(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.export(scope(configuration_set("orders"), region="us-east-1"), to="cloudformation")
    with FakeAws({"orders": plain_set()}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        assert bench.verify().code == 0
        assert {request.signed_for[1] for request in fake.requests} == {"us-east-1"}


def test_the_account_is_read_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The values and the import are judged by one reading."""
    bench.export(orders(), to="cloudformation")
    with FakeAws({"orders": plain_set("bounces"), "others": plain_set("x")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        bench.verify()
        assert fake.calls["destinations orders"] == 1
        assert not fake.calls["destinations others"], "only what the export holds is read"


@pytest.mark.parametrize("option", ["--quiet", "-q"])
def test_quiet_still_prints_the_result(bench: Bench, option: str) -> None:
    bench.export(orders(), to="cloudformation")
    loud, quiet = (
        bench.verify("--offline", *options)
        for options in (("--require", "aws"), ("--require", "aws", option))
    )
    assert quiet.code == loud.code == 1
    assert quiet.out.splitlines()[-1] == "3 passed, 2 not run"
    assert quiet.err == loud.err
    assert quiet.err.startswith("error: required but missing: aws;")


# What is loaded
# ---------------------------------------------------------------------------------------


HEAVY = ("black", "boto3", "botocore", "cfnlint", "jinja2", "moto", "yaml")


def loaded_by(*arguments: str) -> str:
    """The exit code of a command in a process of its own, and which libraries it has loaded."""
    code = (
        "import sys; from exporter.cli import run; import exporter.cli.verify; "
        "code = run(sys.argv[1:]); "
        f"print(code, [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **ISOLATED_AWS},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["verify", "--help"], 0),
        (["verify"], 2),
        (["verify", "infra", "--require", "tofu"], 2),
    ],
    ids=["help", "verify help", "no DIR", "unknown tool"],
)
def test_the_command_line_loads_no_heavy_library(arguments: list[str], code: int) -> None:
    assert loaded_by(*arguments) == f"{code} []"


def test_offline_needs_no_boto3(bench: Bench) -> None:
    bench.export(orders(), to="cloudformation")
    said = loaded_by("verify", str(bench.out), "--offline")
    assert said.startswith("0 [")
    assert "boto" not in said


# What it works on
# -------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("format_", ["terraform", "cloudformation", "cdk"])
def test_nothing_is_written_into_the_export(bench: Bench, format_: str) -> None:
    """Not even by engines that write where they work."""
    littering = '#!/bin/sh\necho "$@" > .terraform.lock.hcl\necho > event_destinations.tf\n'
    bench.program("terraform", littering + TERRAFORM)
    bench.program("node", "#!/bin/sh\n")
    fails = '[ "$1" != app.py ] || exit 1\n'
    bench.program(
        "some-python", f"#!/bin/sh\necho > ses_stack.py\n{fails}echo 3.12\necho 2.200.0\n"
    )
    bench.export(orders(), to=format_)
    before = tree(bench.out)
    ran = bench.verify("--offline", "--python", "some-python")
    assert ran.code == (1 if format_ == "cdk" else 0), ran.out
    assert tree(bench.out) == before


@posix
def test_import_blocks_that_are_done_come_back_for_the_plan(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.export(orders())
    blocks = bench.read("imports.tf")
    (bench.out / "imports.tf").unlink()
    seen = record_code(bench, monkeypatch)
    report = bench.report("--offline")
    assert report["Passed"] is True
    assert check(report, "files")["Said"].endswith("as exported; imports.tf: deleted")
    assert without_comments(seen.read_text()) == without_comments(blocks)
    assert not (bench.out / "imports.tf").exists()


@posix
def test_no_other_import_block_comes_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one that stands, nor one that nobody handed out."""
    seen = record_code(bench, monkeypatch)
    bench.export(orders())
    standing = bench.read("imports.tf")
    bench.report("--offline")
    assert seen.read_text() == standing
    (bench.out / "imports.tf").unlink()
    later = scope(configuration_set("orders", "bounces"), configuration_set("later"))
    bench.export(later, options=("--no-imports",))
    bench.report("--offline")
    assert seen.read_text().count("import {") == 2
    assert "later" not in seen.read_text()
    bench.export(later)
    assert bench.read("imports.tf").count("import {") == 1
    bench.report("--offline")
    assert seen.read_text().count("import {") == 3


@posix
def test_a_block_that_stands_again_comes_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform refuses two import blocks for one address; somebody may have restored a file."""
    seen = record_code(bench, monkeypatch)
    bench.export(orders())
    standing = bench.read("imports.tf")
    (bench.out / "imports.tf").unlink()
    bench.export(orders())
    later = scope(configuration_set("orders", "bounces"), configuration_set("later"))
    bench.export(later)
    bench.put("imports.tf", bench.read("imports.tf") + standing)
    bench.report("--offline", code=1)
    assert seen.read_text().count("import {") == 3


@posix
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "own"])
def test_with_a_state_no_import_block_comes_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    bench.export(orders())
    (bench.out / "imports.tf").unlink()
    seen = record_code(bench, monkeypatch)
    held = {"mode": "managed", "type": "aws_sesv2_configuration_set", "name": "orders"}
    secret = {"mode": "managed", "type": "aws_ses_smtp", "name": "x", "secret": "s3cret"}
    text = json.dumps({"version": 4, "resources": [{**held, "instances": []}, secret]})
    place = bench.folder / "pulled" if is_named else bench.out / "terraform.tfstate"
    place.write_text(text)
    options = ("--state", str(place)) if is_named else ()
    ran = bench.verify("--offline", *options)
    assert ran.code == 0, ran.out + ran.err
    assert seen.read_text() == ""
    copied = json.loads((bench.folder / "state").read_text())
    assert [each["name"] for each in copied["resources"]] == ["orders"]
    assert "s3cret" not in (bench.folder / "state").read_text() + ran.out + ran.err
    assert place.read_text() == text


def record_code(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let Terraform keep the import blocks and the state that it finds; the file of the first."""
    seen = bench.folder / "seen.tf"
    monkeypatch.setenv("SEEN", str(seen))
    monkeypatch.setenv("STATE", str(bench.folder / "state"))
    keep = (
        'if [ "$1" = init ]; then\n'
        '    cat *imports.tf > "$SEEN" 2> /dev/null\n'
        '    [ ! -f terraform.tfstate ] || cat terraform.tfstate > "$STATE"\n'
        "fi\n"
    )
    bench.program("terraform", TERRAFORM + keep)
    return seen


# A state
# ---------------------------------------------------------------------------------------------


def test_a_state_is_of_terraform_alone(bench: Bench) -> None:
    bench.export(orders(), to="cloudformation")
    ran = bench.verify("--offline", "--state", "x")
    assert (ran.code, ran.out) == (2, "")
    assert "--state needs a Terraform export" in ran.err


@posix
def test_a_state_is_of_one_scope(bench: Bench) -> None:
    bench.program("terraform", TERRAFORM)
    bench.export(orders(), scope(configuration_set("alerts"), region="us-east-1"))
    pulled = bench.folder / "pulled"
    pulled.write_text('{"version": 4, "resources": []}')
    ran = bench.verify("--offline", "--state", str(pulled))
    assert (ran.code, ran.out) == (2, "")
    assert "choose one with --region (eu-west-1, us-east-1)" in ran.err
    assert bench.verify("--offline", "--state", str(pulled), "--region", "us-east-1").code == 0


@posix
def test_each_scope_has_its_own_state(bench: Bench) -> None:
    bench.program("terraform", TERRAFORM)
    bench.export(orders(), scope(configuration_set("alerts"), region="us-east-1"))
    bench.put(f"{ACCOUNT}/us-east-1/terraform.tfstate", "{")
    ran = bench.verify("--offline")
    assert (ran.code, ran.out) == (1, "")
    assert "us-east-1/terraform.tfstate: not valid JSON" in ran.err
    assert bench.verify("--offline", "--region", "eu-west-1").code == 0


@pytest.mark.parametrize(
    ("format_", "name"), [("cloudformation", "template"), ("cdk", "resources")]
)
@posix
def test_what_was_never_handed_out_is_a_fault(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, format_: str, name: str
) -> None:
    """CloudFormation would create what exists."""
    bench.program("some-python", HAS_CDK)
    bench.program("node", "#!/bin/sh\n")
    monkeypatch.setenv("ASSEMBLY", str(bench.folder / "assembly"))
    later = scope(configuration_set("orders", "bounces"), configuration_set("later"))
    bench.export(orders(), to=format_)
    for path in bench.out.glob("*.json"):
        if path.stem.startswith("resource"):
            path.unlink()
    (bench.out / "IMPORT.md").unlink()
    bench.export(later, options=("--no-imports",), to=format_)
    assembly_of(bench, later)
    report = bench.report("--offline", "--python", "some-python", code=1)
    assert check(report, name)["Items"] == [
        "later: no export has written its import yet (Later): export again"
    ]
    bench.export(later, to=format_)
    assert bench.report("--offline", "--python", "some-python")["Passed"] is True


def without_comments(hcl: str) -> list[str]:
    return [line for line in hcl.splitlines() if line.strip() and not line.startswith("#")]


@posix
def test_what_a_person_added_is_not_judged(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.export(orders())
    others = (MANIFEST_FILE, "names.toml")
    own = sorted(path.name for path in bench.out.iterdir() if path.name not in others)
    bench.put("backend.tf", "terraform {\n")
    bench.put("alarms/main.tf", "# alarms\n")
    bench.put("terraform.tfvars", "region = [\n")
    seen = bench.folder / "seen"
    monkeypatch.setenv("SEEN", str(seen))
    bench.program("terraform", TERRAFORM + '[ "$1" != init ] || echo * .[a-z]* > "$SEEN"\n')
    assert bench.report("--offline")["Passed"] is True
    assert sorted(seen.read_text().split()) == sorted([*own, ".[a-z]*"])


def test_templates_that_a_person_added_are_not_judged(bench: Bench) -> None:
    bench.export(orders(), to="cloudformation")
    bench.put("template-of-mine.yaml", "Resources: [\n")
    bench.put("resources-to-import-of-mine.json", "{\n")
    assert bench.report("--offline")["Passed"] is True


@posix
def test_the_lock_and_the_providers_of_the_folder_serve(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its versions are those that the person works with; and the provider is large to get."""
    bench.export(orders())
    bench.put(".terraform.lock.hcl", "# locked\n")
    bench.put(".terraform/providers/here", "")
    seen = bench.folder / "seen"
    monkeypatch.setenv("SEEN", str(seen))
    takes_none = 'case "$1 $*" in init*-plugin-dir*) exit 1 ;; esac\n'
    record = '[ "$1" != init ] || { echo "$@"; cat .terraform.lock.hcl; } >> "$SEEN"\n'
    bench.program("terraform", TERRAFORM + record + takes_none)
    assert bench.report("--offline", "--trust-dir")["Passed"] is True
    providers = (bench.out / ".terraform/providers").resolve()
    init = "init -backend=false -input=false -no-color"
    assert seen.read_text().splitlines() == [
        f"{init} -plugin-dir={providers}",
        "# locked",
        init,
        "# locked",
    ]


@posix
def test_terraform_gets_the_login_for_plan_and_no_options_of_the_persons_own(
    bench: Bench, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.export(orders())
    seen = bench.folder / "seen"
    monkeypatch.setenv("SEEN", str(seen))
    for name in ("TF_CLI_ARGS_init", "TF_WORKSPACE", "TF_DATA_DIR", "AWS_ACCESS_KEY_ID"):
        monkeypatch.setenv(name, "mine")
    profiles = bench.folder / "profiles"
    keys = "aws_access_key_id = a\naws_secret_access_key = b\n"
    profiles.write_text(f"[profile production]\n{keys}", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profiles))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/kept")
    record = '[ "$1" != plan ] || env > "$SEEN"\n'
    bench.program("terraform", TERRAFORM + record)
    url = os.environ["AWS_ENDPOINT_URL"]
    bench.verify("--profile", "production", "--endpoint-url", url)
    given = dict(line.partition("=")[::2] for line in seen.read_text().splitlines())
    assert [name for name, value in given.items() if value == "mine"] == []
    assert given["TF_CLI_CONFIG_FILE"] == "/kept"
    assert (given["AWS_PROFILE"], given["AWS_ENDPOINT_URL"]) == ("production", url)


# Engines that hang
# ------------------------------------------------------------------------------------


@posix
def test_a_python_that_hangs_is_stopped(bench: Bench) -> None:
    answers = 'case "$2" in *version_info*) echo 3.12; echo 2.200.0; exit ;; esac\n'
    bench.program("slow-python", f"#!/bin/sh\n{answers}exec sleep 600\n")
    bench.program("node", "#!/bin/sh\n")
    bench.export(orders(), to="cdk")
    options = ("--offline", "--python", "slow-python", "--time-limit", "0.1")
    report = bench.report(*options, code=1)
    for name in ("compile", "synth"):
        found = check(report, name)
        assert found["Said"] == "slow-python did not finish within 0.1 s and was stopped"
        assert found["Hint"] == "allow more time with --time-limit SECONDS"
    assert check(report, "resources")["Result"] == "not run"


@posix
def test_the_limit_holds_for_the_first_question_too(bench: Bench) -> None:
    """Which Python it is and whether it has aws-cdk-lib."""
    bench.program("slow-python", "#!/bin/sh\nexec sleep 600\n")
    bench.export(orders(), to="cdk")
    options = ("--offline", "--python", "slow-python", "--time-limit", "0.1")
    synth = check(bench.report(*options, code=1), "synth")
    assert synth["Said"] == "slow-python did not finish within 0.1 s and was stopped"


@posix
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_a_signal_ends_the_engine_and_all_that_it_started(
    bench: Bench, number: signal.Signals, code: int
) -> None:
    bench.export(orders())
    before = tree(bench.out)
    pipe = bench.folder / "pipe"
    os.mkfifo(pipe)
    # Each of them holds the pipe open, so that its end is the end of both.
    hanging = f'#!/bin/sh\nexec 3> "{pipe}"\nsleep 600 &\necho $$ >&3\nwait\n'
    bench.program("terraform", hanging)
    # Python leaves SIGINT ignored where it finds it so, as in a script's background jobs.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from exporter.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "verify", str(bench.out), "--offline"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(bench.temporary),
        **ISOLATED_AWS,
    }
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process, pipe.open("rb", buffering=0) as reader:
        engine = int(reader.readline())
        ended: list[Any] = []
        try:
            assert list(bench.temporary.iterdir()) != []
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            ended, _, _ = select.select([reader], [], [], 60)
            assert ended, "something that the engine started is left"
            assert reader.read() == b""
        finally:
            process.kill()
            if not ended:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(engine, signal.SIGKILL)
    assert (process.returncode, out) == (code, b"")
    assert err.endswith(b"; nothing was written\n")
    assert list(bench.temporary.iterdir()) == []
    assert tree(bench.out) == before


@pytest.mark.parametrize(
    "held",
    [configuration_set("orders"), configuration_set("orders", "bounces", SendingOptions={})],
    ids=["left", "changed"],
)
def test_an_import_beside_what_the_stack_holds_passes(bench: Bench, held: Json) -> None:
    """The template of the import holds what the code no longer says; the list does not name it."""
    bench.export(orders(), to="cloudformation")
    for name in ("resources-to-import.json", "IMPORT.md"):
        (bench.out / name).unlink()
    bench.export(scope(held, configuration_set("later")), to="cloudformation")
    assert "OrdersBounces:" in bench.read("import-template.yaml")
    assert "Orders" not in bench.read("resources-to-import.json")
    assert bench.report("--offline")["Passed"] is True
    listed = bench.read("resources-to-import.json")
    bench.put("resources-to-import.json", listed.replace('"Later"', '"OrdersBounces"'))
    found = check(bench.report("--offline", code=1), "template")["Items"]
    assert found[0] == "resources-to-import.json: OrdersBounces was imported already"


# Adoption
# ---------------------------------------------------------------------------------------------


def fill(client: Any) -> None:
    """Make a set with two destinations, and one without any."""
    client.create_configuration_set(ConfigurationSetName="empty")
    client.create_configuration_set(ConfigurationSetName="orders")
    for name in ("bounces", "clicks"):
        create(client, name)


def create(client: Any, name: str) -> None:
    topic = {"SnsDestination": {"TopicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:mail"}}
    client.create_configuration_set_event_destination(
        ConfigurationSetName="orders",
        EventDestinationName=name,
        EventDestination={"Enabled": True, "MatchingEventTypes": ["BOUNCE"], **topic},
    )


def assembly_of(bench: Bench, found: Json) -> None:
    """What synthesis would give of a snapshot, in the folder ``assembly``."""
    other, place = bench.folder / "rendered", bench.folder / "assembly"
    origin = snapshot_file(bench.folder / "assembled.json", found)
    assert bench.run("export", "cloudformation", "--from", origin, "--out", str(other)).code == 0
    place.mkdir()
    template = template_text.parse((other / "template.yaml").read_text(), "template.yaml")
    (place / "ses-configuration-sets.template.json").write_text(json.dumps(template))


def assembly_of_templates(bench: Bench, place: Path) -> None:
    """What synthesis would give: the CloudFormation rendering of the account, as JSON."""
    other = bench.folder / "rendered"
    command = ("export", "cloudformation", "--out", str(other), "--adopt-suffix=-iac")
    assert bench.run(*command).code == 0
    place.mkdir()
    template = template_text.parse((other / "template.yaml").read_text(), "template.yaml")
    (place / "ses-configuration-sets.template.json").write_text(json.dumps(template))


@posix
@pytest.mark.parametrize("format_", ["cloudformation", "cdk"])
def test_an_adoption_passes_before_and_after_the_new_ones_are_made(
    bench: Bench, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    client: Any = boto3.client("sesv2", region_name="eu-west-1")
    fill(client)
    command = ("export", format_, "--out", str(bench.out), "--adopt-suffix=-iac")
    assert bench.run(*command).code == 0
    assembly_of_templates(bench, bench.folder / "assembly")
    monkeypatch.setenv("ASSEMBLY", str(bench.folder / "assembly"))
    bench.program("some-python", HAS_CDK)
    bench.program("node", "#!/bin/sh\n")

    report = bench.report("--python", "some-python")
    assert set(outcomes(report).values()) == {"passed"}, report
    assert readiness(report) == {
        "empty": "importable",
        "orders": "importable",
        "orders/bounces-iac": "to be created next to the old one",
        "orders/clicks-iac": "to be created next to the old one",
    }

    create(client, "bounces-iac")
    create(client, "clicks-iac")
    report = bench.report("--python", "some-python")
    assert set(outcomes(report).values()) == {"passed"}, report
    assert readiness(report)["orders/bounces-iac"] == "created under its new name"
    assert readiness(report)["orders/clicks-iac"] == "created under its new name"

    for name in ("bounces", "clicks"):
        client.delete_configuration_set_event_destination(
            ConfigurationSetName="orders", EventDestinationName=name
        )
    report = bench.report("--python", "some-python")
    assert set(outcomes(report).values()) == {"passed"}, report

    client.delete_configuration_set_event_destination(
        ConfigurationSetName="orders", EventDestinationName="clicks-iac"
    )
    report = bench.report("--python", "some-python", code=1)
    assert readiness(report)["orders/clicks-iac"] == "already gone"
    assert [c for c, how in outcomes(report).items() if how == "failed"] == ["values", "import"]


def readiness(report: Json) -> dict[str, str]:
    """What CloudFormation could do with each resource."""
    return {each["Resource"]: each["Readiness"] for each in report["Resources"]}


def test_a_set_in_a_stack_is_said_to_be_in_it(bench: Bench, emulator: Emulator) -> None:
    client: Any = boto3.client("sesv2", region_name="eu-west-1")
    fill(client)
    assert bench.run("export", "cloudformation", "--out", str(bench.out)).code == 0
    emulator.seed_system_tags("empty", {"aws:cloudformation:stack-name": "mail"})
    report = bench.report()
    [row] = [each for each in report["Resources"] if each["Resource"] == "empty"]
    assert (row["Readiness"], row["Stack"], row["Identifier"]) == ("already in a stack", "mail", {})
    assert check(report, "import")["Result"] == "passed"
    assert "already in a stack (mail)" in bench.verify().out


def test_a_snapshot_without_an_account_is_compared_with_any(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = snapshot_file(
        bench.folder / "s.json", scope(configuration_set("orders"), account=None)
    )
    command = ("export", "cloudformation", "--from", origin, "--out", str(bench.out))
    assert bench.run(*command).code == 0
    with FakeAws({"orders": plain_set()}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        assert check(bench.report(), "values")["Result"] == "passed"


@posix
def test_what_the_provider_has_beyond_ours_is_a_warning(bench: Bench) -> None:
    """In the report for programs too; and the check has passed."""
    newer = '{"attributes": {"archive_arn": {"optional": true}}}'
    bench.export(orders())
    bench.program("terraform", TERRAFORM.replace('{"block": {}}', f'{{"block": {newer}}}', 1))
    report = bench.report("--offline")
    schema = check(report, "schema")
    assert (report["Passed"], schema["Result"]) == (True, "passed")
    assert schema["Said"] == "warning: the provider has 1 argument that ses2iac doesn't write"
    assert schema["Items"] == [f"{SET_TYPE}: archive_arn"]
    assert schema["Hint"]
