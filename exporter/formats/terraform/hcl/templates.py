"""Quoted strings and heredocs: literal text, escapes, indentation, interpolations."""

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
_SHORT = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\"}
# What Go's unicode.IsSpace takes for white space.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


class _NotTextError(Exception):
    """A string that cannot be evaluated; its argument says why."""


def assemble(source: Source, node: Node, evaluate: Callable[[Node], Value]) -> Value:
    """The value of a ``string_lit``, ``quoted_template`` or ``heredoc_template``.

    A quoted template that is nothing but one interpolation is what stands in it, of any type.
    """
    try:
        is_heredoc = node.type == "heredoc_template"
        found = _heredoc(source, node) if is_heredoc else _quoted(source, node)
    except _NotTextError as why:
        return Unknown(str(why))
    if len(found) == 1 and not isinstance(found[0], str):
        return evaluate(found[0])
    return _joined([part if isinstance(part, str) else evaluate(part) for part in found])


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
    """Literal text as it is written, and expressions.

    The text is what stands between the expressions: the grammar gives no blanks at its ends.
    """
    for child in node.children:
        if child.type == "template_directive":
            raise _NotTextError("a directive %{ } cannot be evaluated")
        if child.type == "template_interpolation":
            if any(inner.type == "strip_marker" for inner in child.children):
                raise _NotTextError("the marker ~ in a string cannot be evaluated")
            yield source.text(start, child.start_byte)
            yield next(inner for inner in child.children if inner.type == "expression")
            start = child.end_byte
    yield source.text(start, end)


def _unescaped(text: str) -> str:
    if "\n" in text:
        raise _NotTextError("a quoted string continues on the next line")
    return _ESCAPE.sub(_escaped_char, text)


def _escaped_char(found: re.Match[str]) -> str:
    escape = found.group()
    if escape[0] != "\\":
        return escape[1:]
    if escape in _SHORT:
        return _SHORT[escape]
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
        lines = _outdented(lines)
    return [_MARK.sub(lambda m: m.group()[1:], p) if isinstance(p, str) else p for p in lines]


def _lines(found: Iterator[Part]) -> Iterator[Part]:
    for part in found:
        if isinstance(part, str):
            yield from re.findall(r"[^\n]*\n|[^\n]+", part)
        else:
            yield part


def _outdented(found: list[Part]) -> list[Part]:
    """A heredoc without the indentation that all its lines share; blank lines do not count."""
    indents: dict[int, int] = {}
    least: list[int] = []
    for at, part in enumerate(found):
        before = found[at - 1] if at else "\n"
        if not isinstance(before, str) or not before.endswith("\n"):
            continue
        if not isinstance(part, str):
            least.append(0)
            continue
        bare = part.lstrip(_SPACE)
        if bare or not part.endswith("\n"):
            indents[at] = len(part) - len(bare)
            least.append(indents[at])
    width = min(least, default=0)
    return [part[width:] if at in indents else part for at, part in enumerate(found)]  # type: ignore[index]
