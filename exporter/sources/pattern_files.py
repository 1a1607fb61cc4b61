"""``@FILE`` instead of a pattern: a file with one pattern per line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exporter.sources.patterns import SAID_FORMS, parse
from exporter.support import regular_files
from exporter.support.errors import UsageError

AT = "@"
"""The prefix of a pattern file's name."""

_COMMENT = re.compile(r"(?:^|\s)#.*")
"""No name, tag or ARN has a number sign after a space."""
_TAG = "tag:"
_NEVER_IN_NAMES = re.compile(r"[\s=]")
"""Characters that no name and no ARN has; keys and values of tags may."""


@dataclass(frozen=True)
class Line:
    """A line of a pattern file: the file's name as given, and the line, from 1."""

    file: str
    number: int


@dataclass(frozen=True)
class Expanded:
    """The patterns of an option.

    Attributes:
        origins: The lines of patterns from files. Messages name the line and don't print the
            pattern, because the user may have named the wrong file.
    """

    patterns: tuple[str, ...]
    origins: Mapping[str, Line]


def expanded(option: str, values: Iterable[str]) -> Expanded:
    """Replace each ``@FILE`` by the patterns in the file.

    Raises:
        UsageError: if a pattern is invalid, or a file of ``--include`` has none.
        ExporterError: if a file can't be read.
    """
    patterns: list[str] = []
    origins: dict[str, Line] = {}
    for text in values:
        if not text.startswith(AT):
            parse(text, option)
            patterns.append(text)
            continue
        inside = dict(_in_file(option, text))
        if not inside and option == "--include":
            # Without a pattern everything would be selected, the opposite of an empty list.
            raise UsageError(
                "contains no pattern", where=f"{option} {text}", hint="'*' matches every set"
            )
        patterns += inside
        origins |= inside
    return Expanded(tuple(patterns), origins)


def _in_file(option: str, text: str) -> Iterator[tuple[str, Line]]:
    name = text.removeprefix(AT)
    if not name:
        raise UsageError("@ needs a file name", where=option, hint=f"{option} @FILE")
    lines = regular_files.text(Path(name), hint="@FILE has one pattern per line")
    # Not splitlines: it splits at characters that editors don't show as line ends.
    for number, line in enumerate(lines.split("\n"), 1):
        pattern = _COMMENT.sub("", line).strip()
        if not pattern:
            continue
        where = f"{name}, line {number}"
        if pattern.startswith(AT):
            raise UsageError(
                "a pattern file cannot include another one",
                where=where,
                hint=f"pass each one separately: {option} {text} {option} @FILE",
            )
        _check(pattern, where)
        yield pattern, Line(name, number)


def _check(pattern: str, where: str) -> None:
    """Refuse a line that isn't a pattern, without printing it: it may be the wrong file."""
    try:
        parse(pattern, where)
    except UsageError:
        is_pattern = False
    else:
        is_pattern = pattern.startswith(_TAG) or not _NEVER_IN_NAMES.search(pattern)
    if not is_pattern:
        raise UsageError("not a pattern", where=where, hint=SAID_FORMS)
