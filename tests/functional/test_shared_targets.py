"""What receives events of several destinations stands once in CloudFormation and CDK code."""

import json
import re

import black
import pytest
import yaml

from tests.functional.snapshots import Desk, Json, configuration_set, destination, scope, sns
from tests.support import tree

TWICE = scope(
    configuration_set("orders", destination("bounces"), destination("once", sns("alone"))),
    configuration_set("tenant-1", destination("bounces")),
)
ARN = "arn:aws:sns:eu-west-1:123456789012:mail-events"


def is_same(desk: Desk) -> None:
    """It reads as the snapshot, untouched and edited, and stays as it is."""
    fleet = str(desk.folder / "snapshot.json")
    assert desk.again("--check", to=desk.manifest()["Format"]).code == 0
    assert desk.run("diff", str(desk.out), fleet).code == 0
    for path in (*desk.out.rglob("*.py"), *desk.out.rglob("*template*.yaml")):
        path.write_text(f"# by hand\n{path.read_text()}")
    ran = desk.run("diff", str(desk.out), fleet)
    assert ran.code == 0, ran.out


def test_a_template_has_a_mapping(desk: Desk) -> None:
    desk.export(TWICE, to="cloudformation")
    text = desk.read("template.yaml")
    assert f"Mappings:\n  Targets:\n    MailEventsTopic:\n      Arn: {ARN}\n\nResources:\n" in text
    assert text.count("TopicARN: !FindInMap [Targets, MailEventsTopic, Arn]\n") == 2
    assert text.count(ARN) == 1
    assert "TopicARN: arn:aws:sns:eu-west-1:123456789012:alone\n" in text
    is_same(desk)


@pytest.mark.parametrize("references", ["portable", "variables"])
def test_what_has_an_expression_needs_no_mapping(desk: Desk, references: str) -> None:
    desk.export(TWICE, to="cloudformation", options=("--references", references))
    assert "Mappings" not in desk.read("template.yaml")


def test_what_no_portable_form_is_for_is_in_the_mapping(desk: Desk) -> None:
    far = {"SnsDestination": {"TopicArn": "arn:aws-cn:sns:eu-north-1:210987654321:far"}}
    sets = [configuration_set(name, destination("x", far)) for name in ("a", "b")]
    desk.export(scope(*sets), to="cloudformation", options=("--references", "portable"))
    assert "!FindInMap [Targets, FarTopic210987654321EuNorth1, Arn]" in desk.read("template.yaml")
    is_same(desk)


def test_each_template_has_a_mapping_of_its_own(desk: Desk) -> None:
    sets = [
        configuration_set(f"s{n:03d}", destination("x", sns(f"t{n % 2}" if n < 190 else f"u{n}")))
        for n in range(202)
    ]
    desk.export(scope(*sets), to="cloudformation")
    found = [desk.read(f"template-0{number}.yaml") for number in (1, 2, 3)]
    assert [text.count("      Arn: ") for text in found] == [2, 2, 0]
    is_same(desk)


def test_a_mapping_has_its_limit(desk: Desk) -> None:
    """A template of 450 resources can have more targets than a mapping takes."""
    pairs = [
        configuration_set(
            f"s{n:03d}", *(destination(f"d{m}", sns(f"t{n}-{m // 2}")) for m in range(8))
        )
        for n in range(22)
    ]
    desk.export(scope(*pairs), to="cloudformation")
    more = [
        configuration_set(
            f"u{n:03d}", *(destination(f"d{m}", sns(f"v{n}-{m // 2}")) for m in range(8))
        )
        for n in range(28)
    ]
    desk.export(scope(*pairs, *more), to="cloudformation")
    text = desk.read("template.yaml")
    assert text.count("      Arn: ") == 200
    assert len(yaml.safe_load(re.sub("!.*", "x", text))["Resources"]) == 450
    assert text.count("TopicARN: arn:") == 0
    assert desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json")).code == 0


def test_a_stack_that_is_imported_keeps_what_it_holds(desk: Desk) -> None:
    """A target that comes a second time changes the text of the first one, and no value."""
    once = scope(configuration_set("orders", destination("bounces")))
    desk.export(once, to="cloudformation")
    for name in ("resources-to-import.json", "IMPORT.md"):
        (desk.out / name).unlink()
    desk.export(
        scope(configuration_set("orders", destination("bounces"), destination("more"))),
        to="cloudformation",
    )
    assert "import-template.yaml" not in tree(desk.out)
    listed = json.loads(desk.read("resources-to-import.json"))
    assert [each["LogicalResourceId"] for each in listed] == ["OrdersMore"]
    assert desk.read("template.yaml").count("!FindInMap [Targets, MailEventsTopic, Arn]") == 2


@pytest.mark.parametrize("layout", ["resources", "per-set"])
def test_cdk_has_a_constant(desk: Desk, layout: str) -> None:
    desk.export(TWICE, to="cdk", options=("--layout", layout))
    code = {path: text.decode() for path, text in tree(desk.out).items() if path.endswith(".py")}
    whole = "".join(code.values())
    assert whole.count(ARN) == 1
    assert whole.count("topic_arn=MAIL_EVENTS_TOPIC_ARN,\n") == 2
    assert 'topic_arn="arn:aws:sns:eu-west-1:123456789012:alone",\n' in whole
    if layout == "per-set":
        assert "from ses_targets import MAIL_EVENTS_TOPIC_ARN\n" in whole
        assert f'MAIL_EVENTS_TOPIC_ARN = "{ARN}"\n' in code["ses_targets.py"]
    is_same(desk)


def test_a_package_has_its_own(desk: Desk) -> None:
    there: Json = {**TWICE, "Region": "us-east-1"}
    desk.export(TWICE, there, to="cdk", options=("--layout", "per-set"))
    folder = "account_123456789012_us_east_1"
    assert "from ..ses_targets import MAIL_EVENTS_TOPIC_EU_WEST_1_ARN\n" in desk.read(
        f"{folder}/configuration_sets/orders.py"
    )
    is_same(desk)


@pytest.mark.parametrize("layout", ["resources", "per-set"])
@pytest.mark.parametrize("length", [1, 25, 37, 38, 39, 40, 41, 60, 200])
def test_black_leaves_constants_as_they_are(desk: Desk, layout: str, length: int) -> None:
    topics = [sns("t" * length), sns("2fa"), sns("Second.topic")]
    sets = [
        configuration_set(name, *(destination(f"d{n}", each) for n, each in enumerate(topics)))
        for name in ("a", "b")
    ]
    desk.export(scope(*sets), to="cdk", options=("--layout", layout))
    for path, data in tree(desk.out).items():
        if path.endswith(".py"):
            text = data.decode()
            assert black.format_str(text, mode=black.Mode()) == text
    is_same(desk)


@pytest.mark.parametrize("layout", ["resources", "per-set"])
def test_an_edited_constant_is_a_difference(desk: Desk, layout: str) -> None:
    desk.export(TWICE, to="cdk", options=("--layout", layout))
    path = "ses_targets.py" if layout == "per-set" else "ses_stack.py"
    desk.put(path, desk.read(path).replace("mail-events", "others"))
    ran = desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json"), "--output", "json")
    assert ran.code == 3
    (found,) = json.loads(ran.out)["Scopes"]
    assert len(found["Changes"]) == 2


@pytest.mark.parametrize("length", [1, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 40, 200])
def test_a_portable_arn_is_an_attribute_of_the_stack(desk: Desk, length: int) -> None:
    topics = [sns("t" * length), sns("2fa")]
    sets = [
        configuration_set(name, *(destination(f"d{n}", each) for n, each in enumerate(topics)))
        for name in ("a", "b")
    ]
    desk.export(scope(*sets), to="cdk", options=("--references", "portable"))
    text = desk.read("ses_stack.py")
    assert black.format_str(text, mode=black.Mode()) == text
    arn = 'f"arn:{self.partition}:sns:{self.region}:{self.account}:2fa"'
    assert text.count(arn) == 1
    assert f"        self._target_2fa_topic_arn = (\n            {arn}\n        )\n" in text
    assert text.count("topic_arn=self._target_2fa_topic_arn,") == 2
    is_same(desk)
