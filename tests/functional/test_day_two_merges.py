"""Two people export on two branches, and git merges them."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.formats.manifest import MANIFEST_FILE
from tests.functional.snapshots import Desk, Json, configuration_set, scope, snapshot_file
from tests.functional.snapshots import destination as described
from tests.functional.terraform_code import code
from tests.support import tree

ACCOUNT = scope(
    configuration_set("billing"),
    configuration_set("news", "all", "clicks"),
    configuration_set("orders", "bounces", Tags=[{"Key": "team", "Value": "shop"}]),
)


def git(folder: Path, *arguments: str, fails: bool = False) -> str:
    ran = subprocess.run(
        ["git", "-c", "user.name=me", "-c", "user.email=me@example.com", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"},
    )
    assert fails or ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


BASE = [configuration_set(name, "bounces") for name in ("archive", "main", "offers")]
BILLS = configuration_set("bills", "bounces")
WEEKLY = configuration_set("weekly", "bounces")
MAIL = configuration_set("mail", "bounces", "clicks")
BRANCHES: dict[str, tuple[list[Json], list[Json]]] = {
    "apart": ([*BASE, BILLS], [*BASE, WEEKLY]),
    "side by side": ([*BASE, BILLS], [*BASE, configuration_set("bonus", "bounces")]),
    "the same": ([*BASE, MAIL], [*BASE, MAIL]),
    "both ends": ([configuration_set("aaa"), *BASE], [*BASE, configuration_set("zzz")]),
}


def merged(
    desk: Desk, to: str, style: str, ours: list[Json], theirs: list[Json], *options: str
) -> None:
    """Two branches, each with an export of its own, merged as far as git can."""
    folder = desk.folder
    git(folder, "init", "-q", "-b", "base")
    git(folder, "config", "merge.conflictStyle", style)

    def commit(message: str, sets: list[Json], *more: str) -> None:
        desk.export(scope(*sets), to=to, options=more)
        git(folder, "add", "infra")
        git(folder, "commit", "-qm", message)

    commit("base", BASE)
    git(folder, "checkout", "-qb", "theirs")
    commit("theirs", theirs)
    git(folder, "checkout", "-qb", "ours", "base")
    commit("ours", ours, *options)
    git(folder, "merge", "theirs", fails=True)


def resolve_code(desk: Desk) -> None:
    """Take both sides of what conflicts in the code, as a person does; the manifest stays."""
    for path in sorted(desk.out.rglob("*")):
        if path.is_file() and path.name != MANIFEST_FILE:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            marks = ("<<<<<<< ", "=======", ">>>>>>> ")
            path.write_text("".join(x for x in lines if not x.startswith(marks)), encoding="utf-8")


def by_name(*sides: list[Json]) -> Json:
    found = {each["ConfigurationSetName"]: each for side in sides for each in side}
    return scope(*found.values())


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
@pytest.mark.parametrize("branch", ["apart", "both ends", "the same"])
def test_two_exports_that_git_merged_are_accepted(
    desk: Desk, style: str, branch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = BRANCHES[branch]
    merged(desk, "terraform", style, ours, theirs)
    whole = by_name(ours, theirs)
    compared = snapshot_file(desk.folder / "whole.json", whole)
    ran = desk.run("diff", str(desk.out), compared)
    assert ran.code == 0, ran.out + ran.err
    state = code(desk.out).resources
    assert desk.export(whole).code == 0
    fresh = Desk(desk.capsys, desk.folder / "fresh")
    fresh.folder.mkdir()
    fresh.export(whole)
    assert {p: d for p, d in tree(desk.out).items() if p != "names.toml"} == {
        p: d for p, d in tree(fresh.out).items() if p != "names.toml"
    }
    assert code(desk.out).resources == state
    monkeypatch.setenv("PATH", "")
    judged = desk.run("verify", str(desk.out), "--offline", "--output", "json")
    results = {each["Check"]: each["Result"] for each in json.loads(judged.out)["Checks"]}
    assert results.pop("files") == "passed"
    assert set(results.values()) == {"not run"}


@pytest.mark.parametrize("to", ["terraform", "cloudformation", "cdk"])
@pytest.mark.parametrize("keep", ["ours", "theirs", "marks"])
def test_merged_files_with_either_manifest_are_accepted(desk: Desk, to: str, keep: str) -> None:
    """Taking one side of the manifest is what a person does first."""
    ours, theirs = BRANCHES["apart"]
    merged(desk, to, "merge", ours, theirs)
    if keep != "marks":
        git(desk.folder, "checkout", f"--{keep}", f"infra/{MANIFEST_FILE}")
    is_clean = b"<<<<<<<" not in b"".join(
        data for path, data in tree(desk.out).items() if path != MANIFEST_FILE
    )
    ran = desk.try_export(by_name(ours, theirs), to=to)
    if is_clean:
        assert ran.code == 0, ran.err
        assert "<<<<<<<" not in desk.read(MANIFEST_FILE)
        assert len(desk.manifest()["Scopes"][0]["Resources"]) == 10
    else:
        # A file with marks is a person's to resolve.
        assert ran.code == 1
        assert "edited since the last export" in ran.err


def test_the_account_changed_once_more_before_the_merged_folder_is_exported(desk: Desk) -> None:
    ours, theirs = BRANCHES["apart"]
    merged(desk, "terraform", "merge", ours, theirs)
    state = code(desk.out).resources
    whole = by_name(ours, theirs)
    changed = scope(
        *(each for each in whole["ConfigurationSets"] if each["ConfigurationSetName"] != "main"),
        configuration_set("main", described("bounces", on=False), "more"),
    )
    ran = desk.export(changed)
    assert ran.code == 0
    after = code(desk.out)
    assert not after.destroys(state)
    assert "aws_sesv2_configuration_set_event_destination.main_more" in after.imports


def test_one_branch_deselects_what_the_other_changes(desk: Desk) -> None:
    ours = [*BASE, BILLS]
    theirs = [*BASE[:2], configuration_set("offers", "bounces", "more")]
    merged(desk, "terraform", "merge", ours, theirs, "--exclude", "offers")
    resolve_code(desk)
    ran = desk.try_export(by_name(theirs, ours, theirs), options=("--force",))
    assert ran.code == 0, ran.err
    state = {f"aws_sesv2_configuration_set.{name}" for name in ("archive", "main", "offers")}
    assert not code(desk.out).destroys(state)


def test_an_import_done_on_one_branch_is_done(desk: Desk) -> None:
    folder = desk.folder
    git(folder, "init", "-q", "-b", "base")
    desk.export(scope(*BASE))
    git(folder, "add", "infra")
    git(folder, "commit", "-qm", "base")
    git(folder, "checkout", "-qb", "theirs")
    (desk.out / "imports.tf").unlink()
    desk.export(scope(*BASE))
    git(folder, "add", "-A", "infra")
    git(folder, "commit", "-qm", "imported")
    git(folder, "checkout", "-qb", "ours", "base")
    desk.export(scope(*BASE, BILLS))
    git(folder, "add", "infra")
    git(folder, "commit", "-qm", "bills")
    git(folder, "merge", "theirs", fails=True)
    # Modified here, deleted there: the person takes the deletion, for the apply was done.
    git(folder, "rm", "-q", "-f", "infra/imports.tf", fails=True)
    desk.export(scope(*BASE, BILLS))
    resources = desk.manifest()["Scopes"][0]["Resources"]
    assert all(each.get("Imported") for each in resources if each["ConfigurationSet"][0] != "b")


@pytest.mark.parametrize(
    "break_",
    [
        lambda text: "<<<<<<< a\n" + text,
        lambda text: text + ">>>>>>> b\n",
        lambda text: "=======\n" + text,
        lambda text: "<<<<<<< a\n" + text + "=======\n",
        lambda text: "<<<<<<< a\n" + text + "=======\n>>>>>>> b\n",
    ],
)
def test_marks_that_do_not_belong_together(desk: Desk, break_: Callable[[str], str]) -> None:
    desk.export(ACCOUNT)
    desk.put(MANIFEST_FILE, break_(desk.read(MANIFEST_FILE)))
    before = tree(desk.out)
    ran = desk.again()
    assert ran.code == 1
    assert f"{MANIFEST_FILE}: not a manifest of ses2iac" in ran.err
    assert tree(desk.out) == before
