"""The page of a report in a real browser: what a person does with it, and what it must not do."""

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from exporter.diff.compare import compare
from exporter.diff.side import Side, of_scope
from exporter.model.read_result import ReadResult
from exporter.reports.html.findings import findings
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
    sides = (Side("old", tuple(map(of_scope, each))) for each in (old, reading.scopes))
    found = findings(reading.scopes, Selection())
    assert found
    return page(reading, difference=compare(*sides), findings=found)


def keep(tab: Tab, name: str) -> None:
    """A picture of the page, where somebody wants to look at it afterwards."""
    if folder := os.environ.get("SES2IAC_SCREENSHOTS"):
        tab.page.screenshot(path=Path(folder) / f"report-{name}.png", full_page=True)


def test_searching(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    assert tab.status == "12 of 12 event destinations"
    tab.search("bounces order", "1 of 12")
    assert tab.names == ["bounces"]
    # What is not shown in the table is found too: the ARN, the role, the types.
    tab.search("ARN:aws:iam", "2 of 12")
    tab.search("RENDERING_FAILURE", "2 of 12")
    tab.search("nothing of this kind", "0 of 12")
    assert tab.names == []
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


def test_sorting_with_the_keyboard(browser: Browser) -> None:
    tab = browser.open(page(shop()))
    names = tab.names
    heading = tab.page.get_by_role("columnheader", name="Destination")
    assert heading.get_attribute("aria-sort") == "none"
    button = heading.get_by_role("button")
    button.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert tab.names == sorted(names)
    button.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert tab.names == sorted(names, reverse=True)


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(browser: Browser, scheme: str) -> None:
    tab = browser.open(everything(), scheme)
    tab.page.get_by_role("button", name="Code of").first.click()
    tab.code()
    keep(tab, scheme)
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    tab.page.evaluate((Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = tab.page.evaluate("axe.run()")
    assert found["passes"]
    said = [(each["id"], [n["html"] for n in each["nodes"]]) for each in found["violations"]]
    assert said == []


def test_it_is_light_or_dark_as_the_screen_is(browser: Browser) -> None:
    colours = [
        [
            tab.page.evaluate("getComputedStyle(document.body).backgroundColor"),
            tab.page.evaluate("getComputedStyle(document.querySelector('.sg .page')).fill"),
        ]
        for tab in (browser.open(page(shop()), scheme) for scheme in ("light", "dark"))
    ]
    assert colours == [["rgb(255, 255, 255)"] * 2, ["rgb(18, 22, 28)"] * 2]


def test_a_narrow_screen_scrolls_down_only(browser: Browser) -> None:
    tab = browser.open(everything())
    tab.page.set_viewport_size({"width": 420, "height": 900})
    width = tab.page.evaluate("document.documentElement.scrollWidth")
    keep(tab, "narrow")
    assert width <= 420
