"""The check of every answer, for each service that is asked, without a network."""

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from exporter.aws import response_check
from exporter.aws.errors import BadResponseError
from exporter.aws.session import Access, Connection

ROLE = "arn:aws:iam::123456789012:role/reader"
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ListConfigurationSets": ("sesv2", "list_configuration_sets", {}),
    "GetConfigurationSet": ("sesv2", "get_configuration_set", {"ConfigurationSetName": "a"}),
    "GetConfigurationSetEventDestinations": (
        "sesv2",
        "get_configuration_set_event_destinations",
        {"ConfigurationSetName": "a"},
    ),
    "GetCallerIdentity": ("sts", "get_caller_identity", {}),
    "AssumeRole": ("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "s1"}),
    "ListAccounts": ("organizations", "list_accounts", {}),
    "DescribeStacks": ("cloudformation", "describe_stacks", {}),
    "GetTemplate": ("cloudformation", "get_template", {}),
    "ListStackResources": ("cloudformation", "list_stack_resources", {"StackName": "s"}),
    "ListExports": ("cloudformation", "list_exports", {}),
    "GetTemplateSummary": ("cloudformation", "get_template_summary", {}),
    "GetTopicAttributes": ("sns", "get_topic_attributes", {"TopicArn": "t"}),
    "DescribeKey": ("kms", "describe_key", {"KeyId": "k"}),
    "GetKeyPolicy": ("kms", "get_key_policy", {"KeyId": "k"}),
    "DescribeDeliveryStream": (
        "firehose",
        "describe_delivery_stream",
        {"DeliveryStreamName": "s"},
    ),
    "GetRole": ("iam", "get_role", {"RoleName": "r"}),
    "DescribeEventBus": ("events", "describe_event_bus", {"Name": "b"}),
}
"""Every operation that is called, of which service, how, and with what."""

JSON_SERVICES = {"sesv2", "organizations", "kms", "firehose", "events"}
FOREIGN_JSON = (
    b'{"message": "blocked by policy"}',
    b'{"Message": "blocked"}',
    b'{"__type": "UnknownOperationException"}',
    b'{"error": {"code": 403}}',
    b'{"NextToken": "x", "status": "ok"}',
    b"[]",
    b"null",
    b'"text"',
    b'{"Accounts": ',
    b"<html></html>",
    b"",
    b"\xff\xfe",
)
FOREIGN_XML = (
    b"<html><body>log in</body></html>",
    b"<!DOCTYPE html><html><body><br></body></html>",
    b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>",
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Acc",
    b'{"message": "blocked by policy"}',
    b"<Response/>",
    b"",
    b"\xff\xfe",
)


class Wire:
    """Answers in place of a network, in turn; the last one stays."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.asked = 0

    def __call__(self, request: Any, **_: object) -> AWSResponse:
        self.asked += 1
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(body))


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    for name, value in (("ACCESS_KEY_ID", "testing"), ("SECRET_ACCESS_KEY", "testing")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return Wire()


def ask(wire: Wire, operation: str, *bodies: bytes) -> Any:
    """Call an operation, with these answers."""
    service, method, arguments = CALLS[operation]
    client = Connection(Access(region="eu-west-1"))._client(
        service, attempts=None if service == "sesv2" else 6
    )
    client.meta.events.register("before-send", wire)
    wire.bodies, wire.asked = list(bodies), 0
    return getattr(client, method)(**arguments)


def empty(operation: str) -> bytes:
    """An answer without any member."""
    if CALLS[operation][0] in JSON_SERVICES:
        return b"{}"
    return f"<{operation}Response><{operation}Result/></{operation}Response>".encode()


def test_every_operation_of_the_table_is_called() -> None:
    assert {*response_check.OWN} | {"GetTemplateSummary"} == {*CALLS}


@pytest.mark.parametrize("operation", CALLS)
def test_what_somebody_else_answers_is_an_error(wire: Wire, operation: str) -> None:
    service = CALLS[operation][0]
    for body in FOREIGN_JSON if service in JSON_SERVICES else FOREIGN_XML:
        with pytest.raises(BadResponseError):
            ask(wire, operation, body)
        # The reader of SES asks again itself, at its pace.
        assert wire.asked == (1 if service == "sesv2" else 3), body


@pytest.mark.parametrize("operation", CALLS)
def test_an_answer_without_members_is_believed_only_where_servers_give_it(
    wire: Wire, operation: str
) -> None:
    if operation in {
        "ListConfigurationSets",
        "GetConfigurationSetEventDestinations",
        "GetTemplate",
        "GetTemplateSummary",
        "ListStackResources",
        "ListExports",
    }:
        ask(wire, operation, empty(operation))
        assert wire.asked == 1
    else:
        with pytest.raises(BadResponseError, match=f"{operation} returned no "):
            ask(wire, operation, empty(operation))


def test_a_bad_answer_of_another_service_is_asked_for_again(wire: Wire) -> None:
    right = (
        b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
        b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    assert ask(wire, "GetCallerIdentity", b"<html>", right)["Account"] == "123456789012"
    assert wire.asked == 2
    listed = ask(wire, "ListAccounts", b"<html>", b"{}", b'{"Accounts": []}')
    assert (listed["Accounts"], wire.asked) == ([], 3)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("ListAccounts", b'{"Accounts": {"Id": "1"}}'),
        ("ListAccounts", b'{"Accounts": ["123456789012"]}'),
        ("ListAccounts", b'{"Accounts": null}'),
        ("ListConfigurationSets", b'{"ConfigurationSets": null}'),
        ("ListConfigurationSets", b'{"ConfigurationSets": "orders"}'),
        ("ListConfigurationSets", b'{"ConfigurationSets": ["a", null]}'),
        ("ListConfigurationSets", b'{"ConfigurationSets": ["a", {"Name": "b"}]}'),
        ("GetConfigurationSetEventDestinations", b'{"EventDestinations": {}}'),
        ("GetConfigurationSet", b'{"ConfigurationSetName": 1}'),
        ("DescribeKey", b'{"KeyMetadata": "k"}'),
        ("DescribeKey", b'{"KeyMetadata": {}}'),
        ("DescribeEventBus", b'{"Arn": ["b"]}'),
        (
            "AssumeRole",
            b"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>k</AccessKeyId>"
            b"</Credentials></AssumeRoleResult></AssumeRoleResponse>",
        ),
    ],
)
def test_a_member_of_another_type_is_an_error(wire: Wire, operation: str, body: bytes) -> None:
    with pytest.raises(BadResponseError):
        ask(wire, operation, body)


def test_a_new_member_is_no_foreign_one(wire: Wire) -> None:
    body = b'{"EventDestinations": [], "NewInSes": 1}'
    answer = ask(wire, "GetConfigurationSetEventDestinations", body)
    assert answer[response_check.RAW] == {"EventDestinations": [], "NewInSes": 1}


def test_nothing_of_an_answer_with_credentials_is_shown(wire: Wire) -> None:
    body = b"<Credentials><SecretAccessKey>planted</SecretAccessKey>"
    with pytest.raises(BadResponseError) as caught:
        ask(wire, "AssumeRole", body)
    assert "planted" not in str(caught.value)
