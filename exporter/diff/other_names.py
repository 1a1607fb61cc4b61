"""The names that one side of a comparison has, for code whose names CloudFormation makes up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from exporter.diff.ownership import stack_of
from exporter.diff.side import Side, SideScope
from exporter.formats.code_inputs import NamedSet, OtherScope
from exporter.model.resources import ConfigurationSet

_LOGICAL_ID = "aws:cloudformation:logical-id"
_NONE: frozenset[str] = frozenset()


class SideNames:
    """The names of one account and region of a side; found when they are first asked for."""

    def __init__(self, scope: SideScope) -> None:
        self._scope = scope

    @cached_property
    def sets(self) -> Mapping[str, NamedSet]:
        """Its configuration sets by name, those of which only destinations are known too."""
        destinations: dict[str, list[str]] = defaultdict(list)
        for who in self._scope.items:
            own = destinations[who.configuration_set]
            if who.event_destination is not None:
                own.append(who.event_destination)
        sets = {
            who.configuration_set: item.source
            for who, item in self._scope.items.items()
            if who.event_destination is None and isinstance(item.source, ConfigurationSet)
        }
        owners = {name: _owner(found) for name, found in sets.items()}
        tags = {name: _own_tags(found) for name, found in sets.items()}
        return {
            name: NamedSet(name, *owners.get(name, (None, None)), tuple(own), tags.get(name, _NONE))
            for name, own in destinations.items()
        }

    @cached_property
    def arns(self) -> frozenset[str]:
        """The ARNs of all that its event destinations publish to or with."""
        found: set[str] = set()
        for who, item in self._scope.items.items():
            if who.event_destination is not None:
                found.update(_arns(item.values))
        return frozenset(found)


def _owner(found: ConfigurationSet) -> tuple[str | None, str | None]:
    """The stack and the logical id that the tags of a set name."""
    tags = {tag.key: tag.value for tag in found.tags}
    return stack_of(found), tags.get(_LOGICAL_ID)


def _own_tags(found: ConfigurationSet) -> frozenset[str]:
    return frozenset(tag.key for tag in found.tags if not tag.key.startswith("aws:"))


def _arns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _arns(item)
    elif isinstance(value, str) and value.startswith("arn:"):
        yield value


def scopes_of(side: Side) -> tuple[OtherScope, ...]:
    """What a side has, by account and region, for the code that it is compared with."""
    return tuple(map(scope_of, side.scopes))


def scope_of(scope: SideScope) -> OtherScope:
    """What one account and region of a side has."""
    return OtherScope(scope.account_id, scope.region, scope.partition, SideNames(scope))
