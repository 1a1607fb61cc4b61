"""``diff --output commands``: after the AWS CLI has run them on ministack, nothing differs."""

import json
import os
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Account, create_demo
from tests.support import ISOLATED_AWS, Engines, Ran, ministack, ses2iac_process

pytestmark = pytest.mark.engine("ministack")

SEEDS = range(6 if os.environ.get("SES2IAC_LONG") else 1)
_EVENTS = ("BOUNCE", "CLICK", "COMPLAINT", "DELIVERY", "OPEN", "REJECT", "SEND")
_SNS = {"SnsDestination": {"TopicArn": "arn:aws:sns:eu-west-1:000000000000:elsewhere"}}
_DIMENSIONS = [
    {
        "DimensionName": name,
        "DimensionValueSource": "MESSAGE_TAG",
        "DefaultDimensionValue": "none",
    }
    for name in ("z-first", "a-second")
]
_TARGETS: tuple[dict[str, Any], ...] = (
    _SNS,
    {"CloudWatchDestination": {"DimensionConfigurations": _DIMENSIONS}},
    {"EventBridgeDestination": {"EventBusArn": "arn:aws:events:eu-west-1:0:event-bus/default"}},
    {
        "KinesisFirehoseDestination": {
            "IamRoleArn": "arn:aws:iam::000000000000:role/other",
            "DeliveryStreamArn": "arn:aws:firehose:eu-west-1:000000000000:deliverystream/other",
        }
    },
)


@pytest.fixture
def account(engines: Engines, tmp_path: Path) -> Iterator[Account]:
    """An account of its own, as the commands change it."""
    folder = tmp_path / "ministack"
    folder.mkdir()
    with ministack(engines.ministack(), folder) as url:
        found = Account(url)
        create_demo(found.sesv2)
        yield found


class ByHand:
    """Somebody in the console, who changes what a seed says."""

    def __init__(self, account: Account, seed: int) -> None:
        self._client = account.sesv2
        self._random = random.Random(seed)
        self.done: list[str] = []

    def change(self, times: int) -> None:
        """Each kind of change in turn, at places chosen by chance; renamings last."""
        kinds = [
            self._toggle, self._event_types, self._target, self._sending, self._delivery,
            self._suppression, self._tracking, self._vdm, self._archiving, self._reputation,
            self._tag, self._untag, self._add_destination, self._add_set, self._drop_destination,
            self._drop_set,
        ]  # fmt: skip
        self._random.shuffle(kinds)
        for number in range(times):
            self._do(kinds[number % len(kinds)])
        self._do(self._rename_destination)
        self._do(self._rename_set)

    def _do(self, kind: Callable[[], None]) -> None:
        kind()
        self.done.append(kind.__name__)

    def _set(self) -> str:
        names = self._client.list_configuration_sets()["ConfigurationSets"]
        return str(self._random.choice(sorted(names)))

    def _destination(self) -> tuple[str, dict[str, Any]]:
        while True:
            name = self._set()
            found = self._client.get_configuration_set_event_destinations(ConfigurationSetName=name)
            if found.get("EventDestinations"):
                return name, self._random.choice(found["EventDestinations"])

    def _update(self, name: str, destination: dict[str, Any], **changes: Any) -> None:
        held = {key: value for key, value in destination.items() if key != "Name"}
        self._client.update_configuration_set_event_destination(
            ConfigurationSetName=name,
            EventDestinationName=destination["Name"],
            EventDestination={**held, **changes},
        )

    def _create(self, name: str, destination: str, held: dict[str, Any]) -> None:
        self._client.create_configuration_set_event_destination(
            ConfigurationSetName=name, EventDestinationName=destination, EventDestination=held
        )

    def _toggle(self) -> None:
        name, found = self._destination()
        self._update(name, found, Enabled=not found["Enabled"])

    def _event_types(self) -> None:
        name, found = self._destination()
        self._update(name, found, MatchingEventTypes=self._random.sample(_EVENTS, 3))

    def _target(self) -> None:
        name, found = self._destination()
        kept = {k: v for k, v in found.items() if not k.endswith("Destination")}
        self._update(name, kept, **self._random.choice(_TARGETS))

    def _sending(self) -> None:
        name = self._set()
        now = self._client.get_configuration_set(ConfigurationSetName=name)["SendingOptions"]
        self._client.put_configuration_set_sending_options(
            ConfigurationSetName=name, SendingEnabled=not now["SendingEnabled"]
        )

    def _reputation(self) -> None:
        name = self._set()
        now = self._client.get_configuration_set(ConfigurationSetName=name)["ReputationOptions"]
        self._client.put_configuration_set_reputation_options(
            ConfigurationSetName=name,
            ReputationMetricsEnabled=not now["ReputationMetricsEnabled"],
        )

    def _delivery(self) -> None:
        self._client.put_configuration_set_delivery_options(
            ConfigurationSetName=self._set(),
            TlsPolicy=self._random.choice(["REQUIRE", "OPTIONAL"]),
            MaxDeliverySeconds=self._random.randrange(300, 900),
        )

    def _suppression(self) -> None:
        self._client.put_configuration_set_suppression_options(
            ConfigurationSetName=self._set(),
            SuppressedReasons=self._random.choice([["BOUNCE"], ["COMPLAINT", "BOUNCE"], []]),
        )

    def _tracking(self) -> None:
        self._client.put_configuration_set_tracking_options(
            ConfigurationSetName=self._set(), CustomRedirectDomain="elsewhere.example.com"
        )

    def _vdm(self) -> None:
        self._client.put_configuration_set_vdm_options(
            ConfigurationSetName=self._set(),
            VdmOptions={"DashboardOptions": {"EngagementMetrics": "DISABLED"}},
        )

    def _archiving(self) -> None:
        self._client.put_configuration_set_archiving_options(
            ConfigurationSetName=self._set(),
            ArchiveArn="arn:aws:ses:eu-west-1:000000000000:mailmanager-archive/a-elsewhere",
        )

    def _arn(self) -> str:
        return f"arn:aws:ses:eu-west-1:000000000000:configuration-set/{self._set()}"

    def _tag(self) -> None:
        tag = {"Key": 'it\'s "ours"', "Value": "$HOME `id` \\ 100 %"}
        self._client.tag_resource(ResourceArn=self._arn(), Tags=[tag])

    def _untag(self) -> None:
        arn = self._arn()
        tags = self._client.list_tags_for_resource(ResourceArn=arn)["Tags"]
        keys = [tag["Key"] for tag in tags if not tag["Key"].startswith("aws:")]
        if keys:
            self._client.untag_resource(ResourceArn=arn, TagKeys=keys[:1])

    def _add_destination(self) -> None:
        held = {"Enabled": True, "MatchingEventTypes": ["SEND"], **_SNS}
        self._create(self._set(), f"by-hand-{self._random.randrange(1000)}", held)

    def _add_set(self) -> None:
        name = f"by-hand-{self._random.randrange(1000)}"
        self._client.create_configuration_set(ConfigurationSetName=name)
        self._create(name, "all", {"Enabled": True, "MatchingEventTypes": ["SEND"], **_SNS})

    def _drop_destination(self) -> None:
        name, found = self._destination()
        self._client.delete_configuration_set_event_destination(
            ConfigurationSetName=name, EventDestinationName=found["Name"]
        )

    def _drop_set(self) -> None:
        self._client.delete_configuration_set(ConfigurationSetName=self._set())

    def _rename_destination(self) -> None:
        name, found = self._destination()
        was = found.pop("Name")
        self._client.delete_configuration_set_event_destination(
            ConfigurationSetName=name, EventDestinationName=was
        )
        self._create(name, f"{was}-renamed"[:64], found)

    def _rename_set(self) -> None:
        name, _ = self._destination()
        held = self._client.get_configuration_set(ConfigurationSetName=name)
        found = self._client.get_configuration_set_event_destinations(ConfigurationSetName=name)
        self._client.delete_configuration_set(ConfigurationSetName=name)
        options = {k: v for k, v in held.items() if k.endswith("Options") and v}
        tags = [tag for tag in held.get("Tags", []) if not tag["Key"].startswith("aws:")]
        self._client.create_configuration_set(
            ConfigurationSetName=f"{name}-renamed"[:64], Tags=tags, **options
        )
        for each in found["EventDestinations"]:
            self._create(f"{name}-renamed"[:64], each.pop("Name"), each)


def _run(script: str, account: Account, engines: Engines) -> Ran:
    """Run lines as a person would, by bash with the AWS CLI."""
    path = os.pathsep.join([str(Path(engines.aws_cli()).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-eu"],
        input=script,
        env={"PATH": path, "AWS_PAGER": "", **ISOLATED_AWS, **account.environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _as_of_others(code: Path, format_name: str, engines: Engines) -> Path:
    """The same as anybody's code, which does not remember what its format can't hold."""
    (code / ".ses2iac.json").unlink()
    if format_name == "cdk":
        more = {"CDK_OUTDIR": str(code / "cdk.out"), "CDK_VALIDATION": "false"}
        more["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] = "1"
        subprocess.run(
            [engines.cdk_python(), "app.py"], cwd=code, env={**os.environ, **more}, check=True
        )
        return code / "cdk.out"
    return code / "template.yaml" if format_name == "cloudformation" else code


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("format_name", "is_edited"),
    [
        ("terraform", True),
        ("cloudformation", True),
        ("cdk", True),
        ("cdk", False),
    ],
)
def test_the_commands_bring_the_account_back_to_the_code(
    account: Account,
    engines: Engines,
    tmp_path: Path,
    format_name: str,
    is_edited: bool,
    seed: int,
) -> None:
    env, out = account.environment, str(tmp_path / "code")
    options = ("--stack-owned", "--out", out)
    ran = ses2iac_process("export", format_name, *options, env=env)
    assert ran.code == 0, ran.err
    if is_edited:
        out = str(_as_of_others(tmp_path / "code", format_name, engines))
    assert ses2iac_process("diff", out, "live", env=env).code == 0

    hand = ByHand(account, seed)
    hand.change(16)
    before = ses2iac_process("diff", out, "live", env=env)
    assert before.code == 3, (hand.done, before)

    undo = ("diff", out, "live", "--output", "commands")
    ran = ses2iac_process(*undo, env=env)
    assert "\naws sesv2 delete-" not in ran.out
    assert "\n# aws sesv2 delete-" in ran.out
    ran = ses2iac_process(*undo, "--with-deletes", env=env)
    assert ran.code == 3
    done = _run(ran.out, account, engines)
    assert done.code == 0, (done.err, ran.out)

    after = ses2iac_process("diff", out, "live", env=env)
    assert after.code == 0, (hand.done, after.out, ran.out)
    assert ses2iac_process(*undo, env=env).out == ""


def test_what_the_format_cannot_hold_stays_as_it_is(
    account: Account, engines: Engines, tmp_path: Path
) -> None:
    env, out = account.environment, str(tmp_path / "code")
    assert ses2iac_process("export", "terraform", "--out", out, env=env).code == 0
    (tmp_path / "code/.ses2iac.json").unlink()
    client, name = account.sesv2, "newsletter"
    threshold = {
        "ConditionThresholdEnabled": "ENABLED",
        "OverallConfidenceThreshold": {"ConfidenceVerdictThreshold": "HIGH"},
    }
    client.put_configuration_set_suppression_options(
        ConfigurationSetName=name,
        SuppressedReasons=["COMPLAINT"],
        ValidationOptions={"ConditionThreshold": threshold},
    )
    script = ses2iac_process("diff", out, "live", "--output", "commands", env=env).out
    (line,) = [line for line in script.splitlines() if line.startswith("aws ")]
    payload = json.loads(line.split("--cli-input-json ")[1].strip("'"))
    assert payload["ValidationOptions"] == {"ConditionThreshold": threshold}
    assert _run(script, account, engines).code == 0
    assert ses2iac_process("diff", out, "live", env=env).code == 0
