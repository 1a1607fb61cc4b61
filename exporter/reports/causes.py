"""Remarks by their cause: a line for each, however many things it concerns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exporter.support.remarks import Remark, Said
from exporter.support.text import count

_MOST_NAMES = 5


@dataclass(frozen=True)
class Cause:
    """What is said in the same words of one thing or of several.

    Attributes:
        line: All of it in one line, with the first names.
        heading: The line without the names.
        names: All that it concerns; empty where it is one thing, which the line names.
    """

    line: str
    heading: str
    names: tuple[str, ...] = ()


def causes(said: Iterable[Said]) -> list[Cause]:
    """The causes in the order in which they appear first."""
    together: dict[object, list[Said]] = {}
    for each in dict.fromkeys(said):
        key = (each.noun, each.text) if isinstance(each, Remark) else each
        together.setdefault(key, []).append(each)
    return [_cause(found) for found in together.values()]


def _cause(found: Sequence[Said]) -> Cause:
    remarks = [each for each in found if isinstance(each, Remark)]
    if len(remarks) < 2:
        line = str(found[0])
        return Cause(line, line)
    first, *_ = remarks
    places = {each.place for each in remarks}
    what = count(len(remarks), first.noun)
    if len(places) > 1:
        what += f" in {count(len(places), 'account and region')}"
    elif first.place:
        what = f"{first.place}: {what}"
    heading = f"{what}: {first.text}"
    # In a line, a name that several places have is enough once; the list has each with its place.
    names = tuple(each.name if len(places) > 1 else each.about for each in remarks)
    shown = list(dict.fromkeys(each.about for each in remarks))[:_MOST_NAMES]
    more = len(remarks) - len(shown)
    separator = "; " if any(", " in name for name in shown) else ", "
    line = f"{heading}: {separator.join(shown)}" + (f" and {more} more" if more else "")
    return Cause(line, heading, names)


def closing(warnings: int, notes: int) -> str:
    """What is said in place of causes for which there is no room."""
    parts = [count(warnings, "more warning")] if warnings else []
    parts += [count(notes, "more note")] if notes else []
    return f"{' and '.join(parts)}; -v shows all of them"
