"""Format text for messages."""

import unicodedata
from collections.abc import Iterable

_PLURALS = {"account and region": "accounts and regions"}


def count(number: int, noun: str) -> str:
    """Count things: ``1 file``, ``2 files``."""
    return f"{number} {noun if number == 1 else _PLURALS.get(noun, f'{noun}s')}"


def shortened(lines: Iterable[str], most: int = 20, what: str = "more") -> list[str]:
    """Return the first lines, and a line that counts the others."""
    all_lines = list(lines)
    rest = [f"and {len(all_lines) - most} {what}"] if len(all_lines) > most else []
    return all_lines[:most] + rest


def listed(names: Iterable[str], most: int, separator: str = ", ") -> str:
    """Join the first names, and count the others: ``a, b and 3 more``."""
    all_names = list(names)
    rest = f" and {len(all_names) - most} more" if len(all_names) > most else ""
    return separator.join(all_names[:most]) + rest


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is closest to a mistyped one; empty if none is close."""
    import difflib  # noqa: PLC0415 - only needed for errors

    return next(iter(difflib.get_close_matches(word.lower(), list(known), n=1)), "")


def did_you_mean(near: str, otherwise: str = "") -> str:
    """Return a hint for an unknown word: the closest one, if any, and what else helps."""
    return " ".join(filter(None, (near and f"did you mean {near}?", otherwise)))


def printable(text: str) -> str:
    """Escape control characters, so that a terminal shows them, on one line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def spelled(text: str) -> str:
    """Return printable text in which two Unicode spellings of a word look different.

    Text in NFC, where an accented ``e`` is one character, is unchanged; in other text, where the
    accent may be a second character, everything beyond ASCII is escaped.
    """
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        return escaped(text)
    return printable(text)


def escaped(text: str) -> str:
    """Return printable ASCII text, with other characters escaped."""
    return printable("".join(char if char.isascii() else code_point(char) for char in text))


def code_point(char: str) -> str:
    """Escape a character as HCL, YAML and Python all do."""
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def inventory(sets: int, destinations: int) -> str:
    """Count resources: ``2 configuration sets, 5 event destinations``."""
    return f"{count(sets, 'configuration set')}, {count(destinations, 'event destination')}"
