"""The tool only reads, tells no secret, and takes no order from what AWS or a folder says."""

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import client as botocore_client

from tests import faulty
from tests.fakes import Answer, FakeSet, plain_set, sns_destination
from tests.faulty import (
    ASSUME,
    CALLER,
    IDENTITY,
    LIST,
    SECRET_OF_ROLE,
    TOKEN_OF_ROLE,
    FaultyAws,
    World,
)
from tests.support import Ran, ses2iac, tree

Capsys = pytest.CaptureFixture[str]
Env = pytest.MonkeyPatch

HERE, THERE = (CALLER, "eu-west-1"), (CALLER, "us-east-1")
REGIONS = ("--region=eu-west-1", "--region=us-east-1")
OTHER, THIRD = "210987654321", "333333333333"
ROLE, ROLE_OF_THIRD = f"arn:aws:iam::{OTHER}:role/reader", f"arn:aws:iam::{THIRD}:role/reader"

ALLOWED = {
    "ListConfigurationSets",
    "GetConfigurationSet",
    "GetConfigurationSetEventDestinations",
    "GetCallerIdentity",
    "AssumeRole",
    "ListAccounts",
    "GetTemplateSummary",
    "GetTemplate",
    "DescribeStacks",
    "ListStackResources",
    "ListExports",
}
"""All that the tool may ever ask of AWS: each of them only reads, or hands out credentials."""

TEMPLATE = """
Resources:
  Orders:
    Type: AWS::SES::ConfigurationSet
    Properties: {Name: orders}
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[FaultyAws]:
    with FaultyAws() as running:
        yield running


class Desk:
    """A folder to work in, and worlds to read."""

    def __init__(self, aws: FaultyAws, monkeypatch: Env, capsys: Capsys, folder: Path) -> None:
        self._aws = aws
        self._capsys = capsys
        self.monkeypatch = monkeypatch
        self.folder = folder
        monkeypatch.chdir(folder)

    def enter(self, world: World, **more: str) -> None:
        for name, value in {**self._aws.enter(world), **more}.items():
            self.monkeypatch.setenv(name, value)

    def run(self, *arguments: str) -> Ran:
        return ses2iac(self._capsys, *arguments)


@pytest.fixture
def desk(aws: FaultyAws, monkeypatch: Env, capsys: Capsys, tmp_path: Path) -> Desk:
    folder = tmp_path / "work"
    folder.mkdir()
    return Desk(aws, monkeypatch, capsys, folder)


@pytest.fixture
def operations(monkeypatch: Env) -> list[str]:
    """Every operation that botocore is told to call."""
    called: list[str] = []
    make = botocore_client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def recorded(self: Any, operation_name: str, api_params: Any) -> Any:
        called.append(operation_name)
        return make(self, operation_name, api_params)

    monkeypatch.setattr(botocore_client.BaseClient, "_make_api_call", recorded)
    return called


def two() -> World:
    return World({HERE: {"orders": plain_set("bounces"), "news": plain_set()}})


# Only reading
# -------------------------------------------------------------------------------------------------

EXPORTS = [("export", to, "--out", "out") for to in ("terraform", "cloudformation", "cdk")]
COMMANDS: list[tuple[list[tuple[str, ...]], int]] = [
    ([("scan",)], 0),
    ([("snapshot", "--out", "s.json")], 0),
    ([("snapshot", "--out", "-", "--region", "eu-west-1", "--region", "us-east-1")], 0),
    ([("snapshot", "--out", "s.json", "--all-regions")], 0),
    ([("snapshot", "--out", "s.json", "--role-arn", ROLE)], 0),
    ([("snapshot", "--out", "s.json", "--organization-role", "reader")], 0),
    *[
        ([first, (*first, "--check"), ("verify", "out"), ("diff", "out", "live")], 0)
        for first in EXPORTS
    ],
    ([("export", "cloudformation", "--out", "out", "--adopt-suffix=-2"), ("verify", "out")], 0),
    ([("snapshot", "--out", "s.json"), ("diff", "s.json", "live", "--update")], 0),
    ([("diff", "stack:mail", "live")], 3),
    ([("lint", "--fail-on", "never")], 0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("commands", "code"), COMMANDS, ids=lambda value: str(value)[:60])
def test_every_command_only_reads(
    desk: Desk, operations: list[str], commands: list[tuple[str, ...]], code: int
) -> None:
    """Terraform is another program and asks AWS itself; it is not found here."""
    desk.monkeypatch.setenv("PATH", str(desk.folder))
    world = two()
    world.members, world.stacks = {CALLER: "ACTIVE", OTHER: "ACTIVE"}, {"mail": TEMPLATE}
    world.sets |= {(OTHER, "eu-west-1"): {"far": plain_set("away")}}
    desk.enter(world)
    ran = [desk.run(*command) for command in commands]
    assert [each.code for each in ran[:-1]] == [0] * (len(ran) - 1), ran
    # What verify and diff find out is not what is asked here.
    assert ran[-1].code in {code, 1} if "verify" in str(commands) else ran[-1].code == code, ran
    assert operations
    assert not {*operations} - ALLOWED
    # What arrived is what was called, and nothing beside it; strangers fail when the server stops.
    assert {call.action.partition(":")[2] for call in world.calls} == {*operations}


def test_the_demo_only_reads_but_for_its_own_emulator(desk: Desk, operations: list[str]) -> None:
    """Its account is made in an emulator inside of the process, over HTTP; then it only reads."""
    pytest.importorskip("moto")
    assert desk.run("demo", "--out", "demo").code == 0
    made = {name for name in operations if name.startswith(("Create", "Put"))}
    assert {*operations} - made <= ALLOWED
    # Making comes first, and not once between or after what a person would run.
    last = max(n for n, name in enumerate(operations) if name in made) if made else -1
    assert not {*operations[last + 1 :]} - ALLOWED
    assert not {*operations[: last + 1]} - made


# Secrets
# -------------------------------------------------------------------------------------------------

SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "PlantedSecretAccessKeyOfTheCaller",
    "AWS_SESSION_TOKEN": "PlantedSessionTokenOfTheCaller",
}
EXTERNAL_ID = "PlantedExternalId-4711"
IN_CONFIG = "PlantedExternalIdOfTheFile-0815"
PLANTED = (*SECRETS.values(), EXTERNAL_ID, IN_CONFIG, SECRET_OF_ROLE, TOKEN_OF_ROLE)

CONFIG = f"""
[[target]]
role_arn = "{ROLE}"
external_id = "{IN_CONFIG}"
"""
WITH_ROLE = ("--role-arn", ROLE, "--external-id", EXTERNAL_ID)
WEATHERS = {
    "fair": faulty.fair,
    "set": lambda call: "500" if call.about == "orders" else None,
    "list": lambda call: "denied" if call.action == LIST else None,
    "html": lambda call: "html" if call.action == LIST else None,
    "expired": lambda call: "expired" if call.action == faulty.OPTIONS else None,
    "identity": lambda call: "denied" if call.action == IDENTITY else None,
    "assume": lambda call: "500" if call.action == ASSUME else None,
    "reset": lambda call: "reset before" if call.action == LIST else None,
}


@pytest.mark.parametrize("weather", WEATHERS)
@pytest.mark.parametrize("how", ["plain", "option", "file", "locked"])
@pytest.mark.slow
def test_no_secret_is_told(desk: Desk, weather: str, how: str) -> None:
    world = two()
    world.sets[OTHER, "eu-west-1"] = {"far": plain_set("away"), "orders": plain_set()}
    world.weather = WEATHERS[weather]
    if how == "locked":
        world.locked = frozenset({OTHER})
    desk.enter(world, **SECRETS)
    options: tuple[str, ...] = () if how in ("plain", "file") else WITH_ROLE
    if how == "file":
        (desk.folder / "ses2iac.toml").write_text(CONFIG)
    said = ""
    for level in ("--debug", "--verbose"):
        for command in (
            ("scan",),
            ("snapshot", "--out", f"s{level}.json"),
            ("export", "terraform", "--out", f"o{level}"),
        ):
            ran = desk.run(level, *command, *options)
            assert ran.code in (0, 1, 4)
            said += ran.out + ran.err
    kept = tree(desk.folder)
    kept.pop("ses2iac.toml", None)
    everything = said.encode() + b"".join(kept.values()) + "".join(kept).encode()
    assert [secret for secret in PLANTED if secret.encode() in everything] == []
    assert b"Authorization" not in everything
    assert b"Signature=" not in everything


@pytest.mark.parametrize(
    ("options", "config"),
    [
        (("--external-id", EXTERNAL_ID), ""),
        (("--role-arn", ROLE, "--external-id", f"{EXTERNAL_ID} {{}}"), ""),
        (("--from", "x.json", "--external-id", EXTERNAL_ID), ""),
        ((*WITH_ROLE, "--organization-role", "reader"), ""),
        ((), CONFIG.replace("role_arn", "role_ARN")),
        ((), CONFIG.replace("external_id", "externalid")),
        ((), CONFIG.replace(IN_CONFIG, f"{IN_CONFIG} ?")),
        ((), CONFIG.replace(f'"{IN_CONFIG}"', f'["{IN_CONFIG}"]')),
        ((), CONFIG.replace(f'"{IN_CONFIG}"', f'"{IN_CONFIG}')),
        ((), CONFIG.replace(f'"{IN_CONFIG}"', IN_CONFIG)),
        ((), f'external_id = "{IN_CONFIG}"'),
        ((), CONFIG.split("external_id", maxsplit=1)[0].replace("role_arn", "profile") + CONFIG),
    ],
)
def test_a_mistake_with_an_external_id_does_not_show_it(
    desk: Desk, options: tuple[str, ...], config: str
) -> None:
    desk.enter(two(), **SECRETS)
    if config:
        (desk.folder / "ses2iac.toml").write_text(config)
    ran = desk.run("--debug", "snapshot", "--out", "s.json", *options)
    assert ran.code in (1, 2, 4)
    assert [secret for secret in PLANTED if secret in ran.out + ran.err] == []


def test_the_partial_file_is_its_owners_only(desk: Desk) -> None:
    world = two()
    world.weather = WEATHERS["set"]
    desk.enter(world, **SECRETS)
    path = desk.folder / "s.json.partial"
    path.write_text("an older one, which anybody could read")
    path.chmod(0o666)
    before = os.umask(0)
    try:
        assert desk.run("snapshot", "--out", "s.json").code == 4
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [secret for secret in PLANTED if secret.encode() in path.read_bytes()]


# A configuration file that came with the checkout
# -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "times"),
    [
        (("scan",), 1),
        (("snapshot", "--out", "s.json"), 1),
        (("export", "terraform", "--out", "out"), 1),
        (("diff", "live", "live"), 1),
        (("lint", "--fail-on", "never"), 1),
        (("scan", "--config", "ses2iac.toml"), 0),
        (("scan", "--role-arn", ROLE_OF_THIRD), 0),
        (("-q", "scan"), 0),
    ],
)
def test_a_found_file_that_says_as_whom_to_read_is_named_once(
    desk: Desk, command: tuple[str, ...], times: int
) -> None:
    world = two()
    world.sets |= {(OTHER, "eu-west-1"): {"far": plain_set("away")}}
    world.sets |= {(THIRD, "eu-west-1"): {"far": plain_set("away")}}
    desk.enter(world)
    path = desk.folder / "ses2iac.toml"
    path.write_text(CONFIG)
    ran = desk.run(*command)
    said = f"note: {path}: found here; sets the credentials to read with: role_arn, external_id\n"
    assert (ran.code, ran.err.count(said)) == (0, times), ran.err


def test_a_found_endpoint_gets_no_request(desk: Desk) -> None:
    world = two()
    desk.enter(world, **SECRETS)
    url = os.environ["AWS_ENDPOINT_URL"]
    desk.monkeypatch.delenv("AWS_ENDPOINT_URL")
    (desk.folder / "ses2iac.toml").write_text(f'[[target]]\nendpoint_url = "{url}"\n')
    for command in (("scan",), ("snapshot", "--out", "s.json"), ("diff", "live", "live")):
        ran = desk.run(*command)
        assert (ran.code, "'endpoint_url' redirects signed requests" in ran.err) == (1, True)
    assert world.calls == []


# Hostile names
# -------------------------------------------------------------------------------------------------

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "two\nwarning: lines",
    "back\rspace\b\b",
    "\u202egnp.exe",
    "\u2066left\u2069",
    "../../etc/passwd",
    "nul\x00",
    "\u2028line",
]
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def hostile() -> World:
    found = {
        name: FakeSet(
            {**plain_set().options, "Tags": [{"Key": name, "Value": name}]},
            [
                {**sns_destination("d"), "Name": name},
                {**sns_destination(f"e{number}"), "SnsDestination": {"TopicArn": name}},
            ],
        )
        for number, name in enumerate(HOSTILE)
    }
    return World({HERE: found}, page_size=100)


def test_hostile_names_are_shown_and_not_obeyed(desk: Desk) -> None:
    desk.enter(hostile())
    ran = desk.run("--verbose", "scan")
    assert ran.code == 0
    assert not CONTROLS.search(ran.out + ran.err)
    assert "\\x1b[31mred\\x1b[0m" in ran.out
    assert "\\u202egnp.exe" in ran.out
    assert "\nwarning: lines" not in ran.out


@pytest.mark.parametrize("kind", ["gone", "500", "denied", "expired"])
def test_hostile_names_in_messages(desk: Desk, kind: str) -> None:
    world = hostile()
    world.sets[HERE]["quiet"] = plain_set()
    world.weather = lambda call: (
        kind if call.about in HOSTILE[::2] and call.action == faulty.OPTIONS else None
    )
    desk.enter(world)
    for command in (
        ("snapshot", "--out", "s.json"),
        ("snapshot", "--out", "s.json", "--resume"),
        ("export", "cdk", "--out", "out"),
        ("--debug", "scan", "--include", "\x1b[31m*"),
    ):
        ran = desk.run(*command)
        assert ran.code in (0, 1, 4)
        assert "this is a fault" not in ran.err
        assert not CONTROLS.search(ran.err)
        assert "\nwarning: lines" not in ran.err


def test_what_a_service_says_is_not_obeyed(desk: Desk) -> None:
    for weather in (lambda call: "said" if call.action == LIST else None,):
        world = two()
        world.weather = weather
        desk.enter(world)
        desk.monkeypatch.setitem(
            faulty.FAULTS,
            "said",
            lambda handler, call, _right: handler.send(
                faulty.error(call, 400, "Bad\x1b[2JCode", "see \x1b]0;x\x07\nerror: you lose")
            ),
        )
        ran = desk.run("--debug", "scan")
        assert ran.code == 1
        assert not CONTROLS.search(ran.err)
        assert "\nerror: you lose" not in ran.err


# Paths
# -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["terraform", "cloudformation", "cdk"])
def test_hostile_names_stay_within_the_folder(desk: Desk, to: str) -> None:
    world = hostile()
    world.sets[THERE] = world.sets[HERE]
    desk.enter(world)
    ran = desk.run("export", to, "--out", "a/out", *REGIONS)
    assert ran.code in (0, 1)
    assert {path.name for path in desk.folder.iterdir()} <= {"a"}
    assert {path.name for path in desk.folder.parent.iterdir()} == {"work"}
    for name in tree(desk.folder):
        assert name.startswith((f"a/out/{CALLER}/", "a/out/.ses2iac.json"))


@pytest.mark.parametrize("account", ["../../evil", "/etc", "..", "\x7f"])
def test_an_account_id_is_no_path(desk: Desk, account: str) -> None:
    """Who answers in the place of STS may say anything."""
    world = World({}, caller=account)
    world.sets = {(account, region): {"orders": plain_set("b")} for _, region in (HERE, THERE)}
    desk.enter(world)
    for command in ("export", "terraform", "--out", "a/b/out"), ("snapshot", "--out", "s.json"):
        ran = desk.run(*command, *REGIONS)
        assert ran.code == 1
        assert "fault in ses2iac" not in ran.err
    assert not tree(desk.folder.parent)


@pytest.mark.parametrize("part", [CALLER, f"{CALLER}/eu-west-1"])
def test_a_folder_in_the_export_that_is_a_link_is_refused(desk: Desk, part: str) -> None:
    outside = desk.folder / "outside"
    outside.mkdir()
    (outside / "precious.tf").write_text("mine")
    link = desk.folder / "out" / part
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    world = two()
    world.sets[THERE] = {"orders": plain_set("b")}
    desk.enter(world)
    ran = desk.run(
        "export", "terraform", "--out", "out", "--region=eu-west-1", "--region=us-east-1"
    )
    assert ran.code == 1
    assert "is a link, but a folder is needed here" in ran.err
    assert tree(outside) == {"precious.tf": b"mine"}


def test_a_partial_file_that_is_a_link_is_not_written_through(desk: Desk) -> None:
    precious = desk.folder / "precious"
    precious.write_text("mine")
    link = desk.folder / "s.json.partial"
    link.symlink_to(precious)
    world = two()
    world.weather = WEATHERS["set"]
    desk.enter(world)
    # Without --resume it is replaced.
    assert desk.run("snapshot", "--out", "s.json").code == 4
    assert not link.is_symlink()
    assert precious.read_text() == "mine"
    # A link to a real one is not gone on from.
    kept = link.read_bytes()
    precious.write_bytes(kept)
    link.unlink()
    link.symlink_to(precious)
    ran = desk.run("snapshot", "--out", "s.json", "--resume")
    assert ran.code == 1
    assert "error: s.json.partial: cannot be " in ran.err
    assert precious.read_bytes() == kept


@pytest.mark.skipif(os.name != "posix", reason="Windows has no named pipes in folders")
def test_a_partial_file_that_is_a_pipe_is_not_waited_for(desk: Desk) -> None:
    os.mkfifo(desk.folder / "s.json.partial")
    desk.enter(two())
    ran = desk.run("snapshot", "--out", "s.json", "--resume")
    assert ran.code == 1
    assert "is a pipe, not a file" in ran.err


# Roles and organizations
# -------------------------------------------------------------------------------------------------


def far(**more: Any) -> World:
    return World(
        {(OTHER, "eu-west-1"): {"far": plain_set("a")}, (THIRD, "eu-west-1"): {"x": plain_set()}},
        **more,
    )


def accounts(path: Path) -> list[str]:
    return [scope["AccountId"] for scope in json.loads(path.read_bytes())["Scopes"]]


BOTH = ("--role-arn", ROLE, "--role-arn", ROLE_OF_THIRD)


def test_a_role_that_cannot_be_assumed_beside_one_that_can(desk: Desk) -> None:
    desk.enter(far(locked=frozenset({THIRD})))
    ran = desk.run("snapshot", "--out", "s.json", *BOTH)
    assert (ran.code, accounts(desk.folder / "s.json")) == (4, [OTHER])
    assert f"warning: role {ROLE_OF_THIRD}: not read: the role cannot be assumed: " in ran.err
    assert "trust policy" in ran.err
    assert "partial: 1 account and region could not be read" in ran.err
    world = far()
    desk.enter(world)
    assert desk.run("snapshot", "--out", "s.json", "--retry-failed", *BOTH).code == 0
    assert accounts(desk.folder / "s.json") == [OTHER, THIRD]
    assert {c.account for c in world.calls if c.action.startswith("ses:")} == {THIRD}


def test_no_role_that_can_be_assumed(desk: Desk) -> None:
    desk.enter(far(locked=frozenset({OTHER, THIRD})))
    for options, said in ((BOTH, "none of 2 accounts can be accessed"), (BOTH[:2], ROLE)):
        ran = desk.run("snapshot", "--out", "s.json", *options)
        assert ran.code == 1
        assert said in ran.err
        assert "trust policy" in ran.err
        assert not list(desk.folder.iterdir())


def organization(**more: Any) -> World:
    members = {CALLER: "ACTIVE", OTHER: "ACTIVE", THIRD: "SUSPENDED"}
    world = far(members=members, **more)
    world.sets[HERE] = {"own": plain_set()}
    return world


ORGANIZATION = ("snapshot", "--out", "s.json", "--organization-role", "reader")


def test_an_organization_with_a_suspended_account(desk: Desk) -> None:
    world = organization()
    desk.enter(world)
    ran = desk.run(*ORGANIZATION)
    assert (ran.code, accounts(desk.folder / "s.json")) == (0, [CALLER, OTHER])
    assert f"note: account {THIRD}: not active; skipped\n" in ran.err
    assert [c.about for c in world.calls if c.action == ASSUME] == [ROLE]


@pytest.mark.parametrize("option", ["--include-account", "--exclude-account"])
def test_an_account_that_is_not_in_the_organization(desk: Desk, option: str) -> None:
    world = organization()
    desk.enter(world)
    ran = desk.run(*ORGANIZATION, option, "999999999999", option, OTHER)
    assert ran.code == 1
    assert "not in the organization: 999999999999\n" in ran.err
    assert not [c for c in world.calls if c.action.startswith("ses:")]
    assert not list(desk.folder.iterdir())


def test_an_organization_that_may_not_be_listed(desk: Desk) -> None:
    desk.enter(organization(weather=lambda c: "denied" if c.action == faulty.MEMBERS else None))
    ran = desk.run(*ORGANIZATION)
    assert ran.code == 1
    assert "organizations:ListAccounts" in ran.err


@pytest.mark.parametrize("is_empty", [True, False])
def test_an_organization_whose_pages_never_end(desk: Desk, is_empty: bool) -> None:
    world = organization()
    right, tokens = world.answer, iter(range(1, 10**6))

    def endless(call: faulty.Call, asked: dict[str, str]) -> Answer:
        if call.action != faulty.MEMBERS:
            return right(call, asked)
        token = next(tokens)
        members = [] if is_empty else [{"Id": CALLER, "State": "ACTIVE"}]
        return Answer(200, json.dumps({"Accounts": members, "NextToken": f"t{token}"}).encode())

    world.answer = endless  # type: ignore[assignment,method-assign]
    desk.enter(world)
    ran = desk.run(*ORGANIZATION)
    assert ran.code == 1
    assert "organizations:ListAccounts keeps returning pages: 10" in ran.err
    assert not list(desk.folder.iterdir())


@pytest.mark.parametrize("body", [b'{"message": "no"}', b'{"__type": "X"}', b'{"NextToken": "a"}'])
def test_an_organization_that_somebody_else_answers_for(desk: Desk, body: bytes) -> None:
    world = organization()
    right = world.answer
    bad = [Answer(200, body)]

    def foreign(call: faulty.Call, asked: dict[str, str]) -> Answer:
        is_it = call.action == faulty.MEMBERS and bad
        return bad.pop() if is_it else right(call, asked)

    world.answer = foreign  # type: ignore[assignment,method-assign]
    desk.enter(world)
    ran = desk.run(*ORGANIZATION)
    assert (ran.code, accounts(desk.folder / "s.json")) == (0, [CALLER, OTHER])


ANSWERED = tuple(kind for kind in faulty.BY_CHANCE if kind != "stalled")
"""For botocore's own clients a stalled answer is 30 s of waiting, and then like a reset."""


@pytest.mark.parametrize("kind", ANSWERED)
@pytest.mark.parametrize("page", ["", "2"])
@pytest.mark.slow
def test_a_page_of_accounts_that_is_bad_is_never_the_last(desk: Desk, kind: str, page: str) -> None:
    desk.enter(organization())
    assert desk.run(*ORGANIZATION).code == 0
    whole = (desk.folder / "s.json").read_bytes()
    (desk.folder / "s.json").unlink()
    left = [kind]

    def weather(call: faulty.Call) -> str | None:
        is_it = (call.action, call.about) == (faulty.MEMBERS, page)
        return left.pop() if is_it and left else None

    desk.enter(organization(weather=weather))
    ran = desk.run(*ORGANIZATION)
    if ran.code == 0:
        assert (desk.folder / "s.json").read_bytes() == whole
    else:
        assert ran.code == 1
        assert "fault in ses2iac" not in ran.err
        assert not list(desk.folder.iterdir())


@pytest.mark.parametrize("kind", ANSWERED)
@pytest.mark.parametrize("action", [ASSUME, IDENTITY])
@pytest.mark.slow
def test_a_login_that_is_answered_badly(desk: Desk, kind: str, action: str) -> None:
    """By all roles but one that is found out who they are."""
    world = far()
    world.weather = lambda call: (
        kind
        if call.action == action and (call.account == THIRD or f":{THIRD}:" in call.about)
        else None
    )
    desk.enter(world)
    ran = desk.run("snapshot", "--out", "s.json", *BOTH)
    assert (ran.code, accounts(desk.folder / "s.json")) == (4, [OTHER])
    assert f"warning: role {ROLE_OF_THIRD}: not read: " in ran.err


@pytest.mark.parametrize("number", ["../../etc", "12", "\x1b[2J"])
def test_a_member_that_is_no_account(desk: Desk, number: str) -> None:
    world = organization()
    world.members = {**world.members, number: "ACTIVE"}
    desk.enter(world)
    ran = desk.run(*ORGANIZATION)
    assert ran.code == 1
    assert "instead of an account ID" in ran.err
    assert not CONTROLS.search(ran.err)


def test_a_role_in_an_organization_that_does_not_let_us_in(desk: Desk) -> None:
    desk.enter(organization(locked=frozenset({OTHER})))
    ran = desk.run(*ORGANIZATION)
    assert (ran.code, accounts(desk.folder / "s.json")) == (4, [CALLER])
    assert f"warning: role {ROLE}: not read: the role cannot be assumed" in ran.err


def test_the_same_account_twice_is_read_once(desk: Desk) -> None:
    world = far()
    desk.enter(world)
    again = f"arn:aws:iam::{OTHER}:role/path/again"
    ran = desk.run("snapshot", "--out", "s.json", "--role-arn", ROLE, "--role-arn", again)
    assert (ran.code, accounts(desk.folder / "s.json")) == (0, [OTHER])
    assert (
        f"note: account {OTHER}, region eu-west-1: requested more than once; read once\n" in ran.err
    )
    assert world.counted[LIST] == 1


# Regions
# -------------------------------------------------------------------------------------------------


def closed(kind: str) -> World:
    world = two()
    world.weather = lambda call: kind if call.action == LIST and call.region != HERE[1] else None
    return world


def test_regions_that_are_not_enabled_are_a_note(desk: Desk) -> None:
    desk.enter(closed("rejected"))
    ran = desk.run("snapshot", "--out", "s.json", "--all-regions")
    assert ran.code == 0
    notes = [line for line in ran.err.splitlines() if line.startswith("note: ")]
    assert len(notes) == 1
    assert notes[0].startswith(
        f"note: account {CALLER}: not enabled, or closed by its organization"
    )
    assert "us-east-1" in notes[0]
    assert "eu-west-1" not in notes[0]
    assert len(json.loads((desk.folder / "s.json").read_bytes())["Scopes"]) == 1


def test_a_key_that_is_withdrawn_makes_no_region_look_closed(desk: Desk) -> None:
    world = two()
    listed: list[str] = []

    def weather(call: faulty.Call) -> str | None:
        if call.action == LIST:
            listed.append(call.region)
            return "rejected" if call.region != HERE[1] else None
        return "rejected" if call.action == IDENTITY and listed else None

    world.weather = weather
    desk.enter(world)
    ran = desk.run("snapshot", "--out", "s.json", "--all-regions")
    assert ran.code == 4
    assert re.search(NOT_READ + "AWS rejected the credentials", ran.err)
    assert "not enabled" not in ran.err


NOT_READ = "warning: [0-9]+ accounts and regions: not read: "


@pytest.mark.parametrize("kind", ["denied", "expired", "503"])
def test_regions_that_may_not_be_listed_are_missing(desk: Desk, kind: str) -> None:
    desk.enter(closed(kind))
    ran = desk.run("snapshot", "--out", "s.json", "--all-regions")
    assert ran.code == 4
    assert re.search(NOT_READ + "[a-z]", ran.err)
    assert f"account {CALLER}, region " in ran.err
    assert "not enabled" not in ran.err


def test_a_region_that_was_named_is_missing_when_it_is_closed(desk: Desk) -> None:
    desk.enter(closed("rejected"))
    ran = desk.run("snapshot", "--out", "s.json", *REGIONS)
    assert ran.code == 4
    assert f"warning: account {CALLER}, region us-east-1: not read: AWS rejected" in ran.err


@pytest.mark.parametrize(
    ("region", "near"), [("eu-wset-1", "eu-west-1"), ("us-east1", "us-east-1")]
)
def test_a_region_that_does_not_exist(desk: Desk, region: str, near: str) -> None:
    world = two()
    desk.enter(world)
    ran = desk.run("snapshot", "--out", "s.json", "--region", "eu-west-1", "--region", region)
    assert (ran.code, world.calls) == (1, [])
    assert ran.err == f"error: unknown region '{region}'\nhint: did you mean {near}?\n"
    assert not list(desk.folder.iterdir())
