"""``ses2iac.toml``: what to read, written down (``docs/config.md``)."""

import contextlib
import difflib
import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporter.errors import ExporterError
from exporter.targets import KEYS, Target, problems

CONFIG_FILE = "ses2iac.toml"

Place = tuple[str | int, ...]
"""Where a value stands in a document: keys, and indexes of lists."""


@dataclass(frozen=True)
class Config:
    """What a configuration file says."""

    path: Path
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True)
class _File:
    """A file that is TOML, for messages about it."""

    path: Path
    text: str

    def fault(self, place: Place, what: str, hint: str) -> ExporterError:
        """The error that something is wrong at a place."""
        return ExporterError(what, where=f"{self.path}:{line_of(self.text, place)}", hint=hint)


def find(start: Path) -> Path | None:
    """The nearest configuration file, from a folder upwards to the root; None without one."""
    folder = start.absolute()
    for place in (folder, *folder.parents):
        # A folder that may not be looked into has nothing for this person.
        with contextlib.suppress(OSError):
            if (place / CONFIG_FILE).is_file():
                return place / CONFIG_FILE
    return None


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ExporterError: when it cannot be read, is not TOML, or says what nobody understands; the
            file and the line are named.
    """
    text = _text(path)
    document = _parsed(text, path)
    file = _File(path, text)
    for name in document:
        if name not in _TABLES and name in KEYS.values():
            raise file.fault((name,), f"{name!r} is outside of a target", "write [[target]] above")
    _refuse_unknown(document, _TABLES, (), file)
    values = {
        _TABLES[name][0]: _TABLES[name][1](value, (name,), file) for name, value in document.items()
    }
    return Config(path, **values)


def line_of(text: str, place: Place) -> int:
    """The line, from 1, on which begins what stands at a place of a TOML document.

    The parser tells no positions, but it takes every document that ends between two statements, or
    between two lines of a list that is closed early. The line after the longest such beginning
    without the place is the place's own: the parser itself is the judge of strings over many lines,
    quoted keys and the like.

    Args:
        text: TOML that the parser takes.
        place: A place that the document has.

    Returns:
        The number of the line; for what stands within a table in braces, that of the statement or
        the item of a list that it is part of.
    """
    lines = _lines(text)
    end = bisect_left(
        range(len(lines) + 1), True, key=lambda most: _has(_beginning(lines, most)[1], place)
    )
    return _beginning(lines, end - 1)[0] + 1


def _lines(text: str) -> list[str]:
    """The lines as TOML counts them; where one is cut off, no half of its end must stay."""
    return text.replace("\r\n", "\n").split("\n")


def _beginning(
    lines: Sequence[str], most: int, closings: Sequence[str] = ("", "\n]")
) -> tuple[int, Any]:
    """The longest beginning of at most so many lines that is TOML: its length and its document."""
    for length in range(most, 0, -1):
        for closing in closings:
            with contextlib.suppress(ValueError, RecursionError):
                return length, tomllib.loads("\n".join(lines[:length]) + closing)
    return 0, {}


def _has(value: Any, place: Place) -> bool:
    for key in place:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


# Reading
# -------------------------------------------------------------------------------------


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ExporterError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            hint="name another file with --config",
        ) from None
    try:
        # A byte order mark is what editors on Windows put before UTF-8; it says nothing.
        return data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExporterError(
            "not UTF-8", where=f"{path}:{line}", hint="save the file as UTF-8"
        ) from None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ExporterError(
            "nested too deeply", where=str(path), hint="it needs no lists in lists"
        ) from None
    except ValueError as error:
        # Not all that is wrong tells its line: a list without an end does not. It is where the
        # statement begins.
        line = _beginning(_lines(text), text.count("\n"), [""])[0] + 1
        said = str(error).removesuffix(" (at end of document)")
        if found := re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", said, re.DOTALL):
            said, line = f"{found[1]} at column {found[3]}", int(found[2])
        raise ExporterError(
            f"not TOML: {said}",
            where=f"{path}:{line}",
            hint="mend the line; text stands in quotes",
        ) from None


def _refuse_unknown(
    table: Iterable[str], known: Collection[str], place: Place, file: _File
) -> None:
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name.lower(), known, n=1)
            everything = f"known here: {', '.join(known)}"
            raise file.fault(
                (*place, name),
                f"unknown {'key' if place else 'table or key'} {name!r}",
                f"did you mean {near[0]!r}?" if near else everything,
            )


def _targets(value: Any, place: Place, file: _File) -> tuple[Target, ...]:
    is_tables = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if not is_tables:
        raise file.fault(
            place, "'target' is not a list of tables", "write [[target]], with two brackets"
        )
    return tuple(_target(table, (*place, index), file) for index, table in enumerate(value))


def _target(table: dict[str, Any], place: Place, file: _File) -> Target:
    fields = {key: field for field, key in KEYS.items()}
    _refuse_unknown(table, fields, place, file)
    values = {fields[key]: _VALUES[fields[key]](table[key], (*place, key), file) for key in table}
    target = Target(**values)
    for problem in problems(target, KEYS):
        at: Place = (*place, KEYS[problem.field])
        if problem.index is not None and isinstance(table[KEYS[problem.field]], list):
            at = (*at, problem.index)
        raise file.fault(at, problem.what, problem.hint)
    return target


def _one(value: Any, place: Place, file: _File) -> str:
    # What is wrong is never shown: it may be an external id.
    if not isinstance(value, str):
        raise file.fault(
            place,
            f"{_name(place)} must be text, and there is {_kind(value)}",
            "write it in quotes",
        )
    if not value:
        raise file.fault(place, f"{_name(place)} is empty", "write something, or delete the line")
    return value


def _many(value: Any, place: Place, file: _File) -> tuple[str, ...]:
    if not isinstance(value, list):
        return (_one(value, place, file),)
    if not value:
        raise file.fault(
            place, f"{_name(place)} is an empty list", "write something, or delete the line"
        )
    return tuple(_one(item, (*place, index), file) for index, item in enumerate(value))


def _yes_or_no(value: Any, place: Place, file: _File) -> bool:
    if not isinstance(value, bool):
        raise file.fault(
            place,
            f"{_name(place)} must be true or false, and there is {_kind(value)}",
            "write true or false, without quotes",
        )
    return value


def _name(place: Place) -> str:
    """What is at a place, in words."""
    key, index = place[-2:]
    return f"an item of {key!r}" if isinstance(index, int) else repr(index)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    kinds: Mapping[type, str] = {
        str: "text",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return kinds.get(type(value), "a date or time")


_VALUES: Mapping[str, Callable[[Any, Place, _File], Any]] = {
    "profile": _one,
    "regions": _many,
    "all_regions": _yes_or_no,
    "role_arns": _many,
    "external_id": _one,
    "role_session_name": _one,
    "organization_role": _one,
    "include_accounts": _many,
    "exclude_accounts": _many,
    "endpoint_url": _one,
}
"""How each field of a target is read."""

_TABLES: Mapping[str, tuple[str, Callable[[Any, Place, _File], Any]]] = {
    "target": ("targets", _targets),
}
"""The tables of a file: the field of ``Config`` that each becomes, and how it is read."""
