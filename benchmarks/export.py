"""Time and peak memory of an export, for growing accounts: ``make bench``.

Each measurement is a process of its own, from start to exit, that reads a snapshot file and writes
a new folder. ``--large`` goes up to 100,000 destinations instead, and shows beside the exports what
a bare Jinja loop over the same templates takes (``benchmarks.loop``).
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.loop import ALL, DESTINATIONS
from benchmarks.processes import OURS, Usage, measured
from exporter.formats.registry import FormatName

PER_SET = 5
SIZES = (1_000, 5_000, 20_000)
LARGE_RUNS = {1_000: 3, 10_000: 3, 100_000: 1}
LARGE_SIZES = tuple(LARGE_RUNS)
RUNS = 3
LINEAR = 1.2
"""How much more one destination may cost in a large account: the noise of a machine."""

MIB = 1024 * 1024
DESTINATION_LOOP = "Jinja over destinations"
WHOLE_LOOP = "Jinja over all files"
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


def measure(source: Path, format_name: str, out: Path) -> Usage:
    """One export in a process of its own."""
    command = [*OURS, "export", format_name, "--quiet", "--from", str(source), "--out", str(out)]
    return measured(command).check()


def middle(runs: Sequence[Usage]) -> Usage:
    """The run of median time."""
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def growth() -> None:
    """Print a line for each format and size: the median of three runs, and the growth."""
    print(f"{'format':<16}{'destinations':>13}{'seconds':>9}{'MiB':>7}{'ms each':>9}{'vs tf':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            source = Path(folder) / f"{size}.json"
            source.write_text(json.dumps(snapshot(size)))
            base = 0.0
            for name in FormatName:
                run = middle(
                    [
                        measure(source, name, Path(folder) / f"{name}-{size}-{n}")
                        for n in range(RUNS)
                    ]
                )
                base = base or run.seconds
                print(
                    f"{name:<16}{size:>13,}{run.seconds:>9.2f}{run.mib:>7.0f}"
                    f"{1000 * run.seconds / size:>9.2f}{run.seconds / base:>7.2f}"
                )


def _loop(source: Path, out: Path, templates: Sequence[str]) -> Usage:
    """The bare Jinja loop in a process of its own."""
    out.mkdir()
    command = [sys.executable, "-m", "benchmarks.loop", str(source), str(out), *templates]
    return measured(command).check()


def _of_size(size: int, folder: Path) -> dict[str, Usage]:
    """Every export and both loops for one size, in turns, so that noise disturbs all."""
    source = folder / f"{size}.json"
    source.write_text(json.dumps(snapshot(size)))
    runs: dict[str, list[Usage]] = {}
    for number in range(LARGE_RUNS[size]):
        out = folder / f"{size}-{number}"
        out.mkdir()
        for name in FormatName:
            runs.setdefault(name, []).append(measure(source, name, out / name))
        runs.setdefault(DESTINATION_LOOP, []).append(_loop(source, out / "one", [DESTINATIONS]))
        runs.setdefault(WHOLE_LOOP, []).append(_loop(source, out / "all", ALL))
        for file in ALL:
            theirs = (out / "all" / file).read_bytes()
            assert theirs == (out / FormatName.TERRAFORM / file).read_bytes(), file
    return {name: middle(taken) for name, taken in runs.items()}


def _goal(what: str, number: float, most: float) -> None:
    verdict = "met" if number <= most else "MISSED"
    print(f"{what:<56}{number:>8.2f}  at most {most:<7,g}{verdict}")


def large() -> None:
    """Print the same for large accounts, and the goals."""
    print(f"{'':<28}{'destinations':>13}{'seconds':>9}{'CPU s':>8}{'MiB':>7}{'ms each':>9}")
    sizes: dict[int, dict[str, Usage]] = {}
    with tempfile.TemporaryDirectory() as name:
        for size in LARGE_SIZES:
            sizes[size] = _of_size(size, Path(name))
            for what, run in sizes[size].items():
                print(
                    f"{what:<28}{size:>13,}{run.seconds:>9.2f}{run.cpu:>8.2f}{run.mib:>7.0f}"
                    f"{1000 * run.seconds / size:>9.3f}",
                    flush=True,
                )
    _goals(sizes)


def _goals(sizes: dict[int, dict[str, Usage]]) -> None:
    small, medium, most = (sizes[size] for size in LARGE_SIZES)
    for name in FormatName:
        # What one more destination takes: the start of the process drops out.
        early = (medium[name].seconds - small[name].seconds) / (LARGE_SIZES[1] - LARGE_SIZES[0])
        late = (most[name].seconds - medium[name].seconds) / (LARGE_SIZES[2] - LARGE_SIZES[1])
        _goal(f"{name}: one more destination, above 10,000 to below", late / early, LINEAR)
        _goal(f"{name}: peak memory in GB", most[name].mib * MIB / 1e9, 1.5)
    terraform = most[FormatName.TERRAFORM].seconds
    _goal(
        "Terraform to a loop over the destinations", terraform / most[DESTINATION_LOOP].seconds, 1.5
    )
    _goal("Terraform to a loop over all that it writes", terraform / most[WHOLE_LOOP].seconds, 1.5)
    _goal("CDK to Terraform", most[FormatName.CDK].seconds / terraform, 2)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="up to 100,000 destinations")
    if parser.parse_args().large:
        large()
    else:
        growth()


if __name__ == "__main__":
    main()
