"""Names that CloudFormation makes up: asked of the stack, or found on the other side.

CloudFormation ends such a name with a hyphen and random letters and digits, and writes the logical
id before them, in most types behind the stack's name (user guide, "Name type"). Seen of SES's
resources: ``CsEventDest-0EsPuYMlS1rU``; emulators put the stack's name in front.
"""

import re
from collections.abc import Iterable

from exporter.formats.cloudformation.template_context import Context, UnknowableError
from exporter.formats.code_inputs import NamedSet
from exporter.formats.unresolved import NamePattern

_RANDOM = "[A-Za-z0-9]{8,16}"
_BEFORE_RANDOM = 51
"""Characters that are left of a name of SES (64) before a hyphen and the random ones."""
_SURELY_KEPT = 12
"""Characters of a logical id that stand in a name made of it, however long the stack's name is."""

MADE_UP = "CloudFormation makes it up"


def pattern_of(logical_id: str, context: Context) -> NamePattern:
    """What a name that CloudFormation makes surely holds."""
    return NamePattern(("", _kept(logical_id, context), ""))


def _kept(logical_id: str, context: Context) -> str:
    """What is left of a logical id in a name of 64 characters, which most types have at most."""
    length = context.around.name_length
    return logical_id[: _SURELY_KEPT if length is None else max(0, _BEFORE_RANDOM - length - 1)]


def told_set_name(logical_id: str, context: Context) -> str | None:
    """The name of a configuration set as its stack or its tags tell it; None where neither does."""
    physical = context.physical_id(logical_id)
    other = context.around.other
    if physical is not None or other is None:
        return physical
    stack = context.around.stack_name
    tagged = [
        each.name
        for each in other.sets.values()
        if each.logical_id == logical_id and stack in (None, each.stack)
    ]
    if len(tagged) != 1:
        return None
    if stack is None:
        context.inferred[logical_id] = tagged[0]
    return tagged[0]


def set_name(logical_id: str, context: Context) -> str:
    """The name of a configuration set to which its template gives none.

    Raises:
        UnknowableError: when nothing tells it.
    """
    told = told_set_name(logical_id, context)
    if told is not None:
        return told
    other = context.around.other
    stack = context.around.stack_name
    sets = other.sets.values() if other is not None else ()
    return _inferred(logical_id, [s.name for s in sets if _may_be_of(s, stack)], context)


def _may_be_of(found: NamedSet, stack: str | None) -> bool:
    """Whether the tags of a set leave it open that it is of a stack."""
    return found.stack is None or (stack is None and found.logical_id is None)


def destination_name(logical_id: str, of_set: str | None, context: Context) -> str:
    """The name of an event destination to which its template gives none.

    Args:
        logical_id: Its own.
        of_set: The name of its set, if known.
        context: Of its template.

    Raises:
        UnknowableError: when nothing tells it.
    """
    physical = context.physical_id(logical_id)
    if physical is not None:
        return name_in(physical)
    other = context.around.other
    found = other.sets.get(of_set) if other is not None and of_set is not None else None
    return _inferred(logical_id, found.destinations if found is not None else (), context)


def name_in(physical_id: str) -> str:
    """The name of a destination: its physical id, or behind its set's with some emulators."""
    return physical_id.rpartition("|")[2]


def _inferred(logical_id: str, names: Iterable[str], context: Context) -> str:
    """The one name of several that CloudFormation can have made of a logical id."""
    fitting = _fitting(logical_id, names, context.around.stack_name)
    if len(fitting) != 1:
        raise UnknowableError(MADE_UP, pattern_of(logical_id, context))
    context.inferred[logical_id] = fitting[0]
    return fitting[0]


def _fitting(logical_id: str, names: Iterable[str], stack: str | None) -> list[str]:
    """The names that were made of a logical id, of the stack where that is known."""
    before = "(?:.+-)?" if stack is None else f"(?:{re.escape(stack)}-)?"
    wanted = f"{before}{re.escape(logical_id)}-{_RANDOM}"
    if stack is not None:
        wanted += f"|{re.escape(f'{stack}-{logical_id}-'[:_BEFORE_RANDOM])}{_RANDOM}"
    return [name for name in names if re.fullmatch(wanted, name)]


def target_name(logical_id: str, arn_before_name: str, context: Context) -> str:
    """The name of what a destination publishes to, made of its logical id.

    Args:
        logical_id: Its own.
        arn_before_name: Its ARN up to its name.
        context: Of its template.

    Returns:
        Where the other side publishes to nothing that it can be: a text with ``*`` in place of what
        CloudFormation makes up, which equals no name.

    Raises:
        UnknowableError: when nothing tells it.
    """
    other = context.around.other
    if other is None:
        raise UnknowableError(f"the name of {logical_id} is unknown: {MADE_UP}")
    names = [a.removeprefix(arn_before_name) for a in other.arns if a.startswith(arn_before_name)]
    fitting = _fitting(logical_id, names, context.around.stack_name)
    if len(fitting) == 1:
        context.inferred[logical_id] = fitting[0]
        return fitting[0]
    if any(_kept(logical_id, context) in name for name in names):
        raise UnknowableError(f"the name of {logical_id} is unknown: {MADE_UP}")
    return f"{context.around.stack_name or '*'}-{logical_id}-*"
