"""Group remarks by their cause: one line per cause, however many resources have it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exporter.support.remarks import Remark, Said
from exporter.support.text import count

_MOST_NAMES = 5


@dataclass(frozen=True)
class Cause:
    """The remarks with the same text.

    Attributes:
        line: One line for all of them, with the first names.
        heading: The line without the names.
        names: All names; empty if there is only one, which is in the line.
    """

    line: str
    heading: str
    names: tuple[str, ...] = ()


def causes(said: Iterable[Said]) -> list[Cause]:
    """Group remarks, in the order in which their causes first appear."""
    groups: dict[object, list[Said]] = {}
    for each in dict.fromkeys(said):
        key = (each.noun, each.text) if isinstance(each, Remark) else each
        groups.setdefault(key, []).append(each)
    return [_cause(group) for group in groups.values()]


def _cause(group: Sequence[Said]) -> Cause:
    remarks = [each for each in group if isinstance(each, Remark)]
    if len(remarks) < 2:
        line = str(group[0])
        return Cause(line, line)
    first, *_ = remarks
    places = {remark.place for remark in remarks}
    what = count(len(remarks), first.noun)
    if len(places) > 1:
        what += f" in {count(len(places), 'account and region')}"
    elif first.place:
        what = f"{first.place}: {what}"
    heading = f"{what}: {first.text}"
    # The line has a name once even if several accounts have it; the list has each with its account.
    names = tuple(remark.name if len(places) > 1 else remark.about for remark in remarks)
    shown = list(dict.fromkeys(remark.about for remark in remarks))[:_MOST_NAMES]
    more = len(remarks) - len(shown)
    separator = "; " if any(", " in name for name in shown) else ", "
    line = f"{heading}: {separator.join(shown)}" + (f" and {more} more" if more else "")
    return Cause(line, heading, names)


def closing(warnings: int, notes: int) -> str:
    """Return a line that counts the causes that are not shown."""
    parts = [count(warnings, "more warning")] if warnings else []
    parts += [count(notes, "more note")] if notes else []
    return f"{' and '.join(parts)}; -v shows all of them"
