"""Cutting a scope into CloudFormation stacks, and what CDK shares with CloudFormation."""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.naming import Identity
from exporter.render.plan import Plan, SetView

FIRST_LIMIT = 200
"""Resources of a new stack: one import takes no more (CloudFormation quota)."""
GROWN_LIMIT = 450
"""Resources of a stack that grew: below the 500 of a template, with room for what CDK adds."""


@dataclass(frozen=True)
class Stack:
    """A stack's part of a plan.

    Attributes:
        number: From 1.
        suffix: What tells its files from those of other stacks; empty when it is alone.
        views: Its configuration sets.
    """

    number: int
    suffix: str
    views: tuple[SetView, ...]

    @property
    def identities(self) -> list[Identity]:
        """Its resources, in order."""
        return [identity for view in self.views for identity in view.identities]


def cut(plan: Plan, earlier: Mapping[str, int]) -> list[Stack]:
    """Assign every configuration set to a stack; a set and its destinations stay together.

    Args:
        plan: What is written.
        earlier: Assignments of an earlier export; they never change, because a resource cannot move
            between stacks without being imported anew.

    Returns:
        The stacks that hold something, by number.
    """
    numbers = {view.name: earlier[view.name] for view in plan.sets if view.name in earlier}
    sizes: dict[int, int] = {}
    for view in plan.sets:
        if view.name in numbers:
            number = numbers[view.name]
            sizes[number] = sizes.get(number, 0) + len(view.identities)
    grown = set(earlier.values())
    for view in plan.sets:
        if view.name not in numbers and view.identities:
            number = _with_room(len(view.identities), sizes, grown)
            numbers[view.name] = number
            sizes[number] = sizes.get(number, 0) + len(view.identities)
    views: dict[int, list[SetView]] = {
        number: [] for number in sorted(set(numbers.values()) or {1})
    }
    for view in plan.sets:
        # A set of which nothing is written has comments only; they stand in the first stack.
        views[numbers.get(view.name, next(iter(views)))].append(view)
    alone = len(views) == 1
    return [
        Stack(number, "" if alone else f"-{number:02d}", tuple(held))
        for number, held in views.items()
    ]


def _with_room(size: int, sizes: Mapping[int, int], grown: set[int]) -> int:
    """The first stack that has room, or a new one.

    A single set larger than the limit stands alone.
    """
    for number, filled in sorted(sizes.items()):
        if filled + size <= (GROWN_LIMIT if number in grown else FIRST_LIMIT):
            return number
    return max([*sizes, *grown], default=0) + 1


def stack_name(stack: Stack) -> str:
    """The stack's name in the account; it stays when another joins, or it would be a new stack."""
    return "ses-configuration-sets" + (f"-{stack.number:02d}" if stack.number > 1 else "")


def import_notes(plan: Plan) -> dict[str, object]:
    """What both ``IMPORT.md`` say of a plan: has it destinations, which sets does a stack own."""
    return {
        "has_destinations": any(view.written_destinations for view in plan.sets),
        "owned": [view for view in plan.sets if view.model and view.owning_stack],
    }


def assignment(stacks: list[Stack]) -> dict[str, int]:
    """The number of the stack of each configuration set of which something is written."""
    return {view.name: stack.number for stack in stacks for view in stack.views if view.identities}


def resource_identifier(identity: Identity) -> dict[str, str]:
    """What CloudFormation finds a resource by (``primaryIdentifier`` of the resource schemas).

    The ``Id`` of a destination is read-only in the schema; for deployed ones it equals the name.
    """
    if identity.event_destination is None:
        return {"Name": identity.configuration_set}
    return {"Id": identity.event_destination, "ConfigurationSetName": identity.configuration_set}
