"""A difference as commands of the AWS CLI that bring the account back to the code.

Nothing here runs one. An operation that changes an option or an event destination replaces it as a
whole (SES API v2, ``PutConfigurationSetDeliveryOptions`` and its like,
``UpdateConfigurationSetEventDestination``), so each starts from what is live and changes only what
the code says otherwise: what the code leaves open or its format cannot hold stays as it is.
"""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from exporter.diff.compare import not_read
from exporter.diff.model import (
    ABSENT,
    Added,
    Changed,
    Difference,
    NotComparedReason,
    Removed,
    Renamed,
    ScopeDifference,
    Tree,
    ValueChange,
)
from exporter.diff.scope_pairs import pairs
from exporter.diff.side import Item, Side, SideScope
from exporter.formats.code_resource import Unknown, is_made_up
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import Model
from exporter.reports.diff_counts import counts_of, coverage_said
from exporter.support.text import printable

OPTION_OPERATIONS: Mapping[str, str] = {
    "TrackingOptions": "put-configuration-set-tracking-options",
    "DeliveryOptions": "put-configuration-set-delivery-options",
    "ReputationOptions": "put-configuration-set-reputation-options",
    "SendingOptions": "put-configuration-set-sending-options",
    "SuppressionOptions": "put-configuration-set-suppression-options",
    "VdmOptions": "put-configuration-set-vdm-options",
    "ArchivingOptions": "put-configuration-set-archiving-options",
    "MessageSecurityOptions": "update-configuration-set",
}
"""The operation that replaces each option of a set (SES API v2 reference)."""

_NESTED = {"VdmOptions", "MessageSecurityOptions"}
"""Options that their operation takes as one member; of the others it takes the members."""

_NAMES = {"ConfigurationSetName", "Name", "EventDestinations"}


class _Rank(IntEnum):
    """The order in which commands must run."""

    CREATE_SET = 0
    CHANGE_SET = 1
    CREATE_DESTINATION = 2
    CHANGE_DESTINATION = 3
    DELETE_DESTINATION = 4
    DELETE_SET = 5


@dataclass(frozen=True)
class _Step:
    """A command with what is said above it; without an operation there is only that."""

    rank: _Rank
    who: Identity
    said: str
    operation: str = ""
    payload: Tree | None = None


def as_commands(old: Side, new: Side, difference: Difference, *, with_deletes: bool) -> str:
    """Commands, one a line with a comment above it, in the order in which they must run.

    Args:
        old: The code, or the older state, to which the account is brought back.
        new: What SES says.
        difference: What differs between the two.
        with_deletes: Whether what deletes a set or a destination is a command, and no comment.
    """
    unread = (*old.unread, *new.unread)
    compared = [pair for pair in pairs(old, new) if "" not in not_read(unread, *pair)]
    counts = counts_of(difference)
    texts = [] if counts.coverage.is_whole else [f"# {coverage_said(counts)}\n\n"]
    for (one, other), found in zip(compared, difference.scopes, strict=True):
        steps = sorted(
            _Undo(one, other, found).steps(), key=lambda step: (step.rank, step.who.names)
        )
        lines = [
            _lines(step, other.region or one.region or "REGION", with_deletes=with_deletes)
            for step in steps
        ]
        texts += [f"# {printable(found.title)}\n\n", *lines] if lines else []
    return "".join(texts).rstrip("\n") + "\n" if texts else ""


def _lines(step: _Step, region: str, *, with_deletes: bool) -> str:
    comment = f"# {printable(f'{step.who}: {step.said}')}\n"
    if step.payload is None:
        return comment + "\n"
    # In ASCII, so that it means the same in every locale.
    words = ["aws", "sesv2", step.operation, "--region", region]
    words += ["--cli-input-json", json.dumps(step.payload)]
    is_off = step.rank >= _Rank.DELETE_DESTINATION and not with_deletes
    return f"{comment}{'# ' if is_off else ''}{shlex.join(words)}\n\n"


class _Undo:
    """The way back for one account and region."""

    def __init__(self, one: SideScope, other: SideScope, found: ScopeDifference) -> None:
        self._one, self._other = one, other
        self._changes = found.changes
        self._added = {each.resource for each in found.changes if isinstance(each, Added)}
        self._beyond_code = {
            each.resource
            for each in found.not_compared
            if each.why is NotComparedReason.NOT_COMPARABLE and not each.path
        }
        self._created = {
            change.resource.configuration_set
            for change in self._changes
            if isinstance(change, Removed | Renamed) and change.resource.event_destination is None
        }
        self._deleted = {
            who.configuration_set
            for who, _ in self._gone()
            if who.event_destination is None and not self._kept_by(who)
        }

    def steps(self) -> Iterator[_Step]:
        """What each change needs, in no order."""
        for change in self._changes:
            who = change.resource
            if isinstance(change, Changed):
                yield from self._changed(change)
            elif isinstance(change, Removed):
                code = self._one.items[who]
                said = f"recreated as in the code{_whose(change)}"
                yield from self._create(who, _stated(code), said, code)
            elif isinstance(change, Renamed):
                yield from self._renamed(change)
        for who, change in self._gone():
            yield from self._delete(who, f"not in the code{_whose(change)}")

    def _gone(self) -> Iterator[tuple[Identity, Added | Renamed]]:
        """What the code does not have."""
        for change in self._changes:
            if isinstance(change, Added):
                yield change.resource, change
            elif isinstance(change, Renamed):
                yield change.new, change

    # Creating
    # ----------------------------------------------------------------------------------

    def _renamed(self, change: Renamed) -> Iterator[_Step]:
        """SES renames nothing: what has the new name is created under the old one."""
        said = f"recreated under this name; it is now {change.new}{_whose(change)}"
        for now, item in self._other.of_set(change.new.configuration_set):
            if now == change.new or change.new.event_destination is None:
                destination = now.event_destination
                if destination == change.new.event_destination:
                    destination = change.resource.event_destination
                was = Identity(change.resource.configuration_set, destination)
                yield from self._create(was, _raw(item), said, self._one.items.get(was))

    def _create(self, who: Identity, values: Tree, said: str, code: Item | None) -> Iterator[_Step]:
        is_set = who.event_destination is None
        rank = _Rank.CREATE_SET if is_set else _Rank.CREATE_DESTINATION
        unknown = _unknown(code.values) if code else ""
        if not is_set and not self._has_set(who.configuration_set):
            unknown = "its configuration set does not exist and is not in the code"
        if unknown:
            yield _Step(rank, who, f"not recreated: {unknown}")
        elif is_set:
            yield from _new_set(who, values, said)
        else:
            operation = "create-configuration-set-event-destination"
            yield _Step(rank, who, said, operation, _destination(who, values))

    def _has_set(self, name: str) -> bool:
        other = self._other
        return name in self._created or Identity(name) in other.items or name in other.mentioned

    # Changing
    # ----------------------------------------------------------------------------------

    def _changed(self, change: Changed) -> Iterator[_Step]:
        who = change.resource
        code, live = self._one.items[who], self._other.items[who]
        if who.event_destination is not None:
            yield self._changed_destination(who, code, live, change.values)
            return
        for name in sorted({_option(each.path) for each in change.values}):
            values = [each for each in change.values if _option(each.path) == name]
            if name == "Tags":
                yield from self._tags(who, values)
            else:
                yield self._changed_option(who, name, code, live, values)

    @staticmethod
    def _changed_destination(
        who: Identity, code: Item, live: Item, values: Iterable[ValueChange]
    ) -> _Step:
        rank, said = _Rank.CHANGE_DESTINATION, _said(values)
        if unknown := _unknown(code.values):
            return _Step(rank, who, f"{said} unchanged: {unknown}")
        payload = _destination(who, _restored(live, code, values))
        return _Step(rank, who, said, "update-configuration-set-event-destination", payload)

    @staticmethod
    def _changed_option(
        who: Identity, name: str, code: Item, live: Item, values: Iterable[ValueChange]
    ) -> _Step:
        rank, said = _Rank.CHANGE_SET, _said(values)
        unknown = _unknown(code.values.get(name))
        if name not in OPTION_OPERATIONS:
            unknown = "no API operation is known that changes it"
        if unknown:
            return _Step(rank, who, f"{said} unchanged: {unknown}")
        return _option_step(who, name, _restored(live, code, values).get(name, {}), said)

    def _tags(self, who: Identity, values: Iterable[ValueChange]) -> Iterator[_Step]:
        """Tags are changed one by one, and those of AWS stay."""
        scope = self._other
        arn = (
            f"arn:{scope.partition}:ses:{scope.region}:{scope.account_id}"
            f":configuration-set/{who.configuration_set}"
        )
        back = {_tag(each): each.old for each in values if each.old is not ABSENT}
        gone = [_tag(each) for each in values if each.old is ABSENT]
        rank = _Rank.CHANGE_SET
        if back:
            tags = [{"Key": key, "Value": value} for key, value in back.items()]
            said = f"tags {', '.join(back)}"
            yield _Step(rank, who, said, "tag-resource", {"ResourceArn": arn, "Tags": tags})
        if gone:
            said = f"remove the tags {', '.join(gone)}"
            yield _Step(rank, who, said, "untag-resource", {"ResourceArn": arn, "TagKeys": gone})

    # Deleting
    # ----------------------------------------------------------------------------------

    def _delete(self, who: Identity, said: str) -> Iterator[_Step]:
        names = {"ConfigurationSetName": who.configuration_set}
        if who.event_destination is not None:
            # A set takes its destinations along.
            if who.configuration_set not in self._deleted:
                names["EventDestinationName"] = who.event_destination
                operation = "delete-configuration-set-event-destination"
                yield _Step(_Rank.DELETE_DESTINATION, who, said, operation, names)
            return
        if kept := self._kept_by(who):
            said += f", but not deleted: {', '.join(kept)} was not compared or is accepted"
            yield _Step(_Rank.DELETE_SET, who, said)
            return
        if lost := self._within(who) & self._beyond_code:
            named = ", ".join(sorted(each.event_destination or "" for each in lost))
            said += f"; also deletes {named}, which its format does not support"
        yield _Step(_Rank.DELETE_SET, who, said, "delete-configuration-set", names)

    def _kept_by(self, who: Identity) -> list[str]:
        """Destinations of a set that were not compared, and that would go with it."""
        if who not in self._added:
            return []
        kept = self._within(who) - self._added - self._beyond_code
        return sorted(each.event_destination or "" for each in kept)

    def _within(self, who: Identity) -> set[Identity]:
        return {each for each, _ in self._other.of_set(who.configuration_set) if each != who}


# Values
# --------------------------------------------------------------------------------------


def _raw(item: Item) -> dict[str, Any]:
    """What a side has, in the order in which it has it, without names."""
    source = item.source
    tree = codec.encode(source) if isinstance(source, Model) else deepcopy(dict(source))
    return {name: value for name, value in tree.items() if name not in _NAMES}


def _stated(code: Item) -> dict[str, Any]:
    """What a side says, with its lists in its own order: to Terraform's provider it counts."""
    raw = _raw(code)
    return {name: _in_order(value, raw.get(name)) for name, value in code.values.items()}


def _in_order(value: Any, raw: Any) -> Any:
    if isinstance(value, dict) and isinstance(raw, dict):
        # SES gives event types no order, and they may be there twice.
        return {
            name: below if name == "MatchingEventTypes" else _in_order(below, raw.get(name))
            for name, below in value.items()
        }
    return raw if isinstance(value, list) and isinstance(raw, list) else value


def _restored(live: Item, code: Item, values: Iterable[ValueChange]) -> dict[str, Any]:
    """What is live, with the values of the code where these differ."""
    tree, stated = _raw(live), _stated(code)
    for change in values:
        parts = change.path.split(".")
        _set(tree, parts, ABSENT if change.old is ABSENT else _at(stated, parts))
    return tree


def _at(tree: Any, parts: Iterable[str]) -> Any:
    for part in parts:
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _set(tree: dict[str, Any], parts: list[str], value: Any) -> None:
    """Put a value in its place, or take it away with what holds nothing else."""
    first, rest = parts[0], parts[1:]
    if not rest:
        tree[first] = value
    else:
        below = tree.get(first)
        tree[first] = below if isinstance(below, dict) else {}
        _set(tree[first], rest, value)
    if (value is ABSENT and not tree[first]) or tree[first] is ABSENT:
        del tree[first]


def _new_set(who: Identity, values: Tree, said: str) -> Iterator[_Step]:
    """``CreateConfigurationSet`` with all options in one call."""
    given = {name: _without_state(value) for name, value in values.items() if name != "Tags"}
    given = {name: value for name, value in given.items() if value != {}}
    tracking = given.get("TrackingOptions", {})
    later = "CustomRedirectDomain" not in tracking
    if later:
        # To create a set with these options, the domain is required; to change them, it is not.
        given.pop("TrackingOptions", None)
    tags = values.get("Tags") or {}
    if isinstance(tags, list):
        tags = {tag["Key"]: tag["Value"] for tag in tags}
    listed = [{"Key": k, "Value": v} for k, v in tags.items() if not k.startswith("aws:")]
    payload = {"ConfigurationSetName": who.configuration_set, **given}
    if listed:
        payload["Tags"] = listed
    yield _Step(_Rank.CREATE_SET, who, said, "create-configuration-set", payload)
    if later and tracking:
        yield _option_step(who, "TrackingOptions", tracking, said)


def _option_step(who: Identity, name: str, option: Any, said: str) -> _Step:
    """The operation that replaces an option as a whole."""
    members = {name: option} if name in _NESTED else _without_state(option)
    payload = {"ConfigurationSetName": who.configuration_set, **members}
    return _Step(_Rank.CHANGE_SET, who, said, OPTION_OPERATIONS[name], payload)


def _destination(who: Identity, values: Tree) -> dict[str, Any]:
    """The input that creates or changes a destination."""
    return {
        "ConfigurationSetName": who.configuration_set,
        "EventDestinationName": who.event_destination,
        "EventDestination": dict(values),
    }


def _without_state(option: Any) -> Any:
    """An option without the state that SES keeps in it."""
    if not isinstance(option, dict):
        return option
    return {name: value for name, value in option.items() if name != "LastFreshStart"}


def _unknown(values: Any) -> str:
    """Why the code does not tell all of a value; empty when it does."""
    if isinstance(values, Unknown):
        return values.reason
    if isinstance(values, str) and is_made_up(values):
        return f"{values} is generated at deployment"
    if not isinstance(values, dict | list):
        return ""
    below = values.values() if isinstance(values, dict) else values
    return next(filter(None, map(_unknown, below)), "")


def _option(path: str) -> str:
    """The option of a set that a path is in."""
    return "Tags" if path.startswith("Tags[") else path.partition(".")[0]


def _tag(change: ValueChange) -> str:
    return change.path.removeprefix("Tags[").removesuffix("]")


def _said(values: Iterable[ValueChange]) -> str:
    """What is changed, and whose change that undoes."""
    return ", ".join(f"{each.path}{_whose(each)}" for each in values)


def _whose(change: Added | Removed | Renamed | ValueChange) -> str:
    """Whose change it is, where that is known."""
    return f" ({change.origin})" if change.origin else ""
