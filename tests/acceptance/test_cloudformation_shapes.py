"""Templates and apps of many shapes, deployed: nothing differs, and then exactly what was changed.

The template, the deployed stack and ``cdk.out`` are each compared with the live account. Then one
thing is changed by hand, a random one of the kinds that people change, and each comparison must
name that and nothing else. "Exact" is a comparison with whole coverage that is right both times,
"partly" one that leaves open what it cannot know, "wrong" one that says what is not so.
"""

import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from exporter.diff import unmanaged
from exporter.diff.compare import compare
from exporter.diff.detect import SideKind
from exporter.diff.load import SideRequest, load, meant_for
from exporter.diff.model import Added, Changed, Difference, Removed
from exporter.diff.side import Side
from exporter.formats.code_inputs import CodeInputs
from exporter.model.account_query import AccountQuery
from exporter.sources.read import LIVE, Source
from tests.acceptance.cloudformation_shapes import TEMPLATES, Shape
from tests.acceptance.conftest import Account
from tests.support import ANY_CREDENTIALS, SHAPES, Engines, ministack

REGION = "eu-west-1"
CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
BUCKET = "cdk-hnb659fds-assets-000000000000-eu-west-1"
"""As the app's bootstrap calls it."""
NOT_DEPLOYED = {"custom_resource_here"}
"""The emulator runs no function; ``tests/functional`` compares it with a snapshot."""


class Verdict(StrEnum):
    """How well a comparison does."""

    EXACT = "exact"
    PARTLY = "partly"
    WRONG = "wrong"


Expected = tuple[str, str, str]
"""What a change is: its kind, the resource, and for a value its path."""


@dataclass
class Cloud:
    """An emulated account.

    Attributes:
        account: How to reach it.
        folder: Where files may be put.
        stacks: The stacks that are deployed, in order.
    """

    account: Account
    folder: Path
    stacks: list[str] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """The account as a source."""
        return Source(target=AccountQuery(regions=(REGION,), endpoint_url=self.account.url))

    def deploy(
        self,
        name: str,
        body: str,
        parameters: Mapping[str, str],
        tags: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Create a stack and wait for it."""
        client = self.account.client("cloudformation")
        client.create_stack(
            StackName=name,
            TemplateBody=body,
            Capabilities=CAPABILITIES,
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        )
        self.stacks.append(name)
        waiter = client.get_waiter("stack_create_complete")
        waiter.config.delay = 0.1
        waiter.config.max_attempts = 300
        try:
            waiter.wait(StackName=name)
        except WaiterError:
            events = client.describe_stack_events(StackName=name)["StackEvents"]
            pytest.fail(f"{name}: {[e.get('ResourceStatusReason') for e in events]}")

    def upload(self, key: str, body: str) -> str:
        """Put a template where a nested stack can be made of it; gives its URL."""
        self.account.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body.encode())
        return f"https://s3.{REGION}.amazonaws.com/{BUCKET}/{key}"

    def clear(self) -> None:
        """Delete all that was deployed, and what was made by hand."""
        client = self.account.client("cloudformation")
        for name in reversed(self.stacks):
            client.delete_stack(StackName=name)
            waiter = client.get_waiter("stack_delete_complete")
            waiter.config.delay = 0.1
            waiter.wait(StackName=name)
        self.stacks.clear()
        for found in self.account.sesv2.list_configuration_sets()["ConfigurationSets"]:
            self.account.sesv2.delete_configuration_set(ConfigurationSetName=found)


@pytest.fixture(scope="module")
def cloud(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("shapes")
    with ministack(engines.ministack(), folder) as url:
        account = Account(url)
        account.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield Cloud(account, folder)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ANY_CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def assemblies(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every app of ``cdk_shapes.py``, synthesized by one process."""
    folder = tmp_path_factory.mktemp("assemblies")
    quiet = {
        f"JSII_SILENCE_WARNING_{what}_NODE_VERSION": "1" for what in ("END_OF_LIFE", "DEPRECATED")
    }
    program = Path(__file__).with_name("cdk_shapes.py")
    subprocess.run(
        [engines.cdk_python(), str(program), str(folder)],
        check=True,
        capture_output=True,
        env={**os.environ, **quiet},
    )
    return folder


# One change by hand
# -------------------------------------------------------------------------------------------


def _destinations(cloud: Cloud) -> list[tuple[str, Any]]:
    client = cloud.account.sesv2
    return [
        (name, each)
        for name in client.list_configuration_sets()["ConfigurationSets"]
        for each in client.get_configuration_set_event_destinations(ConfigurationSetName=name).get(
            "EventDestinations", ()
        )
    ]


def _update(cloud: Cloud, of: str, destination: Any, **values: Any) -> None:
    whole = {name: value for name, value in destination.items() if name != "Name"}
    cloud.account.sesv2.update_configuration_set_event_destination(
        ConfigurationSetName=of,
        EventDestinationName=destination["Name"],
        EventDestination={**whole, **values},
    )


def _delete(cloud: Cloud, of: str, destination: Any) -> Expected:
    cloud.account.sesv2.delete_configuration_set_event_destination(
        ConfigurationSetName=of, EventDestinationName=destination["Name"]
    )
    return ("removed", f"{of}/{destination['Name']}", "")


def _disable(cloud: Cloud, of: str, destination: Any) -> Expected:
    _update(cloud, of, destination, Enabled=False)
    return ("changed", f"{of}/{destination['Name']}", "Enabled")


def _other_events(cloud: Cloud, of: str, destination: Any) -> Expected:
    first, *others = destination["MatchingEventTypes"]
    types = others if "REJECT" in others else [first, *others, "REJECT"]
    _update(cloud, of, destination, MatchingEventTypes=types)
    return ("changed", f"{of}/{destination['Name']}", "MatchingEventTypes")


def _other_topic(cloud: Cloud, of: str, destination: Any) -> Expected:
    if "SnsDestination" not in destination:
        return _disable(cloud, of, destination)
    topic = cloud.account.client("sns").create_topic(Name="somewhere-else")["TopicArn"]
    _update(cloud, of, destination, SnsDestination={"TopicArn": topic})
    return ("changed", f"{of}/{destination['Name']}", "SnsDestination.TopicArn")


def _by_hand(cloud: Cloud, of: str, destination: Any) -> Expected:
    cloud.account.sesv2.create_configuration_set_event_destination(
        ConfigurationSetName=of,
        EventDestinationName="by-hand",
        EventDestination={name: v for name, v in destination.items() if name != "Name"},
    )
    return ("added", f"{of}/by-hand", "")


def _set_by_hand(cloud: Cloud, _of: str, _destination: Any) -> Expected:
    cloud.account.sesv2.create_configuration_set(ConfigurationSetName="by-hand")
    return ("added", "by-hand", "")


CHANGES: tuple[Callable[[Cloud, str, Any], Expected], ...] = (
    _delete,
    _disable,
    _other_events,
    _other_topic,
    _by_hand,
    _set_by_hand,
)


# Judging
# -------------------------------------------------------------------------------------------


def said(found: Difference) -> set[Expected]:
    """The changes of a comparison."""
    changes: set[Expected] = set()
    for change in found.changes:
        if isinstance(change, Changed):
            changes |= {("changed", str(change.resource), value.path) for value in change.values}
        elif isinstance(change, Added | Removed):
            changes.add((type(change).__name__.lower(), str(change.resource), ""))
        else:
            changes.add(("renamed", str(change.resource), ""))
    return changes


def judged(found: Difference, expected: set[Expected]) -> Verdict:
    """How well one comparison does."""
    changes = said(found)
    if changes - expected:
        return Verdict.WRONG
    if found.coverage.is_whole:
        # It claims to know all.
        return Verdict.EXACT if changes == expected else Verdict.WRONG
    return Verdict.PARTLY


Sides = dict[str, Callable[[Side], Side]]


def check(cloud: Cloud, sides: Sides, seed: str) -> dict[str, Verdict]:
    """Compare what is deployed, change one thing by hand, and compare again."""
    live = load(SideRequest("live", SideKind.LIVE, cloud.source))
    before = {kind: judged(compare(make(live), live), set()) for kind, make in sides.items()}
    chosen = random.Random(seed)
    of, destination = chosen.choice(_destinations(cloud))
    expected = chosen.choice(CHANGES)(cloud, of, destination)
    live = load(SideRequest("live", SideKind.LIVE, cloud.source))
    after = {kind: judged(compare(make(live), live), {expected}) for kind, make in sides.items()}
    order = list(Verdict)
    return {kind: max(before[kind], after[kind], key=order.index) for kind in sides}


NO_INPUTS = CodeInputs()


def side_of(cloud: Cloud, name: str, inputs: CodeInputs = NO_INPUTS) -> Callable[[Side], Side]:
    """A side of code beside the live one."""

    def loaded(live: Side) -> Side:
        return load(meant_for(SideRequest(name, _kind(name), cloud.source, inputs=inputs), live))

    return loaded


def offline(cloud: Cloud, name: str, inputs: CodeInputs) -> Callable[[Side], Side]:
    """The same where nothing but a snapshot is at hand."""
    online = side_of(cloud, name, inputs)
    return lambda live: online(replace(live, is_live=False))


def _kind(name: str) -> SideKind:
    if name.startswith("stack:"):
        return SideKind.STACK
    return SideKind.CDK if Path(name).is_dir() else SideKind.CLOUDFORMATION


TALLY: dict[str, Counter[Verdict]] = {}


Record = Callable[[str, object], None]


def judge(cloud: Cloud, sides: Sides, seed: str, record: Record) -> dict[str, Verdict]:
    """Check, clear the account and count."""
    try:
        verdicts = check(cloud, sides, seed)
    finally:
        cloud.clear()
    for kind, verdict in verdicts.items():
        TALLY.setdefault(kind, Counter())[verdict] += 1
        record(f"{SHAPES}CloudFormation: {kind}", verdict.value)
    return verdicts


# Shapes
# -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_and_its_stack(
    cloud: Cloud, name: str, tmp_path: Path, record_property: Record
) -> None:
    shape = TEMPLATES[name]
    file = _written(shape, tmp_path)
    cloud.clear()
    _prepare(cloud, shape)
    body = shape.processed or shape.text
    for nested, text in shape.nested.items():
        body = body.replace(f"TemplateURL: {nested}", f"TemplateURL: {cloud.upload(nested, text)}")
    cloud.deploy("mail", body, shape.parameters, shape.tags)
    inputs = CodeInputs(stack_name="mail", parameters=shape.parameters)
    sides = {
        "template": side_of(cloud, str(file), inputs),
        "stack": side_of(cloud, "stack:mail"),
    }
    if not shape.tags:
        # Nothing but the stack tells its tags.
        sides["template offline"] = offline(cloud, str(file), inputs)
    verdicts = judge(cloud, sides, name, record_property)
    assert Verdict.WRONG not in verdicts.values(), verdicts
    assert verdicts["stack"] is Verdict.EXACT
    assert verdicts["template"] is Verdict.EXACT


def _written(shape: Shape, folder: Path) -> Path:
    file = folder / "template.yaml"
    file.write_text(shape.text, encoding="utf-8")
    for name, text in shape.nested.items():
        (folder / name).write_text(text, encoding="utf-8")
    return file


def _prepare(cloud: Cloud, shape: Shape) -> None:
    for name, value in shape.ssm.items():
        cloud.account.client("ssm").put_parameter(
            Name=name, Value=value, Type="String", Overwrite=True
        )
    if shape.before:
        cloud.deploy("before", shape.before, {})


def test_an_app_of_cdk_and_its_stack(
    cloud: Cloud, assemblies: Path, record_property: Record
) -> None:
    cloud.account.client("ssm").put_parameter(
        Name="/mail/topic", Value=f"arn:aws:sns:{REGION}:000000000000:t", Type="String"
    )
    found: dict[str, dict[str, Verdict]] = {}
    for assembly in sorted(assemblies.iterdir()):
        if assembly.name in NOT_DEPLOYED:
            continue
        _deploy_assembly(cloud, assembly)
        sides = {
            "cdk.out": side_of(cloud, str(assembly)),
            "cdk.out offline": offline(cloud, str(assembly), CodeInputs()),
        }
        if cloud.stacks == ["Shop"]:
            sides["stack"] = side_of(cloud, "stack:Shop")
        found[assembly.name] = judge(cloud, sides, assembly.name, record_property)
    assert len(found) >= 20
    wrong = {name: each for name, each in found.items() if Verdict.WRONG in each.values()}
    assert not wrong
    partly = {name for name, each in found.items() if each["cdk.out"] is Verdict.PARTLY}
    assert partly == {"topic_from_dynamic_reference"}


def _deploy_assembly(cloud: Cloud, assembly: Path) -> None:
    """Deploy the stacks of an app and of its stages, those that others import from first."""
    manifest = json.loads((assembly / "manifest.json").read_text())
    artifacts = manifest["artifacts"].items()
    for name, artifact in sorted(artifacts, key=lambda item: item[0] == "Shop"):
        if artifact["type"] == "cdk:cloud-assembly":
            _deploy_assembly(cloud, assembly / artifact["properties"]["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            own_name = artifact["properties"].get("stackName", name)
            _deploy_stack(cloud, own_name, assembly, artifact["properties"])


def _deploy_stack(cloud: Cloud, name: str, assembly: Path, properties: Any) -> None:
    template = json.loads((assembly / properties["templateFile"]).read_text())
    # The check of the bootstrap version asks for what no emulator has.
    template.pop("Rules", None)
    template.get("Parameters", {}).pop("BootstrapVersion", None)
    body = json.dumps(template)
    for manifest in assembly.glob("*.assets.json"):
        for digest, asset in json.loads(manifest.read_text())["files"].items():
            if asset["source"]["path"].endswith(".nested.template.json"):
                cloud.upload(f"{digest}.json", (assembly / asset["source"]["path"]).read_text())
    cloud.deploy(name, body, {}, properties.get("tags", {}))


@pytest.mark.parametrize("name", ["l2_without_any_name", "nested_stack", "two_stacks_here"])
def test_what_stacks_own_is_left_out(cloud: Cloud, assemblies: Path, name: str) -> None:
    """With names that CloudFormation made up, by the app and by the stack."""
    try:
        _deploy_assembly(cloud, assemblies / name)
        destinations = _destinations(cloud)
        _by_hand(cloud, *destinations[0])
        reading = replace(cloud.source, origin=LIVE).read()
        for side in (str(assemblies / name), "stack:Shop"):
            code = unmanaged.load_code([side], cloud.source)
            left = unmanaged.leave(reading, code).reading
            (scope,) = left.scopes
            assert [each.name for _, each in scope.destinations] == ["by-hand"]
            assert not any(found.options_known for found in scope.configuration_sets)
    finally:
        cloud.clear()


def test_the_tally() -> None:
    """How many of all may be read in part only; runs after the others."""
    if not TALLY:
        pytest.skip("no shape was deployed")
    assert all(counted[Verdict.WRONG] == 0 for counted in TALLY.values())
    for kind, least in (("stack", 0.9), ("template", 0.8), ("cdk.out", 0.8)):
        if kind in TALLY:
            assert TALLY[kind][Verdict.EXACT] >= least * TALLY[kind].total(), kind
