"""Configuration sets that a CloudFormation stack owns already: whose they are, and what is left.

Two owners undo each other's changes, and a resource can be in one stack only.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from msgspec import structs

from exporter.diff.side import SideScope
from exporter.formats.manifest import Manifest
from exporter.model.resources import ConfigurationSet, Scope

Where = tuple[str | None, str]
"""An account, where it is known, and a region."""

_STACK_TAGS = "aws:cloudformation:"


@dataclass(frozen=True)
class StackOwned:
    """Sets of one stack that an export leaves out.

    Attributes:
        scope: The account and region in words.
        stack: The stack's name.
        sets: The names of its sets.
        destinations: How many event destinations they have.
    """

    scope: str
    stack: str
    sets: tuple[str, ...]
    destinations: int


def stack_of(found: ConfigurationSet) -> str | None:
    """The name of the stack that owns a set; None when none does, or its tags were not read.

    An ARN (``arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID``) stands where the tags hold no
    name.
    """
    owner = found.owning_stack
    if owner is None or not owner.startswith("arn:"):
        return owner
    return owner.partition(":stack/")[2].partition("/")[0] or owner


def held_sets(manifest: Manifest | None, format_: str) -> dict[Where, frozenset[str]]:
    """The sets of which an export of this format holds something, by account and region."""
    if manifest is None or manifest.format != format_:
        return {}
    return {
        (record.account_id, record.region): frozenset(r.configuration_set for r in record.resources)
        for record in manifest.scopes
    }


def without_own_tags(scopes: Iterable[Scope], is_own: Callable[[str], bool]) -> tuple[Scope, ...]:
    """The same scopes, in which sets of the export's own stacks bear no tags of a stack.

    Once an export was imported, SES answers its stack's tags. That is no other owner, and nothing
    that the code should say.

    Args:
        scopes: What was read.
        is_own: Whether a stack of this name is one of the export's own.
    """

    def plain(found: ConfigurationSet) -> ConfigurationSet:
        if not is_own(stack_of(found) or ""):
            return found
        tags = tuple(tag for tag in found.tags if not tag.key.startswith(_STACK_TAGS))
        return structs.replace(found, tags=tags)

    return tuple(
        structs.replace(scope, configuration_sets=tuple(map(plain, scope.configuration_sets)))
        for scope in scopes
    )


def leave_stack_owned(
    scopes: Iterable[Scope], held: Mapping[Where, Collection[str]]
) -> tuple[tuple[Scope, ...], tuple[StackOwned, ...]]:
    """Leave out the sets that a stack owns, with their destinations.

    Args:
        scopes: What was read.
        held: The sets that the export's folder holds already, by account and region; they stay.

    Returns:
        The same scopes with what is left, and what was left out, a line for each stack.
    """
    left: list[Scope] = []
    owned: list[StackOwned] = []
    for scope in scopes:
        kept = held.get((scope.account_id, scope.region), ())
        by_stack: dict[str, list[ConfigurationSet]] = {}
        for found in scope.configuration_sets:
            stack = stack_of(found)
            if stack is not None and found.name not in kept:
                by_stack.setdefault(stack, []).append(found)
        gone = {found.name for sets in by_stack.values() for found in sets}
        rest = tuple(found for found in scope.configuration_sets if found.name not in gone)
        left.append(structs.replace(scope, configuration_sets=rest))
        owned += [
            StackOwned(
                scope.title,
                stack,
                tuple(found.name for found in sets),
                sum(len(found.event_destinations) for found in sets),
            )
            for stack, sets in sorted(by_stack.items())
        ]
    return tuple(left), tuple(owned)


def foreign_sets(
    export: SideScope, other: SideScope, is_own: Callable[[str], bool]
) -> dict[str, str]:
    """The sets of one side that stacks own and an export leaves to them.

    Args:
        export: What the export holds; that is compared, whoever owns it.
        other: What SES says.
        is_own: Whether a stack of this name is one of the export's own.

    Returns:
        The stack's name by that of the set.
    """
    held = {who.configuration_set for who in export.items}
    found = {}
    for who, item in other.items.items():
        if isinstance(item.source, ConfigurationSet) and who.configuration_set not in held:
            stack = stack_of(item.source)
            if stack is not None and not is_own(stack):
                found[who.configuration_set] = stack
    return found
