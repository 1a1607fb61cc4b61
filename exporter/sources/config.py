"""``ses2iac.toml``: what to read, written down (``docs/config.md``)."""

import contextlib
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporter.model.account_query import KEYS, AccountQuery, problems
from exporter.sources import settings
from exporter.sources.settings import Given
from exporter.support import regular_files, toml_text
from exporter.support.errors import ExporterError
from exporter.support.text import did_you_mean, nearest
from exporter.support.toml_text import Position

_LONGEST_SEEN = 40

CONFIG_FILE = "ses2iac.toml"


@dataclass(frozen=True)
class Config:
    """What a configuration file says."""

    path: Path
    targets: tuple[AccountQuery, ...] = ()
    export: Mapping[str, Given] = field(default_factory=dict)
    text: str = field(default="", repr=False, compare=False)

    def line_of(self, *place: str | int) -> int | None:
        """The line of what stands at a place; None when the file does not have it."""
        if not toml_text.has(tomllib.loads(self.text), place):
            return None
        return toml_text.line_of(self.text, place)


@dataclass(frozen=True)
class _File:
    """A file that is TOML, for messages about it."""

    path: Path
    text: str

    def fault(self, place: Position, what: str, hint: str) -> ExporterError:
        """The error that something is wrong at a place."""
        return ExporterError(
            what, where=f"{self.path}:{toml_text.line_of(self.text, place)}", hint=hint
        )


def find(start: Path) -> Path | None:
    """The nearest configuration file, from a folder upwards to the root; None without one."""
    folder = start.absolute()
    for place in (folder, *folder.parents):
        # A folder that may not be looked into has nothing for this person.
        with contextlib.suppress(OSError):
            if (place / CONFIG_FILE).is_file() or (place / CONFIG_FILE).is_symlink():
                return place / CONFIG_FILE
    return None


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ExporterError: when it cannot be read, is not TOML, or says what nobody understands; the
            file and the line are named.
    """
    text = regular_files.text(path, regular_files.read_named, "name another file with --config")
    document = toml_text.parsed(text, str(path))
    file = _File(path, text)
    for name in document:
        if name not in _TABLES and name in KEYS.values():
            raise file.fault((name,), f"{name!r} is outside of a target", "write [[target]] above")
    _refuse_unknown(document, _TABLES, (), file)
    values = {
        _TABLES[name][0]: _TABLES[name][1](value, (name,), file) for name, value in document.items()
    }
    return Config(path, text=text, **values)


# Reading
# -------------------------------------------------------------------------------------


def _refuse_unknown(
    table: Iterable[str], known: Collection[str], place: Position, file: _File
) -> None:
    for name in table:
        if name not in known:
            raise file.fault(
                (*place, name),
                f"unknown {'key' if place else 'table or key'} {name!r}",
                did_you_mean(nearest(name, known)) or f"known here: {', '.join(known)}",
            )


def _targets(value: Any, place: Position, file: _File) -> tuple[AccountQuery, ...]:
    is_tables = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if not is_tables:
        raise file.fault(
            place, "'target' is not a list of tables", "write [[target]], with two brackets"
        )
    return tuple(_target(table, (*place, index), file) for index, table in enumerate(value))


def _target(table: dict[str, Any], place: Position, file: _File) -> AccountQuery:
    fields = {key: field for field, key in KEYS.items()}
    _refuse_unknown(table, fields, place, file)
    values = {fields[key]: _VALUES[fields[key]](table[key], (*place, key), file) for key in table}
    target = AccountQuery(**values)
    for problem in problems(target, KEYS):
        at: Position = (*place, KEYS[problem.field])
        if problem.index is not None and isinstance(table[KEYS[problem.field]], list):
            at = (*at, problem.index)
        raise file.fault(at, problem.what, problem.hint)
    return target


def _export(value: Any, place: Position, file: _File) -> dict[str, Given]:
    if not isinstance(value, dict):
        raise file.fault(place, "'export' is not a table", "write [export], with one bracket")
    _refuse_unknown(value, settings.BY_KEY, place, file)
    return {key: _given(key, value[key], (*place, key), file) for key in value}


def _given(key: str, value: Any, place: Position, file: _File) -> Given:
    def fault(below: Position, what: str, hint: str) -> ExporterError:
        return file.fault((*place, *below), f"{key!r} {what}, and there is {_seen(value)}", hint)

    read = settings.BY_KEY[key].read(value, file.path.parent, fault)
    return Given(read, toml_text.line_of(file.text, place))


def _seen(value: Any) -> str:
    """What is wrong in ``[export]``, where nothing is secret: a short text itself."""
    is_short = isinstance(value, str) and len(value) <= _LONGEST_SEEN
    return repr(value) if is_short else _kind(value)


def _one(value: Any, place: Position, file: _File) -> str:
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


def _many(value: Any, place: Position, file: _File) -> tuple[str, ...]:
    if not isinstance(value, list):
        return (_one(value, place, file),)
    if not value:
        raise file.fault(
            place, f"{_name(place)} is an empty list", "write something, or delete the line"
        )
    return tuple(_one(item, (*place, index), file) for index, item in enumerate(value))


def _yes_or_no(value: Any, place: Position, file: _File) -> bool:
    if not isinstance(value, bool):
        raise file.fault(
            place,
            f"{_name(place)} must be true or false, and there is {_kind(value)}",
            "write true or false, without quotes",
        )
    return value


def _name(place: Position) -> str:
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


_VALUES: Mapping[str, Callable[[Any, Position, _File], Any]] = {
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

_TABLES: Mapping[str, tuple[str, Callable[[Any, Position, _File], Any]]] = {
    "target": ("targets", _targets),
    "export": ("export", _export),
}
"""The tables of a file: the field of ``Config`` that each becomes, and how it is read."""
