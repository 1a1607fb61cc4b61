"""Exports into a root module that people have, and as a module of one."""

import json
import re
from pathlib import Path

import pytest

from exporter.formats.base import RenderInputs
from exporter.formats.code_beside import CodeBeside
from exporter.formats.scope_facts import ScopeFacts
from exporter.formats.terraform.setting import Setting
from exporter.support import transaction
from exporter.support.errors import ExporterError
from tests.functional.snapshots import Desk, Json, configuration_set, orders, scope, snapshot_file
from tests.functional.terraform_code import code
from tests.killed import kill_after
from tests.support import tree

PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
REQUIRED = (
    "terraform {\n  required_providers {\n    aws = {\n"
    '      source  = "hashicorp/aws"\n      version = "~> 5.100"\n    }\n  }\n}\n'
)


def tagged(name: str, **tags: str) -> Json:
    return configuration_set(name, Tags=[{"Key": key, "Value": tags[key]} for key in tags])


def tagged_scope(team: str) -> Json:
    return scope(tagged("orders", team=team))


# A root module
# ---------------------------------------------------------------------------------------

ROOTS = {
    "provider": (PROVIDER, {"versions.tf"}),
    "versions": (REQUIRED, set()),
    "both": (REQUIRED + PROVIDER, set()),
    "backend": ('terraform {\n  backend "s3" {}\n}\n', {"versions.tf", "providers.tf"}),
    "an alias of another region": (
        'provider "aws" {\n  alias  = "us"\n  region = "us-east-1"\n}\n',
        {"versions.tf", "providers.tf"},
    ),
    "another provider": ('provider "random" {}\n', {"versions.tf", "providers.tf"}),
    "commented": (f"/*\n{PROVIDER}*/\n", {"versions.tf", "providers.tf"}),
    "several versions": (
        'terraform {\n  required_version = ">= 1.5"\n}\n' + REQUIRED,
        set(),
    ),
}


@pytest.mark.parametrize(("text", "written"), ROOTS.values(), ids=ROOTS)
def test_what_stands_there_is_not_written(desk: Desk, text: str, written: set[str]) -> None:
    desk.put("main.tf", text)
    desk.export(orders())
    assert {"versions.tf", "providers.tf"} & set(tree(desk.out)) == written
    before = tree(desk.out)
    ran = desk.export(orders())
    assert "up to date" in ran.err
    assert desk.again("--check").code == 0
    assert desk.again("--diff").out == ""
    assert tree(desk.out) == before
    assert desk.read("main.tf") == text


def test_one_line_says_where_it_stands(desk: Desk) -> None:
    desk.put("main.tf", REQUIRED + PROVIDER)
    ran = desk.export(orders())
    main = desk.out / "main.tf"
    expected = (
        f"note: {main}:2 and {main}:9: configured there, so versions.tf and providers.tf are not "
        "written\n"
    )
    assert expected in ran.err
    assert "main.tf" not in desk.export(orders(), options=("-q",)).err


def test_where_only_versions_are_asked_for_the_region_is_said(desk: Desk) -> None:
    desk.put("main.tf", REQUIRED)
    assert "set AWS_REGION=eu-west-1 when you plan" in desk.export(orders()).err


def test_a_root_that_gets_a_provider_later(desk: Desk) -> None:
    desk.export(orders())
    desk.put("main.tf", REQUIRED + PROVIDER)
    assert desk.again("--check").code == 3
    desk.export(orders())
    assert not {"versions.tf", "providers.tf"} & set(tree(desk.out))
    (desk.out / "main.tf").unlink()
    desk.export(orders())
    assert {"versions.tf", "providers.tf"} <= set(tree(desk.out))


def test_files_that_a_person_took_over_by_hand(desk: Desk) -> None:
    """The way that people went before: export, delete the two files, keep the own ones."""
    desk.export(orders())
    for name in ("versions.tf", "providers.tf"):
        (desk.out / name).unlink()
    desk.put("main.tf", REQUIRED + PROVIDER)
    desk.export(orders())
    assert desk.again("--check").code == 0


NAMES = ("configuration_sets.tf", "event_destinations.tf", "imports.tf", "versions.tf")


@pytest.mark.parametrize("options", [(), ("--force",)], ids=["plain", "forced"])
@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_anothers_file_is_not_taken(
    desk: Desk, name: str, options: tuple[str, ...]
) -> None:
    desk.put(name, "# mine\n")
    ran = desk.export(orders(), options=options)
    assert f"note: {desk.out / name} is not part of the export; wrote ses_{name} instead" in ran.err
    assert desk.read(name) == "# mine\n"
    assert f"ses_{name}" in tree(desk.out)
    assert "up to date" in desk.export(orders()).err
    # Deleting the imports says that they are done, whatever the file is called.
    if name == "imports.tf":
        (desk.out / "ses_imports.tf").unlink()
        desk.export(orders("more"))
        assert desk.read("ses_imports.tf").count("import {") == 1


def test_nor_is_that_of_a_sets_file(desk: Desk) -> None:
    desk.put("orders.tf", "# mine\n")
    found = scope(configuration_set("orders"), configuration_set("ses-orders"))
    desk.export(found, options=("--layout", "per-set"))
    assert desk.read("orders.tf") == "# mine\n"
    assert "orders" in desk.read("ses_ses_orders.tf")
    assert "ses-orders" in desk.read("ses_orders.tf")


def test_the_file_of_an_export_whose_manifest_is_lost_is_nobody_elses(desk: Desk) -> None:
    desk.export(orders())
    (desk.out / ".ses2iac.json").unlink()
    assert "up to date" in desk.export(orders()).err
    (desk.out / ".ses2iac.json").unlink()
    ran = desk.try_export(orders("more"))
    assert ran.code == 1
    assert "configuration_sets.tf" not in ran.err
    assert "event_destinations.tf: not written by ses2iac" in ran.err


def test_a_check_finds_clashes_too(desk: Desk) -> None:
    desk.export(orders())
    desk.put("main.tf", 'resource "aws_sesv2_configuration_set" "orders" {}\n')
    ran = desk.again("--check")
    assert ran.code == 1
    assert "main.tf:1: aws_sesv2_configuration_set.orders" in ran.err


# Versions
# ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "is_taken"),
    [
        *(("~> 5.100", True), (">= 5.0", True), ("~> 5.0", True), ("5.100.0", True)),
        *(("~> 6.0", True), (">= 4.0, < 7.0", True), ("!= 5.99.0", True), (">= 6, < 8", True)),
        *(("~> 4.0", False), ("< 5.100", False), ("5.99.1", False), ("~> 5.99.0", False)),
        *((">= 7.0", False), ("~> 7.1", False), ("> 7", False), (">= 4.0, <= 5.67", False)),
    ],
)
@pytest.mark.parametrize("form", ['{ version = "%s" }', '"%s"', '{\n  version = "%s"\n}'])
def test_versions_of_the_provider(desk: Desk, constraint: str, is_taken: bool, form: str) -> None:
    aws = form % constraint
    desk.put("main.tf", f"terraform {{\n  required_providers {{\n    aws = {aws}\n  }}\n}}\n")
    ran = desk.try_export(orders())
    assert (ran.code == 0) == is_taken, ran.err
    line = 4 if "\n" in form else 3
    assert (f"main.tf:{line}: the AWS provider version" in ran.err) != is_taken


# Providers
# ---------------------------------------------------------------------------------------

IRELAND = 'provider "aws" {\n  alias  = "ireland"\n  region = "eu-west-1"\n}\n'
VIRGINIA = PROVIDER.replace("eu-west-1", "us-east-1")
ALIASES = {
    "the default one": (PROVIDER + IRELAND, ""),
    "an alias": (VIRGINIA + IRELAND, "aws.ireland"),
    "an alias alone": (IRELAND, "aws.ireland"),
    "by a variable": (
        VIRGINIA
        + IRELAND.replace('"eu-west-1"', "var.r")
        + 'variable "r" {\n  default = "eu-west-1"\n}\n',
        "aws.ireland",
    ),
    "by a local": (
        VIRGINIA + IRELAND.replace('"eu-west-1"', "local.r") + 'locals {\n  r = "eu-west-1"\n}\n',
        "aws.ireland",
    ),
    "of the account": (
        PROVIDER.replace("\n}", '\n  allowed_account_ids = ["999999999999"]\n}') + IRELAND,
        "aws.ireland",
    ),
    "not of a forbidden account": (
        PROVIDER.replace("\n}", '\n  forbidden_account_ids = ["123456789012"]\n}') + IRELAND,
        "aws.ireland",
    ),
}


@pytest.mark.parametrize(("text", "name"), ALIASES.values(), ids=ALIASES)
def test_the_provider_whose_region_fits(desk: Desk, text: str, name: str) -> None:
    desk.put("main.tf", text)
    desk.export(orders(), options=("--references", "data"))
    expected = f"  provider = {name}\n\n" if name else ""
    for file in ("configuration_sets.tf", "event_destinations.tf", "data.tf"):
        assert desk.read(file).count("provider =") == (1 if name else 0)
        assert expected in desk.read(file)


def test_values_of_variables_come_from_the_folder(desk: Desk) -> None:
    desk.put("main.tf", 'variable "r" {}\n' + PROVIDER.replace('"eu-west-1"', "var.r"))
    ran = desk.export(orders())
    assert "the provider's region can't be evaluated (var.r has no value" in ran.err
    desk.put("terraform.tfvars", 'r = "us-east-1"\n')
    ran = desk.try_export(orders())
    assert ran.code == 1
    assert "the provider is for us-east-1, but the export is of eu-west-1" in ran.err
    desk.put("a.auto.tfvars", 'r = "eu-west-1"\n')
    assert "region" not in desk.export(orders()).err
    ran = desk.try_export(orders(), options=("--var", "r=eu-north-1"))
    assert "the provider is for eu-north-1, but the export is of eu-west-1" in ran.err


def test_values_of_variables_come_from_the_environment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put(
        "main.tf",
        'variable "r" {}\nvariable "team" {}\nprovider "aws" {\n  region = var.r\n'
        "  default_tags {\n    tags = { team = var.team }\n  }\n}\n",
    )
    monkeypatch.setenv("TF_VAR_r", "us-east-1")
    assert desk.try_export(tagged_scope("mail")).code == 1
    monkeypatch.setenv("TF_VAR_r", "eu-west-1")
    monkeypatch.setenv("TF_VAR_team", "mail")
    desk.export(tagged_scope("mail"))
    assert "tags" not in desk.read("configuration_sets.tf")


@pytest.mark.parametrize("layout", ["resources", "per-set"])
def test_default_tags(desk: Desk, layout: str) -> None:
    tags = '  default_tags {\n    tags = { team = "mail", cost = "7" }\n  }\n}\n'
    desk.put("main.tf", PROVIDER.removesuffix("}\n") + tags)
    found = scope(
        tagged("both", team="mail", cost="7"),
        tagged("more", team="mail", cost="7", list="weekly"),
        tagged("other", team="shop", cost="7"),
        tagged("lacks", team="mail"),
        tagged("none"),
    )
    ran = desk.export(found, options=("--layout", layout))
    text = "".join(desk.read(path) for path in tree(desk.out) if path.endswith(".tf"))
    assert text.count("tags = {") == 3
    assert '    team = "shop"\n' in text
    assert '    list = "weekly"\n' in text
    where = desk.out / "main.tf"
    assert f'warning: {where}:1: default_tags has cost = "7", which lacks, none lack in' in ran.err
    assert f'warning: {where}:1: default_tags has team = "mail", which none lacks in' in ran.err
    assert "5 to import, 0 to add, 2 to change, 0 to destroy" in ran.err


def test_an_override_file_makes_the_provider_unknown(desk: Desk) -> None:
    desk.put("main.tf", VIRGINIA)
    desk.put("main_override.tf", PROVIDER)
    ran = desk.export(orders())
    assert "main_override.tf:1 overrides it); make sure that it is eu-west-1" in ran.err


HOSTILE = {
    "deep": 'provider "aws" {\n  region = ' + "(" * 3000 + "1" + ")" * 3000 + "\n}\n",
    "no text": 'provider "aws" {\n  region = [1]\n  allowed_account_ids = "1"\n}\n',
    "tags of all kinds": PROVIDER.removesuffix("}\n")
    + '  default_tags {\n    tags = { a = 1, b = null, c = [1], "${x}" = "d" }\n  }\n}\n',
    "no tags": PROVIDER.removesuffix("}\n") + "  default_tags {\n    tags = [1]\n  }\n}\n",
    "twice": PROVIDER + PROVIDER,
    "circle": PROVIDER.replace('"eu-west-1"', "local.a") + "locals {\n  a = local.a\n}\n",
    "calls itself": PROVIDER + 'module "mail" {\n  source = "./"\n}\n',
    "latin-1": PROVIDER + "# \xe9\n",
    "no code": "}{",
}


@pytest.mark.parametrize("options", [(), ("--module", "mail")], ids=["root", "module"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_stands_there_ends_in_words(
    desk: Desk, text: str, options: tuple[str, ...]
) -> None:
    desk.out.mkdir()
    for folder in (desk.folder, desk.out):
        (folder / "main.tf").write_bytes(text.encode("latin-1"))
    ran = desk.try_export(orders(), options=options)
    assert ran.code in (0, 1)
    assert desk.try_export(orders(), options=options).code == ran.code
    assert desk.out.joinpath("main.tf").read_bytes() == text.encode("latin-1")


def test_sets_as_data_in_a_module(desk: Desk) -> None:
    """What a root imports it cannot name by a local of the module."""
    desk.export(orders(), options=("--module", "mail", "--layout", "data"))
    text = (desk.folder / "ses_mail_imports.tf").read_text()
    assert "to = module.mail.aws_sesv2_configuration_set.this[each.key]\n" in text
    assert "local." not in text
    assert "up to date" in desk.export(orders()).err


def test_sets_as_data_beside_a_file_of_its_name(desk: Desk) -> None:
    desk.put("configuration_sets.yaml", "mine: 1\n")
    ran = desk.try_export(orders(), options=("--layout", "data"))
    assert ran.code == 1
    assert "configuration_sets.yaml: not written by ses2iac" in ran.err


def test_folders_that_are_not_there_yet(desk: Desk) -> None:
    out = desk.folder / "a/b/c"
    origin = snapshot_file(desk.folder / "s.json", orders())
    command = ("export", "terraform", "--from", origin, "--out", str(out), "--module", "mail")
    ran = desk.run(*command)
    assert ran.code == 0
    assert (desk.folder / "a/b/ses_mail_imports.tf").is_file()
    assert "cannot be read" not in ran.err
    assert "up to date" in desk.run(*command).err


def test_default_tags_of_the_alias_count(desk: Desk) -> None:
    tags = '  default_tags {\n    tags = { team = "mail" }\n  }\n}\n'
    desk.put("main.tf", VIRGINIA.removesuffix("}\n") + tags + IRELAND)
    desk.export(scope(tagged("orders", team="mail")))
    assert 'team = "mail"' in desk.read("configuration_sets.tf")


PORTABLE = """
data "aws_caller_identity" "current" {}

data "aws_partition" "current" {
  provider = aws.virginia
}

data "aws_region" "current" {}

variable "region" {
  default = "eu-west-1"
}

locals {
  region = var.region
}
"""


@pytest.mark.parametrize("provider", [PROVIDER, VIRGINIA + IRELAND], ids=["default", "alias"])
def test_portable_arns_beside_data_sources_of_the_same_names(desk: Desk, provider: str) -> None:
    desk.put("main.tf", provider + PORTABLE)
    desk.export(orders(), options=("--references", "portable"))
    assert "variables.tf" not in tree(desk.out)
    arn = (
        "arn:${data.aws_partition.ses.partition}:sns:${local.ses_region}:"
        "${data.aws_caller_identity.ses.account_id}:mail-events"
    )
    text = "".join(desk.read(path) for path in tree(desk.out) if path.endswith("s.tf"))
    assert arn in text
    looked_up = desk.read("data.tf")
    assert 'ses_region = split(".", data.aws_region.ses.endpoint)[1]' in looked_up
    assert looked_up.count("provider = aws.ireland") == (3 if "ireland" in provider else 0)


# A fragment, a module
# ---------------------------------------------------------------------------------------


def test_a_fragment_configures_nothing_and_stays_one(desk: Desk) -> None:
    desk.export(orders(), options=("--fragment",))
    assert not {"versions.tf", "providers.tf"} & set(tree(desk.out))
    ran = desk.export(orders())
    assert "reusing options of the last export: --fragment (--reset-options" in ran.err
    assert "up to date" in ran.err
    desk.export(orders(), options=("--no-fragment",))
    assert {"versions.tf", "providers.tf"} <= set(tree(desk.out))


ROOT = PROVIDER + 'module "mail" {\n  source = "./infra"\n}\n'


def in_root(desk: Desk) -> set[str]:
    return {path.name for path in desk.folder.glob("*.tf")}


@pytest.mark.parametrize("layout", ["resources", "per-set"])
def test_a_module_has_its_blocks_in_the_root(desk: Desk, layout: str) -> None:
    (desk.folder / "main.tf").write_text(ROOT)
    ran = desk.export(orders(), options=("--module", "mail", "--layout", layout))
    assert in_root(desk) == {"main.tf", "ses_mail_imports.tf"}
    assert not {"imports.tf", "providers.tf", "versions.tf"} & set(tree(desk.out))
    text = (desk.folder / "ses_mail_imports.tf").read_text()
    assert "  to = module.mail.aws_sesv2_configuration_set.orders\n" in text
    assert f"next, in {desk.folder}:" in ran.err
    assert "call the module" not in ran.err
    ran = desk.export(orders())
    assert "reusing options of the last export" in ran.err
    assert "--module mail" in ran.err
    assert "up to date" in ran.err
    assert desk.again("--check").code == 0
    assert (desk.folder / "main.tf").read_text() == ROOT


def test_a_modules_later_exports(desk: Desk) -> None:
    (desk.folder / "main.tf").write_text(ROOT)
    desk.export(orders(), options=("--module", "mail"))
    imports = desk.folder / "ses_mail_imports.tf"
    imports.unlink()
    both = scope(configuration_set("orders", "bounces"), configuration_set("news"))
    desk.export(both)
    assert imports.read_text().count("import {") == 1
    assert "module.mail.aws_sesv2_configuration_set.news" in imports.read_text()
    desk.put("names.toml", desk.read("names.toml").replace('"news"', '"newsletter"'))
    ran = desk.again("--diff")
    assert ran.code == 3
    assert f"--- a/{desk.folder.as_posix().lstrip('/')}/ses_mail_imports.tf" in ran.out
    assert ".." not in ran.out
    desk.export(both, options=("--exclude", "orders"))
    moved = (desk.folder / "ses_mail_moved.tf").read_text()
    assert "  from = module.mail.aws_sesv2_configuration_set.news\n" in moved
    removed = (desk.folder / "ses_mail_removed.tf").read_text()
    assert "  from = module.mail.aws_sesv2_configuration_set.orders\n" in removed
    for name in ("imports", "moved", "removed"):
        (desk.folder / f"ses_mail_{name}.tf").unlink()
    ran = desk.export(both)
    assert "up to date" in ran.err
    assert in_root(desk) == {"main.tf"}


def test_an_edited_file_in_the_root_is_refused(desk: Desk) -> None:
    desk.export(orders(), options=("--module", "mail"))
    imports = desk.folder / "ses_mail_imports.tf"
    imports.write_text("# mine\n")
    before = tree(desk.out)
    ran = desk.try_export(orders("more"))
    assert ran.code == 1
    assert "ses_mail_imports.tf: edited since the last export" in ran.err
    assert imports.read_text() == "# mine\n"
    assert tree(desk.out) == before


def test_so_is_anothers_file_of_the_name(desk: Desk) -> None:
    (desk.folder / "ses_mail_imports.tf").write_text("# mine\n")
    ran = desk.try_export(orders(), options=("--module", "mail"))
    assert ran.code == 1
    assert "ses_mail_imports.tf: not written by ses2iac" in ran.err
    assert not desk.out.exists()


def test_a_root_elsewhere_in_the_repository_is_repeated(desk: Desk) -> None:
    (desk.folder / ".git").mkdir()
    root = desk.folder / "live/production"
    root.mkdir(parents=True)
    (root / "main.tf").write_text(PROVIDER)
    options = ("--module", "platform.module.mail", "--root", str(root))
    desk.export(orders(), options=options)
    assert sorted(tree(root)) == ["main.tf", "ses_platform_mail_imports.tf"]
    text = (root / "ses_platform_mail_imports.tf").read_text()
    assert "module.platform.module.mail.aws_sesv2_configuration_set.orders" in text
    ran = desk.export(orders())
    assert f"--root {root}" in ran.err
    assert "up to date" in ran.err
    # Another module: its imports are to be done, and those of the first are no more.
    desk.export(orders(), options=("--module", "mail"))
    assert sorted(tree(root)) == ["main.tf", "ses_mail_imports.tf"]
    assert (root / "ses_mail_imports.tf").read_text().count("import {") == 2


@pytest.mark.parametrize("first", [(), ("--module", "post")], ids=["root", "module"])
def test_what_was_imported_keeps_its_addresses(desk: Desk, first: tuple[str, ...]) -> None:
    desk.export(orders(), options=first)
    file = desk.folder / "ses_post_imports.tf" if first else desk.out / "imports.tf"
    file.unlink()
    ran = desk.try_export(orders(), options=("--module", "mail"))
    assert ran.code == 1
    old = "module.post." if first else ""
    address = "aws_sesv2_configuration_set.orders"
    assert f"  {old}{address} would be module.mail.{address}\n" in ran.err
    desk.export(orders(), options=("--module", "mail", "--force"))
    assert (desk.folder / "ses_mail_imports.tf").read_text().count("import {") == 2


def test_a_root_outside_of_the_repository_is_named_again(desk: Desk) -> None:
    desk.out.mkdir()
    (desk.out / ".git").mkdir()
    root = desk.folder / "live"
    root.mkdir()
    desk.export(orders(), options=("--module", "mail", "--root", str(root)))
    before = tree(desk.folder)
    ran = desk.try_export(orders("more"))
    assert ran.code == 2
    assert "hint: give --root again" in ran.err
    assert tree(root) == {k.removeprefix("live/"): v for k, v in before.items() if "live/" in k}
    desk.export(orders("more"), options=("--root", str(root)))
    assert (root / "ses_mail_imports.tf").read_text().count("import {") == 3


def test_a_root_anywhere_that_calls_the_module_is_repeated(desk: Desk) -> None:
    """Its code is consent enough, where no repository tells what belongs together."""
    out = desk.folder / "modules/mail"
    origin = snapshot_file(desk.folder / "s.json", orders())
    command = ("export", "terraform", "--from", origin, "--out", str(out))
    assert desk.run(*command, "--module", "mail", "--root", str(desk.folder)).code == 0
    ran = desk.run(*command)
    assert (ran.code, "hint: give --root again" in ran.err) == (2, True)
    (desk.folder / "main.tf").write_text('module "mail" {\n  source = "./modules/mail"\n}\n')
    ran = desk.run(*command)
    assert (ran.code, "up to date" in ran.err) == (0, True), ran.err


def test_what_the_root_says_of_the_modules_provider(desk: Desk) -> None:
    (desk.folder / "main.tf").write_text(
        VIRGINIA + IRELAND + 'module "mail" {\n  source = "./infra"\n}\n'
    )
    ran = desk.try_export(orders(), options=("--module", "mail"))
    assert ran.code == 1
    assert "providers = { aws = aws.NAME }" in ran.err
    (desk.folder / "main.tf").write_text(
        VIRGINIA
        + IRELAND.removesuffix("}\n")
        + '  default_tags {\n    tags = { team = "mail" }\n  }\n}\n'
        + 'module "mail" {\n  source    = "./infra"\n  providers = { aws = aws.ireland }\n}\n'
    )
    desk.put("variables.tf", "")
    desk.export(scope(tagged("orders", team="mail")), options=("--module", "mail"))
    assert "tags" not in desk.read("configuration_sets.tf")
    assert "provider" not in desk.read("configuration_sets.tf")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (REQUIRED.replace("5.100", "4.0"), 'main.tf:5: the AWS provider version "~> 4.0"'),
        (
            'terraform {\n  required_version = "~> 1.4.0"\n}\n',
            'main.tf:2: required_version = "~> 1.4.0" excludes Terraform 1.5',
        ),
    ],
)
def test_the_versions_of_the_root_count_too(desk: Desk, text: str, expected: str) -> None:
    (desk.folder / "main.tf").write_text(text + ROOT)
    ran = desk.try_export(orders(), options=("--module", "mail"))
    assert ran.code == 1
    assert expected in ran.err


def test_the_provider_of_a_module_that_is_not_there_yet(desk: Desk) -> None:
    """The first export into a folder goes by the same provider as the next."""
    (desk.folder / "main.tf").write_text(
        PROVIDER
        + 'provider "aws" {\n  alias  = "mail"\n  region = "eu-west-1"\n'
        + '  default_tags {\n    tags = { team = "mail" }\n  }\n}\n'
        + 'module "mail" {\n  source    = "./infra"\n  providers = { aws = aws.mail }\n}\n'
    )
    desk.export(scope(tagged("orders", team="mail")), options=("--module", "mail"))
    assert "tags" not in desk.read("configuration_sets.tf")
    assert "up to date" in desk.export(scope(tagged("orders", team="mail"))).err


def test_a_role_of_another_account(desk: Desk) -> None:
    role = 'assume_role {\n    role_arn = "arn:aws:iam::111111111111:role/mail"\n  }\n}\n'
    desk.put("main.tf", PROVIDER.removesuffix("}\n") + f"  {role}")
    ran = desk.try_export(orders())
    assert ran.code == 1
    assert "main.tf:1: the provider doesn't allow account 123456789012" in ran.err
    assert "it assumes a role in another account" in ran.err


def test_a_set_of_the_same_name_in_another_region(desk: Desk) -> None:
    """Code for another region describes another set."""
    desk.put(
        "main.tf",
        IRELAND.replace('alias  = "ireland"\n', "")
        + VIRGINIA.replace("{\n", '{\n  alias = "us"\n', 1)
        + 'resource "aws_sesv2_configuration_set" "mine" {\n  provider = aws.us\n'
        '  configuration_set_name = "orders"\n}\n',
    )
    ran = desk.export(orders())
    assert "already describes" not in ran.err
    assert "to = aws_sesv2_configuration_set.orders\n" in desk.read("imports.tf")


def test_a_provider_in_json_is_read(desk: Desk) -> None:
    desk.put("main.tf.json", '{"provider": {"aws": {\n"region": "us-east-1"}}}')
    ran = desk.try_export(orders())
    assert ran.code == 1
    assert "main.tf.json:1: the provider is for us-east-1, but the export is of eu-west-1" in (
        ran.err
    )
    code = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {
            "aws": [
                {"region": "us-east-1"},
                {"alias": "eu", "region": "eu-west-1", "default_tags": {"tags": {"a": "b"}}},
            ]
        },
    }
    desk.put("main.tf.json", json.dumps(code))
    ran = desk.export(orders())
    assert "provider = aws.eu" in desk.read("configuration_sets.tf")
    assert 'default_tags has a = "b", which orders lacks in SES' in ran.err
    assert not (desk.out / "versions.tf").exists()
    assert not (desk.out / "providers.tf").exists()
    assert desk.again("--check").code == 0


def test_versions_in_json_are_read(desk: Desk) -> None:
    needed = {"aws": {"source": "hashicorp/aws", "version": "~> 4.0"}}
    desk.put("main.tf.json", json.dumps({"terraform": {"required_providers": needed}}, indent=1))
    ran = desk.try_export(orders())
    assert ran.code == 1
    assert 'main.tf.json:6: the AWS provider version "~> 4.0" excludes ">= 5.100, < 7"' in ran.err


MINE = 'resource "aws_sesv2_configuration_set" "mine" {\n  configuration_set_name = NAME\n}\n'


def test_code_of_a_module_has_its_names_from_the_call(desk: Desk) -> None:
    call = 'module "mail" {\n  source = "./infra"\n  name   = "orders"\n}\n'
    (desk.folder / "main.tf").write_text(PROVIDER + call)
    desk.put("mine.tf", 'variable "name" {}\n' + MINE.replace("NAME", "var.name"))
    ran = desk.export(orders(), options=("--module", "mail"))
    assert "your code already describes 1 resource" in ran.err
    imports = (desk.folder / "ses_mail_imports.tf").read_text()
    assert "  to = module.mail.aws_sesv2_configuration_set.mine\n" in imports
    assert not (desk.out / "configuration_sets.tf").exists()
    reference = "aws_sesv2_configuration_set.mine.configuration_set_name"
    assert f"configuration_set_name = {reference}" in desk.read("event_destinations.tf")
    assert "up to date" in desk.export(orders()).err


def test_what_the_root_describes_is_no_modules(desk: Desk) -> None:
    (desk.folder / "main.tf").write_text(ROOT + MINE.replace("NAME", '"orders"'))
    both = scope(configuration_set("orders", "bounces"), configuration_set("news"))
    ran = desk.try_export(both, options=("--module", "mail"))
    assert ran.code == 1
    assert "main.tf:7: aws_sesv2_configuration_set.mine is orders" in ran.err
    assert not desk.out.exists()
    desk.export(both, options=("--module", "mail", "--exclude", "orders"))


KEYED = {
    "count": ("count = 1", "mail[0]", "ses_mail_0"),
    "for_each": ('for_each = toset(["eu"])', 'mail["eu"]', "ses_mail_eu"),
    "not known": ("count = var.is_on ? 1 : 0", "mail[0]", "ses_mail_0"),
}


@pytest.mark.parametrize(("how", "module", "name"), KEYED.values(), ids=KEYED)
def test_an_instance_of_a_module_has_its_key(desk: Desk, how: str, module: str, name: str) -> None:
    call = f'module "mail" {{\n  source = "./infra"\n  {how}\n}}\n'
    (desk.folder / "main.tf").write_text(PROVIDER + 'variable "is_on" {}\n' + call)
    ran = desk.try_export(orders(), options=("--module", "mail"))
    assert ran.code == 1
    assert f"--module '{module}'" in ran.err
    assert not desk.out.exists()
    both = scope(configuration_set("orders", "bounces"), configuration_set("news"))
    ran = desk.export(both, options=("--module", module))
    assert "call the module" not in ran.err
    imports = (desk.folder / f"{name}_imports.tf").read_text()
    assert f"  to = module.{module}.aws_sesv2_configuration_set.orders\n" in imports
    desk.export(both, options=("--layout", "data"))
    moved = (desk.folder / f"{name}_moved.tf").read_text()
    assert f"  from = module.{module}.aws_sesv2_configuration_set.orders\n" in moved
    (desk.folder / f"{name}_moved.tf").unlink()
    desk.export(both, options=("--exclude", "news"))
    removed = (desk.folder / f"{name}_removed.tf").read_text()
    # Terraform: "Module instance keys not allowed".
    assert f'  from = module.{module}.aws_sesv2_configuration_set.this["news"]\n' in removed
    assert "removed {\n  from = module.mail.aws_sesv2_configuration_set.news" in removed
    assert f"removed {{\n  from = module.{module}." not in removed


@pytest.mark.parametrize(
    ("how", "module", "expected"),
    [
        ('for_each = toset(["a", "b"])', 'mail["a"]', "mail has 2 instances (for_each)"),
        ("count = 0", "mail[0]", "mail has 0 instances (count)"),
        ("", "mail[0]", "the call creates module.mail, not module.mail[0]"),
        ("count = 1", "mail[1]", "the call creates module.mail[0], not module.mail[1]"),
    ],
)
def test_no_import_goes_to_another_instance(
    desk: Desk, how: str, module: str, expected: str
) -> None:
    call = f'module "mail" {{\n  source = "./infra"\n  {how}\n}}\n'
    (desk.folder / "main.tf").write_text(PROVIDER + call)
    ran = desk.try_export(orders(), options=("--module", module))
    assert ran.code == 1
    assert f"main.tf:4: module.{expected}" in ran.err or f"main.tf:4: {expected}" in ran.err
    assert not desk.out.exists()


def test_a_root_that_does_not_call_the_module_yet(desk: Desk) -> None:
    ran = desk.export(orders(), options=("--module", "mail"))
    assert 'the module isn\'t called yet; add module "mail" { source = "./infra" }' in ran.err


def test_a_failure_in_the_folder_undoes_the_root(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.export(orders(), options=("--module", "mail"))
    before = tree(desk.folder)
    apply = transaction.apply

    def failing(folder: Path, change: transaction.Change) -> None:
        if folder == desk.out:
            raise ExporterError("No space left on device", where=str(folder))
        apply(folder, change)

    monkeypatch.setattr(transaction, "apply", failing)
    assert desk.try_export(orders("more")).code == 1
    monkeypatch.undo()
    after = tree(desk.folder)
    assert after.pop("snapshot.json") != before.pop("snapshot.json")
    assert after == before


def test_what_a_killed_export_left_in_the_root_is_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.export(orders(), options=("--module", "mail"))
    before = tree(desk.folder)
    change = transaction.Change({"ses_mail_moved.tf": b"half"}, ("ses_mail_imports.tf",))
    kill_after(change, desk.folder, monkeypatch)
    assert "ses_mail_imports.tf" not in in_root(desk)
    ran = desk.again("--check")
    assert (ran.code, "interrupted" in ran.err) == (1, True), ran.err
    assert "up to date" in desk.export(orders()).err
    assert tree(desk.folder) == before


def test_several_accounts_and_regions_are_no_one_module(desk: Desk) -> None:
    other = scope(configuration_set("a"), region="us-east-1")
    ran = desk.try_export(orders(), other, options=("--module", "mail"))
    assert ran.code == 2
    assert "--module takes one account and region" in ran.err


def test_a_module_in_ses2iac_toml(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    (desk.folder / "ses2iac.toml").write_text('[export]\nmodule = "mail"\nroot = "."\n')
    desk.export(orders())
    assert in_root(desk) == {"ses_mail_imports.tf"}
    assert desk.manifest()["Options"] == {"Module": "mail"}


def test_the_root_and_the_export_are_compared(desk: Desk) -> None:
    (desk.folder / "main.tf").write_text(ROOT)
    desk.export(orders(), options=("--module", "mail"))
    snapshot = str(desk.folder / "snapshot.json")
    for side in (desk.out, desk.folder):
        ran = desk.run("diff", str(side), snapshot, "--output", "json")
        assert ran.code == 0, ran.out + ran.err
        assert json.loads(ran.out)["Coverage"]["Compared"] == 2


def test_a_persons_root_and_the_export_in_it_are_compared(desk: Desk) -> None:
    tags = '  default_tags {\n    tags = { team = "mail" }\n  }\n}\n'
    desk.put("main.tf", PROVIDER.removesuffix("}\n") + tags)
    desk.export(scope(tagged("orders", team="mail")))
    ran = desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json"))
    assert (ran.code, "no difference" in ran.out) == (0, True), ran.out + ran.err


def test_state_is_never_at_risk_when_a_file_changes_its_name(desk: Desk) -> None:
    desk.export(orders())
    state = code(desk.out).resources
    (desk.out / "configuration_sets.tf").rename(desk.out / "main.tf")
    (desk.out / "main.tf").write_text("# mine\n")
    desk.put("configuration_sets.tf", "# mine too\n")
    ran = desk.try_export(orders())
    assert ran.code == 1
    assert "edited since the last export" in ran.err
    assert state


def test_a_persons_template_sees_nothing_that_leads_to_files(tmp_path: Path) -> None:
    setting = Setting.of(RenderInputs(facts=ScopeFacts(beside=CodeBeside(tmp_path))), "eu-west-1")
    for name in dir(setting):
        value = None if name.startswith("_") else getattr(setting, name)
        assert value is None or callable(value) or isinstance(value, str | bool | tuple), name


@pytest.mark.slow
def test_a_persons_template_names_the_provider(desk: Desk) -> None:
    own = desk.folder / "own/terraform"
    own.mkdir(parents=True)
    text = "{{ setting.provider | comment }}\n{{ setting._beside.folder | comment }}\n"
    (own / "configuration_sets.tf.jinja").write_text(text)
    desk.put("main.tf", VIRGINIA + IRELAND)
    ran = desk.try_export(orders(), options=("--templates", str(own.parent)))
    assert ran.code == 1
    assert "_beside" in ran.err
    (own / "configuration_sets.tf.jinja").write_text(text.splitlines()[0])
    desk.export(orders(), options=("--templates", str(own.parent)))
    assert desk.read("configuration_sets.tf") == "# aws.ireland"


# Names that other code has
# -------------------------------------------------------------------------


def test_labels_that_other_code_has_are_left_to_it(desk: Desk) -> None:
    kind = "aws_sesv2_configuration_set"
    desk.put(
        "hers.tf",
        f'resource "{kind}" "ORDERS" {{\n  configuration_set_name = "hers"\n}}\n'
        f'resource "{kind}_event_destination" "orders_bounces" {{\n'
        '  configuration_set_name = "hers"\n  event_destination_name = "x"\n}\n'
        'resource "aws_sns_topic" "news" {\n  name = "news"\n}\n',
    )
    both = scope(configuration_set("orders", "bounces"), configuration_set("news"))
    ran = desk.export(both)
    names = desk.read("names.toml")
    label = re.search(r'^orders = "(orders_[0-9a-f]{8})"$', names, re.M)
    destination = re.search(r'^bounces = "(orders_bounces_[0-9a-f]{8})"$', names, re.M)
    assert label is not None
    assert destination is not None
    assert 'news = "news"' in names
    said = (
        "names.toml: your code has these names already, so the export uses others: "
        f"orders is {label[1]}, orders/bounces is {destination[1]}"
    )
    assert said in ran.err
    assert f"{kind}.{label[1]}.configuration_set_name" in desk.read("event_destinations.tf")
    ran = desk.again()
    assert "up to date" in ran.err
    assert "names already" not in ran.err
    # Free again, the name stays as it is: state has it.
    (desk.out / "hers.tf").unlink()
    assert "up to date" in desk.again().err


def test_a_name_that_is_given_and_taken_is_refused(desk: Desk) -> None:
    desk.export(orders())
    desk.put(
        "hers.tf",
        'resource "aws_sesv2_configuration_set" "orders" {\n'
        '  configuration_set_name = "hers"\n}\n',
    )
    ran = desk.again()
    assert ran.code == 1
    assert "hers.tf:1: aws_sesv2_configuration_set.orders" in ran.err
    assert "rename them in your code, or export to another folder" in ran.err


def test_one_address_for_all_that_other_code_has_is_refused(desk: Desk) -> None:
    desk.put(
        "hers.tf",
        'resource "aws_sesv2_configuration_set" "this" {\n  configuration_set_name = "hers"\n}\n',
    )
    ran = desk.try_export(orders(), options=("--layout", "data"))
    assert ran.code == 1
    assert "hers.tf:1: aws_sesv2_configuration_set.this" in ran.err
    assert "rename them in your code, or choose another --layout or another --out" in ran.err


def test_names_of_another_tool_stay_where_they_are(desk: Desk) -> None:
    desk.put("names.toml", "[people]\n")
    ran = desk.try_export(orders(), options=("--force",))
    assert ran.code == 1
    assert "names.toml: not written by ses2iac" in ran.err
    names = str(desk.out / "ses_names.toml")
    desk.export(orders(), options=("--names", names))
    assert desk.read("names.toml") == "[people]\n"
    assert 'orders = "orders"' in desk.read("ses_names.toml")


TAKEN = """\
locals {
  region                     = "x"
  mail_events_topic_arn      = 1
  ses_mail_events_topic_arn  = 1
}
data "aws_sns_topic" "mail_events" {
  name = "x"
}
variable "mail_events_topic_arn" {}
"""


@pytest.mark.parametrize(
    ("options", "file", "name"),
    [
        ((), "locals.tf", "  ses_ses_mail_events_topic_arn = "),
        (("--references", "variables"), "variables.tf", 'variable "ses_mail_events_topic_arn" {'),
        (("--references", "data"), "data.tf", 'data "aws_sns_topic" "ses_mail_events" {'),
        (
            ("--references", "data", "--layout", "data"),
            "data.tf",
            'data "aws_sns_topic" "ses_mail_events" {',
        ),
    ],
)
def test_names_of_locals_variables_and_data_sources_are_left_too(
    desk: Desk, options: tuple[str, ...], file: str, name: str
) -> None:
    desk.put("hers.tf", TAKEN)
    two = scope(configuration_set("orders", "bounces", "sends"))
    desk.export(two, options=options)
    assert name in desk.read(file)
    assert desk.again("--check").code == 0


@pytest.mark.parametrize("mode", ["portable", "variables", "data"])
def test_names_of_an_export_without_its_manifest_are_its_own(desk: Desk, mode: str) -> None:
    two = scope(configuration_set("orders", "bounces", "sends"))
    desk.export(two, options=("--references", mode))
    before = tree(desk.out)
    (desk.out / ".ses2iac.json").unlink()
    desk.export(two, options=("--references", mode))
    assert tree(desk.out) == before
