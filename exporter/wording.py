"""Words for messages."""


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def inventory(sets: int, destinations: int) -> str:
    """What there is, counted: ``2 configuration sets, 5 event destinations``."""
    return f"{count(sets, 'configuration set')}, {count(destinations, 'event destination')}"
