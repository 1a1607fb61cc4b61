"""Escape untrusted text for Markdown."""

import re
from collections.abc import Callable, Iterable, Sequence

from exporter.support.text import spelled

LEAST_LIMIT = 1_500
"""Enough for the summary and the note about what is omitted, whatever the data."""

_LONG_RUN = re.compile(r"`{9,}")


def check_limit(limit: int) -> None:
    """Refuse a limit that is too low for a report.

    Raises:
        ValueError: if it is less than ``LEAST_LIMIT``.
    """
    if limit < LEAST_LIMIT:
        raise ValueError(
            f"a report needs at least {LEAST_LIMIT} characters, but the limit is {limit}"
        )


def most(high: int, fits: Callable[[int], bool]) -> int:
    """Return the greatest number up to ``high`` that fits, by bisection; 0 if none does."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def cut_note(cuts: Sequence[str], command: str) -> str:
    """Return a note about what is omitted and the command that shows it; empty if nothing is."""
    return f"**Shortened:** {'; '.join(cuts)}. Run `{command}` to see all.\n" if cuts else ""


def shortened(text: str, longest: int) -> str:
    """Escape text, and shorten it to this many characters."""
    shown = tame(text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def tame(text: str) -> str:
    """Escape text, including long runs of backticks, because parsers limit the length of fences."""
    shown = spelled(text)
    return _LONG_RUN.sub(lambda run: r"\u0060" * len(run[0]), shown)


def fence_for(text: str, least: int) -> str:
    """Return backticks, more than any run of them in the text."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    return "`" * max(least, longest + 1)


def code(text: str) -> str:
    """Format escaped text as a code span."""
    text = text or '""'
    # A backtick next to the fence would be part of it, and parsers strip a space at both ends.
    if "`" in (text[0], text[-1]) or (text[0] == text[-1] == " " and text.strip()):
        text = f" {text} "
    fence = fence_for(text, 1)
    return f"{fence}{text}{fence}"


def cell(text: str) -> str:
    r"""Format escaped text as a code span in a table, where ``|`` ends a cell but ``\|`` doesn't.

    Parsers do not agree on ``\\|``, so that is escaped in another way.
    """
    return re.sub(r"(?<=\\)\|", r"\\u007c", code(text)).replace("|", r"\|")


def html(text: str) -> str:
    """Escape text for a ``<code>`` element, with entities for all special characters."""
    return re.sub(r"[^\w .,/-]|_", lambda char: f"&#{ord(char[0])};", text)


def fenced(lines: Iterable[str], language: str) -> str:
    """Format escaped lines as a fenced block."""
    text = "\n".join(lines)
    fence = fence_for(text, 3)
    return f"{fence}{language}\n{text}\n{fence}\n"


def row(*cells: str) -> str:
    """Format a row of a table."""
    return f"| {' | '.join(cells)} |\n"


def section(title: str, lines: Sequence[str]) -> str:
    """Format escaped lines below a title; empty without lines."""
    return f"**{title}**\n\n{fenced(lines, 'text')}" if lines else ""


def folded(summary: str, body: str) -> str:
    """Format a part that opens on a click; the empty lines make the parser return to Markdown."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n"


def length(text: str) -> int:
    """Return the length that a limit of GitHub counts: in UTF-16, an emoji is two characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
