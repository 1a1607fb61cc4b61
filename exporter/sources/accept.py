"""``[[accept]]`` of ``ses2iac.toml``: differences that somebody accepts, and says why.

An entry holds for one live value. Once that changes, it is a difference again.
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
        resource: ``SET``, ``SET/DESTINATION``, or what code calls a resource or module that was
            not compared; ``*``, ``?`` and ``[...]`` stand for any letters but ``/``.
        property: The API's path of a value, or ``added``, ``removed``, ``renamed``, ``not
            compared``.
        reason: Why.
        value: What NEW has there; None where it has nothing.
        until: The last day on which it holds.
        account_id: The account that it is of; None for any.
        region: Its region; None for any.
        line: Where it stands in the file.
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
        """Whether it is about a resource of an account and region."""
        if self.account_id not in (None, account_id) or self.region not in (None, region):
            return False
        globs, names = self.resource.split("/"), name.split("/")
        return len(globs) == len(names) and all(map(fnmatchcase, names, globs))

    def holds_value(self, value: Any) -> bool:
        """Whether a value is the accepted one."""
        return codec.as_text(self.value) == codec.as_text(value)

    def has_ended(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and today > self.until


# Reading
# --------------------------------------------------------------------------------------

_KEYS = ("resource", "property", "value", "reason", "until", "account", "region")


def read(tables: Any, place: Position, file: TomlFile) -> tuple[Acceptance, ...]:
    """The entries of a file.

    Args:
        tables: What it has below ``accept``.
        place: Where that stands.
        file: The file.

    Raises:
        ExporterError: when an entry has no reason, a key with a typing error, a date that is none.
    """
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        hint = "write [[accept]], with two brackets"
        raise file.fault(place, "'accept' is not a list of tables", hint)
    found = []
    lines = _lines(file.text, place, len(tables))
    for index, table in enumerate(tables):
        here = (*place, index)
        file.refuse_unknown(table, _KEYS, here)
        texts = {key: _one_text(table, key, here, file) for key in _KEYS if key not in _OTHERS}
        found.append(
            Acceptance(
                resource=texts["resource"] or "",
                property=texts["property"] or "",
                reason=texts["reason"] or "",
                value=_value(table.get("value"), (*here, "value"), file),
                until=_until(table.get("until"), (*here, "until"), file),
                account_id=texts["account"],
                region=texts["region"],
                line=lines[index],
            )
        )
    return tuple(found)


_HEAD = re.compile(r"\s*\[\[\s*accept\s*\]\]")


def _lines(text: str, place: Position, entries: int) -> list[int]:
    """The line of each entry; where not each has a head of its own, the parser tells them."""
    heads = [number for number, line in enumerate(text.splitlines(), 1) if _HEAD.match(line)]
    if len(heads) == entries:
        return heads
    return [toml_text.line_of(text, (*place, index)) for index in range(entries)]


_OTHERS = ("value", "until")
_REQUIRED: Mapping[str, str] = {
    "resource": "name the resource: SET, SET/DESTINATION, or a pattern",
    "property": "name the accepted property, such as Enabled, added, or not compared",
    "reason": "say why, for those who read it next year",
}


def _one_text(table: Mapping[str, Any], key: str, here: Position, file: TomlFile) -> str | None:
    value = table.get(key)
    if value is None:
        if key in _REQUIRED:
            raise file.fault(here, f"[[accept]] has no {key!r}", _REQUIRED[key])
        return None
    if not isinstance(value, str) or not value.strip():
        raise file.fault((*here, key), f"{key!r} must be text", "write it as text, in quotes")
    return value


def _value(value: Any, place: Position, file: TomlFile) -> Any:
    try:
        codec.as_text(value)
    except TypeError:
        value = object()
    if isinstance(value, date | datetime) or type(value) is object:
        raise file.fault(place, "'value' must be a value of the SES API", "text needs quotes")
    return value


def _until(value: Any, place: Position, file: TomlFile) -> date | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise file.fault(place, "'until' must be a date", "write it as 2027-03-31")
    return value


# Writing
# ------------------------------------------------------------------------------------------


def write(path: Path, entries: tuple[Acceptance, ...]) -> str:
    """Put entries at the end of a file, and take out those about the same.

    Args:
        path: The configuration file; made when it is not there.
        entries: What is accepted.

    Returns:
        What was done, as a line.

    Raises:
        ExporterError: when the file cannot be read, edited or written.
    """
    text = regular_files.text(path, regular_files.read_named, "") if path.exists() else ""
    before = toml_text.parsed(text, str(path))
    keys = {_key(_plain(entry)) for entry in entries}
    kept = [table for table in before.get("accept", ()) if _key(table) not in keys]
    new = _blocks(entries)
    written = "\n".join(filter(None, (_without(text, keys).rstrip("\n") + "\n", new)))
    written = written.lstrip("\n")
    wanted = {**before, "accept": [*kept, *tomllib.loads(new)["accept"]]}
    if _loaded(written) != wanted:
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
    """A file without the entries about some things; all else stays as a person wrote it."""
    entries = tomllib.loads(text).get("accept", [])
    lines = text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if _HEAD.match(line)]
    # Entries in another form stay, which the caller sees.
    for head, entry in reversed(list(zip(heads, entries, strict=False))):
        if _key(entry) in keys:
            del lines[head : _end(lines, head, entry)]
    return "".join(lines)


def _end(lines: Sequence[str], head: int, entry: Mapping[str, Any]) -> int:
    """Where an entry ends that begins at a line: after the fewest lines that say all of it."""
    for end in range(head + 1, len(lines) + 1):
        if _loaded("".join(lines[head:end])) == {"accept": [entry]}:
            return end
    return head


def _blocks(entries: Iterable[Acceptance]) -> str:
    """Entries as text, with an empty line between each two."""
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
    found = {
        "account": entry.account_id,
        "region": entry.region,
        "resource": entry.resource,
        "property": entry.property,
        "value": entry.value,
        "reason": entry.reason,
        "until": entry.until,
    }
    return {name: value for name, value in found.items() if value is not None}


def _key(table: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(table.get(name) for name in ("account", "region", "resource", "property"))


def _item(value: Any) -> Any:
    """A value in one line: tables in braces, however deep."""
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
