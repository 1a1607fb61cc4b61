"""``lint --check-targets`` against an emulator, and against refusals as AWS words them."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from exporter.aws import targets_check
from exporter.aws.errors import TARGET_ACTIONS
from exporter.aws.session import Connection
from exporter.aws.targets_check import read_targets
from exporter.demo.emulator import Emulator
from exporter.model.account_query import AccountQuery
from exporter.model.target_facts import (
    Key,
    Missing,
    NeededKind,
    NeededResource,
    Present,
    Role,
    Topic,
    Unreadable,
)
from tests.support import ROOT, Ran, ses2iac

ACCOUNT = "123456789012"
OTHER = "210987654321"
REGION = "eu-west-1"
TARGET = AccountQuery(regions=(REGION,))

Capsys = pytest.CaptureFixture[str]
Json = dict[str, Any]


def arn(service: str, resource: str, *, account: str = ACCOUNT, region: str = REGION) -> str:
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def policy(action: Any, service: str = "ses.amazonaws.com", **more: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def publish(topic: str) -> str:
    condition = {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}
    return policy("SNS:Publish", Resource=arn("sns", topic), Condition=condition)


class Cloud:
    """An account on the emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self._url = emulator.url

    def client(self, service: str, region: str = REGION) -> Any:
        any_service: Any = service
        return boto3.client(
            any_service,
            region_name=region,
            endpoint_url=self._url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def topic(self, name: str, text: str = "", key: str = "") -> str:
        sns = self.client("sns")
        created: str = sns.create_topic(Name=name)["TopicArn"]
        for attribute, value in (("Policy", text), ("KmsMasterKeyId", key)):
            if value:
                sns.set_topic_attributes(
                    TopicArn=created, AttributeName=attribute, AttributeValue=value
                )
        return created

    def role(self, name: str, trust: str, path: str = "/") -> str:
        made = self.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=trust, Path=path
        )
        return str(made["Role"]["Arn"])

    def stream(self, name: str) -> str:
        made = self.client("firehose").create_delivery_stream(
            DeliveryStreamName=name,
            S3DestinationConfiguration={
                "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/firehose",
                "BucketARN": "arn:aws:s3:::events",
            },
        )
        return str(made["DeliveryStreamARN"])

    def key(self, text: str) -> str:
        return str(self.client("kms").create_key(Policy=text)["KeyMetadata"]["Arn"])

    def configuration_set(self, name: str, **destinations: Json) -> None:
        ses = self.client("sesv2")
        ses.create_configuration_set(
            ConfigurationSetName=name, DeliveryOptions={"TlsPolicy": "REQUIRE"}
        )
        for destination, target in destinations.items():
            ses.create_configuration_set_event_destination(
                ConfigurationSetName=name,
                EventDestinationName=destination,
                EventDestination={
                    "Enabled": True,
                    "MatchingEventTypes": ["BOUNCE", "COMPLAINT"],
                    **target,
                },
            )


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.moto_api._internal.models import moto_api_backend

    assert DEFAULT_ACCOUNT_ID == ACCOUNT
    # Beside SES, the emulator keeps what there is in the process.
    moto_api_backend.reset()
    with Emulator() as emulator:
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        yield Cloud(emulator)
    moto_api_backend.reset()


def ask(*wanted: tuple[NeededKind, str], targets: tuple[AccountQuery, ...] = (TARGET,)) -> Any:
    asked = [NeededResource(kind, name, ACCOUNT, REGION) for kind, name in wanted]
    return read_targets(targets, asked)


def test_a_topic_is_read(cloud: Cloud) -> None:
    topic = cloud.topic("mail", publish("mail"))
    facts = ask((NeededKind.TOPIC, topic), (NeededKind.KEY, topic))
    read = facts[NeededKind.TOPIC, topic]
    assert isinstance(read, Topic)
    assert json.loads(read.policy) == json.loads(publish("mail"))
    # The emulator counts no subscriptions.
    assert (read.key_id, read.subscriptions) == ("", 0)
    assert (NeededKind.KEY, topic) not in facts


@pytest.mark.parametrize(("number", "expected"), [("3", 3), ("0", 0), (None, None)])
def test_subscriptions_are_counted(
    number: str | None, expected: int | None, cloud: Cloud, refuse: "Refuse"
) -> None:
    values = {"Policy": "{}", "SubscriptionsConfirmed": number}
    refuse("GetTopicAttributes", 200, attributes(values))
    topic = arn("sns", "mail")
    assert ask((NeededKind.TOPIC, topic))[NeededKind.TOPIC, topic] == Topic(
        "{}", subscriptions=expected
    )


def attributes(values: dict[str, str | None]) -> str:
    entries = "".join(
        f"<entry><key>{key}</key><value>{value}</value></entry>"
        for key, value in values.items()
        if value is not None
    )
    inner = (
        f"<GetTopicAttributesResult><Attributes>{entries}</Attributes></GetTopicAttributesResult>"
    )
    return f"<GetTopicAttributesResponse>{inner}</GetTopicAttributesResponse>"


def test_a_topic_elsewhere_is_asked_for_there(cloud: Cloud) -> None:
    made = cloud.client("sns", "us-east-1").create_topic(Name="far")["TopicArn"]
    here = made.replace("us-east-1", REGION)
    facts = ask((NeededKind.TOPIC, made), (NeededKind.TOPIC, here))
    assert isinstance(facts[NeededKind.TOPIC, made], Topic)
    assert facts[NeededKind.TOPIC, here] == Missing()


@pytest.mark.parametrize("by", ["arn", "id", "alias"])
def test_the_key_of_a_topic_is_read(by: str, cloud: Cloud) -> None:
    text = policy("kms:*", Resource="*")
    key = cloud.key(text)
    cloud.client("kms").create_alias(AliasName="alias/mail", TargetKeyId=key)
    named = {"arn": key, "id": key.rpartition("/")[2], "alias": "alias/mail"}[by]
    topic = cloud.topic("mail", key=named)
    read = ask((NeededKind.TOPIC, topic), (NeededKind.KEY, topic))[NeededKind.KEY, topic]
    assert isinstance(read, Key)
    assert (read.name, read.is_aws_managed, read.state) == (key, False, "Enabled")
    assert json.loads(read.policy) == json.loads(text)


@pytest.mark.parametrize("alias", ["alias/aws/sns", arn("kms", "alias/aws/sns")])
def test_the_key_of_aws_is_known_by_its_alias(alias: str, cloud: Cloud) -> None:
    topic = cloud.topic("mail", key=alias)
    read = ask((NeededKind.TOPIC, topic), (NeededKind.KEY, topic))[NeededKind.KEY, topic]
    assert read == Key("alias/aws/sns", is_aws_managed=True)


def test_a_key_that_is_not_there(cloud: Cloud) -> None:
    topic = cloud.topic("mail", key="00000000-0000-0000-0000-000000000000")
    assert (
        ask((NeededKind.TOPIC, topic), (NeededKind.KEY, topic))[NeededKind.KEY, topic] == Missing()
    )


def test_streams_roles_and_buses_are_read(cloud: Cloud) -> None:
    stream = cloud.stream("mail")
    trust = policy("sts:AssumeRole")
    role = cloud.role("ses", trust, "/mail/")
    bus = cloud.client("events").create_event_bus(Name="mail")["EventBusArn"]
    wrong_path = f"arn:aws:iam::{ACCOUNT}:role/ses"
    default = arn("events", "event-bus/default", account=OTHER)
    facts = ask(
        (NeededKind.STREAM, stream),
        (NeededKind.STREAM, f"{stream}-old"),
        (NeededKind.ROLE, role),
        (NeededKind.ROLE, wrong_path),
        (NeededKind.ROLE, f"{role}-old"),
        (NeededKind.BUS, bus),
        (NeededKind.BUS, f"{bus}-old"),
        (NeededKind.BUS, default),
    )
    read = facts.pop((NeededKind.ROLE, role))
    assert isinstance(read, Role)
    assert json.loads(read.trust) == json.loads(trust)
    assert facts == {
        (NeededKind.STREAM, stream): Present(),
        (NeededKind.STREAM, f"{stream}-old"): Missing(),
        (NeededKind.ROLE, wrong_path): Missing(),
        (NeededKind.ROLE, f"{role}-old"): Missing(),
        (NeededKind.BUS, bus): Present(),
        (NeededKind.BUS, f"{bus}-old"): Missing(),
        (NeededKind.BUS, default): Present(),
    }


def test_a_namesake_of_another_account_is_not_taken_for_it(cloud: Cloud) -> None:
    cloud.role("ses", policy("sts:AssumeRole"))
    cloud.stream("mail")
    role = f"arn:aws:iam::{OTHER}:role/ses"
    stream = arn("firehose", "deliverystream/mail", account=OTHER)
    foreign = Unreadable(
        f"it belongs to account {OTHER}, which is not being read",
        "read that account too, with --role-arn or --organization-role",
        is_foreign=True,
    )
    assert ask((NeededKind.ROLE, role), (NeededKind.STREAM, stream)) == {
        (NeededKind.ROLE, role): foreign,
        (NeededKind.STREAM, stream): foreign,
    }


def test_nothing_asked_for_calls_nobody() -> None:
    assert read_targets((TARGET,), ()) == {}


# Refusals
# --------------------------------------------------------------------------------------


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


Refuse = Callable[..., None]


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Let an operation answer as given, once the client is made."""
    answers: dict[str, tuple[int, str]] = {}
    whole = Connection.service

    def service(self: Connection, name: str, region: str) -> Any:
        client = whole(self, name, region)

        def sent(request: Any, event_name: str, **_: object) -> AWSResponse | None:
            operation = event_name.rpartition(".")[2]
            if operation not in answers:
                return None
            status, body = answers[operation]
            return AWSResponse(request.url, status, HTTPHeaders(), _Raw(body.encode()))

        client.meta.events.register(f"before-send.{name}", sent)
        return client

    monkeypatch.setattr(Connection, "service", service)
    monkeypatch.setattr(targets_check, "_AT_ONCE", 1)

    def script(operation: str, status: int, body: str) -> None:
        answers[operation] = (status, body)

    return script


def xml(code: str, message: str) -> str:
    return (
        "<ErrorResponse><Error><Type>Sender</Type>"
        f"<Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    )


def as_json(code: str, message: str) -> str:
    return json.dumps({"__type": code, "message": message})


def test_a_denied_permission_says_which_and_where_to_find_it(cloud: Cloud, refuse: Refuse) -> None:
    refuse("GetTopicAttributes", 403, xml("AuthorizationError", "User is not authorized"))
    topic = arn("sns", "mail")
    denied = Unreadable(
        "not allowed to call sns:GetTopicAttributes: User is not authorized",
        "allow sns:GetTopicAttributes in the policy of the role or user",
    )
    assert ask((NeededKind.TOPIC, topic), (NeededKind.KEY, topic)) == {
        (NeededKind.TOPIC, topic): denied,
        (NeededKind.KEY, topic): denied,
    }


def test_a_topic_of_another_account_may_refuse(cloud: Cloud, refuse: Refuse) -> None:
    refuse("GetTopicAttributes", 403, xml("AuthorizationError", "User is not authorized"))
    topic = arn("sns", "mail", account=OTHER)
    fact = ask((NeededKind.TOPIC, topic))[NeededKind.TOPIC, topic]
    assert fact == Unreadable(
        "not allowed to call sns:GetTopicAttributes: User is not authorized",
        "read that account too, with --role-arn or --organization-role",
        is_foreign=True,
    )


@pytest.mark.parametrize("operation", ["DescribeKey", "GetKeyPolicy"])
def test_a_key_that_may_not_be_read(operation: str, cloud: Cloud, refuse: Refuse) -> None:
    key = cloud.key(policy("kms:*", Resource="*"))
    topic = cloud.topic("mail", key=key)
    refuse(operation, 400, as_json("AccessDeniedException", "no"))
    fact = ask((NeededKind.TOPIC, topic), (NeededKind.KEY, topic))[NeededKind.KEY, topic]
    assert isinstance(fact, Unreadable)
    assert fact.reason == f"its key {key}: not allowed to call kms:{operation}: no"
    assert f"allow kms:{operation}" in fact.hint


@pytest.mark.parametrize(
    ("kind", "name", "operation", "body"),
    [
        (NeededKind.TOPIC, arn("sns", "mail"), "GetTopicAttributes", "<html>log in</html>"),
        (NeededKind.ROLE, f"arn:aws:iam::{ACCOUNT}:role/r", "GetRole", "<html>log in</html>"),
        (
            NeededKind.STREAM,
            arn("firehose", "deliverystream/s"),
            "DescribeDeliveryStream",
            "<html></html>",
        ),
        (NeededKind.BUS, arn("events", "event-bus/b"), "DescribeEventBus", "{}"),
    ],
)
def test_an_answer_that_is_none_proves_nothing(
    kind: NeededKind, name: str, operation: str, body: str, cloud: Cloud, refuse: Refuse
) -> None:
    refuse(operation, 200, body)
    assert isinstance(ask((kind, name))[kind, name], Unreadable)


def test_what_is_no_arn_is_not_asked_for(cloud: Cloud) -> None:
    assert ask((NeededKind.TOPIC, "mail")) == {
        (NeededKind.TOPIC, "mail"): Unreadable("this is not an ARN")
    }


# The command
# --------------------------------------------------------------------------------------


UNCOUNTED = ("--ignore", "topic-without-subscription")
"""For topics of the emulator, of which nobody ever seems to hear."""


def lint(capsys: Capsys, *options: str) -> tuple[Ran, Json]:
    ran = ses2iac(capsys, "lint", "--check-targets", "--output", "json", *options)
    return ran, json.loads(ran.out)


def sns(topic: str) -> Json:
    return {"SnsDestination": {"TopicArn": arn("sns", topic)}}


def firehose(stream: str, role: str) -> Json:
    target = {
        "DeliveryStreamArn": arn("firehose", f"deliverystream/{stream}"),
        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
    }
    return {"KinesisFirehoseDestination": target}


def test_an_account_in_which_all_is_well(cloud: Cloud, capsys: Capsys) -> None:
    cloud.topic("mail", publish("mail"), cloud.key(policy("kms:*", Resource="*")))
    cloud.stream("mail")
    cloud.role("ses", policy("sts:AssumeRole"))
    cloud.configuration_set("orders", topic=sns("mail"), stream=firehose("mail", "ses"))
    ran, document = lint(capsys, *UNCOUNTED)
    assert (ran.code, ran.err) == (0, "")
    assert document["CheckedTargets"] is True
    assert document["Scopes"][0]["Findings"] == []
    assert document["Scopes"][0]["Unchecked"] == []


def test_an_account_in_which_nothing_is(cloud: Cloud, capsys: Capsys) -> None:
    closed = policy("sns:Publish", "s3.amazonaws.com", Resource=arn("sns", "closed"))
    cloud.topic("closed", closed, "alias/aws/sns")
    cloud.role("closed", policy("sts:AssumeRole", "firehose.amazonaws.com"))
    cloud.configuration_set(
        "orders",
        closed=sns("closed"),
        gone=sns("gone"),
        stream=firehose("gone", "gone"),
        trust=firehose("gone", "closed"),
        bus={"EventBridgeDestination": {"EventBusArn": arn("events", "event-bus/gone")}},
    )
    ran, document = lint(capsys, "--ignore", "target-twice", "--ignore", "bus-not-default")
    assert ran.code == 3
    found = {(row["EventDestination"], row["Rule"]) for row in document["Scopes"][0]["Findings"]}
    assert found == {
        ("bus", "bus-missing"),
        ("closed", "topic-key"),
        ("closed", "topic-policy"),
        ("closed", "topic-without-subscription"),
        ("gone", "topic-missing"),
        ("stream", "role-missing"),
        ("stream", "stream-missing"),
        ("trust", "role-trust"),
        ("trust", "stream-missing"),
    }
    assert document["Scopes"][0]["Unchecked"] == []


def test_what_could_not_be_checked_is_never_silent(
    cloud: Cloud, capsys: Capsys, refuse: Refuse
) -> None:
    cloud.configuration_set("orders", a=sns("mail"), b=sns("other"))
    refuse("GetTopicAttributes", 403, xml("AuthorizationError", "no"))
    ran, document = lint(capsys, "--include", "*/a", "--ignore", "topic-w*")
    assert ran.code == 4
    (unchecked,) = document["Scopes"][0]["Unchecked"]
    assert unchecked == {
        "Target": arn("sns", "mail"),
        "Rules": ["topic-missing", "topic-policy", "topic-key"],
        "Destinations": [{"ConfigurationSet": "orders", "EventDestination": "a"}],
        "Reason": "not allowed to call sns:GetTopicAttributes: no",
        "Hint": "allow sns:GetTopicAttributes in the policy of the role or user",
        "Failed": True,
    }
    assert document["Counts"]["Unchecked"] == 1
    assert ran.err.splitlines() == [
        f"warning: {arn('sns', 'mail')}: could not check topic-missing, topic-policy, topic-key: "
        f"{unchecked['Reason']} ({unchecked['Hint']})",
        "warning: partial: 1 target could not be read",
    ]
    ran = ses2iac(capsys, "lint", "--check-targets")
    text = ran.out
    # Said once, where a person reads it.
    assert ran.err == "warning: partial: 2 targets could not be read\n"
    assert "could not check: 2" in text
    assert "2 could not be checked" in text.splitlines()[-1]
    markdown = ses2iac(capsys, "lint", "--check-targets", "--output", "markdown").out
    assert "**Could not check**" in markdown


def test_what_is_anothers_or_for_aws_to_judge_is_no_failure(cloud: Cloud, capsys: Capsys) -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    cloud.topic("mail", policy("sns:Publish", Resource="*", Condition=condition))
    foreign = firehose("mail", "ses")
    target = foreign["KinesisFirehoseDestination"]
    foreign["KinesisFirehoseDestination"] = {
        key: value.replace(ACCOUNT, OTHER) for key, value in target.items()
    }
    cloud.configuration_set("orders", mail=sns("mail"), foreign=foreign)
    ran, document = lint(capsys, *UNCOUNTED, "--ignore", "target-elsewhere")
    assert ran.code == 0
    reasons = {row["Target"]: row["Reason"] for row in document["Scopes"][0]["Unchecked"]}
    assert reasons == {
        arn(
            "sns", "mail"
        ): "cannot be judged: statement 1 of its policy depends on the condition StringEquals "
        "aws:PrincipalOrgID = o-1",
        target["DeliveryStreamArn"].replace(
            ACCOUNT, OTHER
        ): f"it belongs to account {OTHER}, which is not being read",
        target["IamRoleArn"].replace(
            ACCOUNT, OTHER
        ): f"it belongs to account {OTHER}, which is not being read",
    }
    assert ran.err.count("could not check") == 3


def test_the_policy_in_the_documents_allows_what_is_called() -> None:
    text = (ROOT / "docs/lint.md").read_text(encoding="utf-8")
    policy_text = text.partition("```json\n")[2].partition("```")[0]
    (statement,) = json.loads(policy_text)["Statement"]
    assert statement["Action"] == sorted(TARGET_ACTIONS.values())
