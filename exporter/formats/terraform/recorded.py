"""Convert resources in a state or a plan to the API's spelling."""

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

_AFTER_APPLY = Unknown("it is known only after apply", UnknownCause.AFTER_APPLY)
_NOT_SETTINGS = frozenset({"id", "arn", "region", "tags_all", "tags", "last_fresh_start"})
"""Attributes that only the provider sets, or that are read by name."""


@dataclass(frozen=True)
class Record:
    """A resource in a state or a plan.

    Attributes:
        address: Its address.
        kind: Its type.
        values: Its attributes.
        after_unknown: In a plan, the attributes known only after apply: same shape, with ``true``
            instead of a value, at any level.
        provider: Its provider configuration.
        region: The region of that configuration, if the file has it.
        has_default_tags: Whether that configuration has ``default_tags``.
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


def describe(record: Record, where: str) -> CodeResource | Unresolved:
    """Return the resource that a record describes; ``where`` is the file."""
    names: list[str] = []
    for argument in NAME_ARGUMENTS[record.kind]:
        name = record.values.get(argument)
        if not isinstance(name, str) or not name:
            return _unnamed(record, argument, names, where)
        names.append(name)
    values = _set_values(record) if record.kind == SET_TYPE else _other_values(record)
    if values is None:
        reach = Reach(False, True, *map(NamePattern.of_name, names))
        return Unresolved(
            where, record.address, "it doesn't have exactly one event_destination block", "", reach
        )
    return CodeResource(record.address, where, Identity(*names), values)


def _unnamed(record: Record, argument: str, names: list[str], where: str) -> Unresolved:
    if record.kind in SET_TYPES:
        reach = a_set()
    elif names:
        reach = a_destination(NamePattern.of_name(names[0]))
    else:
        name = record.values.get(NAME_ARGUMENTS[record.kind][1])
        patterns = {"destination_name": NamePattern.of_name(name)} if isinstance(name, str) else {}
        reach = a_destination(**patterns)
    what = "name of its set" if argument == "configuration_set_name" else "name"
    reason = f"the {what} is known only after apply"
    return Unresolved(where, record.address, reason, "", reach)


def _set_values(record: Record) -> dict[str, Json]:
    api = _api(record, {"configuration_set_name"})
    tags = _tags(record)
    if tags:
        api["Tags"] = tags
    return api


def _other_values(record: Record) -> dict[str, Json] | None:
    if record.kind in V1_TYPES:
        return v1.as_v2(record.kind, _api(record, set(NAME_ARGUMENTS[record.kind])))
    marks = _marks(record.after_unknown).get("event_destination")
    if marks is True or _mark_at(marks, 0) is True:
        return all_unknown(DESTINATION_TYPE, _AFTER_APPLY)
    blocks = record.values.get("event_destination")
    if not isinstance(blocks, list) or len(blocks) != 1 or not isinstance(blocks[0], dict):
        return None
    api = to_api(_with_unknown(blocks[0], _mark_at(marks, 0)))
    api.setdefault("Enabled", False)
    return api


def _api(record: Record, skip: set[str]) -> dict[str, Json]:
    skipped = _NOT_SETTINGS | skip
    values = {name: value for name, value in record.values.items() if name not in skipped}
    marks = {n: mark for n, mark in _marks(record.after_unknown).items() if n not in skipped}
    return to_api(_with_unknown(values, marks))


def _tags(record: Record) -> Json:
    """Return the tags of a set; ``tags_all`` includes the provider's ``default_tags``."""
    marks = _marks(record.after_unknown)
    all_tags = record.values.get("tags_all")
    if marks.get("tags_all") is True:
        if record.has_default_tags or marks.get("tags") is True:
            return _AFTER_APPLY
        all_tags = record.values.get("tags")
    elif not all_tags:
        all_tags = record.values.get("tags")
    tag_marks = _marks(marks.get("tags"))
    known = all_tags if isinstance(all_tags, dict) else {}
    tags = {**known, **{key: _AFTER_APPLY for key, mark in tag_marks.items() if mark is True}}
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def _marks(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _mark_at(marks: Json, index: int) -> Json:
    return marks[index] if isinstance(marks, list) and index < len(marks) else marks


def _with_unknown(values: Mapping[str, Json], marks: Json) -> dict[str, Json]:
    """Return the values that are set, with those known only after apply marked."""
    result: dict[str, Json] = {}
    marks_by_name = _marks(marks)
    for name in {**values, **marks_by_name}:
        value, mark = values.get(name), marks_by_name.get(name)
        if name in _NOT_SETTINGS:
            continue
        is_block = isinstance(value, list) and any(isinstance(item, dict) for item in value)
        if mark is True or (is_block and isinstance(mark, list) and True in mark):
            result[name] = _AFTER_APPLY
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            result[name] = [
                _with_unknown(item, _mark_at(mark, index)) for index, item in enumerate(value)
            ]
        elif isinstance(value, list) and isinstance(mark, list) and True in mark:
            result[name] = [
                _AFTER_APPLY if _mark_at(mark, index) is True else item
                for index, item in enumerate(value)
            ]
        elif not _is_unset(name, value):
            result[name] = value
    return result


def _is_unset(name: str, value: Json) -> bool:
    """Whether a value means "not set": in a state, unset strings are empty and numbers zero."""
    if isinstance(value, bool):
        return False
    return value is None or value in ("", 0) or (value == [] and name != "suppressed_reasons")
