"""Words for messages."""

import unicodedata
from collections.abc import Iterable

_PLURALS = {"account and region": "accounts and regions"}


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun if number == 1 else _PLURALS.get(noun, f'{noun}s')}"


def shortened(lines: Iterable[str], most: int = 20, what: str = "more") -> list[str]:
    """The first lines, and how many more there are."""
    found = list(lines)
    more = [f"and {len(found) - most} {what}"] if len(found) > most else []
    return found[:most] + more


def listed(names: Iterable[str], most: int, separator: str = ", ") -> str:
    """The first names on one line, and how many more there are: ``a, b and 3 more``."""
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return separator.join(found[:most]) + more


def nearest(word: str, known: Iterable[str]) -> str:
    """Which of the known words somebody may have meant; empty when none is near."""
    import difflib  # noqa: PLC0415 - for mistakes only

    return next(iter(difflib.get_close_matches(word.lower(), list(known), n=1)), "")


def did_you_mean(near: str, otherwise: str = "") -> str:
    """A hint for a word that is unknown: the one that is near, if any, and what else helps."""
    return " ".join(filter(None, (near and f"did you mean {near}?", otherwise)))


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
    return printable("".join(char if char.isascii() else code_point(char) for char in text))


def code_point(char: str) -> str:
    """A character as HCL, YAML and Python all escape it."""
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def inventory(sets: int, destinations: int) -> str:
    """What there is, counted: ``2 configuration sets, 5 event destinations``."""
    return f"{count(sets, 'configuration set')}, {count(destinations, 'event destination')}"
