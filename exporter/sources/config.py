"""``ses2iac.toml``: what to read, written down (``docs/config.md``)."""

import contextlib
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporter.model.account_query import KEYS, AccountQuery, problems
from exporter.sources import accept, settings
from exporter.sources.accept import Acceptance
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
    accept: tuple[Acceptance, ...] = ()
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
    values = {}
    for key, value in table.items():
        # What is wrong is never shown: it may be an external id.
        fault = _fault(key, (*place, key), file, _kind)
        values[fields[key]] = _VALUES[fields[key]](value, file.path.parent, fault)
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


def _accept(value: Any, place: Position, file: _File) -> tuple[Acceptance, ...]:
    return accept.read(
        value,
        place,
        file.fault,
        lambda table, known, here: _refuse_unknown(table, known, here, file),
        lambda here: toml_text.line_of(file.text, here),
    )


def _given(key: str, value: Any, place: Position, file: _File) -> Given:
    read = settings.BY_KEY[key].read(value, file.path.parent, _fault(key, place, file, _seen))
    return Given(read, toml_text.line_of(file.text, place))


def _fault(key: str, place: Position, file: _File, shown: Callable[[Any], str]) -> settings.Fault:
    """Makes the error about a key, or about what stands below it."""

    def fault(below: Position, what: str, hint: str, value: Any) -> ExporterError:
        return file.fault((*place, *below), f"{key!r} {what}, and there is {shown(value)}", hint)

    return fault


def _seen(value: Any) -> str:
    """What is wrong in ``[export]``, where nothing is secret: a short text itself."""
    is_short = isinstance(value, str) and len(value) <= _LONGEST_SEEN
    return repr(value) if is_short else _kind(value)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    kinds: Mapping[type, str] = {
        str: "text" if value else "empty text",
        int: "a number",
        float: "a number",
        list: "a list" if value else "an empty list",
        dict: "a table",
    }
    return kinds.get(type(value), "a date or time")


def _many(value: Any, folder: Path, fault: settings.Fault) -> tuple[str, ...]:
    if value == []:
        raise fault((), "must name something", "write something, or delete the line", value)
    return tuple(settings.texts(value, folder, fault))


_VALUES: Mapping[str, settings.Reader] = {
    "profile": settings.text,
    "regions": _many,
    "all_regions": settings.yes_or_no,
    "role_arns": _many,
    "external_id": settings.text,
    "role_session_name": settings.text,
    "organization_role": settings.text,
    "include_accounts": _many,
    "exclude_accounts": _many,
    "endpoint_url": settings.text,
}
"""How each field of a target is read."""

_TABLES: Mapping[str, tuple[str, Callable[[Any, Position, _File], Any]]] = {
    "target": ("targets", _targets),
    "export": ("export", _export),
    "accept": ("accept", _accept),
}
"""The tables of a file: the field of ``Config`` that each becomes, and how it is read."""
