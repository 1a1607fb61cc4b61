"""How wide text is, without a font at hand: rather too wide than too narrow."""

import unicodedata

_NARROW = frozenset("fijlrtI.,:;|!'`()[]{}/\\ -")
_WIDE = frozenset("mwMWGOQ@%")
_UPPER = 0.72
_ELLIPSIS = "…"


def width(text: str, size: float) -> float:
    """The width of text in the units of ``size``, the height of its font."""
    return sum(_width(char) for char in text) * size


def cut(text: str, size: float, room: float) -> str:
    """Text that fits, its end replaced by an ellipsis where it does not."""
    if width(text, size) <= room:
        return text
    left = room - width(_ELLIPSIS, size)
    kept = []
    for char in text:
        left -= _width(char) * size
        if left < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + _ELLIPSIS


def _width(char: str) -> float:
    if char in _NARROW:
        return 0.4
    if char in _WIDE:
        return 0.95
    if char.isascii():
        return _UPPER if char.isupper() else 0.6
    # Marks that stand on another character take no room, but some fonts give them one.
    return 1.1 if unicodedata.east_asian_width(char) in "WFA" else 0.8
