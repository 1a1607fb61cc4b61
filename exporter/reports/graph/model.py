"""What a picture shows, computed once for every way to write it.

A target that several destinations use is one node, also across accounts and regions. Texts are
still as SES has them: whoever writes them escapes them.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from exporter.model import arns
from exporter.model.resources import (
    CloudWatchDestination,
    EventDestination,
    EventType,
    Scope,
)
from exporter.model.targets import TARGET_TYPES
from exporter.reports.listing import dimensions, events_said, kind_of, rows
from exporter.support.text import count, listed

KIND_TITLES: Mapping[str, str] = {kind: row.title for kind, row in TARGET_TYPES.items()}
"""What each kind is called in a picture; one that the models do not know has the API's name."""

OTHER = "other"
"""The look of a kind that the models do not know."""

NO_DESTINATION = "no event destination"
ENABLED_NOT_TOLD = "unknown whether enabled"

_SHORT_EVENTS: Mapping[EventType, str] = {
    EventType.DELIVERY_DELAY: "delay",
    EventType.RENDERING_FAILURE: "rendering",
}


@dataclass(frozen=True)
class TargetNode:
    """What receives events.

    Attributes:
        kind: One of ``TargetKind``, or the API's name of one that the models do not know.
        where: Its account and region, as far as those who use it are in others, or as it takes to
            tell it from another.
        full: All of it: the ARN, or the dimensions of metrics.
    """

    id: str
    kind: str
    name: str
    where: str
    full: str

    @property
    def look(self) -> str:
        """The name of its shape and colour."""
        return self.kind if self.kind in KIND_TITLES else OTHER

    @property
    def title(self) -> str:
        """Its kind in words."""
        return KIND_TITLES.get(self.kind, self.kind)


@dataclass(frozen=True)
class DestinationNode:
    """An event destination, or several that a collapsed picture draws as one.

    Attributes:
        stands_for: How many destinations it stands for.
    """

    id: str
    name: str
    enabled: bool | None
    events: str
    full: str
    target: str
    stands_for: int = 1

    @property
    def is_off(self) -> bool:
        """Whether it is surely switched off."""
        return self.enabled is False

    @property
    def state(self) -> str:
        """What must be said of it beside its events."""
        return {True: "", False: "disabled", None: ENABLED_NOT_TOLD}[self.enabled]


@dataclass(frozen=True)
class SetCluster:
    """A configuration set with its destinations."""

    id: str
    name: str
    destinations: tuple[DestinationNode, ...]


@dataclass(frozen=True)
class ScopeCluster:
    """An account's region with its configuration sets."""

    id: str
    title: str
    sets: tuple[SetCluster, ...]


@dataclass(frozen=True)
class Graph:
    """A picture.

    Attributes:
        scopes: The accounts and regions that hold a configuration set.
        targets: Every target once, in order of their first use.
        description: What was read in a sentence, for those who do not see the picture.
    """

    scopes: tuple[ScopeCluster, ...]
    targets: tuple[TargetNode, ...]
    description: str

    @property
    def sets(self) -> Iterator[SetCluster]:
        """Every configuration set, in order."""
        return (found for scope in self.scopes for found in scope.sets)

    @property
    def destinations(self) -> Iterator[DestinationNode]:
        """Every destination, in order."""
        return (destination for found in self.sets for destination in found.destinations)

    @property
    def has_clusters_of_scopes(self) -> bool:
        """Whether there are several accounts and regions to tell apart."""
        return len(self.scopes) > 1


# From what was read
# --------------------------------------------------------------------------------------

_Key = tuple[str, ...]
_Place = tuple[str, str]
"""An account and a region; empty where they are not known."""


def build(scopes: Iterable[Scope]) -> Graph:
    """The picture of what was read."""
    targets = _Targets()
    destinations = _numbers("d")
    sets = _numbers("s")
    clusters: list[ScopeCluster] = []
    for scope in scopes:
        if not scope.configuration_sets:
            continue
        full = {(row.configuration_set, row.event_destination): row.target for row in rows([scope])}
        found = tuple(
            SetCluster(
                next(sets),
                each.name,
                tuple(
                    _node(
                        next(destinations),
                        destination,
                        targets.id_of(scope, destination, full[each.name, destination.name] or ""),
                    )
                    for destination in each.event_destinations
                ),
            )
            for each in scope.configuration_sets
        )
        clusters.append(ScopeCluster(f"a{len(clusters) + 1}", scope.title, found))
    nodes = targets.nodes()
    return Graph(tuple(clusters), nodes, _description(clusters, len(nodes)))


def _description(scopes: list[ScopeCluster], targets: int) -> str:
    where = f"{len(scopes)} accounts and regions"
    if len(scopes) < 2:
        where = scopes[0].title if scopes else "nothing"
    sets = [found for scope in scopes for found in scope.sets]
    enabled = [destination.enabled for found in sets for destination in found.destinations]
    return (
        f"{where}: {count(len(sets), 'configuration set')}, "
        f"{count(len(enabled), 'event destination')} ({enabled.count(False)} disabled), "
        f"{count(targets, 'target')}"
    )


def _numbers(letter: str) -> Iterator[str]:
    return (f"{letter}{number}" for number in itertools.count(1))


def _node(id_: str, destination: EventDestination, target: str) -> DestinationNode:
    types = destination.matching_event_types
    return DestinationNode(
        id=id_,
        name=destination.name,
        enabled=destination.enabled,
        events=short_events(types),
        full=", ".join(types) or "no event",
        target=target,
    )


def short_events(types: Sequence[EventType]) -> str:
    """Event types as short as they can be understood: ``all``, ``all but open``, ``bounce``."""
    return events_said(types, _SHORT_EVENTS) or "no event"


@dataclass
class _Found:
    """A target while its users are still being found."""

    id: str
    kind: str
    name: str
    full: str
    place: _Place
    users: set[_Place] = field(default_factory=set)

    def node(self) -> TargetNode:
        account, region = self.place
        foreign = (
            account if any(user[0] != account for user in self.users) else "",
            region if any(user[1] != region for user in self.users) else "",
        )
        return TargetNode(self.id, self.kind, self.name, _joined(foreign), self.full)


class _Targets:
    """Every target once, numbered as it is first used."""

    def __init__(self) -> None:
        self._found: dict[_Key, _Found] = {}

    def id_of(self, scope: Scope, destination: EventDestination, full: str) -> str:
        """The id of a destination's target, of which ``full`` is all that there is to say."""
        here = (scope.account_id or "", scope.region)
        kind = kind_of(destination)
        target = destination.target
        arn = target.arn if target else None
        # What has no ARN is the account's own: metrics of one name in two regions are two.
        key = (kind, arn) if arn else (kind, *here, full)
        found = self._found.get(key)
        if found is None:
            place, name = _named(arn, here) if arn else (here, _nameless(destination, full))
            found = _Found(f"t{len(self._found) + 1}", kind, name, full, place)
            self._found[key] = found
        found.users.add(here)
        return found.id

    def nodes(self) -> tuple[TargetNode, ...]:
        """The targets, no two of which look the same."""
        found = list(self._found.values())
        nodes = [each.node() for each in found]
        alike = _alike(nodes)
        nodes = [
            replace(node, where=_joined(each.place)) if _shown(node) in alike else node
            for each, node in zip(found, nodes, strict=True)
        ]
        alike = _alike(nodes)
        return tuple(replace(n, name=n.full) if _shown(n) in alike else n for n in nodes)


def _shown(node: TargetNode) -> _Key:
    return (node.kind, node.name, node.where)


def _alike(nodes: Iterable[TargetNode]) -> set[_Key]:
    counted = Counter(_shown(node) for node in nodes)
    return {shown for shown, times in counted.items() if times > 1}


def _joined(place: _Place) -> str:
    return " ".join(filter(None, place))


def _named(arn: str, here: _Place) -> tuple[_Place, str]:
    """Where an ARN leads and the name at its end; what is no ARN is a name of the account's own."""
    parts = arns.split(arn)
    return ((parts.account, parts.region), parts.name) if parts else (here, arn)


def _nameless(destination: EventDestination, full: str) -> str:
    target = destination.target
    return dimensions(target) if isinstance(target, CloudWatchDestination) else full or "?"


# Smaller pictures
# --------------------------------------------------------------------------------------


def collapsed(graph: Graph) -> Graph:
    """Each set's destinations of one target drawn as one, those that are disabled apart."""
    numbers = _numbers("d")

    def sets(scope: ScopeCluster) -> Iterator[SetCluster]:
        for found in scope.sets:
            yield replace(found, destinations=_merged(found.destinations, numbers))

    return _with_sets(graph, sets)


def by_scope(graph: Graph) -> Graph:
    """All sets of an account's region drawn as one."""
    numbers = _numbers("s")

    def sets(scope: ScopeCluster) -> Iterator[SetCluster]:
        every = tuple(each for found in scope.sets for each in found.destinations)
        yield SetCluster(next(numbers), count(len(scope.sets), "configuration set"), every)

    return collapsed(_with_sets(graph, sets))


def _with_sets(graph: Graph, sets: Callable[[ScopeCluster], Iterator[SetCluster]]) -> Graph:
    scopes = (replace(scope, sets=tuple(sets(scope))) for scope in graph.scopes)
    return replace(graph, scopes=tuple(scopes))


def _merged(
    destinations: Iterable[DestinationNode], numbers: Iterator[str]
) -> tuple[DestinationNode, ...]:
    groups: dict[tuple[str, bool | None], list[DestinationNode]] = defaultdict(list)
    for each in destinations:
        groups[each.target, each.enabled].append(each)
    # What leads to one target stands together, in the order in which the targets come first.
    targets = dict.fromkeys(target for target, _ in groups)
    places = {target: place for place, target in enumerate(targets)}
    ordered = sorted(groups, key=lambda key: places[key[0]])
    return tuple(_as_one(groups[key], next(numbers)) for key in ordered)


def _as_one(group: list[DestinationNode], id_: str) -> DestinationNode:
    if len(group) == 1:
        return replace(group[0], id=id_)
    said = listed(dict.fromkeys(each.name for each in group), _MOST_NAMED)
    several = f"{len(group)} destinations"
    return replace(group[0], id=id_, name=several, events=said, full=said, stands_for=len(group))


_MOST_NAMED = 10
