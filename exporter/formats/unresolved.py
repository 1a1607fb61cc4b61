"""Code that can't be evaluated, and the resources that it may describe."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from exporter.model.identities import Identity

_MOST_STRETCHES = 50
"""A pattern with more of them keeps only its beginning and end."""


@dataclass(frozen=True)
class NamePattern:
    """A name that may be known only in part.

    Attributes:
        stretches: The known texts, in order, with unknown text (perhaps none) between each two:
            ``("", "-mail")`` is any name that ends with ``-mail``, ``("a",)`` is ``a``.
    """

    stretches: tuple[str, ...]

    def __post_init__(self) -> None:
        """Keep the pattern short: a text that keeps doubling would take forever."""
        first, *rest = self.stretches
        if rest:
            *middle, last = rest
            known = [stretch for stretch in middle if stretch]
            kept = known if len(known) <= _MOST_STRETCHES else []
            object.__setattr__(self, "stretches", (first, *kept, last))

    def __add__(self, other: "NamePattern") -> "NamePattern":
        """Return the pattern of this text followed by the other."""
        *before, last = self.stretches
        first, *behind = other.stretches
        return NamePattern((*before, last + first, *behind))

    @property
    def is_known(self) -> bool:
        """Whether it matches only one name."""
        return len(self.stretches) == 1

    @property
    def is_any(self) -> bool:
        """Whether it matches every name."""
        return not any(self.stretches) and not self.is_known

    @classmethod
    def of_name(cls, name: str) -> "NamePattern":
        """Return the pattern that matches only this name."""
        return cls((name,))

    @property
    def name(self) -> str | None:
        """The name, if it is fully known."""
        return self.stretches[0] if len(self.stretches) == 1 else None

    def fits(self, name: str) -> bool:
        """Whether it matches a name."""
        first, *rest = self.stretches
        if not rest:
            return name == first
        *middle, last = rest
        if not (name.startswith(first) and name.endswith(last)):
            return False
        start, end = len(first), len(name) - len(last)
        for stretch in middle:
            position = name.find(stretch, start, end)
            if position < 0:
                return False
            start = position + len(stretch)
        return start <= end


ANY_NAME = NamePattern(("", ""))
"""The pattern that matches every name."""


@dataclass(frozen=True)
class Reach:
    """The resources that code which can't be evaluated may describe.

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
    def of(cls, identity: Identity) -> "Reach":
        """Return the reach of one resource whose names are known."""
        set_name = NamePattern.of_name(identity.configuration_set)
        if identity.event_destination is None:
            return cls(has_destinations=False, set_name=set_name)
        destination_name = NamePattern.of_name(identity.event_destination)
        return cls(has_sets=False, set_name=set_name, destination_name=destination_name)

    def holds(self, identity: Identity) -> bool:
        """Whether it may be this resource."""
        if not self.set_name.fits(identity.configuration_set):
            return False
        if identity.event_destination is None:
            return self.has_sets
        return self.has_destinations and self.destination_name.fits(identity.event_destination)


ANYTHING = Reach()
"""The reach of code that may describe any resource."""


def a_set(name: NamePattern = ANY_NAME) -> Reach:
    """Return the reach of a set whose name isn't fully known."""
    return Reach(has_destinations=False, set_name=name)


def a_destination(
    set_name: NamePattern = ANY_NAME, destination_name: NamePattern = ANY_NAME
) -> Reach:
    """Return the reach of a destination whose names aren't fully known."""
    return Reach(has_sets=False, set_name=set_name, destination_name=destination_name)


@dataclass(frozen=True)
class Unresolved:
    """Something in code that may describe resources, and can't be evaluated.

    Attributes:
        where: Its file and line (``infra/main.tf:12``).
        what: Its name in the code: an address, a logical id, a module.
        reason: Why it can't be evaluated, a sentence that doesn't name it: ``its name cannot be
            evaluated: var.stage has no default``.
        hint: What to do about it, if anything.
        reach: The resources that it may describe.
    """

    where: str
    what: str
    reason: str
    hint: str = ""
    reach: Reach = field(default=ANYTHING)

    @property
    def said(self) -> str:
        """Where and what it is, and why, in one line."""
        return ": ".join(filter(None, (self.where, self.what, self.reason)))

    @property
    def line(self) -> str:
        """The same with the hint."""
        return f"{self.said}; {self.hint}" if self.hint else self.said


def lines(unresolved: Iterable[Unresolved]) -> tuple[str, ...]:
    """Return a line for each, without duplicates."""
    return tuple(dict.fromkeys(item.line for item in unresolved))
