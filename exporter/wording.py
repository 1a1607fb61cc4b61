"""Words for messages."""


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def printable(text: str) -> str:
    """Text that a terminal shows and does not obey, on one line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def inventory(sets: int, destinations: int) -> str:
    """What there is, counted: ``2 configuration sets, 5 event destinations``."""
    return f"{count(sets, 'configuration set')}, {count(destinations, 'event destination')}"
