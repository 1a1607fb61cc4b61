"""Code of a person's own in the folder that describes what is exported: imported, not written."""

import json
from pathlib import Path

import pytest

from tests.functional.snapshots import Desk, configuration_set, scope
from tests.functional.terraform_code import code

V2 = "aws_sesv2_configuration_set"
TO = f"{V2}_event_destination"
LIVE = scope(configuration_set("mail", "bounces", "sends"), configuration_set("orders", "bounces"))
HERS = """\
resource "aws_sesv2_configuration_set" "hers" {
  configuration_set_name = "mail"
  reputation_options {
    reputation_metrics_enabled = true
  }
  sending_options {
    sending_enabled = true
  }
}
"""


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Desk:
    return Desk(capsys, tmp_path)


def reference(desk: Desk, label: str, file: str = "event_destinations.tf") -> str:
    """How a destination names its set."""
    block = desk.read(file).partition(f'"{label}" {{\n  configuration_set_name = ')[2]
    return block.partition("\n")[0]


def described(desk: Desk) -> dict[str, str]:
    """What the manifest says of other people's resources: the name in SES, and the address."""
    (record,) = desk.manifest()["Scopes"]
    return {
        "/".join(filter(None, (of["ConfigurationSet"], of.get("EventDestination", "")))): of[
            "Address"
        ]
        for of in record.get("Described", ())
    }


def test_her_set_is_imported_and_referred_to(desk: Desk) -> None:
    desk.put("hers.tf", HERS)
    ran = desk.export(LIVE)
    found = code(desk.out)
    assert f"{V2}.mail" not in found.resources
    assert f"{V2}.hers" in found.imports
    assert reference(desk, "mail_bounces") == f"{V2}.hers.configuration_set_name"
    assert reference(desk, "orders_bounces") == f"{V2}.orders.configuration_set_name"
    assert "your code already describes 1 resource, so the export only imports it: " in ran.err
    assert "differs" not in ran.err
    assert "5 to import" in ran.err
    assert described(desk) == {"mail": f"{V2}.hers"}
    assert desk.read("hers.tf") == HERS
    assert desk.again("--check").code == 0


def test_her_set_in_json_is_imported_and_referred_to(desk: Desk) -> None:
    hers = {
        "configuration_set_name": "mail",
        "reputation_options": {"reputation_metrics_enabled": True},
        "sending_options": {"sending_enabled": True},
    }
    desk.put("hers.tf.json", json.dumps({"resource": {V2: {"hers": hers}}}))
    ran = desk.export(LIVE)
    assert f'"{V2}" "mail"' not in desk.read("configuration_sets.tf")
    assert f"to = {V2}.hers\n" in desk.read("imports.tf")
    assert reference(desk, "mail_bounces") == f"{V2}.hers.configuration_set_name"
    assert "differs" not in ran.err
    assert "5 to import" in ran.err
    assert desk.again("--check").code == 0


def test_one_of_many_and_one_in_a_module(desk: Desk) -> None:
    desk.put(
        "hers.tf",
        'module "m" {\n  source = "./m"\n  for_each = toset(["a"])\n}\n'
        + HERS.replace('"mail"', "each.key").replace(
            "  configuration", '  for_each = toset(["mail"])\n  configuration'
        ),
    )
    desk.put("m/main.tf", HERS.replace('"mail"', '"orders"'))
    desk.export(LIVE)
    imports = desk.read("imports.tf")
    assert f'to = {V2}.hers["mail"]\n' in imports
    assert f'to = module.m["a"].{V2}.hers\n' in imports
    assert reference(desk, "mail_sends") == f'{V2}.hers["mail"].configuration_set_name'
    # What is in a module is out of reach.
    assert reference(desk, "orders_bounces") == '"orders"'
    assert not (desk.out / "configuration_sets.tf").exists()


def test_several_of_one_block(desk: Desk) -> None:
    desk.put(
        "hers.tf",
        HERS.replace('"mail"', "each.key").replace(
            "  configuration", '  for_each = toset(["mail", "orders"])\n  configuration'
        ),
    )
    desk.export(LIVE)
    assert f'to = {V2}.hers["orders"]\n' in desk.read("imports.tf")
    assert '"hers"' not in desk.read("names.toml")
    assert desk.again("--check").code == 0


def test_what_differs_is_said_once_for_all(desk: Desk) -> None:
    desk.put("hers.tf", HERS.replace("= true", "= false"))
    ran = desk.export(LIVE)
    (line,) = [line for line in ran.err.splitlines() if "differs from SES" in line]
    assert "SendingOptions.SendingEnabled" in line
    assert "ReputationOptions.ReputationMetricsEnabled" in line
    assert "5 to import, 0 to add, 1 to change" in ran.err


def test_once_it_is_imported_it_is_not_again(desk: Desk) -> None:
    desk.put("hers.tf", HERS)
    desk.export(LIVE)
    (desk.out / "imports.tf").unlink()
    ran = desk.again()
    assert "describes" not in ran.err
    assert not (desk.out / "imports.tf").exists()
    assert desk.again("--imports").code == 0
    assert f"{V2}.hers" in code(desk.out).imports


def test_all_of_it_may_be_hers(desk: Desk) -> None:
    desk.put("hers.tf", HERS)
    desk.export(scope(configuration_set("mail")))
    assert code(desk.out).imports == {f"{V2}.hers"}
    assert desk.again("--check").code == 0


def test_what_she_takes_over_moves_to_her_address(desk: Desk) -> None:
    desk.export(LIVE)
    (desk.out / "imports.tf").unlink()
    desk.put("hers.tf", HERS)
    ran = desk.again()
    assert ran.code == 0, ran.err
    found = code(desk.out)
    assert found.removed == {f"{V2}.mail"}
    assert found.imports == {f"{V2}.hers"}


@pytest.mark.parametrize("is_imported", [True, False])
def test_what_she_takes_over_under_its_label_stays_there(desk: Desk, *, is_imported: bool) -> None:
    desk.export(LIVE)
    if is_imported:
        (desk.out / "imports.tf").unlink()
    desk.put("hers.tf", HERS.replace("hers", "mail"))
    ran = desk.again()
    assert ran.code == 0, ran.err
    assert "removed from the code" not in ran.err
    assert not (desk.out / "removed.tf").exists()
    assert '"mail" {' not in desk.read("configuration_sets.tf")
    # State may have it at this address, or not yet.
    assert (desk.out / "imports.tf").exists() is not is_imported
    assert described(desk)["mail"] == f"{V2}.mail"
    assert desk.again("--check").code == 0


def test_what_she_takes_over_after_a_rename_leaves_its_old_address(desk: Desk) -> None:
    desk.export(LIVE)
    (desk.out / "imports.tf").unlink()
    desk.put("names.toml", desk.read("names.toml").replace('mail = "mail"', 'mail = "post"'))
    desk.again()
    desk.put("hers.tf", HERS.replace("hers", "post"))
    ran = desk.again()
    assert ran.code == 0, ran.err
    assert code(desk.out).removed == {f"{V2}.mail"}
    assert f"to = {V2}.post\n" in desk.read("imports.tf")


def test_what_she_deletes_stays_under_its_address(desk: Desk) -> None:
    desk.put("hers.tf", HERS)
    desk.export(LIVE)
    (desk.out / "imports.tf").unlink()
    (desk.out / "hers.tf").unlink()
    ran = desk.again()
    assert ran.code == 0, ran.err
    # So that Terraform, whose state has it there, destroys nothing.
    assert f"{V2}.hers" in code(desk.out).resources
    assert not (desk.out / "imports.tf").exists()
    assert described(desk) == {}


@pytest.mark.parametrize("is_imported", [True, False])
@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            HERS.replace('"mail"', "each.key").replace(
                "  configuration", '  for_each = toset(["mail"])\n  configuration'
            ),
            f'{V2}.hers["mail"]',
        ),
        ('module "m" {\n  source = "./m"\n}\n', f"module.m.{V2}.hers"),
    ],
    ids=["instance", "module"],
)
def test_what_she_deletes_moves_from_an_address_that_cannot_stay(
    desk: Desk, text: str, address: str, *, is_imported: bool
) -> None:
    desk.put("m/main.tf", HERS)
    desk.put("hers.tf", text)
    desk.export(LIVE)
    if is_imported:
        (desk.out / "imports.tf").unlink()
    desk.put("hers.tf", "")
    ran = desk.again()
    assert ran.code == 0, ran.err
    new = f"{V2}.mail"
    assert f"from = {address}\n  to   = {new}\n" in desk.read("moved.tf")
    imports = desk.read("imports.tf") if (desk.out / "imports.tf").exists() else ""
    assert (f"to = {new}\n" in imports) is not is_imported
    assert desk.again("--check").code == 0
    # Later exports keep the move until it was applied.
    desk.again()
    assert address in desk.read("moved.tf")


def test_a_new_address_of_hers_gets_an_import(desk: Desk) -> None:
    desk.put("hers.tf", HERS)
    desk.export(LIVE)
    (desk.out / "imports.tf").unlink()
    desk.put("hers.tf", HERS.replace("hers", "other"))
    assert desk.again().code == 0
    assert code(desk.out).imports == {f"{V2}.other"}


def test_her_label_is_not_taken(desk: Desk) -> None:
    desk.put("hers.tf", HERS.replace('"hers"', '"orders"'))
    desk.export(LIVE)
    found = code(desk.out)
    assert f"{V2}.orders" in found.imports
    assert len([at for at in found.imports if at.startswith(f"{V2}.")]) == 2


@pytest.mark.parametrize("options", [("--layout", "per-set"), ("--references", "portable"), ()])
def test_in_each_form_of_the_code(desk: Desk, options: tuple[str, ...]) -> None:
    desk.put("hers.tf", HERS)
    desk.export(LIVE, options=options)
    text = "".join(path.read_text() for path in desk.out.glob("*.tf"))
    assert text.count(f"configuration_set_name = {V2}.hers.configuration_set_name") == 2
    assert desk.again("--check").code == 0


def test_as_data_her_set_is_left_to_her(desk: Desk) -> None:
    desk.put("hers.tf", HERS)
    desk.export(LIVE, options=("--layout", "data"))
    assert f"  to = {V2}.hers\n" in desk.read("imports.tf")
    assert "reputation_options" not in desk.read("configuration_sets.yaml").partition("orders:")[0]
    assert desk.again("--check").code == 0


def test_destinations_alone(desk: Desk) -> None:
    desk.put("hers.tf", HERS)
    desk.export(LIVE, options=("--no-configuration-sets",))
    assert reference(desk, "mail_bounces") == f"{V2}.hers.configuration_set_name"
    assert reference(desk, "orders_bounces") == '"orders"'


def test_a_name_that_is_not_known_is_said(desk: Desk) -> None:
    desk.put("hers.tf", 'variable "n" {}\n' + HERS.replace('"mail"', '"${var.n}ail"'))
    ran = desk.export(LIVE)
    assert "your code may already describe some of these resources" in ran.err
    assert "var.n" in ran.err
    ran = desk.try_export(LIVE, options=("--var", "n=m", "--force"))
    assert ran.code == 0, ran.err
    assert "may already describe" not in ran.err
    assert f"{V2}.hers" in code(desk.out).imports


def test_a_stale_name_is_none_of_what_she_describes(desk: Desk) -> None:
    desk.export(LIVE)
    desk.put("hers.tf", HERS)
    ran = desk.again()
    assert "kept the names" not in ran.err


def test_v1_beside_is_refused_for_what_is_exported(desk: Desk) -> None:
    desk.put("hers.tf", 'resource "aws_ses_configuration_set" "hers" {\n  name = "mail"\n}\n')
    ran = desk.try_export(LIVE)
    assert ran.code == 1
    assert f"move them to v2 with --replaces {desk.out}" in ran.err
    assert desk.again("--exclude", "mail").code == 0


@pytest.mark.parametrize(
    ("layout", "at"),
    [
        ("resources", f"{V2}.orders"),
        ("per-set", f"{V2}.orders"),
        ("data", f'{V2}.this["orders"]'),
    ],
)
def test_her_destination_of_a_set_that_the_export_wrote(desk: Desk, layout: str, at: str) -> None:
    options = ("--layout", layout)
    desk.export(scope(configuration_set("orders", "bounces")), options=options)
    hers = (
        f'resource "{TO}" "audit" {{\n'
        f"  configuration_set_name = {at}.configuration_set_name\n"
        '  event_destination_name = "audit"\n'
        "  event_destination {\n"
        "    enabled              = true\n"
        '    matching_event_types = ["SEND"]\n'
        "    sns_destination {\n"
        '      topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail"\n'
        "    }\n  }\n}\n"
    )
    desk.put("hers.tf", hers)
    live = scope(configuration_set("orders", "bounces", "audit"))
    ran = desk.export(live, options=options)
    assert "can't tell which" not in ran.err
    assert described(desk) == {"orders/audit": f"{TO}.audit"}
    ours = "".join(desk.read(path) for path in desk_files(desk) if path != "hers.tf")
    assert "audit" not in ours.replace(f"to = {TO}.audit", "").replace('"orders|audit"', "")
    assert f"{TO}.audit" in code(desk.out).imports
    assert desk.export(live, options=options).code == 0
    assert desk.again("--check").code == 0
    assert described(desk) == {"orders/audit": f"{TO}.audit"}


def desk_files(desk: Desk) -> list[str]:
    return [path.name for path in sorted(desk.out.iterdir()) if path.suffix in (".tf", ".yaml")]


REFERS = (
    'output "a" {\n'
    "  value = aws_sesv2_configuration_set.orders.arn\n"
    "}\n"
    "# aws_sesv2_configuration_set.gone\n"
    'output "b" {\n'
    f'  value = "${{{V2}.own["x"].id}}-${{{V2}.own[local.key].id}}"\n'
    "}\n"
    f'resource "{V2}" "own" {{\n'
    '  for_each               = toset(["x"])\n'
    "  configuration_set_name = each.key\n"
    "}\n"
)


def test_her_references_are_told_their_new_address(desk: Desk) -> None:
    live = scope(configuration_set("orders", "bounces"))
    desk.export(live)
    desk.put("hers.tf", REFERS)
    assert "refers to resources" not in desk.export(live).err
    ran = desk.export(live, options=("--layout", "data"))
    lost = f'hers.tf:2: {V2}.orders is now {V2}.this["orders"]\n'
    assert lost in ran.err
    assert "no plan works until you change it" in ran.err
    desk.put("hers.tf", REFERS.replace(f"{V2}.orders", f'{V2}.this["orders"]'))
    assert "refers to resources" not in desk.export(live, options=("--layout", "data")).err
    desk.put("hers.tf", REFERS.replace(f"{V2}.orders", f'{V2}.this["other"]'))
    ran = desk.export(live, options=("--layout", "data"))
    assert f'hers.tf:2: {V2}.this["other"]\n' in ran.err
