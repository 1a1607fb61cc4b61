"""The page as text: what it holds, what it must not hold, and its size."""

import base64
import gzip
import json
import re
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.diff.compare import compare
from exporter.diff.side import Side, of_scope
from exporter.formats.registry import FormatName
from exporter.lint.model import Rule, Severity
from exporter.model.read_result import ReadFailure, ReadResult
from exporter.model.resources import Scope
from exporter.reports.html.code import codes
from exporter.reports.html.findings import PageFinding
from exporter.reports.html.page import page
from exporter.reports.listing import rows
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


KNOWN = re.compile(
    "html|head|meta|title|link|style|body|a|header|h[1-3]|nav|ul|li|main|section|dl|div|dt|dd|"
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
    listed = [row for row in rows(scopes) if row.event_destination is not None]
    assert [row[2] for row in data["Rows"]] == [row.event_destination for row in listed]
    assert [data["Sets"][row[1]] for row in data["Rows"]] == [r.configuration_set for r in listed]
    assert [data["Targets"][row[5]][3] for row in data["Rows"]] == [r.target or "" for r in listed]
    assert [None if row[3] is None else bool(row[3]) for row in data["Rows"]] == [
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
        findings=[PageFinding(rule(name), (name,)) for name in HOSTILE],
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


def test_findings_are_shown_where_there_are_any() -> None:
    finding = PageFinding(rule("Bounces go nowhere"), ("orders",), more=3)
    text = Elements(page(reading_of(orders()), findings=[finding])).text
    assert all(part in text for part in ("Findings", "Bounces go nowhere", "4 found", "and 3 more"))
    assert "Findings" not in Elements(page(reading_of(orders()))).text


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
    html = page(large(5000, 1000))
    assert len(html.encode()) < 2_000_000
    assert "There are 5000 event destinations" in html
    assert len(Elements(html).data["Rows"]) == 5000


@pytest.mark.parametrize(
    ("number", "sets", "said"),
    [
        (500, 100, ""),
        (600, 2, "that have one target are drawn as one"),
        (1000, 600, "of an account and region are drawn as one"),
    ],
)
def test_a_large_picture_is_collapsed(number: int, sets: int, said: str) -> None:
    elements = Elements(page(large(number, sets)))
    assert any(tag == "svg" for tag, _ in elements.found)
    assert said in elements.text
    assert bool(said) is ("There are" in elements.text)


def test_a_picture_that_is_too_large_is_left_out() -> None:
    topics = [destination(f"d{n}", sns(f"t{n}")) for n in range(501)]
    elements = Elements(page(reading_of(scope(configuration_set("a", *topics)))))
    assert not any(tag == "svg" for tag, _ in elements.found)
    assert "too many for a picture in a page" in elements.text
