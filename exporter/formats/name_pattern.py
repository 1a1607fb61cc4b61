"""``--name-pattern``: what the names in code are made of."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from exporter.formats.labels import Style
from exporter.model.resources import Scope
from exporter.support.errors import UsageError


class Field(StrEnum):
    """The fields of a pattern."""

    SET = "set"
    DESTINATION = "destination"
    KIND = "kind"
    ACCOUNT = "account"
    REGION = "region"


_PART = re.compile(r"\{(?P<field>[^{}]*)\}|(?P<text>[A-Za-z0-9_-]+)|(?P<other>.)", re.DOTALL)
_FIELDS = "the fields are " + ", ".join(f"{{{field}}}" for field in Field)


@dataclass(frozen=True)
class NamePattern:
    """Text and fields from which a format makes names, each in its own custom.

    Attributes:
        text: The pattern as somebody wrote it.
        parts: Its text and its fields, in order.
    """

    text: str
    parts: tuple[str | Field, ...]

    @property
    def if_not_default(self) -> str:
        """Its text as a manifest has it; empty for the default."""
        return "" if self == DEFAULT else self.text

    def style(self, style: Style, scope: Scope) -> Style:
        """A format's custom for names, with names made by this pattern.

        Raises:
            UsageError: when the pattern has the account, and it is not known.
        """
        if self == DEFAULT:
            return style
        if Field.ACCOUNT in self.parts and scope.account_id is None:
            raise UsageError(
                f"--name-pattern {self.text!r}: the account is not known from what was read",
                hint="leave {account} out, or read a live account",
            )
        values = {Field.ACCOUNT: scope.account_id or "", Field.REGION: scope.region}
        kinds = {
            (of.name, each.name): each.target.kind.value
            for of, each in scope.destinations
            if each.target is not None
        }

        def base(names: tuple[str, ...]) -> str:
            own = {**values, **dict(zip((Field.SET, Field.DESTINATION), names, strict=False))}
            if len(names) == 1:
                return style.base(tuple(self._of_set(own)))
            own[Field.KIND] = kinds.get((names[0], names[1]), "")
            return style.base(tuple(_filled(self.parts, own)))

        return replace(style, base=base)

    def _of_set(self, values: Mapping[Field, str]) -> Iterator[str]:
        """The pieces of a set's name: the text that the pattern begins with, and what a set has.

        Text in between joins fields, of which a set lacks some.
        """
        first = self.parts[0]
        if not isinstance(first, Field):
            yield first
        fields = [part for part in self.parts if isinstance(part, Field) and part in values]
        yield from _filled(fields if Field.SET in fields else [*fields, Field.SET], values)


def _filled(parts: tuple[str | Field, ...] | list[Field], values: Mapping[Field, str]) -> list[str]:
    return [values[part] if isinstance(part, Field) else part for part in parts]


def parse(text: str) -> NamePattern:
    """A pattern as somebody wrote it.

    Raises:
        UsageError: when it has an unknown field or a character that no name has, or gives all
            destinations one name.
    """
    parts: list[str | Field] = []
    for found in _PART.finditer(text):
        field, other = found["field"], found["other"]
        if field is not None and field not in set(Field):
            raise _refused(text, f"there is no field {{{field}}}")
        if other is not None and other in "{}":
            raise _refused(text, f"a {other!r} that belongs to no field")
        if other is not None:
            raise _refused(text, f"{other!r} cannot be in a name", "letters, digits, '_' and '-'")
        parts.append(Field(field) if field is not None else found[0])
    if not {Field.SET, Field.DESTINATION} & set(parts):
        raise _refused(text, "every destination would have the same name", "{set}_{destination}")
    return NamePattern(text, tuple(parts))


def _refused(text: str, why: str, better: str = "") -> UsageError:
    hint = f"use {better}; {_FIELDS}" if better else _FIELDS
    return UsageError(f"--name-pattern {text!r}: {why}", hint=hint)


DEFAULT = parse("{set}_{destination}")
"""What names are made of unless somebody says otherwise."""
