"""Parse Terraform code to blocks and expressions with their positions."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from exporter.formats.terraform.hcl import json_syntax
from exporter.support.errors import ExporterError

MAX_BYTES = 10_000_000
"""A larger file isn't code that a person wrote."""

INSTEAD = "pass a snapshot or the output of `terraform show -json` instead"

_PARSER = Parser(Language(tree_sitter_hcl.language()))

# In `$$${` the grammar sees an interpolation `${`, but HCL an escape `$${`. So escapes are replaced
# with meaningless characters of the same length before the grammar sees them.
_ESCAPED = re.compile(rb"\$\$\{|%%\{")
_MEANINGLESS = {b"$${": "\ue000".encode(), b"%%{": "\ue001".encode()}

# The grammar doesn't support exponents, so a number with one is replaced with digits of the same
# length. That is safe, also within strings and comments: the grammar gives only the structure, and
# the text of a node comes from the file.
_EXPONENT = re.compile(rb"(?<![A-Za-z0-9_.])[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]+(?![A-Za-z0-9_])")


@dataclass(frozen=True)
class Source:
    """A file: its path as the user sees it, and its bytes.

    Attributes:
        lines: For each line of the bytes that of the file, where they differ.
    """

    path: str
    data: bytes
    lines: tuple[int, ...] = ()

    def where(self, node: Node) -> str:
        """Return the file and line of a node; at the end of the file, the last nonblank line."""
        return f"{self.path}:{self.line(min(node.start_point[0], self._last_line))}"

    def line(self, row: int) -> int:
        """Return the line of the file, counted from 1, of a row of ``data``, counted from 0."""
        return self.lines[row] if row < len(self.lines) else row + 1

    @cached_property
    def _last_line(self) -> int:
        return self.data.rstrip().count(b"\n")

    def text(self, start: int, end: int) -> str:
        """Return the text between two offsets, as written."""
        return self.data[start:end].decode()

    def text_of(self, node: Node) -> str:
        """Return the text of a node in NFC, the form in which HCL compares names."""
        return unicodedata.normalize("NFC", self.text(node.start_byte, node.end_byte))


@dataclass(frozen=True)
class Expression:
    """An expression and its file."""

    source: Source
    node: Node

    @property
    def where(self) -> str:
        """The file and line."""
        return self.source.where(self.node)


@dataclass(frozen=True)
class Body:
    """The attributes and blocks between a block's braces."""

    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: tuple["Block", ...] = ()


@dataclass(frozen=True)
class Block:
    """A block: ``type label label { body }``."""

    type: str
    labels: tuple[str, ...]
    source: Source
    node: Node

    @property
    def where(self) -> str:
        """The file and line."""
        return self.source.where(self.node)

    @cached_property
    def body(self) -> Body:
        """Its content, read on first use, as most blocks of a file aren't needed.

        Raises:
            ExporterError: when an argument is set twice.
        """
        inner = next((child for child in self.node.children if child.type == "body"), None)
        return _body(self.source, inner) if inner else Body()

    @property
    def local_source(self) -> str:
        """The ``source`` of a ``module`` block if it is a path; empty otherwise."""
        expression = self.body.attributes.get("source")
        text = "" if expression is None else expression.source.text_of(expression.node).strip('"')
        return text if text.startswith(("./", "../")) else ""


def blocks_of(text: str, path: str) -> tuple[Block, ...]:
    """Return the blocks of a file; none if it isn't code, as Terraform will report that."""
    try:
        return parse(text, path).blocks
    except ExporterError:
        return ()


def parse(text: str, path: str) -> Body:
    """Parse a ``*.tf`` file, the same in JSON, or a ``*.tfvars`` file.

    Args:
        text: Its content.
        path: Its path as the user sees it, for messages.

    Raises:
        ExporterError: when it is too large or isn't Terraform code, with file and line.
    """
    text = text.removeprefix("\ufeff")
    is_json = path.endswith(json_syntax.ENDING) and len(text) <= MAX_BYTES
    text, lines = json_syntax.as_hcl(text, path) if is_json else (text, ())
    try:
        # The grammar's scanner needs a newline at the end, which the file may lack.
        data = text.encode() + b"\n"
    except UnicodeEncodeError:
        raise ExporterError("not UTF-8", where=path, hint="save the file as UTF-8") from None
    if len(data) > MAX_BYTES:
        raise ExporterError(
            f"larger than {MAX_BYTES // 1_000_000} MB, which is too large to read",
            where=path,
            hint=INSTEAD,
        )
    source = Source(path, data, lines)
    root = _PARSER.parse(_for_grammar(data)).root_node
    if root.has_error:
        raise _syntax_error(source, root)
    inner = next((child for child in root.children if child.type == "body"), None)
    if inner is None and any(child.is_named and not child.is_extra for child in root.children):
        raise ExporterError("not Terraform code", where=source.where(root), hint=INSTEAD)
    return _body(source, inner) if inner else Body()


def _for_grammar(data: bytes) -> bytes:
    """Return a file of the same length and structure that the grammar can read."""
    plain = _ESCAPED.sub(lambda match: _MEANINGLESS[match.group()], data)
    return _EXPONENT.sub(lambda match: b"0" * len(match.group()), plain)


def _body(source: Source, node: Node) -> Body:
    attributes: dict[str, Expression] = {}
    blocks: list[Block] = []
    for child in node.named_children:
        if child.type == "attribute":
            name, value = (part for part in child.named_children if not part.is_extra)
            key = source.text_of(name)
            if key in attributes:
                raise ExporterError(
                    f"the argument {key} appears twice, first at {attributes[key].where}",
                    where=source.where(name),
                    hint="remove one of the two",
                )
            attributes[key] = Expression(source, value)
        elif child.type == "block":
            blocks.append(_block(source, child))
    return Body(attributes, tuple(blocks))


def _block(source: Source, node: Node) -> Block:
    words = [
        source.text_of(child).strip('"')
        for child in node.named_children
        if child.type in ("identifier", "string_lit")
    ]
    return Block(words[0], tuple(words[1:]), source, node)


def _syntax_error(source: Source, root: Node) -> ExporterError:
    node = next(_error_nodes(root), root)
    if node.is_missing:
        where = source.where(node)
        what = f"{node.type.replace('_', ' ')!r} is missing"
    else:
        text = source.text_of(node)
        # An error node may begin with the blank lines before it.
        blank = text[: len(text) - len(text.lstrip())]
        where = f"{source.path}:{source.line(node.start_point[0] + blank.count(chr(10)))}"
        first = text.lstrip().partition("\n")[0].rstrip()
        short = first if len(first) <= 60 else first[:60] + "..."
        shown = "".join(char if char.isprintable() else "?" for char in short)
        what = f"cannot be read from here: {shown}"
    return ExporterError(
        f"not Terraform code: {what}",
        where=where,
        hint=f"fix what `terraform validate` reports; if it reports nothing, {INSTEAD}",
    )


def _error_nodes(root: Node) -> Iterator[Node]:
    """Yield the error nodes of a tree in order, without recursion, as trees may be deep."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error:
            waiting += reversed(node.children)
