"""One side of a comparison: a snapshot, an account or code, in a common form."""

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
"""Lists whose order doesn't matter to SES."""


@dataclass(frozen=True)
class Item:
    """A resource on one side.

    Attributes:
        source: A model, or JSON with the API's names.
        at: The file and line in code; empty if the side isn't code.
    """

    source: ConfigurationSet | EventDestination | Tree
    at: str = ""

    @cached_property
    def values(self) -> Tree:
        """Its canonical tree, in which any value may be ``Unknown``."""
        if isinstance(self.source, ConfigurationSet):
            tree = codec.encode(structs.replace(self.source, event_destinations=()))
            del tree["ConfigurationSetName"]
            return canonical(tree)
        if isinstance(self.source, EventDestination):
            tree = codec.encode(self.source)
            del tree["Name"]
            return canonical(tree)
        return canonical(self.source)

    def is_certainly(self, other: "Item") -> bool:
        """Whether another item is certainly the same, without building their trees."""
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
        account_id: The account; None if the side doesn't give it.
        region: The region; None if the side doesn't give it.
        items: The resources.
        mentioned: Sets of which the side has destinations, but not the set itself.
        unresolved: Code that may describe resources, but can't be evaluated.
        partition: The partition of the account.
    """

    account_id: str | None
    region: str | None
    items: Mapping[Identity, Item]
    mentioned: frozenset[str] = frozenset()
    unresolved: tuple[Unresolved, ...] = ()
    partition: str = "aws"

    def of_set(self, name: str) -> Iterator[tuple[Identity, Item]]:
        """Yield a set and its destinations."""
        for identity in self._by_set.get(name, ()):
            yield identity, self.items[identity]

    @cached_property
    def _by_set(self) -> dict[str, list[Identity]]:
        grouped: dict[str, list[Identity]] = defaultdict(list)
        for identity in self.items:
            grouped[identity.configuration_set].append(identity)
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
        title: The side in words.
        scopes: Its accounts and regions.
        judge: For code, what its format doesn't support; None if everything is supported.
        is_remembered: Whether it is an export with the values of its manifest, which include those
            that its format doesn't support.
        exported_as: The format of an export.
        is_own_stack: For an export, whether a stack of this name is its own; it leaves the
            resources of other stacks to them. None for other sides.
        has_sets: Whether it may have sets; an export with ``--no-configuration-sets`` has only
            event destinations.
        is_open: For code, whether a missing value may be anything; takes the API's path.
        before: For a plan, the state that it was made from, before the refresh.
        notes: Notes for the person.
        unread: Sets that could not be read.
        snapshot: The content of a live side or snapshot.
        is_live: Whether it was read from SES, and so has only the requested regions.
        in_account: For a live side, the number of sets before the selection.
        listed: For a live side, the names of all sets, read or not.
        values_hint: For code, a hint for values that can't be evaluated.
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
        """Whether it is code, not a snapshot or account."""
        return self.judge is not None or self.is_remembered


def of_scope(scope: Scope) -> SideScope:
    """Convert a scope that was read from SES or a snapshot."""
    items: dict[Identity, Item] = {}
    mentioned = set()
    for configuration_set in scope.configuration_sets:
        name = configuration_set.name
        if configuration_set.options_known:
            items[Identity(name)] = Item(configuration_set)
        else:
            mentioned.add(name)
        for destination in configuration_set.event_destinations:
            items[Identity(name, destination.name)] = Item(destination)
    return SideScope(
        scope.account_id, scope.region, items, frozenset(mentioned), partition=scope.partition
    )


def of_loaded(loaded: Loaded) -> SideScope:
    """Convert resources that were loaded from code."""
    items = {
        resource.identity: Item(resource.values, _at(resource)) for resource in loaded.resources
    }
    described = {
        identity.configuration_set for identity in items if identity.event_destination is None
    }
    mentioned = {identity.configuration_set for identity in items} - described
    return SideScope(
        loaded.account_id, loaded.region, items, frozenset(mentioned), loaded.unresolved
    )


def _at(resource: CodeResource) -> str:
    return f"{resource.where} {resource.address}".strip()


def canonical(tree: Tree) -> Tree:
    """Return a tree in canonical form: trees with the same meaning become equal.

    Lists are sorted unless their order matters to SES, and tags become a map without those of AWS.
    Absent and empty values are dropped, except for an empty target or signing scheme, which is a
    choice. The last fresh start is dropped too: it is state, not a setting.
    """
    result: dict[str, Any] = {}
    for name, value in tree.items():
        plain = _tags(value) if name == "Tags" else _canonical_value(name, value)
        is_empty = plain == {} and not _is_choice(name)
        if plain is not None and not is_empty and name != "LastFreshStart":
            result[name] = plain
    return result


def _is_choice(name: str) -> bool:
    """Whether a value is one of several that exclude each other, so it counts even if empty."""
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
    """Yield the unknown values in a value."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from unknowns(item)
    elif isinstance(value, Unknown):
        yield value


def has_unknown(value: Any) -> bool:
    """Whether a value or anything in it is unknown."""
    return any(True for _ in unknowns(value))


def as_models(scope: SideScope) -> Scope:
    """Convert a scope to models, without unknown values and without resources that need them."""
    sets: dict[str, ConfigurationSet] = {}
    destinations: dict[str, list[EventDestination]] = {}
    for identity, item in scope.items.items():
        tree = _known(item.values)
        if "Tags" in tree:
            tree["Tags"] = [{"Key": key, "Value": value} for key, value in tree["Tags"].items()]
        try:
            if identity.event_destination is None:
                named = {"ConfigurationSetName": identity.configuration_set, **tree}
                sets[identity.configuration_set] = codec.decode(named, ConfigurationSet)
            else:
                named = {"Name": identity.event_destination, **tree}
                of_set = destinations.setdefault(identity.configuration_set, [])
                of_set.append(codec.decode(named, EventDestination))
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
    """Return a tree without unknown values."""
    known: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            known[name] = _known(value)
        elif not has_unknown(value):
            known[name] = value
    return known
