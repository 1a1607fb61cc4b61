"""``--name-pattern``: how names in code are made."""

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
class LabelPattern:
    """Text and fields from which a format makes names in its style.

    Attributes:
        text: The pattern as it was given.
        parts: Its text and its fields, in order.
    """

    text: str
    parts: tuple[str | Field, ...]

    @property
    def if_not_default(self) -> str:
        """Its text in a manifest; empty for the default."""
        return "" if self == DEFAULT else self.text

    def style(self, style: Style, scope: Scope) -> Style:
        """Return a format's style, with names made by this pattern.

        Raises:
            UsageError: if the pattern has the account, and it isn't known.
        """
        if self == DEFAULT:
            return style
        if Field.ACCOUNT in self.parts and scope.account_id is None:
            raise UsageError(
                f"--name-pattern {self.text!r}: the account is not known from what was read",
                hint="drop {account}, or read a live account",
            )
        values = {Field.ACCOUNT: scope.account_id or "", Field.REGION: scope.region}
        kinds = {
            (of_set.name, destination.name): destination.target.kind.value
            for of_set, destination in scope.destinations
            if destination.target is not None
        }

        def base(names: tuple[str, ...]) -> str:
            own = {**values, **dict(zip((Field.SET, Field.DESTINATION), names, strict=False))}
            if len(names) == 1:
                return style.base(tuple(self._of_set(own)))
            own[Field.KIND] = kinds.get((names[0], names[1]), "")
            return style.base(tuple(_filled(self.parts, own)))

        return replace(style, base=base)

    def _of_set(self, values: Mapping[Field, str]) -> Iterator[str]:
        """Yield the parts of a set's name: the text at the start, and the fields that a set has.

        The text between fields is dropped, because a set lacks some of the fields.
        """
        first = self.parts[0]
        if not isinstance(first, Field):
            yield first
        fields = [part for part in self.parts if isinstance(part, Field) and part in values]
        yield from _filled(fields if Field.SET in fields else [*fields, Field.SET], values)


def _filled(parts: tuple[str | Field, ...] | list[Field], values: Mapping[Field, str]) -> list[str]:
    return [values[part] if isinstance(part, Field) else part for part in parts]


def parse(text: str) -> LabelPattern:
    """Parse a pattern.

    Raises:
        UsageError: if it has an unknown field or a character that names can't have, or if it
            gives all destinations the same name.
    """
    parts: list[str | Field] = []
    for match in _PART.finditer(text):
        field, other = match["field"], match["other"]
        if field is not None and field not in set(Field):
            raise _refused(text, f"there is no field {{{field}}}")
        if other is not None and other in "{}":
            raise _refused(text, f"unmatched {other!r}")
        if other is not None:
            raise _refused(text, f"names can't contain {other!r}", "letters, digits, '_' and '-'")
        parts.append(Field(field) if field is not None else match[0])
    if not {Field.SET, Field.DESTINATION} & set(parts):
        raise _refused(text, "every destination would have the same name", "{set}_{destination}")
    return LabelPattern(text, tuple(parts))


def _refused(text: str, why: str, better: str = "") -> UsageError:
    hint = f"use {better}; {_FIELDS}" if better else _FIELDS
    return UsageError(f"--name-pattern {text!r}: {why}", hint=hint)


DEFAULT = parse("{set}_{destination}")
"""The default pattern."""
