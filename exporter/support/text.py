"""Words for messages."""

import unicodedata
from collections.abc import Iterable


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shortened(lines: Iterable[str], most: int = 20) -> list[str]:
    """The first lines, and how many more there are."""
    found = list(lines)
    more = [f"and {len(found) - most} more"] if len(found) > most else []
    return found[:most] + more


def printable(text: str) -> str:
    """Text that a terminal shows and does not obey, on one line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def spelled(text: str) -> str:
    """Printable text of which two spellings look different: only Unicode's NFC stands as it is.

    ``e`` with an accent is one character in NFC; spelled with two, the second one is shown as its
    escape.
    """
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        return escaped(text)
    return printable(text)


def escaped(text: str) -> str:
    """Printable text in ASCII."""
    return printable("".join(char if char.isascii() else _escape(char) for char in text))


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def inventory(sets: int, destinations: int) -> str:
    """What there is, counted: ``2 configuration sets, 5 event destinations``."""
    return f"{count(sets, 'configuration set')}, {count(destinations, 'event destination')}"
