"""``--map FILE``: a person's expressions for targets, by ARN or glob.

Each expression is parsed in its output language, so that a typo is an error with a line of the
map, not one that a tool reports later in generated code.
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
    """Return the lines of a map for a format; the other tables are checked too.

    Raises:
        ExporterError: if it can't be read, isn't TOML, has an unknown table, or has an expression
            that isn't valid in its format's language; with file and line.
    """
    text = regular_files.text(path, hint="check --map")
    document = parsed(text, str(path))
    lines = lines_of(text)
    by_format: dict[str, tuple[MapLine, ...]] = {}
    for name, table in document.items():
        where = f"{path}:{_line_at(text, lines, name)}"
        if name not in set(FormatName):
            raise ExporterError(f"unknown table {name!r}", where=where, hint=_TABLES)
        if not isinstance(table, dict):
            raise ExporterError(f"{name!r} is not a table", where=where, hint=_TABLES)
        by_format[name] = tuple(
            _line(
                FormatName(name), pattern, value, f"{path}:{_line_at(text, lines, name, pattern)}"
            )
            for pattern, value in table.items()
        )
    return by_format.get(format_, ())


def _line_at(text: str, lines: Mapping[tuple[str, ...], int], *keys: str) -> int:
    return lines.get(keys) or line_of(text, keys)


def _line(format_: FormatName, pattern: str, value: Any, where: str) -> MapLine:
    if not isinstance(value, str):
        raise ExporterError(
            f"{pattern}: expected an expression in quotes, found {value!r}", where=where
        )
    code = value.strip()
    language = load_format(format_)
    if language.parse_expression is None:
        raise ExporterError(f"{language.title} has no --map", where=where, hint="drop it")
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
