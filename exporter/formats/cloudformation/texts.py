"""Texts that CloudFormation's functions return, parts of which may be unknown."""

import re
from collections.abc import Iterable

from exporter.formats.cloudformation.template_context import Json, UnknowableError
from exporter.formats.code_resource import Unknown
from exporter.formats.unresolved import ANY_NAME, NamePattern

_LONGEST = 100_000
"""Characters of a text that functions return; properties of SES are much shorter."""

_DYNAMIC = re.compile(r"\{\{resolve:[^{}]*\}\}")


def literal(text: str) -> str | Unknown:
    """Return a literal text; ``Unknown`` if it has dynamic references."""
    if "{{resolve:" in text:
        stretches = tuple(_DYNAMIC.split(text))
        pattern = NamePattern(stretches) if len(stretches) > 1 else ANY_NAME
        return Unknown("a dynamic reference is looked up at deployment", pattern=pattern)
    if any("\ud800" <= character <= "\udfff" for character in text):
        return Unknown("it contains half a character (a lone surrogate)")
    return text


def text_of(value: Json) -> str:
    """Return a resolved value as CloudFormation writes it into a text.

    Raises:
        UnknowableError: when it is unknown, or a list or an object.
    """
    if isinstance(value, Unknown):
        raise UnknowableError(value.reason, value.pattern)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise UnknowableError("a function needs a string here")


def joined(parts: Iterable[Json], delimiter: str = "") -> Json:
    """Join resolved values into one text.

    Raises:
        UnknowableError: when a part is unknown; its pattern has the known parts.
    """
    stretches: list[list[str]] = [[]]
    reason: str | None = None
    length = 0
    for number, part in enumerate(parts):
        if number:
            stretches[-1].append(delimiter)
        try:
            known = text_of(part)
        except UnknowableError as error:
            reason = reason or str(error)
            first, *rest = error.unknown.pattern.stretches
            stretches[-1].append(first)
            stretches += [[each] for each in rest]
        else:
            stretches[-1].append(known)
            length += len(known) + len(delimiter)
        if length > _LONGEST:
            raise UnknowableError(f"it is a string of more than {_LONGEST:,} characters")
    texts = tuple("".join(each) for each in stretches)
    if reason is not None:
        raise UnknowableError(reason, NamePattern(texts))
    return literal(texts[0])


def common(one: str, other: str) -> NamePattern:
    """Return the start and the end that two texts have in common."""
    shortest = min(len(one), len(other))
    first = next((n for n in range(shortest) if one[n] != other[n]), shortest)
    rest = shortest - first
    last = next((n for n in range(rest) if one[-1 - n] != other[-1 - n]), rest)
    return NamePattern((one[:first], one[len(one) - last :]))
