"""What code holds that cannot be evaluated, and which resources it may be."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from exporter.model.identities import Identity

_MOST_STRETCHES = 50
"""Of a pattern with more of them only the beginning and the end count."""


@dataclass(frozen=True)
class NamePattern:
    """A name of which only some stretches are known.

    Attributes:
        stretches: The known texts, in order, with something unknown (perhaps nothing) between
            each two: ``("", "-mail")`` is any name that ends with ``-mail``, ``("a",)`` is ``a``.
    """

    stretches: tuple[str, ...]

    def __post_init__(self) -> None:
        """Keep it short, whatever it is made of: texts that double would take forever."""
        first, *rest = self.stretches
        if rest:
            *middle, last = rest
            kept = [each for each in middle if each]
            within = kept if len(kept) <= _MOST_STRETCHES else []
            object.__setattr__(self, "stretches", (first, *within, last))

    def __add__(self, other: "NamePattern") -> "NamePattern":
        """The pattern of one text behind the other."""
        *before, last = self.stretches
        first, *behind = other.stretches
        return NamePattern((*before, last + first, *behind))

    @property
    def is_known(self) -> bool:
        """Whether only one name fits."""
        return len(self.stretches) == 1

    @property
    def is_any(self) -> bool:
        """Whether nothing of the name is known."""
        return not any(self.stretches) and not self.is_known

    @classmethod
    def of_name(cls, name: str) -> "NamePattern":
        """The pattern that only one name fits."""
        return cls((name,))

    @property
    def name(self) -> str | None:
        """The name, where it is known wholly."""
        return self.stretches[0] if len(self.stretches) == 1 else None

    def fits(self, name: str) -> bool:
        """Whether a name can be meant."""
        first, *rest = self.stretches
        if not rest:
            return name == first
        *middle, last = rest
        if not (name.startswith(first) and name.endswith(last)):
            return False
        at, end = len(first), len(name) - len(last)
        for stretch in middle:
            found = name.find(stretch, at, end)
            if found < 0:
                return False
            at = found + len(stretch)
        return at <= end


ANY_NAME = NamePattern(("", ""))
"""The pattern that every name fits."""


@dataclass(frozen=True)
class Reach:
    """Which resources something that cannot be evaluated may be.

    Attributes:
        has_sets: Whether it may be configuration sets.
        has_destinations: Whether it may be event destinations.
        set_name: The names of the sets, or of the sets that its destinations belong to.
        destination_name: The names of its destinations.
    """

    has_sets: bool = True
    has_destinations: bool = True
    set_name: NamePattern = ANY_NAME
    destination_name: NamePattern = ANY_NAME

    @classmethod
    def of(cls, who: Identity) -> "Reach":
        """The reach of one resource whose names are known, and nothing else of it."""
        name = NamePattern.of_name(who.configuration_set)
        if who.event_destination is None:
            return cls(has_destinations=False, set_name=name)
        own = NamePattern.of_name(who.event_destination)
        return cls(has_sets=False, set_name=name, destination_name=own)

    def holds(self, who: Identity) -> bool:
        """Whether it may be this resource."""
        if not self.set_name.fits(who.configuration_set):
            return False
        if who.event_destination is None:
            return self.has_sets
        return self.has_destinations and self.destination_name.fits(who.event_destination)


ANYTHING = Reach()
"""The reach of code that may hold any resource."""


def a_set(name: NamePattern = ANY_NAME) -> Reach:
    """The reach of a set whose name is not known wholly."""
    return Reach(has_destinations=False, set_name=name)


def a_destination(
    set_name: NamePattern = ANY_NAME, destination_name: NamePattern = ANY_NAME
) -> Reach:
    """The reach of a destination of which one of the names is not known wholly."""
    return Reach(has_sets=False, set_name=set_name, destination_name=destination_name)


def only(who: Identity) -> Reach:
    """The reach of what is one resource, if it is there."""
    of_set = NamePattern.of_name(who.configuration_set)
    if who.event_destination is None:
        return a_set(of_set)
    return a_destination(of_set, NamePattern.of_name(who.event_destination))


@dataclass(frozen=True)
class Unresolved:
    """Something in code that may be resources which cannot be told.

    Attributes:
        where: The file and line that it stands at (``infra/main.tf:12``).
        what: What it is, as its code calls it: an address, a logical id, a module.
        reason: Why it cannot be told, a sentence without its subject's name: ``its name cannot be
            evaluated: var.stage has no default``.
        hint: What helps, if something does.
        reach: Which resources it may be.
    """

    where: str
    what: str
    reason: str
    hint: str = ""
    reach: Reach = field(default=ANYTHING)

    @property
    def said(self) -> str:
        """Where it is, what and why, in one line."""
        return ": ".join(filter(None, (self.where, self.what, self.reason)))

    @property
    def line(self) -> str:
        """The same with the hint."""
        return f"{self.said}; {self.hint}" if self.hint else self.said


def lines(unresolved: Iterable[Unresolved]) -> tuple[str, ...]:
    """A line for each, the same ones once."""
    return tuple(dict.fromkeys(each.line for each in unresolved))
