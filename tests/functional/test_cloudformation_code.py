"""Other people's CloudFormation and CDK code against what is live, by whole commands."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, ses2iac

CASES = ROOT / "tests/fixtures/cloudformation_code"
SAID = pytest.CaptureFixture[str]
ARN = "arn:aws:sns:eu-west-1:123456789012"


@pytest.fixture(params=[path.name for path in sorted(CASES.iterdir())])
def case(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case; the working folder holds its files."""
    return enter(request.param, tmp_path, monkeypatch)


def enter(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    shutil.copytree(CASES / name, folder, dirs_exist_ok=True)
    monkeypatch.chdir(folder)
    return name


def code_of(folder: Path) -> str:
    return "cdk.out" if (folder / "cdk.out").exists() else "template.yaml"


def difference(capsys: SAID, *arguments: str) -> tuple[int, Any]:
    ran = ses2iac(capsys, "diff", *arguments, "--output", "json")
    return ran.code, json.loads(ran.out)


def changes(found: Any) -> list[tuple[str, str]]:
    """Each change: its kind and what it is of."""
    shown = []
    for scope in found["Scopes"]:
        for each in scope["Changes"]:
            names = [each["ConfigurationSet"], each.get("EventDestination")]
            shown.append((each["Change"], "/".join(filter(None, names))))
    return shown


EXPECTED: dict[str, tuple[int, list[tuple[str, str]]]] = {
    "cdk-l2-unnamed-destination": (0, []),
    "custom-resource-destination": (0, []),
    "named-topic-of-the-same-template": (3, [("changed", "shop-mail/feedback")]),
    "nested-stack-without-ses": (3, [("added", "by-hand"), ("added", "by-hand/me")]),
    "serverless-variable-in-a-name": (4, []),
}


def test_a_difference_is_what_it_is(case: str, tmp_path: Path, capsys: SAID) -> None:
    code, found = difference(capsys, code_of(tmp_path), "live.json")
    assert (code, changes(found)) == EXPECTED[case]


LEFT = {
    "nested-stack-without-ses": "by-hand",
    # Nothing says that the set is that of the template; a note says that it may be.
    "serverless-variable-in-a-name": "dev-mail",
}


def test_what_a_stack_owns_is_not_exported(case: str, tmp_path: Path, capsys: SAID) -> None:
    out = ["--from", "live.json", "--unmanaged-by", code_of(tmp_path), "--out", "rest"]
    ran = ses2iac(capsys, "export", "terraform", *out)
    assert ran.code == 0
    written = "".join(path.read_text() for path in tmp_path.glob("rest/*.tf"))
    assert (case in LEFT) is bool(written)
    assert LEFT.get(case, "") in written
    if case == "serverless-variable-in-a-name":
        assert "may already manage some of what is left" in ran.err


def test_a_custom_resource_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SAID
) -> None:
    enter("custom-resource-destination", tmp_path, monkeypatch)
    ran = ses2iac(capsys, "diff", "cdk.out", "live.json")
    said = " ".join((ran.out + ran.err).split())
    assert "EmailDestination44447055 is a custom resource that calls SESV2.createConf" in said


def test_serverless_package_is_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SAID
) -> None:
    enter("serverless-variable-in-a-name", tmp_path, monkeypatch)
    ran = ses2iac(capsys, "diff", "template.yaml", "live.json")
    assert "serverless package" in " ".join((ran.out + ran.err).split())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "code", "expected"),
    [
        # The target of a topic without a name is seen to be another.
        (
            "Mail-TopicBFC7AF6E-926204D081CC",
            "somewhere-else",
            3,
            [("changed", "shop-events/Mail-SetToSns6BFF588F-Q7UX2MWK0PZA")],
        ),
        (
            '"COMPLAINT"',
            '"REJECT"',
            3,
            [("changed", "shop-events/Mail-SetToSns6BFF588F-Q7UX2MWK0PZA")],
        ),
        # A destination that CloudFormation cannot have named is somebody's own; that of the code
        # is gone, and nothing says what it was called.
        ("Mail-SetToSns6BFF588F-Q7UX2MWK0PZA", "by-hand", 3, [("added", "shop-events/by-hand")]),
        # That of another stack, which has the same logical ids.
        ('"Name": "Mail-Set', '"Name": "Other-Set', 4, []),
    ],
)
def test_one_change_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: SAID,
    old: str,
    new: str,
    code: int,
    expected: list[tuple[str, str]],
) -> None:
    enter("cdk-l2-unnamed-destination", tmp_path, monkeypatch)
    edit(tmp_path / "live.json", old, new)
    ended, found = difference(capsys, "cdk.out", "live.json")
    assert (ended, changes(found)) == (code, expected)


TEMPLATE = """
Parameters: {Stage: {Type: String}, Topic: {Type: String}}
Resources:
  Mail: {Type: AWS::SES::ConfigurationSet, Properties: {Name: !Sub "${AWS::StackName}-${Stage}"}}
  Dest:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination:
        Name: d
        Enabled: true
        MatchingEventTypes: [bounce]
        SnsDestination: {TopicARN: !Ref Topic}
"""


def live_file(folder: Path, name: str) -> None:
    destination = {
        "Name": "d",
        "Enabled": True,
        "MatchingEventTypes": ["BOUNCE"],
        "SnsDestination": {"TopicArn": f"{ARN}:t"},
    }
    found = {"ConfigurationSetName": name, "EventDestinations": [destination]}
    scope = {
        "AccountId": "123456789012",
        "Partition": "aws",
        "Region": "eu-west-1",
        "ConfigurationSets": [found],
    }
    (folder / "live.json").write_text(json.dumps({"FormatVersion": 1, "Scopes": [scope]}))


def test_the_stack_s_name_and_parameters_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SAID
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_text(TEMPLATE)
    live_file(tmp_path, "shop-prod")
    given = ["--stack-name", "shop", "--parameter", "Stage=prod", "--parameter", f"Topic={ARN}:t"]
    assert difference(capsys, "template.yaml", "live.json")[0] == 4
    code, found = difference(capsys, "template.yaml", "live.json", *given)
    assert (code, changes(found)) == (0, [])
    ran = ses2iac(capsys, "scan", "--from", "live.json", "--unmanaged-by", "template.yaml", *given)
    assert "nothing left to export" in ran.err
    ran = ses2iac(capsys, "diff", "template.yaml", "live.json", "--parameter", "Stage")
    assert ran.code == 2
    assert "--parameter KEY=VALUE" in ran.err


def test_a_nested_template_in_the_same_folder_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SAID
) -> None:
    monkeypatch.chdir(tmp_path)
    code = tmp_path / "code"
    code.mkdir()
    (code / "main.yaml").write_text("""
Resources:
  Mail:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./mail.yaml
      Parameters: {Stage: prod, Topic: !Sub "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:t"}
""")
    text = TEMPLATE.replace("${AWS::StackName}", "shop")
    (code / "mail.yaml").write_text(text)
    live_file(tmp_path, "shop-prod")
    ended, found = difference(capsys, "code", "live.json")
    assert (ended, changes(found)) == (0, [])
    # A URL that it is uploaded to ends as the file is called.
    for url in ("https://b.s3.amazonaws.com/v1/mail.yaml", '!Sub "https://${B}.x/mail.yaml"'):
        edit(code / "main.yaml", "TemplateURL: ./mail.yaml", f"TemplateURL: {url}")
        assert changes(difference(capsys, "code", "live.json")[1]) == []
        edit(code / "main.yaml", f"TemplateURL: {url}", "TemplateURL: ./mail.yaml")
    # Of another repository nothing is read.
    (tmp_path / "mail.yaml").write_text(text)
    edit(code / "main.yaml", "./mail.yaml", "../mail.yaml")
    (code / "mail.yaml").unlink()
    ran = ses2iac(capsys, "diff", "code", "live.json")
    assert ran.code == 4
    assert "its template was not found" in " ".join((ran.out + ran.err).split())


def test_the_file_of_the_serverless_framework_is_no_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SAID
) -> None:
    monkeypatch.chdir(tmp_path)
    own = "service: mail\nprovider: {name: aws}\nresources: {Resources: {}}\n"
    Path("serverless.yml").write_text(own)
    live_file(tmp_path, "shop")
    ran = ses2iac(capsys, "diff", "serverless.yml", "live.json")
    assert ran.code == 1
    assert "serverless package" in ran.err


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("nested-stack-without-ses", "change the CDK app and run 'cdk synth'"),
        ("named-topic-of-the-same-template", "edit it at the lines shown above"),
    ],
)
def test_what_is_generated_is_not_to_be_edited(
    name: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: SAID
) -> None:
    enter(name, tmp_path, monkeypatch)
    ran = ses2iac(capsys, "diff", code_of(tmp_path), "live.json")
    assert f"\nto keep it, update the code:\n  {step}\n" in ran.out
