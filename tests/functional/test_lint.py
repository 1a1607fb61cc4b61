"""``ses2iac lint`` as a person or a pipeline runs it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeAws, plain_set
from tests.functional.snapshots import configuration_set, destination, scope, snapshot_file, sns
from tests.support import ROOT, SAMPLES, Ran, ses2iac

Capsys = pytest.CaptureFixture[str]
SHOP = str(SAMPLES / "shop" / "snapshot.json")
REPORTS = ROOT / "tests" / "fixtures" / "lint"

GOOD = configuration_set(
    "good",
    destination("all", events=("BOUNCE", "COMPLAINT")),
    DeliveryOptions={"TlsPolicy": "REQUIRE"},
)
ONLY_INFO = configuration_set("plain", destination("all", events=("BOUNCE", "COMPLAINT")))
WARNED = configuration_set("empty", DeliveryOptions={"TlsPolicy": "REQUIRE"})
BROKEN = configuration_set(
    "broken",
    destination("all", sns("x.fifo"), events=("BOUNCE", "COMPLAINT")),
    DeliveryOptions={"TlsPolicy": "REQUIRE"},
)


def findings(ran: Ran) -> list[tuple[str, ...]]:
    document = json.loads(ran.out)
    return [
        tuple(
            filter(
                None,
                (row["Rule"], row["ConfigurationSet"], row.get("EventDestination")),
            )
        )
        for each in document["Scopes"]
        for row in each["Findings"]
    ]


@pytest.mark.parametrize(
    ("name", "output"), [("shop.txt", "text"), ("shop.json", "json"), ("shop.md", "markdown")]
)
def test_the_report_is_the_expected_one(name: str, output: str, capsys: Capsys) -> None:
    """``SES2IAC_UPDATE_CASES=1`` writes it anew; read the diff."""
    ran = ses2iac(capsys, "lint", "--from", SHOP, "--output", output)
    if os.environ.get("SES2IAC_UPDATE_CASES"):
        (REPORTS / name).write_bytes(ran.out.encode())
    assert ran.out.encode() == (REPORTS / name).read_bytes()
    assert (ran.code, ran.err) == (3, "")


@pytest.mark.parametrize(
    ("found", "codes"),
    [
        (GOOD, {"error": 0, "warning": 0, "info": 0, "never": 0}),
        (ONLY_INFO, {"error": 0, "warning": 0, "info": 3, "never": 0}),
        (WARNED, {"error": 0, "warning": 3, "info": 3, "never": 0}),
        (BROKEN, {"error": 3, "warning": 3, "info": 3, "never": 0}),
    ],
    ids=lambda value: value.get("ConfigurationSetName", ""),
)
def test_fail_on(
    found: dict[str, Any], codes: dict[str, int], capsys: Capsys, tmp_path: Path
) -> None:
    file = snapshot_file(tmp_path / "s.json", scope(found))
    for level, code in codes.items():
        assert ses2iac(capsys, "lint", "--from", file, "--fail-on", level).code == code
    by_default = ses2iac(capsys, "lint", "--from", file)
    assert by_default.code == codes["warning"]
    document = json.loads(ses2iac(capsys, "lint", "--from", file, "--output", "json").out)
    assert document["Failed"] is (codes["warning"] == 3)
    assert document["FailOn"] == "warning"


def test_nothing_found_is_one_line(capsys: Capsys, tmp_path: Path) -> None:
    file = snapshot_file(tmp_path / "s.json", scope(GOOD))
    ran = ses2iac(capsys, "lint", "--from", file)
    assert ran == Ran(0, "no finding in 1 configuration set\n", "")


def test_rules_are_selected_and_ignored(capsys: Capsys) -> None:
    arguments = ("lint", "--from", SHOP, "--output", "json")
    ran = ses2iac(capsys, *arguments, "--select", "topic-fifo", "--select", "sending-*")
    assert findings(ran) == [
        ("topic-fifo", "2fa-codes", "class"),
        ("sending-disabled", "password_reset"),
    ]
    document = json.loads(ran.out)
    assert [rule["Id"] for rule in document["Rules"]] == ["topic-fifo", "sending-disabled"]
    ran = ses2iac(capsys, *arguments, "--select", "t*", "--ignore", "*-optional", "--ignore", "tr*")
    assert {rule for rule, *_ in findings(ran)} == {"topic-fifo"}


def test_a_set_is_judged_as_a_whole_whatever_is_selected(capsys: Capsys, tmp_path: Path) -> None:
    """Without its other destination, nobody would seem to hear of complaints."""
    found = configuration_set(
        "orders",
        destination("bounces", events=("BOUNCE",)),
        destination("complaints", sns("x.fifo"), events=("COMPLAINT",), on=False),
        destination("other", sns("y"), events=("COMPLAINT",)),
        DeliveryOptions={"TlsPolicy": "REQUIRE"},
    )
    file = snapshot_file(tmp_path / "s.json", scope(found, WARNED))
    arguments = ("lint", "--from", file, "--output", "json")
    ran = ses2iac(capsys, *arguments, "--include", "orders/bounces")
    assert (ran.code, findings(ran)) == (0, [])
    ran = ses2iac(capsys, *arguments, "--exclude", "disabled", "--exclude", "empty")
    assert (ran.code, findings(ran)) == (0, [])
    ran = ses2iac(capsys, *arguments, "--include", "orders")
    assert [rule for rule, *_ in findings(ran)] == ["topic-fifo", "destination-disabled"]


def test_options_that_nobody_read_are_not_judged(capsys: Capsys, tmp_path: Path) -> None:
    file = tmp_path / "raw.json"
    file.write_text(json.dumps({"EventDestinations": [destination("a", events=("OPEN",))]}))
    where = ("--configuration-set", "orders", "--region", "eu-west-1")
    ran = ses2iac(capsys, "lint", "--from", str(file), *where, "--output", "json")
    assert findings(ran) == [("feedback-unheard", "orders")]
    assert json.loads(ran.out)["Scopes"][0]["AccountId"] is None


def test_two_regions_are_told_apart(capsys: Capsys, tmp_path: Path) -> None:
    file = snapshot_file(
        tmp_path / "s.json", scope(GOOD), scope(WARNED, BROKEN, region="us-east-1")
    )
    ran = ses2iac(capsys, "lint", "--from", file)
    lines = ran.out.splitlines()
    assert "account 123456789012, region eu-west-1: no finding" in lines
    assert "account 123456789012, region us-east-1" in lines
    assert lines[-1] == "1 error, 2 warnings in 3 configuration sets"
    one = ses2iac(capsys, "lint", "--from", file, "--region", "eu-west-1")
    assert one.code == 0


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Any:
    with FakeAws({"orders": plain_set("bounces"), "other": plain_set("bounces")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def test_what_could_not_be_read_is_no_clean_bill(live: FakeAws, capsys: Capsys) -> None:
    live.script("destinations orders", "denied")
    ran = ses2iac(capsys, "lint", "--output", "json", "--select", "topic-fifo")
    assert ran.code == 4
    document = json.loads(ran.out)
    assert document["Counts"]["Unread"] == 1
    assert document["Unread"][0]["ConfigurationSet"] == "orders"
    assert ran.err.splitlines()[-1] == "warning: partial: 1 configuration set could not be read"
    text = ses2iac(capsys, "lint", "--select", "topic-fifo").out
    assert "not read, so not checked: 1" in text
    assert (
        "**Not read, so not checked**"
        in ses2iac(capsys, "lint", "--select", "topic-fifo", "--output", "markdown").out
    )
