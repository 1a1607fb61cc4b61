"""Exports into a root module that people have, and as a module of one."""

import json
from pathlib import Path

import pytest

from exporter.support import transaction
from exporter.support.errors import ExporterError
from tests.functional.snapshots import Desk, Json, configuration_set, orders, scope, snapshot_file
from tests.functional.terraform_code import code
from tests.support import tree

PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
REQUIRED = (
    "terraform {\n  required_providers {\n    aws = {\n"
    '      source  = "hashicorp/aws"\n      version = "~> 5.100"\n    }\n  }\n}\n'
)


def tagged(name: str, **tags: str) -> Json:
    return configuration_set(name, Tags=[{"Key": key, "Value": tags[key]} for key in tags])


# A root module
# ---------------------------------------------------------------------------------------

ROOTS = {
    "provider": (PROVIDER, {"versions.tf"}),
    "versions": (REQUIRED, set()),
    "both": (REQUIRED + PROVIDER, set()),
    "backend": ('terraform {\n  backend "s3" {}\n}\n', {"versions.tf", "providers.tf"}),
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
    assert "plan with AWS_REGION=eu-west-1" in desk.export(orders()).err


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
    desk.export(orders(), options=options)
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
    assert (f"main.tf:{line}: the version" in ran.err) != is_taken


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
    assert "the provider's region is not known from the code (var.r has no value" in ran.err
    desk.put("terraform.tfvars", 'r = "us-east-1"\n')
    ran = desk.try_export(orders())
    assert ran.code == 1
    assert "the provider is of us-east-1, and the export of eu-west-1" in ran.err
    desk.put("a.auto.tfvars", 'r = "eu-west-1"\n')
    assert "region" not in desk.export(orders()).err


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
    (root / "ses_platform_mail_imports.tf").unlink()
    desk.export(orders(), options=("--module", "mail"))
    assert sorted(tree(root)) == ["main.tf", "ses_mail_imports.tf"]
    assert (root / "ses_mail_imports.tf").read_text().count("import {") == 2


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


def test_a_root_that_does_not_call_the_module_yet(desk: Desk) -> None:
    ran = desk.export(orders(), options=("--module", "mail"))
    assert 'does not call the module yet; add module "mail" { source = "./infra" }' in ran.err


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


def test_several_accounts_and_regions_are_no_one_module(desk: Desk) -> None:
    other = scope(configuration_set("a"), region="us-east-1")
    ran = desk.try_export(orders(), other, options=("--module", "mail"))
    assert ran.code == 2
    assert "--module is for one account and region" in ran.err


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
