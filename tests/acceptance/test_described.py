"""Code that is already written, with the real Terraform: an import to it, and no second block."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Account
from tests.acceptance.test_migrate import World, actions, changed_outputs, lay_out
from tests.acceptance.v1_roots import PROVIDER
from tests.support import Engines, ministack

pytestmark = pytest.mark.engine("terraform")

CODE = {
    "main.tf": PROVIDER
    + """\
variable "stage" {
  type = string
}

resource "aws_sns_topic" "events" {
  name = "described-events"
}

import {
  to = aws_sns_topic.events
  id = "arn:aws:sns:eu-west-1:000000000000:described-events"
}

resource "aws_sesv2_configuration_set" "brand" {
  for_each               = toset(["ash", "elm"])
  configuration_set_name = "described-${each.key}-${var.stage}"
  reputation_options {
    reputation_metrics_enabled = false
  }
  sending_options {
    sending_enabled = true
  }
}

resource "aws_sesv2_configuration_set_event_destination" "bounces" {
  for_each               = aws_sesv2_configuration_set.brand
  configuration_set_name = each.value.configuration_set_name
  event_destination_name = "bounces"
  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]
    sns_destination {
      topic_arn = aws_sns_topic.events.arn
    }
  }
}

module "mail" {
  source = "./mail"
  count  = 1
}
""",
    "mail/main.tf": """\
resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = "described-inner"
  reputation_options {
    reputation_metrics_enabled = false
  }
  sending_options {
    sending_enabled = true
  }
}
""",
}
STAGE = "--var=stage=live"


@pytest.fixture(scope="module")
def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    terraform = engines.terraform()
    with ministack(engines.ministack(), tmp_path_factory.mktemp("described")) as url:
        account = Account(url)
        environment = {**account.environment, "TF_VAR_stage": "live"}
        with terraform.provider(environment) as attached:
            yield World(terraform, account, {**environment, **attached})


def make(client: Any, topic: str, name: str, *destinations: str) -> None:
    client.create_configuration_set(
        ConfigurationSetName=name,
        ReputationOptions={"ReputationMetricsEnabled": False},
        SendingOptions={"SendingEnabled": True},
    )
    for destination in destinations:
        add(client, topic, name, destination)


def add(client: Any, topic: str, name: str, destination: str) -> None:
    client.create_configuration_set_event_destination(
        ConfigurationSetName=name,
        EventDestinationName=destination,
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE"],
            "SnsDestination": {"TopicArn": topic},
        },
    )


def test_what_stands_in_code_is_imported_there(world: World, tmp_path: Path) -> None:
    client = world.account.sesv2
    topic = world.account.client("sns").create_topic(Name="described-events")["TopicArn"]
    make(client, topic, "described-ash-live", "bounces", "other")
    make(client, topic, "described-elm-live", "bounces")
    make(client, topic, "described-inner", "inner")
    make(client, topic, "described-new")
    lay_out(tmp_path, CODE)
    live = world.live("described")
    arguments = ("--include", "described-*", "--out", str(tmp_path), STAGE)
    exported = world.ses2iac("export", "terraform", *arguments)
    assert exported.code == 0, exported.err
    assert "your code describes 5 resources" in exported.err
    assert "differs" not in exported.err
    assert (tmp_path / "main.tf").read_text(encoding="utf-8") == CODE["main.tf"]
    destinations = (tmp_path / "event_destinations.tf").read_text(encoding="utf-8")
    reference = 'aws_sesv2_configuration_set.brand["ash"].configuration_set_name'
    assert f"configuration_set_name = {reference}" in destinations

    world.terraform.lend_provider(tmp_path)
    world.run(tmp_path, "init", "-input=false")
    plan = world.plan(tmp_path)
    # Eight of SES, and her own topic.
    assert actions(plan) == {"import no-op": 9}
    assert changed_outputs(plan) == set()
    world.run(tmp_path, "apply", "-input=false", "planned")
    # What the state holds already, an import block leaves alone.
    assert actions(world.plan(tmp_path)) == {}
    (tmp_path / "imports.tf").unlink()
    assert actions(world.plan(tmp_path)) == {}
    assert world.live("described") == live

    checked = world.ses2iac("export", "terraform", "--out", str(tmp_path), "--check", STAGE)
    assert checked.code == 0, checked.err
    assert "describes" not in checked.err
    compared = world.ses2iac("diff", str(tmp_path), "live", "--include", "described-*", STAGE)
    assert compared.code == 0, compared.out + compared.err

    # Somebody adds a destination to her set: it alone is imported.
    add(client, topic, "described-elm-live", "later")
    again = world.ses2iac("export", "terraform", "--out", str(tmp_path), STAGE)
    assert again.code == 0, again.err
    assert actions(world.plan(tmp_path)) == {"import no-op": 1}


def test_what_differs_is_said_and_planned(world: World, tmp_path: Path) -> None:
    client = world.account.sesv2
    topic = world.account.client("sns").create_topic(Name="differs-events")["TopicArn"]
    make(client, topic, "differs-mail", "bounces")
    lay_out(
        tmp_path,
        {
            "main.tf": PROVIDER
            + """\
resource "aws_sesv2_configuration_set" "mail" {
  configuration_set_name = "differs-mail"
  sending_options {
    sending_enabled = false
  }
}
"""
        },
    )
    exported = world.ses2iac(
        "export", "terraform", "--include", "differs-*", "--out", str(tmp_path)
    )
    assert exported.code == 0, exported.err
    assert "main.tf:15 differs-mail: SendingOptions.SendingEnabled" in exported.err
    assert "terraform plan    # 2 to import, 0 to add, 1 to change, 0 to destroy" in exported.err
    world.terraform.lend_provider(tmp_path)
    world.run(tmp_path, "init", "-input=false")
    assert actions(world.plan(tmp_path)) == {"import no-op": 1, "import update": 1}
