"""The names on one side of a comparison, to resolve names that CloudFormation generates."""

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
    """The names in one account and region of a side, collected on demand."""

    def __init__(self, scope: SideScope) -> None:
        self._scope = scope

    @cached_property
    def sets(self) -> Mapping[str, NamedSet]:
        """The configuration sets by name, including those of which only destinations are known."""
        destinations: dict[str, list[str]] = defaultdict(list)
        for identity in self._scope.items:
            of_set = destinations[identity.configuration_set]
            if identity.event_destination is not None:
                of_set.append(identity.event_destination)
        sets = {
            identity.configuration_set: item.source
            for identity, item in self._scope.items.items()
            if identity.event_destination is None and isinstance(item.source, ConfigurationSet)
        }
        owners = {name: _owner(each) for name, each in sets.items()}
        tags = {name: _user_tags(each) for name, each in sets.items()}
        return {
            name: NamedSet(
                name, *owners.get(name, (None, None)), tuple(of_set), tags.get(name, _NONE)
            )
            for name, of_set in destinations.items()
        }

    @cached_property
    def arns(self) -> frozenset[str]:
        """The ARNs of targets and roles in the event destinations."""
        arns: set[str] = set()
        for identity, item in self._scope.items.items():
            if identity.event_destination is not None:
                arns.update(_arns(item.values))
        return frozenset(arns)


def _owner(configuration_set: ConfigurationSet) -> tuple[str | None, str | None]:
    """Return the stack and logical id in the tags of a set."""
    tags = {tag.key: tag.value for tag in configuration_set.tags}
    return stack_of(configuration_set), tags.get(_LOGICAL_ID)


def _user_tags(configuration_set: ConfigurationSet) -> frozenset[str]:
    return frozenset(tag.key for tag in configuration_set.tags if not tag.key.startswith("aws:"))


def _arns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _arns(item)
    elif isinstance(value, str) and value.startswith("arn:"):
        yield value


def scopes_of(side: Side) -> tuple[OtherScope, ...]:
    """Return the names on a side by account and region, for the code that it is compared with."""
    return tuple(map(scope_of, side.scopes))


def scope_of(scope: SideScope) -> OtherScope:
    """Return the names in one account and region of a side."""
    return OtherScope(scope.account_id, scope.region, scope.partition, SideNames(scope))
