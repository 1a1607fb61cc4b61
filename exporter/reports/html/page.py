"""Render the HTML page of ``report``, with a template that escapes all data."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from exporter import __version__
from exporter.diff.model import Difference
from exporter.formats import catalogue
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.model.read_result import ReadResult
from exporter.reports.causes import causes
from exporter.reports.graph import svg
from exporter.reports.graph.model import build
from exporter.reports.html import data, differences, overview
from exporter.reports.html.findings import PageFinding
from exporter.reports.html.picture import picture
from exporter.support.text import printable

_FOLDER = "report"
_LARGE = 100
"""With more destinations than this, the overview is a separate sheet on paper."""


def page(
    reading: ReadResult,
    *,
    difference: Difference | None = None,
    findings: Sequence[PageFinding] = (),
    origin: overview.Origin = overview.NOT_TOLD,
) -> str:
    """Return the page as HTML; the same data gives the same bytes."""
    folder = catalogue.folder() / _FOLDER
    style = (folder / "page.css").read_text(encoding="utf-8")
    program = (folder / "page.js").read_text(encoding="utf-8")
    graph = build(reading.scopes)
    compared = differences.view(difference) if difference else None
    scopes = overview.by_scope(reading.scopes)
    tiles = overview.tiles(
        reading, findings, compared.counts if compared else None, len(graph.targets)
    )
    styles = " ".join(map(_hash, (style, svg.STYLE)))
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            version=__version__,
            # Nothing may be loaded or sent, and only our own scripts and styles run.
            policy=f"default-src 'none'; script-src {_hash(program)}; style-src {styles}; "
            "img-src data:; base-uri 'none'; form-action 'none'",
            style=_trusted(style),
            program=_trusted(program),
            table=_trusted(data.table(reading.scopes)),
            codes=data.packed_codes(reading.scopes),
            formats=[(str(name), load_format(name).title) for name in FormatName],
            picture=picture(graph),
            title=overview.title(reading.scopes),
            origin=origin,
            tiles=list(tiles),
            kinds=overview.kinds(reading.scopes),
            scopes=scopes[: overview.MOST_SCOPES],
            more_scopes=max(0, len(scopes) - overview.MOST_SCOPES),
            is_large=sum(1 for _ in graph.destinations) > _LARGE,
            targets=overview.most_used(graph),
            unread=causes(each.remark for each in reading.unread),
            findings=findings,
            differences=compared,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(catalogue.folder() / _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["printable"] = printable
    environment.filters["trusted"] = _trusted
    return environment


def _trusted(text: str) -> Markup:
    """Mark our own text, or data that is already escaped, as HTML."""
    return Markup(text)  # noqa: S704 - see above


def _hash(text: str) -> str:
    """Return the hash by which a content security policy allows an inline script or style."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
