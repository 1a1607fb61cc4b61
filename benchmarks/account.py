"""The account that the benchmarks read from a file."""

import json
from pathlib import Path

PER_SET = 5
_EVENTS = ["BOUNCE", "COMPLAINT", "DELIVERY", "SEND"]


def snapshot(destinations: int) -> dict[str, object]:
    """Return an account with that many destinations, five per set, that every format supports."""
    account, region = "123456789012", "eu-west-1"
    events = f"arn:aws:events:{region}:{account}"
    targets: list[dict[str, object]] = [
        {"SnsDestination": {"TopicArn": f"arn:aws:sns:{region}:{account}:mail"}},
        {"EventBridgeDestination": {"EventBusArn": f"{events}:event-bus/default"}},
        {
            "KinesisFirehoseDestination": {
                "IamRoleArn": f"arn:aws:iam::{account}:role/ses",
                "DeliveryStreamArn": f"arn:aws:firehose:{region}:{account}:deliverystream/mail",
            }
        },
        {
            "CloudWatchDestination": {
                "DimensionConfigurations": [
                    {
                        "DimensionName": "campaign",
                        "DimensionValueSource": "MESSAGE_TAG",
                        "DefaultDimensionValue": "none",
                    }
                ]
            }
        },
        {"SnsDestination": {"TopicArn": f"arn:aws:sns:{region}:{account}:audit"}},
    ]
    sets = [
        {
            "ConfigurationSetName": f"set-{number:05d}",
            "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
            "ReputationOptions": {"ReputationMetricsEnabled": True},
            "SendingOptions": {"SendingEnabled": True},
            "Tags": [{"Key": "team", "Value": "mail"}],
            "EventDestinations": [
                {"Name": f"to-{index}", "Enabled": True, "MatchingEventTypes": _EVENTS, **target}
                for index, target in enumerate(targets)
            ],
        }
        for number in range(destinations // PER_SET)
    ]
    scope = {
        "AccountId": account,
        "Partition": "aws",
        "Region": region,
        "ConfigurationSets": sets,
    }
    return {"FormatVersion": 1, "Scopes": [scope]}


def written(destinations: int, folder: Path) -> Path:
    """Write a snapshot file of such an account."""
    file = folder / f"{destinations}.json"
    file.write_text(json.dumps(snapshot(destinations)), encoding="utf-8")
    return file
