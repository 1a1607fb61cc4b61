"""Evaluate quoted strings and heredocs: escapes, indentation, interpolations."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from tree_sitter import Node

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.syntax import Source
from exporter.formats.terraform.hcl.types import (
    MAX_CHARACTERS,
    TOO_LARGE,
    Failed,
    Value,
    partly_known,
    to_string,
)

Part = str | Node
"""Literal text, or an expression between ``${`` and ``}``."""

_ESCAPE = re.compile(r"\$\$\{|%%\{|\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.|\Z)", re.DOTALL)
_MARK = re.compile(r"\$\$\{|%%\{")
_SHORT_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\"}
# The white space of Go's unicode.IsSpace.
_GO_WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


class _NotTextError(Exception):
    """A string that can't be evaluated; the argument says why."""


def assemble(source: Source, node: Node, evaluate: Callable[[Node], Value]) -> Value:
    """Return the value of a ``string_lit``, ``quoted_template`` or ``heredoc_template``.

    A quoted template with a single interpolation and no other text keeps that value's type.
    """
    try:
        is_heredoc = node.type == "heredoc_template"
        pieces = _heredoc(source, node) if is_heredoc else _quoted(source, node)
    except _NotTextError as why:
        return Unknown(str(why))
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        return evaluate(pieces[0])
    return _joined([part if isinstance(part, str) else evaluate(part) for part in pieces])


def _joined(values: list[Value]) -> Value:
    texts: list[Value] = []
    length = 0
    unknown: Unknown | None = None
    for value in values:
        text = to_string(value) if value is not None else Failed("a string contains null")
        if isinstance(text, Failed):
            return text
        if isinstance(text, Unknown):
            unknown = unknown or text
        else:
            length += len(text)
        texts.append(text)
        if length > MAX_CHARACTERS:
            return TOO_LARGE
    if unknown:
        return partly_known(texts, unknown)
    return unicodedata.normalize("NFC", "".join(texts))


def _quoted(source: Source, node: Node) -> list[Part]:
    start, end = node.children[0].end_byte, node.children[-1].start_byte
    return [
        _unescaped(part) if isinstance(part, str) else part
        for part in _split(source, node, start, end)
        if part
    ]


def _split(source: Source, node: Node, start: int, end: int) -> Iterator[Part]:
    """Yield literal text as written, and expressions.

    The text comes from the source between expressions: the grammar trims blanks.
    """
    for child in node.children:
        if child.type == "template_directive":
            raise _NotTextError("a directive %{ } cannot be evaluated")
        if child.type == "template_interpolation":
            if any(nested.type == "strip_marker" for nested in child.children):
                raise _NotTextError("the marker ~ in a string cannot be evaluated")
            yield source.text(start, child.start_byte)
            yield next(nested for nested in child.children if nested.type == "expression")
            start = child.end_byte
    yield source.text(start, end)


def _unescaped(text: str) -> str:
    if "\n" in text:
        raise _NotTextError("a quoted string continues on the next line")
    return _ESCAPE.sub(_escaped_char, text)


def _escaped_char(match: re.Match[str]) -> str:
    escape = match.group()
    if escape[0] != "\\":
        return escape[1:]
    if escape in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[escape]
    code = int(escape[2:], 16) if len(escape) > 2 else 0xD800
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise _NotTextError(f"the escape {escape} is not a character")
    return chr(code)


def _heredoc(source: Source, node: Node) -> list[Part]:
    opening, word = node.children[0], node.children[1]
    closing = node.children[-1]
    start = source.data.index(b"\n", word.end_byte) + 1
    end = source.data.rindex(b"\n", 0, closing.start_byte) + 1
    if end < start:
        raise _NotTextError("a heredoc cannot be evaluated")
    lines = list(_lines(_split(source, node, start, end)))
    if source.text_of(opening) == "<<-":
        lines = _dedented(lines)
    return [_MARK.sub(lambda m: m.group()[1:], p) if isinstance(p, str) else p for p in lines]


def _lines(pieces: Iterator[Part]) -> Iterator[Part]:
    for piece in pieces:
        if isinstance(piece, str):
            yield from re.findall(r"[^\n]*\n|[^\n]+", piece)
        else:
            yield piece


def _dedented(pieces: list[Part]) -> list[Part]:
    """Remove the indentation that all lines of a heredoc share, apart from blank lines."""
    indents: dict[int, int] = {}
    widths: list[int] = []
    for index, piece in enumerate(pieces):
        previous = pieces[index - 1] if index else "\n"
        if not isinstance(previous, str) or not previous.endswith("\n"):
            continue
        if not isinstance(piece, str):
            widths.append(0)
            continue
        text = piece.lstrip(_GO_WHITE_SPACE)
        if text or not piece.endswith("\n"):
            indents[index] = len(piece) - len(text)
            widths.append(indents[index])
    width = min(widths, default=0)
    return [piece[width:] if index in indents else piece for index, piece in enumerate(pieces)]  # type: ignore[index]
