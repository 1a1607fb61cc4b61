"""Time and peak memory of an export, for growing accounts: ``make bench``.

Each measurement is a process of its own, from start to exit, that reads a snapshot file and writes
a new folder.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from exporter.render import FormatName

PER_SET = 5
SIZES = (1_000, 5_000, 20_000)
RUNS = 3
EVENTS = ["BOUNCE", "COMPLAINT", "DELIVERY", "SEND"]


def snapshot(destinations: int) -> dict[str, object]:
    """An account with that many destinations, five to a set, of kinds that every format holds."""
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
                {"Name": f"to-{index}", "Enabled": True, "MatchingEventTypes": EVENTS, **target}
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


def measure(source: Path, format_name: str, out: Path) -> tuple[float, float]:
    """Seconds and MiB of one export in a process of its own."""
    command = [sys.executable, "-m", "exporter", "export", format_name, "--quiet"]
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--from", str(source), "--out", str(out)])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{format_name}: exit status {status}")
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return seconds, usage.ru_maxrss / unit


def main() -> None:
    """Print a line for each format and size: the median of three runs, and the growth."""
    print(f"{'format':<16}{'destinations':>13}{'seconds':>9}{'MiB':>7}{'ms each':>9}{'vs tf':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            source = Path(folder) / f"{size}.json"
            source.write_text(json.dumps(snapshot(size)))
            base = 0.0
            for name in FormatName:
                runs = [
                    measure(source, name, Path(folder) / f"{name}-{size}-{n}") for n in range(RUNS)
                ]
                seconds, memory = sorted(runs)[RUNS // 2]
                base = base or seconds
                print(
                    f"{name:<16}{size:>13,}{seconds:>9.2f}{memory:>7.0f}"
                    f"{1000 * seconds / size:>9.2f}{seconds / base:>7.2f}"
                )


if __name__ == "__main__":
    main()
