"""``--include`` and ``--exclude``: which configuration sets and destinations a command works on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from msgspec.structs import replace

from exporter.model.resources import ConfigurationSet, Scope
from exporter.sources.pattern_files import AT, Line
from exporter.sources.patterns import (
    DISABLED,
    DestinationFacts,
    Pattern,
    SetFacts,
    TagPattern,
    Verdict,
    any_of,
    facts_of_destination,
    facts_of_set,
    parse,
)
from exporter.support.errors import ExporterError
from exporter.support.remarks import Remark, Said
from exporter.support.text import count, listed

_MOST_SHOWN = 8


class Patterns:
    """The patterns of one option.

    Names without a glob are looked up, so that a file may list thousands.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.all: tuple[Pattern, ...] = tuple(map(parse, texts))
        literal = [pattern.names for pattern in self.all if pattern.is_literal]
        self._names = frozenset(literal)
        self._heads = frozenset(head for head, _ in literal)
        self._others = tuple(pattern for pattern in self.all if not pattern.is_literal)

    def __bool__(self) -> bool:
        return bool(self.all)

    @property
    def need_tags(self) -> bool:
        """Whether the sets' tags have to be known."""
        return any(isinstance(pattern, TagPattern) for pattern in self._others)

    @property
    def need_facts(self) -> bool:
        """Whether more than names has to be known."""
        return not all(pattern.by_name for pattern in self._others)

    def may_be_in(self, set_name: str) -> bool:
        """Whether anything of a set of this name can be meant."""
        return set_name in self._heads or any(p.may_be_in(set_name) for p in self._others)

    def names_set(self, set_name: str) -> bool:
        """Whether a set is meant by its name."""
        named = (p for p in self._others if p.by_name)
        return (set_name, None) in self._names or any(p.of_set(SetFacts(set_name)) for p in named)

    def names_in_set(self, set_name: str) -> bool:
        """Whether a set, or destinations in it, are meant by name."""
        named = (p for p in self._others if p.by_name)
        return set_name in self._heads or any(p.may_be_in(set_name) for p in named)

    def of_set(self, facts: SetFacts) -> Verdict:
        """Whether a set is meant itself."""
        return (facts.name, None) in self._names or any_of(p.of_set(facts) for p in self._others)

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Whether a destination is meant."""
        name = facts.of_set.name
        if (name, None) in self._names or (name, facts.name) in self._names:
            return True
        return any_of(p.of_destination(facts) for p in self._others)


@dataclass(frozen=True)
class Selection:
    """Patterns on names (``SET``, ``SET/DESTINATION``), tags, targets; case matters, as in SES.

    A set is taken when an include pattern matches it or one of its destinations (all are, without
    includes) and no exclude pattern matches it. A pattern on a set (its name without a slash, a
    tag) is about all of its destinations; any other one about the destinations that it matches.

    Attributes:
        origins: Where those stand that came from files, for messages.

    Raises:
        UsageError: when a pattern can mean nothing; on first use.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    origins: Mapping[str, Line] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude)

    def __str__(self) -> str:
        given = [("--include", pattern) for pattern in self.include]
        given += [("--exclude", pattern) for pattern in self.exclude]
        options = list(dict.fromkeys(f"{option} {self._as_given(text)}" for option, text in given))
        return listed(options, _MOST_SHOWN, " ")

    def _as_given(self, text: str) -> str:
        """A pattern as the command line has it; of a file, its name."""
        origin = self.origins.get(text)
        return text if origin is None else f"{AT}{origin.file}"

    @cached_property
    def included(self) -> Patterns:
        """What is taken; all when there are none."""
        return Patterns(self.include)

    @cached_property
    def excluded(self) -> Patterns:
        """What is not."""
        return Patterns(self.exclude)

    @cached_property
    def needs_options(self) -> bool:
        """Whether the sets' own options and tags have to be read for it."""
        return self.included.need_tags or self.excluded.need_tags

    @cached_property
    def needs_facts(self) -> bool:
        """Whether names alone do not tell what is taken."""
        return self.included.need_facts or self.excluded.need_facts

    def may_hold(self, configuration_set: str) -> bool:
        """Whether a set of this name can have anything to take, so that it is worth reading."""
        if self.excluded.names_set(configuration_set):
            return False
        return not self.included or self.included.may_be_in(configuration_set)

    def takes_set(self, facts: SetFacts) -> Verdict:
        """Whether a set is taken for its own sake; it may also come along with a destination."""
        included = self.included.of_set(facts) if self.included else True
        return _but_not(included, self.excluded.of_set(facts))

    def takes_destination(self, facts: DestinationFacts) -> Verdict:
        """Whether a destination is taken."""
        included = self.included.of_destination(facts) if self.included else True
        return _but_not(included, self.excluded.of_destination(facts))

    def apply(self, scope: Scope) -> Scope:
        """The scope with only what is selected.

        Raises:
            ExporterError: when that hangs on tags that were not read.
        """
        if not self:
            return scope
        undecided: list[str] = []
        reduced = [self._reduced(found, undecided) for found in scope.configuration_sets]
        if undecided:
            raise ExporterError(
                f"{self} needs the tags of {count(len(undecided), 'configuration set')}, "
                "which were not read:",
                where=scope.title,
                items=undecided,
                hint="select by name, or read a live account or a snapshot of one",
            )
        return replace(scope, configuration_sets=tuple(found for found in reduced if found))

    def whole(self, scope: Scope) -> Scope:
        """The scope with the sets of which anything is selected, as they are.

        Whether any destination of a set hears of bounces can only be said of all of them.

        Raises:
            ExporterError: when that hangs on tags that were not read.
        """
        kept = {found.name for found in self.apply(scope).configuration_sets}
        sets = tuple(found for found in scope.configuration_sets if found.name in kept)
        return replace(scope, configuration_sets=sets)

    def unmatched(self, scopes: Iterable[Scope], listed: Collection[str] = ()) -> tuple[Said, ...]:
        """A note for every exclude or include pattern that matches nothing.

        ``scopes`` are what was read; ``listed`` are names of sets that are there, read or not.
        """
        if not self:
            return ()
        seen = [
            (facts, [facts_of_destination(facts, d) for d in found.event_destinations])
            for scope in scopes
            for found in scope.configuration_sets
            for facts in (facts_of_set(found),)
        ]
        return self.without_effect(
            [facts for facts, _ in seen], [each for _, within in seen for each in within], listed
        )

    def without_effect(
        self,
        sets: Iterable[SetFacts],
        destinations: Iterable[DestinationFacts],
        listed: Collection[str] = (),
    ) -> tuple[Said, ...]:
        """A note for every pattern that matches none of these.

        ``listed`` are sets by name; of those that are not among the others nothing else is known.
        """
        there, within = list(sets), list(destinations)
        known = {facts.name for facts in there} | {facts.of_set.name for facts in within}
        unread = [name for name in listed if name not in known]
        there += map(SetFacts, unread)
        names: set[tuple[str, str | None]] = {(facts.name, None) for facts in there}
        for facts in within:
            names |= {(facts.of_set.name, None), (facts.of_set.name, facts.name)}

        def touches(pattern: Pattern) -> bool:
            # What nobody knows may be a match: the tags of a set, the destinations of one that was
            # not read.
            if not pattern.on_set and any(map(pattern.may_be_in, unread)):
                return True
            if pattern.is_literal:
                return pattern.names in names
            return any(pattern.of_set(facts) is not False for facts in there) or any(
                pattern.of_destination(facts) is not False for facts in within
            )

        notes: list[Said] = []
        for option, patterns in (("--include", self.included), ("--exclude", self.excluded)):
            for pattern in patterns.all:
                if not touches(pattern):
                    notes.append(self._matches_nothing(option, pattern.text))
                if pattern.text == DISABLED and (DISABLED, None) in names:
                    notes.append(
                        f"{option} {DISABLED} selects disabled destinations; to select the "
                        f"set of that name, write [{DISABLED[0]}]{DISABLED[1:]}"
                    )
        return tuple(notes)

    def _matches_nothing(self, option: str, text: str) -> Remark:
        origin = self.origins.get(text)
        given = self._as_given(text)
        if origin is not None:
            given += f", line {origin.number}:"
        alone = f"{option} {given} matches nothing"
        return Remark(given.rstrip(":"), "nothing matches", f"{option} pattern", alone=alone)

    def _reduced(self, found: ConfigurationSet, undecided: list[str]) -> ConfigurationSet | None:
        """What is taken of a set; its name is added where nobody can tell."""
        if not self.may_hold(found.name):
            return None
        facts = facts_of_set(found)
        if self.excluded.of_set(facts):
            return None
        verdicts = [
            (destination, self.takes_destination(facts_of_destination(facts, destination)))
            for destination in found.event_destinations
        ]
        kept = tuple(destination for destination, verdict in verdicts if verdict)
        by_itself = self.takes_set(facts)
        if any(v is None for _, v in verdicts) or (by_itself is None and not kept):
            undecided.append(found.name)
        if not kept and not by_itself:
            return None
        return replace(found, event_destinations=kept)


def _but_not(included: Verdict, excluded: Verdict) -> Verdict:
    if included is False or excluded:
        return False
    return None if included is None or excluded is None else True
