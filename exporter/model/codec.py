"""JSON in the SES API's own spelling to models and back, with every unknown field kept.

Both the live reader and the snapshot file go through here, so that SES's answer and a file mean the
same.
"""

import types
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from exporter.model.resources import UNKNOWN_FIELDS_KEY, Model, OpenEnum, Scope, UnknownField

Json = Any
"""A value that JSON can hold; it lives only between the parser and the models."""

M = TypeVar("M", bound=Model)


class MalformedError(ValueError):
    """JSON that does not have a model's shape.

    Args:
        path: Where, as a JSON path from the value that was given (``$`` is the value itself).
    """

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(f"{reason} (at {path})")
        self.reason = reason
        self.path = path


def decode(value: Json, model: type[M]) -> M:
    """Build a model from parsed JSON; ``value`` is left as it is.

    Raises:
        MalformedError: when the shape is wrong, with the JSON path of the first fault.
    """
    with suppress(msgspec.ValidationError, RecursionError):
        # What holds only what the models know, as most does, needs no folding.
        return msgspec.convert(value, model)
    try:
        return msgspec.convert(_fold(value, model), model)
    except RecursionError:
        reason = "nested too deeply"
        raise MalformedError(reason, "$") from None
    except msgspec.ValidationError as error:
        # The path comes last; a name in the reason may look like one.
        reason, found, path = str(error).rpartition(" - at `")
        if not found:
            reason, path = path, ""
        raise MalformedError(_plainly(reason), path.removesuffix("`") or "$") from None


def decode_text(text: bytes, model: type[M]) -> M:
    """Build a model from JSON text: as ``decode`` does, and faster where the model knows all of it.

    Raises:
        MalformedError: when the shape is wrong, with the JSON path of the first fault.
        msgspec.DecodeError: when it is not JSON.
        UnicodeDecodeError: when it is not UTF-8.
        RecursionError: when it is nested too deeply to be parsed.
    """
    try:
        return msgspec.json.decode(text, type=model)
    except (msgspec.ValidationError, RecursionError):
        return decode(msgspec.json.decode(text), model)


def prepare_for_threads() -> None:
    """Let msgspec learn the shape of the models.

    It does so at the first use, and crashes the process (0.22) when several threads are the first.
    """
    decode({"Partition": "aws", "Region": "us-east-1"}, Scope)


def encode(model: Model) -> Json:
    """The JSON value of a model: absent options left out, unknown fields back at their places."""
    return _unfold(msgspec.to_builtins(model))


def pretty(value: Json) -> str:
    """JSON text as a person would format it: two spaces of indent, a final newline.

    Characters that nobody can see are escaped: a terminal or an editor could obey them.
    """
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else _json_escape(c) for c in text)
    return text + "\n"


def as_text(value: Json) -> bytes:
    """A JSON value as text with its names in one order: to Python, 1 and true are equal."""
    return msgspec.json.encode(value, order="deterministic")


def unknown_fields(model: Model) -> Iterator[tuple[str, UnknownField]]:
    """Every unknown field in a model and below it, with its path (``TrackingOptions.NewField``)."""
    for path, value in _within(model, ""):
        for field in value.unknown_fields if isinstance(value, Model) else ():
            yield _join(path, field.name), field


def unknown_values(model: Model) -> Iterator[tuple[str, OpenEnum]]:
    """Every value of an enumeration that the models do not know, with its JSON path."""
    for path, value in _within(model, "$"):
        if isinstance(value, OpenEnum) and not value.is_known:
            yield path, value


def _within(value: object, path: str) -> Iterator[tuple[str, object]]:
    """A value and all that it holds, each with its path."""
    yield path, value
    if isinstance(value, Model):
        for info in fields_of(type(value)):
            yield from _within(getattr(value, info.name), _join(path, info.encode_name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _within(item, f"{path}[{index}]")


def _json_escape(char: str) -> str:
    """A character as JSON escapes it, twice beyond the basic plane (RFC 8259, section 7)."""
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _plainly(reason: str) -> str:
    """Msgspec's wording, in the words of the file."""
    words = {
        "Object missing required field": "missing field",
        "Invalid enum value": "unknown value",
    }
    for theirs, ours in words.items():
        reason = reason.replace(theirs, ours)
    return reason


@cache
def fields_of(model: type[Model]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields of a model, unknown ones aside; kept, as msgspec works them out at each call."""
    return tuple(
        field for field in msgspec.structs.fields(model) if field.encode_name != UNKNOWN_FIELDS_KEY
    )


def wire_name(model: type[Model], field: str) -> str:
    """The API's name of a model's field."""
    return next(info.encode_name for info in fields_of(model) if info.name == field)


@cache
def _children(model: type[Model]) -> dict[str, type[Model] | None]:
    """The known wire names of a model, each with the model type below it, if there is one."""
    hints = get_type_hints(model)
    return {field.encode_name: _model_within(hints[field.name]) for field in fields_of(model)}


def _model_within(hint: object) -> type[Model] | None:
    """The model type in ``Model``, ``Model | None`` or ``tuple[Model, ...]``."""
    if isinstance(hint, type) and get_origin(hint) is None:
        return hint if issubclass(hint, Model) else None
    if get_origin(hint) in (types.UnionType, tuple):
        return next(filter(None, map(_model_within, get_args(hint))), None)
    return None


def _fold(value: Json, model: type[Model]) -> Json:
    """Gather the fields that ``model`` does not know under one key, here and below.

    An unknown field that is null is an absent one: the API gives null no other meaning.
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
