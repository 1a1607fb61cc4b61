"""Every quoting rule of the output formats: what a template writes goes through one of these.

Each function takes a value and gives the text that stands for exactly that value in its language.
Sources: the HCL native syntax specification (template and quoted literals), YAML 1.2 (double-quoted
style), the Python language reference (string literals) and what Black makes of them.
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
    """A quoted HCL string; ``${`` and ``%{`` are doubled, or Terraform would evaluate them."""
    return f'"{_hcl_literal(_escaped(text, _SHORT_ESCAPES))}"'


def hcl_key(text: str) -> str:
    """A key of an HCL object: bare where it can be.

    Other letters than those of one column each are escaped, because ``terraform fmt`` aligns what
    follows by columns.
    """
    if _HCL_NAME.fullmatch(text) and text not in _HCL_KEYWORDS:
        return text
    escaped = "".join(_SHORT_ESCAPES.get(char) or _one_column(char) for char in text)
    return f'"{_hcl_literal(escaped)}"'


def hcl(value: object) -> str:
    """An HCL literal: a string (enums too), number, boolean, or list on one line.

    An expression is code already.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(hcl(item) for item in value) + "]"
    return _literal(value, "HCL literal", hcl_string)


def hcl_attributes(pairs: Iterable[tuple[str, object]], indent: int) -> str:
    """The ``name = value`` lines of a block as ``terraform fmt`` aligns them.

    Absent values are left out.

    Raises:
        ValueError: when a name could be anything else than one.
    """
    present = [(_hcl_name(name), hcl(value)) for name, value in pairs if value is not None]
    return _aligned(present, indent)


def hcl_block(pairs: Iterable[tuple[str, object]], name: str, indent: int) -> str:
    """A block of these arguments, ``name {}`` where none is present.

    Raises:
        ValueError: when a name could be anything else than one.
    """
    _hcl_name(name)
    lines = hcl_attributes(pairs, indent + 2)
    margin = " " * indent
    return f"{margin}{name} {{\n{lines}\n{margin}}}" if lines else f"{margin}{name} {{}}"


def hcl_map(pairs: Iterable[tuple[str, object]], indent: int) -> str:
    """The lines of a map, as ``terraform fmt`` aligns them; an expression is code already."""
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
# Starts with a letter, so that it is no number or date; has no character that YAML could take for
# syntax.
_YAML_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./*+-]|:(?=[A-Za-z0-9_./*+:-]))*")


def yaml_string(text: str) -> str:
    """A YAML scalar that every parser reads as this string.

    Plain where that is safe, else double-quoted.
    """
    if _YAML_PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return str(text)
    return f'"{_escaped(text, _SHORT_ESCAPES)}"'


def yaml(value: object) -> str:
    """A YAML scalar for a string (enums too), a number or a boolean; an expression is code."""
    return _literal(value, "YAML scalar", yaml_string)


# Python
# --------------------------------------------------------------------------------------------


def python_string(text: str) -> str:
    """A Python string literal as Black leaves it.

    Double quotes unless single ones save a backslash.
    """
    quote = "'" if '"' in text and text.count("'") < text.count('"') else '"'
    escapes = {**_SHORT_ESCAPES, '"': '"', quote: "\\" + quote}
    return quote + _escaped(text, escapes) + quote


def python(value: object) -> str:
    """A Python literal for a string (enums too), a number or a boolean; an expression is code."""
    return (
        repr(value) if isinstance(value, bool) else _literal(value, "Python literal", python_string)
    )


def python_import(text: str) -> str:
    """An import statement, as it is.

    Raises:
        ValueError: when the text could be any other statement.
    """
    if not re.fullmatch(r"(?:from [a-z_.]+ )?import [A-Za-z_]+(?: as [a-z]+)?", text):
        raise ValueError(f"not an import: {text!r}")
    return text


# Comments and the rest
# -----------------------------------------------------------------------------


def comment(text: str, indent: int = 0) -> str:
    r"""A comment in HCL, YAML or Python, wrapped, in printable ASCII.

    A comment can carry code: each language ends it at other characters (``\\r``, U+0085, U+2028),
    so none of them is let through.
    """
    safe = "".join(c if c.isascii() and c.isprintable() else code_point(c) for c in text)
    width = max(40, 88 - indent)
    lines = textwrap.wrap(safe, width - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"{' ' * indent}# {line}" for line in lines)


def camel_case(text: str) -> str:
    """CloudFormation's spelling of an SES enum.

    ``RENDERING_FAILURE`` becomes ``renderingFailure``.
    """
    first, *rest = text.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def dedent(text: str, by: int) -> str:
    """Code, further to the left; a line that has nothing but its end stays so.

    Only spaces are cut off.
    """
    lines = text.splitlines(keepends=True)
    return "".join(line.removeprefix(" " * by) if line.strip() else line for line in lines)


def label(text: str) -> str:
    """A name in code, as it is.

    Raises:
        ValueError: when the text could be anything else than a name.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError(f"not a name: {text!r}")
    return text


def shell(text: str) -> str:
    """An argument of a POSIX shell.

    Raises:
        ValueError: when the text has a character that Markdown or a terminal could not show in it.
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
    """A number, or text without any character that Markdown or a shell would take for its own.

    Raises:
        ValueError: when the text has such a character.
    """
    text = str(value)
    if not re.fullmatch(r"[A-Za-z0-9 ,.:/_-]*", text):
        raise ValueError(f"not plain text: {text!r}")
    return text


_HCL_LABEL = r"[A-Za-z_][A-Za-z0-9_-]*"
_HCL_KEY = r'(?:\[(?:[0-9]+|"(?:[^"\\\n$%]|\\["\\])*")\])?'
_HCL_ADDRESS = re.compile(
    rf"(?:module\.{_HCL_LABEL}{_HCL_KEY}\.)*{_HCL_LABEL}\.{_HCL_LABEL}{_HCL_KEY}"
)


def is_hcl_address(text: str) -> bool:
    """Whether a text is the address of a resource, which may be written as it is."""
    return _HCL_ADDRESS.fullmatch(text) is not None


def hcl_address(text: str) -> str:
    """The address of a resource, as it is; keys of instances are numbers or plain texts.

    Raises:
        ValueError: when the text could be anything else.
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
    """A text with ``escapes`` in place, and every character readable."""
    if text.isprintable() and not any(char in text for char in escapes):
        return text
    return "".join(escapes.get(char) or _readable(char) for char in text)


def _readable(char: str) -> str:
    """The character where a person can read it, else an escape that all three languages share."""
    return char if char.isprintable() else code_point(char)
