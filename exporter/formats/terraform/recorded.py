"""A resource as Terraform records it in a state or a plan, in the API's spelling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exporter.formats.code_resource import CodeResource, Unknown, UnknownCause
from exporter.formats.terraform import v1
from exporter.formats.terraform.names import (
    DESTINATION_TYPE,
    NAME_ARGUMENTS,
    SET_TYPE,
    SET_TYPES,
    V1_TYPES,
)
from exporter.formats.terraform.plan_json import to_api
from exporter.formats.terraform.unknown_values import all_unknown
from exporter.formats.unresolved import NamePattern, Reach, Unresolved, a_destination, a_set
from exporter.model.identities import Identity

Json = Any

_AFTER_APPLY = Unknown("it is known after the apply only", UnknownCause.AFTER_APPLY)
_NO_SETTINGS = frozenset({"id", "arn", "region", "tags_all", "tags", "last_fresh_start"})
"""Attributes that the provider alone sets, or that are read by their names."""


@dataclass(frozen=True)
class Row:
    """A resource as Terraform records it.

    Attributes:
        address: Its address.
        kind: Its type.
        values: Its attributes.
        after_unknown: For a plan, which of them are known after the apply only: the same shape with
            ``true`` in place of a value, at any level.
        provider: The provider configuration that it is of.
        region: The region of that configuration, where the file says it.
        has_default_tags: Whether the configuration adds tags of its own.
    """

    address: str
    kind: str
    values: Mapping[str, Json]
    after_unknown: Json = field(default_factory=dict)
    provider: Json = None
    region: str | None = None
    has_default_tags: bool = False

    @property
    def set_name(self) -> Json:
        """The name of its configuration set."""
        return self.values.get(NAME_ARGUMENTS[self.kind][0])


def described(row: Row, where: str) -> CodeResource | Unresolved:
    """What a record says of its resource; ``where`` is the file."""
    names: list[str] = []
    for argument in NAME_ARGUMENTS[row.kind]:
        name = row.values.get(argument)
        if not isinstance(name, str) or not name:
            return _unnamed(row, argument, names, where)
        names.append(name)
    values = _of_set(row) if row.kind == SET_TYPE else _of_others(row)
    if values is None:
        reach = Reach(False, True, *map(NamePattern.of_name, names))
        return Unresolved(where, row.address, "it has not one block event_destination", "", reach)
    return CodeResource(row.address, where, Identity(*names), values)


def _unnamed(row: Row, argument: str, names: list[str], where: str) -> Unresolved:
    if row.kind in SET_TYPES:
        reach = a_set()
    elif names:
        reach = a_destination(NamePattern.of_name(names[0]))
    else:
        own = row.values.get(NAME_ARGUMENTS[row.kind][1])
        known = {"destination_name": NamePattern.of_name(own)} if isinstance(own, str) else {}
        reach = a_destination(**known)
    of = "name of its set" if argument == "configuration_set_name" else "name"
    reason = f"the {of} is known after the apply only"
    return Unresolved(where, row.address, reason, "", reach)


def _of_set(row: Row) -> dict[str, Json]:
    api = _api(row, {"configuration_set_name"})
    tags = _tags(row)
    if tags:
        api["Tags"] = tags
    return api


def _of_others(row: Row) -> dict[str, Json] | None:
    if row.kind in V1_TYPES:
        return v1.as_v2(row.kind, _api(row, set(NAME_ARGUMENTS[row.kind])))
    marks = _marks(row.after_unknown).get("event_destination")
    if marks is True or _at(marks, 0) is True:
        return all_unknown(DESTINATION_TYPE, _AFTER_APPLY)
    blocks = row.values.get("event_destination")
    if not isinstance(blocks, list) or len(blocks) != 1 or not isinstance(blocks[0], dict):
        return None
    api = to_api(_with_unknown(blocks[0], _at(marks, 0)))
    api.setdefault("Enabled", False)
    return api


def _api(row: Row, skip: set[str]) -> dict[str, Json]:
    left_out = _NO_SETTINGS | skip
    values = {name: value for name, value in row.values.items() if name not in left_out}
    marks = {n: mark for n, mark in _marks(row.after_unknown).items() if n not in left_out}
    return to_api(_with_unknown(values, marks))


def _tags(row: Row) -> Json:
    """The tags of a set: those of the provider's configuration are among ``tags_all``."""
    marks = _marks(row.after_unknown)
    every = row.values.get("tags_all")
    if marks.get("tags_all") is True:
        if row.has_default_tags or marks.get("tags") is True:
            return _AFTER_APPLY
        every = row.values.get("tags")
    elif not every:
        every = row.values.get("tags")
    of_tags = _marks(marks.get("tags"))
    known = every if isinstance(every, dict) else {}
    found = {**known, **{key: _AFTER_APPLY for key, mark in of_tags.items() if mark is True}}
    return [{"Key": key, "Value": found[key]} for key in sorted(found)]


def _marks(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _at(marks: Json, index: int) -> Json:
    return marks[index] if isinstance(marks, list) and index < len(marks) else marks


def _with_unknown(values: Mapping[str, Json], marks: Json) -> dict[str, Json]:
    """Values as a block: nothing that is null or empty, and what is not known yet marked."""
    found: dict[str, Json] = {}
    of = _marks(marks)
    for name in {**values, **of}:
        value, mark = values.get(name), of.get(name)
        if name in _NO_SETTINGS:
            continue
        is_block = isinstance(value, list) and any(isinstance(item, dict) for item in value)
        if mark is True or (is_block and isinstance(mark, list) and True in mark):
            found[name] = _AFTER_APPLY
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            found[name] = [_with_unknown(item, _at(mark, at)) for at, item in enumerate(value)]
        elif isinstance(value, list) and isinstance(mark, list) and True in mark:
            found[name] = [
                _AFTER_APPLY if _at(mark, at) is True else item for at, item in enumerate(value)
            ]
        elif not _is_unset(name, value):
            found[name] = value
    return found


def _is_unset(name: str, value: Json) -> bool:
    """Whether a value stands for none; in a state, unset texts and numbers are empty and zero."""
    if isinstance(value, bool):
        return False
    return value is None or value in ("", 0) or (value == [] and name != "suppressed_reasons")
