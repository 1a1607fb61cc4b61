"""``--replaces``: from the SES API v1 to v2 in a person's own Terraform."""

import json
import re
from pathlib import Path

import pytest

from tests.acceptance.migrating import migrate
from tests.functional.snapshots import Desk, configuration_set, destination, scope
from tests.functional.terraform_code import Code, code

LIVE = scope(
    configuration_set("ash-mail", "sns"),
    configuration_set("elm-mail", "sns"),
    configuration_set("orders", "sns", "other"),
)
ORDERS = """\
resource "aws_ses_configuration_set" "main" {
  name = "orders"
}

resource "aws_ses_event_destination" "sns" {
  name                   = "sns"
  configuration_set_name = aws_ses_configuration_set.main.name
  enabled                = true
  matching_types         = ["bounce"]
  sns_destination {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail-events"
  }
}
"""
BRANDS = """\
resource "aws_ses_configuration_set" "brand" {
  for_each = toset(["ash", "elm"])
  name     = "${each.key}-mail"
}
"""
V1 = "aws_ses_configuration_set"
V2 = "aws_sesv2_configuration_set"


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Desk:
    return Desk(capsys, tmp_path)


def replacing(desk: Desk, *more: str) -> tuple[str, ...]:
    return ("--replaces", str(desk.out), *more)


def renamed(guide: str) -> list[tuple[str, str, str]]:
    """The references that a guide renames: where, from, to; nothing for those that are decided."""
    found = re.findall(
        r"^- `([^`]+)`: `([^`]+)`(?: becomes `([^`]+)`| has no replacement.*)?$", guide, re.M
    )
    return [each for each in found if not each[1].startswith(("resource ", "import "))]


def deleted(guide: str) -> list[str]:
    section = guide.partition("## Delete")[2].partition("\n## ")[0]
    return re.findall(r"^- `([^`]+)`:", section, re.M)


def migrated(desk: Desk) -> Code:
    """The code once the person has done what the guide lists."""
    migrate(desk.out, desk.read("MIGRATE.md"))
    return code(desk.out)


def test_each_block_is_removed_imported_and_listed(desk: Desk) -> None:
    desk.put("mail.tf", ORDERS)
    ran = desk.export(LIVE, options=replacing(desk, "--include", "orders"))
    assert deleted(desk.read("MIGRATE.md")) == ["mail.tf:1-3", "mail.tf:5-13"]
    assert desk.read("mail.tf") == ORDERS
    found = migrated(desk)
    assert found.removed == {"aws_ses_configuration_set.main", "aws_ses_event_destination.sns"}
    # The labels of v1 are taken over; what it did not hold gets one of its own.
    written = {
        f"{V2}.main",
        f"{V2}_event_destination.sns",
        f"{V2}_event_destination.orders_other",
    }
    assert found.resources == found.imports == written
    assert "delete 2 blocks, as MIGRATE.md lists    # before any plan" in ran.err


USES = {
    "aws_ses_configuration_set.main.name": f"{V2}.main.configuration_set_name",
    "aws_ses_configuration_set.main.id": f"{V2}.main.id",
    "aws_ses_configuration_set.main.arn": f"{V2}.main.arn",
    "aws_ses_configuration_set.main.sending_enabled": (
        f"{V2}.main.sending_options[0].sending_enabled"
    ),
    "aws_ses_configuration_set.main": (
        f"{{ arn = {V2}.main.arn, id = {V2}.main.id, name = {V2}.main.configuration_set_name }}"
    ),
    "aws_ses_configuration_set.main[*].name": f"[{V2}.main.configuration_set_name]",
    "aws_ses_configuration_set.main.delivery_options": "",
    "aws_ses_event_destination.sns.id": f"{V2}_event_destination.sns.event_destination_name",
    "aws_ses_event_destination.sns.arn": (
        '"arn:aws:ses:eu-west-1:123456789012:configuration-set/orders:event-destination/sns"'
    ),
    "aws_ses_event_destination.sns.matching_types": "",
    'aws_ses_configuration_set.brand["ash"].name': f"{V2}.ash_mail.configuration_set_name",
    'aws_ses_configuration_set.brand["oak"].name': (
        f"{{ ash = {V2}.ash_mail.configuration_set_name, "
        f'elm = {V2}.elm_mail.configuration_set_name }}["oak"]'
    ),
    "aws_ses_configuration_set.brand[var.one].arn": (
        f"{{ ash = {V2}.ash_mail.arn, elm = {V2}.elm_mail.arn }}[var.one]"
    ),
    "aws_ses_configuration_set.brand[*].name": "",
    "aws_ses_configuration_set.brand": (
        f"{{ ash = {{ arn = {V2}.ash_mail.arn, id = {V2}.ash_mail.id, "
        f"name = {V2}.ash_mail.configuration_set_name }}, "
        f"elm = {{ arn = {V2}.elm_mail.arn, id = {V2}.elm_mail.id, "
        f"name = {V2}.elm_mail.configuration_set_name }} }}"
    ),
}
"""References as they are written, and what takes their place; nothing where a person decides."""


@pytest.mark.parametrize(("old", "new"), USES.items(), ids=range(len(USES)))
def test_a_reference_becomes_one_to_v2(desk: Desk, old: str, new: str) -> None:
    desk.put("mail.tf", ORDERS + BRANDS)
    desk.put("use.tf", f'output "x" {{\n  value = upper("a ${{jsonencode({old})}}")\n}}\n')
    desk.export(LIVE, options=replacing(desk))
    assert renamed(desk.read("MIGRATE.md")) == [("use.tf:2", old, new)]


def test_depends_on_takes_references_alone(desk: Desk) -> None:
    desk.put("mail.tf", ORDERS + BRANDS)
    line = "[aws_ses_configuration_set.main, aws_ses_configuration_set.brand]"
    desk.put("use.tf", f'output "x" {{\n  value      = 1\n  depends_on = {line}\n}}\n')
    desk.export(LIVE, options=replacing(desk))
    migrate(desk.out, desk.read("MIGRATE.md"))
    assert f"  depends_on = [{V2}.main, {V2}.ash_mail, {V2}.elm_mail]\n" in desk.read("use.tf")


def test_as_data_a_reference_has_the_key(desk: Desk) -> None:
    desk.put("mail.tf", ORDERS)
    desk.put("use.tf", 'output "x" {\n  value = aws_ses_configuration_set.main.arn\n}\n')
    desk.export(LIVE, options=replacing(desk, "--layout", "data"))
    assert renamed(desk.read("MIGRATE.md")) == [
        ("use.tf:2", "aws_ses_configuration_set.main.arn", f'{V2}.this["orders"].arn')
    ]


def test_out_of_reach_the_name_itself_takes_the_place(desk: Desk, tmp_path: Path) -> None:
    old = tmp_path / "old"
    (old / "mail").mkdir(parents=True)
    (old / "main.tf").write_text(
        'module "a" {\n  source = "./mail"\n  brand  = "ash"\n}\n'
        'module "b" {\n  source = "./mail"\n  brand  = "elm"\n}\n'
    )
    (old / "mail/main.tf").write_text(
        'variable "brand" {}\n'
        'resource "aws_ses_configuration_set" "this" {\n  name = "${var.brand}-mail"\n}\n'
        'output "name" {\n  value = aws_ses_configuration_set.this.name\n'
        "  depends_on = [aws_ses_configuration_set.this]\n}\n"
        'output "arn" {\n  value = aws_ses_configuration_set.this.arn\n}\n'
    )
    ran = desk.export(LIVE, options=("--replaces", str(old)))
    guide = desk.read("MIGRATE.md")
    assert renamed(guide) == [
        ("mail/main.tf:6", "aws_ses_configuration_set.this.name", '"${var.brand}-mail"'),
        ("mail/main.tf:7", "aws_ses_configuration_set.this", ""),
        ("mail/main.tf:10", "aws_ses_configuration_set.this.arn", ""),
    ]
    assert guide.count("removed {") == 2
    assert "to a file in `../old`" in guide
    assert "from = module.a.aws_ses_configuration_set.this" in guide
    assert not (desk.out / "removed.tf").exists()
    # The import comes first: nothing is without an owner in between.
    steps = ran.err[ran.err.index("next, in") :]
    assert steps.index("terraform apply") < steps.index("delete 1 block and rename 3 references")


def test_a_guide_of_her_own_is_not_touched(desk: Desk) -> None:
    desk.put("mail.tf", ORDERS)
    desk.put("MIGRATE.md", "# Hers\n")
    ran = desk.export(LIVE, options=replacing(desk))
    assert "as ses_MIGRATE.md lists" in ran.err
    assert desk.read("MIGRATE.md") == "# Hers\n"
    assert "## Delete" in desk.read("ses_MIGRATE.md")
    assert desk.again("--check").code == 0


def test_an_import_block_goes_with_its_resource(desk: Desk) -> None:
    to = "aws_ses_configuration_set.main"
    desk.put("mail.tf", f'{ORDERS}\nimport {{\n  to = {to}\n  id = "orders"\n}}\n')
    desk.export(LIVE, options=replacing(desk))
    assert "mail.tf:15-18" in deleted(desk.read("MIGRATE.md"))


def test_a_reference_in_json_is_renamed_unless_it_has_quotes(desk: Desk) -> None:
    desk.put("mail.tf", ORDERS + BRANDS)
    use = {
        "locals": {"a": f"${{{V1}.main.name}}", "b": f'${{{V1}.brand["ash"].name}}'},
        "output": {"x": {"value": 1, "depends_on": [f"{V1}.main"]}},
    }
    desk.put("use.tf.json", json.dumps(use, indent=1))
    desk.export(LIVE, options=replacing(desk))
    assert renamed(desk.read("MIGRATE.md")) == [
        ("use.tf.json:3", f"{V1}.main.name", f"{V2}.main.configuration_set_name"),
        ("use.tf.json:10", f"{V1}.main", f"{V2}.main"),
        ("use.tf.json:4", f'{V1}.brand["ash"].name', ""),
    ]


def test_blocks_of_v1_in_json_are_replaced(desk: Desk) -> None:
    blocks = {
        "resource": {
            V1: {"main": {"name": "orders"}},
            "aws_ses_event_destination": {
                "sns": {
                    "name": "bounces",
                    "configuration_set_name": f"${{{V1}.main.name}}",
                    "enabled": True,
                    "matching_types": ["bounce"],
                    "sns_destination": {"topic_arn": "arn:aws:sns:eu-west-1:123456789012:t"},
                }
            },
        }
    }
    desk.put("mail.tf.json", json.dumps(blocks, indent=1))
    desk.export(LIVE, options=replacing(desk, "--include", "orders"))
    assert deleted(desk.read("MIGRATE.md")) == ["mail.tf.json:4-6", "mail.tf.json:9-19"]
    assert renamed(desk.read("MIGRATE.md")) == []
    assert f"from = {V1}.main\n" in desk.read("removed.tf")


def test_what_ses_does_not_have_is_forgotten_too(desk: Desk) -> None:
    desk.put("mail.tf", 'resource "aws_ses_configuration_set" "old" {\n  name = "gone"\n}\n')
    ran = desk.export(LIVE, options=replacing(desk))
    assert migrated(desk).removed == {"aws_ses_configuration_set.old"}
    assert "SES no longer has gone" in ran.err


def test_what_is_not_selected_stays_in_v1(desk: Desk) -> None:
    desk.put("mail.tf", ORDERS + BRANDS)
    ran = desk.export(LIVE, options=replacing(desk, "--include", "*-mail"))
    assert migrated(desk).removed == {"aws_ses_configuration_set.brand"}
    assert "2 blocks of the SES API v1" in ran.err
    assert "are not part of this export, and unchanged" in ran.err


def test_a_name_that_is_not_known_stays_and_is_said(desk: Desk) -> None:
    more = 'variable "p" {}\nresource "aws_ses_configuration_set" "x" {\n  name = "${var.p}-x"\n}\n'
    desk.put("mail.tf", ORDERS + more)
    ran = desk.export(LIVE, options=replacing(desk))
    assert "mail.tf:15: aws_ses_configuration_set.x: its name is not known: var.p" in ran.err
    assert "aws_ses_configuration_set.x" not in desk.read("removed.tf")
    strict = desk.again("--strict")
    assert strict.code == 1
    assert "--strict: other code may manage some of it" in strict.err
    ran = desk.export(
        scope(*LIVE["ConfigurationSets"], configuration_set("a-x")),
        options=replacing(desk, "--var", "p=a"),
    )
    assert "not known" not in ran.err
    assert "aws_ses_configuration_set.x" in migrated(desk).removed


def test_v2_that_she_has_written_is_imported_there(desk: Desk) -> None:
    hers = f'resource "{V2}" "hers" {{\n  configuration_set_name = "orders"\n}}\n'
    desk.put("mail.tf", ORDERS + hers)
    use = 'output "x" {\n  value = aws_ses_configuration_set.main.arn\n}\n'
    desk.put("use.tf", use)
    desk.export(LIVE, options=replacing(desk))
    assert renamed(desk.read("MIGRATE.md")) == [
        ("use.tf:2", "aws_ses_configuration_set.main.arn", f"{V2}.hers.arn")
    ]
    found = migrated(desk)
    assert f"{V2}.hers" in found.imports
    assert "aws_ses_configuration_set.main" in found.removed


def test_code_without_v1_is_told(desk: Desk) -> None:
    desk.put("mail.tf", 'resource "aws_sns_topic" "mail" {\n  name = "mail"\n}\n')
    ran = desk.export(LIVE, options=replacing(desk))
    assert f"{desk.out}: nothing replaced; there are no SES API v1 resources" in ran.err
    assert not (desk.out / "MIGRATE.md").exists()


def test_the_whole_way_with_later_exports(desk: Desk) -> None:
    desk.put("mail.tf", ORDERS)
    desk.export(LIVE, options=replacing(desk))
    # The option stays as long as there is something to replace.
    again = desk.again()
    assert again.code == 0, again.err
    assert f"--replaces {desk.out}" in again.err
    assert desk.again("--check").code == 0
    migrate(desk.out, desk.read("MIGRATE.md"))
    # The guide goes after the apply: it is no difference before that.
    assert desk.again("--check").code == 0
    guide = desk.read("MIGRATE.md")
    desk.put("MIGRATE.md", f"{guide}\nhers\n")
    assert desk.again("--check").code == 3
    desk.put("MIGRATE.md", guide)
    after = desk.again()
    assert after.code == 0, after.err
    assert "nothing replaced" not in after.err
    # What the state still holds is forgotten by the next plan.
    assert code(desk.out).removed == {
        "aws_ses_configuration_set.main",
        "aws_ses_event_destination.sns",
    }
    assert not (desk.out / "MIGRATE.md").exists()
    for done in ("imports.tf", "removed.tf"):
        (desk.out / done).unlink()
    last = desk.again()
    assert "--replaces" not in last.err
    assert not (desk.out / "removed.tf").exists()
    assert desk.again("--check").code == 0
    assert desk.again("--reset-options").code == 0


@pytest.mark.parametrize(
    ("names", "label"),
    [('"orders" = "kept"', "kept"), ('"elm-mail" = "main"', "orders")],
    ids=["named", "taken"],
)
def test_the_labels_of_v1_give_way(desk: Desk, names: str, label: str) -> None:
    desk.put("mail.tf", ORDERS)
    desk.put("names.toml", f"[configuration_sets]\n{names}\n")
    desk.export(LIVE, options=replacing(desk))
    assert f"{V2}.{label}" in migrated(desk).resources


def test_several_regions_are_refused(desk: Desk) -> None:
    desk.put("mail.tf", ORDERS)
    other = scope(configuration_set("orders", destination("sns")), region="us-east-1")
    ran = desk.try_export(LIVE, other, options=replacing(desk))
    assert ran.code == 2
    assert "this export has several" in ran.err
