"""Rules for targets: topics, keys, streams, roles and buses."""

from collections.abc import Callable, Iterator

from exporter.lint.model import Doubt, Facts, Hit, Severity, TargetRule
from exporter.lint.policy import SERVICE, Request, Ruling, judge, request_of_ses
from exporter.model.arns import arns_of
from exporter.model.resources import Scope
from exporter.model.target_facts import Fact, Key, Missing, NeededKind, Role, Topic, Unreadable

_SNS_PAGE = (
    "https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html"
)
_FIREHOSE_PAGE = (
    "https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-firehose.html"
)
_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")

_Of = tuple[str, str]
"""The names of a configuration set and of a destination in it."""


def _arns(scope: Scope, kind: NeededKind) -> Iterator[tuple[_Of, str]]:
    """Yield the ARNs of a kind, with their destinations; for a key, the ARN of its topic."""
    for set_, destination in scope.destinations:
        for each in arns_of(destination):
            if kind in each.type.needs:
                yield (set_.name, destination.name), each.arn


_Check = Callable[[Scope, _Of, str, Fact], Iterator[Hit | Doubt]]


def _each(kind: NeededKind, check_one: _Check) -> Callable[[Scope, Facts], Iterator[Hit | Doubt]]:
    """Return a check that calls ``check_one`` with the fact about each target.

    Skips targets that were not requested, and reports those that could not be read.
    """

    def check(scope: Scope, facts: Facts) -> Iterator[Hit | Doubt]:
        for of, arn in _arns(scope, kind):
            fact = facts.get((kind, arn))
            if isinstance(fact, Unreadable):
                yield Doubt(*of, arn, fact.reason, fact.hint, is_failure=not fact.is_foreign)
            elif fact is not None:
                yield from check_one(scope, of, arn, fact)

    return check


def _missing(noun: str) -> _Check:
    def check_one(_scope: Scope, of: _Of, arn: str, fact: Fact) -> Iterator[Hit | Doubt]:
        if isinstance(fact, Missing):
            yield Hit(*of, f"its {noun} does not exist: {arn}")

    return check_one


def _request(scope: Scope, configuration_set: str, action: str, resource: str | None) -> Request:
    account = scope.account_id
    own = f"arn:{scope.partition}:ses:{scope.region}:{account}"
    arn = f"{own}:configuration-set/{configuration_set}"
    return request_of_ses(action, resource, account, arn if account else None)


def _ruled(of: _Of, arn: str, ruling: Ruling, refused: str) -> Iterator[Hit | Doubt]:
    if ruling.allowed is False:
        yield Hit(*of, f"{refused}: {ruling.why}")
    elif ruling.allowed is None:
        yield Doubt(
            *of,
            arn,
            f"cannot be judged: {ruling.why}",
            f"send a test mail to the mailbox simulator, or allow {SERVICE} in a statement of its "
            "own",
        )


# Topics
# --------------------------------------------------------------------------------------


TOPIC_MISSING = TargetRule(
    id="topic-missing",
    severity=Severity.ERROR,
    title="An SNS topic does not exist",
    why="SES publishes to nothing and reports no error: the events are lost.",
    advice="Recreate the topic under the same name, with a policy that allows SES, or change the "
    "destination's topic.",
    url=_SNS_PAGE,
    reads=frozenset({NeededKind.TOPIC}),
    check=_each(NeededKind.TOPIC, _missing("topic")),
)


def _closed_topic(scope: Scope, of: _Of, arn: str, fact: Fact) -> Iterator[Hit | Doubt]:
    if isinstance(fact, Topic):
        ruling = judge(fact.policy, _request(scope, of[0], "sns:Publish", arn))
        yield from _ruled(of, arn, ruling, f"SES may not publish to {arn}")


TOPIC_POLICY = TargetRule(
    id="topic-policy",
    severity=Severity.ERROR,
    title="The policy of an SNS topic does not let SES publish",
    why="SNS rejects what SES publishes, and the events are lost. The console adds the "
    "statement when it creates the topic; code and copies often lack it, or name another "
    "account or set.",
    advice="Allow sns:Publish for the principal ses.amazonaws.com, with conditions on "
    "aws:SourceAccount (your account) and aws:SourceArn (the configuration set).",
    url=_SNS_PAGE,
    reads=frozenset({NeededKind.TOPIC}),
    check=_each(NeededKind.TOPIC, _closed_topic),
)


def _silent_topic(_scope: Scope, of: _Of, arn: str, fact: Fact) -> Iterator[Hit | Doubt]:
    if isinstance(fact, Topic) and fact.subscriptions == 0:
        yield Hit(*of, f"its topic has no confirmed subscription: {arn}")


TOPIC_WITHOUT_SUBSCRIPTION = TargetRule(
    id="topic-without-subscription",
    severity=Severity.WARNING,
    title="An SNS topic has no confirmed subscription",
    why="SNS stores nothing: messages published to a topic without subscriptions are gone. "
    "Unconfirmed email subscriptions don't count.",
    advice="Subscribe a queue, a function or a mailbox that somebody reads, and confirm the "
    "subscription.",
    url="https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html",
    reads=frozenset({NeededKind.TOPIC}),
    check=_each(NeededKind.TOPIC, _silent_topic),
)


def _unusable_key(scope: Scope, of: _Of, topic: str, fact: Fact) -> Iterator[Hit | Doubt]:
    if isinstance(fact, Missing):
        yield Hit(*of, f"the key of its topic does not exist: {topic}")
    elif isinstance(fact, Key):
        yield from _closed_key(scope, of, topic, fact)


def _closed_key(scope: Scope, of: _Of, topic: str, key: Key) -> Iterator[Hit | Doubt]:
    refused = f"SES may not use the key {key.name} of its topic {topic}"
    if key.is_aws_managed:
        yield Hit(*of, f"{refused}: AWS manages it, and its policy allows no service")
    elif key.state != "Enabled":
        yield Hit(*of, f"the key {key.name} of its topic {topic} is {key.state}, not Enabled")
    else:
        rulings = [
            judge(key.policy, _request(scope, of[0], action, key.name)) for action in _KEY_ACTIONS
        ]
        # Report a certain refusal before an unknown.
        rulings.sort(key=lambda ruling: ruling.allowed is not False)
        worst = next((r for r in rulings if not r.allowed), rulings[0])
        yield from _ruled(of, topic, worst, refused)


TOPIC_KEY = TargetRule(
    id="topic-key",
    severity=Severity.ERROR,
    title="An SNS topic is encrypted with a key that SES may not use",
    why="To publish to an encrypted topic, SES also needs its key. The policy of the AWS "
    "managed key (alias/aws/sns) allows no service and cannot be changed; your own key's "
    "policy must allow SES. Otherwise the events are lost.",
    advice="Encrypt the topic with your own key, and allow kms:GenerateDataKey* and kms:Decrypt "
    "for ses.amazonaws.com in its policy.",
    url="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    reads=frozenset({NeededKind.TOPIC, NeededKind.KEY}),
    check=_each(NeededKind.KEY, _unusable_key),
)


# Streams, roles and buses
# --------------------------------------------------------------------------------------


STREAM_MISSING = TargetRule(
    id="stream-missing",
    severity=Severity.ERROR,
    title="A Firehose stream does not exist",
    why="SES writes to nothing, and the events are lost.",
    advice="Recreate the stream under the same name, or change the destination's stream.",
    url=_FIREHOSE_PAGE,
    reads=frozenset({NeededKind.STREAM}),
    check=_each(NeededKind.STREAM, _missing("stream")),
)


ROLE_MISSING = TargetRule(
    id="role-missing",
    severity=Severity.ERROR,
    title="The IAM role for a Firehose stream does not exist",
    why="SES writes to Firehose with this role. Without it, the events are lost.",
    advice="Recreate the role, with trust in ses.amazonaws.com and permission to put records into "
    "the stream, or use another role.",
    url=_FIREHOSE_PAGE,
    reads=frozenset({NeededKind.ROLE}),
    check=_each(NeededKind.ROLE, _missing("role")),
)


def _closed_role(scope: Scope, of: _Of, arn: str, fact: Fact) -> Iterator[Hit | Doubt]:
    if isinstance(fact, Role):
        ruling = judge(fact.trust, _request(scope, of[0], "sts:AssumeRole", None))
        yield from _ruled(of, arn, ruling, f"SES may not assume {arn}")


ROLE_TRUST = TargetRule(
    id="role-trust",
    severity=Severity.ERROR,
    title="The trust policy of a role does not allow SES",
    why="SES cannot assume the role that it needs to write to Firehose, and the events are "
    "lost. The rule does not check the role's permissions.",
    advice="Allow sts:AssumeRole for the principal ses.amazonaws.com in the role's trust policy, "
    "with conditions on aws:SourceAccount and aws:SourceArn.",
    url=_FIREHOSE_PAGE,
    reads=frozenset({NeededKind.ROLE}),
    check=_each(NeededKind.ROLE, _closed_role),
)


BUS_MISSING = TargetRule(
    id="bus-missing",
    severity=Severity.ERROR,
    title="An EventBridge bus does not exist",
    why="SES publishes to nothing, and the events are lost.",
    advice="Change the destination to the default bus, which every account has.",
    url="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_EventBridgeDestination.html",
    reads=frozenset({NeededKind.BUS}),
    check=_each(NeededKind.BUS, _missing("bus")),
)
