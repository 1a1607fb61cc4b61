"""A difference as AWS CLI commands that revert the account to the code.

Nothing here runs them. An operation that changes an option or an event destination replaces it as
a whole (SES API v2, ``PutConfigurationSetDeliveryOptions`` and similar,
``UpdateConfigurationSetEventDestination``). So each command starts from the live value and changes
only what differs: anything that the code leaves open or its format can't express stays as it is.
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
from exporter.reports.diff_counts import counts_of, describe_coverage
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
"""Options that their operation takes as one member, instead of the option's members."""

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
    """A command and the comment above it; without an operation, only the comment."""

    rank: _Rank
    resource: Identity
    comment: str
    operation: str = ""
    payload: Tree | None = None


def as_commands(old: Side, new: Side, difference: Difference, *, with_deletes: bool) -> str:
    """Return commands, one per line below a comment, in the order in which they must run.

    Args:
        old: The code, or the older state, to revert to.
        new: The live account.
        difference: The difference between the two.
        with_deletes: Whether commands that delete a set or a destination are not commented out.
    """
    unread = (*old.unread, *new.unread)
    compared = [pair for pair in pairs(old, new) if "" not in not_read(unread, *pair)]
    counts = counts_of(difference)
    texts = [] if counts.coverage.is_whole else [f"# {describe_coverage(counts)}\n\n"]
    for (one, other), scope in zip(compared, difference.scopes, strict=True):
        steps = sorted(
            _Undo(one, other, scope).steps(), key=lambda step: (step.rank, step.resource.names)
        )
        lines = [
            _lines(step, other.region or one.region or "REGION", with_deletes=with_deletes)
            for step in steps
        ]
        texts += [f"# {printable(scope.title)}\n\n", *lines] if lines else []
    return "".join(texts).rstrip("\n") + "\n" if texts else ""


def _lines(step: _Step, region: str, *, with_deletes: bool) -> str:
    comment = f"# {printable(f'{step.resource}: {step.comment}')}\n"
    if step.payload is None:
        return comment + "\n"
    # ASCII, so that it means the same in every locale.
    words = ["aws", "sesv2", step.operation, "--region", region]
    words += ["--cli-input-json", json.dumps(step.payload)]
    is_off = step.rank >= _Rank.DELETE_DESTINATION and not with_deletes
    return f"{comment}{'# ' if is_off else ''}{shlex.join(words)}\n\n"


class _Undo:
    """The commands for one account and region."""

    def __init__(self, one: SideScope, other: SideScope, difference: ScopeDifference) -> None:
        self._one, self._other = one, other
        self._changes = difference.changes
        self._added = {each.resource for each in difference.changes if isinstance(each, Added)}
        self._beyond_code = {
            each.resource
            for each in difference.not_compared
            if each.why is NotComparedReason.NOT_COMPARABLE and not each.path
        }
        self._created = {
            change.resource.configuration_set
            for change in self._changes
            if isinstance(change, Removed | Renamed) and change.resource.event_destination is None
        }
        self._deleted = {
            resource.configuration_set
            for resource, _ in self._gone()
            if resource.event_destination is None and not self._kept_by(resource)
        }

    def steps(self) -> Iterator[_Step]:
        """Yield the steps for each change, unordered."""
        for change in self._changes:
            resource = change.resource
            if isinstance(change, Changed):
                yield from self._changed(change)
            elif isinstance(change, Removed):
                code = self._one.items[resource]
                comment = f"recreated as in the code{_origin(change)}"
                yield from self._create(resource, _stated(code), comment, code)
            elif isinstance(change, Renamed):
                yield from self._renamed(change)
        for resource, change in self._gone():
            yield from self._delete(resource, f"not in the code{_origin(change)}")

    def _gone(self) -> Iterator[tuple[Identity, Added | Renamed]]:
        """Yield what the code does not have."""
        for change in self._changes:
            if isinstance(change, Added):
                yield change.resource, change
            elif isinstance(change, Renamed):
                yield change.new, change

    # Creating
    # ----------------------------------------------------------------------------------

    def _renamed(self, change: Renamed) -> Iterator[_Step]:
        """Recreate under the old name what has the new one, because SES can't rename."""
        comment = f"recreated under this name; it is now {change.new}{_origin(change)}"
        for now, item in self._other.of_set(change.new.configuration_set):
            if now == change.new or change.new.event_destination is None:
                destination = now.event_destination
                if destination == change.new.event_destination:
                    destination = change.resource.event_destination
                was = Identity(change.resource.configuration_set, destination)
                yield from self._create(was, _raw(item), comment, self._one.items.get(was))

    def _create(
        self, resource: Identity, values: Tree, comment: str, code: Item | None
    ) -> Iterator[_Step]:
        is_set = resource.event_destination is None
        rank = _Rank.CREATE_SET if is_set else _Rank.CREATE_DESTINATION
        unknown = _unknown(code.values) if code else ""
        if not is_set and not self._has_set(resource.configuration_set):
            unknown = "its configuration set does not exist and is not in the code"
        if unknown:
            yield _Step(rank, resource, f"not recreated: {unknown}")
        elif is_set:
            yield from _new_set(resource, values, comment)
        else:
            operation = "create-configuration-set-event-destination"
            yield _Step(rank, resource, comment, operation, _destination(resource, values))

    def _has_set(self, name: str) -> bool:
        other = self._other
        return name in self._created or Identity(name) in other.items or name in other.mentioned

    # Changing
    # ----------------------------------------------------------------------------------

    def _changed(self, change: Changed) -> Iterator[_Step]:
        resource = change.resource
        code, live = self._one.items[resource], self._other.items[resource]
        if resource.event_destination is not None:
            yield self._changed_destination(resource, code, live, change.values)
            return
        for name in sorted({_option(each.path) for each in change.values}):
            values = [each for each in change.values if _option(each.path) == name]
            if name == "Tags":
                yield from self._tags(resource, values)
            else:
                yield self._changed_option(resource, name, code, live, values)

    @staticmethod
    def _changed_destination(
        resource: Identity, code: Item, live: Item, values: Iterable[ValueChange]
    ) -> _Step:
        rank, comment = _Rank.CHANGE_DESTINATION, _paths(values)
        if unknown := _unknown(code.values):
            return _Step(rank, resource, f"{comment} unchanged: {unknown}")
        payload = _destination(resource, _restored(live, code, values))
        return _Step(rank, resource, comment, "update-configuration-set-event-destination", payload)

    @staticmethod
    def _changed_option(
        resource: Identity, name: str, code: Item, live: Item, values: Iterable[ValueChange]
    ) -> _Step:
        rank, comment = _Rank.CHANGE_SET, _paths(values)
        unknown = _unknown(code.values.get(name))
        if name not in OPTION_OPERATIONS:
            unknown = "no API operation is known that changes it"
        if unknown:
            return _Step(rank, resource, f"{comment} unchanged: {unknown}")
        return _option_step(resource, name, _restored(live, code, values).get(name, {}), comment)

    def _tags(self, resource: Identity, values: Iterable[ValueChange]) -> Iterator[_Step]:
        """Tag and untag; tags are changed one by one, and AWS's own stay."""
        scope = self._other
        arn = (
            f"arn:{scope.partition}:ses:{scope.region}:{scope.account_id}"
            f":configuration-set/{resource.configuration_set}"
        )
        restored = {_tag(value): value.old for value in values if value.old is not ABSENT}
        removed = [_tag(value) for value in values if value.old is ABSENT]
        rank = _Rank.CHANGE_SET
        if restored:
            tags = [{"Key": key, "Value": value} for key, value in restored.items()]
            comment = f"tags {', '.join(restored)}"
            yield _Step(rank, resource, comment, "tag-resource", {"ResourceArn": arn, "Tags": tags})
        if removed:
            comment = f"remove the tags {', '.join(removed)}"
            yield _Step(
                rank, resource, comment, "untag-resource", {"ResourceArn": arn, "TagKeys": removed}
            )

    # Deleting
    # ----------------------------------------------------------------------------------

    def _delete(self, resource: Identity, comment: str) -> Iterator[_Step]:
        names = {"ConfigurationSetName": resource.configuration_set}
        if resource.event_destination is not None:
            # Deleting a set deletes its destinations.
            if resource.configuration_set not in self._deleted:
                names["EventDestinationName"] = resource.event_destination
                operation = "delete-configuration-set-event-destination"
                yield _Step(_Rank.DELETE_DESTINATION, resource, comment, operation, names)
            return
        if kept := self._kept_by(resource):
            comment += f", but not deleted: {', '.join(kept)} was not compared or is accepted"
            yield _Step(_Rank.DELETE_SET, resource, comment)
            return
        if lost := self._within(resource) & self._beyond_code:
            named = ", ".join(sorted(each.event_destination or "" for each in lost))
            comment += f"; also deletes {named}, which its format does not support"
        yield _Step(_Rank.DELETE_SET, resource, comment, "delete-configuration-set", names)

    def _kept_by(self, resource: Identity) -> list[str]:
        """Return destinations that were not compared, which deleting the set would delete."""
        if resource not in self._added:
            return []
        kept = self._within(resource) - self._added - self._beyond_code
        return sorted(each.event_destination or "" for each in kept)

    def _within(self, resource: Identity) -> set[Identity]:
        return {
            each for each, _ in self._other.of_set(resource.configuration_set) if each != resource
        }


# Values
# --------------------------------------------------------------------------------------


def _raw(item: Item) -> dict[str, Any]:
    """Return a side's values in their original order, without names."""
    source = item.source
    tree = codec.encode(source) if isinstance(source, Model) else deepcopy(dict(source))
    return {name: value for name, value in tree.items() if name not in _NAMES}


def _stated(code: Item) -> dict[str, Any]:
    """Return a side's values, with lists in their original order, which Terraform compares."""
    raw = _raw(code)
    return {name: _in_order(value, raw.get(name)) for name, value in code.values.items()}


def _in_order(value: Any, raw: Any) -> Any:
    if isinstance(value, dict) and isinstance(raw, dict):
        # SES gives event types no order, and code may repeat them.
        return {
            name: below if name == "MatchingEventTypes" else _in_order(below, raw.get(name))
            for name, below in value.items()
        }
    return raw if isinstance(value, list) and isinstance(raw, list) else value


def _restored(live: Item, code: Item, values: Iterable[ValueChange]) -> dict[str, Any]:
    """Return the live values, with those of the code where they differ."""
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
    """Set a value, or remove it together with objects that become empty."""
    first, rest = parts[0], parts[1:]
    if not rest:
        tree[first] = value
    else:
        below = tree.get(first)
        tree[first] = below if isinstance(below, dict) else {}
        _set(tree[first], rest, value)
    if (value is ABSENT and not tree[first]) or tree[first] is ABSENT:
        del tree[first]


def _new_set(resource: Identity, values: Tree, comment: str) -> Iterator[_Step]:
    """Yield ``CreateConfigurationSet`` with all options in one call."""
    options = {name: _without_state(value) for name, value in values.items() if name != "Tags"}
    options = {name: value for name, value in options.items() if value != {}}
    tracking = options.get("TrackingOptions", {})
    later = "CustomRedirectDomain" not in tracking
    if later:
        # CreateConfigurationSet requires the domain; PutConfigurationSetTrackingOptions doesn't.
        options.pop("TrackingOptions", None)
    tags = values.get("Tags") or {}
    if isinstance(tags, list):
        tags = {tag["Key"]: tag["Value"] for tag in tags}
    listed = [{"Key": k, "Value": v} for k, v in tags.items() if not k.startswith("aws:")]
    payload = {"ConfigurationSetName": resource.configuration_set, **options}
    if listed:
        payload["Tags"] = listed
    yield _Step(_Rank.CREATE_SET, resource, comment, "create-configuration-set", payload)
    if later and tracking:
        yield _option_step(resource, "TrackingOptions", tracking, comment)


def _option_step(resource: Identity, name: str, option: Any, comment: str) -> _Step:
    """Return the operation that replaces an option as a whole."""
    members = {name: option} if name in _NESTED else _without_state(option)
    payload = {"ConfigurationSetName": resource.configuration_set, **members}
    return _Step(_Rank.CHANGE_SET, resource, comment, OPTION_OPERATIONS[name], payload)


def _destination(resource: Identity, values: Tree) -> dict[str, Any]:
    """Return the input that creates or changes a destination."""
    return {
        "ConfigurationSetName": resource.configuration_set,
        "EventDestinationName": resource.event_destination,
        "EventDestination": dict(values),
    }


def _without_state(option: Any) -> Any:
    """Return an option without the state that SES stores in it."""
    if not isinstance(option, dict):
        return option
    return {name: value for name, value in option.items() if name != "LastFreshStart"}


def _unknown(values: Any) -> str:
    """Return why the code's value isn't fully known; empty if it is."""
    if isinstance(values, Unknown):
        return values.reason
    if isinstance(values, str) and is_made_up(values):
        return f"{values} is generated at deployment"
    if not isinstance(values, dict | list):
        return ""
    below = values.values() if isinstance(values, dict) else values
    return next(filter(None, map(_unknown, below)), "")


def _option(path: str) -> str:
    """Return the option of a set that contains a path."""
    return "Tags" if path.startswith("Tags[") else path.partition(".")[0]


def _tag(change: ValueChange) -> str:
    return change.path.removeprefix("Tags[").removesuffix("]")


def _paths(values: Iterable[ValueChange]) -> str:
    """List the changed values, with their origins."""
    return ", ".join(f"{value.path}{_origin(value)}" for value in values)


def _origin(change: Added | Removed | Renamed | ValueChange) -> str:
    """Return the origin of a change in parentheses, if it is known."""
    return f" ({change.origin})" if change.origin else ""
