"""Terraform's string and encoding functions."""

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
    check_length,
    integer,
    items,
    text,
    texts,
)
from exporter.formats.terraform.hcl.types import Failed, Value, number
from exporter.formats.terraform.hcl.variables import normal

# Regular expressions
# ------------------------------------------------------------------------------------------

_UNSUPPORTED = re.compile(r"\\[^dDwWsSbB.\-/\\+*?()\[\]{}|^$]|\(\?[^:]|\[\[:|\\$")
"""Syntax that Go's RE2 treats differently from Python, or doesn't support."""

_GROUP_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\w+)|(\$))", re.ASCII)


# Python backtracks, unlike RE2, so patterns that could take long are not evaluated.
_MAYBE_SLOW = re.compile(r"\)[*+{]|(?:[*+{].*){4}", re.DOTALL)
_LONGEST_SEARCHED = 256


def _searchable_text(value: Value) -> str:
    searched = text(value)
    if len(searched) > _LONGEST_SEARCHED:
        raise UnsupportedArgumentsError
    return searched


def _pattern(value: Value) -> re.Pattern[str]:
    pattern = ascii_text(value)
    if _UNSUPPORTED.search(pattern) or _MAYBE_SLOW.search(pattern):
        raise UnsupportedArgumentsError
    try:
        # `$` matches only at the end in Go, but in Python before a final newline too.
        compiled = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)
    except re.error:
        raise UnsupportedArgumentsError from None
    return compiled


def _replace(value: Value, old: Value, new: Value) -> Value:
    subject, searched, replacement = text(value), text(old), text(new)
    if not (len(searched) > 1 and searched.startswith("/") and searched.endswith("/")):
        if not searched:
            raise UnsupportedArgumentsError
        check_length(subject.count(searched) * len(replacement))
        return subject.replace(searched, replacement)
    pattern = _pattern(searched[1:-1])
    # Go skips an empty match next to another match, Python doesn't.
    if pattern.search(""):
        raise UnsupportedArgumentsError
    return pattern.sub(lambda match: _expanded(match, replacement), _searchable_text(subject))


def _expanded(match: re.Match[str], template: str) -> str:
    def group(reference: re.Match[str]) -> str:
        braced, plain, dollar = reference.groups()
        if dollar:
            return "$"
        name = braced or plain
        if not name.isdigit() or int(name) > (match.re.groups):
            return ""
        return match.group(int(name)) or ""

    return _GROUP_REFERENCE.sub(group, template)


def _regex(pattern: Value, value: Value) -> Value:
    match = _pattern(pattern).search(_searchable_text(value))
    if match is None:
        return Failed("regex finds no match")
    return _groups(match)


def _regexall(pattern: Value, value: Value) -> Value:
    compiled = _pattern(pattern)
    if compiled.search(""):
        raise UnsupportedArgumentsError
    return [_groups(match) for match in compiled.finditer(_searchable_text(value))]


def _groups(match: re.Match[str]) -> Value:
    return list(match.groups()) if match.re.groups else match.group()


# Strings
# ------------------------------------------------------------------------------------------

_VERB = re.compile(r"%(?:%|([-+ 0#]*)([0-9]*)(?:\.([0-9]+))?([a-zA-Z]))")


def _format(pattern: Value, *arguments: Value) -> Value:
    remaining = list(arguments)
    form = text(pattern)
    if "%" in _VERB.sub("", form):
        raise UnsupportedArgumentsError

    def replaced(match: re.Match[str]) -> str:
        flags, width, precision, verb = match.groups()
        if verb is None:
            return "%"
        if not remaining or precision is not None or set(flags) - {"-", "0"}:
            raise UnsupportedArgumentsError
        check_length(int(width or 0))
        return _padded(_format_verb(verb, remaining.pop(0)), flags, int(width or 0), verb)

    result = _VERB.sub(replaced, form)
    if remaining:
        raise UnsupportedArgumentsError
    return result


def _format_verb(verb: str, value: Value) -> str:
    if verb == "s" or (verb == "v" and isinstance(value, str | bool | int | float)):
        return text(value)
    if verb == "q":
        content = ascii_text(value)
        if not content.isprintable():
            raise UnsupportedArgumentsError
        return json.dumps(content)
    amount = integer(value)
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


def _formatlist(pattern: Value, *arguments: Value) -> Value:
    lists = [items(value) if isinstance(value, list) else None for value in arguments]
    lengths = {len(elements) for elements in lists if elements is not None}
    if len(lengths) != 1:
        raise UnsupportedArgumentsError
    (length,) = lengths
    return [
        _format(
            pattern,
            *(
                v if elements is None else elements[at]
                for v, elements in zip(arguments, lists, strict=True)
            ),
        )
        for at in range(length)
    ]


def _join(between: Value, *lists: Value) -> Value:
    separator, strings = text(between), texts(
        [item for elements in lists for item in items(elements)]
    )
    check_length(len(separator) * len(strings))
    return separator.join(strings)


def _split(between: Value, value: Value) -> Value:
    separator, subject = text(between), text(value)
    if not separator:
        raise UnsupportedArgumentsError
    return subject.split(separator)


def _substr(value: Value, offset: Value, length: Value) -> Value:
    subject, start, count = ascii_text(value), integer(offset), integer(length)
    if start < 0:
        start += len(subject)
    if start < 0 or start > len(subject) or "\r\n" in subject:
        raise UnsupportedArgumentsError
    return subject[start:] if count < 0 else subject[start : start + count]


def _indent(spaces: Value, value: Value) -> Value:
    content, width = text(value), integer(spaces)
    check_length(content.count("\n") * width)
    return content.replace("\n", "\n" + " " * width)


def _title(value: Value) -> Value:
    subject = ascii_text(value)
    if re.search(r"[^A-Za-z0-9 _-]", subject):
        raise UnsupportedArgumentsError
    # In Go a word starts after a space or a hyphen, but not after an underscore.
    return re.sub(r"(^|[ -])([a-z])", lambda match: match[1] + match[2].upper(), subject)


def _trim(value: Value, cut: Value) -> Value:
    # With an empty argument, Python would trim white space.
    return text(value).strip(text(cut)) if text(cut) else text(value)


def _parseint(value: Value, base: Value) -> Value:
    digits, radix = ascii_text(value), integer(base)
    if not 2 <= radix <= 36 or not re.fullmatch(r"-?[0-9a-zA-Z]+", digits):
        raise UnsupportedArgumentsError
    try:
        return int(digits, radix)
    except ValueError:
        return Failed(f"{digits} is not a number")


def _hash_function(kind: str) -> Callable[[Value], Value]:
    return lambda value: hashlib.new(kind, text(value).encode(), usedforsecurity=False).hexdigest()


def _base64decode(value: Value) -> Value:
    try:
        return normal(base64.b64decode(text(value), validate=True).decode())
    except ValueError:
        return Failed("base64decode of invalid base64")


# Encodings
# ------------------------------------------------------------------------------------------


def _jsondecode(value: Value) -> Value:
    try:
        return normal(
            json.loads(
                text(value), parse_int=number, parse_float=number, parse_constant=_refuse_constant
            )
        )
    except (ValueError, RecursionError):
        return Failed("jsondecode of invalid JSON")


def _refuse_constant(word: str) -> Value:
    raise ValueError(word)


def _yamldecode(value: Value) -> Value:
    try:
        document = text(value)
        if "&" in document and "*" in document and _has_aliases(document):
            raise UnsupportedArgumentsError
        decoded = yaml.load(document, Loader=_Loader)  # noqa: S506 - a safe loader
        return normal(_yaml_value(decoded))
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UnsupportedArgumentsError from None


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C loader, if PyYAML was built with it."""


def _has_aliases(document: str) -> bool:
    """Whether a document has aliases, which can expand to an enormous value."""
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(document, _Safe))


class _Loader(_Safe):  # type: ignore[misc]
    """Accepts only what YAML 1.1 (PyYAML) and 1.2 (Terraform) agree on."""


def _yaml_number(_loader: Any, node: yaml.ScalarNode) -> Any:
    # 010, 1_000 and 1:30 are numbers in only one of the two versions.
    scalar = str(node.value)
    if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", scalar):
        return number(scalar)
    raise UnsupportedArgumentsError


def _yaml_bool(_loader: Any, node: yaml.ScalarNode) -> bool:
    if node.value not in ("true", "false"):
        raise UnsupportedArgumentsError
    return bool(node.value == "true")


def _yaml_unsupported(_loader: Any, _node: yaml.Node) -> Any:
    raise UnsupportedArgumentsError


_Loader.add_constructor("tag:yaml.org,2002:int", _yaml_number)
_Loader.add_constructor("tag:yaml.org,2002:float", _yaml_number)
_Loader.add_constructor("tag:yaml.org,2002:bool", _yaml_bool)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _yaml_unsupported)
_Loader.add_constructor("tag:yaml.org,2002:binary", _yaml_unsupported)


def _yaml_value(value: Any) -> Value:
    if isinstance(value, dict):
        return {text(key): _yaml_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_yaml_value(item) for item in value]
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
    "md5": _hash_function("md5"),
    "parseint": _parseint,
    "regex": _regex,
    "regexall": _regexall,
    "replace": _replace,
    "sha1": _hash_function("sha1"),
    "sha256": _hash_function("sha256"),
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
