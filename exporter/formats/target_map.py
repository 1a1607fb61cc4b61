"""``--map FILE``: the person's own expressions for targets, by ARN or glob.

An expression is parsed as what it is to become a part of, so that a slip of the pen is an error
that names its line here, and not one that the engine finds in a file that nobody wrote.
"""

import ast
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from exporter.formats.cdk.references import modules_of
from exporter.formats.references import Expression, MapLine
from exporter.formats.registry import FormatName
from exporter.support import regular_files
from exporter.support.errors import ExporterError
from exporter.support.toml_text import line_of, lines_of, parsed

_TABLES = "a map has a table for each format: [terraform], [cloudformation], [cdk]"


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
            raise ExporterError(f"{name!r} is no table", where=where, hint=_TABLES)
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
    try:
        _refuse_lines(code)
        _PARSERS[format_](code)
    except ValueError as error:
        raise ExporterError(
            f"{pattern}: {code!r} is no {_LANGUAGES[format_]} expression: {error}",
            where=where,
            hint="mend the expression",
        ) from None
    return MapLine(pattern, Expression(code), where)


def _refuse_lines(code: str) -> None:
    if not code or not code.isprintable():
        raise ValueError("an expression is one line")


def _terraform(code: str) -> None:
    """One expression, the whole of the text: no comment, no second argument."""
    from exporter.formats.terraform.hcl.syntax import parse  # noqa: PLC0415 - loads its parser

    try:
        body = parse(f"value = {code}\n", "")
    except ExporterError as error:
        raise ValueError(error.what) from None
    if set(body.attributes) != {"value"} or body.blocks:
        raise ValueError("it is more than one")
    expression = body.attributes["value"]
    if expression.source.text_of(expression.node) != code:
        raise ValueError("something stands behind it")


def _cloudformation(code: str) -> None:
    """A text or one function, in YAML with short tags."""
    from exporter.formats.cloudformation import template_text  # noqa: PLC0415 - loads its parser

    try:
        template = template_text.read(f"Resources:\n  Value: {code}\n", "").template
    except ExporterError as error:
        raise ValueError(error.what) from None
    value = template["Resources"].get("Value")
    is_function = isinstance(value, dict) and len(value) == 1
    names = list(value) if isinstance(value, dict) else []
    if isinstance(value, str) and value:
        return
    if not is_function or not re.fullmatch(r"Ref|Fn::\w+", str(names[0])):
        raise ValueError("a text or one function is wanted")


def _cdk(code: str) -> None:
    try:
        ast.parse(code, mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(getattr(error, "msg", None) or "nested too deeply") from None
    modules_of(code)


_PARSERS: Mapping[FormatName, Callable[[str], None]] = {
    FormatName.TERRAFORM: _terraform,
    FormatName.CLOUDFORMATION: _cloudformation,
    FormatName.CDK: _cdk,
}
_LANGUAGES: Mapping[FormatName, str] = {
    FormatName.TERRAFORM: "HCL",
    FormatName.CLOUDFORMATION: "CloudFormation",
    FormatName.CDK: "Python",
}
