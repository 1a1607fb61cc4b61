"""MkDocs builds the documentation as a website: every link leads somewhere, every page is in it."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT, Engines

QUIET = {"NO_MKDOCS_2_WARNING": "1"}
"""Material warns of a MkDocs that it will not work with; pyproject.toml keeps it out."""


@pytest.fixture(scope="module")
def site(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The website, built as ``make site`` builds it."""
    out = tmp_path_factory.mktemp("site")
    # With --quiet a warning would not end the build.
    build = (engines.mkdocs(), "build", "--strict", "--site-dir", str(out))
    done = subprocess.run(
        build, cwd=ROOT, env=QUIET, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.mark.engine("mkdocs")
def test_every_page_is_built(site: Path) -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert {path.stem for path in site.glob("*.html")} == {*pages, "404"}


@pytest.mark.engine("mkdocs")
def test_a_page_asks_nothing_of_other_servers(site: Path) -> None:
    """No fonts, scripts, styles or pictures but its own."""
    loads = r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"']?((?:https?:)?//[^\"'> ]+)"
    linked = r"<link\b(?![^>]*rel=[\"']?canonical)[^>]*\bhref=[\"']?((?:https?:)?//[^\"'> ]+)"
    for page in site.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(loads, text) + re.findall(linked, text) == [], page.name
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", text), style.name


@pytest.mark.engine("mkdocs")
def test_the_search_knows_the_pages(site: Path) -> None:
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "--adopt-suffix" in index
