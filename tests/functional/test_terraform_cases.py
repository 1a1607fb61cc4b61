"""Small pieces of other people's Terraform beside what is live: the right answer for each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
    assert ("nothing is left" in ran.err) is (sets + destinations == 0)
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
