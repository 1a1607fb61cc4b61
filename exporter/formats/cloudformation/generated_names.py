"""Names that CloudFormation generates: asked of the stack, or recognized on the other side.

Such a name has the logical id, a hyphen, and random letters and digits; most types put the stack's
name first (user guide, "Name type"). SES's own types don't (``CsEventDest-0EsPuYMlS1rU``), except
in emulators.
"""

import re
from collections.abc import Iterable

from exporter.formats.cloudformation.template_context import Context, UnknowableError
from exporter.formats.code_inputs import NamedSet
from exporter.formats.unresolved import NamePattern

_RANDOM = "[A-Za-z0-9]{8,16}"
_BEFORE_RANDOM = 51
"""Characters of a name of SES (at most 64) before the hyphen and the random ones."""
_SURELY_KEPT = 12
"""Characters of a logical id that are in its generated name, however long the stack's name is."""

GENERATED = "CloudFormation generates it"


def pattern_of(logical_id: str, context: Context) -> NamePattern:
    """Return the pattern of a name that CloudFormation generates."""
    return NamePattern(("", _kept(logical_id, context), ""))


def _kept(logical_id: str, context: Context) -> str:
    """The start of a logical id that fits into a name of 64 characters, the limit of most types."""
    length = context.around.name_length
    return logical_id[: _SURELY_KEPT if length is None else max(0, _BEFORE_RANDOM - length - 1)]


def known_set_name(logical_id: str, context: Context) -> str | None:
    """Return the name of a configuration set by its stack or its tags; None if neither is known."""
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
    """Return the name of a configuration set that its template doesn't name.

    Raises:
        UnknowableError: when it can't be recognized.
    """
    known = known_set_name(logical_id, context)
    if known is not None:
        return known
    other = context.around.other
    stack = context.around.stack_name
    sets = other.sets.values() if other is not None else ()
    return _inferred(logical_id, [s.name for s in sets if _may_be_of(s, stack)], context)


def _may_be_of(set_: NamedSet, stack: str | None) -> bool:
    """Whether a set may belong to a stack, by its tags."""
    return set_.stack is None or (stack is None and set_.logical_id is None)


def destination_name(logical_id: str, set_name: str | None, context: Context) -> str:
    """Return the name of an event destination that its template doesn't name.

    Args:
        logical_id: Its logical id.
        set_name: The name of its set, if known.
        context: The context of its template.

    Raises:
        UnknowableError: when it can't be recognized.
    """
    physical = context.physical_id(logical_id)
    if physical is not None:
        return name_in(physical)
    other = context.around.other
    set_ = other.sets.get(set_name) if other is not None and set_name is not None else None
    return _inferred(logical_id, set_.destinations if set_ is not None else (), context)


def name_in(physical_id: str) -> str:
    """Return a destination's name: its physical id, which in some emulators starts with its set."""
    return physical_id.rpartition("|")[2]


def _inferred(logical_id: str, names: Iterable[str], context: Context) -> str:
    """The only name that CloudFormation can have generated from a logical id."""
    matches = _matching(logical_id, names, context.around.stack_name)
    if len(matches) != 1:
        raise UnknowableError(GENERATED, pattern_of(logical_id, context))
    context.inferred[logical_id] = matches[0]
    return matches[0]


def _matching(logical_id: str, names: Iterable[str], stack: str | None) -> list[str]:
    """The names that can be generated from a logical id and, if known, the stack's name."""
    prefix = "(?:.+-)?" if stack is None else f"(?:{re.escape(stack)}-)?"
    expected = f"{prefix}{re.escape(logical_id)}-{_RANDOM}"
    if stack is not None:
        expected += f"|{re.escape(f'{stack}-{logical_id}-'[:_BEFORE_RANDOM])}{_RANDOM}"
    return [name for name in names if re.fullmatch(expected, name)]


def target_name(logical_id: str, arn_before_name: str, context: Context) -> str:
    """Return the generated name of a target.

    Args:
        logical_id: Its logical id.
        arn_before_name: Its ARN up to its name.
        context: The context of its template.

    Returns:
        Its name on the other side. If no target there can have it, a text with ``*`` in place of
        the random characters, which equals no name.

    Raises:
        UnknowableError: when it can't be recognized.
    """
    other = context.around.other
    if other is None:
        raise UnknowableError(f"the name of {logical_id} is unknown: {GENERATED}")
    names = [a.removeprefix(arn_before_name) for a in other.arns if a.startswith(arn_before_name)]
    matches = _matching(logical_id, names, context.around.stack_name)
    if len(matches) == 1:
        context.inferred[logical_id] = matches[0]
        return matches[0]
    if any(_kept(logical_id, context) in name for name in names):
        raise UnknowableError(f"the name of {logical_id} is unknown: {GENERATED}")
    return f"{context.around.stack_name or '*'}-{logical_id}-*"
