"""No secret leaves the program, whatever library words it, at any level of detail."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.support import redaction
from exporter.support.errors import ExporterError
from exporter.support.redaction import redacted
from tests.fakes import FakeAws, plain_set, refusal
from tests.support import Ran, free_port, ses2iac

Capsys = pytest.CaptureFixture[str]
Env = pytest.MonkeyPatch

KEY = "PLANTEDACCESSKEY0"
SECRET = "planted-secret-access-key"
TOKEN = "planted-session-token"
PASSWORD = "planted-password"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: Env) -> None:
    """Credentials of this test, and what others made known forgotten."""
    monkeypatch.setattr(redaction, "_known", set())
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "eu-west-1",
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def aws(monkeypatch: Env) -> Iterator[FakeAws]:
    with FakeAws({"orders": plain_set("bounces")}) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def told(ran: Ran, *files: Path) -> str:
    return ran.out + ran.err + "".join(path.read_text() for path in files)


# Credentials that no header can carry
# -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_SESSION_TOKEN", f"{TOKEN}\n", "contains a line break"),
        ("AWS_SESSION_TOKEN", f"\n{TOKEN}", "contains a line break"),
        ("AWS_SESSION_TOKEN", f"{TOKEN}\r\n{TOKEN}", "contains a line break"),
        ("AWS_SESSION_TOKEN", f"{TOKEN} ", "contains a space"),
        ("AWS_SESSION_TOKEN", f"{TOKEN}\tx", "contains a space"),
        ("AWS_SESSION_TOKEN", f"{TOKEN}é", "contains a character that credentials cannot contain"),
        (
            "AWS_SESSION_TOKEN",
            f"{TOKEN}\x1b[2J",
            "contains a character that credentials cannot contain",
        ),
        ("AWS_ACCESS_KEY_ID", f"{KEY}\n", "contains a line break"),
        ("AWS_SECRET_ACCESS_KEY", f"{SECRET}\n", "contains a line break"),
    ],
)
@pytest.mark.parametrize("options", [("scan",), ("--debug", "lint"), ("snapshot", "--out=s.json")])
def test_credentials_that_cannot_be_sent_are_named(
    monkeypatch: Env,
    capsys: Capsys,
    aws: FakeAws,
    tmp_path: Path,
    name: str,
    value: str,
    said: str,
    options: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    ran = ses2iac(capsys, *options)
    assert ran.code == 1
    assert ran.err.startswith(f"error: {name} {said}\nhint: set it again without that; ")
    assert "lanted" not in ran.err.lower()
    assert aws.requests == []


def test_credentials_of_a_process_are_looked_at_too(
    monkeypatch: Env, capsys: Capsys, aws: FakeAws, tmp_path: Path
) -> None:
    answer = {
        "Version": 1,
        "AccessKeyId": KEY,
        "SecretAccessKey": SECRET,
        "SessionToken": f"{TOKEN}\n",
    }
    (tmp_path / "answer.json").write_text(json.dumps(answer))
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/answer.json\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    config = tmp_path / "config"
    config.write_text(f"[profile made]\ncredential_process = {program}\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    ran = ses2iac(capsys, "--debug", "scan", "--profile", "made")
    assert ran.code == 1
    assert ran.err.startswith(
        "error: the session token (from custom-process) contains a line break\nhint: "
    )
    assert "lanted" not in ran.err.lower()
    # Once seen, they are hidden wherever else they turn up.
    assert redacted(f"a {SECRET} b") == "a *** b"


# Endpoints and proxies
# -------------------------------------------------------------------------------------------------

URLS = (
    f"http://me:{PASSWORD}@127.0.0.1:9",
    f"me:{PASSWORD}@127.0.0.1:9",
    f"//me:{PASSWORD}@127.0.0.1:9",
    f"http:/me:{PASSWORD}@127.0.0.1:9",
    f"http://{PASSWORD}@127.0.0.1:9",
    f"http://me:{PASSWORD}/{PASSWORD}@127.0.0.1:9",
    f"http://me:{PASSWORD}@{PASSWORD}@127.0.0.1:9",
    f"http://me:{PASSWORD} {PASSWORD}@127.0.0.1:9",
    f"http://me:{PASSWORD}\n@127.0.0.1:9",
    f'http://me:"{PASSWORD}"@127.0.0.1:9',
    f"http://me:{PASSWORD}#{PASSWORD}@127.0.0.1:9",
    f"http://me:{PASSWORD}?{PASSWORD}@127.0.0.1:9",
    f"http://me:{PASSWORD}%zz@127.0.0.1:9",
    f"http://me:[{PASSWORD}@127.0.0.1:9",
    f"http://me:{PASSWORD}@",
    f"http://me:{PASSWORD}",
    f"http://me:{PASSWORD}@[::1",
    f"http://me:{PASSWORD}@127.0.0.1:99999",
    f"ftp://me:{PASSWORD}@127.0.0.1:9",
    f"http://127.0.0.1:9/?key={PASSWORD}",
)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("how", ["option", "variable", "service", "profile"])
def test_a_password_in_an_endpoint_is_hidden(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path, url: str, how: str
) -> None:
    options: tuple[str, ...] = ()
    if how == "option":
        options = ("--endpoint-url", url)
    elif how == "profile":
        config = tmp_path / "config"
        config.write_text(f"[profile far]\nendpoint_url = {' '.join(url.split())}\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        options = ("--profile", "far")
    else:
        name = "AWS_ENDPOINT_URL" + ("_STS" if how == "service" else "")
        monkeypatch.setenv(name, url)
    for debug in ((), ("--debug",)):
        ran = ses2iac(capsys, *debug, "scan", *options)
        assert ran.code == 1
        assert "lanted" not in ran.err, ran.err
        assert "fault in ses2iac" not in ran.err


def test_the_rest_of_an_endpoint_is_shown(capsys: Capsys) -> None:
    ran = ses2iac(capsys, "scan", "--endpoint-url", f"http://me:{PASSWORD}@127.0.0.1:9")
    assert 'Could not connect to the endpoint URL: "http://***@127.0.0.1:9/"' in ran.err
    ran = ses2iac(capsys, "scan", "--endpoint-url", "http://127.0.0.1:9")
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:9/"' in ran.err


@pytest.mark.parametrize("userinfo", [f"me:{PASSWORD}", f"me:{PASSWORD}/x", f"{PASSWORD}/x:y"])
def test_a_password_of_a_proxy_is_hidden(monkeypatch: Env, capsys: Capsys, userinfo: str) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{userinfo}@127.0.0.1:{free_port()}")
    ran = ses2iac(capsys, "--debug", "scan")
    assert ran.code == 1
    assert "lanted" not in ran.err


def test_a_mistake_on_the_command_line_shows_no_password(capsys: Capsys) -> None:
    ran = ses2iac(capsys, "scan", f"http://me:{PASSWORD}@host")
    assert ran.code == 2
    assert PASSWORD not in ran.err
    assert "***@host" in ran.err


def test_settings_are_shown_without_a_password(
    monkeypatch: Env, capsys: Capsys, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "own.toml"
    config.write_text(f'[[target]]\nendpoint_url = "http://me:{PASSWORD}@127.0.0.1:9"\n')
    (tmp_path / "ses2iac.toml").write_bytes(config.read_bytes())
    ran = ses2iac(capsys, "config", "show")
    assert PASSWORD not in told(ran)


# What others say
# -------------------------------------------------------------------------------------------------


def test_a_token_that_a_service_sends_back_is_hidden(
    monkeypatch: Env, capsys: Capsys, aws: FakeAws, tmp_path: Path
) -> None:
    """In messages, and in the reports and files that hold their words."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    said = f"the token {TOKEN} of {KEY}: AWS4-HMAC-SHA256 Credential={KEY}/x, Signature=0123abcd"
    aws._scripts["set orders"] = [
        lambda route, _right: refusal(route, 403, "AccessDeniedException", said)
    ]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    aws.sets = {**aws.sets, "news": plain_set()}
    for command in (
        ("snapshot", "--out", "s.json"),
        ("lint", "--output", "json"),
        ("diff", "live", "live", "--output", "json"),
        ("report", "--out", "report.html"),
        ("export", "cdk", "--out", "infra"),
    ):
        ran = ses2iac(capsys, "--debug", *command)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        everything = told(ran, *files)
        assert "not allowed to call ses:GetConfigurationSet: the token *** of ***" in ran.err
        for secret in (TOKEN, SECRET, KEY, "0123abcd"):
            assert secret not in everything, command


def test_no_error_holds_a_secret(monkeypatch: Env) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    error = ExporterError(
        f"what {TOKEN}", where=f"where {TOKEN}", hint=f"hint {TOKEN}", items=[f"item {TOKEN}"]
    )
    assert str(error) == "where ***: what ***"
    assert (error.hint, error.items, error.args) == ("hint ***", ("item ***",), ("what ***",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing to hide", "nothing to hide"),
        ("arn:aws:sns:eu-west-1:123456789012:mail", "arn:aws:sns:eu-west-1:123456789012:mail"),
        ("see https://docs.aws.amazon.com/ses/ and a@b.example", None),
        ("git::https://me@host/x//y", "git::https://***@host/x//y"),
        ("Invalid header value b'a b\\n'", "Invalid header value ***"),
        ('{"SecretAccessKey": "abc/def+", "x": 1}', '{"SecretAccessKey": "***", "x": 1}'),
        ("<SessionToken>abc</SessionToken>", "<SessionToken>***</SessionToken>"),
        ("aws_secret_access_key = abc", "aws_secret_access_key = ***"),
        ("set AWS_SESSION_TOKEN", "set AWS_SESSION_TOKEN"),
        ("https://h/?X-Amz-Signature=abc&x=1", "https://h/?X-Amz-Signature=***&x=1"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, expected: str | None) -> None:
    assert redacted(text) == (text if expected is None else expected)


def test_short_values_of_emulators_are_no_secrets(monkeypatch: Env) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    assert redacted("the latest test") == "the latest test"
