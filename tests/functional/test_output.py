"""Exporting into a folder: what ses2iac may touch there, what it must not, and what it records."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exporter.support import transaction
from tests.functional.snapshots import (
    ACCOUNT,
    Desk,
    Json,
    configuration_set,
    destination,
    orders,
    raw_answer,
    scope,
    snapshot_file,
    sns,
    touched,
)
from tests.killed import kill_after
from tests.support import ses2iac, tree

FORMATS = ("terraform", "cloudformation", "cdk")
WRITTEN = {
    "terraform": [
        "configuration_sets.tf",
        "event_destinations.tf",
        "imports.tf",
        "providers.tf",
        "versions.tf",
    ],
    "cloudformation": ["IMPORT.md", "resources-to-import.json", "template.yaml"],
    "cdk": [
        "IMPORT.md",
        "app.py",
        "cdk.json",
        "requirements.txt",
        "resource-mapping.json",
        "ses_stack.py",
    ],
}
"""What an export of one set with a destination consists of, names and manifest aside."""

OWN = ["names.toml", ".ses2iac.json"]

every_format = pytest.mark.parametrize("to", FORMATS)

THEIRS = {
    ".terraform/providers/provider": "\x7fELF",
    "backend.tf": 'terraform {\n  backend "s3" {}\n}\n',
    "modules/alarms/main.tf": "# alarms\n",
    "terraform.tfstate": '{"serial": 7}\n',
}
"""What a person has in the folder beside an export."""

ARCHIVED = configuration_set(
    "archived",
    "bounces",
    ArchivingOptions={"ArchiveArn": f"arn:aws:ses:eu-west-1:{ACCOUNT}:mailmanager-archive/a-1"},
)
"""A set with an option that Terraform's provider does not have."""


def put_theirs(desk: Desk) -> None:
    for path, text in THEIRS.items():
        desk.put(path, text)


def theirs(desk: Desk) -> dict[str, str]:
    return {path: desk.read(path) for path in THEIRS if (desk.out / path).exists()}


def refused(desk: Desk, *scopes: Json, to: str = "terraform", options: tuple[str, ...] = ()) -> str:
    """Export where it must be refused and nothing may be touched; gives what was said."""
    before = touched(desk.folder / "infra")
    content = tree(desk.out)
    ran = desk.try_export(*scopes, to=to, options=options)
    assert (ran.code, ran.out) == (1, "")
    assert tree(desk.out) == content
    assert touched(desk.out) == before
    return ran.err


# What a person edited, deleted or wrote
# ------------------------------------------------------------


@every_format
def test_every_edited_file_is_listed_and_kept(desk: Desk, to: str) -> None:
    desk.export(orders(), to=to)
    for path in WRITTEN[to]:
        desk.put(path, desk.read(path) + "\n")
    said = refused(desk, orders("more"), to=to)
    listed = [line.strip() for line in said.splitlines() if "edited since the last export" in line]
    assert sorted(line.partition(":")[0] for line in listed) == WRITTEN[to]
    assert "--force" in said
    # The content that is refused may be what the export would write anyway.
    assert "edited since" in refused(desk, orders(), to=to)
    desk.export(orders(), to=to, options=("--force",))
    assert "\n\n\n" not in "".join(desk.read(path)[-3:] for path in WRITTEN[to])
    desk.export(orders("more"), to=to)


def test_a_deleted_file_is_not_brought_back_unasked(desk: Desk) -> None:
    desk.export(orders())
    whole = tree(desk.out)
    (desk.out / "providers.tf").unlink()
    (desk.out / "event_destinations.tf").unlink()
    said = refused(desk, orders())
    assert "  event_destinations.tf: deleted since the last export\n" in said
    assert "  providers.tf: deleted since the last export\n" in said
    desk.export(orders(), options=("--force",))
    assert tree(desk.out) == whole


def test_a_stale_file_that_was_edited_is_kept(desk: Desk) -> None:
    desk.export(orders())
    desk.put("event_destinations.tf", "# mine now\n")
    said = refused(desk, scope(configuration_set("orders")))
    assert (
        "event_destinations.tf: edited since the last export, and no longer part of the export"
        in said
    )
    desk.export(scope(configuration_set("orders")), options=("--force",))
    assert "event_destinations.tf" not in tree(desk.out)


def test_a_persons_file_where_a_new_one_has_to_be(desk: Desk) -> None:
    desk.export(scope(configuration_set("orders")))
    desk.put("event_destinations.tf", "# mine\n")
    for options in ((), ("--force",)):
        desk.export(orders(), options=options)
        assert desk.read("event_destinations.tf") == "# mine\n"
        assert "_bounces" in desk.read("ses_event_destinations.tf")


@every_format
def test_what_merely_lies_in_a_folder_is_none_of_our_business(desk: Desk, to: str) -> None:
    there = {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".gitignore": ".terraform/\n",
        ".terraform.lock.hcl": "",
        "notes/today.md": "mine",
        "configuration_sets/notes.md": "mine",
        "queue.tf": 'resource "aws_sqs_queue" "mail" {\n  name = "mail"\n}\n',
        "backend.tf": 'terraform {\n  required_version = ">= 1.5"\n  backend "s3" {}\n}\n',
        "other.tf": 'provider "aws" {\n  alias = "us"\n}\n',
        "broken.tf": "{",
    }
    for path, text in there.items():
        desk.put(path, text)
    for _ in range(2):
        ran = desk.export(orders(), to=to)
        assert "not written by ses2iac" not in ran.err
        assert {path: desk.read(path) for path in there} == there
        assert sorted(tree(desk.out)) == sorted({*there, *WRITTEN[to], *OWN})


def test_only_what_would_be_replaced_is_named(desk: Desk) -> None:
    desk.put("template.yaml", "Resources: {}\n")
    desk.put("queue.yaml", "")
    said = refused(desk, orders(), to="cloudformation")
    assert "  template.yaml: not written by ses2iac\n" in said
    assert "queue.yaml" not in said
    assert "template.yaml.orig" not in tree(desk.out)


def test_force_names_what_it_replaces_and_keeps_a_copy(desk: Desk) -> None:
    mine = "Resources: {}\n"
    desk.put("template.yaml", mine)
    (desk.out / "template.yaml").chmod(0o600)
    ran = desk.export(orders(), to="cloudformation", options=("--force", "--quiet"))
    file = desk.out / "template.yaml"
    assert ran.err == (
        f"warning: {file}: not written by ses2iac; replaced; copy kept as {file}.orig\n"
    )
    assert desk.read("template.yaml") != mine
    assert desk.read("template.yaml.orig") == mine
    assert (desk.out / "template.yaml.orig").stat().st_mode & 0o777 == 0o600
    # The copy is none of the next export's business.
    assert "up to date" in desk.export(orders(), to="cloudformation").err


def test_force_overwrites_no_earlier_copy(desk: Desk) -> None:
    desk.put("template.yaml.orig", "first")
    for text in ("second", "third", "second"):
        desk.put("template.yaml", text)
        desk.export(orders(), to="cloudformation", options=("--force",))
    copies = {path: desk.read(path) for path in tree(desk.out) if ".orig" in path}
    assert copies == {
        "template.yaml.orig": "first",
        "template.yaml.orig.2": "second",
        "template.yaml.orig.3": "third",
    }


def test_force_keeps_what_a_person_edited(desk: Desk) -> None:
    desk.export(orders())
    desk.put("event_destinations.tf", "# mine now\n")
    (desk.out / "versions.tf").unlink()
    ran = desk.export(scope(configuration_set("orders")), options=("--force",))
    file = desk.out / "event_destinations.tf"
    assert (
        f"warning: {file}: edited since the last export, and no longer part of the export; "
        f"removed; copy kept as {file}.orig\n" in ran.err
    )
    assert "versions.tf" not in ran.err
    assert desk.read("event_destinations.tf.orig") == "# mine now\n"


@pytest.mark.parametrize("options", [(), ("--force",)], ids=["plain", "forced"])
def test_a_label_of_other_code_is_left_to_it(desk: Desk, options: tuple[str, ...]) -> None:
    code = 'resource "aws_sesv2_configuration_set" "orders" {\n}\n'
    desk.put("main.tf", code)
    ran = desk.export(orders(), options=options)
    assert "names already, so the export uses others: orders is orders_1c168adb\n" in ran.err
    assert desk.read("main.tf") == code
    written = desk.read("configuration_sets.tf")
    assert 'resource "aws_sesv2_configuration_set" "orders_1c168adb" {' in written
    # CDK and CloudFormation have nothing to do with it.
    ran = desk.export(orders(), to="cloudformation", options=("--force",))
    assert "uses others" not in ran.err


@pytest.mark.parametrize(
    ("code", "has_label"),
    [
        ({"provider": {"aws": {"region": "eu-west-1"}}}, False),
        ({"provider": [{"aws": [{"alias": "a"}, {}]}]}, False),
        ({"terraform": [{"required_providers": {}}]}, False),
        ({"resource": {"aws_sesv2_configuration_set": {"orders": {}}}}, True),
        ({"provider": {"aws": {"alias": "us"}}, "locals": {"a": 1}}, False),
        ({"resource": {"aws_sqs_queue": {"orders": {}}}, "variable": {"a": {}}}, False),
        (["a"], False),
    ],
)
def test_so_is_a_label_of_code_in_json(desk: Desk, code: Any, has_label: bool) -> None:
    desk.put("main.tf.json", json.dumps(code))
    ran = desk.export(orders())
    assert ("orders is orders_1c168adb" in ran.err) == has_label


def test_variables_and_locals_of_the_same_name_are_refused(desk: Desk) -> None:
    desk.put("inputs.tf", 'locals {\n  a = 1\n}\nvariable "region" {}\n')
    desk.export(orders())
    ran = desk.try_export(orders(), options=("--references", "portable"))
    assert ran.code == 1
    assert f"  {desk.out}/inputs.tf:4: var.region\n" in ran.err


def test_an_override_declares_nothing(desk: Desk) -> None:
    desk.put("providers_override.tf", 'provider "aws" {\n  region = "eu-west-1"\n}\n')
    desk.export(orders())


def test_code_for_a_terraform_without_imports_is_refused(desk: Desk) -> None:
    desk.put("main.tf", 'terraform {\n  required_version = "~> 1.4.0"\n}\n')
    ran = desk.try_export(orders())
    assert ran.code == 1
    assert f'error: {desk.out}/main.tf:2: required_version = "~> 1.4.0" excludes' in ran.err


def test_a_long_list_is_cut_short(desk: Desk) -> None:
    sets = [configuration_set(f"s{number:02d}") for number in range(30)]
    desk.export(scope(*sets), options=("--layout", "per-set"))
    for number in range(30):
        desk.put(f"s{number:02d}.tf", "# mine\n")
    said = refused(desk, scope(*sets))
    assert said.count("edited since the last export") == 20
    assert "\n  and 10 more\n" in said


def test_an_empty_folder_may_be_used(desk: Desk) -> None:
    desk.out.mkdir()
    desk.export(orders())
    assert sorted(tree(desk.out)) == sorted([*WRITTEN["terraform"], *OWN])


def test_missing_folders_are_made(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders())
    out = desk.folder / "a" / "b"
    assert desk.run("export", "terraform", "--from", origin, "--out", str(out)).code == 0
    assert (out / "versions.tf").exists()


@pytest.mark.parametrize("options", [(), ("--force",)], ids=["plain", "forced"])
def test_a_file_for_a_folder_is_refused(desk: Desk, options: tuple[str, ...]) -> None:
    desk.out.write_text("a file")
    ran = desk.try_export(orders(), options=options)
    assert ran.code == 1
    assert desk.out.read_text() == "a file"


@pytest.mark.parametrize("options", [(), ("--force",)], ids=["plain", "forced"])
@pytest.mark.parametrize("path", ["versions.tf", "names.toml", ".ses2iac.json"])
def test_a_folder_for_a_file_is_refused(desk: Desk, path: str, options: tuple[str, ...]) -> None:
    desk.put(f"{path}/theirs.txt", "in a folder of that name")
    refused(desk, orders(), options=options)


@pytest.mark.parametrize("options", [(), ("--force",)], ids=["plain", "forced"])
def test_a_file_for_an_accounts_folder_is_refused(desk: Desk, options: tuple[str, ...]) -> None:
    desk.put(ACCOUNT, "a file of that name")
    refused(desk, orders(), scope(configuration_set("a"), region="us-east-1"), options=options)


def test_a_link_in_place_of_our_file_is_a_persons(desk: Desk) -> None:
    desk.export(orders())
    (desk.out / "versions.tf").rename(desk.folder / "versions.tf")
    (desk.out / "versions.tf").symlink_to("../versions.tf")
    assert "versions.tf: a link, not a file" in refused(desk, orders())


def test_a_linked_folder_is_exported_to_where_it_leads(desk: Desk) -> None:
    real = desk.folder / "repository" / "infra"
    real.mkdir(parents=True)
    desk.out.symlink_to(real)
    desk.export(orders())
    desk.export(orders("more"))
    assert desk.out.is_symlink()
    # Both destinations have one target.
    assert sorted(tree(real)) == sorted([*WRITTEN["terraform"], "locals.tf", *OWN])
    assert [place.name for place in real.parent.iterdir()] == ["infra"]


def test_what_a_person_adds_survives_everything(desk: Desk) -> None:
    desk.export(orders())
    put_theirs(desk)
    for scopes, options in (
        ([orders()], ()),
        ([orders("more")], ()),
        ([scope(configuration_set("orders"))], ()),  # event_destinations.tf goes
        ([orders()], ("--force",)),
        ([orders()], ("--no-configuration-sets",)),
        ([orders()], ("--no-imports",)),
        ([scope(configuration_set("other", "a"), region="us-east-1")], ("--force",)),
        ([orders(), scope(configuration_set("a"), region="us-east-1")], ("--force",)),
    ):
        desk.export(*scopes, options=options)
        assert theirs(desk) == THEIRS
    for to, scopes in (("cdk", [orders()]), ("cdk", [scope()])):
        desk.export(*scopes, to=to, options=("--force",))
        assert theirs(desk) == THEIRS


# An account that came back empty, and other exports
# ------------------------------------------------


def test_an_empty_account_does_not_empty_the_folder(desk: Desk) -> None:
    desk.export(orders())
    put_theirs(desk)
    said = refused(desk, scope())
    assert "no configuration set " in said
    assert "2 resources" in said
    ran = desk.export(scope(), options=("--force",))
    # A file proves nothing to be gone: Terraform is told to forget, and names are kept.
    written = [".ses2iac.json", "names.toml", "providers.tf", "removed.tf", "versions.tf"]
    assert sorted(tree(desk.out)) == sorted([*THEIRS, *written])
    assert desk.read("removed.tf").count("destroy = false") == 2
    assert "removed from the code but maybe still in SES: orders, orders/bounces." in ran.err
    assert theirs(desk) == THEIRS


@pytest.mark.parametrize("to", ["cloudformation", "cdk"])
def test_an_empty_account_empties_the_folder_by_force(desk: Desk, to: str) -> None:
    """The stack retains its resources, and an empty template is none."""
    desk.export(orders(), to=to)
    put_theirs(desk)
    edited = "template.yaml" if to == "cloudformation" else "app.py"
    desk.put(edited, "# edited\n")
    desk.export(scope(), to=to, options=("--force",))
    # What was edited is no longer ours to delete, and names are kept for what comes back.
    assert sorted(tree(desk.out)) == sorted([*THEIRS, "names.toml", edited])


def test_an_empty_account_makes_no_folder(desk: Desk) -> None:
    ran = desk.export(scope())
    assert "no configuration set " in ran.err
    assert not desk.out.exists()


def test_a_folder_holds_one_account_and_region(desk: Desk) -> None:
    desk.export(orders())
    for other in (
        scope(configuration_set("orders", "bounces"), account="210987654321"),
        scope(configuration_set("orders", "bounces"), account=None),
        scope(configuration_set("orders", "bounces"), region="us-east-1"),
    ):
        said = refused(desk, other)
        assert f"has the export of account {ACCOUNT}, region eu-west-1" in said
    desk.export(scope(configuration_set("a"), region="us-east-1"), options=("--force",))
    assert 'region              = "us-east-1"' in desk.read("providers.tf")
    assert "event_destinations.tf" not in tree(desk.out)
    assert "region us-east-1" in refused(desk, orders())


@pytest.mark.parametrize("to", FORMATS)
def test_a_scope_that_is_not_read_keeps_its_folder(desk: Desk, to: str) -> None:
    both = (orders(), scope(configuration_set("orders"), region="us-east-1"))
    desk.export(*both, to=to)
    whole = tree(desk.out)
    ran = desk.export(orders(), to=to)
    assert tree(desk.out) == whole
    assert f"account {ACCOUNT}, region us-east-1 was not read; its code stays as it is" in ran.err
    desk.export(orders("more"), to=to)
    changed = tree(desk.out)
    other = f"account_{ACCOUNT}_us_east_1/" if to == "cdk" else f"{ACCOUNT}/us-east-1/"
    stayed = [p for p in whole if p.startswith(other)]
    assert stayed
    assert [p for p in stayed if whole[p] != changed[p]] == []
    desk.export(*both, to=to)


def test_a_scope_that_came_back_empty_is_forgotten_and_not_destroyed(desk: Desk) -> None:
    desk.export(orders(), scope(configuration_set("orders"), region="us-east-1"))
    ran = desk.export(orders(), scope(region="us-east-1"))
    assert f"but maybe still in SES: {ACCOUNT}/us-east-1: orders. removed.tf" in ran.err
    removed = desk.read(f"{ACCOUNT}/us-east-1/removed.tf")
    assert "from = aws_sesv2_configuration_set.orders\n" in removed


def test_a_region_that_joins_gets_a_folder_below(desk: Desk) -> None:
    """The first one keeps its root module, whose state has its resources."""
    desk.export(orders())
    first = tree(desk.out)
    desk.export(orders(), scope(configuration_set("orders"), region="us-east-1"))
    both = tree(desk.out)
    assert {p: both[p] for p in first if p != ".ses2iac.json"} == {
        p: first[p] for p in first if p != ".ses2iac.json"
    }
    assert f"{ACCOUNT}/us-east-1/configuration_sets.tf" in both
    desk.export(orders(), scope(configuration_set("orders"), region="us-east-1"))
    assert tree(desk.out) == both


@pytest.mark.parametrize("first", FORMATS)
@pytest.mark.parametrize("second", FORMATS)
def test_a_folder_holds_one_format(desk: Desk, first: str, second: str) -> None:
    if first == second:
        return
    desk.export(orders(), to=first)
    said = refused(desk, orders(), to=second)
    assert f"has an export to {first}" in said
    desk.export(orders(), to=second, options=("--force",))
    assert sorted(tree(desk.out)) == sorted([*WRITTEN[second], *OWN])
    desk.export(orders(), to=second)


# --strict
# ------------------------------------------------------------------------------------------


def test_strict_writes_nothing_and_lists_what_would_be_lost(desk: Desk) -> None:
    lossy = scope(ARCHIVED, configuration_set("plain", "bounces"))
    ran = desk.try_export(lossy, options=("--strict",))
    assert ran.code == 1
    assert not desk.out.exists()
    warnings = [line for line in ran.err.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert warnings[0].startswith("warning: archived: ArchivingOptions")
    assert "--strict" in ran.err.partition("error: ")[2]
    desk.export(scope(configuration_set("plain", "bounces")), options=("--strict",))
    said = refused(desk, lossy, options=("--strict",))
    assert "ArchivingOptions" in said
    ran = desk.export(lossy)
    assert "warning: archived: ArchivingOptions" in ran.err


@every_format
def test_strict_is_content_where_nothing_is_lost(desk: Desk, to: str) -> None:
    ran = desk.export(orders(), to=to, options=("--strict",))
    assert "warning" not in ran.err


def test_strict_does_not_mind_what_the_chosen_part_does_not_hold(desk: Desk) -> None:
    desk.export(scope(ARCHIVED), options=("--strict", "--no-configuration-sets"))


# Several scopes, unknown accounts
# ------------------------------------------------------------------


@every_format
def test_each_scope_has_its_own_folder(desk: Desk, to: str) -> None:
    scopes = (
        orders(),
        scope(configuration_set("orders", "bounces"), region="us-east-1"),
        scope(configuration_set("orders", "bounces"), account="210987654321"),
        scope(configuration_set("orders", "bounces"), account=None, region="us-west-2"),
        scope(region="ap-south-1"),  # holds nothing
    )
    ran = desk.export(*scopes, to=to)
    places = [
        (ACCOUNT, "eu-west-1"),
        (ACCOUNT, "us-east-1"),
        ("210987654321", "eu-west-1"),
        ("unknown-account", "us-west-2"),
    ]
    files, shared = [*WRITTEN[to]], [".ses2iac.json"]
    folders = ["/".join(place) for place in places]
    if to == "cdk":
        # One app, of which each is a package.
        shared += ["app.py", "cdk.json", "requirements.txt"]
        files = [*{*files} - {*shared}, "__init__.py"]
        folders = [
            f"account_{account.removesuffix('-account')}_{region.replace('-', '_')}"
            for account, region in places
        ]
    expected = [f"{folder}/{file}" for folder in folders for file in [*files, "names.toml"]]
    assert sorted(tree(desk.out)) == sorted([*expected, *shared])
    for folder, (account, region) in zip(folders, places, strict=True):
        text = "".join(desk.read(f"{folder}/{file}") for file in files)
        assert region in text
        assert (f"account {account}" in text) == (account != "unknown-account")
    assert f"next, in {desk.out / folders[0]}:" in ran.err
    assert "the same in 1 more folder: " in ran.err
    assert {s["Path"] for s in manifest(desk)["Scopes"]} == set(folders)
    assert "up to date" in desk.export(*scopes, to=to).err


def test_no_scope_takes_the_place_of_another(desk: Desk) -> None:
    """A snapshot can hold two that differ in their partition alone."""
    china = scope(configuration_set("china", "bounces")) | {"Partition": "aws-cn"}
    ran = desk.try_export(orders(), china)
    written = b"".join(data for path, data in tree(desk.out).items() if path.endswith(".tf"))
    assert ran.code != 0 or (b'"china"' in written and b'"orders"' in written)


@every_format
def test_an_unknown_account_is_not_invented(desk: Desk, to: str) -> None:
    metrics = {
        "CloudWatchDestination": {
            "DimensionConfigurations": [
                {
                    "DimensionName": "campaign",
                    "DimensionValueSource": "MESSAGE_TAG",
                    "DefaultDimensionValue": "none",
                }
            ]
        }
    }
    answer = raw_answer(desk.folder / "answer.json", destination("metrics", metrics))
    ran = desk.run(
        *("export", to, "--from", answer, "--out", str(desk.out)),
        *("--configuration-set", "orders", "--region", "eu-west-1"),
    )
    assert ran.code == 0
    assert "so only the event destinations are written" in ran.err
    files = {path: data.decode() for path, data in tree(desk.out).items()}
    main = {"terraform": "providers.tf", "cloudformation": "template.yaml", "cdk": "app.py"}[to]
    assert "unknown account, region eu-west-1" in files[main]
    for path, text in files.items():
        # Twelve digits are an account; hashes have them too.
        assert not re.search(r"\b[0-9]{12}\b", re.sub("sha256:[0-9a-f]+", "", text)), path
    assert "allowed_account_ids =" not in files.get("providers.tf", "")
    assert "AccountId" not in files[".ses2iac.json"]
    assert "AWS::SES::ConfigurationSet\n" not in files.get("template.yaml", "")


# The manifest
# --------------------------------------------------------------------------------------


def manifest(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.read(".ses2iac.json"))
    return found


def test_the_manifest_says_all_of_the_export(desk: Desk) -> None:
    desk.export(scope(ARCHIVED, configuration_set("orders", "bounces")))
    hashes = {
        path: f"sha256:{hashlib.sha256(data).hexdigest()}"
        for path, data in sorted(tree(desk.out).items())
        if path not in OWN
    }
    address = "aws_sesv2_configuration_set"
    options = {"ReputationOptions": {"ReputationMetricsEnabled": True}}
    options |= {"SendingOptions": {"SendingEnabled": True}}
    archive = {"ArchivingOptions": ARCHIVED["ArchivingOptions"]}
    bounces = {"Enabled": True, "MatchingEventTypes": ["BOUNCE"], **sns()}
    assert manifest(desk) == {
        "FormatVersion": 2,
        "Format": "terraform",
        "Scopes": [
            {
                "Path": ".",
                "Partition": "aws",
                "Region": "eu-west-1",
                "AccountId": ACCOUNT,
                "Resources": [
                    {
                        "ConfigurationSet": "archived",
                        "Address": f"{address}.archived",
                        "ImportFile": "imports.tf",
                        "Values": {**options, **archive},
                    },
                    {
                        "ConfigurationSet": "archived",
                        "EventDestination": "bounces",
                        "Address": f"{address}_event_destination.archived_bounces",
                        "ImportFile": "imports.tf",
                        "Values": bounces,
                    },
                    {
                        "ConfigurationSet": "orders",
                        "Address": f"{address}.orders",
                        "ImportFile": "imports.tf",
                        "Values": options,
                    },
                    {
                        "ConfigurationSet": "orders",
                        "EventDestination": "bounces",
                        "Address": f"{address}_event_destination.orders_bounces",
                        "ImportFile": "imports.tf",
                        "Values": bounces,
                    },
                ],
                "Fidelity": [
                    {
                        "Effect": "left out",
                        "Path": "ArchivingOptions",
                        "Reason": "the Terraform AWS provider has no argument for it",
                        "Later": "Terraform never writes it, so it stays unchanged",
                        "ConfigurationSet": "archived",
                    }
                ],
            }
        ],
        "Files": hashes,
        "Options": {},
        "Editable": ["names.toml"],
        "Imports": ["imports.tf"],
    }


def test_each_lost_resource_is_named_with_its_region(desk: Desk) -> None:
    """One name may be in several regions, of an account that nobody told."""
    unknown = [
        scope(configuration_set("orders", "a"), account=None, region=r)
        for r in ("eu-west-1", "us-east-1")
    ]
    desk.export(*unknown)
    ran = desk.try_export(scope(configuration_set("orders", "a"), region="eu-central-1"))
    assert ran.code == 1
    assert ran.err.splitlines()[0].endswith(
        "has the export of 2 accounts and regions, which this one would replace:"
    )
    assert ran.err.splitlines()[1:] == [
        "  unknown account, region eu-west-1: orders",
        "  unknown account, region eu-west-1: orders/a",
        "  unknown account, region us-east-1: orders",
        "  unknown account, region us-east-1: orders/a",
        "hint: choose another --out for this account and region, or use --force if the account is "
        "the same",
    ]


@every_format
@pytest.mark.parametrize("count", [1, 2])
def test_every_file_is_in_the_manifest(desk: Desk, to: str, count: int) -> None:
    scopes = (orders(), scope(configuration_set("a", "b"), region="us-east-1"))[:count]
    desk.export(*scopes, to=to)
    found = tree(desk.out)
    recorded = manifest(desk)
    assert {*recorded["Files"], *recorded["Editable"], ".ses2iac.json"} == set(found)
    for path, hashed in recorded["Files"].items():
        assert hashed == f"sha256:{hashlib.sha256(found[path]).hexdigest()}"
    addresses = [r["Address"] for s in recorded["Scopes"] for r in s["Resources"]]
    assert len(addresses) == 2 * count
    text = b"".join(found[path] for path in recorded["Files"]).decode()
    for address in addresses:
        assert address in text


@every_format
def test_the_same_configuration_gives_the_same_bytes(desk: Desk, to: str) -> None:
    sets = [configuration_set("a", "y", "x"), configuration_set("b"), ARCHIVED]
    desk.export(scope(*sets), to=to)
    first = tree(desk.out)
    shutil.rmtree(desk.out)
    sets[0]["EventDestinations"].reverse()
    desk.export(scope(*reversed(sets)), to=to)
    assert tree(desk.out) == first


@pytest.mark.parametrize("text", ["{", "[]", '{"FormatVersion": 2}', "\x00", ""])
@pytest.mark.parametrize("options", [(), ("--force",)], ids=["plain", "forced"])
def test_a_manifest_that_cannot_be_read_is_no_licence(
    desk: Desk, text: str, options: tuple[str, ...]
) -> None:
    desk.export(orders())
    desk.put(".ses2iac.json", text)
    assert ".ses2iac.json" in refused(desk, orders(), options=options)


@pytest.mark.parametrize("options", [(), ("--force",)], ids=["plain", "forced"])
@pytest.mark.parametrize("path", ["../victim.txt", "{folder}/victim.txt", "link/victim.txt"])
def test_a_manifest_gives_no_power_over_what_is_outside(
    desk: Desk, path: str, options: tuple[str, ...]
) -> None:
    """It comes with a clone, so anybody may have written it."""
    desk.export(orders())
    (desk.out / "link").symlink_to("..")
    victim = desk.folder / "victim.txt"
    victim.write_bytes(b"known to many")
    recorded = manifest(desk)
    hashed = f"sha256:{hashlib.sha256(b'known to many').hexdigest()}"
    recorded["Files"][path.format(folder=desk.folder)] = hashed
    for scopes in ([orders()], [scope()]):
        desk.put(".ses2iac.json", json.dumps(recorded))
        desk.try_export(*scopes, options=options)
        assert victim.exists()


# What a killed run left
# -------------------------------------------------------------------------


def die_after_the_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_after(transaction.Change({"half.tf": b"half"}, ("imports.tf",)), desk.out, monkeypatch)


@pytest.mark.parametrize("options", [(), ("-q",)])
def test_what_was_undone_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    desk.export(orders())
    before = tree(desk.out)
    die_after_the_changes(desk, monkeypatch)
    assert "half.tf" in tree(desk.out)
    ran = desk.export(orders(), options=options)
    assert (
        f"warning: {desk.out}: undid an interrupted run:\n  half.tf: removed\n  "
        "imports.tf: restored\n"
    ) in ran.err
    assert tree(desk.out) == before
    assert "interrupted" not in desk.export(orders(), options=options).err


# Disks and other processes
# -------------------------------------------------------------------------


@contextmanager
def mounted(place: Path, size: str) -> Iterator[None]:
    """A file system of its own."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a file system needs root and mount(8)")
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("name", ["disk/infra", "disk"], ids=["on it", "the disk itself"])
def test_a_full_disk_leaves_the_earlier_export(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    few = snapshot_file(tmp_path / "few.json", orders())
    sets = [configuration_set(f"set-{number:03d}", "a", "b", "c") for number in range(100)]
    many = snapshot_file(tmp_path / "many.json", scope(*sets))
    out = tmp_path / name
    export = ("export", "terraform", "--out", str(out), "--from")
    with mounted(tmp_path / "disk", "128k"):
        assert ses2iac(capsys, *export, few).code == 0
        before = tree(tmp_path / "disk")
        ran = ses2iac(capsys, *export, many)
        assert ran.code == 1
        assert "No space left on device" in ran.err
        assert "nothing was changed" in ran.err
        assert tree(tmp_path / "disk") == before
        assert {p.name for p in out.iterdir()} == {*WRITTEN["terraform"], *OWN}
        assert "up to date" in ses2iac(capsys, *export, few).err
        ran = ses2iac(capsys, "snapshot", "--from", many, "--out", str(out / "s.json"))
        assert ran.code == 1
        assert "No space left on device" in ran.err
        assert tree(tmp_path / "disk") == before


def test_a_folder_that_is_a_mount_is_staged_inside(desk: Desk) -> None:
    made: list[str] = []
    mkdir = os.mkdir

    def noted(path: str, *arguments: Any, **options: Any) -> None:
        made.append(str(path))
        mkdir(path, *arguments, **options)

    with mounted(desk.out, "1m"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "mkdir", noted)
        desk.export(orders())
        desk.export(orders("more"))
        assert str(desk.out / ".ses2iac-staging") in made
        # Both destinations go to one topic.
        assert sorted(tree(desk.out)) == sorted([*WRITTEN["terraform"], *OWN, "locals.tf"])
        assert not (desk.out / ".ses2iac-staging").exists()
    assert {place.name for place in desk.folder.iterdir()} == {"infra", "snapshot.json"}


def test_two_exports_at_once_do_not_mix(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other begins and ends after this one has looked and before it writes."""
    desk.export(orders())
    other = snapshot_file(desk.folder / "other.json", orders("theirs"))
    apply = transaction.apply
    others: list[int] = []

    def late(target: Path, change: transaction.Change) -> None:
        if not others:
            others.append(0)
            others[0] = desk.run(
                "export", "terraform", "--from", other, "--out", str(desk.out)
            ).code
        apply(target, change)

    monkeypatch.setattr(transaction, "apply", late)
    ran = desk.try_export(scope(configuration_set("orders", destination("bounces", on=False))))
    assert others == [0]
    recorded = manifest(desk)["Files"]
    found = {p: f"sha256:{hashlib.sha256(d).hexdigest()}" for p, d in tree(desk.out).items()}
    assert {path: found.get(path) for path in recorded} == recorded
    assert ran.code == 1 or "theirs" not in desk.read("event_destinations.tf")


def test_an_edit_while_exporting_is_not_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.export(orders())
    apply = transaction.apply

    def late(target: Path, change: transaction.Change) -> None:
        desk.put("event_destinations.tf", "# a person's, saved this very moment\n")
        apply(target, change)

    monkeypatch.setattr(transaction, "apply", late)
    ran = desk.try_export(orders("more"))
    assert ran.code == 1
    assert "this very moment" in desk.read("event_destinations.tf")


# What force overwrites
# --------------------------------------------------------------------------------------


def test_force_without_a_manifest_destroys_nothing(desk: Desk) -> None:
    """The manifest is lost; the files tell what state may hold."""
    both = scope(configuration_set("news", "all"), configuration_set("orders", "bounces"))
    desk.export(both)
    (desk.out / ".ses2iac.json").unlink()
    narrow = ("--include", "orders", "--force")
    ran = desk.export(both, options=narrow)
    gone = ["aws_sesv2_configuration_set.news"]
    gone += ["aws_sesv2_configuration_set_event_destination.news_all"]
    assert re.findall(r"  from = (\S+)", desk.read("removed.tf")) == gone
    assert f"warning: overwritten by --force: {', '.join(gone)}. removed.tf makes" in ran.err
    # They stay until the file is deleted, and come back with their import.
    desk.export(both)
    assert re.findall(r"  from = (\S+)", desk.read("removed.tf")) == gone
    desk.export(both, options=("--include", "*"))
    assert "removed.tf" not in tree(desk.out)
    assert desk.read("imports.tf").count("import {") == 4


def test_force_forgets_what_a_person_wrote_into_a_file_of_ours(desk: Desk) -> None:
    desk.export(orders())
    mine = 'resource "aws_sns_topic" "mail" {\n  name = "mail"\n}\n'
    desk.put("versions.tf", desk.read("versions.tf") + mine)
    assert "versions.tf: edited since the last export" in refused(desk, orders())
    desk.export(orders(), options=("--force",))
    assert re.findall(r"  from = (\S+)", desk.read("removed.tf")) == ["aws_sns_topic.mail"]
    (desk.out / "removed.tf").unlink()
    desk.export(orders("more"))
    assert "removed.tf" not in tree(desk.out)


def test_force_over_what_is_the_same_forgets_nothing(desk: Desk) -> None:
    desk.export(orders())
    (desk.out / ".ses2iac.json").unlink()
    ran = desk.try_export(orders(), options=("--force", "--layout", "per-set"))
    # Without a manifest nobody knows that the two files are ours, and Terraform takes no resource
    # twice.
    assert ran.code == 1
    assert "/configuration_sets.tf:3: aws_sesv2_configuration_set.orders\n" in ran.err
    (desk.out / "configuration_sets.tf").unlink()
    (desk.out / "event_destinations.tf").unlink()
    desk.export(orders(), options=("--force", "--layout", "per-set"))
    assert "removed.tf" not in tree(desk.out)


def test_what_ses_keeps_by_itself_does_not_change_the_manifest(desk: Desk) -> None:
    """Two people who export on two days would else conflict in each set."""

    def at(moment: str) -> Json:
        started = {"ReputationMetricsEnabled": True, "LastFreshStart": moment}
        return scope(configuration_set("orders", "bounces", ReputationOptions=started))

    desk.export(at("2026-01-01T00:00:00+00:00"))
    before = desk.read(".ses2iac.json")
    assert "LastFreshStart" not in before.partition('"Fidelity"')[0]
    desk.export(at("2026-02-02T00:00:00+00:00"))
    assert desk.read(".ses2iac.json") == before
