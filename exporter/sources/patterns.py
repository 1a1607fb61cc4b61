"""The patterns of ``--include`` and ``--exclude``, and which sets and destinations they match.

A verdict is True, False, or None if it depends on something that was not read or could not be
evaluated: tags that were not read are unknown, not absent.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import msgspec

from exporter.model.resources import ConfigurationSet, EventDestination, TargetKind
from exporter.support.errors import UsageError
from exporter.support.text import did_you_mean, nearest

Verdict = bool | None

DISABLED = "disabled"
FORMS = ("SET", "SET/DESTINATION", "tag:KEY=VALUE", "kind:KIND", "target:ARN", DISABLED)
SAID_FORMS = f"patterns are {', '.join(FORMS[:-1])} or {FORMS[-1]}"
KINDS = tuple(str(kind) for kind in TargetKind)

_ATTRIBUTE = re.compile(r"([A-Za-z0-9_-]*):(.*)", re.DOTALL)
"""SES accepts no name with a colon."""
_GLOB = re.compile(r"[*?\[]")
_ARN = "arn:"


@dataclass(frozen=True)
class SetFacts:
    """What is known about a configuration set.

    Attributes:
        tags: Its tags; None if they are unknown. The value of a tag is None if it is unknown.
    """

    name: str
    tags: Mapping[str, str | None] | None = None


@dataclass(frozen=True)
class DestinationFacts:
    """What is known about an event destination; None means unknown.

    Attributes:
        kind: Its target's kind; empty for a kind that this version does not support.
        arns: The ARNs of its target; metrics have none.
    """

    of_set: SetFacts
    name: str
    kind: str | None = None
    arns: tuple[str, ...] | None = None
    enabled: bool | None = None


def facts_of_set(configuration_set: ConfigurationSet) -> SetFacts:
    """Return what was read about a set."""
    tags = {tag.key: tag.value for tag in configuration_set.tags}
    is_known = configuration_set.options_known or tags
    return SetFacts(configuration_set.name, tags if is_known else None)


def facts_of_destination(of_set: SetFacts, destination: EventDestination) -> DestinationFacts:
    """Return what was read about a destination; it is disabled only if SES says so."""
    target = destination.target
    kind = str(target.kind) if target is not None else ""
    arn = target.arn if target is not None else None
    arns = (arn,) if arn is not None else tuple(_unknown_arns(destination))
    enabled = destination.enabled is not False
    return DestinationFacts(of_set, destination.name, kind, arns, enabled)


def _unknown_arns(destination: EventDestination) -> Iterator[str]:
    """Yield the ARNs in a target of a kind that this version does not support."""
    for field in destination.unknown_targets:
        value = msgspec.json.decode(field.value)
        for each in value.values() if isinstance(value, dict) else ():
            if isinstance(each, str) and each.startswith(_ARN):
                yield each


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return True if any verdict is True, otherwise None if any is unknown."""
    result: Verdict = False
    for verdict in verdicts:
        if verdict:
            return True
        if verdict is None:
            result = None
    return result


@dataclass(frozen=True)
class Pattern:
    """A pattern for names, ``SET`` or ``SET/DESTINATION``; subclasses match other things.

    Attributes:
        text: The pattern as given.
        value: The part after the colon, in patterns that have one.
        on_set: Whether it matches a set with all of its destinations, or only destinations.
        by_name: Whether a set's name alone can rule out a match.
    """

    text: str
    value: str = ""
    on_set: bool = False
    by_name: bool = False

    @property
    def is_literal(self) -> bool:
        """Whether it matches only one name."""
        return self.by_name and not _GLOB.search(self.text)

    @property
    def names(self) -> tuple[str, str | None]:
        """The patterns for the set's and the destination's name; the latter is None if absent."""
        of_set, slash, own = self.text.partition("/")
        return of_set, own if slash else None

    def may_be_in(self, set_name: str) -> bool:
        """Tell whether it can match a set of this name or anything in it."""
        return not self.by_name or fnmatchcase(set_name, self.names[0])

    def of_set(self, facts: SetFacts) -> Verdict:
        """Tell whether it matches a set, and thus all of its destinations."""
        return self.on_set and fnmatchcase(facts.name, self.text)

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Tell whether it matches a destination; None if that is unknown."""
        if self.on_set:
            return self.of_set(facts.of_set)
        of_set, own = self.names
        return fnmatchcase(facts.of_set.name, of_set) and fnmatchcase(facts.name, own or "")


class TagPattern(Pattern):
    """``tag:KEY=VALUE``; the value is a glob, and the key may contain an equals sign."""

    def of_set(self, facts: SetFacts) -> Verdict:
        """Tell whether it matches a set; None if its tags are unknown."""
        if facts.tags is None:
            return None
        globs = {
            key: self.value[len(key) + 1 :]
            for key in facts.tags
            if self.value.startswith(f"{key}=")
        }
        return any_of(_matches(facts.tags[key], glob) for key, glob in globs.items())


class KindPattern(Pattern):
    """``kind:KIND``."""

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Tell whether it matches a destination; None if that is unknown."""
        return None if facts.kind is None else facts.kind == self.value


class TargetPattern(Pattern):
    """``target:ARN``; the ARN is a glob."""

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Tell whether it matches a destination; None if that is unknown."""
        if facts.arns is None:
            return None
        return any(fnmatchcase(arn, self.value) for arn in facts.arns)


class DisabledPattern(Pattern):
    """``disabled``."""

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Tell whether it matches a destination; None if that is unknown."""
        return None if facts.enabled is None else not facts.enabled


def _matches(value: str | None, glob: str) -> Verdict:
    if value is None:
        return True if glob == "*" else None
    return fnmatchcase(value, glob)


# Parsing
# --------------------------------------------------------------------------------------


def parse(text: str, where: str = "") -> Pattern:
    """Parse a pattern.

    ``where`` names its option, or its file and line, in errors.

    Raises:
        UsageError: if it is invalid.
    """
    if not text:
        raise UsageError("an empty pattern matches nothing", where=where, hint=SAID_FORMS)
    if text == DISABLED:
        return DisabledPattern(text)
    attribute = _ATTRIBUTE.fullmatch(text)
    if attribute is None:
        return Pattern(text, on_set="/" not in text, by_name=True)
    name, value = attribute.groups()
    if name not in _READERS:
        raise UsageError(f"{text} is not a pattern", where=where, hint=_nearest_form(name, value))
    return _READERS[name](text, value, where)


def _tag(text: str, value: str, where: str) -> Pattern:
    key, equals, _ = value.partition("=")
    if not key:
        raise UsageError(f"{text} has no tag", where=where, hint="write tag:KEY=VALUE")
    if not equals:
        raise UsageError(f"{text} has no value", where=where, hint=f"tag:{key}=* matches any value")
    return TagPattern(text, value, on_set=True)


def _kind(text: str, value: str, where: str) -> Pattern:
    if value in KINDS:
        return KindPattern(text, value)
    kinds = f"kinds are {', '.join(KINDS)}"
    near = nearest(value, KINDS)
    hint = did_you_mean(near and f"kind:{near}", kinds)
    raise UsageError(f"{text} is not a kind of target", where=where, hint=hint)


def _target(text: str, value: str, where: str) -> Pattern:
    if value:
        return TargetPattern(text, value)
    hint = "use target:ARN, where ARN may be a glob"
    raise UsageError(f"{text} has no target", where=where, hint=hint)


_READERS: Mapping[str, Callable[[str, str, str], Pattern]] = {
    "tag": _tag,
    "kind": _kind,
    "target": _target,
}
"""The parser of a pattern, by the part before its colon; gets text, value and ``where``."""


def _nearest_form(name: str, value: str) -> str:
    if name == "arn":
        return did_you_mean(f"target:{name}:{value}")
    near = nearest(name, _READERS)
    return did_you_mean(near and f"{near}:{value}", SAID_FORMS)
