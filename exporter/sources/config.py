"""Read ``ses2iac.toml`` (``docs/config.md``)."""

import contextlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from exporter.model.account_query import KEYS, AccountQuery, problems
from exporter.sources import accept, settings
from exporter.sources.accept import Acceptance
from exporter.sources.settings import Given
from exporter.support import regular_files, toml_text
from exporter.support.errors import ExporterError
from exporter.support.toml_text import Position, TomlFile

_LONGEST_SHOWN = 40

CONFIG_FILE = "ses2iac.toml"


@dataclass(frozen=True)
class Config:
    """The content of a configuration file."""

    path: Path
    targets: tuple[AccountQuery, ...] = ()
    export: Mapping[str, Given] = field(default_factory=dict)
    accept: tuple[Acceptance, ...] = ()
    text: str = field(default="", repr=False, compare=False)

    def line_of(self, *position: str | int) -> int | None:
        """Return the line of a value; None if the file does not have it."""
        if not toml_text.has(tomllib.loads(self.text), position):
            return None
        return toml_text.line_of(self.text, position)


def find(start: Path) -> Path | None:
    """Find the nearest configuration file, in a folder or its parents; None without one."""
    start_dir = start.absolute()
    for folder in (start_dir, *start_dir.parents):
        # A folder that this user can't read has no configuration for them.
        with contextlib.suppress(OSError):
            if (folder / CONFIG_FILE).is_file() or (folder / CONFIG_FILE).is_symlink():
                return folder / CONFIG_FILE
    return None


def load(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ExporterError: if it can't be read, isn't valid TOML, or has an unknown key or an invalid
            value; names the file and the line.
    """
    text = regular_files.text(path, regular_files.read_named, "choose another file with --config")
    document = toml_text.parsed(text, str(path))
    file = TomlFile(str(path), text)
    for name in document:
        if name not in _TABLES and name in KEYS.values():
            raise file.fault(
                (name,), f"{name!r} is outside a [[target]]", "add [[target]] above it"
            )
    file.refuse_unknown(document, _TABLES, ())
    values = {
        _TABLES[name][0]: _TABLES[name][1](value, (name,), file) for name, value in document.items()
    }
    return Config(path, text=text, **values)


# Reading
# -------------------------------------------------------------------------------------


def _targets(value: Any, position: Position, file: TomlFile) -> tuple[AccountQuery, ...]:
    is_tables = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if not is_tables:
        raise file.fault(
            position, "'target' is not a list of tables", "write [[target]], with two brackets"
        )
    return tuple(_target(table, (*position, index), file) for index, table in enumerate(value))


def _target(table: dict[str, Any], position: Position, file: TomlFile) -> AccountQuery:
    names = {key: name for name, key in KEYS.items()}
    file.refuse_unknown(table, names, position)
    values = {}
    for key, value in table.items():
        # Errors never show the value: it may be an external id.
        fault = _fault(key, (*position, key), file, _kind)
        values[names[key]] = _VALUES[names[key]](value, Path(file.where).parent, fault)
    target = AccountQuery(**values)
    for problem in problems(target, KEYS):
        value_position: Position = (*position, KEYS[problem.field])
        if problem.index is not None and isinstance(table[KEYS[problem.field]], list):
            value_position = (*value_position, problem.index)
        raise file.fault(value_position, problem.what, problem.hint)
    return target


def _export(value: Any, position: Position, file: TomlFile) -> dict[str, Given]:
    if not isinstance(value, dict):
        raise file.fault(position, "'export' is not a table", "write [export], with one bracket")
    file.refuse_unknown(value, settings.BY_KEY, position)
    return {key: _given(key, value[key], (*position, key), file) for key in value}


def _given(key: str, value: Any, position: Position, file: TomlFile) -> Given:
    read = settings.BY_KEY[key].read(
        value, Path(file.where).parent, _fault(key, position, file, _text_or_kind)
    )
    return Given(read, toml_text.line_of(file.text, position))


def _fault(
    key: str, position: Position, file: TomlFile, shown: Callable[[Any], str]
) -> settings.Fault:
    """Return a function that creates errors about a key, or about values inside its value."""

    def fault(inner: Position, what: str, hint: str, value: Any) -> ExporterError:
        return file.fault((*position, *inner), f"{key!r} {what}, not {shown(value)}", hint)

    return fault


def _text_or_kind(value: Any) -> str:
    """Show a wrong value of ``[export]``: a short text itself, since nothing there is secret."""
    is_short = isinstance(value, str) and len(value) <= _LONGEST_SHOWN
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
        raise fault((), "must have at least one value", "add one, or delete the line", value)
    return tuple(settings.texts(value, folder, fault))


_READERS: Mapping[type, settings.Reader] = {
    tuple: _many,
    bool: settings.yes_or_no,
    type(None): settings.text,
}
_VALUES = {each.name: _READERS[type(each.default)] for each in fields(AccountQuery)}
"""The reader of each field of a target."""

_TABLES: Mapping[str, tuple[str, Callable[[Any, Position, TomlFile], Any]]] = {
    "target": ("targets", _targets),
    "export": ("export", _export),
    "accept": ("accept", accept.read),
}
"""The tables of a file: the field of ``Config`` that each becomes, and its reader."""
