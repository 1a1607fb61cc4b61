"""Split a scope into CloudFormation stacks, and what CDK shares with CloudFormation."""

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
"""Most resources of a new stack: the most that one import accepts (CloudFormation quotas)."""
GROWN_LIMIT = 450
"""Most resources of an older stack: a template allows 500, and CDK needs room for its own."""
NOTES_FILE = "IMPORT.md"
"""The steps of an import or an adoption; deleting it means that the stacks have recreated their
destinations.
"""
_PLAIN = re.compile(r"[a-zA-Z0-9_-]+")
"""Names that CloudFormation accepts (patterns of the resource schemas)."""
BYTES_LIMIT = 1_000_000
"""Most bytes of a template that is uploaded to S3 (CloudFormation quotas)."""


@dataclass(frozen=True)
class Stack:
    """The part of a scope that goes into one stack.

    Attributes:
        suffix: The suffix of its files' names; empty if it is the only stack.
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

    Assignments of an earlier export never change, because a resource can't move between stacks
    without another import.

    Returns:
        The stacks, by number.
    """
    numbers = {view.name: earlier[view.name] for view in plan.sets if view.name in earlier}
    sizes: dict[int, _Size] = {}
    for view in plan.sets:
        if view.name in numbers:
            _add(sizes, numbers[view.name], _Size.of(view))
    # A new stack gets the highest number, so the stacks stay in order from here on.
    sizes = dict(sorted(sizes.items()))
    grown = set(earlier.values())
    for view in plan.sets:
        if view.name not in numbers and view.identities:
            size = _Size.of(view)
            number = _with_room(size, sizes, grown)
            numbers[view.name] = number
            _add(sizes, number, size)
    views: dict[int, list[SetView]] = {
        number: [] for number in sorted(set(numbers.values()) or {1})
    }
    for view in plan.sets:
        stack_number = numbers.get(view.name) or _for_comments(view, views, sizes)
        if stack_number is not None:
            views[stack_number].append(view)
    is_only = len(views) == 1
    return [
        Stack(number, "" if is_only else f"-{number:02d}", tuple(stack_views))
        for number, stack_views in views.items()
    ]


def _for_comments(
    view: SetView, views: Mapping[int, list[SetView]], sizes: dict[int, "_Size"]
) -> int | None:
    """Return the first stack with room for a set that only has comments.

    None if they fit nowhere; the export has printed them, and the manifest has them.
    """
    size = _Size.of(view)
    for number in views:
        if sizes.get(number, _Size()).bytes + size.bytes <= BYTES_LIMIT - _HEADER:
            _add(sizes, number, size)
            return number
    return None


@dataclass(frozen=True)
class _Size:
    """The size of a set, or of all sets in a stack."""

    resources: int = 0
    bytes: int = 0

    @classmethod
    def of(cls, view: SetView) -> "_Size":
        """Measure a set; called once for each, because measuring is most of the work."""
        return cls(len(view.identities), weight(view))


def _add(sizes: dict[int, _Size], number: int, size: _Size) -> None:
    before = sizes.get(number, _Size())
    sizes[number] = _Size(before.resources + size.resources, before.bytes + size.bytes)


def _with_room(size: _Size, sizes: Mapping[int, _Size], grown: set[int]) -> int:
    """Return the first stack that has room, or a new one.

    A single set larger than the limit gets a stack to itself.
    """
    most_bytes = BYTES_LIMIT - _HEADER - size.bytes
    for number, stack in sizes.items():
        most = GROWN_LIMIT if number in grown else FIRST_LIMIT
        if stack.resources + size.resources <= most and stack.bytes <= most_bytes:
            return number
    return max([*sizes, *grown], default=0) + 1


_HEADER = 10_000
"""Bytes kept free for the parts of a template besides its resources."""


def weight(view: SetView) -> int:
    """Return an upper bound of the bytes of a set and its destinations in a YAML or JSON template.

    Rendering would be exact, and take twice as long. Indentation makes a template up to 2.3 times
    as long as the models' JSON; YAML escapes up to 3.5 times, and six times for the one character
    that JSON doesn't escape. Types, policies, labels and event types add less than 500 bytes per
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
    comment_bytes = sum(
        (2 if line.isascii() else 6) * len(line.encode()) + 100 for line in comments
    )
    return int(factor * len(written)) + 500 * len(models) + comment_bytes


STACK_NAME = "ses-configuration-sets"
"""The default name of an export's first stack."""
_LONGEST_NAME = 124
"""Characters of the first stack's name: CloudFormation allows 128, and others end with a number."""


def stack_name(number: int, first: str = "") -> str:
    """Return a stack's name in the account, from its number.

    The name stays the same when stacks are added, or it would be a new stack. ``first`` is the
    name of the first stack; empty for the default.
    """
    return (first or STACK_NAME) + (f"-{number:02d}" if number > 1 else "")


def is_own_stack(name: str, first: str = "") -> bool:
    """Whether a name is one that an export gives its stacks."""
    return re.fullmatch(rf"{re.escape(first or STACK_NAME)}(-\d{{2,}})?", name) is not None


def may_share_a_name(one: str, other: str) -> bool:
    """Whether two exports, with these names of their first stacks, may give a stack one name."""
    return is_own_stack(one or STACK_NAME, other) or is_own_stack(other or STACK_NAME, one)


def chosen_name(name: str | None) -> str:
    """Check the name for the first stack and return it; empty for the default.

    The rule is CloudFormation's (API reference, CreateStack).

    Raises:
        UsageError: if CloudFormation would not accept it.
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
    """Return the values that the template of every ``IMPORT.md`` needs.

    An example of a destination, the sets that other stacks own, the old destinations without a new
    one (except names that CloudFormation can never have), and the path to the export's folder.
    """
    destinations = [identity for identity in plan.identities if identity.event_destination]
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
    """Return the paths of the import files."""
    return [file.path for file in files if file.role is FileRole.IMPORT]


def import_counts(stack: Stack, inputs: RenderInputs) -> dict[str, object]:
    """Return the numbers that ``IMPORT.md`` has for the import of a stack."""
    count = len(pending(stack, inputs))
    return {
        "count": count,
        "held": sum(identity in inputs.imported for identity in stack.identities),
        "is_too_many": count > FIRST_LIMIT,
        "limit": FIRST_LIMIT,
        "shared": shared_names(stack, inputs),
    }


def shared_names(stack: Stack, inputs: RenderInputs) -> list[str]:
    """Return the names of several destinations of a stack, if one of them is to be imported."""
    by_name: dict[str, list[Identity]] = defaultdict(list)
    for identity in stack.identities:
        if identity.event_destination is not None:
            by_name[identity.event_destination].append(identity)
    return sorted(
        name
        for name, identities in by_name.items()
        if len(identities) > 1 and not inputs.imported.issuperset(identities)
    )


def import_remarks(stacks: Iterable[Stack], inputs: RenderInputs) -> tuple[str, ...]:
    """Return notes on an import that the export prints.

    One person reported that CloudFormation identifies a destination by its name alone; that could
    not be checked without an account.
    """
    if not inputs.options.with_imports or not any(shared_names(stack, inputs) for stack in stacks):
        return ()
    return (
        "several sets have event destinations of the same name in one stack, which CloudFormation "
        "is reported to confuse (unverified); IMPORT.md says what to do",
    )


def pending(stack: Stack, inputs: RenderInputs) -> list[Identity]:
    """Return the resources that are to be imported into a stack.

    CloudFormation refuses an import of a resource that is already in the stack.
    """
    identities = stack.identities
    if inputs.facts.adopted is not None:
        identities = [identity for identity in identities if identity.event_destination is None]
    return [identity for identity in identities if identity not in inputs.imported]


def to_recreate(stack: Stack, inputs: RenderInputs) -> list[Identity]:
    """Return the destinations that a stack has yet to create in place of old ones."""
    adopted = inputs.facts.adopted or {}
    return [
        identity
        for identity in stack.identities
        if identity in adopted and identity not in inputs.imported
    ]


def before_import(stack: Stack, stacks: list[Stack], inputs: RenderInputs) -> Stack | None:
    """Return what a stack contains right after its import; None if that is the code itself."""
    if inputs.before is None:
        return None
    in_stacks = inputs.previous.stack_numbers
    numbers = {**in_stacks, **assignment(stacks)}
    views = tuple(view for view in inputs.before.sets if numbers.get(view.name) == stack.number)
    exists = stack.number in in_stacks.values()
    return Stack(stack.number, stack.suffix, views) if exists or inputs.facts.adopted else None


def to_delete(stack: Stack, inputs: RenderInputs) -> list[Identity]:
    """Return the old destinations that destinations of a stack replace."""
    replaced = inputs.facts.adopted or {}
    return [replaced[identity] for identity in stack.identities if identity in replaced]


def assignment(stacks: list[Stack]) -> dict[str, int]:
    """Return the stack number of each configuration set that is written, itself or in part."""
    return {view.name: stack.number for stack in stacks for view in stack.views if view.identities}


def resource_identifier(identity: Identity) -> dict[str, str]:
    """Return a resource's ``primaryIdentifier`` (CloudFormation's resource schemas).

    The ``Id`` of a destination is read-only in the schema; for deployed ones it equals the name.
    """
    if identity.event_destination is None:
        return {"Name": identity.configuration_set}
    return {"Id": identity.event_destination, "ConfigurationSetName": identity.configuration_set}
