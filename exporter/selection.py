"""``--include`` and ``--exclude``: which configuration sets and destinations a command works on."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from msgspec.structs import replace

from exporter.models import ConfigurationSet, Scope


@dataclass(frozen=True)
class Selection:
    """Glob patterns on ``SET`` or ``SET/DESTINATION``; case matters, as it does in SES.

    A set is taken when an include pattern matches it or one of its destinations (all are, without
    includes) and no exclude pattern matches it. A pattern on a set is about all of its
    destinations; one with a slash about the destinations that it matches.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude)

    def __str__(self) -> str:
        options = [f"--include {pattern}" for pattern in self.include]
        return " ".join(options + [f"--exclude {pattern}" for pattern in self.exclude])

    def may_hold(self, configuration_set: str) -> bool:
        """Whether a set of this name can have anything to take, so that it is worth reading."""
        if any(
            _on_set(pattern) and fnmatchcase(configuration_set, pattern) for pattern in self.exclude
        ):
            return False
        heads = (pattern.partition("/")[0] for pattern in self.include)
        return not self.include or any(fnmatchcase(configuration_set, head) for head in heads)

    def apply(self, scope: Scope) -> Scope:
        """The scope with only what is selected."""
        if not self:
            return scope
        reduced = (self._reduced(found) for found in scope.configuration_sets)
        return replace(scope, configuration_sets=tuple(found for found in reduced if found))

    def takes(self, configuration_set: str, event_destination: str | None) -> bool:
        """Whether a resource is selected by its names; a set comes along with a destination."""
        if not self.may_hold(configuration_set):
            return False
        return event_destination is None or self._takes(configuration_set, event_destination)

    def unmatched(self, scopes: Iterable[Scope]) -> tuple[str, ...]:
        """A note for every exclude or include pattern that matches nothing of what was read."""
        seen = [found for scope in scopes for found in scope.configuration_sets]
        notes = []
        for option, patterns in (("--include", self.include), ("--exclude", self.exclude)):
            for pattern in patterns:
                # An excluded set is not read, so a pattern on a set cannot be told from one without
                # effect.
                unknown = option == "--exclude" and _on_set(pattern)
                if not unknown and not any(_touches(pattern, found) for found in seen):
                    notes.append(f"{option} {pattern} matches nothing")
        return tuple(notes)

    def _reduced(self, found: ConfigurationSet) -> ConfigurationSet | None:
        if not self.may_hold(found.name):
            return None
        kept = tuple(d for d in found.event_destinations if self._takes(found.name, d.name))
        by_itself = not self.include or any(_matches_set(p, found.name) for p in self.include)
        if not kept and not by_itself:
            return None
        return replace(found, event_destinations=kept)

    def _takes(self, set_name: str, destination: str) -> bool:
        if any(_matches(pattern, set_name, destination) for pattern in self.exclude):
            return False
        return not self.include or any(
            _matches(pattern, set_name, destination) for pattern in self.include
        )


def _on_set(pattern: str) -> bool:
    return "/" not in pattern


def _matches_set(pattern: str, set_name: str) -> bool:
    return _on_set(pattern) and fnmatchcase(set_name, pattern)


def _matches(pattern: str, set_name: str, destination: str) -> bool:
    if _on_set(pattern):
        return fnmatchcase(set_name, pattern)
    of_set, _, of_destination = pattern.partition("/")
    return fnmatchcase(set_name, of_set) and fnmatchcase(destination, of_destination)


def _touches(pattern: str, found: ConfigurationSet) -> bool:
    if _matches_set(pattern, found.name):
        return True
    return any(_matches(pattern, found.name, d.name) for d in found.event_destinations)
