"""Other people's Terraform: applied by the real one, compared, changed by hand, compared again.

Each shape is exact where the comparison of its code with what is live is whole and empty, and names
exactly what was changed by hand afterwards. It is partly so where it says that something was not
compared, and wrong where it says what is not so, or nothing of a change.
"""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import boto3
import pytest

from exporter.diff.compare import compare
from exporter.diff.detect import SideKind
from exporter.diff.load import SideRequest, load_both
from exporter.diff.model import Added, Change, Changed, Difference, Removed
from exporter.formats.code_inputs import CodeInputs
from tests.acceptance.conftest import Account
from tests.acceptance.terraform_shapes import ROOTS, Root, Shape
from tests.acceptance.v1_bridge import v1_of
from tests.support import ANY_CREDENTIALS, SHAPES, Engines, Terraform, ministack, ses2iac_process

REGIONS = ("eu-west-1", "us-east-1")
STATE, SHOWN, PLAN = "pulled.tfstate", "shown.json", "plan.json"


class Verdict(StrEnum):
    """How well a shape is read."""

    EXACT = "exact"
    PARTLY = "partly"
    WRONG = "wrong"


def numbered(root: Root) -> Iterator[tuple[str, Shape]]:
    """The shapes of a root, each with the prefix of its names."""
    for number, shape in enumerate((*root.modules, *root.inside)):
        yield f"{root.name[0]}{number:02}", shape


@dataclass(frozen=True)
class Applied:
    """A root that was applied and then changed by hand.

    Attributes:
        root: The root.
        folder: Its code, with its state and a plan beside it.
        before: A snapshot of what Terraform made.
        after: A snapshot of it after the changes.
    """

    root: Root
    folder: Path
    before: Path
    after: Path

    def inputs(self) -> CodeInputs:
        """What the command is given."""
        files = tuple(self.folder / name for name in self.root.var_files)
        return CodeInputs(
            variables=self.root.variables, var_files=files, environment=self.root.environment
        )


# Terraform
# --------------------------------------------------------------------------------------


def lay_out(root: Root, folder: Path) -> None:
    """Write the code of a root and of its shapes."""
    calls = []
    for prefix, shape in numbered(root):
        is_module = shape in root.modules
        place = folder / "shapes" / prefix if is_module else folder
        for name, text in shape.files.items():
            file = place / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("@", prefix), encoding="utf-8")
        if is_module:
            calls.append(
                f'module "{prefix}" {{\n  source = "./shapes/{prefix}"\n{shape.call}\n}}\n'
            )
    for name, text in root.main.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "shapes.tf").write_text("".join(calls), encoding="utf-8")


_APPLY = ("apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=3")
_ROUNDS = 5
_MADE_ALREADY = re.compile(
    r"Error: creating [^\n]*? \((?P<identifier>[^()\n]+)\): [^\n]*AlreadyExistsException.*?"
    r"\n  with (?P<address>[^\n]+),\n",
    re.DOTALL,
)
"""A resource that is there although its creation failed, with its import id and its address.

On a busy machine an answer of the emulator can get lost. The provider asks again, and is told that
what it asked for exists.
"""


def apply(root: Root, folder: Path, terraform: Terraform, environment: Mapping[str, str]) -> None:
    """Apply a root, and keep its state and a plan that changes nothing."""

    def run(*arguments: str) -> str:
        ran = terraform.run(folder, *arguments, env=environment)
        assert ran.code == 0, ran.out + ran.err
        return ran.out

    terraform.lend_provider(folder)
    values = [f"-var-file={name}" for name in root.var_files]
    values += [f"-var={name}={value}" for name, value in root.variables.items()]
    run("init", "-input=false", "-no-color")
    if root.workspace:
        run("workspace", "new", root.workspace)
    applied = terraform.run(folder, *_APPLY, *values, env=environment)
    for _ in range(_ROUNDS):
        made_already = _MADE_ALREADY.findall(applied.err)
        if not made_already:
            break
        for identifier, address in made_already:
            run("import", "-input=false", "-no-color", *values, address, identifier)
        applied = terraform.run(folder, *_APPLY, *values, env=environment)
    assert applied.code == 0, applied.out + applied.err
    run("plan", "-input=false", "-no-color", "-refresh=false", "-out=planned", *values)
    (folder / PLAN).write_text(run("show", "-json", "planned"), encoding="utf-8")
    (folder / STATE).write_text(run("state", "pull"), encoding="utf-8")
    (folder / SHOWN).write_text(run("show", "-json"), encoding="utf-8")


@pytest.fixture(scope="module", params=ROOTS, ids=lambda root: str(root.name))
def applied(
    request: pytest.FixtureRequest, engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> Applied:
    return made(request.param, engines, tmp_path_factory.mktemp(request.param.name))


def made(root: Root, engines: Engines, place: Path) -> Applied:
    """Apply a root to an account of its own, and change it by hand."""
    folder = place / "infra"
    lay_out(root, folder)
    terraform = engines.terraform()
    with ExitStack() as stack:
        (place / "ministack").mkdir()
        url = stack.enter_context(ministack(engines.ministack(), place / "ministack"))
        account = Account(url)
        v1 = stack.enter_context(v1_of(account.sesv2))
        environment = {**account.environment, "AWS_ENDPOINT_URL_SES": v1, **root.environment}
        attached = (
            {} if root.has_own_provider else stack.enter_context(terraform.provider(environment))
        )
        apply(root, folder, terraform, {**environment, **attached})
        before = taken(account, place / "before.json")
        change_by_hand(root, account, before)
        after = taken(account, place / "after.json")
    return Applied(root, folder, before, after)


def taken(account: Account, out: Path) -> Path:
    """A snapshot of what is live."""
    regions = [option for region in REGIONS for option in ("--region", region)]
    ran = ses2iac_process("snapshot", *regions, "--out", str(out), env=account.environment)
    assert ran.code == 0, ran.err
    return out


# Changes by hand
# --------------------------------------------------------------------------------------


def change_by_hand(root: Root, account: Account, before: Path) -> None:
    """Change one thing of each shape, by the names that are live."""
    scopes = json.loads(before.read_text(encoding="utf-8"))["Scopes"]
    for prefix, shape in numbered(root):
        chosen = random.Random(f"{root.name} {shape.name}")
        own = [
            (scope["Region"], found)
            for scope in scopes
            for found in scope.get("ConfigurationSets", ())
            if found["ConfigurationSetName"].startswith(prefix)
        ]
        assert own, f"{shape.name}: nothing was made"
        region, found = chosen.choice([one for one in own if one[1].get("EventDestinations")])
        client: Any = boto3.client(
            "sesv2",
            region_name=region,
            endpoint_url=account.url,
            aws_access_key_id=ANY_CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ANY_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )
        kind = chosen.choice(shape.changes)
        _CHANGES[kind](client, found, chosen, prefix)


def _update(client: Any, found: Any, destination: Any, **new: Any) -> None:
    client.update_configuration_set_event_destination(
        ConfigurationSetName=found["ConfigurationSetName"],
        EventDestinationName=destination["Name"],
        EventDestination={**{k: v for k, v in destination.items() if k != "Name"}, **new},
    )


def _types(client: Any, found: Any, chosen: random.Random, _prefix: str) -> None:
    destination = chosen.choice(found["EventDestinations"])
    types = set(destination["MatchingEventTypes"])
    other = chosen.choice(["SEND", "BOUNCE", "COMPLAINT", "DELIVERY", "OPEN", "CLICK", "REJECT"])
    changed = types ^ {other} or {"DELIVERY"}
    _update(client, found, destination, MatchingEventTypes=sorted(changed))


def _enabled(client: Any, found: Any, chosen: random.Random, _prefix: str) -> None:
    destination = chosen.choice(found["EventDestinations"])
    _update(client, found, destination, Enabled=not destination.get("Enabled"))


def _target(client: Any, found: Any, chosen: random.Random, prefix: str) -> None:
    """Another topic, or for what has none a bus: it moves to another target."""
    destination = chosen.choice(found["EventDestinations"])
    arn = f"arn:aws:sns:{client.meta.region_name}:000000000000:{prefix}-by-hand"
    bare = {k: v for k, v in destination.items() if not k.endswith("Destination")}
    _update(client, found, bare, SnsDestination={"TopicArn": arn})


def _gone(client: Any, found: Any, chosen: random.Random, _prefix: str) -> None:
    client.delete_configuration_set_event_destination(
        ConfigurationSetName=found["ConfigurationSetName"],
        EventDestinationName=chosen.choice(found["EventDestinations"])["Name"],
    )


def _new(client: Any, found: Any, chosen: random.Random, prefix: str) -> None:
    arn = f"arn:aws:sns:{client.meta.region_name}:000000000000:{prefix}-by-hand"
    client.create_configuration_set_event_destination(
        ConfigurationSetName=found["ConfigurationSetName"],
        EventDestinationName=f"by-hand-{chosen.randrange(100)}",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SUBSCRIPTION"],
            "SnsDestination": {"TopicArn": arn},
        },
    )


def _new_set(client: Any, _found: Any, chosen: random.Random, prefix: str) -> None:
    name = f"{prefix}-by-hand-{chosen.randrange(100)}"
    client.create_configuration_set(ConfigurationSetName=name)


def _sending(client: Any, found: Any, _chosen: random.Random, _prefix: str) -> None:
    enabled = found.get("SendingOptions", {}).get("SendingEnabled", True)
    client.put_configuration_set_sending_options(
        ConfigurationSetName=found["ConfigurationSetName"], SendingEnabled=not enabled
    )


def _tls(client: Any, found: Any, _chosen: random.Random, _prefix: str) -> None:
    client.put_configuration_set_delivery_options(
        ConfigurationSetName=found["ConfigurationSetName"], TlsPolicy="OPTIONAL"
    )


def _tag(client: Any, found: Any, _chosen: random.Random, _prefix: str) -> None:
    name = found["ConfigurationSetName"]
    arn = f"arn:aws:ses:{client.meta.region_name}:000000000000:configuration-set/{name}"
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "by", "Value": "hand"}])


_CHANGES: Mapping[str, Callable[[Any, Any, random.Random, str], None]] = {
    "enabled": _enabled,
    "gone": _gone,
    "new": _new,
    "new set": _new_set,
    "sending": _sending,
    "tag": _tag,
    "target": _target,
    "tls": _tls,
    "types": _types,
}


# Verdicts
# --------------------------------------------------------------------------------------


def difference(applied: Applied, side: Path, live: Path) -> Difference:
    """One side of a root against a snapshot."""
    before, after = load_both(
        SideRequest(str(side), inputs=applied.inputs()),
        SideRequest(str(live), SideKind.SNAPSHOT),
    )
    return compare(before, after)


Told = dict[tuple[str, str, str], Any]


def told(found: Difference, prefix: str) -> Told:
    """The changes of a shape, by region and resource, with what they say."""
    return {
        (scope.title[-9:], type(change).__name__, str(change.resource)): _content(change)
        for scope in found.scopes
        for change in scope.changes
        if change.resource.configuration_set.startswith(prefix)
    }


def _content(change: Change) -> Any:
    if isinstance(change, Changed):
        return [(value.path, value.old, value.new) for value in change.values]
    if isinstance(change, Added | Removed):
        return None
    return str(change.new)


def gaps(found: Difference, prefix: str) -> list[str]:
    """What was not compared of a shape."""
    values = [
        f"{gap.resource} {gap.path}: {gap.reason}"
        for scope in found.scopes
        for gap in scope.not_compared
        if gap.is_gap and gap.resource.configuration_set.startswith(prefix)
    ]
    unresolved = [
        each.line
        for scope in found.scopes
        for each in scope.unresolved
        if f"{prefix}/" in each.line or f"module.{prefix}" in each.line
    ]
    return [*values, *unresolved]


def judged(untouched: Difference, changed: Difference, oracle: Difference, prefix: str) -> Verdict:
    """How well a shape was read."""
    expected, found = told(oracle, prefix), told(changed, prefix)
    assert expected, f"{prefix}: nothing was changed by hand"
    is_whole = not gaps(untouched, prefix) and not gaps(changed, prefix)
    if told(untouched, prefix) or not _is_within(found, expected):
        return Verdict.WRONG
    if found == expected:
        return Verdict.EXACT if is_whole else Verdict.PARTLY
    # What is missing is no lie where it is said that not all was compared.
    return Verdict.WRONG if is_whole else Verdict.PARTLY


def _is_within(found: Told, expected: Told) -> bool:
    return all(key in expected and expected[key] == value for key, value in found.items())


SIDES = {"code": "", "state": STATE, "shown state": SHOWN, "plan": PLAN}


@pytest.mark.parametrize("kind", SIDES)
def test_what_terraform_applied_is_what_the_side_says(
    applied: Applied, kind: str, record_property: Callable[[str, object], None]
) -> None:
    side = applied.folder / SIDES[kind]
    oracle = difference(applied, applied.before, applied.after)
    untouched = difference(applied, side, applied.before)
    changed = difference(applied, side, applied.after)
    verdicts = {
        shape.name: judged(untouched, changed, oracle, prefix)
        for prefix, shape in numbered(applied.root)
    }
    for verdict in verdicts.values():
        record_property(f"{SHAPES}Terraform: {kind}", verdict.value)
    assert {name: v for name, v in verdicts.items() if v is Verdict.WRONG} == {}
    partly = {name for name, verdict in verdicts.items() if verdict is Verdict.PARTLY}
    assert partly <= (PARTLY if kind == "code" else set())


PARTLY = {"a topic whose name is generated", "a set whose name is random"}
"""Shapes whose code alone does not tell all."""


def test_the_command_says_the_same(applied: Applied, tmp_path: Path) -> None:
    root = applied.root
    options = [f"--var={name}={value}" for name, value in root.variables.items()]
    options += [f"--var-file={applied.folder / name}" for name in root.var_files]
    sides = (str(applied.folder), str(applied.after))
    ran = ses2iac_process("diff", *sides, *options, "--output", "json", env=root.environment)
    assert ran.code == 3, ran.err
    named = {
        (change["ConfigurationSet"], change.get("EventDestination"))
        for scope in json.loads(ran.out)["Scopes"]
        for change in scope["Changes"]
    }
    found = difference(applied, applied.folder, applied.after)
    assert named == {
        (change.resource.configuration_set, change.resource.event_destination)
        for change in found.changes
    }


def test_enough_shapes_are_exact() -> None:
    shapes = [shape.name for root in ROOTS for _, shape in numbered(root)]
    assert len(shapes) == len(set(shapes)) >= 40
    assert set(shapes) >= PARTLY
    assert len(PARTLY) <= len(shapes) / 10


def test_a_wrong_answer_would_be_seen(applied: Applied) -> None:
    """The verdicts, of a side that says nothing and of one that says what is not so."""
    oracle = difference(applied, applied.before, applied.after)
    same = difference(applied, applied.after, applied.after)
    for prefix, _ in numbered(applied.root):
        assert judged(same, oracle, oracle, prefix) is Verdict.EXACT
        assert judged(same, same, oracle, prefix) is Verdict.WRONG
        assert judged(oracle, oracle, oracle, prefix) is Verdict.WRONG
