"""The gate that keeps back, and reports, what a format can't express.

``assess`` takes what was read and returns what the format can express, with an entry for each
difference. Renderers see only what passed the gate, so nothing gets lost without an entry, and no
destination is written without its target.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

import msgspec
from msgspec.structs import FieldInfo, replace

from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import (
    TARGET_FIELDS,
    ConfigurationSet,
    EventDestination,
    Model,
    OpenEnum,
    PinpointDestination,
    Scope,
    Tag,
    is_unset,
)


class Effect(StrEnum):
    """What happened to a value."""

    OPTION = "left out"
    UNMANAGED = "left unmanaged"
    DESTINATION = "event destination left out"
    SET = "configuration set and its destinations left out"
    ALTERED = "altered"
    UNDEPLOYABLE = "cannot be deployed"
    NOTE = "note"


class Entry(msgspec.Struct, frozen=True, rename="pascal", omit_defaults=True):
    """Something that an export can't express exactly, or that its reader must know.

    ``path`` is the API path of the value below its event destination or configuration set; empty
    if the entry is about the whole resource. ``configuration_set`` is empty for the whole scope.
    ``later`` is what the format's tool will do to the live value, a sentence without its full
    stop; empty if there is nothing to report.
    """

    effect: Effect
    reason: str
    path: str = ""
    configuration_set: str = ""
    event_destination: str = ""
    later: str = ""

    @property
    def is_loss(self) -> bool:
        """Whether ``--strict`` refuses it; a note loses nothing."""
        return self.effect is not Effect.NOTE

    @property
    def is_state(self) -> bool:
        """Whether it is about state that SES keeps, which needs no action."""
        return self.path == "ReputationOptions.LastFreshStart"

    @property
    def identity(self) -> Identity:
        """The resource that the entry is about."""
        return Identity(self.configuration_set, self.event_destination or None)

    @property
    def sentence(self) -> str:
        """What happened to which value, and why, for a comment in the code.

        Names the resource only if the code below the comment doesn't.
        """
        why = f" for its {self.path}: {self.reason}" if self.path else f": {self.reason}"
        if self.effect is Effect.DESTINATION:
            return f"Event destination {self.event_destination!r} left out{why}."
        if self.effect is Effect.SET:
            name = self.configuration_set
            return f"Configuration set {name!r} left out with its destinations{why}."
        subject = f"{self.path} {self.effect}".strip() if self.is_loss else self.path
        later = f" {self.later}." if self.later else ""
        if not subject:
            return f"{self.reason[:1].upper()}{self.reason[1:]}."
        return f"{subject}: {self.reason}.{later}"

    @property
    def message(self) -> str:
        """What happened and why, for a list that already names the resource."""
        if self.effect in (Effect.DESTINATION, Effect.SET):
            why = f" for its {self.path}: {self.reason}" if self.path else f": {self.reason}"
            return f"{self.effect}{why}"
        subject = f"{self.path} {self.effect}".strip() if self.is_loss else self.path
        reason = f"{self.reason}; {self.later}" if self.later else self.reason
        return f"{subject}: {reason}" if subject else reason


@dataclass(frozen=True)
class Verdict:
    """What a judge says about a value.

    Args:
        reason: Why, as the end of a sentence.
        effect: OPTION if the format can't express the value, UNMANAGED if its code can leave the
            whole option alone, ALTERED if it ends up with another value, NOTE if it can express
            the value but something must be reported.
    """

    reason: str
    effect: Effect = Effect.OPTION


Judge = Callable[[str, object], Verdict | None]
"""A format's rule. Takes the API path of a value below its configuration set, without list indexes
(``EventDestinations.SnsDestination.TopicArn``), and the value: a model, a tuple, a string, an enum
or a number. Returns None if the format expresses the value as it is."""

Later = Callable[[str, Effect], str]
"""What a format's tool will do to a live value that isn't in the code. Takes the value's API path,
as a judge does, and what happened to it; returns the text of ``Entry.later``."""


def _nothing_later(_path: str, _effect: Effect) -> str:
    return ""


@dataclass(frozen=True)
class Assessment:
    """What a format can express of a scope, and an entry for everything that it can't."""

    scope: Scope
    entries: tuple[Entry, ...] = ()

    def of(self, identity: Identity) -> tuple[Entry, ...]:
        """Return the entries about one resource."""
        return tuple(self._by_identity[identity])

    @cached_property
    def _by_identity(self) -> dict[Identity, list[Entry]]:
        grouped: dict[Identity, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            grouped[entry.identity].append(entry)
        return grouped


def assess(
    scope: Scope,
    judge: Judge,
    *,
    configuration_sets: bool,
    managed_by_code: Mapping[str, str] | None = None,
    later: Later = _nothing_later,
) -> Assessment:
    """Let through what a format can express.

    Args:
        scope: What was read.
        judge: The format's rule.
        configuration_sets: Whether the sets themselves are written; without, only their names
            count.
        managed_by_code: Sets that are not written because other code manages them, with that code.
        later: What the format's tool will do to a value that isn't in the code.

    Returns:
        The scope without what the format can't express and without AWS's own tags, and the
        entries. An option is kept, empty, even if nothing in it passes.
    """
    entries: list[Entry] = []
    passed: list[ConfigurationSet] = []
    for configuration_set in scope.configuration_sets:
        kept, set_entries = _assess_set(
            configuration_set,
            _Rules(judge, later),
            configuration_sets=configuration_sets,
            managed_by=(managed_by_code or {}).get(configuration_set.name, ""),
        )
        passed += kept
        entries += set_entries
    for path, unknown in codec.unknown_fields(replace(scope, configuration_sets=())):
        entries.append(Entry(Effect.OPTION, _unknown(unknown.value), path))
    reduced = replace(scope, configuration_sets=tuple(passed), unknown_fields=())
    return Assessment(reduced, tuple(entries))


@dataclass(frozen=True)
class _Rules:
    judge: Judge
    later: Later


def _assess_set(
    original: ConfigurationSet, rules: _Rules, *, configuration_sets: bool, managed_by: str
) -> tuple[list[ConfigurationSet], list[Entry]]:
    with_options = configuration_sets and original.options_known
    bare = replace(original, event_destinations=())
    if not with_options:
        bare = ConfigurationSet(original.name, options_known=False)
    gate = _Gate(rules, original.name)
    if with_options:
        bare = gate.without_system_tags(bare)
        gate.note_open_options(bare)
    elif configuration_sets:
        why = f"managed by {managed_by}" if managed_by else "its options were not read"
        reason = f"{why}, so only the event destinations are written"
        gate.report(Verdict(reason, Effect.NOTE), "")
    reduced = gate.passed(bare, "", "")
    if reduced is None:
        return [], gate.as_effect(Effect.SET)
    entries = gate.entries
    destinations: list[EventDestination] = []
    for destination in original.event_destinations:
        gate = _Gate(rules, original.name, destination.name)
        kept = gate.destination(destination)
        destinations += [kept] if kept else []
        entries += gate.entries if kept else gate.as_effect(Effect.DESTINATION)
    return [replace(reduced, event_destinations=tuple(destinations))], entries


_T = TypeVar("_T")

_LEFT_OPEN = Verdict("missing from the source, so the code doesn't set it", Effect.NOTE)
_NOT_WRITTEN = Verdict("missing from the source, so it is not written", Effect.NOTE)


class _Gate:
    """The gate for one resource: it returns what passes, and adds an entry for what doesn't."""

    def __init__(self, rules: _Rules, configuration_set: str, event_destination: str = "") -> None:
        self._rules = rules
        self._about = {
            "configuration_set": configuration_set,
            "event_destination": event_destination,
        }
        self.entries: list[Entry] = []

    def report(self, verdict: Verdict, path: str, rule: str = "") -> None:
        """Add an entry.

        ``path`` is the value's path for people, with list indexes; ``rule`` is its path for the
        format's rules, without them.
        """
        effect = verdict.effect
        later = ""
        if rule and effect in (Effect.OPTION, Effect.UNMANAGED):
            later = self._rules.later(rule, effect)
        self.entries.append(Entry(effect, verdict.reason, path, **self._about, later=later))

    def as_effect(self, effect: Effect) -> list[Entry]:
        """Return the entries of a resource that didn't pass.

        Entries about a single option now apply to the whole resource. No tool manages it, so it
        changes nothing later.
        """
        whole = (Effect.OPTION, Effect.UNMANAGED, Effect.ALTERED)
        return [
            replace(entry, effect=effect, later="") if entry.effect in whole else entry
            for entry in self.entries
        ]

    def without_system_tags(self, original: ConfigurationSet) -> ConfigurationSet:
        """Remove the tags that only AWS may set: in code, they would be a change in every plan."""
        system = [tag for tag in original.tags if tag.is_system]
        if original.owning_stack:
            reason = (
                f"owned by the CloudFormation stack {original.owning_stack}: "
                "the stack will revert changes made by other tools"
            )
            self.report(Verdict(reason, Effect.NOTE), "")
        elif system:
            keys = ", ".join(tag.key for tag in system)
            self.report(
                Verdict(f"not written, because only AWS can set them: {keys}", Effect.NOTE), "Tags"
            )
        own = tuple(tag for tag in original.tags if not tag.is_system)
        return replace(original, tags=own)

    def note_open_options(self, original: ConfigurationSet) -> None:
        """Report the booleans that are missing.

        SES always returns both; a file written by hand may lack them.
        """
        sending, reputation = original.sending_options, original.reputation_options
        if sending is None or sending.sending_enabled is None:
            self.report(_LEFT_OPEN, "SendingOptions.SendingEnabled")
        if reputation is None or reputation.reputation_metrics_enabled is None:
            self.report(_LEFT_OPEN, "ReputationOptions.ReputationMetricsEnabled")

    def destination(self, original: EventDestination) -> EventDestination | None:
        """Return the part of a destination that passes; None if its target doesn't."""
        for unknown in original.unknown_targets:
            self.report(Verdict(_unknown(unknown.value)), unknown.name)
        if original.enabled is None:
            self.report(_NOT_WRITTEN, "Enabled")
        return None if original.unknown_targets else self.passed(original, "EventDestinations", "")

    def passed(self, value: _T, rule: str, path: str) -> _T | None:
        """Return the part of a value that passes; None if it doesn't.

        The paths are those of ``report``.
        """
        verdict = self._rules.judge(rule, value)
        if verdict is not None:
            # An option in which nothing is set can't lose anything.
            if self._about["event_destination"] or not is_unset(value):
                self.report(verdict, path, rule)
            if verdict.effect is Effect.OPTION:
                return None
            if verdict.effect is Effect.UNMANAGED:
                return type(value)()
        if isinstance(value, Model):
            return self._model(value, rule, path)
        if isinstance(value, tuple):
            return self._items(value, rule, path)
        return value

    def _model(self, model: _T, rule: str, path: str) -> _T | None:
        assert isinstance(model, Model)
        changes: dict[str, object] = {}
        for unknown in model.unknown_fields:
            names = (_join(path, unknown.name), _join(rule, unknown.name))
            self.report(Verdict(_unknown(unknown.value)), *names)
            changes["unknown_fields"] = ()
        for info, value in present(model):
            name = info.encode_name
            kept = self.passed(value, _join(rule, name), _join(path, name))
            if kept is None:
                if info.required or info.name in TARGET_FIELDS:
                    return None
                changes[info.name] = info.default
            elif kept is not value:
                changes[info.name] = kept
        return replace(model, **changes) if changes else model

    def _items(self, items: _T, rule: str, path: str) -> _T | None:
        """Return a list if all of its items pass: with some missing, it would mean another thing.

        Only tags pass or fail one by one.
        """
        assert isinstance(items, tuple)
        before = len(self.entries)
        keys = (item.key if isinstance(item, Tag) else index for index, item in enumerate(items))
        kept = [
            self.passed(item, rule, f"{path}[{key}]") for key, item in zip(keys, items, strict=True)
        ]
        if all(old is new for old, new in zip(items, kept, strict=True)):
            return items
        are_tags = all(isinstance(item, Tag) for item in items)
        if not are_tags and None in kept:
            if not self._about["event_destination"]:
                whole = [replace(entry, path=path) for entry in self.entries[before:]]
                self.entries[before:] = dict.fromkeys(whole)
            return None
        return type(items)(item for item in kept if item is not None)


def common_verdict(path: str, value: object) -> Verdict | None:
    """Return the verdict on a value that is the same for every format, if there is one."""
    if path == "ReputationOptions.LastFreshStart":
        return Verdict("not written: this is state that SES keeps, not a setting", Effect.NOTE)
    if path == "DeliveryOptions.MaxDeliverySeconds" and value not in range(300, 50401):
        return Verdict(f"{value} is outside the range that SES allows, 300 to 50400 seconds")
    if isinstance(value, OpenEnum) and not value.is_known:
        return Verdict(f"this version of ses2iac doesn't know {str(value)!r}")
    if isinstance(value, PinpointDestination):
        return Verdict("AWS ended support for Amazon Pinpoint on 2026-10-30", Effect.NOTE)
    return None


def present(model: Model) -> Iterator[tuple[FieldInfo, object]]:
    """Yield the fields of a model that have a value, with the value."""
    for info in codec.fields_of(type(model)):
        value = getattr(model, info.name)
        if value is not None:
            yield info, value


def _unknown(value: str) -> str:
    shown = value if len(value) <= 60 else value[:57] + "..."
    return f"this version of ses2iac doesn't know it (live value {shown})"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
