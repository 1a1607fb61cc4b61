"""``removed.tf`` over later exports: how it stays, goes, and what it keeps from happening."""

import pytest

from tests.fakes import FakeAws, plain_set
from tests.functional.day_two import ACCOUNT, DESTINATION, NEWS, SET, export_live
from tests.functional.snapshots import (
    Desk,
    configuration_set,
    scope,
)
from tests.functional.terraform_code import code
from tests.support import tree

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
    assert "removed from the code" not in ran.err
    desk.export(ACCOUNT, options=("--exclude", "news", "--exclude", "billing"))
    assert code(desk.out).removed == {*NEWS, f"{SET}.billing"}
    (desk.out / "removed.tf").unlink()
    assert desk.again("--check").code == 0
    desk.export(ACCOUNT)
    assert "removed.tf" not in tree(desk.out)
    assert "Departed" not in desk.read(".ses2iac.json")
    assert "removed.tf" not in desk.read(".ses2iac.json")
    # A later departure has a file of its own.
    desk.export(ACCOUNT, options=("--exclude", "*/bounces"))
    assert f"{DESTINATION}.orders_bounces" in code(desk.out).removed


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
    state = code(desk.out).resources
    desk.export(ACCOUNT, options=EXCLUDED)
    assert desk.read("removed.tf") == "# mine\n"
    assert "removed {" in desk.read("ses_removed.tf")
    assert not code(desk.out).destroys(state)
    (desk.out / "ses_removed.tf").unlink()
    desk.export(ACCOUNT, options=EXCLUDED)
    assert "ses_removed.tf" not in tree(desk.out)


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
    assert (
        "warning: removed from the code but still in SES: news, news/all, news/clicks. " in ran.err
    )
    assert "keeps them in SES" in ran.err
    assert "to get them back into a stack, import them again" in ran.err
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
