"""``--layout data`` for Terraform: sets as data, under addresses that their live names make."""

import re
from pathlib import Path

import pytest
import yaml

from tests.functional.snapshots import (
    Desk,
    Json,
    configuration_set,
    destination,
    orders,
    scope,
    snapshot_file,
    sns,
)

DATA = ("--layout", "data")
SET = "aws_sesv2_configuration_set"
DESTINATION = "aws_sesv2_configuration_set_event_destination"
METRICS: Json = {
    "CloudWatchDestination": {
        "DimensionConfigurations": [
            {
                "DimensionName": "tenant",
                "DimensionValueSource": "MESSAGE_TAG",
                "DefaultDimensionValue": "none",
            }
        ]
    }
}
UNMANAGED: Json = {"DeliveryOptions": {"TlsPolicy": "STRICT"}}
"""An option that the provider refuses: the code says ``ignore_changes``."""


def tenants(number: int) -> Json:
    """Equal tenants with destinations of two kinds."""
    return scope(
        *(
            configuration_set(
                f"tenant-{each:03}", destination("bounces"), destination("metrics", METRICS)
            )
            for each in range(number)
        )
    )


def names(desk: Desk) -> set[str]:
    return {path.name for path in desk.out.iterdir()}


def diff(desk: Desk, *scopes: Json) -> int:
    other = snapshot_file(desk.folder / "other.json", *scopes)
    return desk.run("diff", str(desk.out), other).code


def test_many_tenants_are_few_lines_of_code(desk: Desk) -> None:
    desk.export(tenants(500), options=DATA)
    lines = sum(len(path.read_text().splitlines()) for path in desk.out.glob("*.tf"))
    assert lines < 120
    data = yaml.safe_load(desk.read("configuration_sets.yaml"))
    assert len(data) == 500
    assert data["tenant-007"]["event_destinations"]["bounces"] == {
        "enabled": True,
        "matching_event_types": ["BOUNCE"],
        "sns_destination": {"topic": "mail_events_topic"},
    }
    code = desk.read("event_destinations.tf")
    assert re.findall(r'dynamic "(\w+)"', code) == [
        "cloud_watch_destination",
        "dimension_configuration",
        "sns_destination",
    ]
    assert names(desk) == {
        ".ses2iac.json",
        "configuration_sets.tf",
        "configuration_sets.yaml",
        "event_destinations.tf",
        "imports.tf",
        "locals.tf",
        "providers.tf",
        "versions.tf",
    }


def test_a_set_that_comes_changes_data_alone(desk: Desk) -> None:
    desk.export(tenants(3), options=DATA)
    before = {path.name: path.read_text() for path in desk.out.glob("*.tf")}
    addresses = {r["Address"] for r in desk.manifest()["Scopes"][0]["Resources"]}
    desk.export(tenants(4), options=DATA)
    assert {path.name: path.read_text() for path in desk.out.glob("*.tf")} == before
    assert addresses < {r["Address"] for r in desk.manifest()["Scopes"][0]["Resources"]}
    (desk.out / "imports.tf").unlink()
    desk.export(tenants(5), options=DATA)
    imports = desk.read("imports.tf")
    assert 'toset([\n    "tenant-004",\n  ])' in imports
    assert 'toset([\n    "tenant-004|bounces",\n    "tenant-004|metrics",\n  ])' in imports
    assert "tenant-003" not in imports


def test_an_untouched_export_is_what_it_was_made_of(desk: Desk) -> None:
    found = tenants(3)
    desk.export(found, options=DATA)
    assert diff(desk, found) == 0
    assert desk.again(*DATA, "--check").code == 0
    ran = desk.run("verify", str(desk.out), "--offline")
    assert "files     ses2iac" in ran.out
    ran = desk.run(
        "scan", "--from", str(desk.folder / "snapshot.json"), "--unmanaged-by", str(desk.out)
    )
    assert "0 event destinations" in ran.out or "nothing" in ran.out + ran.err
    shown = desk.run("diff", str(desk.out), snapshot_file(desk.folder / "o.json", tenants(2)))
    assert 'configuration_sets.tf:3 aws_sesv2_configuration_set.this["tenant-002"]' in " ".join(
        shown.out.split()
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    bounces:\n", "    renamed:\n", "renamed"),
        ("matching_event_types: [BOUNCE]", "matching_event_types: [SEND]", "SEND"),
        ("reputation_metrics_enabled: true", "reputation_metrics_enabled: false", "Reputation"),
        ("orders:\n", "yes:\n", "2 not compared"),
        ("topic: mail_events_topic", "topic: other", "does not exist"),
    ],
)
def test_edited_data_is_read_as_code(desk: Desk, old: str, new: str, said: str) -> None:
    desk.export(orders(), options=DATA)
    text = desk.read("configuration_sets.yaml")
    assert old in text
    desk.put("configuration_sets.yaml", text.replace(old, new, 1))
    ran = desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json"))
    assert ran.code in (3, 4), ran.out
    assert said in ran.out + ran.err, ran.out
    assert desk.again(*DATA).code == 1


def test_other_layouts_lead_to_it_and_back(desk: Desk) -> None:
    found = scope(configuration_set("orders", "bounces"), configuration_set("this", "all"))
    desk.export(found)
    before = {path.name: path.read_text() for path in desk.out.glob("*.tf")}
    names_file = desk.read("names.toml")
    desk.export(found, options=DATA)
    assert desk.read("names.toml") == names_file
    moved = desk.read("moved.tf")
    assert f'from = {SET}.orders\n  to   = {SET}.this["orders"]' in moved
    assert f'from = {SET}.this\n  to   = {SET}.this["this"]' in moved
    assert f'to   = {DESTINATION}.this["orders|bounces"]' in moved
    (desk.out / "moved.tf").unlink()
    desk.export(found, options=("--layout", "resources"))
    after = {path.name: path.read_text() for path in desk.out.glob("*.tf")}
    moved = after.pop("moved.tf")
    assert after == before
    assert f'from = {SET}.this["orders"]\n  to   = {SET}.orders' in moved
    assert not (desk.out / "configuration_sets.yaml").exists()


def test_what_leaves_is_moved_out_and_forgotten(desk: Desk) -> None:
    found = scope(configuration_set("orders", "bounces"), configuration_set("news", "all"))
    desk.export(found, options=DATA)
    desk.again(*DATA, "--exclude", "news")
    text = desk.read("removed.tf")
    assert f'moved {{\n  from = {SET}.this["news"]\n  to   = {SET}.news\n}}' in text
    assert f"removed {{\n  from = {SET}.news\n" in text
    assert f'from = {DESTINATION}.this["news|all"]\n  to   = {DESTINATION}.news_all' in text
    assert '["orders' not in text


def test_without_sets_their_destinations_are_data(desk: Desk) -> None:
    desk.export(orders(), options=(*DATA, "--no-configuration-sets"))
    assert not (desk.out / "configuration_sets.tf").exists()
    assert "configuration_set_name = each.value.configuration_set" in desk.read(
        "event_destinations.tf"
    )
    data = yaml.safe_load(desk.read("configuration_sets.yaml"))
    assert list(data["orders"]) == ["event_destinations"]
    assert desk.again(*DATA, "--no-configuration-sets", "--check").code == 0


def test_a_set_with_unmanaged_options_is_code_beside_the_data(desk: Desk) -> None:
    odd = configuration_set("odd", "bounces", **UNMANAGED)
    named = configuration_set("this", "all", **UNMANAGED)
    found = scope(configuration_set("orders", "bounces"), odd, named)
    desk.export(found, options=DATA)
    text = desk.read("odd.tf")
    assert f'resource "{SET}" "odd" {{' in text
    assert "ignore_changes = [delivery_options]" in text
    assert "topic_arn = local.targets.mail_events_topic" in text
    assert "odd" not in desk.read("configuration_sets.yaml")
    assert f'resource "{SET}" "this"' in desk.read("configuration_sets.tf")
    assert re.search(
        rf'resource "{SET}" "this_[0-9a-f]{{8}}"',
        "".join(path.read_text() for path in desk.out.glob("this*.tf")),
    )
    assert diff(desk, found) == 0
    assert desk.again(*DATA, "--check").code == 0
    # What the code says is read too, and is the same.
    desk.put("more.tf", f'resource "{SET}" "more" {{\n  configuration_set_name = "more"\n}}\n')
    assert diff(desk, found) in (3, 4)
    ran = desk.run("diff", str(desk.out), str(desk.folder / "other.json"))
    assert "more" in ran.out
    assert "orders" not in ran.out


def test_of_sets_that_other_code_holds_only_destinations_are_data(
    desk: Desk, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "main.tf").write_text(
        f'resource "{SET}" "orders" {{\n  configuration_set_name = "orders"\n}}\n'
    )
    found = scope(configuration_set("orders", "bounces"), configuration_set("news", "all"))
    desk.export(found, options=(*DATA, "--unmanaged-by", str(theirs)))
    data = yaml.safe_load(desk.read("configuration_sets.yaml"))
    assert data["orders"]["destinations_only"] is True
    assert "for_each = local.managed_sets" in desk.read("configuration_sets.tf")
    assert "for_each = local.managed_sets" in desk.read("imports.tf")
    addresses = {r["Address"] for r in desk.manifest()["Scopes"][0]["Resources"]}
    assert f'{SET}.this["orders"]' not in addresses
    assert f'{DESTINATION}.this["orders|bounces"]' in addresses


@pytest.mark.parametrize("mode", ["portable", "variables", "data"])
def test_one_local_has_all_targets(desk: Desk, mode: str) -> None:
    found = orders(destination("other", sns("other")))
    desk.export(found, options=(*DATA, "--references", mode))
    code = desk.read("locals.tf")
    assert code.count("mail_events_topic ") == 1
    assert {"portable": "${var.region}", "variables": "var.other_topic_arn"}.get(
        mode, "data.aws_sns_topic.other.arn"
    ) in code
    assert diff(desk, found) == 0


def test_a_map_gives_the_expression_of_a_target(desk: Desk) -> None:
    path = desk.folder / "map.toml"
    path.write_text('[terraform]\n"*:mail-events" = "aws_sns_topic.bounces.arn"\n')
    desk.export(orders(), options=(*DATA, "--map", str(path)))
    assert "mail_events_topic = aws_sns_topic.bounces.arn" in desk.read("locals.tf")
    assert diff(desk, orders()) == 0


def test_what_cannot_be_held_is_said_beside_the_data(desk: Desk) -> None:
    archive = {"ArchiveArn": "arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-1"}
    desk.export(scope(configuration_set("orders", ArchivingOptions=archive)), options=DATA)
    text = desk.read("configuration_sets.yaml")
    assert "# ArchivingOptions left out: the Terraform AWS provider has no" in text
    assert yaml.safe_load(text)["orders"] == {
        "reputation_options": {"reputation_metrics_enabled": True},
        "sending_options": {"sending_enabled": True},
    }


def test_the_layout_sticks(desk: Desk) -> None:
    desk.export(orders(), options=DATA)
    ran = desk.again()
    assert ran.code == 0
    assert "--layout data" in ran.err
    assert (desk.out / "configuration_sets.yaml").exists()


def test_what_stands_at_the_address_of_the_instances_leaves_first(desk: Desk) -> None:
    found = scope(configuration_set("orders"), configuration_set("this"))
    desk.export(found)
    ran = desk.again(*DATA, "--exclude", "this")
    assert ran.code == 1
    assert f"  {SET}.this\n" in ran.err
    assert "first export in the old layout" in ran.err
    assert desk.again("--exclude", "this").code == 0
    (desk.out / "removed.tf").unlink()
    assert desk.again(*DATA).code == 0


def test_the_root_that_calls_a_module_imports_by_keys(desk: Desk) -> None:
    (desk.folder / "main.tf").write_text('module "mail" {\n  source = "./infra"\n}\n')
    found = scope(configuration_set("orders", "bounces"))
    desk.export(found, options=(*DATA, "--module", "mail"))
    imports = (desk.folder / "ses_mail_imports.tf").read_text()
    assert (
        '  for_each = toset([\n    "orders",\n  ])\n'
        f"  to = module.mail.{SET}.this[each.key]\n  id = each.key\n"
    ) in imports
    desk.again(*DATA, "--module", "mail", "--exclude", "orders/bounces")
    removed = (desk.folder / "ses_mail_removed.tf").read_text()
    assert f'from = module.mail.{DESTINATION}.this["orders|bounces"]' in removed
    assert f"removed {{\n  from = module.mail.{DESTINATION}.orders_bounces\n" in removed


def test_a_provider_alias_stands_in_the_resources(desk: Desk) -> None:
    desk.put(
        "main.tf",
        'provider "aws" {\n  region = "us-east-1"\n}\n\n'
        'provider "aws" {\n  alias  = "eu"\n  region = "eu-west-1"\n}\n',
    )
    desk.export(orders(), options=DATA)
    for file, of in (
        ("configuration_sets.tf", "configuration_sets"),
        ("event_destinations.tf", "event_destinations"),
    ):
        assert f"  for_each = local.{of}\n  provider = aws.eu\n\n" in desk.read(file)
    assert diff(desk, orders()) in (0, 4)


def test_an_old_terraform_is_named(desk: Desk) -> None:
    desk.put("main.tf", 'terraform {\n  required_version = "~> 1.6.0"\n}\n')
    ran = desk.try_export(orders(), options=DATA)
    assert ran.code == 1
    assert "excludes Terraform 1.7" in ran.err
    assert desk.again().code == 0


def test_what_force_overwrites_without_a_manifest_is_forgotten(desk: Desk) -> None:
    desk.export(tenants(2), options=DATA)
    (desk.out / ".ses2iac.json").unlink()
    ran = desk.try_export(tenants(1), options=(*DATA, "--force"))
    assert ran.code == 0, ran.err
    text = desk.read("removed.tf")
    assert f'from = {SET}.this["tenant-001"]' in text
    assert f'from = {DESTINATION}.this["tenant-001|metrics"]' in text
    assert "tenant-000" not in text


def test_force_forgets_nothing_that_only_moves(desk: Desk) -> None:
    desk.export(tenants(2), options=DATA)
    desk.export(tenants(2), options=("--layout", "resources", "--force"))
    assert not (desk.out / "removed.tf").exists()
    assert f'from = {SET}.this["tenant-001"]' in desk.read("moved.tf")
    desk.export(tenants(2), options=(*DATA, "--force"))
    assert not (desk.out / "removed.tf").exists()
