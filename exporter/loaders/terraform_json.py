"""What Terraform itself says: ``terraform show -json`` of a state or a plan, and state files.

Both give every value that is known, so that nothing has to be worked out. Shapes are those of
Terraform's JSON output format 1.x and of state files of version 4.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from exporter.errors import ExporterError
from exporter.loaders.code import Described, Loaded, Unknown
from exporter.loaders.terraform_plan import to_api
from exporter.naming import Identity
from exporter.render.terraform import DESTINATION_TYPE, SET_TYPE

Json = Any

_STATE_VERSION = 4
_AFTER_APPLY = "it is known after the apply only"
_COMPUTED = frozenset({"id", "arn", "region", "tags_all", "tags", "configuration_set_name"})
"""Attributes that are no settings, or that are read by their names."""


def load_shown(text: str, where: str) -> Loaded:
    """The output of ``terraform show -json``, of a plan or of a state.

    Raises:
        ExporterError: when it is none.
    """
    value = _parse(text, where)
    version = value.get("format_version")
    if not isinstance(version, str) or not version.startswith(("0.", "1.")):
        raise ExporterError(
            f"not the output of 'terraform show -json' (format_version {version!r})",
            where=where,
            hint="write it with: terraform show -json > FILE",
        )
    with _shaped(where):
        unknown = {
            change["address"]: change.get("change", {}).get("after_unknown") or {}
            for change in value.get("resource_changes", ())
        }
        held = value.get("planned_values") or value.get("values") or {}
        rows = [
            (each["address"], each["values"], unknown.get(each["address"], {}), each["type"])
            for each in _in_module(held.get("root_module", {}))
        ]
        return _loaded(rows, where)


def load_state(text: str, where: str) -> Loaded:
    """A state file.

    Raises:
        ExporterError: when it is none, or one of a version that is not known.
    """
    value = _parse(text, where)
    version = value.get("version")
    if version != _STATE_VERSION:
        raise ExporterError(
            f"a state of version {version}; this ses2iac knows {_STATE_VERSION}",
            where=where,
            hint="name the output of 'terraform show -json' instead",
        )
    with _shaped(where):
        return _loaded(_in_state(value), where)


@contextmanager
def _shaped(where: str) -> Iterator[None]:
    """Turn what a text of another shape leads to into an error for people."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise ExporterError(
            f"not of the shape that Terraform writes ({type(error).__name__}: {error})",
            where=where,
            hint="write it anew with: terraform show -json > FILE",
        ) from None


def _parse(text: str, where: str) -> dict[str, Json]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ExporterError(f"not JSON: {error}", where=where) from None
    if not isinstance(value, dict):
        raise ExporterError("not a JSON object", where=where)
    return value


def _in_module(module: Json) -> Iterator[Json]:
    for resource in module.get("resources", ()):
        if resource.get("mode") == "managed" and resource.get("type") in (
            SET_TYPE,
            DESTINATION_TYPE,
        ):
            yield resource
    for child in module.get("child_modules", ()):
        yield from _in_module(child)


def _in_state(state: Json) -> Iterator[tuple[str, Json, Json, str]]:
    for resource in state.get("resources", ()):
        if resource.get("mode") != "managed" or resource.get("type") not in (
            SET_TYPE,
            DESTINATION_TYPE,
        ):
            continue
        module = f"{resource['module']}." if "module" in resource else ""
        for instance in resource.get("instances", ()):
            key = instance.get("index_key")
            index = "" if key is None else f"[{json.dumps(key)}]"
            address = f"{module}{resource['type']}.{resource['name']}{index}"
            yield address, instance.get("attributes", {}), {}, resource["type"]


def _loaded(rows: Iterable[tuple[str, Json, Json, str]], where: str) -> Loaded:
    found: dict[Identity, Described] = {}
    unknown: list[str] = []
    for address, values, after_unknown, kind in rows:
        described = _described(address, values, after_unknown, kind, where)
        if isinstance(described, str):
            unknown.append(described)
        elif described.identity in found:
            first = found[described.identity].address
            raise ExporterError(
                f"{described.identity} is described twice: {first} and {address}", where=where
            )
        else:
            found[described.identity] = described
    return Loaded(tuple(found.values()), tuple(unknown))


def _described(
    address: str, values: Json, after_unknown: Json, kind: str, where: str
) -> Described | str:
    """A resource; a sentence when its name is not known."""
    set_name = values.get("configuration_set_name")
    if not isinstance(set_name, str):
        return f"{where} {address}: the name of its set {_AFTER_APPLY.removeprefix('it ')}"
    if kind == SET_TYPE:
        kept = {k: v for k, v in values.items() if k not in _COMPUTED}
        api = to_api(_with_unknown(kept, after_unknown))
        tags = values.get("tags_all") or values.get("tags")
        if tags:
            api["Tags"] = [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
        api.get("ReputationOptions", {}).pop("LastFreshStart", None)
        return Described(address, where, Identity(set_name), api)
    name, blocks = values.get("event_destination_name"), values.get("event_destination")
    if not isinstance(name, str) or not isinstance(blocks, list) or len(blocks) != 1:
        return f"{where} {address}: its name {_AFTER_APPLY.removeprefix('it ')}"
    below = after_unknown.get("event_destination") or [{}]
    api = to_api(_with_unknown(blocks[0], below[0] if below else {}))
    return Described(address, where, Identity(set_name, name), api)


def _with_unknown(values: Mapping[str, Json], unknown: Json) -> dict[str, Json]:
    """Values as a block: nothing that is null or empty, and what is not known yet marked."""
    found: dict[str, Json] = {}
    marks = unknown if isinstance(unknown, dict) else {}
    for name in {**values, **marks}:
        value, mark = values.get(name), marks.get(name)
        if mark is True:
            found[name] = Unknown(_AFTER_APPLY)
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value) and value:
            below = mark if isinstance(mark, list) else []
            found[name] = [
                _with_unknown(item, below[index] if index < len(below) else {})
                for index, item in enumerate(value)
            ]
        elif not _is_unset(name, value):
            found[name] = value
    return found


def _is_unset(name: str, value: Json) -> bool:
    """Whether a value stands for none; in a state, unset texts and numbers are empty and zero."""
    if isinstance(value, bool):
        return False
    return value is None or value in ("", 0) or (value == [] and name != "suppressed_reasons")
