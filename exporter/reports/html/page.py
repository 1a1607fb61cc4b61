"""The page: data into a template of HTML that escapes all that it is given."""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from exporter import __version__
from exporter.diff.model import Difference
from exporter.formats import catalogue
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.model.read_result import ReadResult
from exporter.reports.graph import svg
from exporter.reports.graph.model import KIND_TITLES, build
from exporter.reports.html import data, differences
from exporter.reports.html.findings import PageFinding
from exporter.reports.html.picture import picture
from exporter.reports.listing import kind_of
from exporter.support.text import printable

_FOLDER = "report"


def page(
    reading: ReadResult,
    *,
    difference: Difference | None = None,
    findings: Sequence[PageFinding] = (),
) -> str:
    """The page as HTML; the same data gives the same bytes."""
    folder = catalogue.folder() / _FOLDER
    style = (folder / "page.css").read_text(encoding="utf-8")
    program = (folder / "page.js").read_text(encoding="utf-8")
    drawn = picture(build(reading.scopes))
    styles = " ".join(map(_hash, (style, svg.STYLE)))
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            version=__version__,
            # Nothing may be loaded or sent, and of scripts and styles only our own count.
            policy=f"default-src 'none'; script-src {_hash(program)}; style-src {styles}; "
            "img-src data:; base-uri 'none'; form-action 'none'",
            style=_trusted(style),
            program=_trusted(program),
            table=_trusted(data.table(reading.scopes)),
            codes=data.packed_codes(reading.scopes),
            formats=[(str(name), load_format(name).title) for name in FormatName],
            picture=drawn.note,
            svg=_trusted(drawn.svg),
            where=reading.where,
            summary=_summary(reading),
            kinds=_kinds(reading),
            unread=reading.unread,
            findings=findings,
            differences=differences.view(difference) if difference else None,
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
    return environment


def _trusted(text: str) -> Markup:
    """Text of our own, or data that was escaped where it was made."""
    return Markup(text)  # noqa: S704 - see above


def _hash(text: str) -> str:
    """What a content security policy calls an inline script or style."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _summary(reading: ReadResult) -> list[tuple[str, int]]:
    scopes = reading.scopes
    destinations = [destination for scope in scopes for _, destination in scope.destinations]
    return [
        ("Accounts", len({scope.account_id for scope in scopes})),
        ("Regions", len({scope.region for scope in scopes})),
        ("Configuration sets", sum(len(scope.configuration_sets) for scope in scopes)),
        ("Event destinations", len(destinations)),
        ("Disabled", sum(destination.enabled is False for destination in destinations)),
    ]


def _kinds(reading: ReadResult) -> list[dict[str, Any]]:
    found = [
        (kind_of(destination), destination.enabled)
        for scope in reading.scopes
        for _, destination in scope.destinations
    ]
    numbers = Counter(kind for kind, _ in found)
    disabled = Counter(kind for kind, enabled in found if enabled is False)
    order = [kind for kind in KIND_TITLES if kind in numbers]
    order += sorted(kind for kind in numbers if kind not in KIND_TITLES)
    return [
        {
            "title": KIND_TITLES.get(kind, kind),
            "number": numbers[kind],
            "disabled": disabled[kind],
        }
        for kind in order
    ]
