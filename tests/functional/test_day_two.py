"""Later exports into a folder: nothing that may be alive leaves the Terraform code unprotected."""

import shutil

import pytest

from exporter.demo.emulator import Emulator
from tests.fakes import FakeAws, plain_set
from tests.functional.day_two import ACCOUNT, DESTINATION, NEWS, SET, export_live
from tests.functional.snapshots import (
    Desk,
    Json,
    configuration_set,
    orders,
    raw_answer,
    scope,
)
from tests.functional.snapshots import destination as described
from tests.functional.terraform_code import code
from tests.support import Ran, tree

SETS = {f"{SET}.{name}" for name in ("billing", "news", "orders")}


# What narrows
# -------------------------------------------------------------------------------------

NARROWER: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "include": (("--include", "orders", "--include", "billing"), NEWS),
    "exclude": (("--exclude", "news"), NEWS),
    "exclude destinations": (("--exclude", "news/*"), NEWS - {f"{SET}.news"}),
    "exclude one": (("--exclude", "*/clicks"), {f"{DESTINATION}.news_clicks"}),
    "exclude kind": (("--exclude", "kind:sns"), NEWS - SETS | {f"{DESTINATION}.orders_bounces"}),
    "no sets": (("--no-configuration-sets",), SETS),
    "no sets, fewer": (
        ("--no-configuration-sets", "--include", "orders"),
        SETS | NEWS,
    ),
}

narrower = pytest.mark.parametrize(("options", "left"), NARROWER.values(), ids=list(NARROWER))


@narrower
@pytest.mark.parametrize("quiet", [(), ("-q",)], ids=["", "quiet"])
def test_what_a_file_still_has_is_forgotten_and_not_destroyed(
    desk: Desk, options: tuple[str, ...], left: set[str], quiet: tuple[str, ...]
) -> None:
    desk.export(ACCOUNT)
    state = code(desk.out).resources
    ran = desk.export(ACCOUNT, options=(*options, *quiet))
    after = code(desk.out)
    assert after.removed == left
    assert after.resources == state - left
    assert not after.destroys(state)
    assert "warning: removed from the code but still in SES: " in ran.err
    assert 'required_version = ">= 1.7"' in desk.read("removed.tf")


@narrower
def test_what_is_alive_is_forgotten_and_not_destroyed(
    desk: Desk, live: FakeAws, options: tuple[str, ...], left: set[str]
) -> None:
    assert export_live(desk).code == 0
    state = code(desk.out).resources
    ran = export_live(desk, *options, "-q")
    assert ran.code == 0
    after = code(desk.out)
    assert (after.removed, after.destroys(state)) == (left, frozenset())
    # The destinations of a set that was not read are not known to be alive.
    assert "warning: removed from the code but " in ran.err


def test_what_a_complete_listing_lacks_leaves_with_a_note(desk: Desk, live: FakeAws) -> None:
    export_live(desk)
    del live.sets["news"]  # type: ignore[attr-defined]
    live.sets["orders"] = plain_set()  # type: ignore[index]
    ran = export_live(desk)
    assert "note: no longer in SES, so removed from the code: " in ran.err
    assert "news, news/all, news/clicks, orders/bounces" in ran.err
    assert "warning" not in ran.err
    after = code(desk.out)
    assert (after.removed, after.resources) == (frozenset(), {f"{SET}.billing", f"{SET}.orders"})


def test_gone_and_deselected_at_once_are_told_apart(desk: Desk, live: FakeAws) -> None:
    export_live(desk)
    del live.sets["news"]  # type: ignore[attr-defined]
    ran = export_live(desk, "--include", "billing")
    assert code(desk.out).removed == {f"{SET}.orders", f"{DESTINATION}.orders_bounces"}
    assert "no longer in SES, so removed from the code: news, news/all, news/clicks" in ran.err
    assert "still in SES: orders. " in ran.err
    # SES names the destinations of the sets that are read.
    assert "but maybe still in SES: orders/bounces. " in ran.err


def test_a_destination_gone_from_a_set_that_was_read_is_gone(desk: Desk, live: FakeAws) -> None:
    export_live(desk)
    live.sets["news"] = plain_set("all")  # type: ignore[index]
    ran = export_live(desk, "--exclude", "orders/*")
    assert code(desk.out).removed == {f"{DESTINATION}.orders_bounces"}
    assert "no longer in SES, so removed from the code: news/clicks" in ran.err


@pytest.mark.parametrize("fault", ["denied", "broken", "html"])
def test_what_cannot_be_listed_changes_nothing(desk: Desk, live: FakeAws, fault: str) -> None:
    export_live(desk)
    before = tree(desk.out)
    live.script("list", fault)
    assert export_live(desk).code != 0
    assert tree(desk.out) == before


def test_what_cannot_be_read_is_forgotten_by_force(desk: Desk, live: FakeAws) -> None:
    export_live(desk)
    state = code(desk.out).resources
    live.script("set news", "denied")
    live.script("destinations news", "denied")
    before = tree(desk.out)
    refused = export_live(desk)
    assert refused.code == 1
    assert tree(desk.out) == before
    ran = export_live(desk, "--force")
    assert ran.code == 4
    assert not code(desk.out).destroys(state)
    assert code(desk.out).removed == NEWS


def test_from_a_file_nothing_is_proven_gone(desk: Desk, live: FakeAws) -> None:
    """It may have been taken with a selection."""
    export_live(desk)
    ran = desk.export(orders())
    assert "but maybe still in SES: billing, news, news/all, news/clicks. " in ran.err
    assert code(desk.out).removed == {*NEWS, f"{SET}.billing"}


@pytest.mark.parametrize(
    "options", [(), ("--include", "*"), ("--layout", "per-set"), ("--references", "variables")]
)
def test_what_code_elsewhere_holds_is_forgotten_here(
    desk: Desk, live: FakeAws, options: tuple[str, ...]
) -> None:
    export_live(desk)
    state = code(desk.out).resources
    other = desk.folder / "other"
    desk.run("export", "terraform", "--out", str(other), "--include", "news")
    ran = export_live(desk, "--unmanaged-by", str(other), *options)
    assert ran.code == 0, ran.err
    after = code(desk.out)
    assert (after.removed, after.destroys(state)) == (NEWS, frozenset())
    assert "still in SES: news, news/all, news/clicks. " in ran.err


def test_all_of_it_in_code_elsewhere_is_refused_and_forced_out_safely(
    desk: Desk, live: FakeAws
) -> None:
    export_live(desk)
    state = code(desk.out).resources
    other = desk.folder / "other"
    shutil.copytree(desk.out, other)
    options = ("--unmanaged-by", str(other))
    refused = export_live(desk, *options)
    assert refused.code == 1
    assert "6 resources" in refused.err
    assert export_live(desk, *options, "--force").code == 0
    assert not code(desk.out).destroys(state)


def test_an_option_that_the_format_cannot_hold_any_more(desk: Desk) -> None:
    """A destination that is there, and that Terraform cannot write now."""
    desk.export(orders())
    bare: Json = {"CloudWatchDestination": {"DimensionConfigurations": []}}
    ran = desk.export(scope(configuration_set("orders", described("bounces", bare))))
    assert code(desk.out).removed == {f"{DESTINATION}.orders_bounces"}
    assert "still in SES: orders/bounces. " in ran.err
    assert "LeftOut" in desk.read(".ses2iac.json")
    desk.export(orders())
    assert code(desk.out).removed == frozenset()
    assert f"{DESTINATION}.orders_bounces" in code(desk.out).imports


def test_a_raw_answer_of_another_set(desk: Desk) -> None:
    def answer(name: str, *options: str) -> Ran:
        path = raw_answer(desk.folder / f"{name}.json", described("all"))
        where = ("--configuration-set", name, "--region", "eu-west-1")
        return desk.run("export", "terraform", "--from", path, "--out", str(desk.out), *where)

    assert answer("news").code == 0
    state = code(desk.out).resources
    ran = answer("orders")
    assert ran.code == 0, ran.err
    assert not code(desk.out).destroys(state)
    assert "but maybe still in SES: news/all. " in ran.err


# Accounts and regions
# -----------------------------------------------------------------------------


OTHER_REGION = scope(configuration_set("orders", "bounces"), region="us-east-1")


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
def test_fewer_regions_touch_nothing_of_the_others(desk: Desk, force: tuple[str, ...]) -> None:
    desk.export(ACCOUNT, OTHER_REGION)
    before = tree(desk.out)
    ran = desk.export(ACCOUNT, OTHER_REGION, options=("--region", "eu-west-1", *force))
    assert tree(desk.out) == before
    assert "us-east-1 was not read; its code stays as it is" in ran.err


def test_one_of_two_scopes_departs(desk: Desk) -> None:
    desk.export(ACCOUNT, OTHER_REGION)
    root = desk.out / "123456789012" / "us-east-1"
    state = code(root).resources
    other = scope(configuration_set("news"), region="us-east-1")
    ran = desk.export(ACCOUNT, other)
    assert code(root).removed == state
    assert "123456789012/us-east-1: orders, 123456789012/us-east-1: orders/bounces" in ran.err
    assert not (desk.out / "removed.tf").exists()
    (root / "removed.tf").unlink()
    desk.export(ACCOUNT, other)
    assert "Departed" not in desk.read(".ses2iac.json")


@pytest.mark.parametrize("to", ["terraform", "cloudformation", "cdk"])
def test_an_empty_region_takes_nothing_of_another_with_it(desk: Desk, to: str) -> None:
    desk.export(ACCOUNT, OTHER_REGION, to=to)
    before = tree(desk.out)
    empty = scope(region="us-east-1")
    for options in ((), ("--force",)):
        desk.try_export(empty, options=options, to=to)
        after = tree(desk.out)
        kept = [path for path in before if "/eu-west-1/" in path or "_eu_west_1/" in path]
        assert kept
        assert {path: after.get(path) for path in kept} == {path: before[path] for path in kept}
    assert "billing" in desk.read(".ses2iac.json")


def test_a_region_that_is_proven_empty_is_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the account has something elsewhere."""
    import boto3

    both = ("--region", "eu-west-1", "--region", "us-east-1")
    with Emulator() as emulator:
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        for region in ("eu-west-1", "us-east-1"):
            client = boto3.client("sesv2", region_name=region)
            client.create_configuration_set(ConfigurationSetName="billing")
        assert export_live(desk, *both).code == 0
        root = desk.out / "123456789012" / "us-east-1"
        assert code(root).resources == {f"{SET}.billing"}
        client.delete_configuration_set(ConfigurationSetName="billing")
        ran = export_live(desk, *both)
    assert "no longer in SES, so removed from the code: 123456789012/us-east-1: billing" in ran.err
    # Names are kept for what comes back.
    assert list(tree(root)) == ["names.toml"]


def test_another_account_is_refused_and_forced_in_safely(desk: Desk) -> None:
    desk.export(ACCOUNT)
    state = code(desk.out).resources
    other = scope(configuration_set("mail"), account="999999999999")
    refused = desk.try_export(other)
    assert refused.code == 1
    assert "has the export of account 123456789012" in refused.err
    assert "--force" not in refused.err
    desk.export(other, options=("--force",))
    assert not code(desk.out).destroys(state)


def test_a_wholly_other_listing_is_refused_and_forced_in_safely(desk: Desk, live: FakeAws) -> None:
    export_live(desk)
    state = code(desk.out).resources
    for name in list(live.sets):
        del live.sets[name]  # type: ignore[attr-defined]
    live.sets["mail"] = plain_set()  # type: ignore[index]
    refused = export_live(desk)
    assert refused.code == 1
    assert "none of the 3 configuration sets" in refused.err
    assert code(desk.out).resources == state
    ran = export_live(desk, "--force")
    assert ran.code == 0
    # Who forces it is told that it is safe: it has to be.
    assert not code(desk.out).destroys(state)
