"""Configuration sets that a CloudFormation stack owns: recognize them, and leave them out.

Two owners would undo each other's changes, and a resource can be in only one stack.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from msgspec import structs

from exporter.diff.side import SideScope
from exporter.formats.manifest import Manifest
from exporter.model.resources import ConfigurationSet, Scope

Where = tuple[str | None, str]
"""An account, None if unknown, and a region."""

_STACK_TAGS = "aws:cloudformation:"


@dataclass(frozen=True)
class StackOwned:
    """Sets of one stack that an export leaves out.

    Attributes:
        scope: The account and region in words.
        stack: The name of the stack.
        sets: The names of its sets.
        destinations: The number of their event destinations.
    """

    scope: str
    stack: str
    sets: tuple[str, ...]
    destinations: int


def stack_of(configuration_set: ConfigurationSet) -> str | None:
    """Return the name of the stack that owns a set; None if none does, or tags were not read.

    If the tags have only the stack's id
    (``arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID``), the name is taken from it.
    """
    owner = configuration_set.owning_stack
    if owner is None or not owner.startswith("arn:"):
        return owner
    return owner.partition(":stack/")[2].partition("/")[0] or owner


def exported_sets(manifest: Manifest | None, format_: str) -> dict[Where, frozenset[str]]:
    """Return the sets in a manifest of this format, by account and region."""
    if manifest is None or manifest.format != format_:
        return {}
    return {
        (record.account_id, record.region): frozenset(r.configuration_set for r in record.resources)
        for record in manifest.scopes
    }


def without_own_tags(scopes: Iterable[Scope], is_own: Callable[[str], bool]) -> tuple[Scope, ...]:
    """Remove CloudFormation's tags from sets that the export's own stacks own.

    Sets have these tags once the export's stack is deployed. They don't show another owner, and
    don't belong in the code.

    Args:
        scopes: What was read.
        is_own: Whether a stack of this name belongs to the export.
    """

    def without_tags(configuration_set: ConfigurationSet) -> ConfigurationSet:
        if not is_own(stack_of(configuration_set) or ""):
            return configuration_set
        tags = tuple(t for t in configuration_set.tags if not t.key.startswith(_STACK_TAGS))
        return structs.replace(configuration_set, tags=tags)

    return tuple(
        structs.replace(
            scope, configuration_sets=tuple(map(without_tags, scope.configuration_sets))
        )
        for scope in scopes
    )


def leave_stack_owned(
    scopes: Iterable[Scope], exported: Mapping[Where, Collection[str]]
) -> tuple[tuple[Scope, ...], tuple[StackOwned, ...]]:
    """Leave out the sets that a stack owns, with their destinations.

    Args:
        scopes: What was read.
        exported: The sets that the export's folder already has, by account and region; they stay.

    Returns:
        The scopes without these sets, and what was left out, by stack.
    """
    remaining: list[Scope] = []
    owned: list[StackOwned] = []
    for scope in scopes:
        kept = exported.get((scope.account_id, scope.region), ())
        by_stack: dict[str, list[ConfigurationSet]] = {}
        rest: list[ConfigurationSet] = []
        for configuration_set in scope.configuration_sets:
            stack = stack_of(configuration_set)
            if stack is not None and configuration_set.name not in kept:
                by_stack.setdefault(stack, []).append(configuration_set)
            else:
                rest.append(configuration_set)
        remaining.append(structs.replace(scope, configuration_sets=tuple(rest)))
        owned += [
            StackOwned(
                scope.title,
                stack,
                tuple(configuration_set.name for configuration_set in sets),
                sum(len(configuration_set.event_destinations) for configuration_set in sets),
            )
            for stack, sets in sorted(by_stack.items())
        ]
    return tuple(remaining), tuple(owned)


def foreign_sets(
    export: SideScope, other: SideScope, is_own: Callable[[str], bool]
) -> dict[str, str]:
    """Return the sets that an export leaves to the stacks which own them.

    Args:
        export: The export; the sets that it has are compared, whoever owns them.
        other: The live side.
        is_own: Whether a stack of this name belongs to the export.

    Returns:
        The names of the sets with those of their stacks.
    """
    exported = {identity.configuration_set for identity in export.items}
    foreign = {}
    for identity, item in other.items.items():
        name = identity.configuration_set
        if isinstance(item.source, ConfigurationSet) and name not in exported:
            stack = stack_of(item.source)
            if stack is not None and not is_own(stack):
                foreign[name] = stack
    return foreign
