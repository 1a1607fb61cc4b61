"""An export of one, two and three accounts and regions, read by each command that reads exports."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.functional.snapshots import (
    Desk,
    Json,
    configuration_set,
    destination,
    scope,
    snapshot_file,
)

FORMATS = ("terraform", "cloudformation", "cdk")
CODE = {"terraform": "*.tf", "cloudformation": "*.yaml", "cdk": "*.py"}
WHERE = (
    ("123456789012", "eu-north-1"),
    ("123456789012", "us-west-2"),
    ("210987654321", "eu-north-1"),
)
Written = tuple[Desk, str, str, list[Json]]


def _scope(number: int) -> Json:
    """A scope that shares a set's name with the others, and has one of its own."""
    account, region = WHERE[number]
    topic = f"arn:aws:sns:{region}:{account}:topic-{number}"
    late = destination("late", {"SnsDestination": {"TopicArn": topic}})
    return scope(
        configuration_set("parcels", late),
        configuration_set(f"only-{number}", late),
        account=account,
        region=region,
    )


@pytest.fixture(params=FORMATS)
def format_(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[1, 2, 3], ids=["one-scope", "two-scopes", "three-scopes"])
def written(
    request: pytest.FixtureRequest,
    format_: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Written:
    """An export, its format, the snapshot that it was made of, and its scopes."""
    desk = Desk(capsys, tmp_path)
    scopes = [_scope(number) for number in range(request.param)]
    desk.export(*scopes, to=format_)
    return desk, format_, snapshot_file(tmp_path / "fleet.json", *scopes), scopes


def _path(format_: str, scopes: list[Json], number: int) -> str:
    """The folder of a scope below that of the export; CDK has a package of the same app."""
    account, region = WHERE[number]
    if len(scopes) == 1:
        return "."
    package = f"account_{account}_{region.replace('-', '_')}"
    return package if format_ == "cdk" else f"{account}/{region}"


def _edit(desk: Desk, format_: str, scopes: list[Json]) -> None:
    """Lead the destinations of the last scope elsewhere, in its code."""
    last = len(scopes) - 1
    found = 0
    for path in (desk.out / _path(format_, scopes, last)).rglob(CODE[format_]):
        text = path.read_text(encoding="utf-8")
        found += text.count(f":topic-{last}")
        path.write_text(text.replace(f":topic-{last}", ":elsewhere"), encoding="utf-8")
    # What both go to is one local in Terraform, and constants are not shared elsewhere.
    assert found in (1, 2)


def _changes(report: Any) -> list[tuple[str, str, str, str | None]]:
    return [
        (
            each["Title"],
            change["Change"],
            change["ConfigurationSet"],
            change.get("EventDestination"),
        )
        for each in report["Scopes"]
        for change in each["Changes"]
    ]


def _title(number: int) -> str:
    account, region = WHERE[number]
    return f"account {account}, region {region}"


def test_it_equals_its_source_both_ways(written: Written) -> None:
    desk, _, fleet, scopes = written
    for sides in ((str(desk.out), fleet), (fleet, str(desk.out))):
        ran = desk.run("diff", *sides)
        assert (ran.code, ran.err) == (0, "")
        assert f"no difference: {4 * len(scopes)} resources unchanged" in ran.out


def test_an_edit_in_one_scope_is_one_of_that_scope(written: Written) -> None:
    desk, format_, fleet, scopes = written
    _edit(desk, format_, scopes)
    last = len(scopes) - 1
    expected = [
        (_title(last), "changed", f"only-{last}", "late"),
        (_title(last), "changed", "parcels", "late"),
    ]
    for sides in ((str(desk.out), fleet), (fleet, str(desk.out))):
        ran = desk.run("diff", *sides, "--output", "json")
        assert ran.code == 3, ran.err
        report = json.loads(ran.out)
        assert _changes(report) == expected
        edited = "edited since the export, so it is read as hand-written code"
        assert report["Notes"] == [f"{desk.out}: {edited}"]


def test_the_drift_of_one_scope_is_found(written: Written) -> None:
    desk, _, _, scopes = written
    last = len(scopes) - 1
    gone = {**scopes[last], "ConfigurationSets": scopes[last]["ConfigurationSets"][:1]}
    drifted = snapshot_file(desk.folder / "drifted.json", *scopes[:last], gone)
    ran = desk.run("diff", str(desk.out), drifted, "--output", "json")
    assert ran.code == 3, ran.err
    assert _changes(json.loads(ran.out)) == [
        (_title(last), "removed", f"only-{last}", None),
        (_title(last), "removed", f"only-{last}", "late"),
    ]


def test_another_format_of_it_is_the_same_code(written: Written) -> None:
    desk, _, fleet, scopes = written
    for other in FORMATS:
        beside = str(desk.folder / other)
        assert desk.run("export", other, "--from", fleet, "--out", beside, "-q").code == 0
        ran = desk.run("diff", str(desk.out), beside)
        assert (ran.code, ran.err) == (0, "")
        assert f"{4 * len(scopes)} resources unchanged" in ran.out


@pytest.mark.parametrize("edited", [False, True], ids=["untouched", "edited"])
def test_nothing_of_it_is_unmanaged(written: Written, edited: bool) -> None:
    desk, format_, fleet, scopes = written
    if edited:
        _edit(desk, format_, scopes)
    more = {**scopes[-1], "ConfigurationSets": [*scopes[-1]["ConfigurationSets"]]}
    more["ConfigurationSets"].append(configuration_set("added", "bounces"))
    grown = snapshot_file(desk.folder / "grown.json", *scopes[:-1], more)
    by = ("--unmanaged-by", str(desk.out))
    ran = desk.run("scan", "--from", fleet, *by)
    assert ran.code == 0, ran.err
    assert f"nothing left to export: {desk.out} manages all of" in ran.err
    own_stack = () if format_ == "terraform" else ("--stack-name", "rest")
    for command in (
        ("scan", "--output", "json"),
        ("export", format_, "--out", str(desk.folder / "rest"), *own_stack),
    ):
        ran = desk.run(*command, "--from", grown, *by)
        assert ran.code == 0, ran.err
        assert f"left out, because {desk.out} manages it: {2 * len(scopes)} " in ran.err
    manifest = json.loads((desk.folder / "rest/.ses2iac.json").read_text())
    held = [each["ConfigurationSet"] for s in manifest["Scopes"] for each in s["Resources"]]
    assert held == ["added", "added"]


@pytest.mark.parametrize("edited", [False, True], ids=["untouched", "edited"])
def test_a_page_compares_with_it(written: Written, edited: bool) -> None:
    desk, format_, fleet, scopes = written
    if edited:
        _edit(desk, format_, scopes)
    page = desk.folder / "page.html"
    ran = desk.run("report", "--from", fleet, "--against", str(desk.out), "--out", str(page))
    assert ran.code == 0, ran.err
    assert (":elsewhere" in page.read_text(encoding="utf-8")) is edited


@pytest.mark.slow
def test_it_is_verified(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, format_, _, scopes = written
    # Without engines: what they say is another test's.
    monkeypatch.setenv("PATH", str(desk.folder))
    ran = desk.run("verify", "--offline", str(desk.out), "--output", "json")
    assert ran.code == 0, ran.out
    report = json.loads(ran.out)
    assert report["Passed"] is True
    folders = {_path(format_, scopes, number) for number in range(len(scopes))}
    assert {each["Path"] for each in report["Checks"]} == {".", *folders}


def test_one_region_of_it_is_compared(written: Written) -> None:
    desk, _, fleet, scopes = written
    ran = desk.run("diff", str(desk.out), fleet, "--region", "eu-north-1")
    assert ran.code == 0, ran.err
    count = sum(region == "eu-north-1" for _, region in WHERE[: len(scopes)])
    assert f"no difference: {4 * count} resources unchanged" in ran.out


def test_a_template_beside_one_scope_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(capsys, tmp_path)
    scopes = [_scope(0), _scope(1)]
    desk.export(*scopes, to="cloudformation")
    more = desk.out / _path("cloudformation", scopes, 1) / "more.yaml"
    more.write_text("Resources:\n  A:\n    Type: AWS::SES::ConfigurationSet\n", encoding="utf-8")
    fleet = snapshot_file(tmp_path / "fleet.json", *scopes)
    ran = desk.run("diff", str(desk.out), fleet, "--output", "json")
    assert [each["At"] for each in json.loads(ran.out)["Unresolved"]] == [str(more)]
