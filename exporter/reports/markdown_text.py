"""Text of anybody's in Markdown, so that it means nothing there."""

import re
from collections.abc import Callable, Iterable, Sequence

from exporter.support.text import spelled

LEAST_LIMIT = 1_500
"""Room for the summary and the note of what is cut, whatever the data holds."""

_LONG_RUN = re.compile(r"`{9,}")


def check_limit(limit: int) -> None:
    """Refuse a limit that leaves no room for a report.

    Raises:
        ValueError: when it is less than ``LEAST_LIMIT``.
    """
    if limit < LEAST_LIMIT:
        raise ValueError(
            f"a report needs at least {LEAST_LIMIT} characters, but the limit is {limit}"
        )


def most(high: int, fits: Callable[[int], bool]) -> int:
    """The greatest number up to ``high`` that fits; 0 when none is seen to."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def cut_note(said: Sequence[str], command: str) -> str:
    """What is not shown, and which command shows it; empty when all is shown."""
    return f"**Shortened:** {'; '.join(said)}. Run `{command}` to see all.\n" if said else ""


def shortened(text: str, longest: int) -> str:
    """Tame text of so many characters at most."""
    shown = tame(text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


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


def row(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |\n"


def section(title: str, lines: Sequence[str]) -> str:
    """Lines that are tame below a title; empty without any."""
    return f"**{title}**\n\n{fenced(lines, 'text')}" if lines else ""


def folded(summary: str, body: str) -> str:
    """A part that opens by a click; the empty lines bring the parser back to Markdown."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n"


def length(text: str) -> int:
    """Return the length that a limit of GitHub counts: in UTF-16, an emoji is two characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
