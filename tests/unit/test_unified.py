"""A difference as a patch: what git makes of it, and what it leaves alone."""

import json
import subprocess
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporter.diff.side import Side, of_loaded, of_scope
from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure
from exporter.model.resources import (
    ConfigurationSet,
    EventDestination,
    EventType,
    Scope,
    Snapshot,
    SnsDestination,
    Tag,
)
from exporter.reports import diff_patch as patches
from exporter.reports.diff_patch import patch, patched_name
from exporter.reports.diff_unified import as_unified
from exporter.sources import snapshot
from exporter.sources.selection import Selection
from tests.strategies import aws_scopes, examples, json_values

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"


def destination(name: str, topic: str = TOPIC) -> EventDestination:
    sns = SnsDestination(topic_arn=topic)
    return EventDestination(
        name=name, enabled=True, matching_event_types=(EventType.SEND,), sns_destination=sns
    )


def scope(*sets: ConfigurationSet, region: str = "eu-west-1") -> Scope:
    return Scope(account_id="123456789012", partition="aws", region=region, configuration_sets=sets)


def said(*scopes: Scope, **more: object) -> Side:
    whole = Snapshot(format_version=1, scopes=scopes)
    return Side("said", tuple(map(of_scope, scopes)), snapshot=whole, **more)  # type: ignore[arg-type]


def text_of(side: Side) -> str:
    assert side.snapshot is not None
    return snapshot.dump(side.snapshot)


def applied(text: str, made: str, folder: Path) -> str:
    """What git makes of a file by a patch."""
    folder.mkdir(exist_ok=True)
    (folder / "f").write_text(text, encoding="utf-8", newline="")
    if made:
        command = ["git", "apply", "--unsafe-paths", "--whitespace=nowarn", "-"]
        subprocess.run(command, cwd=folder, input=made.encode(), check=True)
    return (folder / "f").read_bytes().decode()


def by_hand(text: str, made: str) -> str:
    """What a patch makes of a text, every line that it names compared."""
    lines, found, at = text.split("\n"), [], 0
    for line in made.split("\n")[2:-1]:
        if line.startswith("@@"):
            start, _, size = line.split(" ")[1][1:].partition(",")
            first = int(start) - (size != "0")
            found += lines[at:first]
            at = first
        elif line.startswith("+"):
            found.append(line[1:])
        else:
            assert lines[at] == line[1:]
            found += [] if line.startswith("-") else [line[1:]]
            at += 1
    return "\n".join([*found, *lines[at:]])


@examples(150)
@given(aws_scopes(), aws_scopes())
def test_a_patch_makes_the_newer_of_the_older(one: Scope, other: Scope) -> None:
    old, new = said(one), said(other)
    made = as_unified(old, new, "f")
    assert bool(made) == (text_of(old) != text_of(new))
    assert by_hand(text_of(old), made) == text_of(new)


@examples(100)
@given(st.lists(json_values(), max_size=3), st.lists(json_values(), max_size=3))
def test_any_two_texts_make_a_patch(one: list[object], other: list[object]) -> None:
    old, new = (json.dumps({"Scopes": each}, indent=2) + "\n" for each in (one, other))
    assert by_hand(old, patch(old, new, "f")) == new


def test_git_applies_what_changes_in_several_places(tmp_path: Path) -> None:
    sets = [ConfigurationSet(f"s{i}", event_destinations=(destination("d"),)) for i in range(20)]
    gone = [found for index, found in enumerate(sets) if index not in (3, 19)]
    moved = replace(gone[7], event_destinations=(destination("c"), destination("d", TOPIC + "2")))
    changed = [*gone[:7], moved, *gone[8:], ConfigurationSet("new", tags=(Tag(key="k", value=""),))]
    old = said(scope(*sets), scope(*sets, region="us-east-2"))
    new = said(scope(*changed), scope(*gone, region="us-west-2"))
    made = as_unified(old, new, "f")
    assert applied(text_of(old), made, tmp_path / "x") == text_of(new)
    assert as_unified(old, old, "f") == ""


def test_thousands_of_changes_are_compared_a_destination_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is compared line by line takes the square of its lines."""
    lines: list[int] = []

    class Counting(SequenceMatcher[str]):
        def __init__(self, junk: None, one: list[str], other: list[str]) -> None:
            lines.append(max(len(one), len(other)))
            super().__init__(junk, one, other)

    monkeypatch.setattr(patches, "SequenceMatcher", Counting)

    def many(topic: str) -> Side:
        three = tuple(destination(f"d{i}", topic) for i in range(3))
        sets = (ConfigurationSet(f"s{i}", event_destinations=three) for i in range(1000))
        return said(scope(*sets))

    old, new = many(TOPIC), many(f"{TOPIC}-new")
    made = as_unified(old, new, "f")
    assert len(lines) == 3000
    assert max(lines) < 20
    assert by_hand(text_of(old), made) == text_of(new)


def test_what_is_not_selected_stays(tmp_path: Path) -> None:
    old = said(
        scope(
            ConfigurationSet("news", event_destinations=(destination("a"),)),
            ConfigurationSet("orders", event_destinations=(destination("a"), destination("b"))),
        )
    )
    other = f"{TOPIC}-new"
    new = said(
        scope(
            ConfigurationSet("hand"),
            ConfigurationSet("orders", event_destinations=(destination("a", other),)),
        )
    )
    made = as_unified(old, new, "f", Selection(("orders/a",)))
    result = json.loads(applied(text_of(old), made, tmp_path / "x"))
    sets = result["Scopes"][0]["ConfigurationSets"]
    assert [found["ConfigurationSetName"] for found in sets] == ["news", "orders"]
    assert [line for line in made.splitlines()[2:] if line[0] in "+-"] == [
        f'-                "TopicArn": "{TOPIC}"',
        f'+                "TopicArn": "{other}"',
    ]
    made = as_unified(old, new, "f", Selection((), ("orders/a", "hand")))
    result = json.loads(applied(text_of(old), made, tmp_path / "x"))
    (orders,) = result["Scopes"][0]["ConfigurationSets"]
    assert [found["Name"] for found in orders["EventDestinations"]] == ["a"]
    assert orders["EventDestinations"][0]["SnsDestination"]["TopicArn"] == TOPIC


def test_what_could_not_be_read_stays() -> None:
    old = said(scope(ConfigurationSet("news"), ConfigurationSet("orders")))
    less = said(scope(ConfigurationSet("orders")), unread=(ReadFailure("news", "denied"),))
    assert as_unified(old, less, "f") == ""
    nothing = said(scope(), unread=(ReadFailure("", "denied"),))
    assert as_unified(old, nothing, "f") == ""
    # A region that live was not asked for.
    both = said(scope(ConfigurationSet("a")), scope(region="us-east-2"))
    assert as_unified(both, said(scope(ConfigurationSet("a")), is_live=True), "f") == ""


def code(region: str | None = None) -> Side:
    described = CodeResource("a", "f:1", Identity("orders"), {})
    loaded = Loaded((described,), (), None, region)
    return Side("code", (of_loaded(loaded),), load_format(FormatName.TERRAFORM).judge)


def test_code_without_a_place_has_that_of_the_other_side() -> None:
    live = said(replace(scope(ConfigurationSet("orders"), region="cn-north-1"), partition="aws-cn"))
    assert as_unified(code(), live, "f") == ""
    assert as_unified(live, code(), "f") == ""
    other = CodeResource("a", "f:1", Identity("news"), {})
    news = Side("code", (of_loaded(Loaded((other,))),), code().judge)
    assert "Region" not in as_unified(code(), news, "f")
    assert as_unified(code("us-east-2"), code(), "f") == ""


# Names
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("plain.json", "sub/plain.json", "with space.json", "q'uote.json", 'q"uote.json'),
        *("new\nline.json", "t\tab.json", "back\\slash.json", "ü \U0001f600.json", " x ", "-x"),
        b"\xff\xfe.json".decode("utf-8", "surrogateescape"),
    ],
)
def test_git_knows_the_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "tree" / name
    file.parent.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path / "tree", check=True)
    (tmp_path / "tree/deep").mkdir()
    spellings = [(tmp_path / "tree", name), (tmp_path / "tree/deep", f"../{name}")]
    for folder, spelling in [*spellings, (tmp_path, str(file))]:
        monkeypatch.chdir(folder)
        file.write_bytes(b"a\nb\n")
        made = patch("a\nb\n", "a\nc\n", patched_name(spelling)).encode("ascii")
        subprocess.run(["git", "apply", "-"], cwd=tmp_path / "tree", input=made, check=True)
        assert file.read_bytes() == b"a\nc\n"


def test_outside_of_a_work_tree_a_path_is_as_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/f.json").touch()
    monkeypatch.chdir(tmp_path / "a")
    assert patched_name("./f.json") == "f.json"
    assert patched_name(str(tmp_path / "a/f.json")) == str(tmp_path / "a/f.json").lstrip("/")
    monkeypatch.chdir(tmp_path / "a/b")
    assert patched_name("../f.json") == str((tmp_path / "a/f.json").resolve()).lstrip("/")
    assert patched_name("live") == "live"
    assert patched_name("-") == "-"
