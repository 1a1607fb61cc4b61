"""How a live account is read: which calls, to whom and as whom, and what becomes of answers."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exporter.aws import retry
from tests.fakes import (
    ACCOUNT_ID,
    IDENTITY,
    LIST,
    FakeAws,
    FakeSet,
    plain_set,
    sns_destination,
)
from tests.support import ISOLATED_AWS, ROOT, ses2iac, tree

pytestmark = pytest.mark.slow

Capsys = pytest.CaptureFixture[str]
Env = pytest.MonkeyPatch

SNAPSHOT = ("snapshot", "--out", "-")


@contextmanager
def account(
    monkeypatch: Env, sets: Mapping[str, FakeSet], page_size: int = 100
) -> Iterator[FakeAws]:
    """A fake account that commands of this process talk to."""
    with FakeAws(sets, page_size) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def scope_of(capsys: Capsys, *arguments: str) -> dict[str, Any]:
    """The one scope that a snapshot of the account holds."""
    ran = ses2iac(capsys, *SNAPSHOT, *arguments)
    assert (ran.code, ran.err) == (0, "")
    (scope,) = json.loads(ran.out)["Scopes"]
    found: dict[str, Any] = scope
    return found


def names(scope: dict[str, Any]) -> list[str]:
    return [found["ConfigurationSetName"] for found in scope["ConfigurationSets"]]


# Calls


@pytest.mark.parametrize(("size", "pages"), [(1, 5), (2, 3), (4, 2), (5, 1), (100, 1)])
def test_every_page_of_the_list_is_read(
    monkeypatch: Env, capsys: Capsys, size: int, pages: int
) -> None:
    sets = {name: plain_set() for name in "edcba"}
    with account(monkeypatch, sets, size) as fake:
        assert names(scope_of(capsys)) == list("abcde")
    assert fake.calls[LIST] == pages


def test_an_empty_page_is_not_the_last_one(monkeypatch: Env, capsys: Capsys) -> None:
    with account(monkeypatch, {"orders": plain_set()}) as fake:
        fake.script(LIST, "empty_page", "right")
        assert names(scope_of(capsys)) == ["orders"]


@pytest.mark.parametrize("destinations", [0, 1, 10])
def test_a_set_costs_two_calls_however_many_destinations_it_has(
    monkeypatch: Env, capsys: Capsys, destinations: int
) -> None:
    sets = {
        name: plain_set(*(f"d{number}" for number in range(destinations)))
        for name in ("a", "b", "c")
    }
    with account(monkeypatch, sets, 2) as fake:
        scope = scope_of(capsys)
    assert [len(found.get("EventDestinations", [])) for found in scope["ConfigurationSets"]] == [
        destinations
    ] * 3
    assert fake.calls == {IDENTITY: 1, LIST: 2} | {
        f"{kind} {name}": 1 for kind in ("set", "destinations") for name in sets
    }


def test_options_and_destinations_are_read_side_by_side(monkeypatch: Env, capsys: Capsys) -> None:
    """Each of the two is answered only once the other one was asked for too."""
    both = threading.Barrier(2, timeout=20)
    with account(monkeypatch, {"orders": plain_set("bounces")}) as fake:
        for route in ("set orders", "destinations orders"):
            fake.before(route, both.wait)
        assert names(scope_of(capsys)) == ["orders"]
    assert not both.broken


@pytest.mark.parametrize(
    ("options", "read"),
    [
        (["--include", "orders"], ["orders"]),
        (["--include", "orders/b*"], ["orders"]),
        (["--include", "*s", "--exclude", "n*"], ["invoices", "orders"]),
        (["--exclude", "orders"], ["invoices", "newsletters"]),
        # Only the destinations tell whether a pattern with a slash leaves any.
        (["--exclude", "orders/*"], ["invoices", "newsletters", "orders"]),
    ],
)
def test_a_set_that_is_not_chosen_costs_no_call(
    monkeypatch: Env, capsys: Capsys, options: list[str], read: list[str]
) -> None:
    sets = {name: plain_set("bounces") for name in ("orders", "newsletters", "invoices")}
    with account(monkeypatch, sets) as fake:
        scope_of(capsys, *options)
    assert fake.calls == {IDENTITY: 1, LIST: 1} | {
        f"{kind} {name}": 1 for kind in ("set", "destinations") for name in read
    }


def test_an_export_without_sets_costs_one_call_a_set_and_writes_the_same(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path
) -> None:
    sets = {name: plain_set("bounces", "clicks") for name in ("orders", "news")}
    kept, live, again = (str(tmp_path / name) for name in ("kept.json", "live", "again"))
    with account(monkeypatch, sets) as fake:
        assert ses2iac(capsys, "snapshot", "--out", kept).code == 0
        before = fake.calls
        bare = ("export", "terraform", "--no-configuration-sets", "--out")
        assert ses2iac(capsys, *bare, live).code == 0
        assert fake.calls - before == {
            IDENTITY: 1,
            LIST: 1,
            "destinations news": 1,
            "destinations orders": 1,
        }
    assert ses2iac(capsys, *bare, again, "--from", kept).code == 0
    assert tree(tmp_path / "live") == tree(tmp_path / "again")


def test_a_folder_that_cannot_take_the_export_costs_no_call(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path
) -> None:
    """A large account takes minutes to read; what is wrong with DIR is known before."""
    out = tmp_path / "infra"
    out.write_text("my notes\n")
    with account(monkeypatch, {"orders": plain_set()}) as fake:
        ran = ses2iac(capsys, "export", "terraform", "--out", str(out))
    assert (ran.code, fake.calls) == (1, {})


# Answers


@pytest.mark.parametrize("call", ["set", "destinations"])
def test_a_set_that_is_deleted_meanwhile_is_skipped(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path, call: str
) -> None:
    out = tmp_path / "infra"
    sets = {"orders": plain_set("bounces"), "old": plain_set()}
    with account(monkeypatch, sets) as fake:
        fake.before(f"{call} old", lambda: sets.pop("old", None))
        ran = ses2iac(capsys, "export", "terraform", "--out", str(out))
    assert ran.code == 0
    assert ran.err.startswith("note: old: deleted while it was being read; skipped\n")
    assert b'"orders"' in tree(out)["configuration_sets.tf"]
    assert b'"old"' not in tree(out)["configuration_sets.tf"]


@pytest.mark.parametrize("call", ["set", "destinations"])
def test_a_set_that_is_listed_again_is_not_gone(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path, call: str
) -> None:
    """One listing more proves it, for all sets that seem to be gone."""
    sets = {name: plain_set() for name in ("a", "b", "c", "d")}
    out = tmp_path / "out.json"
    with account(monkeypatch, sets) as fake:
        fake.script(f"{call} a", "gone")
        fake.script(f"{call} b", "gone")
        fake.before("destinations c", lambda: sets.pop("c", None))
        ran = ses2iac(capsys, "snapshot", "--out", str(out))
        assert fake.calls["list"] == 2
        assert ran.code == 4
        assert "note: c: deleted while it was being read; skipped\n" in ran.err
        assert "but SES still lists it" in ran.err
        (scope,) = json.loads(out.read_bytes())["Scopes"]
        assert [each["ConfigurationSetName"] for each in scope["ConfigurationSets"]] == ["d"]
        # And later on it is read.
        fake.script(f"{call} a", "right")
        fake.script(f"{call} b", "right")
        assert ses2iac(capsys, "snapshot", "--out", str(out), "--retry-failed").code == 0
    (scope,) = json.loads(out.read_bytes())["Scopes"]
    assert [each["ConfigurationSetName"] for each in scope["ConfigurationSets"]] == ["a", "b", "d"]


@pytest.mark.parametrize("fault", ["gone", "foreign_message", "foreign_type", "foreign_error"])
@pytest.mark.parametrize("call", ["set", "destinations"])
def test_an_update_never_loses_what_was_answered_badly(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path, call: str, fault: str
) -> None:
    file = tmp_path / "ses.json"
    monkeypatch.setattr(retry.Caller, "_back_off", lambda *_: None)
    with account(monkeypatch, {"orders": plain_set("bounces"), "news": plain_set("x")}) as fake:
        assert ses2iac(capsys, "snapshot", "--out", str(file)).code == 0
        before = file.read_bytes()
        fake.script(f"{call} news", fault)
        ran = ses2iac(capsys, "diff", str(file), "live", "--update")
    assert (ran.code, file.read_bytes()) == (4, before)
    assert "removed" not in ran.out


@pytest.mark.parametrize("route", ["list", "set orders", "destinations orders", "identity"])
@pytest.mark.parametrize(
    "fault", ["foreign_message", "foreign_Message", "foreign_type", "foreign_error", "html", "cut"]
)
def test_a_bad_answer_is_asked_for_again(
    monkeypatch: Env, capsys: Capsys, route: str, fault: str
) -> None:
    monkeypatch.setattr(retry.Caller, "_back_off", lambda *_: None)
    with account(monkeypatch, {"orders": plain_set("bounces")}) as fake:
        fake.script(route, fault, "right")
        ran = ses2iac(capsys, "scan", "--output", "json")
        assert (ran.code, fake.calls[route]) == (0, 2)
    assert '"bounces"' in ran.out


@pytest.mark.parametrize(("route", "code"), [("list", 0), ("destinations orders", 0)])
def test_a_bare_object_is_believed(monkeypatch: Env, capsys: Capsys, route: str, code: int) -> None:
    """Servers omit the key of an empty list; to ask again would cost the quota."""
    with account(monkeypatch, {"orders": plain_set("bounces")}) as fake:
        fake.script(route, "bare")
        assert ses2iac(capsys, "scan").code == code
        assert fake.calls[route] == 1


def test_fields_that_are_not_known_stay_as_they_came(monkeypatch: Env, capsys: Capsys) -> None:
    options = {
        "SendingOptions": {"SendingEnabled": True, "Pace": {"PerSecond": 14}},
        "QuietHours": [{"From": "22:00"}, {"To": "06:00"}],
    }
    bounces = sns_destination("bounces")
    bounces["SnsDestination"]["Raw"] = True
    bounces["Priority"] = 0.5
    with account(monkeypatch, {"orders": FakeSet(options, [bounces])}):
        (found,) = scope_of(capsys)["ConfigurationSets"]
    assert found == {
        "ConfigurationSetName": "orders",
        **options,
        "EventDestinations": [bounces],
    }


QUEUE = {
    "Name": "queue",
    "Enabled": True,
    "MatchingEventTypes": ["BOUNCE"],
    "SqsDestination": {"QueueArn": f"arn:aws:sqs:eu-west-1:{ACCOUNT_ID}:mail"},
}
UNKNOWN_KIND = (
    "orders/queue: event destination left out for its SqsDestination: this version of ses2iac "
    f'doesn\'t know it (live value {{"QueueArn":"arn:aws:sqs:eu-west-1:{ACCOUNT_ID}:mail"}})\n'
)


def test_a_destination_of_a_new_kind_is_kept_in_a_snapshot(
    monkeypatch: Env, capsys: Capsys
) -> None:
    with account(monkeypatch, {"orders": FakeSet(plain_set().options, [QUEUE])}):
        (found,) = scope_of(capsys)["ConfigurationSets"]
    assert found["EventDestinations"] == [QUEUE]


@pytest.mark.parametrize("options", [[], ["--strict"]])
def test_a_destination_of_a_new_kind_is_named_by_an_export(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path, options: list[str]
) -> None:
    out = tmp_path / "infra"
    sets = {"orders": FakeSet(plain_set().options, [QUEUE, sns_destination("bounces")])}
    with account(monkeypatch, sets):
        ran = ses2iac(capsys, "export", "terraform", "--out", str(out), *options)
    assert ran.err.startswith(f"warning: {UNKNOWN_KIND}")
    assert (ran.code, out.exists()) == ((1, False) if options else (0, True))


def test_a_destination_of_a_new_kind_is_named_from_a_pasted_answer(
    capsys: Capsys, tmp_path: Path
) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"EventDestinations": [QUEUE], "ResponseMetadata": {}}))
    of_set = ("--from", str(answer), "--configuration-set", "orders", "--region", "eu-west-1")
    ran = ses2iac(capsys, *SNAPSHOT, *of_set)
    (found,) = json.loads(ran.out)["Scopes"][0]["ConfigurationSets"]
    assert (ran.code, found["EventDestinations"]) == (0, [QUEUE])
    ran = ses2iac(capsys, "export", "terraform", "--out", str(tmp_path / "infra"), *of_set)
    assert f"warning: {UNKNOWN_KIND}" in ran.err


# Whom and as whom


@pytest.mark.parametrize(
    ("option", "region", "default_region", "expected"),
    [
        (["--region", "eu-west-3"], "eu-west-2", "eu-west-1", "eu-west-3"),
        ([], "eu-west-2", "eu-west-1", "eu-west-2"),
        ([], None, "eu-west-1", "eu-west-1"),
        # A variable that is set to nothing, as CI systems like to do, is not a region.
        ([], "", "eu-west-1", "eu-west-1"),
        ([], None, None, "eu-north-1"),
    ],
)
def test_option_before_variables_before_profile(
    monkeypatch: Env,
    capsys: Capsys,
    tmp_path: Path,
    option: list[str],
    region: str | None,
    default_region: str | None,
    expected: str,
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-north-1\n")
    with account(monkeypatch, {"orders": plain_set()}) as fake:
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.delenv("AWS_REGION")
        for name, value in (("AWS_REGION", region), ("AWS_DEFAULT_REGION", default_region)):
            if value is not None:
                monkeypatch.setenv(name, value)
        scope = scope_of(capsys, *option)
    assert (scope["AccountId"], scope["Region"]) == (ACCOUNT_ID, expected)
    assert {request.signed_for[1] for request in fake.requests} == {expected}


def test_ses_can_have_an_endpoint_of_its_own(monkeypatch: Env, capsys: Capsys) -> None:
    with FakeAws({}) as other, account(monkeypatch, {"orders": plain_set()}) as fake:
        monkeypatch.setenv("AWS_ENDPOINT_URL", other.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", fake.url)
        assert names(scope_of(capsys)) == ["orders"]
    assert other.calls == {IDENTITY: 1}
    assert set(fake.calls) == {LIST, "set orders", "destinations orders"}


def test_the_endpoint_option_comes_before_the_variables(monkeypatch: Env, capsys: Capsys) -> None:
    with FakeAws({}) as other, account(monkeypatch, {"orders": plain_set()}) as fake:
        monkeypatch.setenv("AWS_ENDPOINT_URL", other.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", other.url)
        assert names(scope_of(capsys, "--endpoint-url", fake.url)) == ["orders"]
    assert not other.calls


PROFILES = """\
[profile staging]
region = eu-north-1
aws_access_key_id = staging-key
aws_secret_access_key = secret

[profile production]
region = us-east-2
aws_access_key_id = production-key
aws_secret_access_key = secret
"""


@pytest.fixture
def profiles(monkeypatch: Env, tmp_path: Path) -> Iterator[FakeAws]:
    """An account, two profiles, and neither a region nor credentials beside them."""
    config = tmp_path / "config"
    config.write_text(PROFILES)
    with account(monkeypatch, {"orders": plain_set()}) as fake:
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        yield fake


def test_the_profile_of_the_environment_is_used(
    monkeypatch: Env, capsys: Capsys, profiles: FakeAws
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "staging")
    assert scope_of(capsys)["Region"] == "eu-north-1"
    assert {request.signed_for for request in profiles.requests} == {("staging-key", "eu-north-1")}


def test_the_profile_option_comes_before_the_environment(
    monkeypatch: Env, capsys: Capsys, profiles: FakeAws
) -> None:
    """Keys in the environment must not send a person who names a profile to another account."""
    monkeypatch.setenv("AWS_PROFILE", "staging")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "other-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert scope_of(capsys, "--profile", "production")["Region"] == "us-east-2"
    assert {request.signed_for[0] for request in profiles.requests} == {"production-key"}


# A process of its own


def start(fake: FakeAws, folder: Path, *arguments: str, **streams: Any) -> "subprocess.Popen[str]":
    """Start the command line in a process; its output is piped unless ``streams`` says otherwise.

    A shell that starts the tests in the background makes them ignore SIGINT, and what they start
    would too, were it not for a handler here.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "exporter", *arguments],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "TERM": "xterm",
                **ISOLATED_AWS,
                **fake.environment(),
            },
            cwd=folder,
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
        )
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("held", [IDENTITY, LIST, "destinations orders"])
def test_a_signal_ends_the_reading_and_leaves_the_folder(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path, number: int, code: int, held: str
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with account(monkeypatch, {"orders": plain_set("bounces")}) as fake:
        assert ses2iac(capsys, "export", "terraform", "--out", str(work / "infra")).code == 0
        before = tree(work)
        fake.sets = {"orders": plain_set("bounces", "complaints")}
        arrived = fake.hold(held)
        process = start(fake, work, "export", "terraform", "--out", "infra")
        try:
            assert arrived.wait(60)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    how = "interrupted" if number == signal.SIGINT else "terminated"
    assert (process.returncode, out, err) == (code, "", f"{how}; nothing was written\n")
    assert tree(work) == before


@pytest.mark.parametrize("command", [SNAPSHOT, ("scan",)])
def test_no_progress_off_a_terminal(monkeypatch: Env, tmp_path: Path, command: list[str]) -> None:
    with account(monkeypatch, {"orders": plain_set("bounces")}) as fake:
        process = start(fake, tmp_path, *command)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "orders" in out


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pseudo-terminals")
def test_progress_on_a_terminal(monkeypatch: Env, tmp_path: Path) -> None:
    outside, inside = os.openpty()
    with account(monkeypatch, {"orders": plain_set("bounces")}) as fake:
        process = start(fake, tmp_path, *SNAPSHOT, stderr=inside)
        os.close(inside)
        shown = read_to_end(outside)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"account 123456789012, region eu-west-1: 0 of 1 configuration set" in shown


def read_to_end(descriptor: int) -> bytes:
    """What comes from a pseudo-terminal until nobody has its other end."""
    shown = b""
    with os.fdopen(descriptor, "rb", buffering=0) as terminal:
        while True:
            try:
                part = terminal.read(4096)
            except OSError:  # Linux's way to say that the other end is closed
                return shown
            if not part:
                return shown
            shown += part
