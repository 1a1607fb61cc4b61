"""A deployed stack: what is asked of CloudFormation, and what becomes of its answers."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import pytest

from exporter.aws.deployed import Deployed, deployed_template
from exporter.aws.session import Access
from exporter.formats.cloudformation import template
from exporter.support.errors import ExporterError
from tests.fakes import ACCOUNT_ID, REGION, Answer, FakeAws, Request, refusal

STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/mail/0"
WHERE = f"account {ACCOUNT_ID}, region {REGION}"
NS = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
YAML = "Resources:\n  A: {Type: AWS::SES::ConfigurationSet, Properties: {Name: !Ref 'Name'}}\n"


def answered(action: str, inner: str) -> Answer:
    result = f"<{action}Result>{inner}</{action}Result>"
    text = f'<{action}Response xmlns="{NS}">{result}</{action}Response>'
    return Answer(200, text.encode(), {"Content-Type": "text/xml"})


def a_stack(parameters: dict[str, str] | None = None, status: str = "CREATE_COMPLETE") -> Answer:
    members = "".join(
        f"<member><ParameterKey>{key}</ParameterKey>"
        f"<ParameterValue>{escape(value)}</ParameterValue></member>"
        for key, value in (parameters or {}).items()
    )
    inner = (
        f"<Stacks><member><StackName>mail</StackName><StackId>{STACK_ID}</StackId>"
        f"<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>{status}</StackStatus>"
        f"<Parameters>{members}</Parameters></member></Stacks>"
    )
    return answered("DescribeStacks", inner)


def a_template(text: str) -> Answer:
    return answered("GetTemplate", f"<TemplateBody>{escape(text)}</TemplateBody>")


class Cloud(FakeAws):
    """The fake account, with one stack."""

    def __init__(self) -> None:
        super().__init__({})
        self.stack = a_stack()
        self.templates = {"Processed": a_template(YAML), "Original": a_template("original")}
        self.asked: list[dict[str, str]] = []

    def answer(self, request: Request) -> Answer:
        form = {k.decode(): v[0].decode() for k, v in parse_qs(request.body).items()}
        if form["Action"] not in ("DescribeStacks", "GetTemplate"):
            return super().answer(request)
        self.asked.append(form)
        if form["Action"] == "DescribeStacks":
            return self.stack
        return self.templates[form["TemplateStage"]]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with Cloud() as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def test_a_stack_is_read(cloud: Cloud) -> None:
    cloud.stack = a_stack({"Name": "orders", "Secret": "****", "Empty": ""})
    found = deployed_template(Access(), "mail")
    parameters = {
        "AWS::StackName": "mail",
        "AWS::StackId": STACK_ID,
        "Name": "orders",
        "Empty": "",
    }
    assert found == Deployed(YAML, parameters, ACCOUNT_ID, REGION)
    assert [form["Action"] for form in cloud.asked] == ["DescribeStacks", "GetTemplate"]
    assert cloud.asked[0]["StackName"] == "mail"
    # By its id, so that both answers are of one stack.
    assert cloud.asked[1]["StackName"] == STACK_ID
    assert cloud.asked[1]["TemplateStage"] == "Processed"


def test_a_json_template_stays_json(cloud: Cloud) -> None:
    written = {"Parameters": {"Name": {"Type": "String"}}, "Resources": {"A": {"Type": "é"}}}
    cloud.templates["Processed"] = a_template(json.dumps(written))
    found = deployed_template(Access(), "mail")
    assert json.loads(found.template_text) == written
    assert list(json.loads(found.template_text)) == list(written)


def test_what_is_found_can_be_loaded(cloud: Cloud) -> None:
    cloud.stack = a_stack({"Name": "orders"})
    text = "Parameters: {Name: {Type: String}}\n" + YAML
    cloud.templates["Processed"] = a_template(text)
    found = deployed_template(Access(), "mail")
    loaded = template.load(
        found.template_text, "stack:mail", found.parameters, found.account_id, found.region
    )
    assert [str(each.identity) for each in loaded.resources] == ["orders"]


@pytest.mark.parametrize(
    "processed",
    [
        refusal("summary", 400, "ValidationError", "TemplateStage Processed is not known"),
        a_template(""),
        answered("GetTemplate", ""),
    ],
)
def test_the_original_is_taken_where_there_is_no_other(cloud: Cloud, processed: Answer) -> None:
    cloud.templates["Processed"] = processed
    assert deployed_template(Access(), "mail").template_text == "original"


@pytest.mark.parametrize(
    "stack",
    [
        refusal("summary", 400, "ValidationError", "Stack with id mail does not exist"),
        a_stack(status="DELETE_COMPLETE"),
        a_stack(status="REVIEW_IN_PROGRESS"),
    ],
)
def test_a_stack_that_does_not_exist_is_said_with_its_place(cloud: Cloud, stack: Answer) -> None:
    cloud.stack = stack
    with pytest.raises(ExporterError) as caught:
        deployed_template(Access(), "mail")
    assert str(caught.value) == f"{WHERE}: there is no stack mail"
    assert "list-stacks" in caught.value.hint


@pytest.mark.parametrize(
    ("stack", "said"),
    [
        (
            refusal("summary", 403, "AccessDenied", "no"),
            "not allowed to call cloudformation:DescribeStacks",
        ),
        (refusal("summary", 400, "ValidationError", "bad name"), "bad name"),
        (Answer(200, b"<html>"), "DescribeStacks answered"),
        (Answer(200, b""), "the answer was empty"),
        (answered("DescribeStacks", ""), "DescribeStacks answered"),
        (answered("DescribeStacks", "<Stacks></Stacks>"), "DescribeStacks answered"),
        (
            answered("DescribeStacks", "<Stacks><member></member></Stacks>"),
            "DescribeStacks answered",
        ),
    ],
)
def test_a_bad_answer_about_the_stack_is_explained(cloud: Cloud, stack: Answer, said: str) -> None:
    cloud.stack = stack
    with pytest.raises(ExporterError, match=said) as caught:
        deployed_template(Access(), "mail")
    assert caught.value.where == WHERE


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            refusal("summary", 403, "AccessDenied", "no"),
            "not allowed to call cloudformation:GetTemplate",
        ),
        (Answer(200, b"<html>"), "cloudformation:GetTemplate answered"),
        (a_template(""), "the stack mail has no template"),
    ],
)
def test_a_bad_answer_about_the_template_is_explained(
    cloud: Cloud, answer: Answer, said: str
) -> None:
    cloud.templates = dict.fromkeys(("Processed", "Original"), answer)
    with pytest.raises(ExporterError, match=said) as caught:
        deployed_template(Access(), "mail")
    assert caught.value.where == WHERE
