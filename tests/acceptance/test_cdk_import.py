"""``cdk import`` with an exported app and its mapping, as far as an emulator goes.

ministack takes the change set and refuses to execute it: it imports no SES resources. The text of
that refusal is asserted, so that the day it can, this test tells.
"""

import json
import os
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from exporter.formats import manifest as manifests
from exporter.formats.stacks import resource_identifier
from tests.acceptance import accounts
from tests.acceptance.conftest import Account, create_demo
from tests.support import ISOLATED_AWS, Engines, Ran, ministack, ses2iac_process

pytestmark = pytest.mark.engine("cdk, ministack")

STACK = "ses-configuration-sets"
REFUSAL = (
    "Resource import is not supported by this emulator for AWS::SES::ConfigurationSet, "
    "AWS::SES::ConfigurationSetEventDestination"
)


class Recorder(ThreadingHTTPServer):
    """Passes every request on and keeps the forms of CloudFormation's."""

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _PassOn)
        self.target = target
        self.forms: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def actions(self, name: str) -> list[dict[str, str]]:
        """The forms of one action."""
        return [form for form in self.forms if form.get("Action") == name]


class _PassOn(BaseHTTPRequestHandler):
    server: Recorder
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        form = urllib.parse.parse_qs(body.decode("utf-8", "replace"))
        if "Action" in form:
            self.server.forms.append({key: values[0] for key, values in form.items()})
        kept = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
        request = urllib.request.Request(
            self.server.target + self.path, body or None, kept, method=self.command
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                self._answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            self._answer(error.code, error.headers, error.read())

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _pass_on  # noqa: N815 - http.server's names

    def _answer(self, status: int, headers: Any, body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _recorded(url: str) -> Iterator[Recorder]:
    with Recorder(url) as recorder:
        thread = threading.Thread(target=recorder.serve_forever, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            recorder.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def account(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The demo account, with what `cdk bootstrap` leaves."""
    with ministack(engines.ministack(), tmp_path_factory.mktemp("ministack")) as url:
        account = Account(url)
        create_demo(account.sesv2)
        _bootstrap(account)
        yield account


def _bootstrap(account: Account) -> None:
    """The parameter, the bucket and the roles that the CDK asks for."""
    account.client("ssm").put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String"
    )
    where = f"{accounts.ACCOUNT}-{accounts.REGION}"
    account.client("s3").create_bucket(
        Bucket=f"cdk-hnb659fds-assets-{where}",
        CreateBucketConfiguration={"LocationConstraint": accounts.REGION},
    )
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    for role in ("deploy", "file-publishing", "lookup", "cfn-exec"):
        account.client("iam").create_role(
            RoleName=f"cdk-hnb659fds-{role}-role-{where}", AssumeRolePolicyDocument=trust
        )


def _cdk(engines: Engines, folder: Path, url: str, home: Path, *arguments: str) -> Ran:
    """Run the CDK's command in an export, with nobody to answer a prompt."""
    python = Path(engines.cdk_python())
    done = subprocess.run(
        [engines.cdk_cli(), *arguments, "--no-color"],
        cwd=folder,
        env={
            # Its `python3` is the one that has aws-cdk-lib.
            "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "CI": "1",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": accounts.REGION,
            **ISOLATED_AWS,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("options", [(), ("--adopt-suffix=-iac",)], ids=["import", "adopt"])
def test_it_asks_for_the_resources_of_the_manifest(
    account: Account, engines: Engines, options: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "infra"
    ran = ses2iac_process("export", "cdk", "--out", str(out), *options, env=account.environment)
    assert ran.code == 0, ran.err
    client = account.client("cloudformation")
    with _recorded(account.url) as recorder:
        mapping = ("--resource-mapping", "resource-mapping.json")
        ran = _cdk(engines, out, recorder.url, tmp_path, "import", STACK, *mapping)
        (request,) = recorder.actions("CreateChangeSet")
        executed = recorder.actions("ExecuteChangeSet")
    summaries = client.list_change_sets(StackName=STACK)["Summaries"]
    client.delete_stack(StackName=STACK)

    assert request["ChangeSetType"] == "IMPORT"
    assert _to_import(request) == _recorded_resources(out, only_sets=bool(options))
    refusal = REFUSAL.partition(", ")[0] if options else REFUSAL
    assert [summary["StatusReason"] for summary in summaries] == [refusal]
    # The CDK goes on to execute it; the emulator does not.
    assert len(executed) == 1, ran.err[-3000:]
    assert ran.code == 1
    assert "is in UNAVAILABLE status" in ran.err


def _to_import(form: dict[str, str]) -> dict[str, dict[str, str]]:
    """The resources that a CreateChangeSet names, by logical id."""
    found: dict[str, dict[str, str]] = {}
    number = 1
    while f"ResourcesToImport.member.{number}.LogicalResourceId" in form:
        prefix = f"ResourcesToImport.member.{number}."
        keys = sorted(key for key in form if key.startswith(f"{prefix}ResourceIdentifier.entry."))
        pairs = [form[key] for key in keys]
        found[form[f"{prefix}LogicalResourceId"]] = dict(zip(pairs[::2], pairs[1::2], strict=True))
        number += 1
    return found


def _recorded_resources(out: Path, *, only_sets: bool) -> dict[str, dict[str, str]]:
    """The same of the manifest."""
    manifest = manifests.load(out)
    assert manifest is not None
    return {
        resource.address: resource_identifier(resource.identity)
        for resource in manifest.resources
        if not (only_sets and resource.event_destination)
    }
