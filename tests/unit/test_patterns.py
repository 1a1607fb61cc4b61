"""Patterns on tags, kinds, targets and being disabled, and files of patterns."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from exporter.model.resources import (
    CloudWatchDestination,
    ConfigurationSet,
    EventDestination,
    Scope,
    SnsDestination,
    Tag,
    TargetKind,
    UnknownField,
)
from exporter.sources.pattern_files import Line, expanded
from exporter.sources.patterns import SetFacts, any_of, parse
from exporter.sources.selection import Selection
from exporter.support.errors import ExporterError, UsageError
from tests.strategies import aws_names, examples, scopes

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"


def sns(name: str, *, enabled: bool = True, arn: str = TOPIC) -> EventDestination:
    target = SnsDestination(topic_arn=arn)
    return EventDestination(
        name=name, enabled=enabled, matching_event_types=(), sns_destination=target
    )


def metrics(name: str) -> EventDestination:
    target = CloudWatchDestination(dimension_configurations=())
    return EventDestination(
        name=name, enabled=True, matching_event_types=(), cloud_watch_destination=target
    )


def new_kind(name: str) -> EventDestination:
    return EventDestination(
        name=name,
        enabled=True,
        matching_event_types=(),
        unknown_fields=(UnknownField("SqsDestination", '{"QueueArn":"arn:aws:sqs:q","N":1}'),),
    )


def tagged(name: str, *destinations: EventDestination, **tags: str) -> ConfigurationSet:
    found = tuple(Tag(key=key, value=value) for key, value in tags.items())
    return ConfigurationSet(name, tags=found, event_destinations=destinations)


def scope(*sets: ConfigurationSet) -> Scope:
    return Scope(partition="aws", region="eu-west-1", configuration_sets=sets)


SHOP = scope(
    tagged("disabled", sns("x")),
    tagged("news", sns("off", enabled=False), metrics("m"), team="mail", stage="test"),
    tagged("orders", sns("b"), metrics("m"), new_kind("q"), team="shop"),
    tagged("quiet", team="mail"),
)


def taken(selection: Selection, of: Scope = SHOP) -> dict[str, str]:
    return {
        found.name: " ".join(one.name for one in found.event_destinations)
        for found in selection.apply(of).configuration_sets
    }


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ("tag:team=mail", "", {"news": "m off", "quiet": ""}),
        ("tag:team=*", "tag:stage=t?st", {"orders": "b m q", "quiet": ""}),
        ("tag:Team=mail", "", {}),
        ("tag:team=Mail", "", {}),
        ("kind:sns", "", {"disabled": "x", "news": "off", "orders": "b"}),
        ("kind:cloudwatch", "news", {"orders": "m"}),
        ("kind:pinpoint", "", {}),
        ("target:arn:aws:sns:*", "disabled", {"disabled": "x", "orders": "b"}),
        ("target:arn:aws:sqs:*", "", {"orders": "q"}),
        ("target:*", "", {"disabled": "x", "news": "off", "orders": "b q"}),
        ("disabled", "", {"news": "off"}),
        ("[d]isabled", "", {"disabled": "x"}),
        (
            "tag:team=mail kind:sns",
            "",
            {"disabled": "x", "news": "m off", "orders": "b", "quiet": ""},
        ),
        # As where all destinations of a set are excluded by name, the set stays.
        ("", "kind:sns kind:cloudwatch", {"disabled": "", "news": "", "orders": "q", "quiet": ""}),
        ("", "tag:team=*", {"disabled": "x"}),
    ],
)
def test_what_is_taken(include: str, exclude: str, expected: dict[str, str]) -> None:
    assert taken(Selection(tuple(include.split()), tuple(exclude.split()))) == expected


def test_a_key_may_hold_an_equals_sign() -> None:
    facts = SetFacts("a", {"a=b": "c"})
    assert parse("tag:a=b=c").of_set(facts)
    assert not parse("tag:a=b").of_set(facts)
    assert parse("tag:empty=").of_set(SetFacts("a", {"empty": ""}))


def test_a_tag_that_nobody_read_is_not_one_that_is_missing() -> None:
    bare = ConfigurationSet("news", options_known=False, event_destinations=(sns("a"),))
    for selection in (Selection(("tag:team=mail",)), Selection((), ("tag:team=mail",))):
        with pytest.raises(ExporterError, match="which were not read") as caught:
            selection.apply(scope(bare))
        assert caught.value.items == ("news",)
        assert selection.unmatched([scope(bare)]) == ()
    # Names may settle it.
    assert taken(Selection(("tag:team=mail", "news")), scope(bare)) == {"news": "a"}
    assert taken(Selection(("tag:team=mail",), ("news",)), scope(bare)) == {}
    assert taken(Selection(("tag:team=mail",), ("*/a", "n*")), scope(bare)) == {}


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ("kind:pinpoint", "tag:none=*", ["--include kind:pinpoint", "--exclude tag:none=*"]),
        ("tag:team=mail kind:sns", "target:*:mail", []),
        ("*", "target:arn:aws:firehose:*", ["--exclude target:arn:aws:firehose:*"]),
    ],
)
def test_patterns_without_effect_are_named(include: str, exclude: str, expected: list[str]) -> None:
    selection = Selection(tuple(include.split()), tuple(exclude.split()))
    assert selection.unmatched([SHOP]) == tuple(f"{said} matches nothing" for said in expected)


def test_a_set_called_disabled_is_told_apart() -> None:
    assert Selection(("disabled",)).unmatched([SHOP]) == (
        "--include disabled selects disabled destinations; to select the set of that name, "
        "write [d]isabled",
    )


def attributes() -> SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(("disabled", "target:*", "target:arn:*", "tag:a=*", "tag:team=mail")),
        st.sampled_from([f"kind:{kind}" for kind in TargetKind]),
        aws_names(),
        st.builds("{}/{}".format, aws_names(), st.sampled_from(("*", "a*"))),
    )


@examples(60)
@given(scopes(), st.lists(attributes(), max_size=3), st.lists(attributes(), max_size=3))
def test_names_never_rule_out_what_is_taken(
    found: Scope, include: list[str], exclude: list[str]
) -> None:
    selection = Selection(tuple(include), tuple(exclude))
    assert selection.needs_options == any(p.startswith("tag:") for p in include + exclude)
    try:
        kept = selection.apply(found)
    except ExporterError:
        return
    assert selection.apply(kept) == kept
    for each in kept.configuration_sets:
        assert selection.may_hold(each.name)
    for each in found.configuration_sets:
        by_name = any("/" not in p and fnmatchcase(each.name, p) for p in exclude)
        if selection.needs_facts and not by_name and any(":" in p for p in include):
            assert selection.may_hold(each.name)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [([], False), ([False, None], None), ([None, True], True), ([False], False)],
)
def test_what_is_not_known_is_not_false(verdicts: list[bool | None], expected: bool | None) -> None:
    assert any_of(verdicts) is expected


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("kind:SNS", "not a kind of target", "did you mean kind:sns?"),
        ("kind:", "not a kind of target", "kinds are sns,"),
        ("tag:", "has no tag", "tag:KEY=VALUE"),
        ("tag:=x", "has no tag", "tag:KEY=VALUE"),
        ("tag:team", "has no value", "tag:team=*"),
        ("target:", "has no target", "ARN"),
        ("tags:a=b", "not a pattern", "did you mean tag:a=b?"),
        ("zzz:a", "not a pattern", "patterns are SET"),
        (TOPIC, "not a pattern", f"did you mean target:{TOPIC}?"),
    ],
)
def test_a_pattern_that_means_nothing_is_refused(text: str, said: str, hint: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse(text, "--include")
    assert hint in caught.value.hint
    assert caught.value.where == "--include"


def write(folder: Path, data: bytes) -> str:
    path = folder / "sets.txt"
    path.write_bytes(data)
    return str(path)


def test_a_file_of_patterns(tmp_path: Path) -> None:
    name = write(tmp_path, b"\xef\xbb\xbf# ours\r\n\r\norders # all\r\n  tag:team=a b\t#x\nnews/x")
    found = expanded("--include", ["a", f"@{name}", "b"])
    assert found.patterns == ("a", "orders", "tag:team=a b", "news/x", "b")
    assert found.origins == {
        "orders": Line(name, 3),
        "tag:team=a b": Line(name, 4),
        "news/x": Line(name, 5),
    }


@pytest.mark.parametrize(
    ("data", "where", "said"),
    [
        (b"orders\n\nkind:sqs\n", ", line 3", "not a pattern"),
        (b"# more\n@more.txt\n", ", line 2", "cannot include another one"),
        (b"\xff\n", ":1", "not UTF-8"),
        (b"# nothing\n\n", "", "contains no pattern"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(
    tmp_path: Path, data: bytes, where: str, said: str
) -> None:
    name = write(tmp_path, data)
    with pytest.raises(ExporterError, match=said) as caught:
        expanded("--include", [f"@{name}"])
    assert caught.value.where.endswith(f"{name}{where}")


def test_an_empty_file_excludes_nothing(tmp_path: Path) -> None:
    assert expanded("--exclude", [f"@{write(tmp_path, b'')}"]).patterns == ()


@pytest.mark.parametrize(
    "line",
    [
        "aws_secret_access_key = planted",
        "aws_secret_access_key=planted",
        "planted secret",
        "planted\tsecret",
        "kind:planted",
        "tag:planted",
        "arn:planted",
        "planted:",
        "@planted",
    ],
)
def test_a_line_that_is_no_pattern_is_not_shown(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError) as caught:
        expanded("--include", [f"@{write(tmp_path, line.encode())}"])
    assert "planted" not in f"{caught.value}{caught.value.hint}"
    assert caught.value.where.endswith(", line 1")


def test_what_stands_in_a_file_is_told_by_its_line() -> None:
    selection = Selection(("planted", "typo"), (), {"planted": Line("sets.txt", 3)})
    assert selection.without_effect((), ()) == (
        "--include @sets.txt, line 3: matches nothing",
        "--include typo matches nothing",
    )
    assert str(selection) == "--include @sets.txt --include typo"


@pytest.mark.parametrize("name", ["", "none.txt", ".", "/dev/zero", "a\0b"])
def test_a_file_that_is_none_is_an_error(name: str) -> None:
    with pytest.raises(ExporterError):
        expanded("--exclude", [f"@{name}"])


def test_many_patterns_are_not_all_said() -> None:
    said = str(Selection(tuple("abcdefghij"), ("k",)))
    assert said.endswith("--include h and 3 more")
