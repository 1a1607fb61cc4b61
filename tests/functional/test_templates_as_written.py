"""Templates in the forms in which people keep them, and what is wrong in them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.functional.snapshots import configuration_set, destination, scope, snapshot_file, sns
from tests.support import ses2iac

ORDERS = configuration_set(
    "orders", destination("bounces", sns("mail-bounces"), events=("BOUNCE", "COMPLAINT"))
)
SAID = pytest.CaptureFixture[str]

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::SES::ConfigurationSet
    Properties:
      Name: orders
  Bounces:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Orders
      EventDestination:
        Name: bounces
        Enabled: true
        MatchingEventTypes: [bounce, complaint]
        SnsDestination:
          TopicARN: !Sub arn:aws:sns:${AWS::Region}:${AWS::AccountId}:mail-bounces
"""


@pytest.fixture(autouse=True)
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    snapshot_file(Path("live.json"), scope(ORDERS))


FORMS: Mapping[str, Callable[[str], bytes]] = {
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "a document marker and comments": lambda text: f"---\n# mail\n{text}...\n".encode(),
    "rules, metadata and a policy": lambda text: (
        text.replace(
            "Resources:", "Rules: {R: {Assertions: [{Assert: !Equals [a, a]}]}}\nResources:"
        )
        .replace("ConfigurationSet\n", "ConfigurationSet\n    DeletionPolicy: Retain\n")
        .encode()
    ),
    "a key of another tool": lambda text: f"x-mail: &mail [bounce]\n{text}".encode(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["template.yaml", "mail.template"])
def test_the_form_of_a_file_changes_nothing(form: str, name: str, capsys: SAID) -> None:
    Path("code").mkdir()
    Path("code", name).write_bytes(FORMS[form](TEMPLATE))
    for side in ("code", f"code/{name}"):
        ran = ses2iac(capsys, "diff", side, "live.json")
        assert (ran.code, ran.err) == (0, "")
        assert "compared 2 of 2 resources\n" in ran.out


def test_another_encoding_is_named(capsys: SAID) -> None:
    """As PowerShell's redirection writes it; passed over, it would be a stack less."""
    Path("code").mkdir()
    Path("code/template.yaml").write_bytes(TEMPLATE.encode("utf-16"))
    ran = ses2iac(capsys, "diff", "code", "live.json")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "error: code/template.yaml:1: not UTF-8")


BESIDE = {
    "resources-to-import.json": '[{"ResourceType": "AWS::SES::ConfigurationSet"}]',
    "parameters.json": '[{"ParameterKey": "Type", "ParameterValue": "AWS::SES::ConfigurationSet"}]',
    "policy.json": '{"Statement": [{"Resource": "*", "Condition": "AWS::SES::*"}]}',
    "hooks.yaml": "types: [AWS::SES::ConfigurationSet]\n",
}
"""Files that name types and are no templates."""


def test_what_is_no_template_is_not_read_as_one(capsys: SAID) -> None:
    Path("code").mkdir()
    for name, text in {"template.yaml": TEMPLATE, **BESIDE}.items():
        Path("code", name).write_text(text, encoding="utf-8")
    ran = ses2iac(capsys, "diff", "code", "live.json")
    assert (ran.code, ran.err) == (0, "")


def test_an_export_without_its_manifest_is_a_template(capsys: SAID) -> None:
    ses2iac(capsys, "export", "cloudformation", "--from", "live.json", "--out", "stack")
    Path("stack/.ses2iac.json").unlink()
    ran = ses2iac(capsys, "diff", "stack", "live.json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("compared 2 of 2 resources\n")


def test_an_app_of_cdk_is_pointed_to_its_assembly(capsys: SAID) -> None:
    ses2iac(capsys, "export", "cdk", "--from", "live.json", "--out", "app")
    Path("app/.ses2iac.json").unlink()
    ran = ses2iac(capsys, "diff", "app", "live.json")
    assert ran.code == 1
    assert "this is a CDK app: run 'cdk synth' in it, and pass app/cdk.out\n" in ran.err


def test_a_template_and_its_packaged_copy_are_not_one_stack(capsys: SAID) -> None:
    Path("code").mkdir()
    for name in ("template.yaml", "packaged.yaml"):
        Path("code", name).write_text(TEMPLATE, encoding="utf-8")
    ran = ses2iac(capsys, "diff", "code", "live.json")
    assert ran.code == 1
    assert "orders is described twice" in ran.err
    assert "hint: pass only the template that is deployed" in ran.err


WRONG: Mapping[str, tuple[str, str, str]] = {
    "a tag without a key": (
        "Name: orders",
        "Name: orders\n      Tags: [{Name: team, Value: mail}]",
        ":2: Orders does not describe a resource: Tags[0] has no Key",
    ),
    "a dimension without a source": (
        "SnsDestination:\n          TopicARN: !Sub arn:aws:sns:${AWS::Region}:${AWS::AccountId}:"
        "mail-bounces",
        "CloudWatchDestination: {DimensionConfigurations: [{DimensionName: a, "
        "DefaultDimensionValue: b}]}",
        ":6: Bounces does not describe a resource: "
        "CloudWatchDestination.DimensionConfigurations[0] has no DimensionValueSource",
    ),
    "two documents": (
        "Resources:",
        "---\nA: 1\n---\nResources:",
        ":3: contains several YAML documents instead of one",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_its_line(what: str, capsys: SAID) -> None:
    old, new, said = WRONG[what]
    assert old in TEMPLATE
    Path("t.yaml").write_text(TEMPLATE.replace(old, new), encoding="utf-8")
    ran = ses2iac(capsys, "diff", "t.yaml", "live.json")
    assert (ran.code, ran.err) == (1, f"error: t.yaml{said}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n "Resources": {\n', ":3: not JSON: Expecting property name enclosed in double quotes"),
        ('{\n// mail\n"Resources": {}}', ":2: not JSON: Expecting property name enclosed"),
    ],
)
def test_json_is_judged_as_json(text: str, said: str, capsys: SAID) -> None:
    Path("t.json").write_text(text, encoding="utf-8")
    ran = ses2iac(capsys, "diff", "t.json", "live.json")
    assert ran.code == 1
    assert ran.err.startswith(f"error: t.json{said}")


TERRAFORM = """\
resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"
}

resource "aws_sesv2_configuration_set_event_destination" "bounces" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail-bounces"
    }
  }
}
"""


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        ("= true", '= "maybe"', "Enabled", "a boolean is required"),
        ("= true", "= [true]", "Enabled", "a boolean is required"),
        (
            '= "orders"\n',
            '= "orders"\n  delivery_options { max_delivery_seconds = "ten" }\n',
            "DeliveryOptions.MaxDeliverySeconds",
            "a number is required",
        ),
        ('= "orders"\n', '= "orders"\n  tags = ["team"]\n', "Tags", "a map is required"),
        ('["BOUNCE", "COMPLAINT"]', '"BOUNCE"', "MatchingEventTypes", "a list is required"),
        ("= true", '= lookup({}, "on")', "Enabled", "lookup finds no on"),
    ],
)
def test_what_terraform_refuses_lowers_the_coverage(
    old: str, new: str, path: str, said: str, capsys: SAID
) -> None:
    Path("infra").mkdir()
    Path("infra/main.tf").write_text(TERRAFORM.replace(old, new, 1), encoding="utf-8")
    ran = ses2iac(capsys, "diff", "infra", "live.json", "--output", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["Coverage"]["NotCompared"]) == (4, 1)
    (gap,) = (e for s in found["Scopes"] for e in s["NotCompared"] if e["Gap"])
    assert (gap["Path"], gap["Reason"]) == (path, f"invalid in the code: {said}")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--parameter", "Stag=x"), "t.yaml: --parameter Stag: no such parameter in the code; did"),
        (("--parameter", "Stage=x"), ""),
        (
            ("--var", "stag=x"),
            "infra: --var stag: no such variable in the code; did you mean stage?",
        ),
        (("--var", "stage=x"), ""),
    ],
)
def test_a_value_for_nothing_is_a_typo(given: tuple[str, str], said: str, capsys: SAID) -> None:
    Path("t.yaml").write_text(f"Parameters: {{Stage: {{Type: String}}}}\n{TEMPLATE}")
    Path("infra").mkdir()
    Path("infra/main.tf").write_text(f'variable "stage" {{}}\n{TERRAFORM}')
    code = "infra" if given[0] == "--var" else "t.yaml"
    ran = ses2iac(capsys, "diff", code, "live.json", *given)
    assert ran.code == 0
    assert ("note: " in ran.out) is bool(said)
    assert said in ran.out.replace("\n    ", " ")


@pytest.mark.parametrize("to", ["terraform", "cloudformation", "cdk"])
def test_an_export_of_destinations_alone_misses_no_set(to: str, capsys: SAID) -> None:
    snapshot_file(Path("live.json"), scope(ORDERS, configuration_set("bare")))
    options = ("--from", "live.json", "--no-configuration-sets", "--out", "out")
    assert ses2iac(capsys, "export", to, *options).code == 0
    ran = ses2iac(capsys, "diff", "out", "live.json")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "compared 1 of 1 resource")
    # A destination by hand is one all the same, in whichever set.
    snapshot_file(Path("live.json"), scope(ORDERS, configuration_set("by-hand", "mine")))
    ran = ses2iac(capsys, "diff", "out", "live.json", "--output", "json")
    (change,) = (e for s in json.loads(ran.out)["Scopes"] for e in s["Changes"])
    assert (change["ConfigurationSet"], change["EventDestination"]) == ("by-hand", "mine")


def test_a_module_is_compared_by_its_root(capsys: SAID) -> None:
    """Whose names are made of variables that only the call sets."""
    Path("prod/mail").mkdir(parents=True)
    root = 'provider "aws" {\n  region = "eu-west-1"\n}\n\nmodule "mail" {\n  source = "./mail"\n'
    Path("prod/main.tf").write_text(f'{root}  name   = "orders"\n}}\n', encoding="utf-8")
    own = TERRAFORM.partition("\n\n")[0].replace('"orders"\n', "var.name\n")
    Path("prod/mail/main.tf").write_text(f'variable "name" {{}}\n\n{own}\n', encoding="utf-8")
    options = ("--from", "live.json", "--module", "mail", "--out", "prod/mail")
    assert ses2iac(capsys, "export", "terraform", *options).code == 0
    ran = ses2iac(capsys, "diff", "prod/mail", "live.json")
    assert ran.code == 4
    said = "prod/mail: the code that calls this module sets its variables, so compare that: "
    assert f"{said}ses2iac diff prod live\n" in ran.out.replace("\n    ", " ")
    ran = ses2iac(capsys, "diff", "prod", "live.json")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "compared 2 of 2 resources")


STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/mail/23e08645-394a-4ca5-b592-a9e2a1f1"


@pytest.mark.parametrize("given", ["mail", STACK])
def test_a_stack_is_named_by_its_name_or_its_arn(given: str, capsys: SAID) -> None:
    text = TEMPLATE.replace("Name: orders", "Name: !Sub ${AWS::StackName}-orders")
    Path("t.yaml").write_text(text, encoding="utf-8")
    named = {**ORDERS, "ConfigurationSetName": "mail-orders"}
    snapshot_file(Path("live.json"), scope(named))
    ran = ses2iac(capsys, "diff", "t.yaml", "live.json", "--stack-name", given)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "compared 2 of 2 resources")


@pytest.mark.parametrize("given", ["", "my mail", "1mail", STACK.rpartition("/")[0], "a" * 129])
@pytest.mark.parametrize("side", [("diff", "t.yaml", "live.json"), ("scan", "--from", "live.json")])
def test_what_names_no_stack_is_refused(side: tuple[str, ...], given: str, capsys: SAID) -> None:
    Path("t.yaml").write_text(TEMPLATE, encoding="utf-8")
    more = () if side[0] == "diff" else ("--unmanaged-by", "t.yaml")
    ran = ses2iac(capsys, *side, *more, "--stack-name", given)
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: {given!r} is not a valid stack name")
