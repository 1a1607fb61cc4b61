"""``[[accept]]`` in ``ses2iac.toml``: accepted differences, each with a reason.

An entry accepts one live value. If that changes, it is a difference again.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from exporter.model import codec
from exporter.support import regular_files, toml_text, transaction
from exporter.support.errors import ExporterError
from exporter.support.text import count
from exporter.support.toml_text import Position, TomlFile

ADDED, REMOVED, RENAMED, NOT_COMPARED = "added", "removed", "renamed", "not compared"
"""Properties of a resource as a whole."""


@dataclass(frozen=True)
class Acceptance:
    """A difference or a gap that is accepted.

    Attributes:
        resource: ``SET``, ``SET/DESTINATION``, or the address in code of a resource or module that
            was not compared; ``*``, ``?`` and ``[...]`` match anything but ``/``.
        property: The API's path of a value, or ``added``, ``removed``, ``renamed``, ``not
            compared``.
        reason: Why it is accepted.
        value: The value in NEW; None if it has none.
        until: The last day on which it is accepted.
        account_id: The account that it applies to; None for any.
        region: The region that it applies to; None for any.
        line: The entry's line in the file.
    """

    resource: str
    property: str
    reason: str
    value: Any = None
    until: date | None = None
    account_id: str | None = None
    region: str | None = None
    line: int = 0

    def concerns(self, name: str, account_id: str | None, region: str | None) -> bool:
        """Tell whether it is about a resource in an account and region."""
        if self.account_id not in (None, account_id) or self.region not in (None, region):
            return False
        globs, names = self.resource.split("/"), name.split("/")
        return len(globs) == len(names) and all(map(fnmatchcase, names, globs))

    def holds_value(self, value: Any) -> bool:
        """Tell whether a value is the accepted one."""
        return codec.as_text(self.value) == codec.as_text(value)

    def has_ended(self, today: date) -> bool:
        """Tell whether its last day is over."""
        return self.until is not None and today > self.until


# Reading
# --------------------------------------------------------------------------------------

_KEYS = ("resource", "property", "value", "reason", "until", "account", "region")


def read(tables: Any, position: Position, file: TomlFile) -> tuple[Acceptance, ...]:
    """Read the entries of a file.

    Args:
        tables: The value of ``accept``.
        position: Its position in the file.
        file: The file, for errors.

    Raises:
        ExporterError: if an entry lacks a key, or has an unknown key or an invalid value.
    """
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        hint = "write [[accept]], with two brackets"
        raise file.fault(position, "'accept' is not a list of tables", hint)
    entries = []
    lines = _lines(file.text, position, len(tables))
    for index, table in enumerate(tables):
        where = (*position, index)
        file.refuse_unknown(table, _KEYS, where)
        fields = {key: _one_text(table, key, where, file) for key in _KEYS if key not in _OTHERS}
        entries.append(
            Acceptance(
                resource=fields["resource"] or "",
                property=fields["property"] or "",
                reason=fields["reason"] or "",
                value=_value(table.get("value"), (*where, "value"), file),
                until=_until(table.get("until"), (*where, "until"), file),
                account_id=fields["account"],
                region=fields["region"],
                line=lines[index],
            )
        )
    return tuple(entries)


_HEADING = re.compile(r"\s*\[\[\s*accept\s*\]\]")


def _lines(text: str, position: Position, entries: int) -> list[int]:
    """Return the line of each entry; uses the parser if not every entry has its own heading."""
    headings = [number for number, line in enumerate(text.splitlines(), 1) if _HEADING.match(line)]
    if len(headings) == entries:
        return headings
    return [toml_text.line_of(text, (*position, index)) for index in range(entries)]


_OTHERS = ("value", "until")
_DELETE = "delete the line"
_REQUIRED: Mapping[str, str] = {
    "resource": "name the resource: SET, SET/DESTINATION, or a pattern",
    "property": "name the accepted property, such as Enabled, added, or not compared",
    "reason": "say why, for those who read it next year",
}


def _one_text(table: Mapping[str, Any], key: str, where: Position, file: TomlFile) -> str | None:
    value = table.get(key)
    if value is None:
        if key in _REQUIRED:
            raise file.fault(where, f"[[accept]] has no {key!r}", _REQUIRED[key])
        return None
    if not isinstance(value, str):
        raise file.fault((*where, key), f"{key!r} must be text", "write it as text, in quotes")
    if not value.strip():
        raise file.fault((*where, key), f"{key!r} is empty", _REQUIRED.get(key, _DELETE))
    return value


def _value(value: Any, position: Position, file: TomlFile) -> Any:
    try:
        codec.as_text(value)
    except TypeError:
        value = object()
    if isinstance(value, date | datetime) or type(value) is object:
        raise file.fault(position, "'value' must be a value of the SES API", "text needs quotes")
    return value


def _until(value: Any, position: Position, file: TomlFile) -> date | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise file.fault(position, "'until' must be a date", "write it as 2027-03-31")
    return value


# Writing
# ------------------------------------------------------------------------------------------


def write(path: Path, entries: tuple[Acceptance, ...]) -> str:
    """Append entries to a file, and remove earlier ones about the same property.

    Args:
        path: The configuration file; created if it does not exist.
        entries: The differences to accept.

    Returns:
        A message that says what was done.

    Raises:
        ExporterError: if the file can't be read, edited or written.
    """
    text = regular_files.text(path, regular_files.read_named, "") if path.exists() else ""
    before = toml_text.parsed(text, str(path))
    keys = {_key(_plain(entry)) for entry in entries}
    others = [table for table in before.get("accept", ()) if _key(table) not in keys]
    new = _blocks(entries)
    written = "\n".join(filter(None, (_without(text, keys).rstrip("\n") + "\n", new)))
    written = written.lstrip("\n")
    expected = {**before, "accept": [*others, *tomllib.loads(new)["accept"]]}
    if _loaded(written) != expected:
        raise ExporterError(
            "cannot be edited automatically",
            where=str(path),
            hint="add these lines yourself, each [[accept]] as its own table",
            items=new.splitlines(),
        )
    transaction.write_file(path, written.encode())
    return f"{path}: {count(len(entries), 'difference')} accepted"


def _loaded(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def _without(text: str, keys: Collection[tuple[Any, ...]]) -> str:
    """Remove the entries with these keys, and leave everything else as the user wrote it."""
    entries = tomllib.loads(text).get("accept", [])
    lines = text.splitlines(keepends=True)
    headings = [number for number, line in enumerate(lines) if _HEADING.match(line)]
    # Entries in another form stay; the caller checks the result.
    for start, entry in reversed(list(zip(headings, entries, strict=False))):
        if _key(entry) in keys:
            del lines[start : _end(lines, start, entry)]
    return "".join(lines)


def _end(lines: Sequence[str], start: int, entry: Mapping[str, Any]) -> int:
    """Return the line after an entry: the fewest lines from its start that contain all of it."""
    for end in range(start + 1, len(lines) + 1):
        if _loaded("".join(lines[start:end])) == {"accept": [entry]}:
            return end
    return start


def _blocks(entries: Iterable[Acceptance]) -> str:
    """Format entries as TOML, separated by empty lines."""
    import tomlkit  # noqa: PLC0415

    blocks = []
    for entry in entries:
        table = tomlkit.table()
        for name, value in _plain(entry).items():
            table[name] = _item(value)
        tables = tomlkit.aot()
        tables.append(table)
        blocks.append(tomlkit.dumps({"accept": tables}))
    return "\n".join(blocks)


def _plain(entry: Acceptance) -> dict[str, Any]:
    table = {
        "account": entry.account_id,
        "region": entry.region,
        "resource": entry.resource,
        "property": entry.property,
        "value": entry.value,
        "reason": entry.reason,
        "until": entry.until,
    }
    return {name: value for name, value in table.items() if value is not None}


def _key(table: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(table.get(name) for name in ("account", "region", "resource", "property"))


def _item(value: Any) -> Any:
    """Convert a value to a single line of TOML, with inline tables."""
    import tomlkit  # noqa: PLC0415

    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for name, item in value.items():
            table[name] = _item(item)
        return table
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        for item in value:
            array.append(_item(item))
        return array
    return value
