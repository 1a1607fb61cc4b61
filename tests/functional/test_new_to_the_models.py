"""What only the models know yet is left out and reported by every format, and never written half.

A copy of the package gets a sixth kind of target, an option, and a value of an enumeration, in its
models alone, as somebody would begin who adds them.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.formats.registry import FormatName
from tests.functional.snapshots import ACCOUNT, ANSWERED, REGION, Json, sns
from tests.support import ROOT, Ran

pytestmark = pytest.mark.slow

MODELS = {
    'PINPOINT = "pinpoint"\n': 'PINPOINT = "pinpoint"\n    SQS = "sqs"\n',
    'REQUIRE_OPEN_ONLY = "REQUIRE_OPEN_ONLY"\n': (
        'REQUIRE_OPEN_ONLY = "REQUIRE_OPEN_ONLY"\n    REQUIRE_CLICK_ONLY = "REQUIRE_CLICK_ONLY"\n'
    ),
    "class DimensionConfiguration(": (
        "class SqsDestination(Model, frozen=True):\n"
        '    """An SQS queue."""\n\n'
        "    kind: ClassVar[TargetKind] = TargetKind.SQS\n"
        "    queue_arn: str\n\n"
        "    @property\n"
        "    def arn(self) -> str:\n"
        '        """The ARN of what receives the events."""\n'
        "        return self.queue_arn\n\n\n"
        "class DimensionConfiguration("
    ),
    "    | PinpointDestination\n)": "    | PinpointDestination\n    | SqsDestination\n)",
    "    pinpoint_destination: PinpointDestination | None = None\n": (
        "    pinpoint_destination: PinpointDestination | None = None\n"
        "    sqs_destination: SqsDestination | None = None\n"
    ),
    "    max_delivery_seconds: int | None = None\n": (
        "    max_delivery_seconds: int | None = None\n    retry_attempts: int | None = None\n"
    ),
}
"""What is put in the place of what, in ``model/resources.py``."""

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:mail"


def account() -> Json:
    """A set with all three, and a destination that every format can write."""
    return {
        "FormatVersion": 1,
        "Scopes": [
            {
                "AccountId": ACCOUNT,
                "Partition": "aws",
                "Region": REGION,
                "ConfigurationSets": [
                    {
                        "ConfigurationSetName": "orders",
                        **ANSWERED,
                        "DeliveryOptions": {"TlsPolicy": "REQUIRE", "RetryAttempts": 3},
                        "TrackingOptions": {
                            "CustomRedirectDomain": "click.example.com",
                            "HttpsPolicy": "REQUIRE_CLICK_ONLY",
                        },
                        "EventDestinations": [
                            {
                                "Name": name,
                                "Enabled": True,
                                "MatchingEventTypes": ["BOUNCE"],
                                **target,
                            }
                            for name, target in (
                                ("known", sns()),
                                ("queue", {"SqsDestination": {"QueueArn": QUEUE}}),
                            )
                        ],
                    }
                ],
            }
        ],
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the changed package, its templates, and a snapshot."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("exporter", "templates"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    replace(folder / "exporter/model/resources.py", MODELS)
    (folder / "snapshot.json").write_text(json.dumps(account()), encoding="utf-8")
    return folder


def replace(path: Path, changes: dict[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def run(copy: Path, *arguments: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "exporter", *arguments],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("to", FormatName)
def test_it_is_left_out_and_reported(copy: Path, to: FormatName) -> None:
    ran = run(copy, "export", to, "--from", "snapshot.json", "--out", to)
    assert ran.code == 0, ran.err
    assert "event destination left out for its SqsDestination" in ran.err
    assert re.search(r"DeliveryOptions(\.RetryAttempts)? left out", ran.err)
    assert re.search(r"REQUIRE_CLICK_ONLY|TrackingOptions left out", ran.err)
    files = [path for path in (copy / to).rglob("*") if path.is_file() and path.name[0] != "."]
    code = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    written = "\n".join(line for line in code if not line.strip().startswith("#"))
    assert "mail-events" in written
    for new in ("queue", QUEUE, "REQUIRE_CLICK_ONLY", "RetryAttempts", "retry_attempts"):
        assert new not in written, new


@pytest.mark.parametrize("to", FormatName)
def test_strict_refuses_it(copy: Path, to: FormatName) -> None:
    ran = run(copy, "export", to, "--from", "snapshot.json", "--out", f"strict-{to}", "--strict")
    assert ran.code == 1, ran.err
    assert "SqsDestination" in ran.err
    assert not (copy / f"strict-{to}").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["scan"],
        ["graph"],
        ["graph", "--output", "svg"],
        ["lint"],
        ["scan", "--include", "kind:sqs"],
    ],
)
def test_other_commands_show_it(copy: Path, command: list[str]) -> None:
    ran = run(copy, *command, "--from", "snapshot.json")
    assert ran.code in (0, 3), ran.err
    if command != ["lint"]:
        assert "mail" in ran.out


@pytest.mark.parametrize("to", [FormatName.TERRAFORM, FormatName.CLOUDFORMATION, FormatName.CDK])
def test_a_template_without_a_branch_for_it_ends_the_export(
    copy: Path, tmp_path: Path, to: FormatName
) -> None:
    """A format that says that it supports the kind, and forgot its template."""
    folder = tmp_path / "copy"
    shutil.copytree(copy, folder)
    for format_ in ("terraform", "cloudformation"):
        replace(
            folder / f"exporter/formats/{format_}/render.py",
            {"TargetKind.SNS,": "TargetKind.SNS, TargetKind.SQS,"},
        )
    replace(
        folder / "exporter/formats/supported.py",
        {
            "COMMON: Values = {\n": (
                "COMMON: Values = {\n"
                '    "EventDestinations.SqsDestination.QueueArn": frozenset(),\n'
            )
        },
    )
    ran = run(folder, "export", to, "--from", "snapshot.json", "--out", "out")
    assert ran.code == 1
    assert "the template writes 'queue' without its target" in ran.err
    assert "fault in ses2iac" not in ran.err
    assert not (folder / "out").exists()
