"""The real Terraform imports what SES answers in every partial form, and changes nothing."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import partial_forms
from tests.fakes import FakeAws, FakeSet
from tests.support import Engines, Terraform, ses2iac_process

pytestmark = pytest.mark.engine("terraform")


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


def test_the_import_of_any_answer_changes_nothing(terraform: Terraform, tmp_path: Path) -> None:
    account = partial_forms.sets()
    # One key twice, as HCL reads them.
    tags = [{"Key": "cafe\u0301", "Value": "1"}, {"Key": "caf\u00e9", "Value": "2"}]
    account["tags"] = FakeSet({"Tags": tags})
    infra = tmp_path / "infra"
    with FakeAws(account) as aws:
        ran = ses2iac_process(
            "export", "terraform", "--out", str(infra), env={**aws.environment(), "LC_ALL": "C"}
        )
        assert ran.code == 0, ran.err
        init = terraform.run(infra, "init", "-backend=false", "-input=false", "-no-color")
        assert init.code == 0, init.err
        plan = terraform.run(
            infra,
            "plan",
            "-input=false",
            "-no-color",
            "-parallelism=20",
            env=aws.environment(),
        )
    found = re.search(r"(\d+) to import, 0 to add, 0 to change, 0 to destroy", ran.err + ran.out)
    assert found is not None
    assert int(found[1]) > len(account)
    changed = re.findall(r"# (\S+) will be (?:updated|created|destroyed)[^\n]*", plan.out)
    assert (plan.code, changed) == (0, []), plan.err
    assert f"Plan: {found[0]}." in plan.out
    fmt = terraform.run(infra, "fmt", "-check", "-diff", "-recursive")
    assert (fmt.code, fmt.out) == (0, "")


def test_a_later_change_does_what_the_comment_says(terraform: Terraform, tmp_path: Path) -> None:
    """The PUT of an option lacks what was left out; what the provider never writes has none."""
    new = {"SomethingNew": {"Level": 3}}
    topic = {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail"}
    options = {
        "SendingOptions": {"SendingEnabled": True},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "DeliveryOptions": {"TlsPolicy": "REQUIRE", "SharedPoolDeliveryMode": "REGIONAL"},
        "SuppressionOptions": {"SuppressedReasons": ["SPAM"]},
        "ArchivingOptions": {"ArchiveArn": "arn:aws:ses:eu-west-1:123456789012:archive"},
        **new,
    }
    events = {"Name": "d", "Enabled": True, "MatchingEventTypes": ["BOUNCE"], **new}
    account = {"orders": FakeSet(options, [{**events, "SnsDestination": topic}])}
    infra = tmp_path / "infra"
    with FakeAws(account) as aws:
        env = aws.environment()
        ran = ses2iac_process("export", "terraform", "--out", str(infra), env=env)
        assert ran.code == 0, ran.err
        terraform.run(infra, "init", "-backend=false", "-input=false", "-no-color")
        apply = ("apply", "-auto-approve", "-input=false", "-no-color")
        imported = terraform.run(infra, *apply, env=env)
        assert "2 imported, 0 added, 0 changed, 0 destroyed" in imported.out, imported.err
        assert _sent(aws) == {}
        _edit(infra / "configuration_sets.tf", '"REQUIRE"', '"OPTIONAL"')
        _edit(infra / "event_destinations.tf", '["BOUNCE"]', '["BOUNCE", "OPEN"]')
        # The fake keeps what it had, which Terraform may find odd once it has sent the change.
        terraform.run(infra, *apply, env=env)
        assert _sent(aws) == {
            "delivery-options": {"TlsPolicy": "OPTIONAL"},
            "event-destinations/d": {
                "EventDestination": {
                    "Enabled": True,
                    "MatchingEventTypes": ["BOUNCE", "OPEN"],
                    "SnsDestination": topic,
                }
            },
        }


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def _sent(aws: FakeAws) -> dict[str, Any]:
    """What was changed, by the last part of its path."""
    prefix = "PUT /v2/email/configuration-sets/orders/"
    return {
        request.route.removeprefix(prefix): json.loads(request.body)
        for request in aws.requests
        if request.route.startswith("PUT ")
    }
