"""Each rule on targets: what it finds, what it leaves alone, and what it cannot judge."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from exporter.lint import registry
from exporter.lint.choice import RuleSelection
from exporter.lint.model import Doubt, Facts, Hit
from exporter.lint.report import merged
from exporter.lint.run import needed_facts
from exporter.model import codec
from exporter.model.resources import Scope
from exporter.model.target_facts import (
    Fact,
    Key,
    Missing,
    NeededKind,
    Present,
    Role,
    Topic,
    Unreadable,
)
from tests.functional.snapshots import ACCOUNT, REGION, configuration_set, destination, scope, sns

RULES = {rule.id: rule for rule in registry.TARGET_RULES}
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:mail-events"
STREAM = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/mail"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ses"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/mail"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
SET = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/orders"

SCOPE = codec.decode(
    scope(
        configuration_set(
            "orders",
            destination("bus", {"EventBridgeDestination": {"EventBusArn": BUS}}),
            destination(
                "stream",
                {"KinesisFirehoseDestination": {"IamRoleArn": ROLE, "DeliveryStreamArn": STREAM}},
            ),
            destination("topic", sns()),
        )
    ),
    Scope,
)


def policy(action: Any, *, service: str = "ses.amazonaws.com", **more: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": "*",
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


OPEN = policy("sns:Publish", Condition={"ArnLike": {"aws:SourceArn": SET}})
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
TRUST = policy("sts:AssumeRole", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})
KEY_POLICY = policy(["kms:GenerateDataKey*", "kms:Decrypt"])
NOBODY = "no statement of its policy allows ses.amazonaws.com"
DENIED = Unreadable("not allowed to call it", "allow it")
REFUSED_KEY = f"SES may not use the key {KEY} of its topic {TOPIC}: {NOBODY}"
AWS_KEY = (
    f"SES may not use the key alias/aws/sns of its topic {TOPIC}: AWS manages it, and its "
    "policy allows no service"
)

HITS: list[tuple[str, NeededKind, str, Fact, str]] = [
    ("topic-missing", NeededKind.TOPIC, TOPIC, Missing(), f"its topic does not exist: {TOPIC}"),
    (
        "topic-policy",
        NeededKind.TOPIC,
        TOPIC,
        Topic(policy("sns:Publish", service="s3.amazonaws.com")),
        f"SES may not publish to {TOPIC}: {NOBODY} sns:Publish",
    ),
    (
        "topic-without-subscription",
        NeededKind.TOPIC,
        TOPIC,
        Topic(OPEN, subscriptions=0),
        f"its topic has no confirmed subscription: {TOPIC}",
    ),
    ("topic-key", NeededKind.KEY, TOPIC, Key("alias/aws/sns", is_aws_managed=True), AWS_KEY),
    (
        "topic-key",
        NeededKind.KEY,
        TOPIC,
        Key(KEY, state="PendingDeletion", policy=KEY_POLICY),
        f"the key {KEY} of its topic {TOPIC} is PendingDeletion, not Enabled",
    ),
    (
        "topic-key",
        NeededKind.KEY,
        TOPIC,
        Key(KEY, policy=policy("kms:Decrypt")),
        f"{REFUSED_KEY} kms:GenerateDataKey",
    ),
    (
        "topic-key",
        NeededKind.KEY,
        TOPIC,
        Key(KEY, policy=policy("kms:GenerateDataKey*")),
        f"{REFUSED_KEY} kms:Decrypt",
    ),
    (
        "topic-key",
        NeededKind.KEY,
        TOPIC,
        Missing(),
        f"the key of its topic does not exist: {TOPIC}",
    ),
    (
        "stream-missing",
        NeededKind.STREAM,
        STREAM,
        Missing(),
        f"its stream does not exist: {STREAM}",
    ),
    ("role-missing", NeededKind.ROLE, ROLE, Missing(), f"its role does not exist: {ROLE}"),
    (
        "role-trust",
        NeededKind.ROLE,
        ROLE,
        Role(policy("sts:AssumeRole", service="firehose.amazonaws.com")),
        f"SES may not assume {ROLE}: {NOBODY} sts:AssumeRole",
    ),
    ("bus-missing", NeededKind.BUS, BUS, Missing(), f"its bus does not exist: {BUS}"),
]

CLEAN: list[tuple[str, NeededKind, str, Fact]] = [
    ("topic-missing", NeededKind.TOPIC, TOPIC, Topic("{}")),
    ("topic-policy", NeededKind.TOPIC, TOPIC, Topic(OPEN)),
    # What does not exist is told once.
    ("topic-policy", NeededKind.TOPIC, TOPIC, Missing()),
    ("topic-without-subscription", NeededKind.TOPIC, TOPIC, Topic(OPEN, subscriptions=1)),
    ("topic-without-subscription", NeededKind.TOPIC, TOPIC, Topic(OPEN)),
    ("topic-key", NeededKind.KEY, TOPIC, Key(KEY, policy=KEY_POLICY)),
    ("stream-missing", NeededKind.STREAM, STREAM, Present()),
    ("role-missing", NeededKind.ROLE, ROLE, Role("{}")),
    ("role-trust", NeededKind.ROLE, ROLE, Role(TRUST)),
    ("role-trust", NeededKind.ROLE, ROLE, Missing()),
    ("bus-missing", NeededKind.BUS, BUS, Present()),
]

UNJUDGED: list[tuple[str, NeededKind, str, Fact]] = [
    ("topic-policy", NeededKind.TOPIC, TOPIC, Topic(policy("sns:Publish", Condition=ORGANIZATION))),
    ("topic-key", NeededKind.KEY, TOPIC, Key(KEY, policy=policy("kms:*", Condition=ORGANIZATION))),
    ("role-trust", NeededKind.ROLE, ROLE, Role(policy("sts:*", Condition=ORGANIZATION))),
]


def said(rule: str, kind: NeededKind, arn: str, fact: Fact) -> list[Hit | Doubt]:
    facts: Facts = {(kind, arn): fact}
    return list(RULES[rule].check(SCOPE, facts))


@pytest.mark.parametrize(("rule", "kind", "arn", "fact", "message"), HITS)
def test_the_rule_finds(rule: str, kind: NeededKind, arn: str, fact: Fact, message: str) -> None:
    name = {NeededKind.BUS: "bus", NeededKind.STREAM: "stream", NeededKind.ROLE: "stream"}.get(
        kind, "topic"
    )
    assert said(rule, kind, arn, fact) == [Hit("orders", name, message)]


@pytest.mark.parametrize(("rule", "kind", "arn", "fact"), CLEAN)
def test_the_rule_leaves_alone(rule: str, kind: NeededKind, arn: str, fact: Fact) -> None:
    assert said(rule, kind, arn, fact) == []


@pytest.mark.parametrize(("rule", "kind", "arn", "fact"), UNJUDGED)
def test_what_only_aws_can_judge_is_said(rule: str, kind: NeededKind, arn: str, fact: Fact) -> None:
    (doubt,) = said(rule, kind, arn, fact)
    assert isinstance(doubt, Doubt)
    assert doubt.reason == (
        "cannot be judged: statement 1 of its policy depends on the condition StringEquals "
        "aws:PrincipalOrgID = o-1"
    )
    assert not doubt.is_failure


def test_every_rule_has_its_tests() -> None:
    assert {rule for rule, *_ in HITS} == {rule for rule, *_ in CLEAN} == {*RULES}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("is_foreign", [False, True])
def test_what_cannot_be_read_is_said(rule: str, is_foreign: bool) -> None:
    fact = Unreadable("not allowed to call it", "allow it", is_foreign=is_foreign)
    arns = {NeededKind.BUS: BUS, NeededKind.STREAM: STREAM, NeededKind.ROLE: ROLE}
    facts: Facts = {(kind, arns.get(kind, TOPIC)): fact for kind in RULES[rule].reads}
    found = list(RULES[rule].check(SCOPE, facts))
    assert len(found) == 1
    assert isinstance(found[0], Doubt)
    assert (found[0].reason, found[0].is_failure) == ("not allowed to call it", not is_foreign)


def doubts(*names: str) -> Iterator[Doubt]:
    for name in names:
        yield Doubt("orders", name, TOPIC, "denied", "allow it", is_failure=True)


def test_what_has_one_reason_is_said_once() -> None:
    rules = [RULES["topic-missing"], RULES["topic-policy"]]
    (unchecked,) = merged((rule, doubt) for rule in rules for doubt in doubts("b", "a"))
    assert unchecked.rules == ("topic-missing", "topic-policy")
    assert unchecked.destinations == (("orders", "a"), ("orders", "b"))
    assert str(unchecked.remark) == (
        f"{TOPIC}: could not check topic-missing, topic-policy: denied (allow it)"
    )


def test_only_what_rules_need_is_read() -> None:
    taken = frozenset((s.name, d.name) for s, d in SCOPE.destinations)

    def kinds(*rules: str) -> set[NeededKind]:
        choice = RuleSelection((), tuple(RULES[rule] for rule in rules))
        return {each.kind for each in needed_facts(SCOPE, choice, taken)}

    assert kinds(*RULES) == {*NeededKind}
    assert kinds("topic-policy") == {NeededKind.TOPIC}
    assert kinds("topic-key") == {NeededKind.TOPIC, NeededKind.KEY}
    assert kinds("role-trust") == {NeededKind.ROLE}
    choice = RuleSelection((), tuple(RULES.values()))
    assert needed_facts(SCOPE, choice, frozenset()) == frozenset()
