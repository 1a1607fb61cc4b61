"""``@FILE`` in the place of a pattern: a file with one pattern a line."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from exporter import regular
from exporter.errors import ExporterError, UsageError
from exporter.patterns import parse

_AT = "@"
_COMMENT = re.compile(r"(?:^|\s)#.*")
"""No name, tag or ARN holds a number sign behind a space."""


def expanded(option: str, given: Iterable[str]) -> tuple[str, ...]:
    """The patterns of an option, those in files in the place of their ``@FILE``.

    Args:
        option: Its name, for messages.
        given: As they stand on the command line.

    Raises:
        UsageError: when a pattern can mean nothing, or a file leaves ``--include`` without any.
        ExporterError: when a file cannot be read.
    """
    found: list[str] = []
    for text in given:
        if not text.startswith(_AT):
            parse(text, option)
            found.append(text)
            continue
        inside = list(_in_file(option, text))
        if not inside and option == "--include":
            # Without a pattern all would be taken, the opposite of what an empty list says.
            raise UsageError(
                "holds no pattern", where=f"{option} {text}", hint="'*' takes every set"
            )
        found += inside
    return tuple(found)


def _in_file(option: str, text: str) -> Iterator[str]:
    name = text.removeprefix(_AT)
    if not name:
        raise UsageError("@ names no file", where=option, hint=f"{option} @FILE")
    for number, line in enumerate(_lines(name), 1):
        pattern = _COMMENT.sub("", line).strip()
        if not pattern:
            continue
        where = f"{name}, line {number}"
        if pattern.startswith(_AT):
            raise UsageError(
                f"{pattern}: a file of patterns names no other",
                where=where,
                hint=f"give both: {option} {text} {option} {pattern}",
            )
        parse(pattern, where)
        yield pattern


def _lines(name: str) -> list[str]:
    """The lines of a file.

    Raises:
        ExporterError: when it cannot be read, or is no text.
    """
    try:
        # Not splitlines: it takes more for line ends than an editor shows.
        return regular.read(Path(name)).decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise ExporterError("not UTF-8", where=name, hint="save it as UTF-8") from None
    except OSError as error:
        reason = error.strerror or str(error)
    except ValueError as error:
        # A name that no file can have, such as one with a zero byte.
        reason = str(error)
    raise ExporterError(
        f"cannot be read: {reason}", where=name, hint="@FILE holds one pattern a line"
    )
