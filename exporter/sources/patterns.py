"""The patterns of ``--include`` and ``--exclude``, and what they say of a set or a destination.

A verdict is True, False, or None where it hangs on something that was not read or not evaluated:
a tag that nobody has read is never one that is not there.
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
"""No name that SES accepts holds a colon."""
_GLOB = re.compile(r"[*?\[]")
_ARN = "arn:"


@dataclass(frozen=True)
class SetFacts:
    """What is known of a configuration set.

    Attributes:
        tags: Its tags; None when they are not known. A value that is not is None.
    """

    name: str
    tags: Mapping[str, str | None] | None = None


@dataclass(frozen=True)
class DestinationFacts:
    """What is known of an event destination; None for what is not.

    Attributes:
        kind: Its target's kind; empty for one that this version does not know.
        arns: What its target is; metrics have no ARN.
    """

    of_set: SetFacts
    name: str
    kind: str | None = None
    arns: tuple[str, ...] | None = None
    enabled: bool | None = None


def facts_of_set(found: ConfigurationSet) -> SetFacts:
    """What was read of a set."""
    known = {tag.key: tag.value for tag in found.tags}
    return SetFacts(found.name, known if found.options_known or known else None)


def facts_of_destination(of_set: SetFacts, found: EventDestination) -> DestinationFacts:
    """What was read of a destination; one is disabled only where SES says so."""
    target = found.target
    kind = str(target.kind) if target is not None else ""
    arn = target.arn if target is not None else None
    arns = (arn,) if arn is not None else tuple(_unknown_arns(found))
    return DestinationFacts(of_set, found.name, kind, arns, found.enabled is not False)


def _unknown_arns(found: EventDestination) -> Iterator[str]:
    """The ARNs in a target of a kind that this version does not know."""
    for field in found.unknown_targets:
        value = msgspec.json.decode(field.value)
        for each in value.values() if isinstance(value, dict) else ():
            if isinstance(each, str) and each.startswith(_ARN):
                yield each


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """True when one is, else None when one is not known."""
    found: Verdict = False
    for verdict in verdicts:
        if verdict:
            return True
        if verdict is None:
            found = None
    return found


@dataclass(frozen=True)
class Pattern:
    """A pattern on names, ``SET`` or ``SET/DESTINATION``, or on anything else, as its class says.

    Attributes:
        text: As it was given.
        value: What stands behind the colon of one that is not on names.
        on_set: Whether it is about a set with all of its destinations, or only about destinations.
        by_name: Whether a set's name alone can tell that nothing of it is meant.
    """

    text: str
    value: str = ""
    on_set: bool = False
    by_name: bool = False

    @property
    def is_literal(self) -> bool:
        """Whether it means one name only."""
        return self.by_name and not _GLOB.search(self.text)

    @property
    def names(self) -> tuple[str, str | None]:
        """The set's and the destination's part; None without a slash."""
        of_set, slash, own = self.text.partition("/")
        return of_set, own if slash else None

    def may_be_in(self, set_name: str) -> bool:
        """Whether anything of a set of this name can be meant."""
        return not self.by_name or fnmatchcase(set_name, self.names[0])

    def of_set(self, facts: SetFacts) -> Verdict:
        """Whether a set is meant itself, and with it all of its destinations."""
        return self.on_set and fnmatchcase(facts.name, self.text)

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Whether a destination is meant; None when that is not known."""
        if self.on_set:
            return self.of_set(facts.of_set)
        of_set, own = self.names
        return fnmatchcase(facts.of_set.name, of_set) and fnmatchcase(facts.name, own or "")


class TagPattern(Pattern):
    """``tag:KEY=VALUE``; the value is a glob, and a key may hold an equals sign too."""

    def of_set(self, facts: SetFacts) -> Verdict:
        """Whether a set is meant itself; None when its tags are not known."""
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
        """Whether a destination is meant; None when that is not known."""
        return None if facts.kind is None else facts.kind == self.value


class TargetPattern(Pattern):
    """``target:ARN``; a glob."""

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Whether a destination is meant; None when that is not known."""
        if facts.arns is None:
            return None
        return any(fnmatchcase(arn, self.value) for arn in facts.arns)


class DisabledPattern(Pattern):
    """``disabled``."""

    def of_destination(self, facts: DestinationFacts) -> Verdict:
        """Whether a destination is meant; None when that is not known."""
        return None if facts.enabled is None else not facts.enabled


def _matches(value: str | None, glob: str) -> Verdict:
    if value is None:
        return True if glob == "*" else None
    return fnmatchcase(value, glob)


# Reading them
# --------------------------------------------------------------------------------------


def parse(text: str, where: str = "") -> Pattern:
    """A pattern.

    ``where`` is the option, or the file and line, that it stands in.

    Raises:
        UsageError: when it can mean nothing.
    """
    if not text:
        raise UsageError("an empty pattern matches nothing", where=where, hint=SAID_FORMS)
    if text == DISABLED:
        return DisabledPattern(text)
    found = _ATTRIBUTE.fullmatch(text)
    if found is None:
        return Pattern(text, on_set="/" not in text, by_name=True)
    name, value = found.groups()
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
"""What reads a pattern, by what stands before its colon: the text, what stands behind, where."""


def _nearest_form(name: str, value: str) -> str:
    if name == "arn":
        return did_you_mean(f"target:{name}:{value}")
    near = nearest(name, _READERS)
    return did_you_mean(near and f"{near}:{value}", SAID_FORMS)
