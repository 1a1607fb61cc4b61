"""``--map FILE``: the person's own expressions for targets, by ARN or glob.

An expression is parsed as what it is to become a part of, so that a slip of the pen is an error
that names its line here, and not one that the engine finds in a file that nobody wrote.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exporter.formats.loading import load_format
from exporter.formats.references import Expression, MapLine
from exporter.formats.registry import FormatName
from exporter.support import regular_files
from exporter.support.errors import ExporterError
from exporter.support.toml_text import line_of, lines_of, parsed

_TABLES = f"a map has a table for each format: {', '.join(f'[{name}]' for name in FormatName)}"


def load(path: Path, format_: FormatName) -> tuple[MapLine, ...]:
    """The lines of a map that are about a format; the other tables are checked too.

    Raises:
        ExporterError: when it cannot be read or is not TOML, has an unknown table, or holds an
            expression that its format's language does not have; file and line are named.
    """
    text = regular_files.text(path, hint="check --map")
    document = parsed(text, str(path))
    lines = lines_of(text)
    found: dict[str, tuple[MapLine, ...]] = {}
    for name, table in document.items():
        where = f"{path}:{_line_at(text, lines, name)}"
        if name not in set(FormatName):
            raise ExporterError(f"unknown table {name!r}", where=where, hint=_TABLES)
        if not isinstance(table, dict):
            raise ExporterError(f"{name!r} is not a table", where=where, hint=_TABLES)
        found[name] = tuple(
            _line(
                FormatName(name), pattern, value, f"{path}:{_line_at(text, lines, name, pattern)}"
            )
            for pattern, value in table.items()
        )
    return found.get(format_, ())


def _line_at(text: str, lines: Mapping[tuple[str, ...], int], *place: str) -> int:
    return lines.get(place) or line_of(text, place)


def _line(format_: FormatName, pattern: str, value: Any, where: str) -> MapLine:
    if not isinstance(value, str):
        raise ExporterError(
            f"{pattern}: expected an expression in quotes, found {value!r}", where=where
        )
    code = value.strip()
    language = load_format(format_)
    if language.parse_expression is None:
        raise ExporterError(f"{language.title} has no --map", where=where, hint="leave it out")
    try:
        _refuse_lines(code)
        language.parse_expression(code)
    except ValueError as error:
        raise ExporterError(
            f"{pattern}: {code!r} is not valid {language.language}: {error}",
            where=where,
            hint="fix the expression",
        ) from None
    return MapLine(pattern, Expression(code), where)


def _refuse_lines(code: str) -> None:
    if not code or not code.isprintable():
        raise ValueError("an expression must be one line")
