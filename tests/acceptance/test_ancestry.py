"""Whose change it is, told by what the real Terraform writes: a state, and a plan."""

import json
from pathlib import Path

import pytest

from tests.acceptance.accounts import REGION
from tests.acceptance.conftest import Account
from tests.support import Engines, ses2iac

pytestmark = pytest.mark.engine("terraform")

CODE = """\
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_sesv2_configuration_set" "ancestry" {
  configuration_set_name = "ancestry"

  tags = {
    team = "mail"
  }
}

resource "aws_sesv2_configuration_set_event_destination" "bus" {
  configuration_set_name = aws_sesv2_configuration_set.ancestry.configuration_set_name
  event_destination_name = "bus"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    event_bridge_destination {
      event_bus_arn = "arn:aws:events:eu-west-1:000000000000:event-bus/default"
    }
  }
}
"""


def test_a_plan_and_the_state_of_before_tell_drift_from_pending(
    engines: Engines,
    changing_account: Account,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terraform, env = engines.terraform(), changing_account.environment
    infra = tmp_path / "infra"
    infra.mkdir()
    (infra / "main.tf").write_text(CODE, encoding="utf-8")
    terraform.lend_provider(infra)

    def run(*arguments: str) -> str:
        ran = terraform.run(infra, *arguments, env=env)
        assert ran.code == 0, ran.err
        return ran.out

    run("apply", "-auto-approve", "-input=false")
    (tmp_path / "before.tfstate").write_text(run("state", "pull"), encoding="utf-8")
    # By hand: other event types. In the code: another tag, and a destination switched off.
    changing_account.sesv2.update_configuration_set_event_destination(
        ConfigurationSetName="ancestry",
        EventDestinationName="bus",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE", "CLICK"],
            "EventBridgeDestination": {
                "EventBusArn": "arn:aws:events:eu-west-1:000000000000:event-bus/default"
            },
        },
    )
    edited = CODE.replace('team = "mail"', 'team = "shop"').replace("= true", "= false")
    (infra / "main.tf").write_text(edited, encoding="utf-8")
    run("plan", "-out=planned", "-input=false")
    (tmp_path / "plan.json").write_text(run("show", "-json", "planned"), encoding="utf-8")
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    where = ("live", "--region", REGION, "--include", "ancestry", "--output", "json")
    for old, base in (
        ("plan.json", ()),
        ("plan.json", ("--base", str(tmp_path / "plan.json"))),
        ("plan.json", ("--base", str(tmp_path / "before.tfstate"))),
        ("infra", ("--base", str(tmp_path / "before.tfstate"))),
    ):
        ran = ses2iac(capsys, "diff", str(tmp_path / old), *where, *base)
        assert ran.code == 3, ran.err
        origins = {
            path["Path"]: path["Origin"]
            for scope in json.loads(ran.out)["Scopes"]
            for change in scope["Changes"]
            for path in change["Paths"]
        }
        assert origins == {
            "Tags[team]": "pending",
            "Enabled": "pending",
            "MatchingEventTypes": "drift",
        }, (old, base)
