"""Cutting a scope into CloudFormation stacks, and what CDK shares with CloudFormation."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import structs

from exporter.formats.base import FileRole, RenderedFile, RenderInputs
from exporter.formats.render_context import RenderContext, SetView
from exporter.model.identities import Identity
from exporter.model.resources import Model
from exporter.support.errors import UsageError

FIRST_LIMIT = 200
"""Resources of a new stack: one import takes no more (CloudFormation quota)."""
GROWN_LIMIT = 450
"""Resources of a stack that grew: below the 500 of a template, with room for what CDK adds."""
NOTES_FILE = "IMPORT.md"
"""The steps of an import or an adoption; deleting it says that the stacks have made what they were
to make anew.
"""
_PLAIN = re.compile(r"[a-zA-Z0-9_-]+")
"""Names that CloudFormation takes (patterns of the resource schemas)."""
BYTES_LIMIT = 1_000_000
"""Bytes of a template that comes from S3 (CloudFormation quotas)."""


@dataclass(frozen=True)
class Stack:
    """The part of a scope that goes into one stack.

    Attributes:
        suffix: What tells its files from those of other stacks; empty when it is alone.
    """

    number: int
    suffix: str
    views: tuple[SetView, ...]

    @property
    def identities(self) -> list[Identity]:
        """Its resources, in order."""
        return [identity for view in self.views for identity in view.identities]


def cut(plan: RenderContext, earlier: Mapping[str, int]) -> list[Stack]:
    """Assign every configuration set to a stack; a set and its destinations stay together.

    Assignments of an earlier export never change, because a resource cannot move between stacks
    without being imported anew. Gives the stacks that hold something, by number.
    """
    numbers = {view.name: earlier[view.name] for view in plan.sets if view.name in earlier}
    filled: dict[int, _Filled] = {}
    for view in plan.sets:
        if view.name in numbers:
            _put(filled, numbers[view.name], _Filled.by(view))
    # A new stack has the highest number, so that the stacks stay in order from here on.
    filled = dict(sorted(filled.items()))
    grown = set(earlier.values())
    for view in plan.sets:
        if view.name not in numbers and view.identities:
            taken = _Filled.by(view)
            number = _with_room(taken, filled, grown)
            numbers[view.name] = number
            _put(filled, number, taken)
    views: dict[int, list[SetView]] = {
        number: [] for number in sorted(set(numbers.values()) or {1})
    }
    for view in plan.sets:
        place = numbers.get(view.name) or _for_comments(view, views, filled)
        if place is not None:
            views[place].append(view)
    alone = len(views) == 1
    return [
        Stack(number, "" if alone else f"-{number:02d}", tuple(held))
        for number, held in views.items()
    ]


def _for_comments(
    view: SetView, views: Mapping[int, list[SetView]], filled: dict[int, "_Filled"]
) -> int | None:
    """The stack for a set of which nothing is written but comments: the first, if they fit.

    None when they fit nowhere; the export has said them, and the manifest holds them.
    """
    taken = _Filled.by(view)
    for number in views:
        if filled.get(number, _Filled()).bytes + taken.bytes <= BYTES_LIMIT - _HEADER:
            _put(filled, number, taken)
            return number
    return None


@dataclass(frozen=True)
class _Filled:
    """What a stack holds already, or a set takes."""

    resources: int = 0
    bytes: int = 0

    @classmethod
    def by(cls, view: SetView) -> "_Filled":
        """What a set takes; computed once for each, as weighing it is most of the work."""
        return cls(len(view.identities), weight(view))


def _put(filled: dict[int, _Filled], number: int, taken: _Filled) -> None:
    before = filled.get(number, _Filled())
    filled[number] = _Filled(before.resources + taken.resources, before.bytes + taken.bytes)


def _with_room(taken: _Filled, filled: Mapping[int, _Filled], grown: set[int]) -> int:
    """The first stack that has room, or a new one.

    A single set larger than the limit stands alone.
    """
    most_bytes = BYTES_LIMIT - _HEADER - taken.bytes
    for number, stack in filled.items():
        most = GROWN_LIMIT if number in grown else FIRST_LIMIT
        if stack.resources + taken.resources <= most and stack.bytes <= most_bytes:
            return number
    return max([*filled, *grown], default=0) + 1


_HEADER = 10_000
"""Bytes kept free for what a template holds beside its resources."""


def weight(view: SetView) -> int:
    """At least as many bytes as a set and its destinations take in a template, YAML or JSON.

    Rendering would tell exactly, and take twice as long. Indents make a template up to 2.3 times as
    long as the models' JSON, escapes of YAML up to 3.5 times, six times for the one character that
    JSON leaves alone; types, policies, labels and event types come to less than 500 bytes a
    resource.
    """
    models: list[Model] = [d.model for d in view.written_destinations if d.model]
    if view.model:
        models.append(structs.replace(view.model, event_destinations=()))
    written = b"".join(msgspec.json.encode(model) for model in models)
    factor = 2.3
    if b"\x7f" in written:
        factor = 6
    elif b"\\" in written or not written.isascii():
        factor = 3.5
    comments = [*view.comments, *(line for d in view.destinations for line in d.comments)]
    said = sum((2 if line.isascii() else 6) * len(line.encode()) + 100 for line in comments)
    return int(factor * len(written)) + 500 * len(models) + said


STACK_NAME = "ses-configuration-sets"
"""The name of an export's first stack, where the person does not choose one."""
_LONGEST_NAME = 124
"""Characters of the first stack's name: CloudFormation takes 128, and others end with a number."""


def stack_name(number: int, first: str = "") -> str:
    """A stack's name in the account, from its number.

    It stays when another stack joins, or it would be a new stack. ``first`` is the name of the
    first stack; empty for the default.
    """
    return (first or STACK_NAME) + (f"-{number:02d}" if number > 1 else "")


def is_own_stack(name: str, first: str = "") -> bool:
    """Whether a stack has a name that an export gives its stacks."""
    return re.fullmatch(rf"{re.escape(first or STACK_NAME)}(-\d{{2,}})?", name) is not None


def may_share_a_name(one: str, other: str) -> bool:
    """Whether stacks of two exports, of these first names, have or may get one name."""
    return is_own_stack(one or STACK_NAME, other) or is_own_stack(other or STACK_NAME, one)


def chosen_name(name: str | None) -> str:
    """The name that a person chose for the first stack; empty for the default.

    The rule is CloudFormation's (API reference, CreateStack).

    Raises:
        UsageError: when CloudFormation would not take it.
    """
    if name in (None, STACK_NAME):
        return ""
    if not re.fullmatch(rf"[A-Za-z][A-Za-z0-9-]{{0,{_LONGEST_NAME - 1}}}", name):
        raise UsageError(
            f"--stack-name {name!r}: not a valid stack name",
            hint="start with a letter, then use letters, digits and hyphens, at most "
            f"{_LONGEST_NAME} characters; further stacks get a number at the end",
        )
    return name


def import_notes(plan: RenderContext, inputs: RenderInputs) -> dict[str, object]:
    """What every ``IMPORT.md`` says of a plan.

    Its destinations, the sets of other stacks, the old destinations that nothing takes the place
    of (but for names that CloudFormation can never hold), and the way to the export's folder.
    """
    destinations = [who for who in plan.identities if who.event_destination]
    owned = [view for view in plan.sets if view.model and view.owning_stack]
    written = set(plan.identities)
    kept = [
        old
        for new, old in (inputs.facts.adopted or {}).items()
        if new not in written and all(map(_PLAIN.fullmatch, old.names))
    ]
    return {
        "example": destinations[0] if destinations else None,
        "owned": owned,
        "kept": kept,
        "root": inputs.facts.root,
    }


def import_paths(files: Iterable[RenderedFile]) -> list[str]:
    """The files that only serve the import."""
    return [file.path for file in files if file.role is FileRole.IMPORT]


def import_counts(stack: Stack, inputs: RenderInputs) -> dict[str, object]:
    """What ``IMPORT.md`` says that an import of a stack takes."""
    listed = len(pending(stack, inputs))
    return {
        "count": listed,
        "held": sum(who in inputs.imported for who in stack.identities),
        "is_too_many": listed > FIRST_LIMIT,
        "limit": FIRST_LIMIT,
        "shared": shared_names(stack, inputs),
    }


def shared_names(stack: Stack, inputs: RenderInputs) -> list[str]:
    """The names that destinations of several sets of a stack have, as far as one of them is new."""
    having: dict[str, list[Identity]] = defaultdict(list)
    for who in stack.identities:
        if who.event_destination is not None:
            having[who.event_destination].append(who)
    return sorted(
        name
        for name, found in having.items()
        if len(found) > 1 and not inputs.imported.issuperset(found)
    )


def import_remarks(stacks: Iterable[Stack], inputs: RenderInputs) -> tuple[str, ...]:
    """What is to be said of an import beside ``IMPORT.md``.

    That CloudFormation takes the bare name for the identity was reported by one person, and could
    not be checked without an account.
    """
    if not inputs.options.with_imports or not any(shared_names(stack, inputs) for stack in stacks):
        return ()
    return (
        "several sets have event destinations of the same name in one stack, which CloudFormation "
        "is reported to confuse (unverified); IMPORT.md says what to do",
    )


def pending(stack: Stack, inputs: RenderInputs) -> list[Identity]:
    """What is to be imported into a stack.

    An import that names what its stack holds already is refused.
    """
    wanted = stack.identities
    if inputs.facts.adopted is not None:
        wanted = [who for who in wanted if who.event_destination is None]
    return [who for who in wanted if who not in inputs.imported]


def made_anew(stack: Stack, inputs: RenderInputs) -> list[Identity]:
    """The destinations that a stack is to make in place of others, and has not made yet."""
    adopted = inputs.facts.adopted or {}
    return [who for who in stack.identities if who in adopted and who not in inputs.imported]


def before_import(stack: Stack, stacks: list[Stack], inputs: RenderInputs) -> Stack | None:
    """What a stack holds once its import is done; None where that is the code itself."""
    if inputs.before is None:
        return None
    in_stacks = inputs.previous.stack_numbers
    numbers = {**in_stacks, **assignment(stacks)}
    views = tuple(view for view in inputs.before.sets if numbers.get(view.name) == stack.number)
    is_held = stack.number in in_stacks.values()
    return Stack(stack.number, stack.suffix, views) if is_held or inputs.facts.adopted else None


def to_delete(stack: Stack, inputs: RenderInputs) -> list[Identity]:
    """The destinations that others in a stack take the place of."""
    successors = inputs.facts.adopted or {}
    return [successors[who] for who in stack.identities if who in successors]


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
