"""One side of a comparison: what a snapshot, an account or code says, in one shape."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from msgspec import structs

from exporter.diff.model import Tree
from exporter.formats.code_resource import CodeResource, Loaded, Unknown
from exporter.formats.fidelity import Judge
from exporter.formats.registry import FormatName
from exporter.formats.unresolved import Unresolved
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure
from exporter.model.resources import (
    OPTION_FIELDS,
    ConfigurationSet,
    EventDestination,
    Scope,
    Snapshot,
)
from exporter.support.remarks import Said

_OF_A_SET = (*OPTION_FIELDS, "tags", "unknown_fields")
_SORTED = {"MatchingEventTypes", "SuppressedReasons", "DimensionConfigurations"}
"""Lists whose order means nothing to SES."""


@dataclass(frozen=True)
class Item:
    """A resource on one side.

    Attributes:
        source: What the side has: a model, or a tree in the API's spelling.
        at: Where its code stands; empty when it is no code.
    """

    source: ConfigurationSet | EventDestination | Tree
    at: str = ""

    @cached_property
    def values(self) -> Tree:
        """Its canonical tree; any value may be ``Unknown``."""
        if isinstance(self.source, ConfigurationSet):
            tree = codec.encode(structs.replace(self.source, event_destinations=()))
            del tree["ConfigurationSetName"]
            return canonical(tree)
        if isinstance(self.source, EventDestination):
            tree = codec.encode(self.source)
            del tree["Name"]
            return canonical(tree)
        return canonical(self.source)

    def is_surely(self, other: "Item") -> bool:
        """Whether another is the same beyond doubt; saves making trees of what did not change."""
        mine, theirs = self.source, other.source
        if mine is theirs:
            return True
        if isinstance(mine, EventDestination):
            return mine == theirs
        if isinstance(mine, ConfigurationSet) and isinstance(theirs, ConfigurationSet):
            return all(getattr(mine, name) == getattr(theirs, name) for name in _OF_A_SET)
        return False


@dataclass(frozen=True)
class SideScope:
    """One account and region of a side.

    Attributes:
        account_id: None when the side does not say it.
        region: None when the side does not say it.
        items: The resources.
        mentioned: Sets of which the side holds destinations but not the set itself.
        unresolved: What of the code may be resources that cannot be told.
        partition: Of the account.
    """

    account_id: str | None
    region: str | None
    items: Mapping[Identity, Item]
    mentioned: frozenset[str] = frozenset()
    unresolved: tuple[Unresolved, ...] = ()
    partition: str = "aws"

    def of_set(self, name: str) -> Iterator[tuple[Identity, Item]]:
        """A set and its destinations."""
        for who in self._by_set.get(name, ()):
            yield who, self.items[who]

    @cached_property
    def _by_set(self) -> dict[str, list[Identity]]:
        grouped: dict[str, list[Identity]] = defaultdict(list)
        for who in self.items:
            grouped[who.configuration_set].append(who)
        return grouped

    @property
    def title(self) -> str:
        """The account and region in words."""
        account = f"account {self.account_id}" if self.account_id else "unknown account"
        return f"{account}, region {self.region}" if self.region else account


def _closed(_path: str) -> bool:
    return False


@dataclass(frozen=True)
class Side:
    """One side of a comparison.

    Attributes:
        title: What it is, in words.
        scopes: What it holds.
        judge: For code, what its format cannot hold; None when it holds all that SES has.
        is_remembered: Whether it is code, and its values are those that its export read: what its
            format cannot hold is among them.
        exported_as: For an export, its format.
        is_own_stack: For an export, which stacks are its own: what others own it leaves to them.
            None for everything else.
        has_sets: Whether it may hold sets: an export with ``--no-configuration-sets`` holds event
            destinations alone.
        is_open: For code, whether a value that is not written may be any; takes its API path.
        before: For a plan, the state that it was made from, as it was before the refresh.
        notes: What must be said of it.
        unread: Sets that could not be read.
        snapshot: For what SES says, the whole of it.
        is_live: Whether it was read from SES just now, and so holds only the region asked for.
        in_account: For what was read live, how many sets there were before the selection.
        listed: For what was read live, the names of all sets, read or not.
        values_hint: For code, what helps where it does not tell a value.
    """

    title: str
    scopes: tuple[SideScope, ...]
    judge: Judge | None = None
    is_remembered: bool = False
    exported_as: FormatName | None = None
    is_own_stack: Callable[[str], bool] | None = None
    has_sets: bool = True
    is_open: Callable[[str], bool] = _closed
    before: "Side | None" = None
    notes: tuple[Said, ...] = ()
    unread: tuple[ReadFailure, ...] = field(default=())
    snapshot: Snapshot | None = None
    is_live: bool = False
    in_account: int = 0
    listed: frozenset[str] = frozenset()
    values_hint: str = ""

    @property
    def is_code(self) -> bool:
        """Whether it is code and not what SES says."""
        return self.judge is not None or self.is_remembered


def of_scope(scope: Scope) -> SideScope:
    """A scope that was read from SES or a snapshot."""
    items: dict[Identity, Item] = {}
    mentioned = set()
    for found in scope.configuration_sets:
        if found.options_known:
            items[Identity(found.name)] = Item(found)
        else:
            mentioned.add(found.name)
        for destination in found.event_destinations:
            items[Identity(found.name, destination.name)] = Item(destination)
    place = (scope.account_id, scope.region)
    return SideScope(*place, items, frozenset(mentioned), partition=scope.partition)


def of_loaded(loaded: Loaded) -> SideScope:
    """What code describes."""
    items = {each.identity: Item(each.values, _at(each)) for each in loaded.resources}
    described = {who.configuration_set for who in items if who.event_destination is None}
    mentioned = {who.configuration_set for who in items} - described
    return SideScope(
        loaded.account_id, loaded.region, items, frozenset(mentioned), loaded.unresolved
    )


def _at(described: CodeResource) -> str:
    return f"{described.where} {described.address}".strip()


def canonical(tree: Tree) -> Tree:
    """A tree in which what means the same is the same.

    Order counts where SES says that it does, tags are a map without AWS's own, what is absent or
    empty is not there, and the time of the last fresh start is state and not kept. A target and a
    signing scheme are choices: an empty one is there.
    """
    found: dict[str, Any] = {}
    for name, value in tree.items():
        plain = _tags(value) if name == "Tags" else _canonical_value(name, value)
        says_nothing = plain == {} and not _is_choice(name)
        if plain is not None and not says_nothing and name != "LastFreshStart":
            found[name] = plain
    return found


def _is_choice(name: str) -> bool:
    """Whether a value is one of several that exclude each other, so that it counts when empty."""
    return name.endswith(("Destination", "Scheme")) and name != "SigningScheme"


def _tags(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    tags: dict[str, Any] = {}
    for tag in value:
        if not isinstance(tag, dict) or not isinstance(tag.get("Key"), str):
            return Unknown("a tag's key cannot be evaluated")
        if not tag["Key"].startswith("aws:"):
            tags[tag["Key"]] = tag.get("Value")
    return tags


def _canonical_value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return canonical(value)
    if not isinstance(value, list):
        return value
    items = [_canonical_value("", item) for item in value]
    if name not in _SORTED or has_unknown(items):
        return items
    by_text = {codec.as_text(item): item for item in items}
    kept = by_text.values() if name == "MatchingEventTypes" else items
    return sorted(kept, key=codec.as_text)


def unknowns(value: Any) -> Iterator[Unknown]:
    """What in a value is unknown."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from unknowns(item)
    elif isinstance(value, Unknown):
        yield value


def has_unknown(value: Any) -> bool:
    """Whether a value or anything in it is unknown."""
    return any(True for _ in unknowns(value))


def as_models(scope: SideScope) -> Scope:
    """As much of a side as makes models: what is unknown is left out, and with it what needs it."""
    sets: dict[str, ConfigurationSet] = {}
    destinations: dict[str, list[EventDestination]] = {}
    for who, item in scope.items.items():
        tree = _known(item.values)
        if "Tags" in tree:
            tree["Tags"] = [{"Key": key, "Value": value} for key, value in tree["Tags"].items()]
        try:
            if who.event_destination is None:
                named = {"ConfigurationSetName": who.configuration_set, **tree}
                sets[who.configuration_set] = codec.decode(named, ConfigurationSet)
            else:
                named = {"Name": who.event_destination, **tree}
                found = destinations.setdefault(who.configuration_set, [])
                found.append(codec.decode(named, EventDestination))
        except codec.MalformedError:
            continue
    return Scope(
        account_id=scope.account_id,
        partition=scope.partition,
        region=scope.region or "us-east-1",
        configuration_sets=tuple(_joined(sets, destinations)),
    )


def _joined(
    sets: Mapping[str, ConfigurationSet], destinations: Mapping[str, list[EventDestination]]
) -> Iterable[ConfigurationSet]:
    for name in sorted({*sets, *destinations}):
        bare = sets.get(name) or ConfigurationSet(name, options_known=False)
        yield structs.replace(bare, event_destinations=tuple(destinations.get(name, ())))


def _known(tree: Tree) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found[name] = _known(value)
        elif not has_unknown(value):
            found[name] = value
    return found
