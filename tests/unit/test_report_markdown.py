"""The report for a pull request: byte for byte, never too long, and no data out of its place."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from exporter.diff.model import (
    Added,
    Changed,
    Difference,
    NotCompared,
    NotComparedReason,
    ScopeDifference,
    ValueChange,
)
from exporter.model.identities import Identity
from exporter.reports.diff_markdown import as_markdown
from exporter.reports.markdown_text import LEAST_LIMIT
from exporter.support.text import spelled
from tests.differences import (
    EMPTY,
    EXPECTED,
    HOSTILE,
    REPORTS,
    RICH,
    expected,
    hostile_differences,
    many,
)
from tests.strategies import examples

PARSER = MarkdownIt("commonmark").enable("table")

CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")
SUMMARY = re.compile(
    r"<details><summary>(?:<code>(?:[^\W_]|[ .,/-]|&#[0-9]+;)*</code>|values not compared): "
    r"[a-z0-9, ]+</summary>"
)
OUR_PROSE = re.compile(r"[\w *:,;|()#→.…-]*")


@pytest.mark.parametrize("name", expected(".md"))
def test_the_report_is_the_expected_one(name: str) -> None:
    assert EXPECTED[name]().encode() == (REPORTS / name).read_bytes()


def test_no_difference_is_one_line() -> None:
    said = (
        "**compared 18 of 18 resources: no difference** (`terraform infra` → `live`); "
        "18 resources unchanged\n"
    )
    assert as_markdown(EMPTY) == said


# Cutting
# --------------------------------------------------------------------------------------


def left_out(text: str, of: str) -> int:
    found = re.search(rf"([0-9]+) of [0-9]+ changes omitted from the {of}", text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("limit", [LEAST_LIMIT, 5_000, 20_000, 200_000])
@pytest.mark.parametrize("shape", [(1, 600), (600, 1), (30, 20), (2, 3)])
def test_thousands_of_changes_stay_below_the_limit_and_what_is_cut_is_counted(
    limit: int, shape: tuple[int, int]
) -> None:
    difference = many(*shape)
    total = shape[0] * shape[1]
    text = as_markdown(difference, limit=limit)
    assert len(text) < limit
    assert text.startswith(f"**compared {total} of {total} resources: {total} changed** ")
    assert rows_of(text) == total - left_out(text, "table")
    assert text.count("! event destination") == total - left_out(text, "details")
    is_cut = rows_of(text) < total or text.count("! event destination") < total
    assert is_cut == ("Run `ses2iac diff OLD NEW` to see all." in text) or re.search(
        "uncompared values? omitted", text
    )
    if limit >= 20_000 and is_cut:
        assert len(text) > limit * 0.95
    check(text)


def test_an_account_full_of_changes_fits_a_comment() -> None:
    text = as_markdown(many(100, 40))
    assert 60_000 < len(text) < 65_000
    shown = rows_of(text)
    assert 0 < shown < 4000
    assert f"{4000 - shown} of 4000 changes omitted from the table" in text
    check(text)


def test_the_limit_counts_characters_as_github_does() -> None:
    """In UTF-16, in which an emoji is two; in bytes it would be four, and the report half empty."""
    tag = ("Tags[mood]", None, "\N{GRINNING FACE}" * 250)
    changes = tuple(Changed(Identity(f"set-{n}"), (ValueChange(*tag),)) for n in range(400))
    text = as_markdown(Difference("a", "b", (ScopeDifference("account", changes),)))
    assert 60_000 < len(text.encode("utf-16-le")) // 2 < 65_000


def test_what_fits_is_not_cut() -> None:
    whole = as_markdown(RICH, limit=10**9)
    assert as_markdown(RICH, limit=len(whole) + 1) == whole
    cut = as_markdown(RICH, limit=len(whole))
    assert len(cut) < len(whole)
    assert "Shortened" in cut


def test_one_value_that_is_too_long_is_shortened() -> None:
    change = Changed(Identity("a"), (ValueChange("A", "x" * 100_000, "y"),))
    text = as_markdown(Difference("o", "n", (ScopeDifference("", (change,)),)))
    assert "**Shortened:** long texts shortened. Run `ses2iac diff OLD NEW`" in text
    assert "…" in text
    assert len(text) < 1_000
    check(text)


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.slow
def test_the_least_limit_holds_whatever_the_names(piece: str) -> None:
    long = piece * (1_000 // len(piece))
    who = Identity(long, long)
    scopes = tuple(
        ScopeDifference(
            long,
            (Added(who, {long: long}, long),),
            (NotCompared(NotComparedReason.UNKNOWN, who, "", 1, long),),
            10**9,
        )
        for _ in range(3)
    )
    found = Difference(long, long, scopes, (long,) * 30, RICH.unread * 30)
    for limit in (LEAST_LIMIT, 4_000):
        text = as_markdown(found, limit=limit)
        assert len(text) < limit
        check(text)


def test_a_limit_that_holds_nothing_is_refused() -> None:
    with pytest.raises(
        ValueError, match="a report needs at least 1500 characters, but the limit is 1499"
    ):
        as_markdown(EMPTY, limit=LEAST_LIMIT - 1)


# Escaping
# -------------------------------------------------------------------------------------


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def rows_of(text: str) -> int:
    """How many rows the tables have, by a parser."""
    found = [token.type for token in tokens(text)]
    return found.count("tr_open") - found.count("thead_open")


def check(text: str) -> None:
    """Everything stands where it should: by the lines themselves, and by a parser."""
    assert text.replace("\n", "").isprintable()
    outside = check_fences(text)
    for line in outside:
        check_line(line)
    opened, closed = (sum(line.startswith(tag) for line in outside) for tag in ("<det", "</det"))
    assert opened == closed
    check_parsed(text)


def check_fences(text: str) -> list[str]:
    """Each fence is closed and longer than any run within; gives the lines outside of them."""
    outside: list[str] = []
    fence = ""
    for line in text.splitlines():
        if fence:
            if line == fence:
                fence = ""
            else:
                assert all(len(run) < len(fence) for run in re.findall("`+", line))
        elif (found := re.fullmatch(r"(`{3,})(diff|text)", line)) is not None:
            fence = found[1]
            assert len(fence) <= 9
        else:
            outside.append(line)
    assert not fence
    return outside


def check_line(line: str) -> None:
    """A line is ours but for code spans and the escaped text of a summary."""
    if line == "</details>" or SUMMARY.fullmatch(line):
        return
    ours = CODE_SPAN.sub("", line)
    assert OUR_PROSE.fullmatch(ours), line
    assert "#" not in ours.removeprefix("###")
    if line.startswith("|"):
        cells = re.sub(r"\\\|", "", line).count("|")
        assert cells == 5, line


def check_parsed(text: str) -> None:
    allowed = {
        *("paragraph_open", "paragraph_close", "heading_open", "heading_close", "inline", "text"),
        *("strong_open", "strong_close", "code_inline", "fence", "html_block", "softbreak"),
        *(
            f"{tag}_{end}"
            for tag in ("table", "thead", "tbody", "tr", "th", "td")
            for end in ("open", "close")
        ),
    }
    for token in tokens(text):
        assert token.type in allowed, token
        if token.type == "html_block":
            assert SUMMARY.fullmatch(token.content.strip()) or token.content.strip() == "</details>"
        if token.type == "text":
            assert not re.search(r"[@<>#`\\&]|://|www\.", token.content), token


@examples(300)
@given(hostile_differences(), st.sampled_from([LEAST_LIMIT, 3_000, 65_000]))
def test_nothing_breaks_out(difference: Difference, limit: int) -> None:
    text = as_markdown(difference, limit=limit)
    assert text == as_markdown(difference, limit=limit)
    assert len(text) < limit
    check(text)
    assert rows_of(text) == len(difference.changes) - left_out(text, "table")


@examples(200)
@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=6).map("".join))
def test_a_name_is_read_back_from_the_table_and_the_summary(name: str) -> None:
    values = {"A": name}
    who = Identity(name, name)
    found = Difference("o", "n", (ScopeDifference("", (Added(who, values, name),)),))
    text = as_markdown(found, limit=10**9)
    check(text)
    shown = spelled(name)
    shown = re.sub("`{9,}", lambda run: "\\u0060" * len(run[0]), shown)
    codes = [token.content for token in tokens(text) if token.type == "code_inline"]
    assert codes[:2] == ["o", "n"]
    # A pipe after a backslash is written as its code.
    assert codes[2:] == [re.sub(r"(?<=\\)\|", r"\\u007c", shown)] * 2 + ["A"]


def test_the_titles_of_scopes_are_code_too() -> None:
    text = as_markdown(replace(RICH, scopes=(replace(RICH.scopes[0], title="# @a <b>"),)))
    assert "\n### `# @a <b>`\n" in text
    check(text)
