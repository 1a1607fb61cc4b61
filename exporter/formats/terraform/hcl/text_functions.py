"""Terraform's functions of texts, beside those that need no others."""

import base64
import csv
import hashlib
import io
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml

from exporter.formats.terraform.hcl.function_arguments import (
    UnsupportedArgumentsError,
    ascii_text,
    bounded,
    items,
    text,
    texts,
    whole_number,
)
from exporter.formats.terraform.hcl.types import Failed, Value, number

# Regular expressions
# ------------------------------------------------------------------------------------------

_SAFE_ESCAPES = re.compile(r"\\[^dDwWsSbB.\-/\\+*?()\[\]{}|^$]|\(\?[^:]|\[\[:|\\$")
"""What Go's RE2 takes otherwise than Python, or not at all."""

_GROUP = re.compile(r"\$(?:\{(\w+)\}|(\w+)|(\$))", re.ASCII)


# Python goes back and tries again, which RE2 never does: what could take long is not tried.
_SLOW = re.compile(r"\)[*+{]|(?:[*+{].*){4}", re.DOTALL)
_LONGEST_SEARCHED = 256


def _searched(value: Value) -> str:
    found = text(value)
    if len(found) > _LONGEST_SEARCHED:
        raise UnsupportedArgumentsError
    return found


def _pattern(value: Value) -> re.Pattern[str]:
    pattern = ascii_text(value)
    if _SAFE_ESCAPES.search(pattern) or _SLOW.search(pattern):
        raise UnsupportedArgumentsError
    try:
        # `$` is the end of the text in Go, and in Python what stands before a last line break too.
        found = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)
    except re.error:
        raise UnsupportedArgumentsError from None
    return found


def _replace(value: Value, old: Value, new: Value) -> Value:
    whole, searched, instead = text(value), text(old), text(new)
    if not (len(searched) > 1 and searched.startswith("/") and searched.endswith("/")):
        if not searched:
            raise UnsupportedArgumentsError
        bounded(whole.count(searched) * len(instead))
        return whole.replace(searched, instead)
    pattern = _pattern(searched[1:-1])
    # Go passes by an empty match beside another, and Python does not.
    if pattern.search(""):
        raise UnsupportedArgumentsError
    return pattern.sub(lambda found: _expanded(found, instead), _searched(whole))


def _expanded(found: re.Match[str], template: str) -> str:
    def group(reference: re.Match[str]) -> str:
        braced, plain, dollar = reference.groups()
        if dollar:
            return "$"
        name = braced or plain
        if not name.isdigit() or int(name) > (found.re.groups):
            return ""
        return found.group(int(name)) or ""

    return _GROUP.sub(group, template)


def _regex(pattern: Value, value: Value) -> Value:
    found = _pattern(pattern).search(_searched(value))
    if found is None:
        return Failed("regex finds no match")
    return _groups(found)


def _regexall(pattern: Value, value: Value) -> Value:
    compiled = _pattern(pattern)
    if compiled.search(""):
        raise UnsupportedArgumentsError
    return [_groups(found) for found in compiled.finditer(_searched(value))]


def _groups(found: re.Match[str]) -> Value:
    return list(found.groups()) if found.re.groups else found.group()


# Texts
# ------------------------------------------------------------------------------------------

_VERB = re.compile(r"%(?:%|([-+ 0#]*)([0-9]*)(?:\.([0-9]+))?([a-zA-Z]))")


def _format(pattern: Value, *given: Value) -> Value:
    left = list(given)
    form = text(pattern)
    if "%" in _VERB.sub("", form):
        raise UnsupportedArgumentsError

    def one(found: re.Match[str]) -> str:
        flags, width, precision, verb = found.groups()
        if verb is None:
            return "%"
        if not left or precision is not None or set(flags) - {"-", "0"}:
            raise UnsupportedArgumentsError
        bounded(int(width or 0))
        return _padded(_verb(verb, left.pop(0)), flags, int(width or 0), verb)

    result = _VERB.sub(one, form)
    if left:
        raise UnsupportedArgumentsError
    return result


def _verb(verb: str, value: Value) -> str:
    if verb == "s" or (verb == "v" and isinstance(value, str | bool | int | float)):
        return text(value)
    if verb == "q":
        found = ascii_text(value)
        if not found.isprintable():
            raise UnsupportedArgumentsError
        return json.dumps(found)
    amount = whole_number(value)
    if verb == "d":
        return str(amount)
    if verb in ("x", "X", "o", "b") and amount >= 0:
        return format(amount, verb)
    raise UnsupportedArgumentsError


def _padded(shown: str, flags: str, width: int, verb: str) -> str:
    if width > len(shown) and not shown.isascii():
        raise UnsupportedArgumentsError
    if "-" in flags:
        return shown.ljust(width)
    if "0" in flags:
        if verb not in ("d", "x", "X", "o", "b"):
            raise UnsupportedArgumentsError
        return shown.zfill(width)
    return shown.rjust(width)


def _formatlist(pattern: Value, *given: Value) -> Value:
    lists = [items(value) if isinstance(value, list) else None for value in given]
    lengths = {len(found) for found in lists if found is not None}
    if len(lengths) != 1:
        raise UnsupportedArgumentsError
    (length,) = lengths
    return [
        _format(
            pattern, *(v if own is None else own[at] for v, own in zip(given, lists, strict=True))
        )
        for at in range(length)
    ]


def _join(between: Value, *lists: Value) -> Value:
    mark, every = text(between), texts([item for found in lists for item in items(found)])
    bounded(len(mark) * len(every))
    return mark.join(every)


def _split(between: Value, value: Value) -> Value:
    mark, whole = text(between), text(value)
    if not mark:
        raise UnsupportedArgumentsError
    return whole.split(mark)


def _substr(value: Value, offset: Value, length: Value) -> Value:
    whole, start, count = ascii_text(value), whole_number(offset), whole_number(length)
    if start < 0:
        start += len(whole)
    if start < 0 or start > len(whole) or "\r\n" in whole:
        raise UnsupportedArgumentsError
    return whole[start:] if count < 0 else whole[start : start + count]


def _indent(spaces: Value, value: Value) -> Value:
    found, width = text(value), whole_number(spaces)
    bounded(found.count("\n") * width)
    return found.replace("\n", "\n" + " " * width)


def _title(value: Value) -> Value:
    whole = ascii_text(value)
    if re.search(r"[^A-Za-z0-9 _-]", whole):
        raise UnsupportedArgumentsError
    # Go takes what follows a blank or a hyphen for the start of a word, but not a low line.
    return re.sub(r"(^|[ -])([a-z])", lambda found: found[1] + found[2].upper(), whole)


def _trim(value: Value, cut: Value) -> Value:
    # Without anything to cut, Python would cut white space.
    return text(value).strip(text(cut)) if text(cut) else text(value)


def _parseint(value: Value, base: Value) -> Value:
    found, of = ascii_text(value), whole_number(base)
    if not 2 <= of <= 36 or not re.fullmatch(r"-?[0-9a-zA-Z]+", found):
        raise UnsupportedArgumentsError
    try:
        return int(found, of)
    except ValueError:
        return Failed(f"{found} is not a number")


def _hashed(kind: str) -> Callable[[Value], Value]:
    return lambda value: hashlib.new(kind, text(value).encode(), usedforsecurity=False).hexdigest()


def _base64decode(value: Value) -> Value:
    try:
        return base64.b64decode(text(value), validate=True).decode()
    except ValueError:
        return Failed("base64decode of invalid base64")


# Data in texts
# ------------------------------------------------------------------------------------------


def _jsondecode(value: Value) -> Value:
    try:
        return json.loads(
            text(value), parse_int=number, parse_float=number, parse_constant=_no_json
        )
    except (ValueError, RecursionError):
        return Failed("jsondecode of invalid JSON")


def _no_json(word: str) -> Value:
    raise ValueError(word)


def _yamldecode(value: Value) -> Value:
    try:
        whole = text(value)
        if "&" in whole and "*" in whole and _has_aliases(whole):
            raise UnsupportedArgumentsError
        return _of_yaml(yaml.load(whole, Loader=_Loader))  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UnsupportedArgumentsError from None


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quick one, where PyYAML was built with it."""


def _has_aliases(whole: str) -> bool:
    """Whether a document has any: a few aliases of aliases are a value without end."""
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(whole, _Safe))


class _Loader(_Safe):  # type: ignore[misc]
    """Only what YAML 1.1 and 1.2 agree on, as Terraform's reader is of the latter."""


def _plain(_loader: Any, node: yaml.ScalarNode) -> Any:
    # 010, 1_000, 1:30, y, on: a number or a boolean to one of the two.
    found = str(node.value)
    if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", found):
        return number(found)
    raise UnsupportedArgumentsError


def _bool(_loader: Any, node: yaml.ScalarNode) -> bool:
    if node.value not in ("true", "false"):
        raise UnsupportedArgumentsError
    return bool(node.value == "true")


def _other(_loader: Any, _node: yaml.Node) -> Any:
    raise UnsupportedArgumentsError


_Loader.add_constructor("tag:yaml.org,2002:int", _plain)
_Loader.add_constructor("tag:yaml.org,2002:float", _plain)
_Loader.add_constructor("tag:yaml.org,2002:bool", _bool)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _other)
_Loader.add_constructor("tag:yaml.org,2002:binary", _other)


def _of_yaml(value: Any) -> Value:
    if isinstance(value, dict):
        return {text(key): _of_yaml(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_of_yaml(item) for item in value]
    return value


def _basename(value: Value) -> Value:
    path = text(value).rstrip("/")
    if not path:
        raise UnsupportedArgumentsError
    return posixpath.basename(path)


def _csvdecode(value: Value) -> Value:
    rows = list(csv.reader(io.StringIO(text(value)), strict=True))
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise UnsupportedArgumentsError
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def _strcontains(value: Value, part: Value) -> Value:
    return text(part) in text(value)


def _reverse_text(value: Value) -> Value:
    return ascii_text(value)[::-1]


def _chomp(value: Value) -> Value:
    return re.sub(r"(\r?\n)+\Z", "", text(value))


def _trimspace(value: Value) -> Value:
    return ascii_text(value).strip()


TEXT_FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "base64decode": _base64decode,
    "base64encode": lambda value: base64.b64encode(text(value).encode()).decode(),
    "basename": _basename,
    "chomp": _chomp,
    "csvdecode": _csvdecode,
    "dirname": lambda value: posixpath.dirname(posixpath.normpath(text(value))) or ".",
    "endswith": lambda value, end: text(value).endswith(text(end)),
    "format": _format,
    "formatlist": _formatlist,
    "indent": _indent,
    "join": _join,
    "jsondecode": _jsondecode,
    "lower": lambda value: ascii_text(value).lower(),
    "md5": _hashed("md5"),
    "parseint": _parseint,
    "regex": _regex,
    "regexall": _regexall,
    "replace": _replace,
    "sha1": _hashed("sha1"),
    "sha256": _hashed("sha256"),
    "split": _split,
    "startswith": lambda value, start: text(value).startswith(text(start)),
    "strcontains": _strcontains,
    "strrev": _reverse_text,
    "substr": _substr,
    "title": _title,
    "trim": _trim,
    "trimprefix": lambda value, start: text(value).removeprefix(text(start)),
    "trimspace": _trimspace,
    "trimsuffix": lambda value, end: text(value).removesuffix(text(end)),
    "upper": lambda value: ascii_text(value).upper(),
    "yamldecode": _yamldecode,
}
