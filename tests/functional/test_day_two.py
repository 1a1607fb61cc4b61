"""Later exports into a folder: nothing that may be alive leaves the Terraform code unprotected."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.demo.emulator import Emulator
from tests.fakes import FakeAws, plain_set
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

SET = "aws_sesv2_configuration_set"
DESTINATION = "aws_sesv2_configuration_set_event_destination"

ACCOUNT = scope(
    configuration_set("billing"),
    configuration_set("news", "all", "clicks"),
    configuration_set("orders", "bounces"),
)
NEWS = {f"{SET}.news", f"{DESTINATION}.news_all", f"{DESTINATION}.news_clicks"}
SETS = {f"{SET}.{name}" for name in ("billing", "news", "orders")}


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Desk:
    return Desk(capsys, tmp_path)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """An account that holds what ``ACCOUNT`` holds."""
    sets = {
        "billing": plain_set(),
        "news": plain_set("all", "clicks"),
        "orders": plain_set("bounces"),
    }
    with FakeAws(sets) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def export_live(desk: Desk, *options: str) -> Ran:
    return desk.run("export", "terraform", "--out", str(desk.out), *options)


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
    assert "warning: leaving the code, alive in SES: " in ran.err
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
    assert "warning: leaving the code, " in ran.err


def test_what_a_complete_listing_lacks_leaves_with_a_note(desk: Desk, live: FakeAws) -> None:
    export_live(desk)
    del live.sets["news"]  # type: ignore[attr-defined]
    live.sets["orders"] = plain_set()  # type: ignore[index]
    ran = export_live(desk)
    assert "note: gone from SES, and so from the code: " in ran.err
    assert "news, news/all, news/clicks, orders/bounces" in ran.err
    assert "warning" not in ran.err
    after = code(desk.out)
    assert (after.removed, after.resources) == (frozenset(), {f"{SET}.billing", f"{SET}.orders"})


def test_gone_and_deselected_at_once_are_told_apart(desk: Desk, live: FakeAws) -> None:
    export_live(desk)
    del live.sets["news"]  # type: ignore[attr-defined]
    ran = export_live(desk, "--include", "billing")
    assert code(desk.out).removed == {f"{SET}.orders", f"{DESTINATION}.orders_bounces"}
    assert "gone from SES, and so from the code: news, news/all, news/clicks" in ran.err
    assert "alive in SES: orders. " in ran.err
    # SES names the destinations of the sets that are read.
    assert "not proven to be gone from SES: orders/bounces. " in ran.err


def test_a_destination_gone_from_a_set_that_was_read_is_gone(desk: Desk, live: FakeAws) -> None:
    export_live(desk)
    live.sets["news"] = plain_set("all")  # type: ignore[index]
    ran = export_live(desk, "--exclude", "orders/*")
    assert code(desk.out).removed == {f"{DESTINATION}.orders_bounces"}
    assert "gone from SES, and so from the code: news/clicks" in ran.err


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
    assert "not proven to be gone from SES: billing, news, news/all, news/clicks. " in ran.err
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
    assert "alive in SES: news, news/all, news/clicks. " in ran.err


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
    assert "alive in SES: orders/bounces. " in ran.err
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
    assert "not proven to be gone from SES: news/all. " in ran.err


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
        kept = [path for path in before if "/eu-west-1/" in path]
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
    assert "gone from SES, and so from the code: 123456789012/us-east-1: billing" in ran.err
    # Names are kept for what comes back.
    assert list(tree(root)) == ["names.toml"]


def test_another_account_is_refused_and_forced_in_safely(desk: Desk) -> None:
    desk.export(ACCOUNT)
    state = code(desk.out).resources
    other = scope(configuration_set("mail"), account="999999999999")
    refused = desk.try_export(other)
    assert refused.code == 1
    assert "holds the export of account 123456789012" in refused.err
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
    assert "none of 3 configuration sets" in refused.err
    assert code(desk.out).resources == state
    ran = export_live(desk, "--force")
    assert ran.code == 0
    # Who forces it is told that it is safe: it has to be.
    assert not code(desk.out).destroys(state)


# removed.tf
# ---------------------------------------------------------------------------------------


EXCLUDED = ("--exclude", "news")
WHOLE = ("--reset-options",)


def test_removed_stays_until_it_is_deleted_and_is_forgotten_then(desk: Desk) -> None:
    desk.export(ACCOUNT)
    desk.export(ACCOUNT, options=EXCLUDED)
    first = desk.read("removed.tf")
    ran = desk.export(ACCOUNT)
    assert desk.read("removed.tf") == first
    assert "leaving the code" not in ran.err
    desk.export(ACCOUNT, options=("--exclude", "news", "--exclude", "billing"))
    assert code(desk.out).removed == {*NEWS, f"{SET}.billing"}
    (desk.out / "removed.tf").unlink()
    assert desk.run("export", "terraform", *_from(desk), "--check").code == 0
    desk.export(ACCOUNT)
    assert "removed.tf" not in tree(desk.out)
    assert "Departed" not in desk.read(".ses2iac.json")
    assert "removed.tf" not in desk.read(".ses2iac.json")
    # A later departure has a file of its own.
    desk.export(ACCOUNT, options=("--exclude", "*/bounces"))
    assert f"{DESTINATION}.orders_bounces" in code(desk.out).removed


def _from(desk: Desk) -> tuple[str, ...]:
    return ("--from", str(desk.folder / "snapshot.json"), "--out", str(desk.out))


@pytest.mark.parametrize("is_applied", [True, False])
def test_what_is_selected_again_comes_back_with_its_import(desk: Desk, is_applied: bool) -> None:
    desk.export(ACCOUNT)
    (desk.out / "imports.tf").unlink()
    whole = code(desk.out).resources
    desk.export(ACCOUNT, options=EXCLUDED)
    if is_applied:
        (desk.out / "removed.tf").unlink()
    desk.export(ACCOUNT, options=WHOLE)
    after = code(desk.out)
    assert (after.resources, after.removed, after.imports) == (whole, frozenset(), NEWS)
    assert not after.creates(whole - NEWS)


def test_some_of_it_comes_back(desk: Desk) -> None:
    desk.export(ACCOUNT)
    desk.export(ACCOUNT, options=EXCLUDED)
    desk.export(ACCOUNT, options=("--exclude", "news/clicks"))
    assert code(desk.out).removed == {f"{DESTINATION}.news_clicks"}


def _rename(desk: Desk, old: str, new: str) -> None:
    desk.put("names.toml", desk.read("names.toml").replace(f'= "{old}"', f'= "{new}"'))


def test_renamed_and_then_departed_is_forgotten_wherever_it_stands(desk: Desk) -> None:
    desk.export(ACCOUNT)
    state = code(desk.out).resources
    _rename(desk, "news_all", "press_all")
    desk.export(ACCOUNT)
    assert code(desk.out).moved == {f"{DESTINATION}.news_all"}
    applied = code(desk.out).resources
    desk.export(ACCOUNT, options=EXCLUDED)
    after = code(desk.out)
    assert after.removed == {*NEWS, f"{DESTINATION}.press_all"}
    assert not after.destroys(state)
    assert not after.destroys(applied)
    assert not after.moved


def test_renamed_while_departed_comes_back_under_the_new_name(desk: Desk) -> None:
    desk.export(ACCOUNT)
    state = code(desk.out).resources
    desk.export(ACCOUNT, options=EXCLUDED)
    _rename(desk, "news_all", "press_all")
    desk.export(ACCOUNT)
    assert code(desk.out).removed == NEWS
    desk.export(ACCOUNT, options=WHOLE)
    after = code(desk.out)
    assert f"{DESTINATION}.press_all" in after.resources & after.imports
    assert not after.removed
    assert not after.destroys(state)
    assert after.moved == {f"{DESTINATION}.news_all"}


def test_no_new_resource_takes_the_address_of_a_departed_one(desk: Desk) -> None:
    """The set ``News`` would have the name ``news`` too."""
    desk.export(ACCOUNT)
    state = code(desk.out).resources
    (desk.out / "names.toml").unlink()
    more = scope(*ACCOUNT["ConfigurationSets"], configuration_set("News", "all"))
    desk.export(more, options=EXCLUDED)
    after = code(desk.out)
    assert not after.removed & after.resources
    assert not after.destroys(state)
    assert after.removed == NEWS
    assert len(after.resources - state) == 2


@pytest.mark.parametrize("force", [False, True])
def test_a_name_given_to_another_while_state_may_hold_the_first(desk: Desk, force: bool) -> None:
    desk.export(ACCOUNT)
    _rename(desk, "news", "press")
    _rename(desk, "billing", "news")
    options = (*EXCLUDED, *(("--force",) if force else ()))
    ran = desk.try_export(ACCOUNT, options=options)
    assert ran.code == (0 if force else 1)
    if not force:
        assert "was news, would be billing" in ran.err


@pytest.mark.parametrize("options", [EXCLUDED, (*EXCLUDED, "--exclude", "billing")])
def test_an_edited_removed_file_is_a_persons(desk: Desk, options: tuple[str, ...]) -> None:
    desk.export(ACCOUNT)
    desk.export(ACCOUNT, options=EXCLUDED)
    desk.put("removed.tf", desk.read("removed.tf") + "# ask Kim\n")
    before = tree(desk.out)
    for more in (options, WHOLE):
        ran = desk.try_export(ACCOUNT, options=more)
        assert ran.code == 1
        assert "removed.tf: edited since the last export" in ran.err
        assert tree(desk.out) == before


def test_a_persons_own_removed_file_is_not_replaced(desk: Desk) -> None:
    desk.export(ACCOUNT)
    desk.put("removed.tf", "# mine\n")
    desk.export(ACCOUNT)
    ran = desk.try_export(ACCOUNT, options=EXCLUDED)
    assert ran.code == 1
    assert "removed.tf: not written by ses2iac" in ran.err
    assert desk.read("removed.tf") == "# mine\n"


@pytest.mark.parametrize("name", ["removed", "Removed", "moved", "imports"])
def test_a_set_whose_file_would_be_ours(desk: Desk, name: str) -> None:
    found = scope(configuration_set(name, "all"), configuration_set("orders", "bounces"))
    desk.export(found, options=("--layout", "per-set"))
    state = code(desk.out).resources
    desk.export(found, options=("--exclude", "orders", "--layout", "per-set"))
    assert not code(desk.out).destroys(state)


def test_the_layout_changes_while_something_departs(desk: Desk) -> None:
    desk.export(ACCOUNT)
    state = code(desk.out).resources
    desk.export(ACCOUNT, options=(*EXCLUDED, "--layout", "per-set"))
    assert code(desk.out).removed == NEWS
    desk.export(ACCOUNT, options=("--layout", "resources"))
    assert code(desk.out).removed == NEWS
    assert not code(desk.out).destroys(state)


def test_prune_names_keeps_what_departed_off_its_address(desk: Desk) -> None:
    desk.export(ACCOUNT)
    state = code(desk.out).resources
    without = scope(configuration_set("billing"), configuration_set("orders", "bounces"))
    desk.export(without, options=("--prune-names",))
    assert '"news"' not in desk.read("names.toml")
    more = scope(*without["ConfigurationSets"], configuration_set("News"))
    desk.export(more)
    assert not code(desk.out).destroys(state)
    assert code(desk.out).removed == NEWS


def test_names_elsewhere(desk: Desk) -> None:
    names = str(desk.folder / "mine.toml")
    desk.export(ACCOUNT, options=("--names", names))
    state = code(desk.out).resources
    desk.export(ACCOUNT, options=(*EXCLUDED, "--names", names))
    desk.export(ACCOUNT)
    assert not code(desk.out).destroys(state)
    assert code(desk.out).removed == NEWS


@pytest.mark.parametrize("mode", ["variables", "data", "portable", "literal"])
def test_references_may_change_while_something_departs(desk: Desk, mode: str) -> None:
    desk.export(ACCOUNT, options=("--references", "data"))
    state = code(desk.out).resources
    desk.export(ACCOUNT, options=(*EXCLUDED, "--references", mode))
    assert not code(desk.out).destroys(state)


@pytest.mark.parametrize("to", ["cloudformation", "cdk"])
def test_a_stack_is_said_to_retain_what_leaves_it(desk: Desk, to: str) -> None:
    desk.export(ACCOUNT, to=to)
    ran = desk.export(ACCOUNT, options=(*EXCLUDED, "-q"), to=to)
    assert "warning: leaving the code, alive in SES: news, news/all, news/clicks. " in ran.err
    assert "retains" in ran.err
    assert "can't come back into a stack without an import" in ran.err
    assert desk.export(ACCOUNT, options=("-q",), to=to).err == ""


def test_a_change_of_format_says_what_the_state_holds(desk: Desk) -> None:
    desk.export(ACCOUNT)
    refused = desk.try_export(ACCOUNT, to="cloudformation")
    assert refused.code == 1
    ran = desk.export(ACCOUNT, options=("--force", "-q"), to="cloudformation")
    assert "terraform state rm" in ran.err


def test_a_change_of_format_says_it_of_an_empty_account_too(desk: Desk) -> None:
    desk.export(ACCOUNT)
    ran = desk.try_export(scope(), options=("--force", "-q"), to="cloudformation")
    assert "terraform state rm" in ran.err


def test_what_is_gone_is_no_reason_to_forget_what_has_left(desk: Desk, live: FakeAws) -> None:
    """The rest of the account vanishes while removed.tf waits for its apply."""
    export_live(desk)
    export_live(desk, *EXCLUDED)
    state = code(desk.out).resources | NEWS
    del live.sets["billing"]  # type: ignore[attr-defined]
    live.sets["orders"] = plain_set()  # type: ignore[index]
    assert export_live(desk, "--force").code == 0
    assert not code(desk.out).destroys(state & (NEWS | {f"{SET}.orders"}))
