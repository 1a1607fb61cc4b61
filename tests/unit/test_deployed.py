"""A deployed stack: what is asked of CloudFormation, and what becomes of its answers."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import pytest

from exporter.aws.deployed import DeployedStacks
from exporter.aws.session import Access
from exporter.diff.deployed_stacks import StacksOfSource
from exporter.formats.cloudformation import template
from exporter.model.account_query import AccountQuery
from exporter.sources.read import Source
from exporter.support.errors import ExporterError
from tests.fakes import ACCOUNT_ID, REGION, Answer, FakeAws, Request, refusal

STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/mail/0"
ROLES = tuple(f"arn:aws:iam::{ACCOUNT_ID}:role/{name}" for name in "ab")
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


class Deployed(NamedTuple):
    """What is read of a stack at least."""

    template_text: str
    parameters: Mapping[str, str]
    account_id: str
    region: str


def deployed_template(access: Access, name: str) -> Deployed:
    stacks = DeployedStacks(access)
    stack = stacks.stack(name)
    return Deployed(stack.template_text(), stack.parameters, stacks.account_id, stacks.region)


def listed(*members: tuple[str, str, str], token: str = "", status: str = "") -> Answer:
    """Resources: type, logical and physical id."""
    inner = "".join(
        f"<member><ResourceType>{kind}</ResourceType><LogicalResourceId>{logical}"
        f"</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId>"
        "<LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp>"
        f"<ResourceStatus>{status or 'CREATE_COMPLETE'}</ResourceStatus></member>"
        for kind, logical, physical in members
    )
    more = f"<NextToken>{token}</NextToken>" if token else ""
    summaries = f"<StackResourceSummaries>{inner}</StackResourceSummaries>"
    return answered("ListStackResources", f"{summaries}{more}")


def exported(*members: tuple[str, str], token: str = "") -> Answer:
    inner = "".join(
        f"<member><Name>{name}</Name><Value>{value}</Value></member>" for name, value in members
    )
    more = f"<NextToken>{token}</NextToken>" if token else ""
    return answered("ListExports", f"<Exports>{inner}</Exports>{more}")


class Cloud(FakeAws):
    """The fake account, with one stack."""

    def __init__(self) -> None:
        super().__init__({})
        self.stack = a_stack()
        self.templates = {"Processed": a_template(YAML), "Original": a_template("original")}
        self.pages = {
            ("ListStackResources", ""): listed(),
            ("ListExports", ""): exported(),
        }
        self.asked: list[dict[str, str]] = []

    def answer(self, request: Request) -> Answer:
        form = {k.decode(): v[0].decode() for k, v in parse_qs(request.body).items()}
        if form["Action"] == "GetCallerIdentity":
            return super().answer(request)
        self.asked.append(form)
        match form["Action"]:
            case "DescribeStacks":
                return self.stack
            case "GetTemplate":
                return self.templates[form["TemplateStage"]]
        return self.pages[form["Action"], form.get("NextToken", "")]


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
    ],
)
def test_a_stack_that_does_not_exist_is_said_with_its_place(cloud: Cloud, stack: Answer) -> None:
    cloud.stack = stack
    with pytest.raises(ExporterError) as caught:
        deployed_template(Access(), "mail")
    assert str(caught.value) == f"{WHERE}: there is no stack mail"
    assert "list-stacks" in caught.value.hint


@pytest.mark.parametrize(
    ("status", "said", "hint"),
    [
        (
            "REVIEW_IN_PROGRESS",
            "stack mail has no resources yet (REVIEW_IN_PROGRESS)",
            "execute its change set first, or compare the template file",
        ),
        (
            "ROLLBACK_COMPLETE",
            "stack mail has no resources, because its creation failed (ROLLBACK_COMPLETE)",
            "delete it and deploy it again, or compare the template file",
        ),
    ],
)
def test_a_stack_that_holds_nothing_is_no_side(
    cloud: Cloud, status: str, said: str, hint: str
) -> None:
    cloud.stack = a_stack(status=status)
    with pytest.raises(ExporterError) as caught:
        deployed_template(Access(), "mail")
    assert str(caught.value) == f"{WHERE}: {said}"
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("status", "is_said"),
    [
        ("CREATE_COMPLETE", False),
        ("IMPORT_ROLLBACK_COMPLETE", False),
        ("UPDATE_ROLLBACK_COMPLETE", False),
        ("CREATE_FAILED", True),
        ("DELETE_FAILED", True),
        ("UPDATE_IN_PROGRESS", True),
        ("UPDATE_ROLLBACK_FAILED", True),
    ],
)
def test_a_stack_between_two_states_is_read_with_a_note(
    cloud: Cloud, status: str, is_said: bool
) -> None:
    cloud.stack = a_stack(status=status)
    stacks = DeployedStacks(Access())
    stacks.stack("mail")
    said = f"stack mail is in {status}, so its template and its resources may not match"
    assert stacks.notes == ([said] if is_said else [])


@pytest.mark.parametrize(
    ("stack", "said"),
    [
        (
            refusal("summary", 403, "AccessDenied", "no"),
            "not allowed to call cloudformation:DescribeStacks",
        ),
        (refusal("summary", 400, "ValidationError", "bad name"), "bad name"),
        (Answer(200, b"<html>"), "cloudformation:DescribeStacks"),
        (Answer(200, b""), "the response was empty"),
        (answered("DescribeStacks", ""), "cloudformation:DescribeStacks"),
        (answered("DescribeStacks", "<Stacks></Stacks>"), "cloudformation:DescribeStacks"),
        (
            answered("DescribeStacks", "<Stacks><member></member></Stacks>"),
            "cloudformation:DescribeStacks",
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
        (Answer(200, b"<html>"), "cloudformation:GetTemplate"),
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


# Names, looked up values and imports
# ------------------------------------------------------------------------------------


def test_the_resources_of_a_stack_are_listed_when_they_are_asked_for(cloud: Cloud) -> None:
    first = listed(("AWS::SES::ConfigurationSet", "A", "a-1"), token="t")
    cloud.pages["ListStackResources", ""] = first
    cloud.pages["ListStackResources", "t"] = listed(("AWS::SNS::Topic", "B", ""))
    stack = DeployedStacks(Access()).find("mail")
    assert not cloud.asked
    assert stack.physical_id("A") == "a-1"
    assert (stack.physical_id("B"), stack.physical_id("C")) == (None, None)
    assert (stack.has("A"), stack.has("C")) == (True, False)
    assert [form["Action"] for form in cloud.asked] == ["ListStackResources"] * 2


def test_a_resource_that_is_gone_is_not_there(cloud: Cloud) -> None:
    gone = listed(("AWS::SES::ConfigurationSet", "A", "a-1"), status="DELETE_COMPLETE")
    cloud.pages["ListStackResources", ""] = gone
    assert DeployedStacks(Access()).find("mail").has("A") is False


def test_what_ssm_holds_is_the_value_of_a_parameter(cloud: Cloud) -> None:
    answer = a_stack({"Name": "/mail/name"})
    told = b"</ParameterValue><ResolvedValue>orders</ResolvedValue>"
    body = answer.body.replace(b"</ParameterValue>", told)
    cloud.stack = Answer(200, body, answer.headers)
    assert DeployedStacks(Access()).stack("mail").parameters["Name"] == "orders"


def test_exports_are_read_once(cloud: Cloud) -> None:
    cloud.pages["ListExports", ""] = exported(("a", "1"), token="t")
    cloud.pages["ListExports", "t"] = exported(("b", "2"))
    stack = DeployedStacks(Access()).find("mail")
    assert [stack.imported(name) for name in "abc"] == ["1", "2", None]
    assert [form["Action"] for form in cloud.asked] == ["ListExports"] * 2


def test_a_nested_stack_is_found_by_its_arn(cloud: Cloud) -> None:
    arn = STACK_ID.replace("mail", "nested")
    cloud.pages["ListStackResources", ""] = listed(("AWS::CloudFormation::Stack", "N", arn))
    nested = DeployedStacks(Access()).find("mail").nested("N")
    assert nested is not None
    assert nested.has("N")
    assert cloud.asked[-1]["StackName"] == arn


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (
            "ListStackResources",
            "not allowed to call cloudformation:ListStackResources, so names generated by "
            "CloudFormation are unknown",
        ),
        (
            "ListExports",
            "not allowed to call cloudformation:ListExports, so values imported from other "
            "stacks are unknown",
        ),
    ],
)
def test_what_is_denied_is_said_once(cloud: Cloud, action: str, said: str) -> None:
    cloud.pages[action, ""] = refusal("summary", 403, "AccessDenied", "no")
    stacks = DeployedStacks(Access())
    for _ in range(2):
        assert stacks.find("mail").physical_id("A") is None
        assert stacks.find("mail").imported("a") is None
    assert stacks.notes == [said]


def test_a_stack_that_need_not_be_there_is_missed_with_a_note(cloud: Cloud) -> None:
    absent = refusal("summary", 400, "ValidationError", "Stack with id mail does not exist")
    cloud.stack = cloud.pages["ListStackResources", ""] = absent
    stacks = DeployedStacks(Access())
    stack = stacks.find("mail")
    assert (stack.physical_id("A"), stack.has("A"), stack.parameters) == (None, None, {})
    assert stacks.notes == [f"there is no stack mail in {WHERE}"]


def test_expired_credentials_are_no_denial(cloud: Cloud) -> None:
    cloud.pages["ListStackResources", ""] = refusal("summary", 403, "ExpiredToken", "late")
    with pytest.raises(ExporterError):
        DeployedStacks(Access()).find("mail").physical_id("A")


@pytest.mark.parametrize(
    ("query", "account_id", "region"),
    [
        (AccountQuery(role_arns=ROLES), ACCOUNT_ID, REGION),
        (AccountQuery(organization_role="reader"), ACCOUNT_ID, REGION),
        (AccountQuery(), ACCOUNT_ID, None),
        (AccountQuery(), None, REGION),
        (AccountQuery(), "999999999999", REGION),
    ],
)
def test_a_stack_is_looked_up_in_one_account_and_region_only(
    cloud: Cloud, query: AccountQuery, account_id: str | None, region: str | None
) -> None:
    stacks = StacksOfSource(Source(target=query))
    assert stacks.find("mail", account_id, region) is None
    assert stacks.imported("a", account_id, region) is None
    assert not cloud.asked


def test_a_stack_of_the_account_is_found(cloud: Cloud) -> None:
    cloud.pages["ListExports", ""] = exported(("a", "1"))
    cloud.pages["ListStackResources", ""] = listed(("AWS::SNS::Topic", "T", "t-1"))
    stacks = StacksOfSource(Source())
    found = stacks.find("mail", ACCOUNT_ID, REGION)
    assert found is not None
    assert found.physical_id("T") == "t-1"
    assert stacks.imported("a", ACCOUNT_ID, REGION) == "1"
    assert stacks.notes == []
