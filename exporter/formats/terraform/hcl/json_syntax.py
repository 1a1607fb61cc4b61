"""Translate Terraform code in JSON (``*.tf.json``) into HCL, so that one reader serves both.

Terraform decides which properties are blocks, and which strings are names rather than templates
(https://developer.hashicorp.com/terraform/language/syntax/json).
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from exporter.support.errors import ExporterError

ENDING: Final = (".tf.json", ".tofu.json")

_TOP: Final[Mapping[str, int]] = {
    **dict.fromkeys(("import", "locals", "moved", "removed", "terraform"), 0),
    **dict.fromkeys(("check", "module", "output", "provider", "variable"), 1),
    **dict.fromkeys(("data", "resource"), 2),
}
"""The blocks at the top of a file, with the number of their labels."""

_META: Final[Mapping[str, int]] = {"connection": 0, "dynamic": 1, "lifecycle": 0, "provisioner": 1}
_OF_SES: Final[Mapping[str, int]] = dict.fromkeys(
    (
        *("cloud_watch_destination", "cloudwatch_destination", "dashboard_options"),
        *("delivery_options", "dimension_configuration", "event_bridge_destination"),
        *("event_destination", "guardian_options", "kinesis_destination"),
        *("kinesis_firehose_destination", "pinpoint_destination", "reputation_options"),
        *("sending_options", "sns_destination", "suppression_options", "tracking_options"),
        "vdm_options",
    ),
    0,
)
_OF_PROVIDER: Final[Mapping[str, int]] = dict.fromkeys(
    ("assume_role", "assume_role_with_web_identity", "default_tags", "endpoints", "ignore_tags"), 0
)
_INNER: Final[Mapping[str, Mapping[str, int]]] = {
    "data": _META,
    "provider": {**_OF_PROVIDER, "dynamic": 1},
    "removed": _META,
    "resource": {**_META, **_OF_SES},
    "terraform": {"backend": 1, "cloud": 0, "required_providers": 0},
    "variable": {"validation": 0},
}
"""The nested blocks that ses2iac reads, by the type of the outer block."""

_NAMES: Final[Mapping[str, frozenset[str]]] = {
    "data": frozenset({"depends_on", "provider"}),
    "dynamic": frozenset({"iterator"}),
    "import": frozenset({"provider", "to"}),
    "lifecycle": frozenset({"ignore_changes", "replace_triggered_by"}),
    "module": frozenset({"depends_on", "providers"}),
    "moved": frozenset({"from", "to"}),
    "output": frozenset({"depends_on"}),
    "removed": frozenset({"from"}),
    "resource": frozenset({"depends_on", "provider"}),
    "variable": frozenset({"type"}),
}
"""The arguments of a block whose strings are references, not templates."""

_DEEPEST = 100
_DECODER = json.JSONDecoder()
_IDENTIFIER = re.compile(r"[^\W\d][\w-]*")
_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r'\$\$\{|%%\{|[$%]\{|["\\\x00-\x1f\x7f]')


@dataclass(frozen=True)
class _Value:
    """A JSON value, with the lines on which it begins and ends; one of the other fields is set.

    Attributes:
        scalar: A number, ``true``, ``false`` or ``null``, as written.
        text: A string.
        items: The items of an array.
        properties: The properties of an object: name, line and value.
    """

    line: int
    end: int
    scalar: str = ""
    text: str | None = None
    items: "list[_Value] | None" = None
    properties: "list[tuple[str, int, _Value]] | None" = None

    @property
    def several(self) -> "list[_Value]":
        """The items of an array, or the value itself, as a single block needs no array."""
        return [self] if self.items is None else self.items


_Lines = Iterator[tuple[int, str]]
"""Lines of HCL, each with the line of the JSON that it comes from."""


def as_hcl(text: str, path: str) -> tuple[str, tuple[int, ...]]:
    """Translate a file from JSON to HCL.

    Args:
        text: The content of the file.
        path: Its path as the user sees it, for messages.

    Returns:
        The HCL, and for each of its lines the line in the file, counted from 1.

    Raises:
        ExporterError: when it isn't valid JSON, or JSON that isn't Terraform code.
    """
    translated = list(_file(_Reader(text, path).document(), path))
    lines = [number for number, code in translated for _ in range(code.count("\n") + 1)]
    return "".join(f"{code}\n" for _, code in translated), tuple(lines)


# Reading JSON
# --------------------------------------------------------------------------------------


class _Reader:
    """Parse JSON with line numbers, which the standard library doesn't keep."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._starts = [at.end() for at in re.finditer("\n", text)]

    def document(self) -> _Value:
        value, at = self._value(self._blank(0), 0)
        if at != len(self._text):
            raise self._error(at, "unexpected text after the end")
        return value

    def _value(self, at: int, depth: int) -> tuple[_Value, int]:
        """Return a value, and the position after it and the whitespace behind it."""
        if depth > _DEEPEST:
            raise self._error(at, "nested too deeply")
        line, first = self._line(at), self._text[at : at + 1]
        if first == '"':
            text, end = self._string(at)
            return _Value(line, self._line(end), text=text), self._blank(end)
        if first == "{":
            return self._object(at, depth)
        if first == "[":
            return self._list(at, depth)
        scalar = _SCALAR.match(self._text, at)
        if scalar is None:
            raise self._error(at, "expected a value")
        return _Value(line, line, scalar=scalar.group()), self._blank(scalar.end())

    def _object(self, start: int, depth: int) -> tuple[_Value, int]:
        properties: list[tuple[str, int, _Value]] = []
        at = self._blank(start + 1)
        while self._text[at : at + 1] != "}" or properties:
            line = self._line(at)
            name, end = self._string(at)
            value, at = self._value(self._past(self._blank(end), ":"), depth + 1)
            properties.append((name, line, value))
            if self._text[at : at + 1] == "}":
                break
            at = self._past(at, ",")
        value = _Value(self._line(start), self._line(at), properties=properties)
        return value, self._past(at, "}")

    def _list(self, start: int, depth: int) -> tuple[_Value, int]:
        items: list[_Value] = []
        at = self._blank(start + 1)
        while self._text[at : at + 1] != "]" or items:
            value, at = self._value(at, depth + 1)
            items.append(value)
            if self._text[at : at + 1] == "]":
                break
            at = self._past(at, ",")
        return _Value(self._line(start), self._line(at), items=items), self._past(at, "]")

    def _string(self, at: int) -> tuple[str, int]:
        if self._text[at : at + 1] != '"':
            raise self._error(at, "expected a string in double quotes")
        try:
            parsed: tuple[Any, int] = _DECODER.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            raise self._error(error.pos, "invalid string") from None
        return parsed

    def _past(self, at: int, mark: str) -> int:
        if self._text[at : at + 1] != mark:
            raise self._error(at, f"expected {mark!r}")
        return self._blank(at + 1)

    def _blank(self, at: int) -> int:
        blank = _BLANK.match(self._text, at)
        return blank.end() if blank else at

    def _line(self, at: int) -> int:
        return bisect_right(self._starts, at) + 1

    def _error(self, at: int, what: str) -> ExporterError:
        return _error(self._path, min(self._line(at), len(self._starts) + 1), f"not JSON: {what}")


def _error(path: str, line: int, what: str) -> ExporterError:
    return ExporterError(what, where=f"{path}:{line}", hint="fix what `terraform validate` reports")


# Writing Terraform's language
# --------------------------------------------------------------------------------------


def _file(document: _Value, path: str) -> _Lines:
    for whole in document.several:
        if whole.properties is None:
            raise _error(path, whole.line, "not Terraform code: expected an object")
        for name, _, value in whole.properties:
            if name in _TOP:
                yield from _blocks(name, _TOP[name], value, _INNER.get(name, {}), path)


def _blocks(
    name: str, labels: int, value: _Value, inner: Mapping[str, int], path: str, given: str = ""
) -> _Lines:
    """Yield the blocks of a type: an object below their labels, or an array of such objects."""
    for item in value.several:
        if labels:
            for label, _, below in item.properties or ():
                more = f"{given} {_template(label, item.line, path)}"
                yield from _blocks(name, labels - 1, below, inner, path, more)
        elif item.properties is not None:
            yield item.line, f"{name}{given} {{"
            yield from _body(name, item, inner, path)
            yield item.end, "}"


def _body(kind: str, body: _Value, inner: Mapping[str, int], path: str) -> _Lines:
    blocks = {"content": 0} if kind == "dynamic" else inner
    names = _NAMES.get(kind, frozenset())
    for name, line, value in body.properties or ():
        if name == "//":
            continue
        if name in blocks and (value.items is not None or value.properties is not None):
            yield from _blocks(name, blocks[name], value, inner, path)
        elif _IDENTIFIER.fullmatch(name) is None:
            raise _error(path, line, f"not Terraform code: {name!r} can't name an argument")
        else:
            first, *rest = _expression(value, path, is_name=name in names)
            yield line, f"{name} = {first[1]}"
            yield from rest


def _expression(value: _Value, path: str, *, is_name: bool) -> _Lines:
    if value.text is not None:
        text = value.text
        yield value.line, _bare(text) if is_name else _template(text, value.line, path)
    elif value.scalar:
        yield value.line, value.scalar
    else:
        yield value.line, "[" if value.properties is None else "{"
        for name, line, inner in value.properties or ():
            key = name if is_name else _template(name, line, path)
            yield from _item(f"{key} = ", line, inner, path, is_name=is_name)
        for item in value.items or ():
            yield from _item("", item.line, item, path, is_name=is_name)
        yield value.end, "]" if value.properties is None else "}"


def _item(before: str, line: int, value: _Value, path: str, *, is_name: bool) -> _Lines:
    lines = list(_expression(value, path, is_name=is_name))
    lines[0] = (line, before + lines[0][1])
    lines[-1] = (lines[-1][0], f"{lines[-1][1]},")
    yield from lines


def _bare(text: str) -> str:
    """Return a reference as HCL; older code wrote ``"${aws.us}"``."""
    is_wrapped = text.startswith("${") and text.endswith("}")
    return " ".join((text[2:-1] if is_wrapped else text).split())


def _template(text: str, line: int, path: str) -> str:
    """Return a string as a quoted template; only the parts outside ``${ }`` are escaped."""
    parts, at = [], 0
    while special := _SPECIAL.search(text, at):
        parts.append(text[at : special.start()])
        mark, at = special.group(), special.end()
        if mark in ("${", "%{"):
            end = _end(text, at)
            if end is None:
                raise _error(path, line, f"not Terraform code: {mark} without a closing }}")
            parts.append(text[special.start() : end])
            at = end
        else:
            parts.append(mark if len(mark) > 1 else json.dumps(mark)[1:-1])
    return '"' + "".join([*parts, text[at:]]) + '"'


def _end(text: str, at: int) -> int | None:
    """Return the end of the interpolation that begins before ``at``; it may contain others."""
    depth = 1
    quotes: list[int] = []
    while at < len(text):
        char = text[at]
        if quotes and depth == quotes[-1]:
            if char == "\\":
                at += 1
            elif char == '"':
                quotes.pop()
            elif text[at : at + 2] in ("${", "%{") and text[at - 1] != char:
                depth, at = depth + 1, at + 1
        elif char == '"':
            quotes.append(depth)
        elif char in "{}":
            depth += 1 if char == "{" else -1
            if depth == 0:
                return at + 1
        at += 1
    return None
