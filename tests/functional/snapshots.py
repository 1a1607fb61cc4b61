"""Snapshot files for tests: small builders in the spelling of the SES API, and a place for them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exporter.formats.manifest import MANIFEST_FILE
from tests.support import Ran, ses2iac

ACCOUNT = "123456789012"
REGION = "eu-west-1"

Json = dict[str, Any]

ANSWERED: Json = {
    "ReputationOptions": {"ReputationMetricsEnabled": True},
    "SendingOptions": {"SendingEnabled": True},
}
"""What SES always answers of a set; without it every export has notes."""


def sns(topic: str = "mail-events") -> Json:
    """An SNS topic as the target of a destination."""
    return {"SnsDestination": {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}"}}


def destination(
    name: str, target: Json | None = None, *, events: tuple[str, ...] = ("BOUNCE",), on: bool = True
) -> Json:
    """An event destination; to an SNS topic unless told otherwise."""
    return {"Name": name, "Enabled": on, "MatchingEventTypes": [*events], **(target or sns())}


def configuration_set(name: str, *destinations: Json | str, **options: Any) -> Json:
    """A configuration set; a destination that is only a name is made with ``destination``."""
    built = [destination(d) if isinstance(d, str) else d for d in destinations]
    return {
        "ConfigurationSetName": name,
        **ANSWERED,
        **options,
        **({"EventDestinations": built} if built else {}),
    }


def scope(*sets: Json, account: str | None = ACCOUNT, region: str = REGION) -> Json:
    """What one account holds in one region."""
    known = {"AccountId": account} if account else {}
    return {**known, "Partition": "aws", "Region": region, "ConfigurationSets": [*sets]}


def orders(*more: Json | str) -> Json:
    """A scope with one set, ``orders``, that has the destination ``bounces`` and ``more``."""
    return scope(configuration_set("orders", "bounces", *more))


def snapshot_file(path: Path, *scopes: Json) -> str:
    """Write a snapshot; gives its path as the command line wants it."""
    path.write_text(json.dumps({"FormatVersion": 1, "Scopes": [*scopes]}), encoding="utf-8")
    return str(path)


def raw_answer(path: Path, *destinations: Json) -> str:
    """Write what ``aws sesv2 get-configuration-set-event-destinations`` prints."""
    path.write_text(json.dumps({"EventDestinations": [*destinations]}), encoding="utf-8")
    return str(path)


@dataclass(frozen=True)
class Desk:
    """A folder in which a person exports snapshots again and again."""

    capsys: pytest.CaptureFixture[str]
    folder: Path

    @property
    def out(self) -> Path:
        """Where the exports go."""
        return self.folder / "infra"

    def export(self, *scopes: Json, options: tuple[str, ...] = (), to: str = "terraform") -> Ran:
        """Export a snapshot of these scopes, as it has to be done: with exit code 0."""
        ran = self.try_export(*scopes, options=options, to=to)
        assert ran.code == 0, ran.err
        return ran

    def try_export(
        self, *scopes: Json, options: tuple[str, ...] = (), to: str = "terraform"
    ) -> Ran:
        """Export a snapshot of these scopes, whatever comes of it."""
        origin = snapshot_file(self.folder / "snapshot.json", *scopes)
        return self.run("export", to, "--from", origin, "--out", str(self.out), *options)

    def again(self, *options: str, to: str = "terraform") -> Ran:
        """Export the last snapshot once more, whatever comes of it."""
        origin = str(self.folder / "snapshot.json")
        return self.run("export", to, "--from", origin, "--out", str(self.out), *options)

    def run(self, *arguments: str) -> Ran:
        """Run the command line."""
        ran = ses2iac(self.capsys, *arguments)
        assert "Traceback" not in ran.err
        assert "fault in ses2iac" not in ran.err, ran.err
        return ran

    def read(self, path: str) -> str:
        """The text of an exported file."""
        return (self.out / path).read_text(encoding="utf-8")

    def manifest(self) -> Json:
        """What the export says of itself."""
        found: Json = json.loads(self.read(MANIFEST_FILE))
        return found

    def put_manifest(self, document: Json) -> None:
        """Edit what it says of itself."""
        self.put(MANIFEST_FILE, json.dumps(document))

    def put(self, path: str, text: str) -> None:
        """Do what a person does: write a file there."""
        place = self.out / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def touched(folder: Path) -> dict[str, tuple[int, int]]:
    """When each file and folder was last changed, and whether it is still the same one."""
    paths = [folder, *sorted(folder.rglob("*"))]
    stats = {path: path.lstat() for path in paths}
    return {str(path): (found.st_mtime_ns, found.st_ino) for path, found in stats.items()}
