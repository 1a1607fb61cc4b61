"""Import, moved and removed blocks that people have in the folder of an export already."""

import json
from pathlib import Path

import pytest

from tests.functional.snapshots import Desk, configuration_set, scope

V2 = "aws_sesv2_configuration_set"
TO = f"{V2}_event_destination"
LIVE = scope(configuration_set("mail", "bounces"), configuration_set("orders"))
HERS = f'resource "{V2}" "hers" {{\n  configuration_set_name = "mail"\n}}\n'


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Desk:
    return Desk(capsys, tmp_path)


def block(to: str, import_id: str, more: str = "") -> str:
    return f"import {{\n{more}  to = {to}\n  id = {import_id}\n}}\n"


def imports(desk: Desk) -> set[str]:
    """The addresses that the export imports."""
    file = desk.out / "imports.tf"
    text = file.read_text() if file.exists() else ""
    return {line.partition(" = ")[2] for line in text.splitlines() if line.startswith("  to = ")}


def imported(desk: Desk) -> dict[str, bool]:
    """What the manifest says of each address: whether its import is done."""
    (record,) = desk.manifest()["Scopes"]
    found = [*record["Resources"], *record.get("Described", ())]
    return {each["Address"]: each.get("Imported", False) for each in found}


def test_her_own_block_imports_what_her_code_describes(desk: Desk) -> None:
    desk.put("hers.tf", HERS + block(f"{V2}.hers", '"mail"'))
    ran = desk.export(LIVE)
    assert imports(desk) == {f"{V2}.orders", f"{TO}.mail_bounces"}
    assert "your own import blocks import these, so the export doesn't: " in ran.err
    assert "hers.tf:4 mail" in ran.err
    assert "# 3 to import, 0 to add" in ran.err
    assert imported(desk)[f"{V2}.hers"]
    assert desk.again("--check").code == 0
    # When it was applied, she deletes it; nothing is imported again.
    desk.put("hers.tf", HERS)
    ran = desk.again()
    assert "up to date" in ran.err
    assert "import blocks" not in ran.err


@pytest.mark.parametrize(
    "layout", ["resources", "data"], ids=["a block for each", "one block for all"]
)
def test_her_own_block_imports_what_the_export_writes(desk: Desk, layout: str) -> None:
    at = f'{V2}.this["orders"]' if layout == "data" else f"{V2}.orders"
    desk.put("hers.tf", block(at, '"orders"'))
    desk.export(LIVE, options=("--layout", layout))
    assert imported(desk)[at]
    text = desk.read("imports.tf")
    assert f"to = {at}\n" not in text
    assert '"orders"' not in text
    assert desk.again("--check").code == 0
    desk.again("--imports")
    assert '"orders"' not in desk.read("imports.tf")


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('  for_each = toset(["mail"])\n', "each.key"),
        ('  for_each = { a = "mail" }\n', "each.value"),
        ("", '"mail"'),
        ("", "local.names[0]"),
    ],
)
def test_keys_of_instances(desk: Desk, more: str, key: str) -> None:
    each = HERS.replace(" {\n", ' {\n  for_each = toset(["mail"])\n', 1)
    each = each.replace('"mail"\n', "each.key\n")
    names = 'locals {\n  names = ["mail"]\n}\n'
    desk.put("hers.tf", each + names + block(f"{V2}.hers[{key}]", '"mail"', more))
    desk.export(LIVE)
    assert imports(desk) == {f"{V2}.orders", f"{TO}.mail_bounces"}


def test_a_block_of_which_too_little_is_known_is_none(desk: Desk) -> None:
    odd = 'variable "x" {}\n' + block(f"{V2}.hers[var.x]", '"a"') + block(f"{V2}.hers[true]", '"a"')
    many = block(f"{V2}.orders", "each.key", "  for_each = var.x\n")
    desk.put("hers.tf", odd + many)
    desk.export(LIVE)
    assert len(imports(desk)) == 3


def test_blocks_in_json_and_in_the_root_of_a_module(desk: Desk) -> None:
    (desk.folder / "main.tf").write_text(
        'provider "aws" {\n  region = "eu-west-1"\n}\nmodule "mail" {\n  source = "./infra"\n}\n'
    )
    to = f"module.mail.{V2}.orders"
    (desk.folder / "hers.tf.json").write_text(
        json.dumps({"import": [{"to": to, "id": "orders"}]}), encoding="utf-8"
    )
    desk.export(LIVE, options=("--module", "mail"))
    file = desk.folder / "ses_mail_imports.tf"
    assert to not in file.read_text()
    assert imported(desk)[f"{V2}.orders"]
    before = file.read_text()
    # What the export itself wrote there is no block of hers.
    assert "up to date" in desk.again().err
    assert file.read_text() == before


def test_labels_that_her_blocks_lead_away_from_are_left_free(desk: Desk) -> None:
    desk.put(
        "hers.tf",
        f"moved {{\n  from = {V2}.orders\n  to   = {V2}.hers\n}}\n"
        f"removed {{\n  from = {TO}.mail_bounces\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"
        f'moved {{\n  from = {V2}.mail["a"]\n  to   = {V2}.hers\n}}\n'
        + HERS.replace('"mail"', '"other"'),
    )
    desk.export(LIVE)
    names = desk.read("names.toml")
    assert 'mail = "mail"' in names
    assert 'orders = "orders_' in names
    assert 'bounces = "mail_bounces_' in names
