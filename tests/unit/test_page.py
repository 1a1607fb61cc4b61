"""The page as text: what it holds, what it must not hold, and its size."""

import base64
import gzip
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.diff.compare import compare
from exporter.diff.model import Difference, NotCompared, NotComparedReason, ScopeDifference
from exporter.diff.side import Side, of_scope
from exporter.formats.registry import FormatName
from exporter.lint.model import Rule, Severity
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure, ReadResult
from exporter.model.resources import Scope
from exporter.reports.graph import parts
from exporter.reports.html.code import codes
from exporter.reports.html.differences import MOST_CHANGES
from exporter.reports.html.findings import FoundAt, PageFinding, findings
from exporter.reports.html.overview import Origin
from exporter.reports.html.page import page
from exporter.reports.listing import rows
from exporter.sources.selection import Selection
from exporter.support.text import printable
from tests.functional.snapshots import Json, configuration_set, destination, orders, scope, sns
from tests.strategies import aws_scopes, examples, hostile_scopes
from tests.support import SAMPLES, load_snapshot
from tests.unit.test_graph_outputs import HOSTILE


def reading_of(*scopes: Json) -> ReadResult:
    return ReadResult(tuple(msgspec.convert([*scopes], list[Scope])))


class Elements(HTMLParser):
    """Every element, and what stands in the scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self._script: str | None = None
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "script":
            self._script = dict(attrs).get("id") or "program"
            assert self._script not in self.scripts
            self.scripts[self._script] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[self._script] += data
        else:
            self.text += data

    @property
    def data(self) -> Any:
        """What the program shows."""
        return json.loads(self.scripts["data"])

    @property
    def codes(self) -> dict[str, list[str]]:
        """The code, by format."""
        packed = base64.b64decode(self.scripts["packed"])
        found: dict[str, list[str]] = json.loads(gzip.decompress(packed))
        return found


def said_in(html: str) -> str:
    """The text of a page, as it reads."""
    return " ".join(Elements(html).text.split())


KNOWN = re.compile(
    "html|head|meta|title|link|style|body|a|header|article|time|h[1-3]|nav|ul|li|main|section|dl|div|dt|dd|"
    "table|caption|thead|tbody|tr|th|td|p|br|strong|span|details|summary|code|pre|form|label|input|"
    "select|option|button|noscript|footer|data|script|svg|desc|rect|g|text|path"
)


@given(st.lists(st.one_of(aws_scopes(), hostile_scopes()), max_size=2))
@examples(25)
def test_every_destination_is_in_the_page_with_its_code(scopes: list[Scope]) -> None:
    html = page(ReadResult(tuple(scopes)))
    elements = Elements(html)
    assert all(KNOWN.fullmatch(tag) for tag, _ in elements.found)
    data = elements.data
    every = list(rows(scopes))
    assert [data["Sets"][row[1]][0] for row in data["Rows"]] == [r.configuration_set for r in every]
    assert [row[2] if len(row) > 2 else None for row in data["Rows"]] == [
        row.event_destination for row in every
    ]
    full = [row for row in data["Rows"] if len(row) > 2]
    listed = [row for row in every if row.event_destination is not None]
    assert [data["Targets"][row[5]][3] for row in full] == [r.target or "" for r in listed]
    assert [None if row[3] is None else bool(row[3]) for row in full] == [
        row.enabled for row in listed
    ]
    assert set(elements.codes) == set(FormatName)
    for texts in elements.codes.values():
        assert len(texts) == len(listed)
        assert all(texts)


@pytest.mark.parametrize("sample", ["minimal", "shop"])
def test_the_code_is_what_an_export_writes(sample: str) -> None:
    (one,) = load_snapshot(SAMPLES / sample / "snapshot.json").scopes
    starts = {
        "terraform": 'resource "aws_sesv2_configuration_set_event_destination"',
        "cloudformation": "AWS::SES::ConfigurationSetEventDestination",
        "cdk": "CfnEventDestination(",
    }
    for name, texts in codes(one).items():
        files = [
            path.read_text(encoding="utf-8")
            for path in (SAMPLES / sample / name).iterdir()
            if path.suffix in {".tf", ".yaml", ".py"}
        ]
        # Each line, without its indent and what stands about it.
        lines = {line.strip() for text in files for line in text.splitlines()}
        # Where an export has a local, a block that stands alone has its value.
        locals_ = dict(re.findall(r"^  (\w+) += (.*)$", "\n".join(files), re.MULTILINE))
        lines |= {
            line.replace(f"local.{local}", value)
            for line in lines
            for local, value in locals_.items()
        }
        # So it has that of a mapping's key, and of a constant.
        every = "\n".join(files)
        keys = re.findall(r'^    "?(\w+)"?:\n      Arn: (.*)$', every, re.MULTILINE)
        shared = {f"!FindInMap [Targets, {key}, Arn]": arn for key, arn in keys}
        shared |= dict(re.findall(r'^([A-Z0-9_]+) = (?:\(\n *)?(".*")$', every, re.MULTILINE))
        lines |= {line.replace(one, value) for line in lines for one, value in shared.items()}
        whole = [text for text in texts if not text.startswith("#") or starts[name] in text]
        assert sum(text.count(starts[name]) for text in files) == len(whole)
        for text in whole:
            assert text.count(starts[name]) == 1
            code = [line for line in text.splitlines() if not line.startswith("#")]
            assert {line.strip() for line in code} <= lines
        for text in set(texts) - set(whole):
            assert "left out" in text


def test_what_a_format_cannot_hold_is_said_in_its_place() -> None:
    (one,) = load_snapshot(SAMPLES / "shop/snapshot.json").scopes
    names = [f"{found.name}/{each.name}" for found, each in one.destinations]
    text = codes(one)[FormatName.CLOUDFORMATION][names.index("newsletter/app")]
    assert text.startswith("# Event destination 'app' left out for its PinpointDestination")


def rule(title: str) -> Rule:
    return Rule("a-rule", Severity.WARNING, title, "It matters.", "Do it.", "https://x.example")


def test_hostile_names_are_text_and_nothing_else() -> None:
    sets = [configuration_set(name, destination(name, sns(name))) for name in HOSTILE]
    reading = reading_of(scope(*sets))
    html = page(
        reading,
        findings=[PageFinding(rule(name), (FoundAt(name, name),)) for name in HOSTILE],
        difference=compare(Side("<script>", ()), Side("x", tuple(map(of_scope, reading.scopes)))),
    )
    plain = Elements(page(reading_of(scope(configuration_set("a", "b")))))
    elements = Elements(html)
    assert len(elements.scripts) == len(plain.scripts) == 3
    assert elements.scripts["program"] == plain.scripts["program"]
    tags = {tag for tag, _ in elements.found}
    assert not tags & {"img", "iframe", "object", "embed", "base", "b", "x"}
    assert not [name for _, attrs in elements.found for name in attrs if name.startswith("on")]
    assert [row[2] for row in elements.data["Rows"]] == sorted(HOSTILE)
    for name in HOSTILE:
        assert printable(name) in elements.text


def test_nothing_leads_out_of_the_page() -> None:
    html = page(reading_of(orders()))
    elements = Elements(html)
    links = [
        value
        for _, attrs in elements.found
        for name, value in attrs.items()
        if name in {"src", "href", "action", "data", "xlink:href"}
    ]
    assert all((link or "").startswith(("#", "data:,")) for link in links)
    assert "@import" not in html
    assert "url(" not in html
    (policy,) = (a["content"] for _, a in elements.found if a.get("http-equiv"))
    assert policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def test_the_same_data_gives_the_same_bytes() -> None:
    reading = reading_of(orders("opens"))
    assert page(reading) == page(reading)


def test_it_says_what_could_not_be_read() -> None:
    unread = (ReadFailure("news", "not allowed", place="account 1, region x"),)
    html = page(ReadResult(reading_of(orders()).scopes, unread))
    assert "account 1, region x: news: not read: not allowed" in Elements(html).text
    assert "Not read" not in Elements(page(reading_of(orders()))).text


def test_what_was_not_read_for_one_reason_is_said_once() -> None:
    unread = tuple(ReadFailure(f"set-{n}", "not allowed", "grant it") for n in range(7))
    text = said_in(page(ReadResult(reading_of(orders()).scopes, unread)))
    assert "7 configuration sets: not read: not allowed (grant it)" in text
    assert "7 names set-0 set-1 set-2" in text
    assert text.count("not allowed") == 1


def test_findings_are_shown_where_there_are_any() -> None:
    finding = PageFinding(rule("Bounces go nowhere"), (FoundAt("orders", "it is so"),), more=3)
    text = said_in(page(reading_of(orders()), findings=[finding]))
    assert all(part in text for part in ("Findings", "Bounces go nowhere", "orders: it is so"))
    assert "4 findings 4 warnings" in text
    none = said_in(page(reading_of(orders())))
    assert "0 findings" in none
    assert "No findings." in none


def large(number: int, sets: int) -> ReadResult:
    each = number // sets
    made = [
        configuration_set(
            f"newsletter-{at:05}",
            *(
                destination(f"bounces-{n:03}", sns(f"mail-{(at * each + n) % 97}"))
                for n in range(each)
            ),
        )
        for at in range(sets)
    ]
    return reading_of(scope(*made))


def test_a_page_of_5000_destinations_is_small() -> None:
    reading = large(5000, 1000)
    html = page(
        reading,
        findings=findings(reading.scopes, Selection()),
        difference=compare(Side("old", ()), Side("new", tuple(map(of_scope, reading.scopes)))),
    )
    assert len(html.encode()) < 2_000_000
    assert "Simplified, as there are 5000 event destinations: all sets of an" in html
    assert len(Elements(html).data["Rows"]) == 5000


@pytest.mark.parametrize(
    ("number", "sets", "said", "pieces"),
    [
        (12, 6, "", 1),
        (60, 30, "", 4),
        (600, 2, "drawn as one, with only the 18 targets that have the most", 1),
        (1000, 600, "drawn as one, with only the 18 targets that have the most", 1),
    ],
)
def test_a_large_picture_is_cut_and_collapsed(
    number: int, sets: int, said: str, pieces: int
) -> None:
    elements = Elements(page(large(number, sets)))
    heights = [float(at["height"] or 0) for tag, at in elements.found if tag == "svg"]
    assert (len(heights), max(heights) <= parts.HEIGHT) == (pieces, True)
    assert said in elements.text
    assert bool(said) is ("are drawn as one" in elements.text)


def test_a_picture_that_is_still_too_large_shows_the_targets_that_are_used_most() -> None:
    topics = [destination(f"d{n}", sns(f"t{n}")) for n in range(501)]
    often = [destination(f"e{n}", sns("often")) for n in range(9)]
    elements = Elements(page(reading_of(scope(configuration_set("a", *topics, *often)))))
    assert sum(tag == "svg" for tag, _ in elements.found) == 1
    assert "with only the 18 targets that have the most destinations" in elements.text
    assert "9 destinations" in elements.text


def test_destinations_that_share_a_target_are_drawn_as_one_before_sets_are() -> None:
    sets = [
        configuration_set(f"s{at}", *(destination(f"d{n}", sns(f"t{n % 2}")) for n in range(90)))
        for at in range(4)
    ]
    elements = Elements(page(reading_of(scope(*sets))))
    assert "those of a set that share a target are drawn as one" in elements.text
    assert sum(tag == "svg" for tag, _ in elements.found) == 1
    # Each row says it once for eyes and once where the mouse rests.
    assert elements.text.count("45 destinations") == 2 * 8


def test_no_id_is_given_twice() -> None:
    """Pieces of a picture share targets."""
    found = [at["id"] or "" for _, at in Elements(page(large(60, 30))).found if "id" in at]
    assert sorted(set(found)) == sorted(found)


@pytest.mark.parametrize(
    ("scopes", "title"),
    [
        ([scope()], "Account 123456789012, eu-west-1"),
        ([scope(account=None)], "Unknown account, eu-west-1"),
        ([scope(), scope(region="us-east-1")], "Account 123456789012, eu-west-1, us-east-1"),
        (
            [scope(region=f"eu-west-{n}") for n in range(6)],
            "Account 123456789012, eu-west-0, eu-west-1, eu-west-2, eu-west-3 and 2 more",
        ),
        ([scope(), scope(account="999999999999")], "2 accounts, eu-west-1"),
        (
            [scope(), scope(account="999999999999", region="us-east-1")],
            "2 accounts, 2 regions",
        ),
        ([], "Nothing was read"),
    ],
)
def test_it_leads_with_account_and_region(scopes: list[Json], title: str) -> None:
    html = page(reading_of(*scopes))
    assert f"<title>{title} - SES event destinations</title>" in html
    assert f"<h1>{title}</h1>" in html


def test_several_accounts_and_regions_are_listed() -> None:
    other = scope(configuration_set("a", destination("b", on=False)), region="us-east-1")
    text = said_in(page(reading_of(orders("opens"), other)))
    assert "123456789012eu-west-1120 123456789012us-east-1111" in text


def test_it_says_when_and_from_what_it_was_read() -> None:
    read_at = datetime(2026, 11, 28, 1, 30, tzinfo=timezone(timedelta(hours=1)))
    origin = Origin("prod.json", read_at, "--include orders")
    text = said_in(page(reading_of(orders()), origin=origin))
    assert "Read at2026-11-28 00:30 UTC Sourceprod.json Only--include orders" in text
    assert "Read atnot recorded" in said_in(page(reading_of(orders())))


def test_what_matters_comes_first() -> None:
    """Numbers that link to their sections, in the order of the sections."""
    old, new = (Side("x", tuple(map(of_scope, reading_of(o).scopes))) for o in (scope(), orders()))
    reading = replace(reading_of(orders()), unread=(ReadFailure("news", "not allowed"),))
    finding = PageFinding(rule("It is so"), (FoundAt("orders", "it is so"),))
    html = page(reading, difference=compare(old, new), findings=[finding])
    elements = Elements(html)
    links = [at["href"] for tag, at in elements.found if tag == "a" and "href" in at]
    sections = [f"#{at['id']}" for tag, at in elements.found if tag == "section"]
    assert sections == ["#unread", "#findings", "#differences", "#picture", "#destinations"]
    assert links[1:7] == [*sections[:3], sections[4], sections[4], sections[3]]
    for said in (
        "1 not read 1 configuration set this report is partial",
        "1 finding 1 warning",
        "2 differences 2 added 2 of 2 compared",
        "1 configuration set 1 event destination 1 target of 1 kind",
    ):
        assert said in said_in(html)


def test_tags_and_options_of_sets_are_in_it() -> None:
    tags = [{"Key": "team", "Value": "payments"}]
    found = configuration_set("a", "b", Tags=tags, SuppressionOptions={"SuppressedReasons": []})
    only_names = {"ConfigurationSetName": "c", "OptionsKnown": False}
    data = Elements(page(reading_of(scope(found, only_names)))).data
    (_, one), (_, other) = data["Sets"]
    assert data["Facts"][one] == [
        [["team", "payments"]],
        [
            ["ReputationOptions.ReputationMetricsEnabled", "true"],
            ["SendingOptions.SendingEnabled", "true"],
            ["SuppressionOptions.SuppressedReasons", "none"],
        ],
    ]
    assert data["Facts"][other] == [[], None]
    # A set without destinations stands in the table.
    assert data["Rows"][1] == [0, 1]


def test_many_differences_are_counted_and_not_all_shown() -> None:
    scopes = large(400, 400).scopes
    html = page(
        ReadResult(scopes),
        difference=compare(Side("old", ()), Side("new", tuple(map(of_scope, scopes)))),
    )
    assert html.count('<div class="change') == MOST_CHANGES
    assert f"and {800 - MOST_CHANGES} more, listed by" in html


def test_what_was_not_compared_is_grouped_by_its_cause() -> None:
    gaps = [
        NotCompared(
            NotComparedReason.UNKNOWN,
            Identity("orders", f"d{n}"),
            "SnsDestination.TopicArn",
            None,
            "var.topic has no value",
            f"main.tf:{n}",
            is_gap=True,
        )
        for n in range(7)
    ]
    found = ScopeDifference("account 1", not_compared=tuple(gaps), same=3)
    text = said_in(page(reading_of(orders()), difference=Difference("code", "live", (found,))))
    assert "0 differences 3 of 10 compared" in text
    assert "compared 3 of 10 resources; 7 not compared; nothing differs in what was" in text
    assert text.count("var.topic has no value") == 1
    assert "7 places orders/d0 SnsDestination.TopicArn (main.tf:0)" in text
