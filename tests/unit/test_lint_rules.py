"""Each rule on settings: what it finds, and what it leaves alone."""

from typing import Any

import pytest

from exporter.lint import destination_rules, registry, set_rules, target_rules
from exporter.lint.choice import RuleSelection
from exporter.lint.model import Rule, SettingsRule, Severity
from exporter.lint.run import lint, selected
from exporter.model import codec
from exporter.model.resources import EventType, Scope
from exporter.sources.selection import Selection
from tests import lint_docs
from tests.functional.snapshots import ACCOUNT, REGION, configuration_set, destination, scope, sns

Json = dict[str, Any]
RULES = {rule.id: rule for rule in registry.SETTINGS_RULES}

FEEDBACK = ("BOUNCE", "COMPLAINT")
ENGAGEMENT = ("OPEN", "CLICK")


def metrics(name: str = "team", source: str = "MESSAGE_TAG", default: str = "none") -> Json:
    dimension = {
        "DimensionName": name,
        "DimensionValueSource": source,
        "DefaultDimensionValue": default,
    }
    return {"CloudWatchDestination": {"DimensionConfigurations": [dimension]}}


def bus(name: str = "default") -> Json:
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{name}"
    return {"EventBridgeDestination": {"EventBusArn": arn}}


def stream(*, role_account: str = ACCOUNT, name: str = "mail") -> Json:
    return {
        "KinesisFirehoseDestination": {
            "IamRoleArn": f"arn:aws:iam::{role_account}:role/ses",
            "DeliveryStreamArn": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{name}",
        }
    }


def topic(arn: str) -> Json:
    return {"SnsDestination": {"TopicArn": arn}}


PINPOINT = {
    "PinpointDestination": {"ApplicationArn": f"arn:aws:mobiletargeting:{REGION}:{ACCOUNT}:apps/a"}
}
NEW_KIND = {"PigeonDestination": {"LoftArn": "arn:aws:pigeon:::loft/1"}}


def found(rule: SettingsRule, *sets: Json, account: str | None = ACCOUNT) -> list[tuple[str, ...]]:
    """What a rule says, each with the set, and the destination where there is one."""
    models = codec.decode(scope(*sets, account=account), Scope)
    return [
        tuple(filter(None, (hit.configuration_set, hit.event_destination, hit.message)))
        for hit in rule.check(models)
    ]


def many(number: int) -> list[Json]:
    return [destination(f"d{index}", sns(f"t{index}")) for index in range(number)]


POSITIVE: dict[str, tuple[list[Json], list[tuple[str, ...]]]] = {
    "set-without-destinations": (
        [configuration_set("orders")],
        [("orders", "has no event destination: no events are published for its mail")],
    ),
    "feedback-unheard": (
        [
            configuration_set("orders", destination("a", events=("SEND", "COMPLAINT"))),
            configuration_set("quiet", destination("a", events=FEEDBACK, on=False)),
        ],
        [
            (
                "orders",
                "no enabled destination receives BOUNCE; the identity's feedback topics "
                "might, but ses2iac doesn't read them",
            ),
            (
                "quiet",
                "no enabled destination receives BOUNCE and COMPLAINT; the "
                "identity's feedback topics might, but ses2iac doesn't read them",
            ),
        ],
    ),
    "feedback-only-counted": (
        [configuration_set("orders", destination("a", metrics(), events=("BOUNCE",)))],
        [("orders", "only CloudWatch receives BOUNCE, and metrics don't show which address")],
    ),
    "sending-disabled": (
        [configuration_set("orders", SendingOptions={"SendingEnabled": False})],
        [("orders", "sending is disabled: SES rejects mail sent with this set")],
    ),
    "suppression-off": (
        [configuration_set("orders", SuppressionOptions={"SuppressedReasons": []})],
        [
            (
                "orders",
                "suppresses nothing: addresses that bounced or complained get mail again",
            )
        ],
    ),
    "tracking-domain-missing": (
        [
            configuration_set("news", destination("a", events=("CLICK", "OPEN", "SEND"))),
            configuration_set(
                "other",
                destination("a", events=("OPEN",)),
                TrackingOptions={"HttpsPolicy": "REQUIRE"},
            ),
        ],
        [
            (
                "news",
                "publishes OPEN and CLICK without a custom tracking domain: links and "
                "images in its mail point to an AWS domain",
            ),
            (
                "other",
                "publishes OPEN without a custom tracking domain: links and images in its "
                "mail point to an AWS domain",
            ),
        ],
    ),
    "tls-optional": (
        [
            configuration_set("orders"),
            configuration_set("said", DeliveryOptions={"TlsPolicy": "OPTIONAL"}),
        ],
        [
            (
                name,
                "TLS is optional: mail to receivers without TLS is sent in plain text",
            )
            for name in ("orders", "said")
        ],
    ),
    "destinations-near-limit": (
        [configuration_set("nine", *many(9)), configuration_set("ten", *many(10))],
        [
            ("nine", "has 9 of at most 10 event destinations: one more is possible"),
            ("ten", "has 10 of at most 10 event destinations: no more are possible"),
        ],
    ),
    "destination-disabled": (
        [configuration_set("orders", destination("a", events=FEEDBACK, on=False))],
        [("orders", "a", "is disabled: it does not receive BOUNCE, COMPLAINT")],
    ),
    "pinpoint-ended": (
        [configuration_set("orders", destination("a", PINPOINT))],
        [("orders", "a", "publishes to Pinpoint, whose support ended on 30 October 2026")],
    ),
    "bus-not-default": (
        [configuration_set("orders", destination("a", bus("mail")))],
        [
            (
                "orders",
                "a",
                "publishes to the bus mail, but SES supports only the bus named default",
            )
        ],
    ),
    "topic-fifo": (
        [configuration_set("orders", destination("a", sns("mail.fifo")))],
        [
            (
                "orders",
                "a",
                "publishes to the FIFO topic arn:aws:sns:eu-west-1:123456789012:mail.fifo, "
                "but SES supports only standard topics",
            )
        ],
    ),
    "target-twice": (
        [
            configuration_set(
                "orders",
                destination("a", sns(), events=("BOUNCE", "SEND", "OPEN")),
                destination("b", sns(), events=("SEND", "BOUNCE", "CLICK")),
            ),
            configuration_set("counted", *(destination(n, metrics()) for n in "ab")),
            configuration_set(
                "streams",
                destination("a", stream()),
                destination("b", stream(role_account="210987654321")),
            ),
        ],
        [
            ("counted", "b", "has the same target as a; it receives BOUNCE twice"),
            ("orders", "b", "has the same target as a; it receives BOUNCE, SEND twice"),
            ("streams", "b", "has the same target as a; it receives BOUNCE twice"),
        ],
    ),
    "target-elsewhere": (
        [
            configuration_set(
                "orders",
                destination("a", topic("arn:aws:sns:us-east-1:210987654321:mail")),
                destination("b", topic(f"arn:aws:sns:us-east-1:{ACCOUNT}:mail")),
                destination("c", stream(role_account="210987654321")),
            )
        ],
        [
            (
                "orders",
                "a",
                "its target is in account 210987654321 and region us-east-1: "
                "arn:aws:sns:us-east-1:210987654321:mail",
            ),
            (
                "orders",
                "b",
                "its target is in region us-east-1: arn:aws:sns:us-east-1:123456789012:mail",
            ),
            (
                "orders",
                "c",
                "its role is in account 210987654321: arn:aws:iam::210987654321:role/ses",
            ),
        ],
    ),
    "default-hides-missing": (
        [
            configuration_set(
                "orders",
                destination("a", metrics(default="checkout")),
                destination("b", metrics("ses:x", "EMAIL_HEADER", "low")),
                destination("c", metrics("link", "LINK_TAG", "footer")),
            )
        ],
        [
            (
                "orders",
                "a",
                "mail without the message tag team counts as checkout, like mail that "
                "really has this value",
            ),
            (
                "orders",
                "b",
                "mail without the header ses:x counts as low, like mail that really has this value",
            ),
            (
                "orders",
                "c",
                "mail without the link tag link counts as footer, like mail that really "
                "has this value",
            ),
        ],
    ),
}

NEGATIVE: dict[str, list[Json]] = {
    "set-without-destinations": [configuration_set("orders", destination("a", on=False))],
    "feedback-unheard": [
        # What is nowhere at all is told by another rule.
        configuration_set("none"),
        configuration_set("one", destination("a", events=FEEDBACK)),
        configuration_set(
            "two", destination("a", events=FEEDBACK[:1]), destination("b", events=FEEDBACK[1:])
        ),
        configuration_set("new", destination("a", NEW_KIND, events=FEEDBACK)),
    ],
    "feedback-only-counted": [
        configuration_set(
            "orders",
            destination("a", metrics(), events=FEEDBACK),
            destination("b", events=FEEDBACK),
        ),
        configuration_set("unheard", destination("a", metrics(), events=("SEND",))),
    ],
    "sending-disabled": [
        configuration_set("orders"),
        {"ConfigurationSetName": "unset"},
        configuration_set("unread", SendingOptions={"SendingEnabled": False}, OptionsKnown=False),
    ],
    "suppression-off": [
        configuration_set("inherits"),
        configuration_set("some", SuppressionOptions={"SuppressedReasons": ["BOUNCE"]}),
        configuration_set("scoped", SuppressionOptions={"SuppressionScope": "TENANT"}),
    ],
    "tracking-domain-missing": [
        configuration_set(
            "own",
            destination("a", events=ENGAGEMENT),
            TrackingOptions={"CustomRedirectDomain": "links.example.com"},
        ),
        configuration_set("off", destination("a", events=ENGAGEMENT, on=False)),
        configuration_set("unread", destination("a", events=ENGAGEMENT), OptionsKnown=False),
    ],
    "tls-optional": [
        configuration_set("orders", DeliveryOptions={"TlsPolicy": "REQUIRE"}),
        configuration_set("unread", OptionsKnown=False),
    ],
    "destinations-near-limit": [configuration_set("eight", *many(8))],
    "destination-disabled": [configuration_set("orders", "bounces")],
    "pinpoint-ended": [configuration_set("orders", "bounces", destination("a", NEW_KIND))],
    "bus-not-default": [configuration_set("orders", "bounces", destination("a", bus()))],
    "topic-fifo": [configuration_set("orders", destination("a", sns("fifo")))],
    "target-twice": [
        configuration_set(
            "split",
            destination("a", events=("SEND",)),
            destination("b", events=("BOUNCE",)),
            destination("c", on=False),
            destination("d", sns("other")),
            destination("e", metrics("x")),
            destination("f", metrics("y")),
            destination("g", NEW_KIND),
            destination("h", NEW_KIND),
        ),
        configuration_set("another", destination("a")),
    ],
    "target-elsewhere": [
        configuration_set(
            "orders",
            destination("a", stream()),
            destination("b", bus()),
            destination("c", metrics()),
            destination("d", topic("not-an-arn")),
        )
    ],
    "default-hides-missing": [
        configuration_set(
            "orders",
            *(
                destination(f"d{number}", metrics(default=word))
                for number, word in enumerate(("none", "Unknown", "not_set", "_missing_"))
            ),
            destination("auto", metrics("ses:from-domain", default="example-com")),
        )
    ],
}


@pytest.mark.parametrize("name", RULES)
def test_the_rule_finds(name: str) -> None:
    sets, expected = POSITIVE[name]
    assert found(RULES[name], *sets) == expected


@pytest.mark.parametrize("name", RULES)
def test_the_rule_leaves_alone(name: str) -> None:
    assert found(RULES[name], *NEGATIVE[name]) == []


def test_every_rule_has_both_tests() -> None:
    assert {*POSITIVE} == {*NEGATIVE} == {*RULES}


def test_every_rule_is_registered() -> None:
    modules = (set_rules, destination_rules, target_rules)
    written = [each for of in modules for each in vars(of).values() if isinstance(each, Rule)]
    assert {rule.id for rule in written} == {rule.id for rule in registry.RULES}


def test_an_account_that_nobody_knows_is_no_other_one() -> None:
    sets = [configuration_set("orders", destination("a", sns()))]
    assert found(RULES["target-elsewhere"], *sets, account=None) == []


def test_rules_say_all_of_themselves() -> None:
    ids = [rule.id for rule in registry.RULES]
    assert len({*ids}) == len(ids)
    for rule in registry.RULES:
        assert rule.id == rule.id.lower()
        assert rule.id.replace("-", "").isalnum()
        assert rule.url.startswith("https://docs.aws.amazon.com/")
        for text in (rule.why, rule.advice):
            assert text.endswith("."), rule.id
        assert not rule.title.endswith("."), rule.id


def test_findings_are_in_order_the_worst_first() -> None:
    sets = [
        configuration_set("b", destination("z", sns("x.fifo"), on=False, events=FEEDBACK)),
        configuration_set("a", destination("y", PINPOINT, events=FEEDBACK)),
    ]
    models = codec.decode(scope(*sets), Scope)
    (taken,) = selected(Selection(), [models])
    report = lint(models, RuleSelection(registry.SETTINGS_RULES, ()), taken)
    assert [
        (f.hit.configuration_set, f.hit.event_destination, f.rule.id) for f in report.findings
    ] == [
        ("a", None, "tls-optional"),
        ("a", "y", "pinpoint-ended"),
        ("b", None, "feedback-unheard"),
        ("b", None, "tls-optional"),
        ("b", "z", "topic-fifo"),
        ("b", "z", "destination-disabled"),
    ]
    assert [severity.rank for severity in Severity] == [0, 1, 2]


def test_every_event_can_be_published_without_a_finding() -> None:
    good = configuration_set(
        "good",
        destination("all", events=tuple(EventType)),
        DeliveryOptions={"TlsPolicy": "REQUIRE"},
        TrackingOptions={"CustomRedirectDomain": "links.example.com"},
    )
    assert [hit for rule in RULES.values() for hit in found(rule, good)] == []


def test_the_document_says_what_the_rules_say() -> None:
    """``python -m tests.lint_docs`` writes it anew."""
    assert lint_docs.FILE.read_text(encoding="utf-8") == lint_docs.text()
