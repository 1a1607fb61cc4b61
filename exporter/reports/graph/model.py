"""The nodes and edges of a picture, computed once for all outputs.

A target of several destinations is one node, even across accounts and regions. Texts are as in SES;
the outputs escape them.
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
from exporter.reports.listing import describe_events, dimensions, kind_of, rows
from exporter.support.text import count, listed

KIND_TITLES: Mapping[str, str] = {kind: row.title for kind, row in TARGET_TYPES.items()}
"""The title of each kind in a picture; a kind that the models don't have has the API's name."""

OTHER = "other"
"""The look of a kind that the models don't have."""

NO_DESTINATION = "no event destination"
ENABLED_NOT_TOLD = "unknown whether enabled"

_SHORT_EVENTS: Mapping[EventType, str] = {
    EventType.DELIVERY_DELAY: "delay",
    EventType.RENDERING_FAILURE: "rendering",
}


@dataclass(frozen=True)
class TargetNode:
    """A target.

    Attributes:
        kind: One of ``TargetKind``, or the API's name of a kind that the models don't have.
        where: Its account and region, if a user is in another one, or if another target has the
            same name.
        full: Its ARN, or the dimensions of metrics.
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
        """The title of its kind."""
        return KIND_TITLES.get(self.kind, self.kind)


@dataclass(frozen=True)
class DestinationNode:
    """An event destination, or several that a collapsed picture draws as one.

    Attributes:
        stands_for: The number of destinations.
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
        """Whether it is known to be disabled."""
        return self.enabled is False

    @property
    def state(self) -> str:
        """Its state, unless it is enabled."""
        return {True: "", False: "disabled", None: ENABLED_NOT_TOLD}[self.enabled]


@dataclass(frozen=True)
class SetCluster:
    """A configuration set with its destinations."""

    id: str
    name: str
    destinations: tuple[DestinationNode, ...]


@dataclass(frozen=True)
class ScopeCluster:
    """An account and region with its configuration sets."""

    id: str
    title: str
    sets: tuple[SetCluster, ...]


@dataclass(frozen=True)
class Graph:
    """A picture.

    Attributes:
        scopes: The accounts and regions with configuration sets.
        targets: Every target once, in the order of their first use.
        description: What was read, in a sentence, for readers who can't see the picture.
    """

    scopes: tuple[ScopeCluster, ...]
    targets: tuple[TargetNode, ...]
    description: str

    @property
    def sets(self) -> Iterator[SetCluster]:
        """Every configuration set, in order."""
        return (cluster for scope in self.scopes for cluster in scope.sets)

    @property
    def destinations(self) -> Iterator[DestinationNode]:
        """Every destination, in order."""
        return (destination for cluster in self.sets for destination in cluster.destinations)

    @property
    def has_clusters_of_scopes(self) -> bool:
        """Whether there are several accounts and regions."""
        return len(self.scopes) > 1


# From what was read
# --------------------------------------------------------------------------------------

_Key = tuple[str, ...]
_Place = tuple[str, str]
"""An account and a region; empty if unknown."""


def build(scopes: Iterable[Scope]) -> Graph:
    """Build the picture of accounts and regions."""
    targets = _Targets()
    destinations = _numbers("d")
    sets = _numbers("s")
    clusters: list[ScopeCluster] = []
    for scope in scopes:
        if not scope.configuration_sets:
            continue
        full = {(row.configuration_set, row.event_destination): row.target for row in rows([scope])}
        set_clusters = tuple(
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
        clusters.append(ScopeCluster(f"a{len(clusters) + 1}", scope.title, set_clusters))
    nodes = targets.nodes()
    return Graph(tuple(clusters), nodes, _description(clusters, len(nodes)))


def _description(scopes: list[ScopeCluster], targets: int) -> str:
    where = f"{len(scopes)} accounts and regions"
    if len(scopes) < 2:
        where = scopes[0].title if scopes else "nothing"
    sets = [cluster for scope in scopes for cluster in scope.sets]
    enabled = [destination.enabled for cluster in sets for destination in cluster.destinations]
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
    """List event types briefly: ``all``, ``all but open``, ``bounce``."""
    return describe_events(types, _SHORT_EVENTS) or "no event"


@dataclass
class _TargetUse:
    """A target and the accounts and regions that use it."""

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
    """Every target once, numbered by first use."""

    def __init__(self) -> None:
        self._uses: dict[_Key, _TargetUse] = {}

    def id_of(self, scope: Scope, destination: EventDestination, full: str) -> str:
        """Return the id of a destination's target; ``full`` describes it completely."""
        here = (scope.account_id or "", scope.region)
        kind = kind_of(destination)
        target = destination.target
        arn = target.arn if target else None
        # Without an ARN it is local: metrics of the same name in two regions are different.
        key = (kind, arn) if arn else (kind, *here, full)
        use = self._uses.get(key)
        if use is None:
            place, name = _named(arn, here) if arn else (here, _nameless(destination, full))
            use = _TargetUse(f"t{len(self._uses) + 1}", kind, name, full, place)
            self._uses[key] = use
        use.users.add(here)
        return use.id

    def nodes(self) -> tuple[TargetNode, ...]:
        """Return the targets, so that no two look the same."""
        uses = list(self._uses.values())
        nodes = [use.node() for use in uses]
        alike = _alike(nodes)
        nodes = [
            replace(node, where=_joined(use.place)) if _shown(node) in alike else node
            for use, node in zip(uses, nodes, strict=True)
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
    """Return the account and region of an ARN, and its name; other text is a local name."""
    parts = arns.split(arn)
    return ((parts.account, parts.region), parts.name) if parts else (here, arn)


def _nameless(destination: EventDestination, full: str) -> str:
    target = destination.target
    return dimensions(target) if isinstance(target, CloudWatchDestination) else full or "?"


# Smaller pictures
# --------------------------------------------------------------------------------------


def collapsed(graph: Graph) -> Graph:
    """Draw a set's destinations with the same target as one, except disabled ones."""
    numbers = _numbers("d")

    def sets(scope: ScopeCluster) -> Iterator[SetCluster]:
        for cluster in scope.sets:
            yield replace(cluster, destinations=_merged(cluster.destinations, numbers))

    return _with_sets(graph, sets)


def by_scope(graph: Graph) -> Graph:
    """Draw all sets of an account and region as one."""
    numbers = _numbers("s")

    def sets(scope: ScopeCluster) -> Iterator[SetCluster]:
        all_ = tuple(node for cluster in scope.sets for node in cluster.destinations)
        yield SetCluster(next(numbers), count(len(scope.sets), "configuration set"), all_)

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
    # Destinations of the same target are adjacent, in the order of the targets' first use.
    targets = dict.fromkeys(target for target, _ in groups)
    positions = {target: position for position, target in enumerate(targets)}
    ordered = sorted(groups, key=lambda key: positions[key[0]])
    return tuple(_as_one(groups[key], next(numbers)) for key in ordered)


def _as_one(group: list[DestinationNode], id_: str) -> DestinationNode:
    if len(group) == 1:
        return replace(group[0], id=id_)
    names = listed(dict.fromkeys(node.name for node in group), _MOST_NAMED)
    name = f"{len(group)} destinations"
    return replace(group[0], id=id_, name=name, events=names, full=names, stands_for=len(group))


_MOST_NAMED = 10
