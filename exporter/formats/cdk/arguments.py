"""The arguments of CDK's SES constructs, which CDK names after the fields of the SES API."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from exporter.model import codec
from exporter.model.resources import Model
from exporter.model.targets import TARGET_TYPES

ARN_ARGUMENTS: Final = frozenset(name for row in TARGET_TYPES.values() for name in row.arns)
"""The arguments that take the ARN of a target."""

_NOT_ARGUMENTS: Final = frozenset(
    {"configuration_set_name", "event_destinations", "last_fresh_start", "options_known"}
)
"""Fields of the models that the constructs lack, or that their ``name`` gives."""


@dataclass(frozen=True)
class Argument:
    """An argument of a construct or of one of its properties.

    Attributes:
        api_name: The field's name in the API.
        kind: The type of its value, or of each item of a list: a model, a bool, an int or a str.
        is_list: Whether it takes a list.
        is_required: Whether the API requires it.
    """

    api_name: str
    kind: type
    is_list: bool
    is_required: bool

    @property
    def model(self) -> type[Model] | None:
        """The model of its value; None if that is a plain value."""
        return self.kind if issubclass(self.kind, Model) else None


def noun_of(kind: type) -> str:
    """Return what a message calls a value of a type."""
    if issubclass(kind, Model):
        return "a mapping"
    return {bool: "true or false", int: "a number"}.get(kind, "a string")


def is_of(value: object, kind: type) -> bool:
    """Whether a plain value is of a type; True isn't a number."""
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


@cache
def arguments_of(model: type[Model]) -> Mapping[str, Argument]:
    """Return the arguments for the fields of a model, by name."""
    hints = get_type_hints(model)
    return {
        info.name: _argument(info.encode_name, hints[info.name], is_required=info.required)
        for info in codec.fields_of(model)
        if info.name not in _NOT_ARGUMENTS
    }


def missing_from(names: Collection[str], model: type[Model]) -> list[str]:
    """Return the required arguments for a model that are not among ``names``."""
    arguments = arguments_of(model).items()
    return [name for name, each in arguments if each.is_required and name not in names]


def _argument(api_name: str, hint: Any, *, is_required: bool) -> Argument:
    if get_origin(hint) is UnionType:
        hint = get_args(hint)[0]
    is_list = get_origin(hint) is tuple
    kind = get_args(hint)[0] if is_list else hint
    if isinstance(kind, type) and issubclass(kind, Model | bool | int):
        return Argument(api_name, kind, is_list, is_required)
    # Enumerations are open: any string may be a value that AWS added.
    return Argument(api_name, str, is_list, is_required)
