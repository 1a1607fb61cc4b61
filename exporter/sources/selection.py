"""``--include`` and ``--exclude``: select configuration sets and destinations."""

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

    Names without a glob are looked up, so that a file can list thousands.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.all: tuple[Pattern, ...] = tuple(map(parse, texts))
        literal = [pattern.names for pattern in self.all if pattern.is_literal]
        self._names = frozenset(literal)
        self._set_names = frozenset(set_name for set_name, _ in literal)
        self._others = tuple(pattern for pattern in self.all if not pattern.is_literal)

    def __bool__(self) -> bool:
        return bool(self.all)

    @property
    def need_tags(self) -> bool:
        """Whether matching needs the sets' tags."""
        return any(isinstance(pattern, TagPattern) for pattern in self._others)

    @property
    def need_facts(self) -> bool:
        """Whether matching needs more than names."""
        return not all(pattern.by_name for pattern in self._others)

    def may_be_in(self, set_name: str) -> bool:
        """Tell whether a pattern can match a set of this name or anything in it."""
        return set_name in self._set_names or any(p.may_be_in(set_name) for p in self._others)

    def names_set(self, set_name: str) -> bool:
        """Tell whether a pattern matches a set by its name."""
        by_name = (p for p in self._others if p.by_name)
        return (set_name, None) in self._names or any(p.of_set(SetFacts(set_name)) for p in by_name)

    def names_in_set(self, set_name: str) -> bool:
        """Tell whether a pattern can match a set, or destinations in it, by name."""
        by_name = (p for p in self._others if p.by_name)
        return set_name in self._set_names or any(p.may_be_in(set_name) for p in by_name)

    def of_set(self, facts: SetFacts) -> Verdict:
        """Tell whether a pattern matches a set itself."""
        return (facts.name, None) in self._names or any_of(p.of_set(facts) for p in self._others)

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Tell whether a pattern matches a destination."""
        name = facts.of_set.name
        if (name, None) in self._names or (name, facts.name) in self._names:
            return True
        return any_of(p.of_destination(facts) for p in self._others)


@dataclass(frozen=True)
class Selection:
    """Patterns for names (``SET``, ``SET/DESTINATION``), tags and targets; case matters, as in SES.

    A set is selected if an include pattern matches it or one of its destinations (without include
    patterns, every set is) and no exclude pattern matches it. A pattern for sets (a name without a
    slash, a tag) matches all destinations of a set; any other pattern matches single destinations.

    Attributes:
        origins: The lines of patterns from files, for messages.

    Raises:
        UsageError: on first use, if a pattern is invalid.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    origins: Mapping[str, Line] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude)

    def __str__(self) -> str:
        options = [("--include", pattern) for pattern in self.include]
        options += [("--exclude", pattern) for pattern in self.exclude]
        shown = dict.fromkeys(f"{option} {self._as_given(text)}" for option, text in options)
        return listed(shown, _MOST_SHOWN, " ")

    def _as_given(self, text: str) -> str:
        """Return a pattern as on the command line: if it is from a file, the file's name."""
        origin = self.origins.get(text)
        return text if origin is None else f"{AT}{origin.file}"

    @cached_property
    def included(self) -> Patterns:
        """The include patterns; without any, everything is included."""
        return Patterns(self.include)

    @cached_property
    def excluded(self) -> Patterns:
        """The exclude patterns."""
        return Patterns(self.exclude)

    @cached_property
    def needs_options(self) -> bool:
        """Whether it depends on the sets' tags, which are read with their options."""
        return self.included.need_tags or self.excluded.need_tags

    @cached_property
    def needs_facts(self) -> bool:
        """Whether it depends on more than names."""
        return self.included.need_facts or self.excluded.need_facts

    def may_hold(self, configuration_set: str) -> bool:
        """Tell whether anything of a set of this name can be selected, so that it must be read."""
        if self.excluded.names_set(configuration_set):
            return False
        return not self.included or self.included.may_be_in(configuration_set)

    def takes_set(self, facts: SetFacts) -> Verdict:
        """Tell whether a set itself is selected; it is also kept if a destination of it is."""
        included = self.included.of_set(facts) if self.included else True
        return _but_not(included, self.excluded.of_set(facts))

    def takes_destination(self, facts: DestinationFacts) -> Verdict:
        """Tell whether a destination is selected."""
        included = self.included.of_destination(facts) if self.included else True
        return _but_not(included, self.excluded.of_destination(facts))

    def apply(self, scope: Scope) -> Scope:
        """Return the scope with only what is selected.

        Raises:
            ExporterError: if that depends on tags that were not read.
        """
        if not self:
            return scope
        undecided: list[str] = []
        reduced = [self._reduced(set_, undecided) for set_ in scope.configuration_sets]
        if undecided:
            raise ExporterError(
                f"{self} needs the tags of {count(len(undecided), 'configuration set')}, "
                "which were not read:",
                where=scope.title,
                items=undecided,
                hint="select by name, or read a live account or a snapshot of one",
            )
        return replace(scope, configuration_sets=tuple(filter(None, reduced)))

    def whole(self, scope: Scope) -> Scope:
        """Return the scope with whole sets, if they or any of their destinations are selected.

        Some questions are about all destinations of a set, such as whether any receives bounces.

        Raises:
            ExporterError: if that depends on tags that were not read.
        """
        names = {set_.name for set_ in self.apply(scope).configuration_sets}
        sets = tuple(set_ for set_ in scope.configuration_sets if set_.name in names)
        return replace(scope, configuration_sets=sets)

    def unmatched(self, scopes: Iterable[Scope], listed: Collection[str] = ()) -> tuple[Said, ...]:
        """Return a note for every pattern that matches nothing.

        ``scopes`` are what was read; ``listed`` are the names of all existing sets, read or not.
        """
        if not self:
            return ()
        facts_by_set = [
            (facts, [facts_of_destination(facts, d) for d in set_.event_destinations])
            for scope in scopes
            for set_ in scope.configuration_sets
            for facts in (facts_of_set(set_),)
        ]
        return self.without_effect(
            [facts for facts, _ in facts_by_set],
            [facts for _, destinations in facts_by_set for facts in destinations],
            listed,
        )

    def without_effect(
        self,
        sets: Iterable[SetFacts],
        destinations: Iterable[DestinationFacts],
        listed: Collection[str] = (),
    ) -> tuple[Said, ...]:
        """Return a note for every pattern that matches none of these.

        ``listed`` are names of sets; if a set is not among ``sets``, only its name is known.
        """
        all_sets, all_destinations = list(sets), list(destinations)
        known = {facts.name for facts in all_sets}
        known |= {facts.of_set.name for facts in all_destinations}
        unread = [name for name in listed if name not in known]
        all_sets += map(SetFacts, unread)
        names: set[tuple[str, str | None]] = {(facts.name, None) for facts in all_sets}
        for facts in all_destinations:
            names |= {(facts.of_set.name, None), (facts.of_set.name, facts.name)}

        def may_match(pattern: Pattern) -> bool:
            # Unknown tags of a set, and the destinations of a set that was not read, may match.
            if not pattern.on_set and any(map(pattern.may_be_in, unread)):
                return True
            if pattern.is_literal:
                return pattern.names in names
            return any(pattern.of_set(facts) is not False for facts in all_sets) or any(
                pattern.of_destination(facts) is not False for facts in all_destinations
            )

        notes: list[Said] = []
        for option, patterns in (("--include", self.included), ("--exclude", self.excluded)):
            for pattern in patterns.all:
                if not may_match(pattern):
                    notes.append(self._matches_nothing(option, pattern.text))
                if pattern.text == DISABLED and (DISABLED, None) in names:
                    notes.append(
                        f"{option} {DISABLED} selects disabled destinations; to select the "
                        f"set of that name, write [{DISABLED[0]}]{DISABLED[1:]}"
                    )
        return tuple(notes)

    def _matches_nothing(self, option: str, text: str) -> Remark:
        origin = self.origins.get(text)
        name = self._as_given(text)
        if origin is not None:
            name += f", line {origin.number}:"
        alone = f"{option} {name} matches nothing"
        return Remark(name.rstrip(":"), "no match", f"{option} pattern", alone=alone)

    def _reduced(self, set_: ConfigurationSet, undecided: list[str]) -> ConfigurationSet | None:
        """Return what is selected of a set; adds its name to ``undecided`` if that is unknown."""
        if not self.may_hold(set_.name):
            return None
        facts = facts_of_set(set_)
        if self.excluded.of_set(facts):
            return None
        verdicts = [
            (destination, self.takes_destination(facts_of_destination(facts, destination)))
            for destination in set_.event_destinations
        ]
        selected = tuple(destination for destination, verdict in verdicts if verdict)
        is_selected = self.takes_set(facts)
        if any(v is None for _, v in verdicts) or (is_selected is None and not selected):
            undecided.append(set_.name)
        if not selected and not is_selected:
            return None
        return replace(set_, event_destinations=selected)


def _but_not(included: Verdict, excluded: Verdict) -> Verdict:
    if included is False or excluded:
        return False
    return None if included is None or excluded is None else True
