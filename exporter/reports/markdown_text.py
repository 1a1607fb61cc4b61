"""Text of anybody's in Markdown, so that it means nothing there."""

import re
from collections.abc import Iterable

from exporter.support.text import spelled

_LONG_RUN = re.compile(r"`{9,}")


def tame(text: str) -> str:
    """Printable text without long runs of backticks: parsers limit how long a fence may be."""
    shown = spelled(text)
    return _LONG_RUN.sub(lambda run: r"\u0060" * len(run[0]), shown)


def fence_for(text: str, least: int) -> str:
    """Backticks, more than any run in the text."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    return "`" * max(least, longest + 1)


def code(text: str) -> str:
    """A code span of tame text."""
    text = text or '""'
    # Beside the fence a backtick would belong to it, and of a pair of spaces each would be dropped.
    if "`" in (text[0], text[-1]) or (text[0] == text[-1] == " " and text.strip()):
        text = f" {text} "
    fence = fence_for(text, 1)
    return f"{fence}{text}{fence}"


def cell(text: str) -> str:
    r"""A code span within a table, whose cells end at ``|`` wherever it stands, but not at ``\|``.

    Parsers do not agree on ``\\|``.
    """
    return re.sub(r"(?<=\\)\|", r"\\u007c", code(text)).replace("|", r"\|")


def html(text: str) -> str:
    """Text of a ``<code>`` element, as entities where a character could mean anything."""
    return re.sub(r"[^\w .,/-]|_", lambda char: f"&#{ord(char[0])};", text)


def fenced(lines: Iterable[str], language: str) -> str:
    """A fenced block of lines that are tame."""
    text = "\n".join(lines)
    fence = fence_for(text, 3)
    return f"{fence}{language}\n{text}\n{fence}\n"


def folded(summary: str, body: str) -> str:
    """A part that opens by a click; the empty lines bring the parser back to Markdown."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n"
