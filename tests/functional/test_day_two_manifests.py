"""Older and damaged manifests, and the values of what a format cannot hold."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.formats.manifest import MANIFEST_FILE
from exporter.formats.registry import FormatName
from tests.functional.snapshots import Desk, Json, configuration_set, scope, snapshot_file
from tests.functional.snapshots import destination as described
from tests.support import tree

GOLDEN = Path(__file__).parent.parent / "golden" / "kinds"

every_format = pytest.mark.parametrize("to", list(FormatName))

ACCOUNT = scope(
    configuration_set("billing"),
    configuration_set("news", "all", "clicks"),
    configuration_set("orders", "bounces", Tags=[{"Key": "team", "Value": "shop"}]),
)


# Manifests of version 1
# ------------------------------------------------------------------------------------------


def as_version_1(desk: Desk, *, removed: list[str], imported: Callable[[Json], bool]) -> None:
    """Write what version 1 would have: an import state for files, none for resources."""
    document = desk.manifest()
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
    assert desk.again(to=to).code == 0
    assert tree(desk.out) == before


@every_format
def test_version_1_with_its_imports_deleted(desk: Desk, to: str) -> None:
    """What came since then has never been handed out: it is now."""
    desk.export(ACCOUNT, to=to)
    as_version_1(desk, removed=[], imported=lambda _each: False)
    (desk.out / LISTS[to]).unlink()
    assert desk.again(to=to).code == 0
    assert LISTS[to] not in tree(desk.out)
    as_version_1(
        desk, removed=[LISTS[to]], imported=lambda each: each["ConfigurationSet"] != "news"
    )
    assert desk.again(to=to).code == 0
    assert [
        each["ConfigurationSet"]
        for each in desk.manifest()["Scopes"][0]["Resources"]
        if each.get("ImportFile")
    ] == ["news"] * 3


def test_version_1_tells_of_references_maps_and_templates(desk: Desk) -> None:
    desk.export(ACCOUNT, options=("--references", "variables"))
    as_version_1(desk, removed=[], imported=lambda _each: False)
    document = desk.manifest()
    document["Scopes"][0] |= {"IsMapped": True, "Templates": ["terraform/versions.tf"]}
    desk.put_manifest(document)
    ran = desk.again()
    assert "reusing options of the last export: --references variables (" in ran.err
    for flag in ("--map", "--templates"):
        assert f"the last export had {flag} with a path outside this folder" in ran.err


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


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutation=mutations(), to=st.sampled_from(["terraform", "cloudformation"]))
def test_a_damaged_manifest_ends_in_a_documented_way(
    desk: Desk, mutation: Callable[[Any], Any], to: str
) -> None:
    shutil.rmtree(desk.out, ignore_errors=True)
    desk.export(ACCOUNT, to=to)
    desk.put_manifest(mutation(desk.manifest()))
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
