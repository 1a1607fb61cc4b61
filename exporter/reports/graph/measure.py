"""Estimate the width of text without a font; rather too wide than too narrow."""

import unicodedata

_NARROW = frozenset("fijlrtI.,:;|!'`()[]{}/\\ -")
_WIDE = frozenset("mwMWGOQ@%")
_UPPER = 0.72
_ELLIPSIS = "…"


def width(text: str, size: float) -> float:
    """Return the width of text in the units of ``size``, the height of its font."""
    return sum(_width(char) for char in text) * size


def cut(text: str, size: float, room: float) -> str:
    """Return text that fits; if it is too long, it ends with an ellipsis."""
    if width(text, size) <= room:
        return text
    remaining = room - width(_ELLIPSIS, size)
    chars = []
    for char in text:
        remaining -= _width(char) * size
        if remaining < 0:
            break
        chars.append(char)
    return "".join(chars).rstrip() + _ELLIPSIS


def _width(char: str) -> float:
    if char in _NARROW:
        return 0.4
    if char in _WIDE:
        return 0.95
    if char.isascii():
        return _UPPER if char.isupper() else 0.6
    # Combining marks take no room, but some fonts give them some.
    return 1.1 if unicodedata.east_asian_width(char) in "WFA" else 0.8
