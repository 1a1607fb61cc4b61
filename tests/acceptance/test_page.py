"""The page of a report in a real browser: what a person does with it, and what it must not do."""

import importlib.util
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from exporter.diff.compare import compare
from exporter.diff.model import Accepted, NotCompared, NotComparedReason
from exporter.diff.side import Item, Side, SideScope, of_scope
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure, ReadResult
from exporter.reports.html.findings import findings
from exporter.reports.html.overview import Origin
from exporter.reports.html.page import page
from exporter.sources.selection import Selection
from tests.functional.snapshots import configuration_set, destination, scope, sns
from tests.support import SAMPLES, Engines, load_snapshot
from tests.unit.test_graph_outputs import HOSTILE
from tests.unit.test_page import large, reading_of

pytestmark = pytest.mark.engine("browser")


@dataclass
class Tab:
    """A page in a browser, with all that went wrong in it."""

    page: Any
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The destinations that are shown, in order."""
        found: list[str] = self.page.locator("#table tbody th").all_inner_texts()
        return found

    @property
    def status(self) -> str:
        """What is said of the table."""
        said: str = self.page.inner_text("#status")
        return said

    def search(self, words: str, said: str) -> None:
        """Search, and wait until it is done."""
        self.page.get_by_label("Search").fill(words)
        self.wait("#status", said)

    def wait(self, where: str, said: str) -> None:
        """Wait until something is said."""
        # The page's policy allows no expression that would have to be evaluated.
        from playwright.sync_api import expect

        expect(self.page.locator(where)).to_contain_text(said, timeout=15_000)

    def code(self, said: str = "resource") -> str:
        """The code that is open, when it says something."""
        self.wait("tr.detail pre", said)
        text: str = self.page.locator("tr.detail pre").evaluate("pre => pre.textContent")
        return text


class Browser:
    """A Chromium that opens pages from files, as a person opens an attachment."""

    def __init__(self, chromium: Any, folder: Path) -> None:
        self._chromium = chromium
        self._folder = folder
        self._tabs: list[Tab] = []

    def open(self, html: str, scheme: str = "light") -> Tab:
        """A page in a tab of its own."""
        path = self._folder / f"report-{len(self._tabs)}.html"
        path.write_text(html, encoding="utf-8")
        context = self._chromium.new_context(
            color_scheme=scheme, permissions=["clipboard-read", "clipboard-write"]
        )
        opened = context.new_page()
        opened.set_default_timeout(15_000)
        tab = Tab(opened)
        opened.on("console", lambda message: tab.problems.append(message.text))
        opened.on("pageerror", lambda error: tab.problems.append(str(error)))
        opened.on("dialog", lambda dialog: tab.problems.append(dialog.message))
        opened.on("request", lambda request: tab.requests.append(request.url))
        opened.goto(path.as_uri())
        self._tabs.append(tab)
        return tab

    def check(self) -> None:
        """Whether nothing went wrong and nothing was asked for but the files themselves."""
        for tab in self._tabs:
            assert tab.problems == []
            wanted = [url for url in tab.requests if not url.startswith("data:")]
            assert len(wanted) == 1
            assert wanted[0].startswith("file://")
            tab.page.context.close()


@pytest.fixture(scope="module")
def chromium(engines: Engines) -> Iterator[Any]:
    program = engines.browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # The sandbox wants rights that a container has not; there is no graphics card either.
        options = ["--no-sandbox", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Any, tmp_path: Path) -> Iterator[Browser]:
    opened = Browser(chromium, tmp_path)
    yield opened
    opened.check()


def shop() -> ReadResult:
    return ReadResult(load_snapshot(SAMPLES / "shop/snapshot.json").scopes)


def everything() -> str:
    """A page with all of its sections."""
    reading = shop()
    old = load_snapshot(SAMPLES / "shop/drifted.json").scopes
    sides = (
        Side(name, tuple(map(of_scope, scopes)))
        for name, scopes in (("drifted.json", old), ("snapshot.json", reading.scopes))
    )
    found = findings(reading.scopes, Selection())
    assert found
    return page(reading, difference=compare(*sides), findings=found)


def keep(tab: Tab, name: str) -> None:
    """A picture of the page, where somebody wants to look at it afterwards."""
    if folder := os.environ.get("SES2IAC_SCREENSHOTS"):
        tab.page.screenshot(path=Path(folder) / f"report-{name}.png", full_page=True)


def test_searching(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    assert tab.status == "12 of 12 event destinations and 1 set without any"
    tab.search("bounces order", "1 of 12")
    assert tab.names == ["bounces"]
    # What is not shown in the table is found too: the ARN, the role, the types.
    tab.search("ARN:aws:iam", "2 of 12")
    tab.search("RENDERING_FAILURE", "2 of 12")
    # So are the tags and options of the set.
    tab.search("campaign=100%", "4 of 12")
    tab.search("SendingEnabled=false", "1 of 12")
    tab.search("DefaultSet", "0 of 12 event destinations and 1 set without any")
    assert tab.names == ["no event destination"]
    tab.search("bounces order", "1 of 12")
    tab.search("nothing of this kind", "0 of 12")
    assert tab.names == []
    assert tab.page.get_by_text("Nothing matches.").is_visible()
    tab.page.get_by_role("button", name="Clear").click()
    tab.wait("#status", "12 of 12")


def test_filtering(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    tab.page.get_by_label("Kind").select_option("Firehose stream")
    assert tab.status == "2 of 12 event destinations"
    tab.page.get_by_label("Kind").select_option("all")
    tab.page.get_by_label("Enabled").select_option("no")
    assert tab.names == ["failed"]
    tab.page.get_by_label("Enabled").select_option("all")
    tab.page.get_by_label("Event", exact=True).select_option("open")
    assert tab.status == "3 of 12 event destinations"
    tab.page.get_by_label("Account and region").select_option("123456789012 eu-west-1")
    assert tab.status == "3 of 12 event destinations"
    tab.page.get_by_role("button", name="Clear").click()
    tab.wait("#status", "12 of 12")
    tab.page.get_by_label("Kind").select_option("no destination")
    assert tab.names == ["no event destination"]
    tab.page.get_by_role("button", name="Options of Default").click()
    tab.wait("tr.detail", "aws:cloudformation:stack-name")
    tab.wait("tr.detail", "SendingOptions.SendingEnabled")


def test_sorting_with_the_keyboard(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    names = [name for name in tab.names if name != "no event destination"]
    heading = tab.page.get_by_role("columnheader", name="Destination")
    assert heading.get_attribute("aria-sort") == "none"
    button = heading.get_by_role("button")
    # That it sorts is seen before, and without a mouse.
    assert button.locator(".arrow").bounding_box()["width"] > 5
    button.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    # The set without one comes last both ways.
    assert tab.names == [*sorted(names), "no event destination"]
    button.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert tab.names == [*sorted(names, reverse=True), "no event destination"]


def test_code_is_shown_and_copied(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    button = tab.page.get_by_role("button", name="Code of order-confirmations/bounces")
    button.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert tab.code().startswith('resource "aws_sesv2_configuration_set_event_destination"')
    for format_, part in (
        ("CloudFormation", "AWS::SES::ConfigurationSetEventDestination"),
        ("CDK", "CfnEventDestination("),
        ("Terraform", "order_confirmations_bounces"),
    ):
        tab.page.get_by_role("button", name=format_, exact=True).click()
        tab.code(part)
    tab.page.get_by_role("button", name="Copy").click()
    tab.page.get_by_text("Copied.").wait_for()
    assert tab.page.evaluate("navigator.clipboard.readText()") == tab.code()
    button.click()
    assert tab.page.locator("tr.detail").count() == 0


def test_without_a_clipboard_the_old_way_is_taken(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    tab.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    tab.page.get_by_role("button", name="Code of").first.click()
    tab.code()
    tab.page.get_by_role("button", name="Copy").click()
    tab.page.get_by_text("Copied.").wait_for()


def test_hostile_names_do_nothing(browser: Browser) -> None:
    sets = [configuration_set(name, destination(name, sns(name))) for name in HOSTILE]
    tab = browser.open(page(reading_of(scope(*sets))))
    assert tab.status == f"{len(HOSTILE)} of {len(HOSTILE)} event destinations"
    assert tab.page.locator("img, iframe, #table script, #table b").count() == 0
    tab.search("<script>", "1 of")
    tab.page.get_by_role("button", name="Code of").click()
    assert "<script>" in tab.code()


def test_5000_destinations_are_shown_a_page_at_a_time(browser: Browser) -> None:
    tab = browser.open(page(large(5000, 1000)))
    assert tab.status == "5000 of 5000 event destinations, page 1 of 50"
    assert len(tab.names) == 100
    tab.page.get_by_role("button", name="Next").click()
    assert tab.status.endswith("page 2 of 50")
    tab.page.get_by_role("columnheader", name="Set").get_by_role("button").dblclick()
    tab.search("newsletter-00999 bounces-004", "1 of 5000")
    tab.page.get_by_role("button", name="Code of").click()
    assert "newsletter_00999_bounces_004" in tab.code()
    # On paper all of it stands.
    tab.search("bounces-000", "1000 of 5000")
    tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.page.locator("#table tbody th").count() == 1000
    tab.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.page.locator("#table tbody th").count() == 100


def test_the_empty_account_says_so(browser: Browser) -> None:
    tab = browser.open(page(reading_of(scope())))
    assert tab.page.get_by_text("There are no configuration sets.").is_visible()
    assert not tab.page.locator("#filters").is_visible()


def test_what_is_open_stays_open(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    tab.page.get_by_role("button", name="Code of newsletter/links").click()
    tab.code("newsletter_links")
    tab.page.get_by_role("columnheader", name="Set").get_by_role("button").dblclick()
    assert "newsletter_links" in tab.code()
    tab.search("links", "2 of 12")
    assert "newsletter_links" in tab.code()


def test_the_numbers_lead_to_their_sections(browser: Browser) -> None:
    tab = browser.open(everything())
    for name in ("findings", "differences", "event destinations", "targets"):
        tab.page.locator(".tiles").get_by_role("link", name=name).click()
        target = tab.page.locator("section:target")
        # As near to the top as the end of the page allows.
        box = target.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900


def test_it_is_light_or_dark_as_the_screen_is(browser: Browser) -> None:
    colours = [
        [
            tab.page.evaluate("getComputedStyle(document.body).backgroundColor"),
            tab.page.evaluate("getComputedStyle(document.querySelector('.sg .page')).fill"),
        ]
        for tab in (browser.open(page(shop()), scheme) for scheme in ("light", "dark"))
    ]
    assert colours == [["rgb(255, 255, 255)"] * 2, ["rgb(18, 22, 28)"] * 2]


LONG = "x" * 64
"""The longest name that SES takes, with no place to break."""


def longest() -> str:
    """A page of which each part holds the longest text that it may."""
    ends = {"Tags": [{"Key": "k" * 128, "Value": "v" * 256}]}
    domain = {"TrackingOptions": {"CustomRedirectDomain": f"{'d' * 63}.{'e' * 63}.example.com"}}
    cloudwatch = {
        "DimensionName": "n" * 255,
        "DimensionValueSource": "MESSAGE_TAG",
        "DefaultDimensionValue": "v" * 255,
    }
    metrics = {"CloudWatchDestination": {"DimensionConfigurations": [cloudwatch]}}
    new = scope(
        configuration_set(
            LONG,
            destination(LONG, sns("t" * 256), on=False),
            destination("y" * 64, metrics),
            **ends,
            **domain,
        ),
        configuration_set("z" * 64),
    )
    other = {**scope(configuration_set(LONG, LONG)), "Region": f"{'r' * 40}-1"}
    scopes = reading_of(new, other).scopes
    items = {
        Identity(LONG): Item({}, f"{LONG}/{LONG}.tf:1 {LONG}.{LONG}"),
        Identity(LONG, LONG): Item({}, f"{LONG}.tf:2 {LONG}.{LONG}"),
    }
    old = SideScope("123456789012", "eu-west-1", items)
    gap = NotCompared(
        NotComparedReason.UNKNOWN, Identity(LONG, LONG), LONG, None, LONG * 3, LONG, is_gap=True
    )
    difference = compare(Side(LONG, (old,)), Side(LONG, tuple(map(of_scope, scopes))))
    first, *rest = difference.scopes
    difference = replace(
        difference,
        scopes=(replace(first, not_compared=(*first.not_compared, gap)), *rest),
        notes=(LONG * 2,),
        accepted=(Accepted("", LONG, LONG, None, LONG),),
    )
    return page(
        ReadResult(scopes, (ReadFailure(LONG, LONG * 2, LONG),)),
        difference=difference,
        findings=findings(scopes, Selection()),
        origin=Origin(f"{LONG}.json", selection=f"--include {LONG}"),
    )


def partial() -> str:
    reading = shop()
    denied = ReadFailure("news", "not allowed", "grant ses:GetConfigurationSet")
    closed = ReadFailure(
        "", "the region is disabled", place="account 123456789012, region eu-west-2"
    )
    unread = (denied, replace(denied, name="promo"), closed)
    return page(replace(reading, unread=unread), findings=findings(reading.scopes, Selection()))


def three_hundred() -> str:
    reading = large(900, 300)
    return page(reading, findings=findings(reading.scopes, Selection()))


def regions() -> str:
    shared = sns("shared")
    reading = reading_of(
        *(
            scope(*(configuration_set(f"s{n}", destination("a", shared)) for n in range(9)), **at)
            for at in ({}, {"region": "us-east-1"}, {"account": "999999999999"})
        )
    )
    return page(reading, findings=findings(reading.scopes, Selection()))


PAGES: dict[str, Callable[[], str]] = {
    "shop": lambda: page(shop(), findings=findings(shop().scopes, Selection())),
    "against": everything,
    "300-sets": three_hundred,
    "regions": regions,
    "partial": partial,
    "longest": longest,
    "empty": lambda: page(reading_of(scope())),
}


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_it(browser: Browser, name: str) -> None:
    for scheme in ("light", "dark"):
        tab = browser.open(PAGES[name](), scheme)
        if name != "empty":
            tab.page.get_by_role("button", name="Code of").first.click()
            tab.code()
        tab.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        violations(tab)
        # That takes long with many rows, and they are all alike.
        if name != "300-sets":
            tab.page.set_viewport_size({"width": 400, "height": 900})
            violations(tab)


def violations(tab: Tab) -> None:
    """Fail with what stands in somebody's way."""
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    tab.page.evaluate((Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = tab.page.evaluate("axe.run()")
    assert found["passes"]
    said = [(each["id"], [n["html"] for n in each["nodes"]]) for each in found["violations"]]
    assert said == []


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_scrolls_down_only(browser: Browser, name: str) -> None:
    tab = browser.open(PAGES[name]())
    for button in tab.page.get_by_role("button", name="Code of").all()[:3]:
        button.click()
    tab.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for width in (360, 400, 420, 768, 1024, 1280):
        tab.page.set_viewport_size({"width": width, "height": 900})
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_pictures_to_look_at(browser: Browser, name: str) -> None:
    for scheme in ("light", "dark"):
        tab = browser.open(PAGES[name](), scheme)
        keep(tab, f"{name}-{scheme}")
        tab.page.set_viewport_size({"width": 400, "height": 900})
        keep(tab, f"{name}-{scheme}-400px")


def test_what_is_wider_than_the_screen_says_so(browser: Browser) -> None:
    tab = browser.open(everything())
    cue = tab.page.locator("#picture .cue")
    assert not cue.is_visible()
    tab.page.set_viewport_size({"width": 400, "height": 900})
    cue.wait_for(state="visible")
    frame = tab.page.locator("#picture .frame")
    assert "more-right" in frame.get_attribute("class")
    tab.page.locator("#picture .scroll").evaluate("box => box.scrollLeft = 1e6")
    tab.page.locator("#picture .frame.more-left:not(.more-right)").wait_for()


@pytest.mark.parametrize(
    ("name", "most"),
    [("empty", 1), ("shop", 5), ("against", 7), ("300-sets", 24), ("longest", 10)],
)
def test_no_sheet_is_blank(browser: Browser, name: str, most: int, tmp_path: Path) -> None:
    tab = browser.open(PAGES[name]())
    kept = Path(os.environ.get("SES2IAC_SCREENSHOTS", tmp_path)) / f"report-{name}.pdf"
    texts = [sheet.count(b"Tj") for sheet in sheets(tab.page.pdf(path=kept, format="A4"))]
    assert 1 <= len(texts) <= most
    assert all(texts)


def sheets(pdf: bytes) -> list[bytes]:
    """What Chromium draws on each page of a PDF."""
    objects = dict(re.findall(rb"(?s)\n(\d+) 0 obj\n(.*?)\nendobj", pdf))
    found = []
    for each in objects.values():
        if contents := re.search(rb"/Type /Page\n.*?/Contents (\d+) 0 R", each, re.DOTALL):
            stream = objects[contents[1]].partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
            found.append(zlib.decompress(stream))
    return found


def test_paper_names_the_search_and_leaves_the_code_out(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    tab.search("order", "4 of 12")
    tab.page.get_by_label("Enabled").select_option("yes")
    tab.page.get_by_role("button", name="Code of order-confirmations/bounces").click()
    tab.code()
    tab.page.emulate_media(media="print")
    tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.page.inner_text("#chosen") == "Search: order; Enabled: yes"
    assert tab.page.locator("tr.detail dl").is_visible()
    assert not tab.page.locator("tr.detail pre").is_visible()
    assert not tab.page.locator("#filters").is_visible()
    style = "element => getComputedStyle(element)"
    for row in tab.page.locator("#table tbody tr").all():
        assert row.evaluate(f"{style}.breakInside") == "avoid"
    # What repeats it on each sheet.
    assert tab.page.locator("#table thead").evaluate(f"{style}.display") == "table-header-group"
    tab.page.emulate_media(media="screen")
    assert not tab.page.locator("#chosen").is_visible()


def test_paper_names_no_search_where_there_is_none(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    tab.page.emulate_media(media="print")
    tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not tab.page.locator("#chosen").is_visible()


def test_a_large_account_has_a_summary_on_the_first_sheet(browser: Browser) -> None:
    tab = browser.open(three_hundred())
    summary = tab.page.locator(".overview .paper")
    assert not summary.is_visible()
    tab.page.emulate_media(media="print")
    assert "Findings by rule" in summary.inner_text()
    assert "Targets with the most destinations" in summary.inner_text()
    assert tab.page.get_by_text("295 more, listed by ses2iac lint").first.is_visible()
    box = tab.page.locator(".overview").bounding_box()
    # A sheet of A4 without its margins is about a thousand pixels high.
    assert box is not None
    assert box["y"] + box["height"] < 950
