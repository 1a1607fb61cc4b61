"""``@FILE`` in the place of a pattern: a file with one pattern a line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exporter.sources.patterns import SAID_FORMS, parse
from exporter.support import regular_files
from exporter.support.errors import UsageError

AT = "@"
"""What stands before the name of a file of patterns."""

_COMMENT = re.compile(r"(?:^|\s)#.*")
"""No name, tag or ARN holds a number sign behind a space."""
_TAG = "tag:"
_NEVER_IN_NAMES = re.compile(r"[\s=]")
"""What no name and no ARN holds; the keys and values of tags may."""


@dataclass(frozen=True)
class Line:
    """Where a pattern stands: the file, as it was named, and the line, from 1."""

    file: str
    number: int


@dataclass(frozen=True)
class Expanded:
    """The patterns of an option.

    Attributes:
        origins: Where those stand that came from files. What a file holds is not printed: it may
            be another than the person thinks.
    """

    patterns: tuple[str, ...]
    origins: Mapping[str, Line]


def expanded(option: str, given: Iterable[str]) -> Expanded:
    """Put the patterns in files in the place of their ``@FILE``.

    Raises:
        UsageError: when a pattern can mean nothing, or a file leaves ``--include`` without any.
        ExporterError: when a file cannot be read.
    """
    found: list[str] = []
    origins: dict[str, Line] = {}
    for text in given:
        if not text.startswith(AT):
            parse(text, option)
            found.append(text)
            continue
        inside = dict(_in_file(option, text))
        if not inside and option == "--include":
            # Without a pattern all would be taken, the opposite of what an empty list says.
            raise UsageError(
                "contains no pattern", where=f"{option} {text}", hint="'*' matches every set"
            )
        found += inside
        origins |= inside
    return Expanded(tuple(found), origins)


def _in_file(option: str, text: str) -> Iterator[tuple[str, Line]]:
    name = text.removeprefix(AT)
    if not name:
        raise UsageError("@ needs a file name", where=option, hint=f"{option} @FILE")
    lines = regular_files.text(Path(name), hint="@FILE has one pattern per line")
    # Not splitlines: it takes more for line ends than an editor shows.
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
    """Refuse a line that is no pattern, and don't print it: the file may be another than meant."""
    try:
        parse(pattern, where)
    except UsageError:
        is_one = False
    else:
        is_one = pattern.startswith(_TAG) or not _NEVER_IN_NAMES.search(pattern)
    if not is_one:
        raise UsageError("not a pattern", where=where, hint=SAID_FORMS)
