"""The SES account of a fictional company: typical settings, and some that are hard to export."""

from typing import Any

import boto3

from exporter.demo.emulator import Emulator
from exporter.model.resources import EventType

REGION = "eu-west-1"
_ACCOUNT = "123456789012"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{_ACCOUNT}:{resource}"


def _topic(name: str) -> dict[str, Any]:
    return {"SnsDestination": {"TopicArn": _arn("sns", name)}}


def _stream(name: str) -> dict[str, Any]:
    return {
        "KinesisFirehoseDestination": {
            "IamRoleArn": f"arn:aws:iam::{_ACCOUNT}:role/ses-to-firehose",
            "DeliveryStreamArn": _arn("firehose", f"deliverystream/{name}"),
        }
    }


def _metrics(*dimensions: tuple[str, str, str]) -> dict[str, Any]:
    keys = ("DimensionName", "DimensionValueSource", "DefaultDimensionValue")
    configurations = [dict(zip(keys, dimension, strict=True)) for dimension in dimensions]
    return {"CloudWatchDestination": {"DimensionConfigurations": configurations}}


_BUS = {"EventBridgeDestination": {"EventBusArn": _arn("events", "event-bus/default")}}
_PINPOINT = {
    "PinpointDestination": {
        "ApplicationArn": _arn("mobiletargeting", "apps/0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    }
}

SETS: tuple[dict[str, Any], ...] = (
    {
        "ConfigurationSetName": "order-confirmations",
        "DeliveryOptions": {
            "TlsPolicy": "REQUIRE",
            "SendingPoolName": "transactional",
            "MaxDeliverySeconds": 3600,
        },
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": True},
        "SuppressionOptions": {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]},
        "TrackingOptions": {
            "CustomRedirectDomain": "links.example.com",
            "HttpsPolicy": "REQUIRE",
        },
        "VdmOptions": {
            "DashboardOptions": {"EngagementMetrics": "ENABLED"},
            "GuardianOptions": {"OptimizedSharedDelivery": "ENABLED"},
        },
        "Tags": [
            {"Key": "team", "Value": "checkout"},
            {"Key": "cost:centre", "Value": "4711"},
        ],
    },
    {
        "ConfigurationSetName": "newsletter",
        "ArchivingOptions": {
            "ArchiveArn": _arn("ses", "mailmanager-archive/a-1b2c3d4e5f6g7h8i9j0k1l2m3n")
        },
        "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
        "ReputationOptions": {"ReputationMetricsEnabled": True, "LastFreshStart": 1735689600},
        "SuppressionOptions": {
            "SuppressedReasons": ["BOUNCE"],
            "SuppressionScope": "TENANT",
            "ValidationOptions": {
                "ConditionThreshold": {
                    "ConditionThresholdEnabled": "ENABLED",
                    "OverallConfidenceThreshold": {"ConfidenceVerdictThreshold": "MEDIUM"},
                }
            },
        },
        "MessageSecurityOptions": {
            "SigningScheme": {"SmimeScheme": {"SignatureFormat": "DETACHED"}}
        },
        "Tags": [{"Key": "campaign", "Value": "100% opt-in, ${first_name}"}],
    },
    # Two names that would get the same name in code.
    {
        "ConfigurationSetName": "password-reset",
        "SuppressionOptions": {"SuppressedReasons": []},
    },
    {"ConfigurationSetName": "password_reset", "SendingOptions": {"SendingEnabled": False}},
    {"ConfigurationSetName": "2fa-codes", "DeliveryOptions": {"TlsPolicy": "REQUIRE"}},
    # Without destinations, and owned by a stack (see SYSTEM_TAGS).
    {"ConfigurationSetName": "Default"},
)

SYSTEM_TAGS = {
    "Default": {
        "aws:cloudformation:stack-name": "mail-baseline",
        "aws:cloudformation:logical-id": "DefaultSet",
    }
}

DESTINATIONS: tuple[tuple[str, str, bool, str, dict[str, Any]], ...] = (
    ("order-confirmations", "bounces", True, "BOUNCE COMPLAINT", _topic("mail-bounces")),
    ("order-confirmations", "event-bus", True, "DELIVERY_DELAY RENDERING_FAILURE", _BUS),
    (
        "order-confirmations",
        "metrics",
        True,
        "SEND DELIVERY BOUNCE COMPLAINT REJECT",
        _metrics(
            ("template", "MESSAGE_TAG", "none"),
            ("ses:from-domain", "MESSAGE_TAG", "example-com"),
            ("X-Priority", "EMAIL_HEADER", "normal"),
        ),
    ),
    (
        "order-confirmations",
        "data-lake",
        True,
        " ".join(EventType),
        _stream("mail-events"),
    ),
    ("newsletter", "engagement", True, "OPEN CLICK SUBSCRIPTION", _stream("newsletter-events")),
    ("newsletter", "app", True, "OPEN CLICK", _PINPOINT),
    (
        "newsletter",
        "links",
        True,
        "CLICK",
        # A value with a dot: fine for SES and Terraform, refused by CloudFormation's schema.
        _metrics(("link", "LINK_TAG", "example.com")),
    ),
    ("newsletter", "complaints", True, "COMPLAINT", _topic("mail-complaints")),
    ("password-reset", "failed", True, "BOUNCE REJECT", _topic("mail-bounces")),
    ("password_reset", "failed", False, "BOUNCE REJECT", _topic("mail-bounces-old")),
    ("2fa-codes", "class", True, "BOUNCE", _topic("security-mail.fifo")),
    ("2fa-codes", "import", True, "DELIVERY DELIVERY_DELAY", _BUS),
)


def seed(emulator: Emulator) -> None:
    """Create the account's configuration sets and event destinations in an emulator."""
    # Any, because the typed client needs literals where the tables above have plain strings.
    client: Any = boto3.client(
        "sesv2",
        region_name=REGION,
        endpoint_url=emulator.url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - the emulator takes any
    )
    for configuration_set in SETS:
        client.create_configuration_set(**configuration_set)
    for name, tags in SYSTEM_TAGS.items():
        emulator.seed_system_tags(name, tags, REGION)
    for name, destination, enabled, types, target in DESTINATIONS:
        client.create_configuration_set_event_destination(
            ConfigurationSetName=name,
            EventDestinationName=destination,
            EventDestination={"Enabled": enabled, "MatchingEventTypes": types.split(), **target},
        )
