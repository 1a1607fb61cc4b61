"""Convert properties of SES resources to the types of the API's models."""

import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from exporter.formats.code_resource import Unknown
from exporter.model import codec
from exporter.model.resources import ConfigurationSet, Model

Json = Any


class WrongTypeError(Exception):
    """A value of a shape that the API's field can't have."""


@dataclass(frozen=True)
class _Kind:
    """The type of a field: a model, a bool, an int or a str, or a list of them."""

    of: type
    many: bool = False


@cache
def _kinds(model: type[Model]) -> dict[str, _Kind]:
    hints = get_type_hints(model)
    kinds = {info.encode_name: _kind(hints[info.name]) for info in codec.fields_of(model)}
    if model is ConfigurationSet:
        kinds["Name"] = kinds.pop("ConfigurationSetName")
    return kinds


def _kind(hint: Any) -> _Kind:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is tuple:
        return _Kind(_kind(arguments[0]).of, many=True)
    if origin is types.UnionType:
        return _kind(arguments[0])
    return _Kind(hint)


def typed(value: Json, model: type[Model], path: str = "") -> Json:
    """Return an object with the types of its model: CloudFormation accepts ``"true"`` for true.

    Args:
        value: The object in the API's spelling, with ``Unknown`` for unknown values.
        model: The API's model of it.
        path: Its path, for errors.

    Raises:
        WrongTypeError: when a value has a shape that the API's field can't have.
    """
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        raise WrongTypeError(f"{path} is not an object")
    kinds = _kinds(model)
    return {
        name: _field(item, kinds[name], f"{path}.{name}".lstrip(".")) if name in kinds else item
        for name, item in value.items()
    }


def _field(value: Json, kind: _Kind, path: str) -> Json:
    if isinstance(value, Unknown):
        return value
    if not kind.many:
        return _single(value, kind.of, path)
    if not isinstance(value, list):
        raise WrongTypeError(f"{path} is not a list")
    return [_item(item, kind.of, f"{path}[{index}]") for index, item in enumerate(value)]


def _item(value: Json, of: type, path: str) -> Json:
    """One of many; a tag without a key, or a dimension without a name, says nothing."""
    if issubclass(of, Model) and isinstance(value, dict):
        for info in codec.fields_of(of):
            if info.required and value.get(info.encode_name) is None:
                raise WrongTypeError(f"{path} has no {info.encode_name}")
    return _single(value, of, path)


def _single(value: Json, of: type, path: str) -> Json:
    if isinstance(value, Unknown):
        return value
    if issubclass(of, Model):
        return typed(value, of, path)
    if isinstance(value, dict | list):
        raise WrongTypeError(f"{path} is not a single value")
    return next(read(value) for kind, read in _SCALARS if issubclass(of, kind))


def plain_text(value: Json) -> Json:
    """Return a number or boolean as text, as CloudFormation does; anything else unchanged."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _bool_of(value: Json) -> Json:
    words = {"true": True, "false": False}
    return words.get(value.lower(), value) if isinstance(value, str) else value


def _int_of(value: Json) -> Json:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


_SCALARS: tuple[tuple[type, Callable[[Json], Json]], ...] = (
    (StrEnum, plain_text),
    (str, plain_text),
    (bool, _bool_of),
    (int, _int_of),
    (object, lambda value: value),
)
