"""The quoting rules of the output formats: templates write every value through one of these.

Each function takes a value and returns the text for exactly that value in its language. Sources:
the HCL native syntax specification (template and quoted literals), YAML 1.2 (double-quoted style),
and the Python language reference (string literals), formatted as Black does.
"""

import re
import shlex
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from exporter.formats.references import Expression
from exporter.model.resources import Tag
from exporter.support.text import code_point

# HCL
# -----------------------------------------------------------------------------------------------

_HCL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HCL_KEYWORDS = frozenset({"true", "false", "null", "for", "in", "if", "else", "endif", "endfor"})
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def hcl_string(text: str) -> str:
    """A quoted HCL string; ``${`` and ``%{`` are escaped, or Terraform would evaluate them."""
    return f'"{_hcl_literal(_escaped(text, _SHORT_ESCAPES))}"'


def hcl_key(text: str) -> str:
    """A key of an HCL object: bare if possible.

    Characters that aren't one column wide are escaped, because ``terraform fmt`` aligns the values
    by columns.
    """
    if _HCL_NAME.fullmatch(text) and text not in _HCL_KEYWORDS:
        return text
    escaped = "".join(_SHORT_ESCAPES.get(char) or _one_column(char) for char in text)
    return f'"{_hcl_literal(escaped)}"'


def hcl(value: object) -> str:
    """An HCL literal: a string (enums too), number, boolean, or list on one line.

    An expression is written unchanged.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(hcl(item) for item in value) + "]"
    return _literal(value, "HCL literal", hcl_string)


def hcl_attributes(pairs: Iterable[tuple[str, object]], indent: int) -> str:
    """The ``name = value`` lines of a block as ``terraform fmt`` aligns them.

    Absent values are left out.

    Raises:
        ValueError: if a name isn't a valid name.
    """
    present = [(_hcl_name(name), hcl(value)) for name, value in pairs if value is not None]
    return _aligned(present, indent)


def hcl_block(pairs: Iterable[tuple[str, object]], name: str, indent: int) -> str:
    """A block with these arguments, or ``name {}`` without any.

    Raises:
        ValueError: if a name isn't a valid name.
    """
    _hcl_name(name)
    lines = hcl_attributes(pairs, indent + 2)
    margin = " " * indent
    return f"{margin}{name} {{\n{lines}\n{margin}}}" if lines else f"{margin}{name} {{}}"


def hcl_map(pairs: Iterable[tuple[str, object]], indent: int) -> str:
    """The lines of a map as ``terraform fmt`` aligns them; an expression is written unchanged."""
    return _aligned([(hcl_key(key), hcl(value)) for key, value in pairs], indent)


def hcl_tags(tags: Iterable[Tag], indent: int) -> str:
    """The lines of a ``tags`` map as ``terraform fmt`` aligns them."""
    return hcl_map(((tag.key, tag.value) for tag in tags), indent)


def _aligned(pairs: Sequence[tuple[str, str]], indent: int) -> str:
    width = max((len(name) for name, _ in pairs), default=0)
    return "\n".join(f"{' ' * indent}{name:<{width}} = {value}" for name, value in pairs)


def _hcl_name(text: str) -> str:
    if not _HCL_NAME.fullmatch(text):
        raise ValueError(f"not a name: {text!r}")
    return text


def _hcl_literal(escaped: str) -> str:
    return escaped.replace("${", "$${").replace("%{", "%%{")


def _one_column(char: str) -> str:
    if char.isascii():
        return _readable(char)
    return char if unicodedata.category(char) in ("Lu", "Ll") else code_point(char)


# YAML
# ----------------------------------------------------------------------------------------------

# What YAML 1.1 parsers read as something other than a string, in any case.
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# Starts with a letter, so it isn't a number or a date, and has no character with a meaning in YAML.
_YAML_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./*+-]|:(?=[A-Za-z0-9_./*+:-]))*")


def yaml_string(text: str) -> str:
    """A YAML scalar that every parser reads as this string.

    Plain if that is safe, else double-quoted.
    """
    if _YAML_PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return str(text)
    return f'"{_escaped(text, _SHORT_ESCAPES)}"'


def yaml(value: object) -> str:
    """A YAML scalar for a string (enums too), a number or a boolean; an expression unchanged."""
    return _literal(value, "YAML scalar", yaml_string)


# Python
# --------------------------------------------------------------------------------------------


def python_string(text: str) -> str:
    """A Python string literal as Black writes it.

    In double quotes, unless single ones save a backslash.
    """
    quote = "'" if '"' in text and text.count("'") < text.count('"') else '"'
    escapes = {**_SHORT_ESCAPES, '"': '"', quote: "\\" + quote}
    return quote + _escaped(text, escapes) + quote


def python(value: object) -> str:
    """A Python literal for a string (enums too), a number or a boolean; an expression unchanged."""
    return (
        repr(value) if isinstance(value, bool) else _literal(value, "Python literal", python_string)
    )


def python_import(text: str) -> str:
    """An import statement, unchanged.

    Raises:
        ValueError: if the text isn't an import statement.
    """
    if not re.fullmatch(r"(?:from [a-z_.]+ )?import [A-Za-z_]+(?: as [a-z]+)?", text):
        raise ValueError(f"not an import: {text!r}")
    return text


# Comments and the rest
# -----------------------------------------------------------------------------


def comment(text: str, indent: int = 0) -> str:
    r"""A comment in HCL, YAML or Python, wrapped, in printable ASCII.

    Each language ends a comment at other characters (``\\r``, U+0085, U+2028), so text after one
    could become code; all of them are escaped.
    """
    safe = "".join(c if c.isascii() and c.isprintable() else code_point(c) for c in text)
    width = max(40, 88 - indent)
    lines = textwrap.wrap(safe, width - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"{' ' * indent}# {line}" for line in lines)


def camel_case(text: str) -> str:
    """CloudFormation's spelling of an enum value of the SES API.

    ``RENDERING_FAILURE`` becomes ``renderingFailure``.
    """
    first, *rest = text.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def dedent(text: str, by: int) -> str:
    """Code indented by fewer spaces; empty lines stay empty."""
    lines = text.splitlines(keepends=True)
    return "".join(line.removeprefix(" " * by) if line.strip() else line for line in lines)


def label(text: str) -> str:
    """A name in code, unchanged.

    Raises:
        ValueError: if the text isn't a name.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError(f"not a name: {text!r}")
    return text


def shell(text: str) -> str:
    """An argument of a POSIX shell.

    Raises:
        ValueError: if the text has a character that Markdown or a terminal can't show in a command.
    """
    if not text.isprintable() or "`" in text:
        raise ValueError(f"cannot be shown in a command: {text!r}")
    return shlex.quote(text)


def code_span(text: str) -> str:
    """A code span in Markdown, on one line."""
    safe = "".join(map(_readable, text))
    longest = max(map(len, re.findall("`+", safe)), default=0)
    fence, space = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{space}{safe}{space}{fence}"


def plain(value: object) -> str:
    """A number, or text without characters that are special in Markdown or a shell.

    Raises:
        ValueError: if the text has such a character.
    """
    text = str(value)
    if not re.fullmatch(r"[A-Za-z0-9 ,.:/_-]*", text):
        raise ValueError(f"not plain text: {text!r}")
    return text


_HCL_LABEL = r"[A-Za-z_][A-Za-z0-9_-]*"
_HCL_KEY = (
    r'(?:\[(?:[0-9]+|"(?:[^"\\\n$%]|\\(?:["\\nrt]|u[0-9a-f]{4}|U[0-9a-f]{8})'
    r'|\$\$\{|%%\{|[$%](?!\{))*")\])?'
)
_HCL_ADDRESS = re.compile(
    rf"(?:module\.{_HCL_LABEL}{_HCL_KEY}\.)*{_HCL_LABEL}\.{_HCL_LABEL}{_HCL_KEY}"
)


def is_hcl_address(text: str) -> bool:
    """Whether a text is the address of a resource, which can be written unchanged."""
    return _HCL_ADDRESS.fullmatch(text) is not None


def hcl_address(text: str) -> str:
    """The address of a resource, unchanged; instance keys are numbers or plain strings.

    Raises:
        ValueError: if the text isn't an address.
    """
    if not is_hcl_address(text):
        raise ValueError(f"not an address: {text!r}")
    return text


def _literal(value: object, kind: str, quoted: Callable[[str], str]) -> str:
    if isinstance(value, Expression):
        return value.code
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    raise TypeError(f"no {kind} for {value!r}")


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    """Return the text with ``escapes`` applied and every unprintable character escaped."""
    if text.isprintable() and not any(char in text for char in escapes):
        return text
    return "".join(escapes.get(char) or _readable(char) for char in text)


def _readable(char: str) -> str:
    """Return the character if it is printable, else an escape that all three languages share."""
    return char if char.isprintable() else code_point(char)
