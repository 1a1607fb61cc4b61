"""Small pieces of other people's Terraform beside what is live: the right answer for each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeAws, plain_set
from tests.support import ROOT, ses2iac

CASES = ROOT / "tests/fixtures/terraform_cases"
BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/default"


@dataclass(frozen=True)
class Right:
    """What is right to say of a case.

    Attributes:
        compared: How many resources are compared, and of how many.
        changes: What differs: ``SET/DESTINATION`` with the values that do, or None where it is
            added.
        paths: What is left open or unknown, by its path.
        left: What ``--unmanaged-by`` leaves: sets and destinations.
        side: What is compared with what is live.
    """

    compared: tuple[int, int]
    changes: Mapping[str, Mapping[str, Any] | None]
    paths: frozenset[str] = frozenset()
    left: tuple[int, int] = (0, 0)
    side: str = "code"


BOTH_OPEN = frozenset({"ReputationOptions", "SendingOptions"})

RIGHT: Mapping[str, Right] = {
    "alias-false-added": Right((4, 4), {}, BOTH_OPEN),
    "enabled-omitted": Right((1, 1), {"weasel/bus": {"Enabled": [False, True]}}, left=(1, 0)),
    "ignore-changes": Right(
        (2, 2), {}, frozenset({"MatchingEventTypes", "ReputationOptions", "SendingOptions"})
    ),
    "local-module": Right((5, 5), {}, frozenset({"SendingOptions"})),
    "names-not-worked-out": Right((2, 2), {}, BOTH_OPEN),
    "plan-new-set-crash": Right((2, 2), {}, BOTH_OPEN, side="plan.json"),
    "plan-noise": Right((2, 2), {}, frozenset({"SnsDestination.TopicArn"}), side="plan.json"),
    "region-argument": Right((3, 3), {}, BOTH_OPEN),
    "tofu-file": Right((2, 2), {}),
    "unrelated-module-hides-handmade": Right(
        (4, 4), {"byhand": None, "byhand/me": None}, left=(1, 1)
    ),
    "v1-resources-not-read": Right((3, 3), {}),
}


def test_every_case_has_its_answer() -> None:
    assert {path.name for path in CASES.iterdir()} == set(RIGHT)


def _name(found: Any) -> str:
    return "/".join(filter(None, (found["ConfigurationSet"], found.get("EventDestination"))))


@pytest.mark.parametrize("case", RIGHT)
def test_what_differs(
    case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES / case)
    right = RIGHT[case]
    ran = ses2iac(capsys, "diff", right.side, "live.json", "--output", "json")
    found = json.loads(ran.out)
    coverage = found["Coverage"]
    assert (coverage["Compared"], coverage["Resources"]) == right.compared
    changes = [change for scope in found["Scopes"] for change in scope["Changes"]]
    assert {
        _name(change): (
            {value["Path"]: [value["Old"], value["New"]] for value in change["Paths"]}
            if change["Change"] == "changed"
            else None
        )
        for change in changes
    } == right.changes
    beside = [each for scope in found["Scopes"] for each in scope["NotCompared"]]
    assert {each["Path"] for each in beside if "Path" in each} == right.paths
    assert found["Unresolved"] == []
    assert ran.code == (3 if right.changes else 0)


@pytest.mark.parametrize("case", RIGHT)
def test_what_no_code_holds(
    case: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(CASES / case)
    out = tmp_path / "rest"
    side = RIGHT[case].side
    arguments = ("--from", "live.json", "--unmanaged-by", side, "--out", str(out))
    ran = ses2iac(capsys, "export", "terraform", *arguments)
    sets, destinations = RIGHT[case].left
    assert ran.code == 0, ran.err
    assert ("nothing left to export" in ran.err) is (sets + destinations == 0)
    assert out.exists() is (sets + destinations > 0)
    assert "note:" not in ran.err


@pytest.mark.parametrize("command", ["diff", "report"])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"MatchingEventTypes": ["BOUNCE", "DELIVERY_DELAY"]}, "cannot hold DELIVERY_DELAY;"),
        ({"EventBridgeDestination": {"EventBusArn": BUS}}, "cannot hold EventBridgeDestination;"),
        (
            {
                "MatchingEventTypes": ["SUBSCRIPTION"],
                "EventBridgeDestination": {"EventBusArn": BUS},
            },
            "cannot hold EventBridgeDestination, SUBSCRIPTION;",
        ),
        ({"MatchingEventTypes": ["SEND"]}, ""),
    ],
)
def test_what_the_first_api_cannot_hold_is_replaced(
    command: str,
    changed: Mapping[str, Any],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The next plan of v1 code deletes the destination and creates it again."""
    case = CASES / "v1-resources-not-read"
    snapshot = json.loads((case / "live.json").read_text(encoding="utf-8"))
    destination = snapshot["Scopes"][0]["ConfigurationSets"][0]["EventDestinations"][1]
    if "EventBridgeDestination" in changed:
        del destination["SnsDestination"]
    destination |= changed
    live = tmp_path / "live.json"
    live.write_text(json.dumps(snapshot), encoding="utf-8")
    monkeypatch.chdir(case)
    arguments = {
        "diff": ("code", str(live), "--output", "json"),
        "report": ("--from", str(live), "--against", "code", "--out", str(tmp_path / "page.html")),
    }
    ran = ses2iac(capsys, command, *arguments[command])
    assert ("the next plan of Terraform replaces shop-config-set/sns-events" in ran.err) is (
        said != ""
    )
    assert said in ran.err


def test_what_is_wrong_with_code_is_said_before_an_account_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text("resource {", encoding="utf-8")
    with FakeAws({"orders": plain_set("bounces")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        ran = ses2iac(capsys, "diff", str(tmp_path), "live")
        assert "not Terraform code" in ran.err
        assert not any("configuration-sets" in str(request) for request in fake.requests)


def test_the_place_of_live_is_that_of_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A topic that the code names by a reference: a destination moved to another one is seen."""
    with FakeAws({"orders": plain_set("bounces")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        taken = tmp_path / "live.json"
        assert ses2iac(capsys, "snapshot", "--out", str(taken)).code == 0
        (scope,) = json.loads(taken.read_text(encoding="utf-8"))["Scopes"]
        (destination,) = scope["ConfigurationSets"][0]["EventDestinations"]
        topic = destination["SnsDestination"]["TopicArn"].rpartition(":")[2]
        code = tmp_path / "main.tf"
        code.write_text(
            f'resource "aws_sns_topic" "t" {{\n  name = "{topic}"\n}}\n'
            'resource "aws_sesv2_configuration_set_event_destination" "d" {\n'
            '  configuration_set_name = "orders"\n  event_destination_name = "bounces"\n'
            "  event_destination {\n    enabled = true\n    matching_event_types = "
            f"{json.dumps(destination['MatchingEventTypes'])}\n    sns_destination {{\n"
            "      topic_arn = aws_sns_topic.t.arn\n    }\n  }\n}\n",
            encoding="utf-8",
        )
        ran = ses2iac(capsys, "diff", str(tmp_path), "live")
        assert ran.code == 0, ran.out
        code.write_text(code.read_text(encoding="utf-8").replace(topic, "moved"), encoding="utf-8")
        ran = ses2iac(capsys, "diff", str(tmp_path), "live")
        assert ran.code == 3
        assert "SnsDestination.TopicArn" in ran.out
