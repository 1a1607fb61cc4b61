"""Convert JSON with the SES API's names to models and back, without losing unknown fields.

The live reader and the snapshot reader both use it, so a response and a file mean the same.
"""

import re
import types
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from exporter.model.resources import UNKNOWN_FIELDS_KEY, Model, OpenEnum, Scope, UnknownField

Json = Any
"""A parsed JSON value, on its way between the parser and the models."""

M = TypeVar("M", bound=Model)


def upper_snake(text: str) -> str:
    """Convert ``renderingFailure`` to ``RENDERING_FAILURE``, as the SES API v2 spells it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).upper()


def respelled(
    value: Json, names: Mapping[str, str], camel_case: Container[str], name: str = ""
) -> Json:
    """Return JSON in the spelling of the SES API v2; values that aren't JSON stay.

    Args:
        value: Properties, or the value of one.
        names: The API's names of properties that are named differently.
        camel_case: The properties whose strings are in camel case.
        name: The property of ``value``.
    """
    if isinstance(value, dict):
        return {
            names.get(key, key): respelled(item, names, camel_case, key)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [respelled(item, names, camel_case, name) for item in value]
    return upper_snake(value) if name in camel_case and isinstance(value, str) else value


class MalformedError(ValueError):
    """JSON that doesn't have the shape of a model.

    Args:
        reason: What is wrong.
        path: The JSON path of the fault; ``$`` is the decoded value itself.
    """

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(f"{reason} (at {path})")
        self.reason = reason
        self.path = path


def decode(value: Json, model: type[M]) -> M:
    """Build a model from parsed JSON, which isn't changed.

    Raises:
        MalformedError: if the shape is wrong, with the JSON path of the first fault.
    """
    with suppress(msgspec.ValidationError, RecursionError):
        # Most values have no unknown fields, and need no folding.
        return msgspec.convert(value, model)
    try:
        return msgspec.convert(_fold(value, model), model)
    except RecursionError:
        reason = "nested too deeply"
        raise MalformedError(reason, "$") from None
    except msgspec.ValidationError as error:
        # The path comes last; a name in the reason may look like one.
        reason, separator, path = str(error).rpartition(" - at `")
        if not separator:
            reason, path = path, ""
        raise MalformedError(_reworded(reason), path.removesuffix("`") or "$") from None


def decode_text(text: bytes, model: type[M]) -> M:
    """Build a model from JSON text like ``decode``, but faster if it has no unknown fields.

    Raises:
        MalformedError: if the shape is wrong, with the JSON path of the first fault.
        msgspec.DecodeError: if the text isn't JSON.
        UnicodeDecodeError: if it isn't UTF-8.
        RecursionError: if it is nested too deeply.
    """
    try:
        return msgspec.json.decode(text, type=model)
    except (msgspec.ValidationError, RecursionError):
        return decode(msgspec.json.decode(text), model)


def prepare_for_threads() -> None:
    """Make msgspec inspect the models before threads use them.

    It inspects a type on first use; several threads that do so at once crash the process (0.22).
    """
    decode({"Partition": "aws", "Region": "us-east-1"}, Scope)


def encode(model: Model) -> Json:
    """Return the JSON value of a model, with its unknown fields but without absent options."""
    return _unfold(msgspec.to_builtins(model))


def pretty(value: Json) -> str:
    """Return JSON text indented by two spaces, with a final newline.

    Unprintable characters are escaped: a terminal or an editor could act on them.
    """
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else _json_escape(c) for c in text)
    return text + "\n"


def as_text(value: Json) -> bytes:
    """Return compact JSON with sorted names, to compare values: in Python, ``1 == True``."""
    return msgspec.json.encode(value, order="deterministic")


def unknown_fields(model: Model) -> Iterator[tuple[str, UnknownField]]:
    """Yield the unknown fields at any depth, with their paths (``TrackingOptions.NewField``)."""
    for path, value in _within(model, ""):
        for field in value.unknown_fields if isinstance(value, Model) else ():
            yield _join(path, field.name), field


def unknown_values(model: Model) -> Iterator[tuple[str, OpenEnum]]:
    """Yield the enumeration values that the models don't know, with JSON paths."""
    for path, value in _within(model, "$"):
        if isinstance(value, OpenEnum) and not value.is_known:
            yield path, value


def _within(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield a value and all values inside it, each with its path."""
    yield path, value
    if isinstance(value, Model):
        for info in fields_of(type(value)):
            yield from _within(getattr(value, info.name), _join(path, info.encode_name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _within(item, f"{path}[{index}]")


def _json_escape(char: str) -> str:
    """Escape a character for JSON, as a surrogate pair above U+FFFF (RFC 8259, section 7)."""
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _reworded(reason: str) -> str:
    """Replace msgspec's terms with those of the documentation."""
    words = {
        "Object missing required field": "missing field",
        "Invalid enum value": "unknown value",
    }
    for theirs, ours in words.items():
        reason = reason.replace(theirs, ours)
    return reason


@cache
def fields_of(model: type[Model]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Return the fields of a model except ``unknown_fields``, cached because msgspec doesn't."""
    return tuple(
        field for field in msgspec.structs.fields(model) if field.encode_name != UNKNOWN_FIELDS_KEY
    )


def wire_name(model: type[Model], field: str) -> str:
    """Return the API's name for a field of a model."""
    return next(info.encode_name for info in fields_of(model) if info.name == field)


@cache
def _children(model: type[Model]) -> dict[str, type[Model] | None]:
    """Map the API's names of a model's fields to the model that each contains, if any."""
    hints = get_type_hints(model)
    return {field.encode_name: _model_within(hints[field.name]) for field in fields_of(model)}


def _model_within(hint: object) -> type[Model] | None:
    """Return the model type in ``Model``, ``Model | None`` or ``tuple[Model, ...]``."""
    if isinstance(hint, type) and get_origin(hint) is None:
        return hint if issubclass(hint, Model) else None
    if get_origin(hint) in (types.UnionType, tuple):
        return next(filter(None, map(_model_within, get_args(hint))), None)
    return None


def _fold(value: Json, model: type[Model]) -> Json:
    """Gather the fields that ``model`` doesn't know under one key, at every depth.

    A null field counts as absent: null has no other meaning in the API.
    """
    if isinstance(value, list):
        return [_fold(item, model) for item in value]
    if not isinstance(value, dict):
        return value
    known = _children(model)
    if None not in value.values() and all(known.get(name, Model) is None for name in value):
        return value
    folded: dict[str, Json] = {}
    unknown: list[dict[str, str]] = []
    for name, item in value.items():
        if item is None:
            continue
        if name in known:
            below = known[name]
            folded[name] = item if below is None else _fold(item, below)
        else:
            text = as_text(item).decode()
            unknown.append({"Name": name, "Value": text})
    if unknown:
        folded[UNKNOWN_FIELDS_KEY] = sorted(unknown, key=lambda field: field["Name"])
    return folded


def _unfold(value: Json) -> Json:
    """The reverse of ``_fold``."""
    if isinstance(value, list | tuple):
        return [_unfold(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _unfold(item) for name, item in value.items() if name != UNKNOWN_FIELDS_KEY}
    for field in value.get(UNKNOWN_FIELDS_KEY, ()):
        plain[field["Name"]] = msgspec.json.decode(field["Value"])
    return plain
