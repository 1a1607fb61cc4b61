"""``names.toml``: the labels of resources, which people may edit and later exports keep."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from exporter.formats.labels import Style, clashes
from exporter.model.identities import Identity
from exporter.support import toml_text
from exporter.support.errors import ExporterError
from exporter.support.toml_text import Position, TomlFile

NAMES_FILE = "names.toml"

_SETS = "configuration_sets"
_DESTINATIONS = "event_destinations"
_SHAPE = "a names file has [configuration_sets] and [event_destinations.SET]"

_HEADER = """\
# The names of the resources in this export. The next export keeps them, so that a new resource
# never renames another. To rename a resource, edit its line and export again.
"""


def load(text: str, where: str, style: Style) -> dict[Identity, str]:
    """Read the labels of a names file.

    Raises:
        ExporterError: if the text isn't TOML or has another shape, or a label isn't allowed by the
            format or used twice; with ``where`` and the line.
    """
    document = toml_text.parsed(text, where)
    pinned_names = _names_in(document, where, text)
    file = TomlFile(where, text)
    for identity, label in pinned_names.items():
        if not style.pattern.fullmatch(label) or label.lower() in style.reserved:
            raise file.fault(
                _position(identity),
                f"{label!r} cannot be the name of {str(identity)!r}: use {style.rule}"
                + (", and no name that CDK reserves" if style.reserved else ""),
                "edit the line",
            )
    for label, identities in clashes(pinned_names, style):
        shown = " and ".join(repr(str(identity)) for identity in identities)
        # Report the line of the last one.
        last = max(
            map(_position, identities), key=lambda position: toml_text.line_of(text, position)
        )
        what = f"{shown} have the same name, {label!r}; names must differ in more than case"
        raise file.fault(last, what, "give each resource its own name")
    return pinned_names


def load_unconfirmed(text: str, where: str, style: Style) -> dict[Identity, str]:
    """Read the labels of a file that may not be a names file: the folder has no export.

    Raises:
        ExporterError: as for ``load``, with another message if ses2iac didn't write the file.
    """
    try:
        return load(text, where, style)
    except ExporterError as error:
        if is_ours(text):
            raise
        raise ExporterError(
            "not written by ses2iac, and the export keeps its names in a file of this name",
            where=where,
            hint="rename your file, or keep the names of the export elsewhere with --names FILE",
        ) from error


def is_ours(text: str) -> bool:
    """Whether a file begins like the names files of ses2iac."""
    return text.startswith(_HEADER.partition("\n")[0])


def dump(labels: Mapping[Identity, str]) -> str:
    """Return the canonical text of a names file."""
    sets = {
        identity.configuration_set: label
        for identity, label in labels.items()
        if not identity.event_destination
    }
    lines = [_HEADER, "[configuration_sets]", *_entries(sets)]
    by_set: dict[str, dict[str, str]] = {}
    for identity, label in labels.items():
        if identity.event_destination is not None:
            by_set.setdefault(identity.configuration_set, {})[identity.event_destination] = label
    for name, destinations in sorted(by_set.items()):
        lines += ["", f"[event_destinations.{_key(name)}]", *_entries(destinations)]
    return "\n".join(lines) + "\n"


def update(
    text: str | None,
    labels: Mapping[Identity, str],
    pinned_names: Mapping[Identity, str],
    pruned: Mapping[Identity, str] | None = None,
) -> tuple[str, bool]:
    """Add labels to a names file, and remove some.

    Args:
        text: The file's text; None for a new file.
        labels: The labels to add.
        pinned_names: The labels in the file.
        pruned: Those to remove from it.

    Returns:
        The new text, and whether it keeps a person's comments and order. Some files can't be edited
        in place, such as one with a table in a single line, and are rewritten.
    """
    merged = {**pinned_names, **labels}
    removed = {name: label for name, label in (pruned or {}).items() if name not in merged}
    if text is None or text == dump({**pinned_names, **removed}):
        return dump(merged), True
    added = {name: label for name, label in labels.items() if name not in pinned_names}
    if not added and not removed:
        return text, True
    edited = _edit(text, added, removed)
    if edited is None or _loaded(edited) != merged:
        return dump(merged), False
    return edited, True


def _loaded(text: str) -> dict[Identity, str] | None:
    try:
        return _names_in(tomllib.loads(text), NAMES_FILE, text)
    except (tomllib.TOMLDecodeError, ExporterError):
        return None


def _edit(text: str, added: Mapping[Identity, str], removed: Iterable[Identity]) -> str | None:
    """Return the text with names added and removed in place; None if that isn't possible."""
    # tomlkit keeps comments, but its time grows quadratically with a table, so it is only used for
    # files that people have edited.
    import tomlkit  # noqa: PLC0415
    import tomlkit.exceptions  # noqa: PLC0415

    try:
        document: Any = tomlkit.parse(text)
        for identity in removed:
            if identity.event_destination is None:
                document["configuration_sets"].remove(identity.configuration_set)
                continue
            tables = document["event_destinations"]
            tables[identity.configuration_set].remove(identity.event_destination)
            if not tables[identity.configuration_set]:
                tables.remove(identity.configuration_set)
        for identity, label in added.items():
            if identity.event_destination is None:
                table = document.setdefault("configuration_sets", tomlkit.table())
                table[identity.configuration_set] = label
            else:
                tables = document.setdefault(
                    "event_destinations", tomlkit.table(is_super_table=True)
                )
                table = tables.setdefault(identity.configuration_set, tomlkit.table())
                table[identity.event_destination] = label
        return tomlkit.dumps(document)
    except (ValueError, TypeError, AttributeError, tomlkit.exceptions.TOMLKitError):
        return None


def _names_in(document: dict[str, Any], where: str, text: str) -> dict[Identity, str]:
    file = _NamesFile(where, text)
    for name in document:
        if name not in (_SETS, _DESTINATIONS):
            raise file.fault((name,), f"unknown table {name!r}", _SHAPE)
    pinned_names: dict[Identity, str] = {}
    for name, label in file.table(document.get(_SETS, {}), _SETS).items():
        pinned_names[Identity(name)] = file.label(label, _SETS, name)
    for name, destinations in file.table(document.get(_DESTINATIONS, {}), _DESTINATIONS).items():
        for destination, label in file.table(destinations, _DESTINATIONS, name).items():
            given = file.label(label, _DESTINATIONS, name, destination)
            pinned_names[Identity(name, destination)] = given
    return pinned_names


class _NamesFile(TomlFile):
    def table(self, value: object, *position: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.fault(position, f"expected a table, found {value!r}", _SHAPE)
        return value

    def label(self, value: object, *position: str) -> str:
        if not isinstance(value, str):
            raise self.fault(
                position, f"expected a name in quotes, found {value!r}", "edit the line"
            )
        return value


def _position(identity: Identity) -> Position:
    """Return where a names file has the name of a resource."""
    if identity.event_destination is None:
        return (_SETS, identity.configuration_set)
    return (_DESTINATIONS, *identity.names)


def _entries(labels: Mapping[str, str]) -> list[str]:
    return [f'{_key(name)} = "{label}"' for name, label in sorted(labels.items())]


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _basic_string(name)


def _basic_string(text: str) -> str:
    """Quote a TOML basic string; unprintable characters get TOML's long escapes."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
