"""What an export may be told, and what it selects by it (docs/cli.md, Patterns)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from hypothesis import strategies as st

from exporter.model.identities import Identity

SETS = ("alpha", "beta", "gamma", "delta")
DESTINATIONS = ("bounces", "clicks")


@dataclass(frozen=True)
class Choices:
    """The options that the manifest of an export remembers.

    Attributes:
        include: Patterns of ``--include``.
        exclude: Patterns of ``--exclude``.
        sets: Whether the sets themselves are written.
        layout: Which file a resource stands in.
        references: What stands for the ARNs of targets.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    sets: bool = True
    layout: str = "resources"
    references: str = "literal"

    def selects(self, alive: Iterable[Identity]) -> set[Identity]:
        """What of all that is there an export writes."""
        alive = set(alive)
        found = {each for each in alive if each.event_destination and self._takes(each)}
        for each in alive:
            if each.event_destination is None and self.sets and not _any(self.exclude, each):
                has_some = any(d.configuration_set == each.configuration_set for d in found)
                if not self.include or _any(self.include, each) or has_some:
                    found.add(each)
        return found

    def _takes(self, destination: Identity) -> bool:
        owner = Identity(destination.configuration_set)
        both = (owner, destination)
        included = not self.include or any(_any(self.include, each) for each in both)
        return included and not any(_any(self.exclude, each) for each in both)


def _any(patterns: Iterable[str], who: Identity) -> bool:
    return any(fnmatchcase(str(who), each) for each in patterns if _is_of(each, who))


def _is_of(pattern: str, who: Identity) -> bool:
    return ("/" in pattern) == (who.event_destination is not None)


@dataclass(frozen=True)
class Flags:
    """What one export is told: some of the options, or to forget the earlier ones first."""

    reset: bool = False
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    sets: bool | None = None
    layout: str | None = None
    references: str | None = None

    def over(self, earlier: Choices) -> Choices:
        """What holds: a flag, or what an earlier export was told, or the default."""
        names = ("include", "exclude", "sets", "layout", "references")
        given = {name: getattr(self, name) for name in names}
        said = {name: value for name, value in given.items() if value is not None}
        return replace(Choices() if self.reset else earlier, **said)

    @property
    def arguments(self) -> list[str]:
        """As they are typed."""
        words = ["--reset-options"] * self.reset
        words += [word for each in self.include or () for word in ("--include", each)]
        words += [word for each in self.exclude or () for word in ("--exclude", each)]
        if self.sets is not None:
            words.append("--configuration-sets" if self.sets else "--no-configuration-sets")
        for option, value in (("--layout", self.layout), ("--references", self.references)):
            words += [option, value] if value is not None else []
        return words


NONE = Flags()
"""No option at all: those of the earlier export hold."""

_PATTERNS = st.sampled_from(
    (*SETS, "*a", "[ab]*", "*ta", "*/clicks", "*/bounces", "alpha/*", "beta/clicks")
)


def _patterns() -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(_PATTERNS, min_size=1, max_size=2, unique=True).map(tuple)


def first_flags() -> st.SearchStrategy[Flags]:
    """Flags of an export into an empty folder."""
    return st.builds(
        Flags,
        include=st.none() | _patterns(),
        exclude=st.none() | _patterns(),
        sets=st.none() | st.just(False),
        layout=st.none() | st.sampled_from(("resources", "per-set", "data")),
        references=st.none() | st.sampled_from(("literal", "portable", "variables")),
    )


def later_flags() -> st.SearchStrategy[Flags]:
    """Flags of an export into the folder of an earlier one; at least one."""
    return st.builds(
        Flags,
        reset=st.booleans(),
        include=st.none() | _patterns(),
        exclude=st.none() | _patterns(),
        sets=st.none() | st.booleans(),
        layout=st.none() | st.sampled_from(("resources", "per-set", "data")),
        references=st.none() | st.sampled_from(("literal", "portable", "variables")),
    ).filter(lambda flags: flags != NONE)
