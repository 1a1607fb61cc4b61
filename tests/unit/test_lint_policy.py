"""What a policy says to SES: allowed, refused, or not for us to say."""

import json
from typing import Any

import pytest

from exporter.lint.policy import judge, request_of_ses
from exporter.sources.patterns import Verdict

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:mail"
SET = f"arn:aws:ses:eu-west-1:{ACCOUNT}:configuration-set/orders"
REQUEST = request_of_ses("sns:Publish", TOPIC, ACCOUNT, SET)

Json = dict[str, Any]
ALLOWED, REFUSED, UNKNOWN = True, False, None


def statement(**changed: Any) -> Json:
    """A statement that lets SES publish; None takes an element away."""
    whole = {
        "Sid": "Mail",
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        **changed,
    }
    return {key: value for key, value in whole.items() if value is not None}


def when(operator: str, key: str, *values: Any) -> Json:
    return statement(Condition={operator: {key: values[0] if len(values) == 1 else [*values]}})


def outcome(*statements: Json) -> Verdict:
    return judge(json.dumps({"Statement": [*statements]}), REQUEST).allowed


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (statement(), ALLOWED),
        (statement(Principal="*"), ALLOWED),
        (statement(Principal={"AWS": "*"}), ALLOWED),
        (statement(Principal={"AWS": ["1", "*"]}), ALLOWED),
        (statement(Principal={"Service": ["s3.amazonaws.com", "ses.amazonaws.com"]}), ALLOWED),
        (statement(Principal={"Service": "s3.amazonaws.com"}), REFUSED),
        (statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), REFUSED),
        (statement(Principal=None, NotPrincipal={"AWS": "1"}), UNKNOWN),
        (statement(Action="SNS:Publish"), ALLOWED),
        (statement(Action="sns:*"), ALLOWED),
        (statement(Action="*"), ALLOWED),
        (statement(Action=["sns:Subscribe", "sns:Pub*"]), ALLOWED),
        (statement(Action="sns:Subscribe"), REFUSED),
        (statement(Action=None, NotAction="sns:Subscribe"), ALLOWED),
        (statement(Action=None, NotAction="sns:*"), REFUSED),
        (statement(Resource="*"), ALLOWED),
        (statement(Resource="arn:aws:sns:*:*:ma?l"), ALLOWED),
        (statement(Resource="arn:aws:sns:eu-west-1:123456789012:[m]ail"), REFUSED),
        (statement(Resource=f"{TOPIC}-old"), REFUSED),
        (statement(Resource="arn:aws:sns:*:${aws:PrincipalAccount}:mail"), UNKNOWN),
        (statement(Resource=None, NotResource=TOPIC), REFUSED),
    ],
)
def test_principals_actions_and_resources(found: Json, expected: Verdict) -> None:
    assert outcome(found) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (when("StringEquals", "AWS:SourceAccount", ACCOUNT), ALLOWED),
        (when("StringEquals", "aws:SourceAccount", "1", ACCOUNT), ALLOWED),
        (when("StringEquals", "aws:SourceAccount", int(ACCOUNT)), ALLOWED),
        (when("StringEquals", "aws:SourceAccount", "210987654321"), REFUSED),
        (when("StringLike", "aws:SourceArn", "arn:aws:ses:*:123456789012:*"), ALLOWED),
        (when("StringEquals", "aws:SourceArn", SET), ALLOWED),
        (when("StringEquals", "aws:SourceArn", "arn:aws:ses:*"), REFUSED),
        (when("ArnLike", "aws:SourceArn", "arn:aws:ses:*:*:configuration-set/*"), ALLOWED),
        (when("ArnEquals", "AWS:SourceArn", SET.replace("eu-west-1", "*")), ALLOWED),
        (when("ArnLike", "aws:SourceArn", SET.replace("orders", "other")), REFUSED),
        # In ArnLike no glob reaches over a colon, in StringLike it does.
        (when("ArnLike", "aws:SourceArn", "arn:aws:ses:*"), REFUSED),
        (when("StringLike", "aws:SourceArn", "arn:aws:ses:*"), ALLOWED),
        (when("ArnNotLike", "aws:SourceArn", SET), REFUSED),
        (when("StringNotEquals", "aws:SourceAccount", "1"), ALLOWED),
        (when("StringEqualsIgnoreCase", "aws:SourceArn", SET.upper()), ALLOWED),
        (when("StringEqualsIfExists", "aws:SourceAccount", ACCOUNT), ALLOWED),
        (when("Bool", "aws:SecureTransport", True), ALLOWED),
        (when("Bool", "aws:SecureTransport", "false"), REFUSED),
        (when("Null", "aws:SourceAccount", "false"), ALLOWED),
        (when("Null", "aws:SourceAccount", "true"), REFUSED),
        (when("StringEquals", "AWS:SourceOwner", ACCOUNT), UNKNOWN),
        (when("StringEquals", "aws:PrincipalOrgID", "o-1"), UNKNOWN),
        (when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"), UNKNOWN),
        (when("ForAnyValue:StringEquals", "aws:SourceAccount", ACCOUNT), UNKNOWN),
        (when("StringLike", "aws:SourceArn", "arn:*:${aws:x}"), UNKNOWN),
        (when("IpAddress", "aws:SourceIp", "10.0.0.0/8"), UNKNOWN),
    ],
)
def test_conditions(found: Json, expected: Verdict) -> None:
    assert outcome(found) is expected


def test_every_condition_must_hold() -> None:
    both = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": "arn:*"}}
    assert outcome(statement(Condition=both)) is REFUSED
    # What fails for sure decides, whatever else is open.
    mixed = {"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:SourceAccount": "1"}}
    assert outcome(statement(Condition=mixed)) is REFUSED


DENY = statement(Effect="Deny", Sid="No", Principal="*")
PLAIN_HTTP = {"Bool": {"aws:SecureTransport": "false"}}
OTHER_ORG = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([statement(), DENY], REFUSED),
        ([DENY], REFUSED),
        ([statement(), {**DENY, "Condition": PLAIN_HTTP}], ALLOWED),
        ([statement(), {**DENY, "Condition": OTHER_ORG}], UNKNOWN),
        ([statement(), {**DENY, "Action": "sns:Subscribe"}], ALLOWED),
        ([statement(Principal="123"), {**DENY, "Condition": OTHER_ORG}], REFUSED),
        ([when("StringEquals", "aws:PrincipalOrgID", "o-1"), statement()], ALLOWED),
        ([], REFUSED),
    ],
)
def test_a_deny_is_the_stronger(found: list[Json], expected: Verdict) -> None:
    assert outcome(*found) is expected


def test_one_statement_needs_no_list() -> None:
    assert judge(json.dumps({"Statement": statement()}), REQUEST).allowed is ALLOWED


NO_POLICY = {
    "empty": "",
    "cut": "{",
    "list": "[]",
    "null": "null",
    "nothing": "{}",
    "number": '{"Statement": [1]}',
    "effect": '{"Statement": [{"Effect": "Perhaps"}]}',
    "nested": "[" * 100_000,
}


@pytest.mark.parametrize("text", NO_POLICY.values(), ids=NO_POLICY)
def test_what_is_no_policy_is_not_judged(text: str) -> None:
    ruling = judge(text, REQUEST)
    assert ruling.allowed is UNKNOWN
    assert ruling.why == "ses2iac does not understand its policy"


def test_why() -> None:
    def why(*statements: Json) -> str:
        return judge(json.dumps({"Statement": [*statements]}), REQUEST).why

    assert why(statement(), DENY) == "the statement No of its policy denies it"
    none = "no statement of its policy allows ses.amazonaws.com sns:Publish"
    assert why(statement(Action="sns:Subscribe")) == none
    assert why(when("StringEquals", "aws:SourceAccount", "1", "2")) == (
        f"{none}: the statement Mail requires the condition StringEquals aws:SourceAccount = 1, 2"
    )
    assert why(statement(Sid=None, Condition=OTHER_ORG)) == (
        "statement 1 of its policy depends on the condition StringNotEquals "
        "aws:PrincipalOrgID = o-1"
    )


def test_without_an_account_its_conditions_are_not_judged() -> None:
    request = request_of_ses("sns:Publish", TOPIC, None, None)
    text = json.dumps({"Statement": [when("StringEquals", "aws:SourceAccount", ACCOUNT)]})
    assert judge(text, request).allowed is UNKNOWN


def test_a_trust_policy_names_no_resource() -> None:
    request = request_of_ses("sts:AssumeRole", None, ACCOUNT, SET)
    trust = statement(Action="sts:AssumeRole", Resource=None)
    assert judge(json.dumps({"Statement": [trust]}), request).allowed is ALLOWED
    other = {**trust, "Principal": {"Service": "firehose.amazonaws.com"}}
    assert judge(json.dumps({"Statement": [other]}), request).allowed is REFUSED
