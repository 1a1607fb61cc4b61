"""What a manifest remembers: options, merges by git, older versions, what was left out."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.manifest import MANIFEST_FILE
from exporter.render import FormatName
from tests.functional.snapshots import Desk, Json, configuration_set, scope, snapshot_file
from tests.functional.snapshots import destination as described
from tests.functional.terraform_code import code
from tests.support import Ran, tree

GOLDEN = Path(__file__).parent.parent / "golden" / "kinds"

every_format = pytest.mark.parametrize("to", list(FormatName))

ACCOUNT = scope(
    configuration_set("billing"),
    configuration_set("news", "all", "clicks"),
    configuration_set("orders", "bounces", Tags=[{"Key": "team", "Value": "shop"}]),
)
EXAMPLE_MAP = '[terraform]\n"*" = "aws_sns_topic.mail.arn"\n'


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Desk:
    return Desk(capsys, tmp_path)


def manifest(desk: Desk) -> Json:
    found: Json = json.loads(desk.read(MANIFEST_FILE))
    return found


def put_manifest(desk: Desk, document: Json) -> None:
    desk.put(MANIFEST_FILE, json.dumps(document))


def again(desk: Desk, *options: str, to: str = "terraform") -> Ran:
    """Export the last snapshot once more."""
    origin = str(desk.folder / "snapshot.json")
    return desk.run("export", to, "--from", origin, "--out", str(desk.out), *options)


# Options stick
# ------------------------------------------------------------------------------------------

STICKING = {
    "include": ("--include", "orders"),
    "include twice": ("--include", "orders", "--include", "tag:team=*"),
    "exclude": ("--exclude", "news/*"),
    "no sets": ("--no-configuration-sets",),
    "variables": ("--references", "variables"),
    "portable": ("--references", "portable"),
    "data": ("--references", "data"),
    "per set": ("--layout", "per-set"),
}


@pytest.mark.parametrize("options", STICKING.values(), ids=list(STICKING))
def test_an_option_is_repeated_and_said(desk: Desk, options: tuple[str, ...]) -> None:
    desk.export(ACCOUNT, options=options)
    before = tree(desk.out)
    for more in ((), ("--check",), ("--diff",)):
        ran = again(desk, *more)
        assert (ran.code, ran.out) == (0, "")
        assert tree(desk.out) == before
        (line,) = [each for each in ran.err.splitlines() if "as in its last export" in each]
        assert all(word.strip("'") in line for word in options)
        assert line.endswith("(--reset-options drops this)")
        assert again(desk, *more, "-q").err == ""
    assert again(desk, "--check", "--reset-options").code == 3
    fresh = Desk(desk.capsys, desk.folder / "fresh")
    fresh.folder.mkdir()
    fresh.export(ACCOUNT)
    assert again(desk, "--reset-options").code == 0
    assert manifest(desk)["Options"] == {}
    code_of = {path: data for path, data in tree(desk.out).items() if path.endswith("s.tf")}
    assert code_of.items() <= tree(fresh.out).items()


def test_a_flag_comes_before_the_file_and_that_before_the_manifest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    desk.export(ACCOUNT, options=("--include", "orders", "--layout", "per-set"))
    toml = desk.folder / "ses2iac.toml"
    toml.write_text('[export]\ninclude = ["news"]\n', encoding="utf-8")
    shown = desk.run("config", "show", str(desk.out), "--output", "json")
    origins = {each["Setting"]: each for each in json.loads(shown.out)["Settings"]}
    assert origins["export.include"]["Value"] == ["news"]
    assert origins["export.include"]["Origin"].endswith("ses2iac.toml:2")
    assert origins["export.layout"] == {
        "Setting": "export.layout",
        "Value": "per-set",
        "Origin": f"{desk.out}/{MANIFEST_FILE}",
    }
    assert origins["export.references"]["Origin"] == "default"
    ran = again(desk)
    assert "as in its last export: --layout per-set (" in ran.err
    assert "news.tf" in tree(desk.out)
    assert "orders.tf" not in tree(desk.out)
    again(desk, "--include", "billing", "--layout", "resources")
    assert set(code(desk.out).resources) == {"aws_sesv2_configuration_set.billing"}
    # The flag was kept, and the file still comes before it.
    assert manifest(desk)["Options"] == {"Include": ["billing"]}
    toml.unlink()
    assert "--include billing (" in again(desk).err


def test_config_show_of_a_folder_without_an_export(desk: Desk) -> None:
    ran = desk.run("config", "show", str(desk.folder))
    assert ran.code == 1
    assert f"holds no {MANIFEST_FILE}" in ran.err


def test_another_format_repeats_nothing(desk: Desk) -> None:
    desk.export(ACCOUNT, options=("--include", "orders"))
    ran = desk.export(ACCOUNT, options=("--force",), to="cdk")
    assert "as in its last export" not in ran.err
    assert "Billing" in desk.read(MANIFEST_FILE)


def test_a_map_below_the_folder_is_repeated_and_its_change_is_said(desk: Desk) -> None:
    desk.put("map.toml", EXAMPLE_MAP)
    options = ("--map", str(desk.out / "map.toml"), "--force")
    desk.export(ACCOUNT, options=options)
    assert "aws_sns_topic.mail.arn" in desk.read("event_destinations.tf")
    again(desk)
    assert "aws_sns_topic.mail.arn" in desk.read("event_destinations.tf")
    desk.put("map.toml", EXAMPLE_MAP.replace("mail", "post"))
    ran = again(desk)
    assert "map.toml has changed since the last export" in ran.err
    assert "aws_sns_topic.post.arn" in desk.read("event_destinations.tf")
    (desk.out / "map.toml").unlink()
    ran = again(desk)
    assert ran.code == 1
    assert "map.toml" in ran.err


def test_a_map_elsewhere_is_asked_for_again(desk: Desk) -> None:
    path = desk.folder / "map.toml"
    path.write_text(EXAMPLE_MAP, encoding="utf-8")
    desk.export(ACCOUNT, options=("--map", str(path)))
    assert str(desk.folder) not in desk.read(MANIFEST_FILE)
    ran = again(desk, "-q")
    assert "warning: " in ran.err
    assert "--map with a path outside of it, which is not repeated" in ran.err
    assert "aws_sns_topic.mail" not in desk.read("event_destinations.tf")


@pytest.mark.parametrize("path", ["../x", "/etc", "a/../../x", "C:\\x", "..", "a\\..\\x"])
@pytest.mark.parametrize("key", ["UnmanagedBy", "MapFile", "Templates"])
def test_no_path_outside_is_taken_from_a_manifest(desk: Desk, path: str, key: str) -> None:
    desk.export(ACCOUNT)
    document = manifest(desk)
    value: Any = [path] if key == "UnmanagedBy" else {"Digest": "sha256:0", "Path": path}
    put_manifest(desk, {**document, "Options": {key: value}})
    before = tree(desk.out)
    ran = again(desk)
    assert ran.code == 1
    assert "names a file that is not below its folder" in ran.err
    assert tree(desk.out) == before


@pytest.mark.parametrize("key", ["UnmanagedBy", "MapFile", "Templates"])
def test_no_link_that_leads_outside_is_followed(desk: Desk, key: str) -> None:
    desk.export(ACCOUNT)
    outside = desk.folder / "outside"
    outside.mkdir()
    (outside / "map.toml").write_text(EXAMPLE_MAP, encoding="utf-8")
    (desk.out / "link").symlink_to(outside)
    path = "link/map.toml" if key == "MapFile" else "link"
    value: Any = [path] if key == "UnmanagedBy" else {"Digest": "sha256:0", "Path": path}
    put_manifest(desk, {**manifest(desk), "Options": {key: value}})
    ran = again(desk, "-q")
    assert ran.code == 0, ran.err
    assert "with a path outside of it, which is not repeated" in ran.err
    assert "aws_sns_topic.mail" not in desk.read("event_destinations.tf")


def test_code_below_the_folder_and_a_stack_are_named_again(desk: Desk) -> None:
    desk.export(ACCOUNT)
    document = manifest(desk)
    put_manifest(desk, {**document, "Options": {"UnmanagedBy": ["old", "stack:mail"]}})
    shown = desk.run("config", "show", str(desk.out), "--output", "json").out
    values = {each["Setting"]: each["Value"] for each in json.loads(shown)["Settings"]}
    assert values["export.unmanaged-by"] == [str(desk.out / "old"), "stack:mail"]


# Merges by git
# ------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str, fails: bool = False) -> str:
    ran = subprocess.run(
        ["git", "-c", "user.name=me", "-c", "user.email=me@example.com", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder), "LC_ALL": "C"},
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
        assert len(manifest(desk)["Scopes"][0]["Resources"]) == 10
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
    resources = manifest(desk)["Scopes"][0]["Resources"]
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
    ran = again(desk)
    assert ran.code == 1
    assert f"{MANIFEST_FILE}: not a manifest of ses2iac" in ran.err
    assert tree(desk.out) == before


# Manifests of version 1
# ------------------------------------------------------------------------------------------


def as_version_1(desk: Desk, *, removed: list[str], imported: Callable[[Json], bool]) -> None:
    """Write what version 1 would have: an import state for files, none for resources."""
    document = manifest(desk)
    for place in document["Scopes"]:
        for each in place["Resources"]:
            each.pop("Values", None)
            each.pop("ImportFile", None)
            each.pop("Imported", None)
            if imported(each):
                each["Imported"] = True
        place.pop("LeftOut", None)
    document.pop("Options")
    document |= {"FormatVersion": 1, "RemovedImports": removed}
    desk.put(MANIFEST_FILE, json.dumps(document, indent=2) + "\n")


LISTS = {
    "terraform": "imports.tf",
    "cloudformation": "resources-to-import.json",
    "cdk": "resource-mapping.json",
}


@every_format
def test_a_manifest_of_version_1_is_brought_up_to_date(desk: Desk, to: str) -> None:
    desk.export(ACCOUNT, to=to)
    before = tree(desk.out)
    as_version_1(desk, removed=[], imported=lambda _each: False)
    assert desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json")).code == 0
    assert desk.run("config", "show", str(desk.out)).code == 0
    assert again(desk, to=to).code == 0
    assert tree(desk.out) == before


@every_format
def test_version_1_with_its_imports_deleted(desk: Desk, to: str) -> None:
    """What came since then has never been handed out: it is now."""
    desk.export(ACCOUNT, to=to)
    as_version_1(desk, removed=[], imported=lambda _each: False)
    (desk.out / LISTS[to]).unlink()
    assert again(desk, to=to).code == 0
    assert LISTS[to] not in tree(desk.out)
    as_version_1(
        desk, removed=[LISTS[to]], imported=lambda each: each["ConfigurationSet"] != "news"
    )
    assert again(desk, to=to).code == 0
    assert [
        each["ConfigurationSet"]
        for each in manifest(desk)["Scopes"][0]["Resources"]
        if each.get("ImportFile")
    ] == ["news"] * 3


def test_version_1_tells_of_references_maps_and_templates(desk: Desk) -> None:
    desk.export(ACCOUNT, options=("--references", "variables"))
    as_version_1(desk, removed=[], imported=lambda _each: False)
    document = manifest(desk)
    document["Scopes"][0] |= {"IsMapped": True, "Templates": ["terraform/versions.tf"]}
    put_manifest(desk, document)
    ran = again(desk)
    assert "as in its last export: --references variables (" in ran.err
    for flag in ("--map", "--templates"):
        assert f"its last export had {flag} with a path outside of it" in ran.err


@every_format
def test_a_manifest_that_version_1_wrote(desk: Desk, to: str) -> None:
    """Kept as it was; its values are read from the code."""
    shutil.copytree(GOLDEN / to, desk.out)
    kept = GOLDEN.parent.parent / "fixtures" / "manifests_v1" / f"{to}.json"
    shutil.copy(kept, desk.out / MANIFEST_FILE)
    origin = str(GOLDEN / "snapshot.json")
    assert desk.run("diff", str(desk.out), origin).code in (0, 3)
    ran = desk.run("export", to, "--from", origin, "--out", str(desk.out))
    assert ran.code == 0, ran.err
    assert {p: d for p, d in tree(desk.out).items() if p in tree(GOLDEN / to)} == tree(GOLDEN / to)


# Damage
# ------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2.5,
        "",
        "x",
        "../x",
        "/etc/x",
        "\0",
        [],
        {},
        [None],
        {"": None},
        "terraform",
    ]
)


@st.composite
def mutations(draw: st.DrawFn) -> Callable[[Any], Any]:
    """One change somewhere in a JSON tree."""
    turns = draw(st.lists(st.integers(0, 7), min_size=1, max_size=7))
    word = draw(WORDS)
    is_removal = draw(st.booleans())

    def mutated(tree_: Any) -> Any:
        at, parents = tree_, []
        for turn in turns:
            if not at or not isinstance(at, dict | list):
                break
            keys: list[Any] = list(at) if isinstance(at, dict) else list(range(len(at)))
            parents.append((at, keys[turn % len(keys)]))
            at = at[keys[turn % len(keys)]]
        if parents:
            parent, key = parents[-1]
            if is_removal:
                del parent[key]
            else:
                parent[key] = word
        return tree_

    return mutated


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutation=mutations(), to=st.sampled_from(["terraform", "cloudformation"]))
def test_a_damaged_manifest_ends_in_a_documented_way(
    desk: Desk, mutation: Callable[[Any], Any], to: str
) -> None:
    shutil.rmtree(desk.out, ignore_errors=True)
    desk.export(ACCOUNT, to=to)
    put_manifest(desk, mutation(manifest(desk)))
    outside = {path: d for path, d in tree(desk.folder).items() if not path.startswith("infra/")}
    origin = str(desk.folder / "snapshot.json")
    for arguments in (
        ("diff", str(desk.out), origin),
        ("config", "show", str(desk.out)),
        ("verify", str(desk.out), "--offline"),
        ("export", to, "--from", origin, "--out", str(desk.out), "--check"),
        ("export", to, "--from", origin, "--out", str(desk.out), "--exclude", "news"),
    ):
        if arguments[0] != "verify" or to == "cloudformation":
            assert desk.run(*arguments).code in (0, 1, 2, 3, 4)
    now = {path: d for path, d in tree(desk.folder).items() if not path.startswith("infra/")}
    assert now == outside


# What a format cannot hold
# ------------------------------------------------------------------------------------------

ARCHIVE = "arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-" + "0" * 24
LEFT_OUT: dict[str, tuple[str, Json, Json]] = {
    "archiving": ("terraform", {"ArchivingOptions": {"ArchiveArn": ARCHIVE}}, {}),
    "archiving changes": (
        "terraform",
        {"ArchivingOptions": {"ArchiveArn": ARCHIVE}},
        {"ArchivingOptions": {"ArchiveArn": ARCHIVE + "1"}},
    ),
    **{
        f"suppression scope, {to}": (
            to,
            {
                "SuppressionOptions": {
                    "SuppressedReasons": ["BOUNCE"],
                    "SuppressionScope": "ACCOUNT",
                }
            },
            {"SuppressionOptions": {"SuppressedReasons": ["BOUNCE"]}},
        )
        for to in FormatName
    },
    **{
        f"signing, {to}": (
            to,
            {
                "MessageSecurityOptions": {
                    "SigningScheme": {"SmimeScheme": {"SignatureFormat": "DETACHED"}}
                }
            },
            {},
        )
        for to in FormatName
    },
    "https policy alone": ("terraform", {"TrackingOptions": {"HttpsPolicy": "REQUIRE"}}, {}),
    "https policy changes": (
        "terraform",
        {"TrackingOptions": {"HttpsPolicy": "REQUIRE"}},
        {"TrackingOptions": {"HttpsPolicy": "OPTIONAL"}},
    ),
}


@pytest.mark.parametrize(("to", "had", "has"), LEFT_OUT.values(), ids=list(LEFT_OUT))
def test_what_was_left_out_is_missed_when_it_changes(
    desk: Desk, to: str, had: Json, has: Json
) -> None:
    before = scope(configuration_set("orders", "bounces", **had))
    desk.export(before, to=to)
    same = snapshot_file(desk.folder / "same.json", before)
    later = snapshot_file(
        desk.folder / "later.json", scope(configuration_set("orders", "bounces", **has))
    )
    assert desk.run("diff", str(desk.out), same, "--strict").code == 0
    ran = desk.run("diff", str(desk.out), later)
    assert ran.code == 3
    assert next(iter(had)) in ran.out
    # Another person's copy of the folder says the same, with the import done.
    (desk.out / LISTS[to]).unlink()
    assert desk.run("diff", str(desk.out), later).code == 3


PINPOINT: Json = {
    "PinpointDestination": {
        "ApplicationArn": "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/" + "a" * 32
    }
}


@pytest.mark.parametrize("to", ["cloudformation", "cdk"])
def test_a_destination_that_was_left_out_is_missed(desk: Desk, to: str) -> None:
    desk.export(scope(configuration_set("orders", "bounces", described("app", PINPOINT))), to=to)
    origin = str(desk.folder / "snapshot.json")
    assert desk.run("diff", str(desk.out), origin, "--strict").code == 0
    for sets in (
        configuration_set("orders", "bounces"),
        configuration_set("orders", "bounces", described("app", PINPOINT, on=False)),
    ):
        later = snapshot_file(desk.folder / "later.json", scope(sets))
        ran = desk.run("diff", str(desk.out), later)
        assert ran.code == 3
        assert "app" in ran.out
