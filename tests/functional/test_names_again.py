"""Names over several exports: ``moved.tf``, ``--names`` and ``--prune-names``."""

import itertools
import json
import re

import pytest

from tests.functional.snapshots import Desk, configuration_set, orders, scope, touched
from tests.support import tree

SET = "aws_sesv2_configuration_set"


def rename(desk: Desk, old: str, new: str, path: str = "names.toml") -> None:
    """Edit the line that gives a name."""
    text = desk.read(path)
    assert text.count(f'= "{old}"') == 1
    desk.put(path, text.replace(f'= "{old}"', f'= "{new}"'))


def moves(desk: Desk) -> list[tuple[str, str]]:
    """The ``moved`` blocks, without the types."""
    found = re.findall(
        r"^moved \{\n  from = (\w+)\.(\S+)\n  to   = (\w+)\.(\S+)\n\}$",
        desk.read("moved.tf"),
        re.MULTILINE,
    )
    assert len(found) == desk.read("moved.tf").count("moved {")
    assert all(of == to for of, _, to, _ in found)
    return [(old, new) for _, old, _, new in found]


# Moves
# ---------------------------------------------------------------------------------------------


def test_an_edited_name_is_a_move(desk: Desk) -> None:
    desk.export(orders())
    assert "moved.tf" not in tree(desk.out)
    rename(desk, "orders_bounces", "dead_letters")
    desk.export(orders())
    assert moves(desk) == [("orders_bounces", "dead_letters")]
    assert "_event_destination.dead_letters\n" in desk.read("imports.tf")
    before = touched(desk.out)
    desk.export(orders())
    assert touched(desk.out) == before


@pytest.mark.parametrize(
    ("names", "chain"),
    [
        ("bc", ["a", "b", "c"]),
        ("ba", ["b", "a"]),
        ("bcb", ["a", "c", "b"]),
        ("bca", ["b", "c", "a"]),
        ("bacab", ["c", "a", "b"]),
    ],
)
def test_names_given_one_after_the_other_are_one_chain(
    desk: Desk, names: str, chain: list[str]
) -> None:
    desk.export(scope(configuration_set("a")))
    for old, new in zip("a" + names, names, strict=False):
        rename(desk, old, new)
        desk.export(scope(configuration_set("a")))
    assert moves(desk) == list(itertools.pairwise(chain))


def test_a_deleted_file_of_moves_stays_deleted_until_the_next_one(desk: Desk) -> None:
    desk.export(orders())
    rename(desk, "orders", "shop")
    desk.export(orders())
    (desk.out / "moved.tf").unlink()
    for _ in range(2):
        desk.export(orders())
        assert "moved.tf" not in tree(desk.out)
    rename(desk, "shop", "sales")
    desk.export(orders())
    assert moves(desk) == [("shop", "sales")]


def test_a_move_right_after_the_file_was_deleted(desk: Desk) -> None:
    desk.export(orders())
    rename(desk, "orders", "shop")
    desk.export(orders())
    (desk.out / "moved.tf").unlink()
    rename(desk, "shop", "sales")
    desk.export(orders())
    assert moves(desk) == [("shop", "sales")]


def test_verify_and_diff_do_not_miss_a_deleted_file_of_moves(desk: Desk) -> None:
    desk.export(orders())
    rename(desk, "orders", "shop")
    desk.export(orders())
    (desk.out / "moved.tf").unlink()
    snapshot = str(desk.folder / "snapshot.json")
    ran = desk.run("diff", str(desk.out), snapshot)
    assert ran.code == 0, ran.out + ran.err


def test_an_edited_file_of_moves_is_a_persons(desk: Desk) -> None:
    desk.export(orders())
    rename(desk, "orders", "shop")
    desk.export(orders())
    desk.put("moved.tf", desk.read("moved.tf") + "# see ticket 7\n")
    rename(desk, "shop", "sales")
    ran = desk.try_export(orders())
    assert ran.code == 1
    assert "moved.tf: edited since the last export" in ran.err


def test_a_new_resource_does_not_get_a_name_that_one_is_moved_from(desk: Desk) -> None:
    desk.export(scope(configuration_set("order-events")))
    rename(desk, "order_events", "shop")
    desk.export(scope(configuration_set("order-events"), configuration_set("OrderEvents")))
    assert moves(desk) == [("order_events", "shop")]
    assert not re.search(f'"{SET}" "order_events"', desk.read("configuration_sets.tf"))


@pytest.mark.parametrize("force", [False, True])
def test_names_that_change_places_are_refused(desk: Desk, force: bool) -> None:
    both = scope(configuration_set("a"), configuration_set("b"))
    desk.export(both)
    desk.put("names.toml", '[configuration_sets]\na = "b"\nb = "a"\n')
    before = tree(desk.out)
    ran = desk.try_export(both, options=("--force",) if force else ())
    assert ran.code == (0 if force else 1), ran.err
    if force:
        assert "moved.tf" not in tree(desk.out)
        return
    assert f"{SET}.a: was a, would be b" in ran.err
    assert tree(desk.out) == before


def test_a_name_passes_on_once_the_move_was_applied(desk: Desk) -> None:
    both = scope(configuration_set("a"), configuration_set("b"))
    desk.export(both)
    rename(desk, "a", "c")
    desk.export(both)
    rename(desk, "b", "a")
    assert desk.try_export(both).code == 1
    (desk.out / "moved.tf").unlink()
    desk.export(both)
    assert moves(desk) == [("b", "a")]


def test_lost_names_are_given_anew_without_a_clash(desk: Desk) -> None:
    desk.export(scope(configuration_set("OrderEvents")))
    both = scope(configuration_set("OrderEvents"), configuration_set("order-events"))
    desk.export(both)
    (desk.out / "names.toml").unlink()
    desk.export(both)


def test_each_scope_has_its_own_moves(desk: Desk) -> None:
    two = (orders(), scope(configuration_set("orders"), region="us-east-1"))
    desk.export(*two)
    here, there = (f"123456789012/{region}" for region in ("eu-west-1", "us-east-1"))
    rename(desk, "orders", "shop", f"{there}/names.toml")
    desk.export(*two)
    assert f"{there}/moved.tf" in tree(desk.out)
    assert f"{here}/moved.tf" not in tree(desk.out)
    assert json.loads(desk.read(".ses2iac.json"))["Moves"] == [f"{there}/moved.tf"]


def test_what_a_manifest_says_becomes_no_code_unless_it_is_an_address(desk: Desk) -> None:
    desk.export(orders())
    manifest = desk.read(".ses2iac.json")
    desk.put(".ses2iac.json", manifest.replace(f"{SET}.orders", f"{SET}.x\\n}}\\nevil"))
    desk.export(orders())
    assert "moved.tf" not in tree(desk.out)


@pytest.mark.parametrize("to", ["cloudformation", "cdk"])
def test_only_terraform_has_moves(desk: Desk, to: str) -> None:
    desk.export(orders(), to=to)
    rename(desk, "Orders", "Shop")
    desk.export(orders(), to=to)
    assert "moved.tf" not in tree(desk.out)


# Names of what is not there
# --------------------------------------------------------------------------------


def test_names_of_what_is_not_there_are_reported_and_kept_until_pruned(desk: Desk) -> None:
    desk.export(scope(configuration_set("news", "all"), configuration_set("orders", "bounces")))
    desk.put("names.toml", "# ours\n" + desk.read("names.toml"))
    for _ in range(2):
        ran = desk.export(orders())
        assert (
            "note: names.toml: kept the names of resources that no longer exist: news, news/all "
            "(--prune-names drops them)\n"
        ) in ran.err
        assert "news" in desk.read("names.toml")
    ran = desk.export(orders(), options=("--prune-names",))
    assert (
        "names.toml: dropped the names of resources that no longer exist: news, news/all\n"
        in ran.err
    )
    assert "news" not in desk.read("names.toml")
    assert desk.read("names.toml").startswith("# ours\n")
    assert "not there" not in desk.export(orders()).err


def test_what_a_pattern_left_out_is_not_called_gone(desk: Desk) -> None:
    both = scope(configuration_set("news", "all"), configuration_set("orders", "bounces"))
    desk.export(both)
    for options in (("--include", "orders"), ("--exclude", "news")):
        ran = desk.export(both, options=(*options, "--prune-names"))
        assert "not there" not in ran.err
        assert "news_all" in desk.read("names.toml")


# A file of the person's choice
# -----------------------------------------------------------------------------


def test_a_names_file_elsewhere_takes_the_place_of_that_in_the_folder(desk: Desk) -> None:
    file = desk.folder / "labels.toml"
    file.write_text('# ours\n[configuration_sets]\norders = "shop"\n')
    options = ("--names", str(file))
    desk.export(orders(), options=options)
    assert "names.toml" not in tree(desk.out)
    assert f'"{SET}" "shop"' in desk.read("configuration_sets.tf")
    assert file.read_text().startswith("# ours\n")
    assert 'bounces = "orders_bounces"' in file.read_text()
    file.write_text(file.read_text().replace("shop", "sales"))
    desk.export(orders(), options=options)
    assert moves(desk) == [("shop", "sales")]


def test_a_new_names_file_begins_with_the_names_that_the_folder_has(desk: Desk) -> None:
    desk.export(orders())
    rename(desk, "orders", "shop")
    desk.export(orders())
    (desk.out / "moved.tf").unlink()
    file = desk.folder / "labels.toml"
    desk.export(orders(), options=("--names", str(file)))
    assert 'orders = "shop"' in file.read_text()
    assert "moved.tf" not in tree(desk.out)


def test_a_names_file_in_the_folder_is_part_of_the_export(desk: Desk) -> None:
    options = ("--names", str(desk.out / "labels.toml"))
    desk.export(orders(), options=options)
    before = touched(desk.out)
    desk.export(orders(), options=options)
    assert touched(desk.out) == before
    assert json.loads(desk.read(".ses2iac.json"))["Editable"] == ["labels.toml"]


def test_a_check_shows_what_a_names_file_would_become(desk: Desk) -> None:
    file = desk.folder / "labels.toml"
    desk.export(orders(), options=("--names", str(file)))
    before = file.read_text()
    ran = desk.try_export(orders("new"), options=("--names", str(file), "--diff"))
    assert ran.code == 3
    assert f"{file}: out of date" in ran.err
    assert '+new = "orders_new"' in ran.out
    assert file.read_text() == before


def test_a_refused_export_leaves_the_names_file_as_it_was(desk: Desk) -> None:
    file = desk.folder / "labels.toml"
    desk.export(orders(), options=("--names", str(file)))
    before = file.read_text()
    desk.put("event_destinations.tf", "# mine\n")
    ran = desk.try_export(orders("new"), options=("--names", str(file)))
    assert ran.code == 1
    assert file.read_text() == before


@pytest.mark.parametrize("path", ["imports.tf", ".ses2iac.json"])
def test_a_names_file_in_the_place_of_another_is_refused(desk: Desk, path: str) -> None:
    ran = desk.try_export(orders(), options=("--names", str(desk.out / path)))
    assert ran.code == 2
    assert not desk.out.exists()


def test_one_names_file_for_several_scopes_is_refused(desk: Desk) -> None:
    two = (orders(), scope(configuration_set("orders"), region="us-east-1"))
    ran = desk.try_export(*two, options=("--names", str(desk.folder / "labels.toml")))
    assert ran.code == 2
    assert "is for one account and region" in ran.err
    assert not desk.out.exists()


# Formats that cannot move
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["cloudformation", "cdk"])
def test_an_edited_logical_id_is_warned_of_once(desk: Desk, to: str) -> None:
    assert "renamed" not in desk.export(orders(), to=to).err
    rename(desk, "OrdersBounces", "DeadLetters")
    warned = "warning: renamed: orders/bounces was OrdersBounces, is now DeadLetters. A stack"
    assert warned in desk.export(orders(), to=to, options=("--quiet",)).err
    assert "renamed" not in desk.export(orders(), to=to).err


def test_terraform_moves_what_is_renamed_and_warns_of_nothing(desk: Desk) -> None:
    desk.export(orders())
    rename(desk, "orders_bounces", "dead_letters")
    assert "renamed" not in desk.export(orders()).err


def test_a_warning_of_many_renamed_resources_names_ten(desk: Desk) -> None:
    sets = [configuration_set(f"set-{n:02d}") for n in range(12)]
    desk.export(scope(*sets), to="cloudformation")
    desk.put("names.toml", desk.read("names.toml").replace('"Set', '"Mail'))
    ran = desk.export(scope(*sets), to="cloudformation")
    assert "set-09 was Set09, is now Mail09; and 2 more. " in ran.err


def test_a_renamed_logical_id_is_warned_of_in_a_check_too(desk: Desk) -> None:
    desk.export(orders(), to="cloudformation")
    rename(desk, "OrdersBounces", "DeadLetters")
    ran = desk.try_export(orders(), to="cloudformation", options=("--check",))
    assert ran.code == 3
    assert "warning: renamed: orders/bounces was OrdersBounces, is now DeadLetters." in ran.err
