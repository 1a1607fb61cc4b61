"""``docs/scale.md`` and ``docs/config.md``: what they show can be used as it stands."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from exporter.aws.rate_limit import SPACING
from exporter.aws.workers import AT_ONCE
from exporter.model.account_query import FLAGS, KEYS
from exporter.sources.config import load
from exporter.sources.settings import SETTINGS
from tests.functional.snapshots import configuration_set, scope, snapshot_file
from tests.support import ROOT, load_snapshot, ses2iac

pytestmark = pytest.mark.slow

SCALE = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
CONFIG = (ROOT / "docs/config.md").read_text(encoding="utf-8")
READING = {
    "ses:ListConfigurationSets",
    "ses:GetConfigurationSet",
    "ses:GetConfigurationSetEventDestinations",
}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def one(language: str, holds: str) -> str:
    (found,) = (block for block in blocks(SCALE, language) if holds in block)
    return found


# Arithmetic
# ------------------------------------------------------------------------------------------


def test_the_arithmetic_is_that_of_the_code() -> None:
    assert f"about {SPACING} N seconds" in SCALE
    assert f"{AT_ONCE} at a time" in SCALE
    assert f"102,000 × {SPACING} s / {AT_ONCE}" in SCALE
    assert round(102_000 * SPACING / AT_ONCE / 60) == 55
    assert 300 * 17 * 20 == 102_000
    assert (round(1_000 * SPACING / 60), round(10_000 * SPACING / 3600, 1)) == (17, 2.9)
    assert 850 * SPACING < 15 * 60


# Commands and files
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["snapshot", "merge"])
def test_the_options_shown_exist(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    known = ses2iac(capsys, command, "--help").out
    lines = [
        line
        for block in (*blocks(SCALE, "sh"), one("yaml", "jobs:"))
        for line in re.sub(r"\\\n|(?<=\")\n +(?=--)", " ", block).splitlines()
        if f"ses2iac {command} " in line
    ]
    shown = {option for line in lines for option in re.findall(r"--[a-z][a-z-]+", line)}
    assert shown
    assert {option for option in shown if option not in known} == set()


def test_every_key_of_the_configuration_file_is_explained(tmp_path: Path) -> None:
    targets, accepted, export = blocks(CONFIG, "toml")
    path = tmp_path / "ses2iac.toml"
    path.write_text(targets + accepted + export, encoding="utf-8")
    assert len(load(path).targets) == len(tomllib.loads(targets)["target"]) == 3
    assert len(load(path).accept) == 1
    of_targets, _, of_export = CONFIG.partition("\n## export\n")
    rows = dict(re.findall(r"^\| `(\w+)` \| `(--[a-z-]+)` \|", of_targets, re.MULTILINE))
    assert rows == {key: FLAGS[field] for field, key in KEYS.items()}
    explained = re.findall(r"^\| `([a-z-]+)` \| `--", of_export, re.MULTILINE)
    assert sorted(explained) == sorted(setting.key for setting in SETTINGS)


@pytest.mark.parametrize("document", ["docs/scale.md", "docs/config.md"])
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []


def test_every_block_is_of_a_known_kind() -> None:
    kinds = {"dockerfile", "json", "python", "sh", "yaml"}
    assert set(re.findall(r"^```(\w+)$", SCALE, re.MULTILINE)) == kinds
    for block in blocks(SCALE, "json"):
        json.loads(block)


# The role
# -------------------------------------------------------------------------------------------


class _Tags(yaml.SafeLoader):
    """Knows the short functions of CloudFormation as texts."""


_Tags.add_multi_constructor("!", lambda _loader, _tag, node: node.value)


def test_the_role_may_read_and_nothing_else(tmp_path: Path) -> None:
    text = one("yaml", "AWSTemplateFormatVersion")
    template = yaml.load(text, _Tags)
    role = template["Resources"]["Reader"]["Properties"]
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert set(statement["Action"]) == READING
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Action"] == "sts:AssumeRole"
    assert "${ReadingAccount}" in trust["Principal"]["AWS"]
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": "ExternalId"}}
    assert template["Parameters"]["ExternalId"]["NoEcho"] is True
    path = tmp_path / "reader.yaml"
    path.write_text(text, encoding="utf-8")
    # The program, not the library: what people run on it.
    done = subprocess.run(
        [str(Path(sys.executable).parent / "cfn-lint"), "--include-checks", "I", "--", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_what_reads_may_assume_the_role_of_the_template() -> None:
    template = yaml.load(one("yaml", "AWSTemplateFormatVersion"), _Tags)
    name = template["Resources"]["Reader"]["Properties"]["RoleName"]
    (statement,) = json.loads(one("json", '"Statement"'))["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Resource"].endswith(f":role/{name}")
    roles = set(re.findall(r"role/([\w-]+)", SCALE)) | set(
        re.findall(r"--organization-role ([\w-]+)", SCALE)
    )
    assert roles == {name, "ses2iac-fleet", "NAME"}


# GitHub Actions
# --------------------------------------------------------------------------------------------


def test_the_workflow_reads_each_account_and_merges() -> None:
    workflow = yaml.safe_load(one("yaml", "jobs:"))
    read, merge = workflow["jobs"]["read"], workflow["jobs"]["merge"]
    assert workflow["permissions"] == {}
    assert read["permissions"] == {"id-token": "write"}
    assert "permissions" not in merge
    assert read["strategy"]["matrix"]["account"] == ["111122223333", "444455556666"]
    assert read["strategy"]["fail-fast"] is False
    assert merge["needs"] == "read"
    assert used(read) == [
        "actions/setup-python",
        "pip install",
        "aws-actions/configure-aws-credentials",
        "ses2iac snapshot",
        "actions/upload-artifact",
    ]
    assert used(merge) == [
        "actions/setup-python",
        "pip install",
        "actions/download-artifact",
        "ses2iac merge",
        "actions/upload-artifact",
    ]
    # What one job uploads is what the other one downloads.
    uploaded = read["steps"][-1]["with"]["name"]
    pattern = merge["steps"][2]["with"]["pattern"]
    assert uploaded.startswith(pattern.rstrip("*"))
    for step in (*read["steps"], *merge["steps"]):
        # A secret or a matrix value in the text of a command would be run by the shell.
        assert "${{" not in step.get("run", "")


def used(job: dict[str, Any]) -> list[str]:
    """What the steps of a job use or run, without versions and arguments."""
    return [
        (
            step["uses"].partition("@")[0]
            if "uses" in step
            else re.match(r"pip install|ses2iac \w+", step["run"]).group()  # type: ignore[union-attr]
        )
        for step in job["steps"]
    ]


# Step Functions
# --------------------------------------------------------------------------------------------


def machines(value: Any) -> Iterator[dict[str, Any]]:
    """The state machine and those within it."""
    if isinstance(value, dict):
        if "States" in value:
            yield value
        for item in value.values():
            yield from machines(item)


def test_every_state_is_reached_and_the_end_as_well() -> None:
    whole = json.loads(one("json", '"StartAt"'))
    found = list(machines(whole))
    assert len(found) == 2
    for machine in found:
        states = machine["States"]
        reached: list[str] = []
        name: str | None = machine["StartAt"]
        while name is not None:
            assert name not in reached
            reached.append(name)
            state = states[name]
            assert ("Next" in state) != (state.get("End") is True)
            assert state["Type"] in ("Map", "Task")
            name = state.get("Next")
        assert set(reached) == set(states)


def test_the_map_is_distributed_and_gives_the_function_what_it_takes() -> None:
    whole = json.loads(one("json", '"StartAt"'))
    each = whole["States"]["ReadAccounts"]
    assert each["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert each["ToleratedFailureCount"] == 0
    assert (
        each["ItemReader"]["Parameters"]["Bucket"] == each["ResultWriter"]["Parameters"]["Bucket"]
    )
    given = {key.removesuffix(".$") for key in each["ItemSelector"]}
    code = one("python", "def read(")
    assert given == set(re.findall(r"event\[[\"'](\w+)[\"']\]", code)) == {"account", "run"}
    accounts = json.loads(one("json", '["1'))
    assert all(re.fullmatch("[0-9]{12}", account) for account in accounts)


class _S3:
    """A bucket in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def upload_file(self, file: str, bucket: str, key: str) -> None:
        (self.folder / key).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / key).write_bytes(Path(file).read_bytes())

    def download_file(self, bucket: str, key: str, file: str) -> None:
        Path(file).write_bytes((self.folder / key).read_bytes())

    def get_paginator(self, operation: str) -> "_S3":
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        yield {}
        for path in (self.folder / Prefix).iterdir():
            yield {"Contents": [{"Key": path.relative_to(self.folder).as_posix()}]}


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The functions of the image, with a bucket in a folder."""
    monkeypatch.setenv("BUCKET", "my-ses-fleet")
    monkeypatch.setenv("EXTERNAL_ID", "shared-secret")
    ours = Path(sys.executable).parent
    monkeypatch.setenv("PATH", str(ours), prepend=":")
    code: dict[str, Any] = {}
    exec(compile(one("python", "def read("), "fleet.py", "exec"), code)
    code["boto3"] = SimpleNamespace(client=lambda _name: _S3(tmp_path / "bucket"))
    return code


def test_the_functions_merge(functions: dict[str, Any], tmp_path: Path) -> None:
    accounts = tmp_path / "bucket/run-1/accounts"
    accounts.mkdir(parents=True)
    for account in ("111122223333", "444455556666"):
        one_set = scope(configuration_set("x"), account=account)
        snapshot_file(accounts / f"{account}.json", one_set)
    done = functions["merge"]({"run": "run-1"}, None)
    assert done == {"key": "run-1/fleet.json", "accounts": 2}
    whole = load_snapshot(tmp_path / "bucket/run-1/fleet.json")
    assert len(whole.scopes) == 2


def test_the_functions_fail_when_an_account_cannot_be_read(functions: dict[str, Any]) -> None:
    # No credentials: nothing reaches the network.
    with pytest.raises(RuntimeError, match=r"ses2iac snapshot ended with \d") as caught:
        functions["read"]({"run": "run-1", "account": "111122223333"}, None)
    assert "shared-secret" not in str(caught.value)
