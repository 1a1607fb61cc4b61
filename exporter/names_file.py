"""``names.toml``: the labels that an export gave, obeyed by the next one and editable by people."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from exporter.errors import ExporterError
from exporter.naming import Identity, Style, clashes

NAMES_FILE = "names.toml"

_HEADER = """\
# The names that this export gave its resources. The next export keeps them, so that adding a
# resource never renames another. To rename one, edit its line and export again.
"""


def load(text: str, where: str, style: Style) -> dict[Identity, str]:
    """Read the labels of a names file.

    Raises:
        ExporterError: when the text is not TOML, has another shape, or holds a label that the
            format does not allow or that two resources share; ``where`` and the line are named.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExporterError(f"not TOML: {error}", where=where, hint="mend the line") from None
    pins = _pins(document, where)
    for identity, label in pins.items():
        if not style.pattern.fullmatch(label) or label.lower() in style.reserved:
            raise ExporterError(
                f"{label!r} cannot be the name of {str(identity)!r}: it must be {style.rule}"
                + (", and not a name that CDK keeps for itself" if style.reserved else ""),
                where=_place(where, text, label),
                hint="edit the line",
            )
    for label, identities in clashes(pins, style):
        shown = " and ".join(repr(str(identity)) for identity in identities)
        raise ExporterError(
            f"{shown} have one name, {label!r}; names must differ in more than case",
            where=_place(where, text, label),
            hint="give each resource a name of its own",
        )
    return pins


def dump(labels: Mapping[Identity, str]) -> str:
    """The canonical text for labels."""
    sets = {
        who.configuration_set: label for who, label in labels.items() if not who.event_destination
    }
    lines = [_HEADER, "[configuration_sets]", *_entries(sets)]
    by_set: dict[str, dict[str, str]] = {}
    for who, label in labels.items():
        if who.event_destination is not None:
            by_set.setdefault(who.configuration_set, {})[who.event_destination] = label
    for name, destinations in sorted(by_set.items()):
        lines += ["", f"[event_destinations.{_key(name)}]", *_entries(destinations)]
    return "\n".join(lines) + "\n"


def update(
    text: str | None, labels: Mapping[Identity, str], pins: Mapping[Identity, str]
) -> tuple[str, bool]:
    """Add ``labels`` to the names file ``text``, which holds ``pins``.

    Returns:
        The new text, and whether it keeps what a person wrote around the names (comments, order): a
        table written in one line, say, cannot be added to, so the file is written anew then.
    """
    merged = {**pins, **labels}
    if text is None or text == dump(pins):
        return dump(merged), True
    added = {who: label for who, label in labels.items() if who not in pins}
    if not added:
        return text, True
    extended = _insert(text, added)
    if extended is None or _loaded(extended) != merged:
        return dump(merged), False
    return extended, True


def _loaded(text: str) -> dict[Identity, str] | None:
    try:
        return _pins(tomllib.loads(text), NAMES_FILE)
    except (tomllib.TOMLDecodeError, ExporterError):
        return None


def _insert(text: str, added: Mapping[Identity, str]) -> str | None:
    """The text with names added at their places; None when its form does not allow it."""
    # tomlkit keeps comments but takes quadratic time to write large tables, so it serves edited
    # files only.
    import tomlkit  # noqa: PLC0415
    import tomlkit.exceptions  # noqa: PLC0415

    try:
        document: Any = tomlkit.parse(text)
        for who, label in added.items():
            if who.event_destination is None:
                table = document.setdefault("configuration_sets", tomlkit.table())
                table[who.configuration_set] = label
            else:
                tables = document.setdefault(
                    "event_destinations", tomlkit.table(is_super_table=True)
                )
                table = tables.setdefault(who.configuration_set, tomlkit.table())
                table[who.event_destination] = label
        return tomlkit.dumps(document)
    except (ValueError, TypeError, tomlkit.exceptions.TOMLKitError):
        return None


def _pins(document: dict[str, Any], where: str) -> dict[Identity, str]:
    unknown = sorted(set(document) - {"configuration_sets", "event_destinations"})
    if unknown:
        raise ExporterError(
            f"unknown table {unknown[0]!r}",
            where=where,
            hint="a names file has [configuration_sets] and [event_destinations.SET]",
        )
    pins: dict[Identity, str] = {}
    for name, label in _table(document.get("configuration_sets", {}), where).items():
        pins[Identity(name)] = _text(label, where)
    for name, destinations in _table(document.get("event_destinations", {}), where).items():
        for destination, label in _table(destinations, where).items():
            pins[Identity(name, destination)] = _text(label, where)
    return pins


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ExporterError(f"expected a table, found {value!r}", where=where)
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ExporterError(f"expected a name in quotes, found {value!r}", where=where)
    return value


def _place(where: str, text: str, label: str) -> str:
    """The file and the last line that gives ``label``.

    Of two that share it, the later is at fault.
    """
    given = json.dumps(label, ensure_ascii=False).lower()
    literal = f"'{label}'".lower()
    lines = text.lower().splitlines()
    hits = [number for number, line in enumerate(lines, 1) if given in line or literal in line]
    return f"{where}:{hits[-1]}" if hits else where


def _entries(labels: Mapping[str, str]) -> list[str]:
    return [f'{_key(name)} = "{label}"' for name, label in sorted(labels.items())]


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _basic_string(name)


def _basic_string(text: str) -> str:
    """A TOML basic string: JSON's short escapes, and TOML's own for what nobody can see."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
